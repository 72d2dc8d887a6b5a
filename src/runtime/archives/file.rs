//! An open file of an archive. It has no descriptor: the runtime gives it a number of its own.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use deno_core::{BufMutView, BufView, ResourceHandleFd, WriteOutcome};
use deno_runtime::deno_io::fs::{File, FsError, FsResult, FsStat};

use super::super::platform::{BAD_DESCRIPTOR, Stdio};
use super::into_io;
use crate::asar::{Archive, FileEntry};

pub(super) struct ArchiveFile {
  archive: Arc<Archive>,
  /// In the archive, without links.
  name: String,
  entry: FileEntry,
  path: PathBuf,
  stat: fn(&Archive, &str, &FileEntry) -> FsStat,
  position: Cell<u64>,
  /// The block that was read last, and its number.
  block: RefCell<Option<(u64, Vec<u8>)>>,
}

impl ArchiveFile {
  pub(super) fn new(
    archive: Arc<Archive>,
    name: String,
    entry: &FileEntry,
    path: &Path,
    stat: fn(&Archive, &str, &FileEntry) -> FsStat,
  ) -> Self {
    let entry = FileEntry { size: entry.size, place: entry.place, executable: entry.executable, integrity: entry.integrity.clone() };
    Self { archive, name, entry, path: path.into(), stat, position: Cell::new(0), block: RefCell::default() }
  }

  /// Fills the buffer, as far as the file goes.
  fn read_at(&self, buffer: &mut [u8], position: u64) -> FsResult<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
      match self.read_block(&mut buffer[filled..], position.saturating_add(filled as u64))? {
        0 => break,
        count => filled += count,
      }
    }
    Ok(filled)
  }

  /// Reads what is left of a block from a position on, or as much of it as the buffer takes. A block is compared with its checksum as a whole, so it
  /// is kept for the reads that follow.
  fn read_block(&self, buffer: &mut [u8], position: u64) -> FsResult<usize> {
    if position >= self.entry.size || buffer.is_empty() {
      return Ok(0);
    }
    let Some(size) = self.entry.integrity.as_ref().map(|integrity| integrity.block_size) else {
      let range = position..position.saturating_add(buffer.len() as u64);
      let bytes = self.archive.read_range(&self.name, &self.entry, range).map_err(into_io)?;
      buffer[..bytes.len()].copy_from_slice(&bytes);
      return Ok(bytes.len());
    };
    let (number, start) = (position / size, position % size);
    let mut kept = self.block.borrow_mut();
    if kept.as_ref().is_none_or(|(kept, _)| *kept != number) {
      let range = number * size..(number * size).saturating_add(size);
      *kept = Some((number, self.archive.read_range(&self.name, &self.entry, range).map_err(into_io)?));
    }
    let rest = kept.as_ref().and_then(|(_, block)| block.get(start as usize..)).unwrap_or_default();
    let count = rest.len().min(buffer.len());
    buffer[..count].copy_from_slice(&rest[..count]);
    Ok(count)
  }

  fn read_on(&self, buffer: &mut [u8]) -> FsResult<usize> {
    let count = self.read_at(buffer, self.position.get())?;
    self.position.set(self.position.get() + count as u64);
    Ok(count)
  }

  fn read_rest(&self) -> FsResult<Cow<'static, [u8]>> {
    let bytes = self.archive.read_range(&self.name, &self.entry, self.position.get()..self.entry.size).map_err(into_io)?;
    self.position.set(self.entry.size);
    Ok(Cow::Owned(bytes))
  }

  fn seek(&self, to: SeekFrom) -> FsResult<u64> {
    let (base, offset) = match to {
      SeekFrom::Start(position) => (position, 0),
      SeekFrom::Current(offset) => (self.position.get(), offset),
      SeekFrom::End(offset) => (self.entry.size, offset),
    };
    let position = base.checked_add_signed(offset).ok_or(io::ErrorKind::InvalidInput)?;
    self.position.set(position);
    Ok(position)
  }
}

/// What the system says of a write to a descriptor that was opened for reading.
fn refuse<T>() -> FsResult<T> {
  Err(io::Error::from_raw_os_error(BAD_DESCRIPTOR).into())
}

#[async_trait::async_trait(?Send)]
impl File for ArchiveFile {
  fn maybe_path(&self) -> Option<&Path> {
    Some(&self.path)
  }

  fn read_sync(self: Rc<Self>, buf: &mut [u8]) -> FsResult<usize> {
    self.read_on(buf)
  }

  async fn read_byob(self: Rc<Self>, mut buf: BufMutView) -> FsResult<(usize, BufMutView)> {
    let count = self.read_on(&mut buf)?;
    Ok((count, buf))
  }

  fn write_sync(self: Rc<Self>, _buf: &[u8]) -> FsResult<usize> {
    refuse()
  }

  async fn write(self: Rc<Self>, _buf: BufView) -> FsResult<WriteOutcome> {
    refuse()
  }

  fn write_all_sync(self: Rc<Self>, _buf: &[u8]) -> FsResult<()> {
    refuse()
  }

  async fn write_all(self: Rc<Self>, _buf: BufView) -> FsResult<()> {
    refuse()
  }

  fn read_all_sync(self: Rc<Self>) -> FsResult<Cow<'static, [u8]>> {
    self.read_rest()
  }

  async fn read_all_async(self: Rc<Self>) -> FsResult<Cow<'static, [u8]>> {
    self.read_rest()
  }

  fn chmod_sync(self: Rc<Self>, _mode: u32) -> FsResult<()> {
    refuse()
  }

  async fn chmod_async(self: Rc<Self>, _mode: u32) -> FsResult<()> {
    refuse()
  }

  fn chown_sync(self: Rc<Self>, _uid: Option<u32>, _gid: Option<u32>) -> FsResult<()> {
    refuse()
  }

  async fn chown_async(self: Rc<Self>, _uid: Option<u32>, _gid: Option<u32>) -> FsResult<()> {
    refuse()
  }

  fn seek_sync(self: Rc<Self>, pos: SeekFrom) -> FsResult<u64> {
    self.seek(pos)
  }

  async fn seek_async(self: Rc<Self>, pos: SeekFrom) -> FsResult<u64> {
    self.seek(pos)
  }

  fn datasync_sync(self: Rc<Self>) -> FsResult<()> {
    Ok(())
  }

  async fn datasync_async(self: Rc<Self>) -> FsResult<()> {
    Ok(())
  }

  fn sync_sync(self: Rc<Self>) -> FsResult<()> {
    Ok(())
  }

  async fn sync_async(self: Rc<Self>) -> FsResult<()> {
    Ok(())
  }

  fn stat_sync(self: Rc<Self>) -> FsResult<FsStat> {
    Ok((self.stat)(&self.archive, &self.name, &self.entry))
  }

  async fn stat_async(self: Rc<Self>) -> FsResult<FsStat> {
    self.stat_sync()
  }

  fn lock_sync(self: Rc<Self>, _exclusive: bool) -> FsResult<()> {
    Err(FsError::NotSupported)
  }

  async fn lock_async(self: Rc<Self>, _exclusive: bool) -> FsResult<()> {
    Err(FsError::NotSupported)
  }

  fn try_lock_sync(self: Rc<Self>, _exclusive: bool) -> FsResult<bool> {
    Err(FsError::NotSupported)
  }

  async fn try_lock_async(self: Rc<Self>, _exclusive: bool) -> FsResult<bool> {
    Err(FsError::NotSupported)
  }

  fn unlock_sync(self: Rc<Self>) -> FsResult<()> {
    Err(FsError::NotSupported)
  }

  async fn unlock_async(self: Rc<Self>) -> FsResult<()> {
    Err(FsError::NotSupported)
  }

  fn truncate_sync(self: Rc<Self>, _len: u64) -> FsResult<()> {
    refuse()
  }

  async fn truncate_async(self: Rc<Self>, _len: u64) -> FsResult<()> {
    refuse()
  }

  fn utime_sync(self: Rc<Self>, _atime_secs: i64, _atime_nanos: u32, _mtime_secs: i64, _mtime_nanos: u32) -> FsResult<()> {
    refuse()
  }

  async fn utime_async(self: Rc<Self>, _atime_secs: i64, _atime_nanos: u32, _mtime_secs: i64, _mtime_nanos: u32) -> FsResult<()> {
    refuse()
  }

  fn read_at_sync(self: Rc<Self>, buf: &mut [u8], position: u64) -> FsResult<usize> {
    self.read_at(buf, position)
  }

  async fn read_at_async(self: Rc<Self>, mut buf: BufMutView, position: u64) -> FsResult<(usize, BufMutView)> {
    let count = self.read_at(&mut buf, position)?;
    Ok((count, buf))
  }

  fn write_at_sync(self: Rc<Self>, _buf: &[u8], _position: u64) -> FsResult<usize> {
    refuse()
  }

  fn as_stdio(self: Rc<Self>) -> FsResult<Stdio> {
    Err(FsError::NotSupported)
  }

  fn backing_fd(self: Rc<Self>) -> Option<ResourceHandleFd> {
    None
  }

  fn try_clone_inner(self: Rc<Self>) -> FsResult<Rc<dyn File>> {
    Ok(self)
  }
}
