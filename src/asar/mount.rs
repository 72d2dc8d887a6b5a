//! The archive that a single-file app carries in its executable, at a path where the app looks for it though no file is there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::Archive;

static MOUNTED: OnceLock<Arc<Archive>> = OnceLock::new();

/// Puts an archive at a path, for the life of the process. There is one such archive; a second call changes nothing.
pub fn mount(path: PathBuf, mut archive: Archive) {
  archive.mounted_at = Some(path);
  let _ = MOUNTED.set(Arc::new(archive));
}

/// The archive that was put at this path. It comes before a file that is there.
pub fn mounted(path: &Path) -> Option<Arc<Archive>> {
  MOUNTED.get().filter(|archive| archive.mounted_at() == Some(path)).cloned()
}
