//! The apps that `shell new` makes. Each is a folder of `templates/`, which the executable carries.
//!
//! A template stands alone or says only what it has beyond another one: its files go over those of its base, JSON files are merged member by
//! member. All are apps of the name "Sample App", which is replaced when a folder is made from one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// An app to start from.
#[derive(Debug, PartialEq, Eq)]
pub struct Template {
  pub name: &'static str,
  /// What it is made with, for people.
  pub description: &'static str,
  base: Option<&'static str>,
  /// Files of the base that it replaces by others.
  without: &'static [&'static str],
}

const fn over_vanilla_ts(name: &'static str, description: &'static str, without: &'static [&'static str]) -> Template {
  Template { name, description, base: Some("vanilla-ts"), without }
}

/// All templates.
pub const ALL: &[Template] = &[
  Template { name: "vanilla", description: "JavaScript without a build step", base: None, without: &[] },
  Template { name: "vanilla-ts", description: "TypeScript and Vite", base: None, without: &[] },
  over_vanilla_ts("react-ts", "React, TypeScript and Vite", &["src/renderer/src/main.ts"]),
  over_vanilla_ts("vue-ts", "Vue, TypeScript and Vite", &[]),
  over_vanilla_ts("svelte-ts", "Svelte, TypeScript and Vite", &[]),
  over_vanilla_ts("solid-ts", "Solid, TypeScript and Vite", &["src/renderer/src/main.ts"]),
];

/// What the templates are called, as people read it and as npm does.
const SAMPLE_TITLE: &str = "Sample App";
const SAMPLE_NAME: &str = "sample-app";

/// What a new app is called.
#[derive(Debug, PartialEq, Eq)]
pub struct Names {
  /// The name in package.json.
  pub package: String,
  /// The name that people see.
  pub title: String,
}

impl Names {
  /// The names of an app in a folder of this name. `None` where nothing is left that npm takes in a name.
  pub fn of_folder(folder: &str) -> Option<Self> {
    let mut package = String::new();
    for letter in folder.chars().flat_map(char::to_lowercase) {
      match letter {
        'a'..='z' | '0'..='9' => package.push(letter),
        _ if package.is_empty() || package.ends_with('-') => {}
        _ => package.push('-'),
      }
    }
    // npm's bound is 214; a package's file name has the version and the machine's name in it as well.
    package.truncate(100);
    let package = package.trim_end_matches('-').to_owned();
    if package.is_empty() {
      return None;
    }
    // "my-app" becomes "My App"; what has capitals or spaces already was meant as it is.
    let title = if folder.chars().any(|letter| letter.is_uppercase() || letter.is_whitespace()) {
      folder.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
      package.split('-').map(capitalised).collect::<Vec<_>>().join(" ")
    };
    Some(Self { package, title })
  }
}

fn capitalised(word: &str) -> String {
  let mut letters = word.chars();
  letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

impl Template {
  /// The template of this name.
  pub fn named(name: &str) -> Option<&'static Self> {
    ALL.iter().find(|template| template.name == name)
  }

  /// Its files by their paths, with the app's names in them.
  pub fn files(&self, names: &Names) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    if let Some(base) = self.base {
      files.extend(own_files(base));
      self.without.iter().for_each(|path| drop(files.remove(*path)));
    }
    for (path, text) in own_files(self.name) {
      let merged = files.get(&path).filter(|_| path.ends_with(".json")).and_then(|below| merge(below, &text));
      files.insert(path, merged.unwrap_or(text));
    }
    files.into_iter().map(|(path, text)| (file_name(path.clone()), renamed(&path, &text, names))).collect()
  }

  /// Makes a folder of it. One that exists must be empty.
  ///
  /// # Errors
  /// A file cannot be written; then nothing that was written stays.
  pub fn write(&self, folder: &Path, names: &Names) -> io::Result<()> {
    let made = match fs::create_dir(folder) {
      Ok(()) => true,
      Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
      Err(error) => return Err(error),
    };
    let mut written = Vec::new();
    let result = self.files(names).iter().try_for_each(|(path, text)| write_new(folder, path, text, &mut written));
    if result.is_err() {
      written.iter().rev().for_each(|path| drop(fs::remove_file(path).or_else(|_| fs::remove_dir(path))));
      if made {
        let _ = fs::remove_dir(folder);
      }
    }
    result
  }
}

/// Writes a file that is not there yet, with its folders. What was made is added to the list.
fn write_new(folder: &Path, path: &str, text: &str, written: &mut Vec<PathBuf>) -> io::Result<()> {
  let target = folder.join(path);
  let above: Vec<_> = Path::new(path).ancestors().skip(1).filter(|part| !part.as_os_str().is_empty()).collect();
  for part in above.into_iter().rev() {
    match fs::create_dir(folder.join(part)) {
      Ok(()) => written.push(folder.join(part)),
      Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
      Err(error) => return Err(error),
    }
  }
  let mut file = fs::File::create_new(&target)?;
  written.push(target);
  file.write_all(text.as_bytes())
}

fn own_files(template: &str) -> impl Iterator<Item = (String, String)> {
  TEMPLATES.iter().filter_map(move |(path, text)| {
    let path = path.strip_prefix(template)?.strip_prefix('/')?;
    Some((path.to_owned(), (*text).to_owned()))
  })
}

/// Git's own file is kept under another name, so that it does not count for the shell's repository.
fn file_name(path: String) -> String {
  if path == "gitignore" { ".gitignore".into() } else { path }
}

/// One JSON text over another. Names that are new to a list of packages take their places in the alphabet, as npm sorts them.
fn merge(below: &str, above: &str) -> Option<String> {
  let mut merged: Value = serde_json::from_str(below).ok()?;
  merge_value(&mut merged, serde_json::from_str(above).ok()?);
  if let Some(Value::Object(packages)) = merged.get_mut("devDependencies") {
    let sorted: BTreeMap<_, _> = std::mem::take(packages).into_iter().collect();
    *packages = sorted.into_iter().collect();
  }
  Some(pretty(&merged))
}

fn merge_value(below: &mut Value, above: Value) {
  match (below, above) {
    (Value::Object(below), Value::Object(above)) => {
      for (name, value) in above {
        merge_value(below.entry(name).or_insert(Value::Null), value);
      }
    }
    (below, above) => *below = above,
  }
}

fn pretty(value: &Value) -> String {
  format!("{value:#}\n")
}

/// The text of a file with the app's names in place of the template's, each written as its language wants it.
fn renamed(path: &str, text: &str, names: &Names) -> String {
  if path == "package.json"
    && let Ok(mut package) = serde_json::from_str::<Map<String, Value>>(text)
  {
    package.insert("name".into(), names.package.clone().into());
    package.insert("productName".into(), names.title.clone().into());
    return pretty(&package.into());
  }
  let title =
    if path.ends_with(".html") { names.title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { names.title.clone() };
  text.replace(SAMPLE_TITLE, &title).replace(SAMPLE_NAME, &names.package)
}

#[cfg(test)]
mod tests {
  use super::*;

  fn names() -> Names {
    Names::of_folder("my-notes").unwrap()
  }

  #[test]
  fn names_are_made_of_a_folders_name() {
    let check = |folder: &str, package: &str, title: &str| {
      assert_eq!(Names::of_folder(folder), Some(Names { package: package.into(), title: title.into() }));
    };
    check("my-notes", "my-notes", "My Notes");
    check("My Notes & more", "my-notes-more", "My Notes & more");
    check("notizbuch_2", "notizbuch-2", "Notizbuch 2");
    check("-Ünder", "nder", "-Ünder");
    assert_eq!(Names::of_folder("..."), None);
    assert_eq!(Names::of_folder("笔记"), None);
  }

  #[test]
  fn every_template_is_an_app_of_its_own_name() {
    for template in ALL {
      let files = template.files(&names());
      let package: Value = serde_json::from_str(&files["package.json"]).unwrap();
      assert_eq!((&package["name"], &package["productName"]), (&"my-notes".into(), &"My Notes".into()), "{}", template.name);
      for script in ["dev", "build", "bundle", "test"] {
        assert!(package["scripts"][script].is_string(), "{} has no script {script}", template.name);
      }
      for file in ["README.md", "build/icon.svg", ".gitignore"] {
        assert!(files.contains_key(file), "{} has no {file}", template.name);
      }
      let left: Vec<_> = files.iter().filter(|(_, text)| text.contains(SAMPLE_TITLE) || text.contains(SAMPLE_NAME)).collect();
      assert!(left.is_empty(), "{}: {left:?}", template.name);
    }
  }

  /// The folders of `templates/` and the list are the same.
  #[test]
  fn every_folder_is_a_template() {
    let folders: std::collections::BTreeSet<_> =
      TEMPLATES.iter().filter_map(|(path, _)| path.split_once('/')).map(|(name, _)| name).collect();
    assert_eq!(folders, ALL.iter().map(|template| template.name).collect());
  }

  #[test]
  fn a_title_is_escaped_where_it_must_be() {
    let names = Names::of_folder("Tom & <Jerry>").unwrap();
    let files = Template::named("vanilla").unwrap().files(&names);
    assert!(files["index.html"].contains("<title>Tom &amp; &lt;Jerry&gt;</title>"));
    assert!(files["package.json"].contains(r#""productName": "Tom & <Jerry>""#));
  }

  #[test]
  fn a_template_over_another_adds_packages_and_replaces_files() {
    let files = Template::named("react-ts").unwrap().files(&names());
    let package: Value = serde_json::from_str(&files["package.json"]).unwrap();
    let packages: Vec<_> = package["devDependencies"].as_object().unwrap().keys().collect();
    assert!(packages.is_sorted() && packages.contains(&&"react".to_owned()) && packages.contains(&&"vite".to_owned()), "{packages:?}");
    assert!(files.contains_key("src/renderer/src/main.tsx") && !files.contains_key("src/renderer/src/main.ts"));
  }

  #[test]
  fn what_cannot_be_written_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // A file stands where the template has a folder.
    fs::write(folder.path().join("test"), "mine").unwrap();
    Template::named("vanilla").unwrap().write(folder.path(), &names()).unwrap_err();
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["test"]);
    assert_eq!(fs::read_to_string(folder.path().join("test")).unwrap(), "mine");
  }
}
