//! Which installed packages an app needs to run, and where each goes: what `npm prune --omit=dev` would leave, wherever the package
//! manager put it.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use super::error::{Error, Result};

/// What the shell itself stands for.
const PROVIDED: &[&str] = &["electron", "electron-nightly"];
/// More places than any real app has; only packages that need each other in ever other versions get here.
const MAX_PLACES: usize = 50_000;

/// A package that goes along.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Package {
  /// Where it lies, without links.
  pub(super) folder: PathBuf,
  /// Its place in the bundled app: `node_modules/a/node_modules/b`.
  pub(super) place: String,
}

/// An installed package and what it resolves the names of its dependencies to.
struct Node {
  folder: PathBuf,
  needs: BTreeMap<String, usize>,
}

/// The packages that the app in `folder` (without links) needs, as its package.json says.
///
/// # Errors
/// One is not installed, or its package.json cannot be read.
pub(super) fn production(folder: &Path, manifest: &Map<String, Value>) -> Result<Vec<Package>> {
  let mut nodes = vec![Node { folder: folder.into(), needs: BTreeMap::new() }];
  let mut known: BTreeMap<PathBuf, usize> = BTreeMap::new();
  let mut manifests = VecDeque::from([(0, manifest.clone())]);
  while let Some((index, manifest)) = manifests.pop_front() {
    for (name, required) in names(&manifest) {
      let Some(found) = find(&name, &nodes[index].folder)? else {
        if required {
          let of = manifest.get("name").and_then(Value::as_str).unwrap_or("the app");
          return Err(Error::refused(
            format!("{name}, which {of} depends on, is not installed"),
            "install the app's packages first: npm install",
          ));
        }
        continue;
      };
      let next = match known.get(&found) {
        Some(next) => *next,
        None => {
          manifests.push_back((nodes.len(), read_manifest(&found)?));
          known.insert(found.clone(), nodes.len());
          nodes.push(Node { folder: found, needs: BTreeMap::new() });
          nodes.len() - 1
        }
      };
      nodes[index].needs.insert(name, next);
    }
  }
  // Where everything lies as npm lays it out, it stays so: packages may look for their neighbours.
  let places: Option<Vec<_>> = nodes[1..].iter().map(|node| place_in(folder, &node.folder)).collect();
  match places {
    Some(places) => Ok(nodes.into_iter().skip(1).zip(places).map(|(node, place)| Package { folder: node.folder, place }).collect()),
    None => lay_out(&nodes),
  }
}

/// The names of what a package needs, each with whether it does not do without.
fn names(manifest: &Map<String, Value>) -> BTreeMap<String, bool> {
  let section = |name: &str| manifest.get(name).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone());
  let mut names: BTreeMap<String, bool> = section("dependencies").map(|name| (name, true)).collect();
  let peers = manifest.get("peerDependenciesMeta").and_then(Value::as_object);
  let is_optional = |name: &str| peers.is_some_and(|peers| peers.get(name).is_some_and(|peer| peer["optional"] == true));
  // npm installs peers, but a package manager that does not leaves that to the app.
  for name in section("peerDependencies").filter(|name| !is_optional(name)) {
    names.entry(name).or_insert(false);
  }
  // What is in both is optional, as npm takes it.
  names.extend(section("optionalDependencies").map(|name| (name, false)));
  names.retain(|name, _| !PROVIDED.contains(&name.as_str()));
  names
}

/// Finds a package as Node does, from a folder upwards.
fn find(name: &str, from: &Path) -> Result<Option<PathBuf>> {
  // A name with .. in it would be a path.
  if !Path::new(name).components().all(|component| matches!(component, Component::Normal(_))) {
    return Err(Error::refused(format!("{name:?} cannot be the name of a package"), "correct the dependencies in package.json"));
  }
  for above in from.ancestors().filter(|above| above.file_name().is_none_or(|name| name != "node_modules")) {
    let candidate = above.join("node_modules").join(name);
    if candidate.join("package.json").is_file() {
      return fs::canonicalize(&candidate).map(Some).map_err(Error::reading(&candidate));
    }
  }
  Ok(None)
}

fn read_manifest(folder: &Path) -> Result<Map<String, Value>> {
  let path = folder.join("package.json");
  let text = fs::read_to_string(&path).map_err(Error::reading(&path))?;
  let parsed = serde_json::from_str(text.strip_prefix('\u{feff}').unwrap_or(&text));
  parsed.map_err(|error| Error::config(path.display(), format!("it is not valid JSON: {error}"), "install the package anew"))
}

/// The place of a package that lies below the app as npm would put it: `node_modules/a/node_modules/@b/c`.
fn place_in(app: &Path, folder: &Path) -> Option<String> {
  let mut parts = folder.strip_prefix(app).ok()?.to_str()?.split('/');
  let mut place = String::new();
  while let Some(part) = parts.next() {
    let name = parts.next()?;
    if part != "node_modules" || name.starts_with('.') {
      return None;
    }
    place = format!("{place}{}node_modules/{name}", if place.is_empty() { "" } else { "/" });
    if name.starts_with('@') {
      place = format!("{place}/{}", parts.next()?);
    }
  }
  Some(place)
}

/// Gives every package a place at the top, or, where another of its name is there already, directly below the one that needs it. A package
/// is handled after the one that it is below, and then all names that it finds further up stay what they are.
fn lay_out(nodes: &[Node]) -> Result<Vec<Package>> {
  let mut places: BTreeMap<String, usize> = BTreeMap::new();
  let mut queue = VecDeque::from([(String::new(), 0)]);
  while let Some((at, node)) = queue.pop_front() {
    for (name, needed) in &nodes[node].needs {
      let place = match visible(&places, &at, name) {
        Some(found) if found == *needed => continue,
        None => format!("node_modules/{name}"),
        Some(_) => format!("{at}/node_modules/{name}"),
      };
      places.insert(place.clone(), *needed);
      if places.len() > MAX_PLACES {
        return Err(Error::refused("the app's packages need each other in ever other versions", "make their versions agree"));
      }
      queue.push_back((place, *needed));
    }
  }
  Ok(places.into_iter().map(|(place, node)| Package { folder: nodes[node].folder.clone(), place }).collect())
}

/// What a package at `at` finds under a name.
fn visible(places: &BTreeMap<String, usize>, at: &str, name: &str) -> Option<usize> {
  let mut above = at;
  loop {
    let candidate = if above.is_empty() { format!("node_modules/{name}") } else { format!("{above}/node_modules/{name}") };
    if let Some(node) = places.get(&candidate) {
      return Some(*node);
    }
    if above.is_empty() {
      return None;
    }
    above = above.rfind("/node_modules/").map_or("", |end| &above[..end]);
  }
}

#[cfg(test)]
mod tests {
  #[cfg(unix)]
  use std::os::unix::fs::symlink as link_folder;
  #[cfg(windows)]
  use std::os::windows::fs::symlink_dir as link_folder;

  use super::*;

  /// Writes the packages, each a folder with the dependencies of its package.json, and answers the places of what is needed.
  #[track_caller]
  fn places(packages: &[(&str, &str)], links: &[(&str, &str)]) -> Result<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let top = fs::canonicalize(folder.path()).unwrap();
    for (place, manifest) in packages {
      fs::create_dir_all(top.join(place)).unwrap();
      fs::write(top.join(place).join("package.json"), manifest).unwrap();
    }
    for (link, target) in links {
      fs::create_dir_all(top.join(link).parent().unwrap()).unwrap();
      link_folder(top.join(target), top.join(link)).unwrap();
    }
    let app = top.join("app");
    let packages = production(&app, &read_manifest(&app).unwrap())?;
    let mut places: Vec<_> =
      packages.into_iter().map(|package| format!("{} < {}", package.place, package.folder.strip_prefix(&top).unwrap().display())).collect();
    places.sort();
    Ok(places)
  }

  #[test]
  fn what_npm_laid_out_stays_in_its_place() {
    let found = places(
      &[
        ("app", r#"{"dependencies": {"a": "1", "@s/b": "1"}, "devDependencies": {"dev": "1"}, "optionalDependencies": {"gone": "1"}}"#),
        (
          "app/node_modules/a",
          r#"{"dependencies": {"c": "2"}, "peerDependencies": {"electron": "1", "d": "1", "e": "1"},
          "peerDependenciesMeta": {"e": {"optional": true}}}"#,
        ),
        ("app/node_modules/a/node_modules/c", "{}"),
        ("app/node_modules/@s/b", r#"{"dependencies": {"c": "1"}, "devDependencies": {"dev": "1"}}"#),
        ("app/node_modules/c", "{}"),
        ("app/node_modules/d", "{}"),
        ("app/node_modules/e", "{}"),
        ("app/node_modules/dev", "{}"),
        ("app/node_modules/electron", "{}"),
      ],
      &[],
    );
    let same = |place: &str| format!("{place} < app/{place}");
    let expected = ["node_modules/@s/b", "node_modules/a", "node_modules/a/node_modules/c", "node_modules/c", "node_modules/d"];
    assert_eq!(found.unwrap(), expected.map(same));
  }

  #[test]
  fn pnpm_and_workspaces_get_a_layout_without_links() {
    let found = places(
      &[
        ("app", r#"{"dependencies": {"a": "1", "b": "1", "own": "1"}}"#),
        ("app/node_modules/.pnpm/a@1/node_modules/a", r#"{"name": "a", "dependencies": {"b": "2"}}"#),
        ("app/node_modules/.pnpm/b@1/node_modules/b", r#"{"name": "b", "version": "1"}"#),
        ("app/node_modules/.pnpm/b@2/node_modules/b", r#"{"name": "b", "version": "2", "dependencies": {"a": "1"}}"#),
        ("own", r#"{"name": "own", "dependencies": {"b": "2"}}"#),
      ],
      &[
        ("app/node_modules/a", "app/node_modules/.pnpm/a@1/node_modules/a"),
        ("app/node_modules/b", "app/node_modules/.pnpm/b@1/node_modules/b"),
        ("app/node_modules/own", "own"),
        ("app/node_modules/.pnpm/a@1/node_modules/b", "app/node_modules/.pnpm/b@2/node_modules/b"),
        ("app/node_modules/.pnpm/b@2/node_modules/a", "app/node_modules/.pnpm/a@1/node_modules/a"),
        ("own/node_modules/b", "app/node_modules/.pnpm/b@2/node_modules/b"),
      ],
    );
    let expected = [
      "node_modules/a < app/node_modules/.pnpm/a@1/node_modules/a",
      "node_modules/a/node_modules/b < app/node_modules/.pnpm/b@2/node_modules/b",
      "node_modules/b < app/node_modules/.pnpm/b@1/node_modules/b",
      "node_modules/own < own",
      "node_modules/own/node_modules/b < app/node_modules/.pnpm/b@2/node_modules/b",
    ];
    assert_eq!(found.unwrap(), expected);
  }

  #[test]
  fn a_workspace_finds_what_is_installed_above_it() {
    let found = places(&[("app", r#"{"dependencies": {"a": "1"}}"#), ("node_modules/a", "{}")], &[]);
    assert_eq!(found.unwrap(), ["node_modules/a < node_modules/a"]);
  }

  #[test]
  fn what_is_missing_is_named() {
    let error = places(&[("app", r#"{"name": "mine", "dependencies": {"a": "1"}}"#)], &[]).unwrap_err().to_string();
    assert_eq!(error, "a, which mine depends on, is not installed\nhint: install the app's packages first: npm install");
    assert!(places(&[("app", r#"{"dependencies": {"../a": "1"}}"#)], &[]).unwrap_err().to_string().contains("cannot be the name"));
  }
}
