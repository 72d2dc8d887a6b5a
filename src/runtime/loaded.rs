//! Which scripts this process has loaded, for `shell dev`: when one of them changes, only a new start takes it up.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Nothing is kept unless somebody wants to know. Threads of the app add to it too.
static LOADED: OnceLock<Mutex<HashSet<PathBuf>>> = OnceLock::new();

/// Begins to keep them.
pub(crate) fn keep() {
  LOADED.get_or_init(Mutex::default);
}

/// A script is being loaded.
pub(super) fn note(path: &Path) {
  if let Some(loaded) = LOADED.get() {
    // Changes are reported by real paths.
    let path = path.canonicalize().unwrap_or_else(|_| path.into());
    loaded.lock().unwrap_or_else(PoisonError::into_inner).insert(path);
  }
}

/// Whether a script with this real path has been loaded.
pub(crate) fn is_loaded(path: &Path) -> bool {
  LOADED.get().is_some_and(|loaded| loaded.lock().unwrap_or_else(PoisonError::into_inner).contains(path))
}
