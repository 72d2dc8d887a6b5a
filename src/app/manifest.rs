//! `package.json` of an app: which script is its main, what it is called.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::runtime::{is_dir, is_file, read_file};

/// Extensions that are tried for a main without one, as `require` does.
const EXTENSIONS: &[&str] = &["js", "json", "node"];

/// An app as it lies on disk, or in an archive.
#[derive(Debug, Clone)]
pub struct Manifest {
  /// The app's folder, absolute.
  pub folder: PathBuf,
  /// Its main script, absolute.
  pub main: PathBuf,
  /// The whole of `package.json`, empty for a lone script.
  pub package_json: Map<String, Value>,
}

impl Manifest {
  /// Reads the app at `path`, a folder or a script.
  ///
  /// # Errors
  /// There is no app, or its `package.json` cannot be read, or its main script does not exist.
  pub fn load(path: &Path) -> Result<Self> {
    // The path stays as the user wrote it, symbolic links included: an app sees the path that it was started with.
    let path = std::path::absolute(path).map_err(|source| Error::Unreadable { path: path.into(), source })?;
    let path: PathBuf = path.components().collect();
    if is_dir(&path) {
      return Self::load_folder(path);
    }
    if !is_file(&path) {
      return Err(Error::NoSuchApp(path));
    }
    // What is called an archive and is none would be run as a script.
    if path.extension().is_some_and(|extension| extension == "asar")
      && let Err(source) = read_file(&path.join("package.json"))
    {
      return Err(Error::Unreadable { path, source });
    }
    let folder = path.parent().unwrap_or(&path).to_path_buf();
    Ok(Self { folder, main: path, package_json: Map::new() })
  }

  fn load_folder(folder: PathBuf) -> Result<Self> {
    let file = folder.join("package.json");
    if !is_file(&file) {
      // A folder with an index.js is an app for Electron too.
      let main = folder.join("index.js");
      if is_file(&main) {
        return Ok(Self { folder, main, package_json: Map::new() });
      }
      return Err(Error::NoPackageJson(folder));
    }
    let read = read_file(&file).and_then(|bytes| String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into()));
    let text = read.map_err(|source| Error::Unreadable { path: file.clone(), source })?;
    // Editors on Windows put a byte order mark in front, which is not part of JSON.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let value = serde_json::from_str(text).map_err(|source| Error::BadPackageJson { path: file.clone(), source })?;
    let Value::Object(package_json) = value else {
      return Err(Error::PackageJsonNoObject { path: file });
    };
    let named = package_json.get("main").and_then(Value::as_str).filter(|main| !main.is_empty()).unwrap_or("index.js");
    let main: PathBuf = folder.join(named).components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect();
    match existing_script(&main) {
      Some(main) => Ok(Self { folder, main, package_json }),
      None => Err(Error::MainMissing { path: main, package_json: file }),
    }
  }

  /// A string property of `package.json`.
  pub fn text(&self, name: &str) -> Option<&str> {
    self.package_json.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
  }
}

/// The file that `require` would load for this path.
fn existing_script(path: &Path) -> Option<PathBuf> {
  if is_file(path) {
    return Some(path.to_path_buf());
  }
  let with_extension = |base: &Path| {
    EXTENSIONS.iter().find_map(|extension| {
      let mut name = base.as_os_str().to_owned();
      name.push(".");
      name.push(extension);
      Some(PathBuf::from(name)).filter(|candidate| is_file(candidate))
    })
  };
  with_extension(path).or_else(|| if is_dir(path) { with_extension(&path.join("index")) } else { None })
}

#[cfg(test)]
mod tests {
  use std::fs;

  use super::*;

  fn app(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
      let path = folder.path().join(name);
      fs::create_dir_all(path.parent().unwrap()).unwrap();
      fs::write(path, text).unwrap();
    }
    folder
  }

  fn main_of(files: &[(&str, &str)]) -> String {
    let folder = app(files);
    let manifest = Manifest::load(folder.path()).unwrap();
    manifest.main.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned()
  }

  #[test]
  fn main_is_found_as_require_finds_it() {
    assert_eq!(main_of(&[("package.json", "{}"), ("index.js", "")]), "index.js");
    assert_eq!(main_of(&[("package.json", r#"{"main": "./src/main"}"#), ("src/main.js", "")]), "src/main.js");
    assert_eq!(main_of(&[("package.json", r#"{"main": "lib"}"#), ("lib/index.js", "")]), "lib/index.js");
    assert_eq!(main_of(&[("package.json", "\u{feff}{\"main\": \"a.mjs\"}"), ("a.mjs", "")]), "a.mjs");
    assert_eq!(main_of(&[("index.js", "")]), "index.js");
  }

  #[test]
  fn faults_are_named() {
    let error = |files: &[(&str, &str)]| Manifest::load(app(files).path()).unwrap_err();
    assert!(matches!(error(&[]), Error::NoPackageJson(_)));
    assert!(matches!(error(&[("package.json", "{")]), Error::BadPackageJson { .. }));
    assert!(matches!(error(&[("package.json", "[]")]), Error::PackageJsonNoObject { .. }));
    assert!(matches!(error(&[("package.json", r#"{"main": "gone.js"}"#)]), Error::MainMissing { .. }));
    assert!(matches!(Manifest::load(Path::new("/nowhere/at/all")), Err(Error::NoSuchApp(_))));
    let folder = app(&[("app.asar", "console.log('no archive')")]);
    assert!(matches!(Manifest::load(&folder.path().join("app.asar")), Err(Error::Unreadable { .. })));
  }
}
