//! The system as the resolution of modules reads it.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sys_traits::impls::{RealFsDirEntry, RealFsFile, RealFsMetadata, RealSys};
use sys_traits::{
  BaseEnvVar, BaseFsCanonicalize, BaseFsMetadata, BaseFsOpen, BaseFsRead, BaseFsReadDir, EnvCurrentDir, FileType, FsCanonicalize,
  FsDirEntry, FsMetadata, FsMetadataValue, FsOpen, FsRead, FsReadDir, OpenOptions,
};

use super::super::platform::NOT_A_FOLDER;
use super::{Found, Inside, find, real_path};
use crate::asar::Entry;

/// The real system with archives as folders.
#[derive(Clone, Debug, Default)]
pub(in crate::runtime) struct Sys(RealSys);

/// What resolution asks about a file.
#[derive(Debug)]
pub(in crate::runtime) enum SysMetadata {
  Real(RealFsMetadata),
  Inside { kind: FileType, size: u64 },
}

/// What is in a folder.
#[derive(Debug)]
pub(in crate::runtime) enum SysEntry {
  Real(RealFsDirEntry),
  Inside { name: String, kind: FileType, path: PathBuf },
}

/// Nobody who resolves modules asks this of a file in an archive.
fn unknown<T>() -> io::Result<T> {
  Err(io::ErrorKind::Unsupported.into())
}

macro_rules! of_real_files {
  ($($name:ident -> $kind:ty),+ $(,)?) => {$(
    fn $name(&self) -> io::Result<$kind> {
      match self {
        Self::Real(metadata) => metadata.$name(),
        Self::Inside { .. } => unknown(),
      }
    }
  )+};
}

impl FsMetadataValue for SysMetadata {
  fn file_type(&self) -> FileType {
    match self {
      Self::Real(metadata) => metadata.file_type(),
      Self::Inside { kind, .. } => *kind,
    }
  }

  fn len(&self) -> u64 {
    match self {
      Self::Real(metadata) => metadata.len(),
      Self::Inside { size, .. } => *size,
    }
  }

  of_real_files!(
    accessed -> SystemTime, created -> SystemTime, changed -> SystemTime, modified -> SystemTime, dev -> u64, ino -> u64, mode -> u32,
    nlink -> u64, uid -> u32, gid -> u32, rdev -> u64, blksize -> u64, blocks -> u64, is_block_device -> bool, is_char_device -> bool,
    is_fifo -> bool, is_socket -> bool, file_attributes -> u32,
  );
}

impl FsDirEntry for SysEntry {
  type Metadata = SysMetadata;

  fn file_name(&self) -> Cow<'_, OsStr> {
    match self {
      Self::Real(entry) => entry.file_name(),
      Self::Inside { name, .. } => Cow::Borrowed(OsStr::new(name)),
    }
  }

  fn file_type(&self) -> io::Result<FileType> {
    match self {
      Self::Real(entry) => entry.file_type(),
      Self::Inside { kind, .. } => Ok(*kind),
    }
  }

  fn metadata(&self) -> io::Result<SysMetadata> {
    match self {
      Self::Real(entry) => entry.metadata().map(SysMetadata::Real),
      Self::Inside { path, .. } => Sys::default().fs_symlink_metadata(path),
    }
  }

  fn path(&self) -> Cow<'_, Path> {
    match self {
      Self::Real(entry) => entry.path(),
      Self::Inside { path, .. } => Cow::Borrowed(path),
    }
  }
}

fn kind_of(entry: &Entry) -> FileType {
  match entry {
    Entry::Directory(_) => FileType::Dir,
    Entry::File(_) => FileType::File,
    Entry::Link(_) => FileType::Symlink,
  }
}

impl Sys {
  fn metadata_of(&self, inside: &Inside) -> io::Result<SysMetadata> {
    match inside.get()? {
      Found::Directory(..) => Ok(SysMetadata::Inside { kind: FileType::Dir, size: 0 }),
      Found::Packed(_, file) => Ok(SysMetadata::Inside { kind: FileType::File, size: file.size }),
      Found::Unpacked(path) => self.0.fs_metadata(path).map(SysMetadata::Real),
    }
  }
}

impl BaseFsCanonicalize for Sys {
  fn base_fs_canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
    match find(path)? {
      Some(inside) => inside.canonicalize(),
      None => self.0.fs_canonicalize(path),
    }
  }
}

impl BaseFsMetadata for Sys {
  type Metadata = SysMetadata;

  fn base_fs_metadata(&self, path: &Path) -> io::Result<SysMetadata> {
    match find(path)? {
      Some(inside) => self.metadata_of(&inside),
      None => self.0.fs_metadata(path).map(SysMetadata::Real),
    }
  }

  fn base_fs_symlink_metadata(&self, path: &Path) -> io::Result<SysMetadata> {
    match find(path)? {
      Some(inside) if inside.link()?.is_some() => Ok(SysMetadata::Inside { kind: FileType::Symlink, size: 0 }),
      Some(inside) => self.metadata_of(&inside),
      None => self.0.fs_symlink_metadata(path).map(SysMetadata::Real),
    }
  }
}

impl BaseFsRead for Sys {
  fn base_fs_read(&self, path: &Path) -> io::Result<Cow<'static, [u8]>> {
    match find(path)? {
      Some(inside) => inside.read().map(Cow::Owned),
      None => self.0.fs_read(path),
    }
  }
}

impl BaseFsReadDir for Sys {
  type ReadDirEntry = SysEntry;

  fn base_fs_read_dir(&self, path: &Path) -> io::Result<Box<dyn Iterator<Item = io::Result<SysEntry>>>> {
    let Some(inside) = find(path)? else {
      return Ok(Box::new(self.0.fs_read_dir(path)?.map(|entry| entry.map(SysEntry::Real))));
    };
    let Found::Directory(_, directory) = inside.get()? else {
      return Err(io::Error::from_raw_os_error(NOT_A_FOLDER));
    };
    let entries: Vec<_> = directory
      .entries()
      .map(|(name, entry)| Ok(SysEntry::Inside { name: name.into(), kind: kind_of(entry), path: path.join(name) }))
      .collect();
    Ok(Box::new(entries.into_iter()))
  }
}

impl BaseFsOpen for Sys {
  type File = RealFsFile;

  fn base_fs_open(&self, path: &Path, options: &OpenOptions) -> io::Result<RealFsFile> {
    // A file of an archive is opened where the system finds it, for reading.
    if options.write || options.append || options.create || options.create_new || options.truncate {
      return self.0.fs_open(path, options);
    }
    self.0.fs_open(real_path(path)?, options)
  }
}

impl BaseEnvVar for Sys {
  fn base_env_var_os(&self, key: &OsStr) -> Option<OsString> {
    self.0.base_env_var_os(key)
  }
}

impl EnvCurrentDir for Sys {
  fn env_current_dir(&self) -> io::Result<PathBuf> {
    self.0.env_current_dir()
  }
}
