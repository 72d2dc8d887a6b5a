//! The user's cache folder on Linux and what is like it.

use std::path::PathBuf;

/// `~/.cache`, or where the user wants it.
pub(crate) fn cache_folder() -> Option<PathBuf> {
  let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
  absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))
}
