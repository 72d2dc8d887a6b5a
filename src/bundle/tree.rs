//! The files of an installation, by their paths: what every format writes in its own way.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{Error, Result};

/// Folders, files and links, sorted, each folder before what is in it. Paths have `/` between their parts and none in front.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
  entries: BTreeMap<String, Node>,
}

#[derive(Debug, Clone)]
pub(super) enum Node {
  Folder,
  File(File),
  /// A symbolic link and what it says.
  Link(String),
}

#[derive(Debug, Clone)]
pub(super) struct File {
  pub(super) source: Source,
  pub(super) executable: bool,
}

/// Where contents come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
  Disk(PathBuf),
  Bytes(Arc<[u8]>),
}

impl Tree {
  /// Adds an entry, and the folders above it.
  ///
  /// # Errors
  /// Something else is there.
  pub(super) fn add(&mut self, path: &str, node: Node) -> Result<()> {
    for (at, _) in path.match_indices('/') {
      let above = &path[..at];
      match self.entries.get(above) {
        None => drop(self.entries.insert(above.into(), Node::Folder)),
        Some(Node::Folder) => {}
        Some(_) => return Err(twice(above)),
      }
    }
    match (self.entries.get(path), &node) {
      (None, _) => drop(self.entries.insert(path.into(), node)),
      (Some(Node::Folder), Node::Folder) => {}
      (Some(_), _) => return Err(twice(path)),
    }
    Ok(())
  }

  pub(super) fn add_bytes(&mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Result<()> {
    self.add(path, Node::File(File { source: Source::Bytes(bytes.into().into()), executable: false }))
  }

  pub(super) fn add_script(&mut self, path: &str, text: &str) -> Result<()> {
    self.add(path, Node::File(File { source: Source::Bytes(text.as_bytes().into()), executable: true }))
  }

  pub(super) fn add_disk(&mut self, path: &str, disk: &Path, executable: bool) -> Result<()> {
    self.add(path, Node::File(File { source: Source::Disk(disk.into()), executable }))
  }

  /// Adds everything of another tree below `prefix`.
  pub(super) fn graft(&mut self, prefix: &str, other: &Self) -> Result<()> {
    other.iter().try_for_each(|(path, node)| self.add(&format!("{prefix}/{path}"), node.clone()))
  }

  pub(super) fn get(&self, path: &str) -> Option<&Node> {
    self.entries.get(path)
  }

  pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Node)> {
    self.entries.iter().map(|(path, node)| (path.as_str(), node))
  }

  pub(super) fn files(&self) -> impl Iterator<Item = (&str, &File)> {
    self.iter().filter_map(|(path, node)| match node {
      Node::File(file) => Some((path, file)),
      _ => None,
    })
  }

  /// The length of all files together.
  pub(super) fn size(&self) -> Result<u64> {
    self.files().try_fold(0, |sum, (_, file)| Ok(sum + file.len()?))
  }
}

fn twice(path: &str) -> Error {
  Error::refused(format!("two things would be installed as {path}"), "give one of them another place with \"to\"")
}

impl File {
  pub(super) fn len(&self) -> Result<u64> {
    match &self.source {
      Source::Disk(path) => Ok(fs::metadata(path).map_err(Error::reading(path))?.len()),
      Source::Bytes(bytes) => Ok(bytes.len() as u64),
    }
  }

  pub(super) fn open(&self) -> Result<Box<dyn Read + Send>> {
    match &self.source {
      Source::Disk(path) => Ok(Box::new(fs::File::open(path).map_err(Error::reading(path))?)),
      Source::Bytes(bytes) => Ok(Box::new(Cursor::new(bytes.clone()))),
    }
  }

  /// The permissions that it is installed with.
  pub(super) fn mode(&self) -> u32 {
    if self.executable { 0o755 } else { 0o644 }
  }
}
