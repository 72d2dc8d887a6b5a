//! Reading: an open archive, its entries, and contents that were compared with their checksums.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::error::{Error, Result};
use super::header::{self, Directory, Entry, FileEntry, Place};
use super::{Digest, MAX_HEADER};

/// How many links one path may go through.
const MAX_LINKS: usize = 40;

/// An archive whose header was read and found right.
#[derive(Debug)]
pub struct Archive {
  path: PathBuf,
  /// Where it is mounted, if it is a part of a file.
  pub(super) mounted_at: Option<PathBuf>,
  file: Mutex<File>,
  /// Where the contents begin in the file.
  contents: u64,
  /// The length of the whole archive.
  length: u64,
  root: Directory,
  header_hash: Digest,
}

impl Archive {
  /// Opens the archive of a file.
  ///
  /// # Errors
  /// The file cannot be read, or its header claims what cannot be.
  pub fn open(path: &Path) -> Result<Self> {
    let metadata = fs::metadata(path).map_err(Error::reading(path))?;
    // A folder or a device in the archive's place would be read past its checksums.
    if !metadata.is_file() {
      return Err(Error::NoFile(path.into()));
    }
    Self::open_within(path, 0..metadata.len())
  }

  /// Opens an archive that is a part of a file, such as an executable.
  ///
  /// # Errors
  /// As [`Self::open`].
  pub fn open_within(path: &Path, range: Range<u64>) -> Result<Self> {
    let mut file = File::open(path).map_err(Error::reading(path))?;
    let length = range.end.saturating_sub(range.start);
    let read = |file: &mut File, length: usize| -> Result<Vec<u8>> {
      let mut bytes = vec![0; length];
      file.read_exact(&mut bytes).map_err(Error::reading(path))?;
      Ok(bytes)
    };
    if length < 16 {
      return Err(Error::damaged(path, "it is too short"));
    }
    file.seek(SeekFrom::Start(range.start)).map_err(Error::reading(path))?;
    let start = read(&mut file, 16)?;
    let number = |at: usize| u64::from(u32::from_le_bytes([start[at], start[at + 1], start[at + 2], start[at + 3]]));
    let (size_of_size, size, payload, text) = (number(0), number(4), number(8), number(12));
    if size_of_size != 4 || size < 8 || payload != size - 4 || text > payload - 4 {
      return Err(Error::damaged(path, "it does not begin as one"));
    }
    if size > MAX_HEADER {
      return Err(Error::damaged(path, format!("its header of {size} bytes is longer than {MAX_HEADER}")));
    }
    if size + 8 > length {
      return Err(Error::damaged(path, "its header is longer than the file"));
    }
    let bytes = read(&mut file, text as usize)?;
    let header_hash = Digest::of(&bytes);
    let text = String::from_utf8(bytes).map_err(|_| Error::damaged(path, "its header is not UTF-8"))?;
    let root = header::parse(&text, length - size - 8, path)?;
    Ok(Self { path: path.into(), mounted_at: None, file: Mutex::new(file), contents: range.start + size + 8, length, root, header_hash })
  }

  /// The file that it is, or is a part of.
  pub fn path(&self) -> &Path {
    &self.path
  }

  /// Where it is reached though no file is there; `None` for an archive that is a file of its own.
  pub fn mounted_at(&self) -> Option<&Path> {
    self.mounted_at.as_deref()
  }

  /// The length of the archive.
  pub fn length(&self) -> u64 {
    self.length
  }

  /// The folder at its top.
  pub fn root(&self) -> &Directory {
    &self.root
  }

  /// The checksum of the header's text, which is what Electron binds an archive to an app with.
  pub fn header_hash(&self) -> Digest {
    self.header_hash
  }

  /// The entry at a path with `/` between its parts, links on the way followed, the last one not. `None`: there is nothing.
  ///
  /// # Errors
  /// Links lead in a circle.
  pub fn entry(&self, path: &str) -> Result<Option<&Entry>> {
    self.find(path, false, &mut MAX_LINKS.clone()).map(|found| found.map(|(_, entry)| entry))
  }

  /// The same with the last link followed too, and the path without links that it has. The archive's own top is the empty path,
  /// and has no entry: see [`Self::root`].
  ///
  /// # Errors
  /// As [`Self::entry`].
  pub fn resolve(&self, path: &str) -> Result<Option<(String, &Entry)>> {
    self.find(path, true, &mut MAX_LINKS.clone())
  }

  fn find(&self, path: &str, follow_last: bool, links: &mut usize) -> Result<Option<(String, &Entry)>> {
    let mut directory = &self.root;
    let mut above = String::new();
    let mut parts = path.split('/').filter(|part| !matches!(*part, "" | ".")).peekable();
    while let Some(part) = parts.next() {
      let is_last = parts.peek().is_none();
      let Some(entry) = directory.get(part) else { return Ok(None) };
      let mut found = (header::join(&above, part), entry);
      if let Entry::Link(link) = entry
        && (follow_last || !is_last)
      {
        *links = links.checked_sub(1).ok_or_else(|| Error::LinkLoop { path: self.path.clone(), name: path.into() })?;
        let Some(behind) = self.find(&link.target, true, links)? else { return Ok(None) };
        found = behind;
      }
      match found {
        found if is_last => return Ok(Some(found)),
        (path, Entry::Directory(next)) => (above, directory) = (path, next),
        _ => return Ok(None),
      }
    }
    Ok(None)
  }

  /// Where the contents of an unpacked file are: a path in the folder beside the archive. `path` is one without links.
  pub fn unpacked_path(&self, path: &str) -> PathBuf {
    let mut folder = self.path.clone().into_os_string();
    folder.push(".unpacked");
    PathBuf::from(folder).join(path)
  }

  /// The contents of the file at a path, links followed, wherever they lie.
  ///
  /// # Errors
  /// There is no such file, it cannot be read, or it was changed.
  pub fn read(&self, path: &str) -> Result<Vec<u8>> {
    match self.resolve(path)? {
      Some((path, Entry::File(file))) => self.read_file(&path, file),
      Some(_) => Err(Error::NoFileEntry { path: self.path.clone(), name: path.into() }),
      None => Err(Error::NoEntry { path: self.path.clone(), name: path.into() }),
    }
  }

  /// The contents of a file entry, `path` being its path without links.
  ///
  /// # Errors
  /// As [`Self::read`].
  pub fn read_file(&self, path: &str, file: &FileEntry) -> Result<Vec<u8>> {
    let bytes = match file.place {
      Place::Packed { .. } => return self.read_range(path, file, 0..file.size),
      Place::Unpacked => read_unpacked(&self.unpacked_path(path), file.size)?,
    };
    let right = bytes.len() as u64 == file.size && file.integrity.as_ref().is_none_or(|integrity| integrity.holds(0, &bytes));
    if right { Ok(bytes) } else { Err(self.changed(path)) }
  }

  /// A part of the contents of a packed file, cut at their end. Only the blocks that it touches are read and checked.
  ///
  /// # Errors
  /// As [`Self::read`]; an unpacked file has no part in the archive.
  pub fn read_range(&self, path: &str, file: &FileEntry, range: Range<u64>) -> Result<Vec<u8>> {
    let Place::Packed { offset } = file.place else {
      return Err(Error::NoEntry { path: self.path.clone(), name: path.into() });
    };
    let range = range.start.min(file.size)..range.end.min(file.size);
    if range.is_empty() {
      return Ok(Vec::new());
    }
    let block_size = file.integrity.as_ref().map_or(1, |integrity| integrity.block_size);
    let first = range.start / block_size;
    let whole = first * block_size..range.end.div_ceil(block_size).saturating_mul(block_size).min(file.size);
    let mut bytes = self.read_at(self.contents + offset + whole.start, whole.end - whole.start)?;
    if file.integrity.as_ref().is_some_and(|integrity| !integrity.holds(first, &bytes)) {
      return Err(self.changed(path));
    }
    bytes.truncate((range.end - whole.start) as usize);
    bytes.drain(..(range.start - whole.start) as usize);
    Ok(bytes)
  }

  /// The header has vouched that these bytes are in the file.
  fn read_at(&self, offset: u64, length: u64) -> Result<Vec<u8>> {
    let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
    let mut bytes = vec![0; length as usize];
    file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut bytes)).map_err(Error::reading(&self.path))?;
    Ok(bytes)
  }

  fn changed(&self, name: &str) -> Error {
    Error::Changed { path: self.path.clone(), name: name.into() }
  }
}

/// Reads a file beside the archive, one byte more than it should have: it is not of the archive and may be of any length.
fn read_unpacked(path: &Path, size: u64) -> Result<Vec<u8>> {
  let metadata = fs::metadata(path).map_err(Error::reading(path))?;
  if !metadata.is_file() {
    return Err(Error::reading(path)(io::ErrorKind::InvalidInput.into()));
  }
  let mut bytes = Vec::new();
  File::open(path).and_then(|file| file.take(size.saturating_add(1)).read_to_end(&mut bytes)).map_err(Error::reading(path))?;
  Ok(bytes)
}
