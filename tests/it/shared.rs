//! Folders that several tests share.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, Once, PoisonError};

/// What is removed at the end.
static FOLDERS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A new folder that is there until the process of the tests ends. What is in a `static` is never dropped, so a `TempDir` there would stay for ever.
pub(crate) fn folder() -> PathBuf {
  static REGISTERED: Once = Once::new();
  extern "C" fn remove() {
    for folder in FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
      let _ = fs::remove_dir_all(folder);
    }
  }
  REGISTERED.call_once(|| {
    // SAFETY: the function is there as long as the process, and does not unwind.
    assert_eq!(unsafe { libc::atexit(remove) }, 0);
  });
  let folder = tempfile::tempdir().expect("a temporary folder").keep();
  FOLDERS.lock().unwrap_or_else(PoisonError::into_inner).push(folder.clone());
  folder
}
