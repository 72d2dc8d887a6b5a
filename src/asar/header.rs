//! The checked header: folders, files and links of an archive.

use std::path::Path;

use serde_json::Number;

use super::error::{Error, Result};
use super::integrity::{ALGORITHM, Digest, Integrity};
use super::raw::{self, RawEntry, RawIntegrity};
use super::{MAX_DEPTH, MAX_ENTRIES};

/// What an archive holds under one name.
#[derive(Debug)]
pub enum Entry {
  Directory(Directory),
  File(FileEntry),
  Link(Link),
}

/// A symbolic link of an archive.
#[derive(Debug)]
pub struct Link {
  /// The path it leads to, from the archive's top, with `/` between its parts.
  pub target: Box<str>,
  /// It is in the folder beside the archive too.
  pub unpacked: bool,
}

/// A folder of an archive.
#[derive(Debug, Default)]
pub struct Directory {
  /// All that is in it lies beside the archive.
  pub unpacked: bool,
  /// Sorted by name.
  entries: Vec<(Box<str>, Entry)>,
}

/// A file of an archive.
#[derive(Debug)]
pub struct FileEntry {
  pub size: u64,
  pub place: Place,
  pub executable: bool,
  pub integrity: Option<Integrity>,
}

/// Where a file's contents are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
  /// In the archive, this many bytes after the header.
  Packed { offset: u64 },
  /// In the folder beside the archive.
  Unpacked,
}

impl Entry {
  /// Whether it lies in the folder beside the archive.
  pub fn is_unpacked(&self) -> bool {
    match self {
      Self::Directory(directory) => directory.unpacked,
      Self::File(file) => file.place == Place::Unpacked,
      Self::Link(link) => link.unpacked,
    }
  }
}

impl Directory {
  /// The entries with their names, sorted by name.
  pub fn entries(&self) -> impl ExactSizeIterator<Item = (&str, &Entry)> {
    self.entries.iter().map(|(name, entry)| (&**name, entry))
  }

  /// The entry of this name.
  pub fn get(&self, name: &str) -> Option<&Entry> {
    let at = self.entries.binary_search_by(|(other, _)| (**other).cmp(name)).ok()?;
    Some(&self.entries[at].1)
  }

  /// Calls `visit` with the path of every entry below this folder, a folder before what is in it.
  ///
  /// # Errors
  /// The first that `visit` gave.
  pub fn walk<'a, E>(&'a self, visit: &mut dyn FnMut(&str, &'a Entry) -> std::result::Result<(), E>) -> std::result::Result<(), E> {
    self.walk_below("", visit)
  }

  fn walk_below<'a, E>(
    &'a self,
    above: &str,
    visit: &mut dyn FnMut(&str, &'a Entry) -> std::result::Result<(), E>,
  ) -> std::result::Result<(), E> {
    for (name, entry) in self.entries() {
      let path = join(above, name);
      visit(&path, entry)?;
      if let Entry::Directory(directory) = entry {
        directory.walk_below(&path, visit)?;
      }
    }
    Ok(())
  }
}

/// `above/name`, or the name alone at the top.
pub(super) fn join(above: &str, name: &str) -> String {
  if above.is_empty() { name.to_owned() } else { format!("{above}/{name}") }
}

/// Whether a name can stand in a header. The backslash separates paths on one of the systems that read the archive.
pub(super) fn is_name(name: &str) -> bool {
  !matches!(name, "" | "." | "..") && !name.contains(['/', '\\', '\0'])
}

/// Reads the header of an archive whose contents have `length` bytes. `path` is for messages.
pub(super) fn parse(text: &str, length: u64, path: &Path) -> Result<Directory> {
  let raw = raw::parse(text).map_err(|error| Error::damaged(path, format!("its header is wrong: {error}")))?;
  if raw.files.is_none() {
    return Err(Error::damaged(path, "its header names no files"));
  }
  let check = Check { path, length, ranges: Vec::new() };
  check.root(raw)
}

/// Turns raw entries into checked ones.
struct Check<'a> {
  path: &'a Path,
  length: u64,
  /// Offset, length and checksum of all contents.
  ranges: Vec<(u64, u64, Option<Digest>, String)>,
}

impl Check<'_> {
  fn root(mut self, raw: RawEntry) -> Result<Directory> {
    let Entry::Directory(root) = self.entry("", raw, 0, false)? else {
      return Err(self.wrong("/", "the top is not a folder"));
    };
    self.refuse_overlaps()?;
    Ok(root)
  }

  fn wrong(&self, name: &str, reason: &str) -> Error {
    Error::damaged(self.path, format!("{name:?}: {reason}"))
  }

  fn entry(&mut self, name: &str, raw: RawEntry, depth: usize, above_unpacked: bool) -> Result<Entry> {
    let kinds = [raw.files.is_some(), raw.link.is_some(), raw.size.is_some() || raw.offset.is_some()];
    if kinds.iter().filter(|is| **is).count() != 1 {
      return Err(self.wrong(name, "it is not one of a folder, a file and a link"));
    }
    if let Some(files) = raw.files {
      if depth > MAX_DEPTH {
        return Err(self.wrong(name, "folders are nested too deep"));
      }
      let unpacked = above_unpacked || raw.unpacked;
      let mut entries = Vec::with_capacity(files.len().min(MAX_ENTRIES));
      for (child, raw) in files {
        let path = join(name, &child);
        if !is_name(&child) {
          return Err(self.wrong(&path, "its name is not allowed"));
        }
        entries.push((child, self.entry(&path, raw, depth + 1, unpacked)?));
      }
      return Ok(Entry::Directory(Directory { unpacked, entries }));
    }
    if let Some(link) = raw.link {
      return match checked_link(&link) {
        Some(target) => Ok(Entry::Link(Link { target: target.into(), unpacked: above_unpacked || raw.unpacked })),
        None => Err(self.wrong(name, "the link leads out of the archive")),
      };
    }
    self.file(name, &raw, above_unpacked).map(Entry::File)
  }

  fn file(&mut self, name: &str, raw: &RawEntry, above_unpacked: bool) -> Result<FileEntry> {
    let size = raw.size.as_ref().and_then(Number::as_u64).ok_or_else(|| self.wrong(name, "its size is not a whole number"))?;
    let integrity = raw.integrity.as_ref().map(|raw| self.integrity(name, raw, size)).transpose()?;
    let place = match &raw.offset {
      // Without an offset it has no place in the archive, whatever the flag says.
      Some(offset) if !raw.unpacked => {
        let digits = !offset.is_empty() && offset.bytes().all(|byte| byte.is_ascii_digit());
        let offset = digits.then(|| offset.parse::<u64>().ok()).flatten().ok_or_else(|| self.wrong(name, "its offset is not a number"))?;
        if offset.checked_add(size).is_none_or(|end| end > self.length) {
          return Err(self.wrong(name, "its contents lie beyond the end of the archive"));
        }
        self.ranges.push((offset, size, integrity.as_ref().map(|integrity| integrity.hash), name.to_owned()));
        Place::Packed { offset }
      }
      _ if raw.unpacked || above_unpacked => Place::Unpacked,
      _ => return Err(self.wrong(name, "it has no offset")),
    };
    Ok(FileEntry { size, place, executable: raw.executable, integrity })
  }

  fn integrity(&self, name: &str, raw: &RawIntegrity, size: u64) -> Result<Integrity> {
    if raw.algorithm != ALGORITHM {
      return Err(self.wrong(name, &format!("its checksums are of the unknown kind {:?}", raw.algorithm)));
    }
    let hash = Digest::parse(&raw.hash);
    let blocks = raw.blocks.iter().map(|block| Digest::parse(block)).collect::<Option<Vec<_>>>();
    let block_size = raw.block_size.as_u64().filter(|size| *size > 0);
    let (Some(hash), Some(blocks), Some(block_size)) = (hash, blocks, block_size) else {
      return Err(self.wrong(name, "its checksums are damaged"));
    };
    let integrity = Integrity { hash, block_size, blocks };
    if !integrity.fits(size) {
      return Err(self.wrong(name, "its checksums are not those of contents of its size"));
    }
    Ok(integrity)
  }

  /// No byte belongs to two files, save that equal files may be stored once: `@electron/asar` 4 does that.
  fn refuse_overlaps(&mut self) -> Result<()> {
    self.ranges.retain(|(_, size, _, _)| *size > 0);
    self.ranges.sort_unstable();
    for pair in self.ranges.windows(2) {
      let ((offset, size, hash, _), (next, next_size, next_hash, name)) = (&pair[0], &pair[1]);
      let same = (offset, size) == (next, next_size) && hash.is_some() && hash == next_hash;
      if offset + size > *next && !same {
        return Err(self.wrong(name, "its contents overlap those of another file"));
      }
    }
    Ok(())
  }
}

/// The target of a link without needless parts; `None` when it is not a place in the archive.
fn checked_link(link: &str) -> Option<String> {
  // Windows writes links with its own separator.
  let link = link.replace('\\', "/");
  if link.is_empty() || link.starts_with('/') || link.contains('\0') {
    return None;
  }
  let parts: Vec<_> = link.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
  let drive = parts.first().is_some_and(|first| first.as_bytes().get(1) == Some(&b':'));
  if parts.is_empty() || drive || parts.contains(&"..") {
    return None;
  }
  Some(parts.join("/"))
}
