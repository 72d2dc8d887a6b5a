//! Which files are bundled: the app's own by patterns, its packages, and what it wants beside them.

use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value};

use super::config::FileSet;
use super::dependencies::{self, Package};
use super::error::{Error, Result};
use super::macros::Macros;
use super::tree::{Node, Tree};
use crate::asar::{Pattern, is_executable};

/// Names of files and folders that no app needs.
const JUNK: &[&str] = &[
  ".git",
  ".hg",
  ".svn",
  "CVS",
  ".DS_Store",
  "Thumbs.db",
  "desktop.ini",
  ".gitignore",
  ".gitattributes",
  ".editorconfig",
  ".eslintcache",
  ".idea",
  ".vs",
  ".nyc_output",
  "__pycache__",
  ".yarn-integrity",
  ".npmrc",
  ".yarnrc",
  ".bin",
  ".package-lock.json",
  ".lock-checksum",
];
/// Endings of the same.
const JUNK_ENDINGS: &[&str] = &[".swp", ".orig", ".pyc", ".hprof", ".iml"];
/// Lock files of package managers, in the app's own folder.
const LOCKS: &[&str] = &["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];
/// Endings of what a package carries for developers.
const FOR_DEVELOPERS: &[&str] = &[".d.ts", ".d.mts", ".d.cts", ".tsbuildinfo"];
/// Beginnings of such names, in capitals.
const TEXTS: &[&str] = &["README", "CHANGELOG", "HISTORY"];

/// What decides which files of a folder are taken: the last pattern that fits.
struct Filter(Vec<(bool, Pattern, Pattern)>);

impl Filter {
  /// Reads patterns; those with `!` in front leave out. Without any that takes, all is taken.
  fn new<'a>(patterns: impl Iterator<Item = &'a str>, macros: &Macros) -> Result<Self> {
    let mut read = Vec::new();
    for text in patterns {
      let expanded = macros.expand(text, "files")?;
      let (takes, pattern) = expanded.strip_prefix('!').map_or((true, expanded.as_str()), |rest| (false, rest));
      let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
      // A folder's name stands for all that is in it.
      read.push((takes, Pattern::new(pattern)?, Pattern::new(&format!("{pattern}/**"))?));
    }
    if read.iter().all(|(takes, ..)| !takes) {
      read.insert(0, (true, Pattern::new("**/*")?, Pattern::new("**/*")?));
    }
    Ok(Self(read))
  }

  fn takes(&self, path: &str) -> bool {
    self.0.iter().rev().find(|(_, itself, below)| itself.matches(path) || below.matches(path)).is_some_and(|(takes, ..)| *takes)
  }

  /// Whether a pattern leaves out what would be taken anyway.
  fn leaves_out(&self, path: &str) -> bool {
    self.0.iter().rev().find(|(_, itself, below)| itself.matches(path) || below.matches(path)).is_some_and(|(takes, ..)| !takes)
  }
}

/// The app's own files and its packages, as they lie in the bundled app.
///
/// # Errors
/// A file cannot be read, a link leads out of its folder, or a package is missing.
pub(super) fn app(folder: &Path, manifest: &Map<String, Value>, sets: &[FileSet], left_out: &[PathBuf], macros: &Macros) -> Result<Tree> {
  let patterns = sets.iter().filter_map(|set| match set {
    FileSet::Pattern(pattern) => Some(pattern.as_str()),
    FileSet::Set { .. } => None,
  });
  let filter = Filter::new(patterns, macros)?;
  let mut tree = Tree::default();
  let mut links = Vec::new();
  // package.json comes by itself, changed.
  let own = |path: &str, disk: &Path| {
    let top = !path.contains('/');
    !(top && (path == "node_modules" || path == "package.json" || LOCKS.contains(&path))) && !left_out.iter().any(|out| disk == out)
  };
  let mut walk = Walk { top: folder, tree: &mut tree, links: &mut links };
  walk.folder(folder, "", "", &|path, disk, is_folder| own(path, disk) && (is_folder || filter.takes(path)))?;
  for Package { folder, place } in dependencies::production(folder, manifest)? {
    let mut walk = Walk { top: &folder, tree: &mut tree, links: &mut links };
    walk.folder(&folder, &place, "", &|path, disk, is_folder| {
      path != "node_modules" && (is_folder || !(is_for_developers(path, disk) || filter.leaves_out(&format!("{place}/{path}"))))
    })?;
  }
  add_sets(&mut tree, folder, sets.iter().filter(|set| matches!(set, FileSet::Set { .. })), macros)?;
  add_links(&mut tree, links)?;
  Ok(tree)
}

/// Files that lie beside the app: `extraResources`, `extraFiles`.
///
/// # Errors
/// A file cannot be read, or there is none where one is named.
pub(super) fn extra(folder: &Path, sets: &[FileSet], macros: &Macros) -> Result<Tree> {
  let mut tree = Tree::default();
  add_sets(&mut tree, folder, sets.iter(), macros)?;
  Ok(tree)
}

fn add_sets<'a>(tree: &mut Tree, folder: &Path, sets: impl Iterator<Item = &'a FileSet>, macros: &Macros) -> Result<()> {
  for set in sets {
    let (from, to, patterns) = match set {
      FileSet::Pattern(pattern) if !pattern.contains(['*', '{', '[', '?', '!']) => {
        // A path alone: the same path beside the app.
        let path = clean(&macros.expand(pattern, "files")?)?;
        (path.clone(), path, Vec::new())
      }
      FileSet::Pattern(pattern) => (String::new(), String::new(), vec![pattern.clone()]),
      FileSet::Set { from, to, filter } => {
        let path = |text: &Option<String>| clean(&macros.expand(text.as_deref().unwrap_or_default(), "files")?);
        (path(from)?, path(to)?, filter.clone())
      }
    };
    let disk = folder.join(&from);
    let metadata = fs::metadata(&disk).map_err(Error::reading(&disk))?;
    if metadata.is_file() {
      let name = from.rsplit('/').next().unwrap_or(&from);
      tree.add_disk(if to.is_empty() { name } else { &to }, &disk, is_executable(&metadata))?;
      continue;
    }
    let filter = Filter::new(patterns.iter().map(String::as_str), macros)?;
    let mut links = Vec::new();
    let real = fs::canonicalize(&disk).map_err(Error::reading(&disk))?;
    let mut walk = Walk { top: &real, tree: &mut *tree, links: &mut links };
    walk.folder(&real, &to, "", &|path, _, is_folder| is_folder || filter.takes(path))?;
    add_links(tree, links)?;
  }
  Ok(())
}

/// A relative path without needless parts.
fn clean(path: &str) -> Result<String> {
  let mut parts = Vec::new();
  for component in Path::new(path).components() {
    match component {
      Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
      Component::CurDir => {}
      _ => return Err(Error::refused(format!("the path {path:?} leads out of the app's folder"), "name files of the app's own folder")),
    }
  }
  Ok(parts.join("/"))
}

/// Walks a folder, and keeps links for later: whether their targets go along is known at the end.
struct Walk<'a> {
  /// What no link may leave.
  top: &'a Path,
  tree: &'a mut Tree,
  links: &'a mut Vec<Link>,
}

struct Link {
  /// The link's place in the tree.
  place: String,
  disk: PathBuf,
  /// The place of its target, in the tree, and on disk.
  target: String,
  target_disk: PathBuf,
}

impl Walk<'_> {
  /// Adds what `takes` of the folder at `disk`, below `place` in the tree. `above` is the path from the walk's top, which `takes` gets.
  fn folder(&mut self, disk: &Path, place: &str, above: &str, takes: &dyn Fn(&str, &Path, bool) -> bool) -> Result<()> {
    for entry in fs::read_dir(disk).map_err(Error::reading(disk))? {
      let disk = entry.map_err(Error::reading(disk))?.path();
      let Some(name) = disk.file_name().and_then(|name| name.to_str()) else {
        return Err(Error::refused(format!("the name of {} is not UTF-8", disk.display()), "rename it"));
      };
      if JUNK.contains(&name) || JUNK_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        continue;
      }
      let path = join(above, name);
      let at = join(place, &path);
      let metadata = fs::symlink_metadata(&disk).map_err(Error::reading(&disk))?;
      if !takes(&path, &disk, metadata.is_dir()) {
        continue;
      }
      if metadata.is_dir() {
        self.folder(&disk, place, &path, takes)?;
      } else if metadata.is_symlink() {
        self.link(&disk, place, at)?;
      } else if metadata.is_file() {
        self.tree.add_disk(&at, &disk, is_executable(&metadata))?;
      } else {
        return Err(Error::refused(format!("{} is neither a file nor a folder nor a link", disk.display()), "leave it out with \"files\""));
      }
    }
    Ok(())
  }

  fn link(&mut self, disk: &Path, place: &str, at: String) -> Result<()> {
    let target_disk = fs::canonicalize(disk).map_err(Error::reading(disk))?;
    let Some(inside) = target_disk.strip_prefix(self.top).ok().and_then(Path::to_str) else {
      return Err(Error::refused(
        format!("{} links out of its folder, to {}", disk.display(), target_disk.display()),
        "put a copy in its place, or leave it out with \"files\"",
      ));
    };
    let target = join(place, inside);
    self.links.push(Link { place: at, disk: disk.into(), target, target_disk });
    Ok(())
  }
}

fn add_links(tree: &mut Tree, links: Vec<Link>) -> Result<()> {
  for link in links {
    if tree.get(&link.target).is_some() {
      let depth = link.place.split('/').count() - 1;
      tree.add(&link.place, Node::Link(format!("{}{}", "../".repeat(depth), link.target)))?;
    } else if link.target_disk.is_file() {
      // Only the link is taken, not what it leads to: a copy does the same.
      let metadata = fs::metadata(&link.target_disk).map_err(Error::reading(&link.disk))?;
      tree.add_disk(&link.place, &link.target_disk, is_executable(&metadata))?;
    } else {
      return Err(Error::refused(
        format!("{} links to {}, which is left out", link.disk.display(), link.target),
        "take that folder too, or leave the link out, with \"files\"",
      ));
    }
  }
  Ok(())
}

fn join(above: &str, name: &str) -> String {
  if above.is_empty() || name.is_empty() { format!("{above}{name}") } else { format!("{above}/{name}") }
}

/// Whether a file of a package is of use to people only.
fn is_for_developers(path: &str, disk: &Path) -> bool {
  let name = path.rsplit('/').next().unwrap_or(path);
  let is_text = |name: &str| {
    let stem = name.split('.').next().unwrap_or_default().to_uppercase();
    TEXTS.contains(&stem.as_str()) && !path.contains('/') && disk.extension().is_none_or(|end| end == "md" || end == "txt")
  };
  FOR_DEVELOPERS.iter().any(|ending| name.ends_with(ending)) || is_text(name)
}
