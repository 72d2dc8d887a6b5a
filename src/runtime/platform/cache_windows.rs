//! The user's cache folder on Windows.

use std::path::PathBuf;

/// `%LOCALAPPDATA%`, which stays on this machine.
pub(crate) fn cache_folder() -> Option<PathBuf> {
  let folder = PathBuf::from(std::env::var_os("LOCALAPPDATA")?);
  folder.is_absolute().then_some(folder)
}
