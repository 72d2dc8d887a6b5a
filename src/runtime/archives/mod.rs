//! Archives (`app.asar`) as folders: whatever the runtime reads by path sees what is in them, in the file system that `node:fs` uses, in the one
//! that modules are resolved with, and in the loader.
//!
//! Electron's rules: an archive is a folder that cannot be written, entries marked as unpacked lie beside it, and `process.noAsar` and
//! `original-fs` see the file that it is. Checksums are compared whenever contents are read.

mod addons;
mod file;
mod file_system;
mod sys;

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fs::Metadata;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use sys_traits::FsMetadata;

use super::platform::{IS_A_FOLDER, NOT_THERE};
use crate::asar::{Archive, Entry, Error, mounted};

pub(super) use addons::AddonLoader;
pub(super) use file_system::ArchiveFs;
pub(super) use sys::Sys;

const EXTENSION: &str = ".asar";

/// A place in an archive.
#[derive(Clone, Debug)]
pub(crate) struct Inside {
  archive: Arc<Archive>,
  /// From the archive's top, with `/` between its parts; empty for the top itself.
  path: String,
}

/// What is at a place in an archive, links followed.
pub(crate) enum Found<'a> {
  /// A folder, with the path that it has without links.
  Directory(String, &'a crate::asar::Directory),
  /// A file in the archive.
  Packed(String, &'a crate::asar::FileEntry),
  /// A file or a link beside the archive.
  Unpacked(PathBuf),
}

/// An archive that was opened, and what its file was like then.
struct Opened {
  stamp: (u64, Option<SystemTime>),
  archive: Arc<Archive>,
}

static ARCHIVES: LazyLock<Mutex<HashMap<PathBuf, Opened>>> = LazyLock::new(Mutex::default);

/// `ELECTRON_NO_ASAR`.
static DISABLED: AtomicBool = AtomicBool::new(false);

thread_local! {
  /// How many calls of `original-fs` are running, and whether `process.noAsar` is set.
  static OFF: Cell<u32> = const { Cell::new(0) };
  static NO_ASAR: Cell<bool> = const { Cell::new(false) };
}

/// Archives are files for this whole process.
pub(super) fn disable() {
  DISABLED.store(true, Ordering::Relaxed);
}

/// `process.noAsar` of this thread.
pub(crate) fn set_no_asar(off: bool) {
  NO_ASAR.set(off);
}

/// A call of `original-fs` begins (or ends): archives are files meanwhile.
pub(crate) fn set_original(begins: bool) {
  OFF.set(if begins { OFF.get() + 1 } else { OFF.get().saturating_sub(1) });
}

/// The archive that a path leads into, or names. `None` for all other paths, and while archives are to be files.
///
/// # Errors
/// The path leads into a file that is named like an archive and is none.
pub(crate) fn find(path: &Path) -> io::Result<Option<Inside>> {
  // Most paths have nothing to do with archives, and this is asked for each of them.
  if !may_lead_into_archive(path) || NO_ASAR.get() || OFF.get() > 0 || DISABLED.load(Ordering::Relaxed) {
    return Ok(None);
  }
  let path = normalize(path)?;
  let mut outer = PathBuf::new();
  let mut components = path.components();
  while let Some(component) = components.next() {
    outer.push(component);
    if !has_extension(component) {
      continue;
    }
    let inner = || components.as_path().to_string_lossy().replace('\\', "/");
    // That of a single-file app is not on disk.
    if let Some(archive) = mounted(&outer) {
      return Ok(Some(Inside { archive, path: inner() }));
    }
    // A folder may be named like an archive. Whatever cannot be looked at is for the system to complain of.
    let Ok(metadata) = std::fs::metadata(&outer) else { return Ok(None) };
    if !metadata.is_file() {
      continue;
    }
    let inner = inner();
    return match open(&outer, &metadata) {
      Ok(archive) => Ok(Some(Inside { archive, path: inner })),
      // Any file may be called so.
      Err(_) if inner.is_empty() => Ok(None),
      Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, format!("Invalid package {}: {}", outer.display(), reason(&error)))),
    };
  }
  Ok(None)
}

fn may_lead_into_archive(path: &Path) -> bool {
  path.as_os_str().as_encoded_bytes().windows(EXTENSION.len()).any(|part| part.eq_ignore_ascii_case(EXTENSION.as_bytes()))
}

fn has_extension(component: Component) -> bool {
  let name = component.as_os_str().as_encoded_bytes();
  name.len().checked_sub(EXTENSION.len()).is_some_and(|at| name[at..].eq_ignore_ascii_case(EXTENSION.as_bytes()))
}

/// Absolute and without `.` and `..`, which the system would not find in an archive.
fn normalize(path: &Path) -> io::Result<PathBuf> {
  let mut normal = PathBuf::new();
  for component in std::path::absolute(path)?.components() {
    match component {
      Component::ParentDir => {
        normal.pop();
      }
      Component::CurDir => {}
      other => normal.push(other),
    }
  }
  Ok(normal)
}

/// Opens an archive, or gives the one that was opened before, unless its file is another one by now.
fn open(path: &Path, metadata: &Metadata) -> crate::asar::Result<Arc<Archive>> {
  let stamp = (metadata.len(), metadata.modified().ok());
  let mut archives = ARCHIVES.lock().unwrap_or_else(PoisonError::into_inner);
  if let Some(opened) = archives.get(path).filter(|opened| opened.stamp == stamp) {
    return Ok(opened.archive.clone());
  }
  let archive = Arc::new(Archive::open(path)?);
  archives.insert(path.into(), Opened { stamp, archive: archive.clone() });
  Ok(archive)
}

impl Inside {
  /// What is here; `None` when there is nothing.
  fn look(&self) -> io::Result<Option<Found<'_>>> {
    if self.path.is_empty() {
      return Ok(Some(Found::Directory(String::new(), self.archive.root())));
    }
    let Some((path, entry)) = self.archive.resolve(&self.path).map_err(into_io)? else { return Ok(None) };
    Ok(Some(match entry {
      Entry::Directory(directory) => Found::Directory(path, directory),
      Entry::File(file) if !entry.is_unpacked() => Found::Packed(path, file),
      _ => Found::Unpacked(self.archive.unpacked_path(&path)),
    }))
  }

  /// The same where there has to be something.
  fn get(&self) -> io::Result<Found<'_>> {
    self.look()?.ok_or_else(not_found)
  }

  /// The link at this place, if it is one; those on the way are followed.
  fn link(&self) -> io::Result<Option<&crate::asar::Link>> {
    match self.archive.entry(&self.path).map_err(into_io)? {
      Some(Entry::Link(link)) if !self.path.is_empty() => Ok(Some(link)),
      Some(_) => Ok(None),
      None if self.path.is_empty() => Ok(None),
      None => Err(not_found()),
    }
  }

  /// All of the file at this place.
  pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
    match self.get()? {
      Found::Directory(..) => Err(is_a_directory()),
      Found::Packed(path, file) => self.archive.read_file(&path, file).map_err(into_io),
      // An app may change what lies beside the archive.
      Found::Unpacked(path) => std::fs::read(path),
    }
  }

  /// The path without links, outside of the archive and in it.
  fn canonicalize(&self) -> io::Result<PathBuf> {
    let archive = self.archive.mounted_at().map_or_else(|| std::fs::canonicalize(self.archive.path()), |path| Ok(path.into()))?;
    match self.get()? {
      Found::Directory(path, _) | Found::Packed(path, _) if path.is_empty() => Ok(archive),
      Found::Directory(path, _) | Found::Packed(path, _) => Ok(archive.join(path)),
      Found::Unpacked(_) => {
        let (path, _) = self.archive.resolve(&self.path).map_err(into_io)?.ok_or_else(not_found)?;
        Ok(archive.join(path))
      }
    }
  }
}

/// Reads a file, in an archive or not.
///
/// # Errors
/// It is not there, cannot be read, or was changed since it was packed.
pub(crate) fn read(path: &Path) -> io::Result<Vec<u8>> {
  match find(path)? {
    Some(inside) => inside.read(),
    None => std::fs::read(path),
  }
}

/// Reads a file that lies in an archive, or is to be beside one; `None` for all others, and for what cannot be read.
pub(crate) fn read_archived(path: &Path) -> Option<Vec<u8>> {
  find(path).ok()??.read().ok()
}

/// Whether there is a file, in an archive or not.
pub(crate) fn is_file(path: &Path) -> bool {
  Sys::default().fs_is_file_no_err(path)
}

/// Whether there is a folder, in an archive, as one, or neither.
pub(crate) fn is_dir(path: &Path) -> bool {
  Sys::default().fs_is_dir_no_err(path)
}

/// Where the system finds a file: itself, or for one in an archive a copy that lives as long as this process.
///
/// # Errors
/// It is not in the archive, or cannot be copied out.
pub(crate) fn real_path(path: &Path) -> io::Result<Cow<'_, Path>> {
  let Some(inside) = find(path)? else { return Ok(Cow::Borrowed(path)) };
  match inside.get()? {
    Found::Unpacked(real) => Ok(Cow::Owned(real)),
    Found::Directory(..) => Err(is_a_directory()),
    Found::Packed(name, file) => addons::copy_out(&inside.archive, &name, file).map(Cow::Owned),
  }
}

fn into_io(error: Error) -> io::Error {
  match error {
    Error::Io { source, .. } => source,
    other => io::Error::new(io::ErrorKind::InvalidData, reason(&other)),
  }
}

/// The message without its hint, which is meant for the command line.
fn reason(error: &Error) -> String {
  error.to_string().lines().next().unwrap_or_default().to_owned()
}

fn not_found() -> io::Error {
  io::Error::from_raw_os_error(NOT_THERE)
}

fn is_a_directory() -> io::Error {
  io::Error::from_raw_os_error(IS_A_FOLDER)
}
