//! The user's cache folder on macOS.

use std::path::PathBuf;

/// `~/Library/Caches`.
pub(crate) fn cache_folder() -> Option<PathBuf> {
  let home = PathBuf::from(std::env::var_os("HOME")?);
  home.is_absolute().then(|| home.join("Library").join("Caches"))
}
