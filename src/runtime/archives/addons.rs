//! Files of archives that the system itself has to open: native addons and programs. Unpacked ones are where they lie, others are copied out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use deno_runtime::deno_napi::DenoRtNativeAddonLoader;
use denort_helper::LoadError;
use tempfile::TempDir;

use super::{into_io, real_path};
use crate::asar::{Archive, FileEntry};
use crate::runtime::native_addons;

/// Copies by archive and name, in a folder that is removed with the process.
#[derive(Default)]
struct Copies {
  folder: Option<TempDir>,
  files: HashMap<(PathBuf, String), PathBuf>,
}

static COPIES: LazyLock<Mutex<Copies>> = LazyLock::new(Mutex::default);

/// A copy of a packed file under its own name, executable if it is that in the archive.
pub(super) fn copy_out(archive: &Archive, name: &str, file: &FileEntry) -> io::Result<PathBuf> {
  let mut copies = COPIES.lock().unwrap_or_else(PoisonError::into_inner);
  let key = (archive.path().to_owned(), name.to_owned());
  if let Some(copy) = copies.files.get(&key) {
    return Ok(copy.clone());
  }
  let contents = archive.read_file(name, file).map_err(into_io)?;
  if copies.folder.is_none() {
    copies.folder = Some(tempfile::Builder::new().prefix("shell-asar-").tempdir()?);
    // A process ends without dropping what is static. Without the hook the folder stays, in a place that the system clears.
    // SAFETY: the function has the signature that is asked for, and does not unwind.
    unsafe { libc::atexit(remove_copies) };
  }
  let number = copies.files.len().to_string();
  let folder = copies.folder.as_ref().map(|folder| folder.path().join(number)).ok_or(io::ErrorKind::NotFound)?;
  std::fs::create_dir(&folder)?;
  let copy = folder.join(name.rsplit('/').next().unwrap_or(name));
  let mut options = OpenOptions::new();
  options.write(true).create_new(true);
  #[cfg(unix)]
  std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o700);
  options.open(&copy)?.write_all(&contents)?;
  copies.files.insert(key, copy.clone());
  Ok(copy)
}

/// Removes the copies, when the process ends. One that is being made at this moment is not waited for.
extern "C" fn remove_copies() {
  if let Ok(mut copies) = COPIES.try_lock() {
    *copies = Copies::default();
  }
}

/// Says where the native addons of archives are, and refuses what cannot work here.
pub(in crate::runtime) struct AddonLoader;

impl DenoRtNativeAddonLoader for AddonLoader {
  fn load_if_in_vfs(&self, _path: &Path) -> Option<Cow<'static, [u8]>> {
    None
  }

  fn load_and_resolve_path<'a>(&self, path: &'a Path) -> Result<Cow<'a, Path>, LoadError> {
    let path = real_path(path).map_err(LoadError::Io)?;
    native_addons::prepare(&path).map_err(LoadError::Io)?;
    Ok(path)
  }
}
