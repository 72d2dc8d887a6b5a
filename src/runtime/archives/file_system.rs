//! The file system of `node:fs` with archives as folders. What writes goes to the system, which says of a path into an archive what it says of a path
//! into a file.
//!
//! Long because the interface of the runtime is: most of it only passes on.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use deno_runtime::deno_fs::{FileSystem, FsDirEntry, FsFileType, FsReadDir, FsReadDirRc, OpenOptions, RealFs};
use deno_runtime::deno_io::fs::{File, FsError, FsResult, FsStat, FsStatFs};
use deno_runtime::deno_permissions::{CheckedPath, CheckedPathBuf};

use super::super::platform::{INVALID_ARGUMENT, NOT_A_FOLDER};
use super::file::ArchiveFile;
use super::{Found, Inside, find, is_a_directory};
use crate::asar::{Archive, Entry, FileEntry, relative_target};

/// The real file system with archives as folders.
#[derive(Debug)]
pub(in crate::runtime) struct ArchiveFs;

/// What is behind a name in an archive.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
  Directory,
  File,
  Link,
}

/// What a file of an archive looks like: read only to everybody but the system's own user, as what an installer has put there. Its times are
/// those of the archive.
fn stat(archive: &Archive, name: &str, kind: Kind, size: u64, executable: bool) -> FsStat {
  let mut hasher = DefaultHasher::new();
  (archive.path(), name).hash(&mut hasher);
  let time = std::fs::metadata(archive.path()).and_then(|metadata| metadata.modified()).ok();
  let time = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).and_then(|time| i64::try_from(time.as_millis()).ok());
  let mode = match kind {
    Kind::Directory => 0o040_755,
    Kind::Link => 0o120_777,
    Kind::File if executable => 0o100_755,
    Kind::File => 0o100_644,
  };
  FsStat {
    is_file: kind == Kind::File,
    is_directory: kind == Kind::Directory,
    is_symlink: kind == Kind::Link,
    size,
    mtime: time,
    atime: time,
    birthtime: time,
    ctime: time,
    dev: 1,
    // The runtime hands it over as a number that JavaScript can hold.
    ino: Some(hasher.finish() >> 12),
    mode,
    nlink: Some(1),
    uid: 0,
    gid: 0,
    rdev: 0,
    blksize: 4096,
    blocks: Some(size.div_ceil(512)),
    is_block_device: false,
    is_char_device: false,
    is_fifo: false,
    is_socket: false,
  }
}

fn stat_file(archive: &Archive, name: &str, entry: &FileEntry) -> FsStat {
  stat(archive, name, Kind::File, entry.size, entry.executable)
}

/// A path that the permissions of the app, which has its user's, need not be asked about.
fn checked(path: &Path) -> CheckedPath<'_> {
  CheckedPath::unsafe_new(path.into())
}

impl Inside {
  fn stat(&self) -> FsResult<FsStat> {
    match self.get()? {
      Found::Directory(name, _) => Ok(stat(&self.archive, &name, Kind::Directory, 0, false)),
      Found::Packed(name, file) => Ok(stat_file(&self.archive, &name, file)),
      Found::Unpacked(path) => RealFs.stat_sync(&checked(&path)),
    }
  }

  fn lstat(&self) -> FsResult<FsStat> {
    match self.link()? {
      Some(link) => Ok(stat(&self.archive, &self.path, Kind::Link, link.target.len() as u64, false)),
      None => self.stat(),
    }
  }

  fn open(&self, path: &Path) -> FsResult<Rc<dyn File>> {
    match self.get()? {
      Found::Directory(..) => Err(is_a_directory().into()),
      Found::Packed(name, file) => Ok(Rc::new(ArchiveFile::new(self.archive.clone(), name, file, path, stat_file))),
      Found::Unpacked(real) => RealFs.open_sync(&checked(&real), OpenOptions::read()),
    }
  }

  fn read_dir(&self) -> FsResult<Vec<FsDirEntry>> {
    let Found::Directory(_, directory) = self.get()? else {
      return Err(io::Error::from_raw_os_error(NOT_A_FOLDER).into());
    };
    let entry = |(name, entry): (&str, &Entry)| FsDirEntry {
      name: name.into(),
      is_file: matches!(entry, Entry::File(_)),
      is_directory: matches!(entry, Entry::Directory(_)),
      is_symlink: matches!(entry, Entry::Link(_)),
    };
    Ok(directory.entries().map(entry).collect())
  }

  fn read_link(&self) -> FsResult<PathBuf> {
    match self.link()? {
      Some(link) => Ok(relative_target(&self.path, &link.target)),
      None => Err(io::Error::from_raw_os_error(INVALID_ARGUMENT).into()),
    }
  }

  fn exists(&self) -> bool {
    match self.look() {
      Ok(Some(Found::Unpacked(path))) => RealFs.exists_sync(&checked(&path)),
      found => matches!(found, Ok(Some(_))),
    }
  }

  /// Copies the file to where the system can write.
  fn copy_to(&self, target: &CheckedPath) -> FsResult<()> {
    let (contents, executable) = match self.get()? {
      Found::Directory(..) => return Err(is_a_directory().into()),
      Found::Unpacked(real) => return RealFs.copy_file_sync(&checked(&real), target),
      Found::Packed(_, file) => (self.read()?, file.executable),
    };
    let mode = if executable { 0o755 } else { 0o644 };
    RealFs.write_file_sync(target, OpenOptions::write(true, false, false, Some(mode)), &contents)
  }
}

/// The entries of a folder in an archive, handed out one by one.
#[derive(Debug)]
struct Entries(std::sync::Mutex<std::vec::IntoIter<FsDirEntry>>);

#[async_trait::async_trait(?Send)]
impl FsReadDir for Entries {
  async fn next(&self) -> FsResult<Option<FsDirEntry>> {
    Ok(self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next())
  }
}

/// Whether a file is only to be read: archives take part in nothing else.
fn only_reads(options: &OpenOptions) -> bool {
  options.read && !options.write && !options.append && !options.create && !options.create_new && !options.truncate
}

#[async_trait::async_trait(?Send)]
impl FileSystem for ArchiveFs {
  fn cwd(&self) -> FsResult<PathBuf> {
    RealFs.cwd()
  }

  fn tmp_dir(&self) -> FsResult<PathBuf> {
    RealFs.tmp_dir()
  }

  fn chdir(&self, path: &CheckedPath) -> FsResult<()> {
    RealFs.chdir(path)
  }

  fn umask(&self, mask: Option<u32>) -> FsResult<u32> {
    RealFs.umask(mask)
  }

  fn open_sync(&self, path: &CheckedPath, options: OpenOptions) -> FsResult<Rc<dyn File>> {
    match find(path).map(|inside| inside.filter(|_| only_reads(&options)))? {
      Some(inside) => inside.open(path),
      None => RealFs.open_sync(path, options),
    }
  }

  async fn open_async<'a>(&'a self, path: CheckedPathBuf, options: OpenOptions) -> FsResult<Rc<dyn File>> {
    match find(&path).map(|inside| inside.filter(|_| only_reads(&options)))? {
      Some(inside) => inside.open(&path),
      None => RealFs.open_async(path, options).await,
    }
  }

  fn mkdir_sync(&self, path: &CheckedPath, recursive: bool, mode: Option<u32>) -> FsResult<()> {
    RealFs.mkdir_sync(path, recursive, mode)
  }

  async fn mkdir_async(&self, path: CheckedPathBuf, recursive: bool, mode: Option<u32>) -> FsResult<()> {
    RealFs.mkdir_async(path, recursive, mode).await
  }

  #[cfg(unix)]
  fn chmod_sync(&self, path: &CheckedPath, mode: u32) -> FsResult<()> {
    RealFs.chmod_sync(path, mode)
  }

  #[cfg(unix)]
  async fn chmod_async(&self, path: CheckedPathBuf, mode: u32) -> FsResult<()> {
    RealFs.chmod_async(path, mode).await
  }

  #[cfg(not(unix))]
  fn chmod_sync(&self, path: &CheckedPath, mode: i32) -> FsResult<()> {
    RealFs.chmod_sync(path, mode)
  }

  #[cfg(not(unix))]
  async fn chmod_async(&self, path: CheckedPathBuf, mode: i32) -> FsResult<()> {
    RealFs.chmod_async(path, mode).await
  }

  fn chown_sync(&self, path: &CheckedPath, uid: Option<u32>, gid: Option<u32>) -> FsResult<()> {
    RealFs.chown_sync(path, uid, gid)
  }

  async fn chown_async(&self, path: CheckedPathBuf, uid: Option<u32>, gid: Option<u32>) -> FsResult<()> {
    RealFs.chown_async(path, uid, gid).await
  }

  fn lchmod_sync(&self, path: &CheckedPath, mode: u32) -> FsResult<()> {
    RealFs.lchmod_sync(path, mode)
  }

  async fn lchmod_async(&self, path: CheckedPathBuf, mode: u32) -> FsResult<()> {
    RealFs.lchmod_async(path, mode).await
  }

  fn lchown_sync(&self, path: &CheckedPath, uid: Option<u32>, gid: Option<u32>) -> FsResult<()> {
    RealFs.lchown_sync(path, uid, gid)
  }

  async fn lchown_async(&self, path: CheckedPathBuf, uid: Option<u32>, gid: Option<u32>) -> FsResult<()> {
    RealFs.lchown_async(path, uid, gid).await
  }

  fn remove_sync(&self, path: &CheckedPath, recursive: bool) -> FsResult<()> {
    RealFs.remove_sync(path, recursive)
  }

  async fn remove_async(&self, path: CheckedPathBuf, recursive: bool) -> FsResult<()> {
    RealFs.remove_async(path, recursive).await
  }

  fn copy_file_sync(&self, oldpath: &CheckedPath, newpath: &CheckedPath) -> FsResult<()> {
    match find(oldpath)? {
      Some(inside) => inside.copy_to(newpath),
      None => RealFs.copy_file_sync(oldpath, newpath),
    }
  }

  async fn copy_file_async(&self, oldpath: CheckedPathBuf, newpath: CheckedPathBuf) -> FsResult<()> {
    match find(&oldpath)? {
      Some(inside) => inside.copy_to(&newpath.as_checked_path()),
      None => RealFs.copy_file_async(oldpath, newpath).await,
    }
  }

  fn cp_sync(&self, path: &CheckedPath, new_path: &CheckedPath) -> FsResult<()> {
    match find(path)? {
      Some(_) => Err(FsError::NotSupported),
      None => RealFs.cp_sync(path, new_path),
    }
  }

  async fn cp_async(&self, path: CheckedPathBuf, new_path: CheckedPathBuf) -> FsResult<()> {
    match find(&path)? {
      Some(_) => Err(FsError::NotSupported),
      None => RealFs.cp_async(path, new_path).await,
    }
  }

  fn stat_sync(&self, path: &CheckedPath) -> FsResult<FsStat> {
    match find(path)? {
      Some(inside) => inside.stat(),
      None => RealFs.stat_sync(path),
    }
  }

  async fn stat_async(&self, path: CheckedPathBuf) -> FsResult<FsStat> {
    match find(&path)? {
      Some(inside) => inside.stat(),
      None => RealFs.stat_async(path).await,
    }
  }

  fn lstat_sync(&self, path: &CheckedPath) -> FsResult<FsStat> {
    match find(path)? {
      Some(inside) => inside.lstat(),
      None => RealFs.lstat_sync(path),
    }
  }

  async fn lstat_async(&self, path: CheckedPathBuf) -> FsResult<FsStat> {
    match find(&path)? {
      Some(inside) => inside.lstat(),
      None => RealFs.lstat_async(path).await,
    }
  }

  fn statfs_sync(&self, path: &CheckedPath, bigint: bool) -> FsResult<FsStatFs> {
    match find(path)? {
      Some(inside) => RealFs.statfs_sync(&checked(inside.archive.path()), bigint),
      None => RealFs.statfs_sync(path, bigint),
    }
  }

  async fn statfs_async(&self, path: CheckedPathBuf, bigint: bool) -> FsResult<FsStatFs> {
    match find(&path)? {
      Some(inside) => RealFs.statfs_sync(&checked(inside.archive.path()), bigint),
      None => RealFs.statfs_async(path, bigint).await,
    }
  }

  fn realpath_sync(&self, path: &CheckedPath) -> FsResult<PathBuf> {
    match find(path)? {
      Some(inside) => Ok(inside.canonicalize()?),
      None => RealFs.realpath_sync(path),
    }
  }

  async fn realpath_async(&self, path: CheckedPathBuf) -> FsResult<PathBuf> {
    match find(&path)? {
      Some(inside) => Ok(inside.canonicalize()?),
      None => RealFs.realpath_async(path).await,
    }
  }

  fn read_dir_sync(&self, path: &CheckedPath) -> FsResult<Vec<FsDirEntry>> {
    match find(path)? {
      Some(inside) => inside.read_dir(),
      None => RealFs.read_dir_sync(path),
    }
  }

  async fn read_dir_async(&self, path: CheckedPathBuf) -> FsResult<FsReadDirRc> {
    match find(&path)? {
      Some(inside) => Ok(Arc::new(Entries(inside.read_dir()?.into_iter().into()))),
      None => RealFs.read_dir_async(path).await,
    }
  }

  fn rename_sync(&self, oldpath: &CheckedPath, newpath: &CheckedPath) -> FsResult<()> {
    RealFs.rename_sync(oldpath, newpath)
  }

  async fn rename_async(&self, oldpath: CheckedPathBuf, newpath: CheckedPathBuf) -> FsResult<()> {
    RealFs.rename_async(oldpath, newpath).await
  }

  fn rmdir_sync(&self, path: &CheckedPath) -> FsResult<()> {
    RealFs.rmdir_sync(path)
  }

  async fn rmdir_async(&self, path: CheckedPathBuf) -> FsResult<()> {
    RealFs.rmdir_async(path).await
  }

  fn link_sync(&self, oldpath: &CheckedPath, newpath: &CheckedPath) -> FsResult<()> {
    RealFs.link_sync(oldpath, newpath)
  }

  async fn link_async(&self, oldpath: CheckedPathBuf, newpath: CheckedPathBuf) -> FsResult<()> {
    RealFs.link_async(oldpath, newpath).await
  }

  fn symlink_sync(&self, oldpath: &CheckedPath, newpath: &CheckedPath, file_type: Option<FsFileType>) -> FsResult<()> {
    RealFs.symlink_sync(oldpath, newpath, file_type)
  }

  async fn symlink_async(&self, oldpath: CheckedPathBuf, newpath: CheckedPathBuf, file_type: Option<FsFileType>) -> FsResult<()> {
    RealFs.symlink_async(oldpath, newpath, file_type).await
  }

  fn read_link_sync(&self, path: &CheckedPath) -> FsResult<PathBuf> {
    match find(path)? {
      Some(inside) => inside.read_link(),
      None => RealFs.read_link_sync(path),
    }
  }

  async fn read_link_async(&self, path: CheckedPathBuf) -> FsResult<PathBuf> {
    match find(&path)? {
      Some(inside) => inside.read_link(),
      None => RealFs.read_link_async(path).await,
    }
  }

  fn truncate_sync(&self, path: &CheckedPath, len: u64) -> FsResult<()> {
    RealFs.truncate_sync(path, len)
  }

  async fn truncate_async(&self, path: CheckedPathBuf, len: u64) -> FsResult<()> {
    RealFs.truncate_async(path, len).await
  }

  fn utime_sync(&self, path: &CheckedPath, atime_secs: i64, atime_nanos: u32, mtime_secs: i64, mtime_nanos: u32) -> FsResult<()> {
    RealFs.utime_sync(path, atime_secs, atime_nanos, mtime_secs, mtime_nanos)
  }

  async fn utime_async(&self, path: CheckedPathBuf, atime_secs: i64, atime_nanos: u32, mtime_secs: i64, mtime_nanos: u32) -> FsResult<()> {
    RealFs.utime_async(path, atime_secs, atime_nanos, mtime_secs, mtime_nanos).await
  }

  fn lutime_sync(&self, path: &CheckedPath, atime_secs: i64, atime_nanos: u32, mtime_secs: i64, mtime_nanos: u32) -> FsResult<()> {
    RealFs.lutime_sync(path, atime_secs, atime_nanos, mtime_secs, mtime_nanos)
  }

  async fn lutime_async(&self, path: CheckedPathBuf, atime_secs: i64, atime_nanos: u32, mtime_secs: i64, mtime_nanos: u32) -> FsResult<()> {
    RealFs.lutime_async(path, atime_secs, atime_nanos, mtime_secs, mtime_nanos).await
  }

  fn exists_sync(&self, path: &CheckedPath) -> bool {
    match find(path) {
      Ok(Some(inside)) => inside.exists(),
      Ok(None) => RealFs.exists_sync(path),
      Err(_) => false,
    }
  }

  async fn exists_async(&self, path: CheckedPathBuf) -> FsResult<bool> {
    match find(&path)? {
      Some(inside) => Ok(inside.exists()),
      None => RealFs.exists_async(path).await,
    }
  }
}
