//! The archive that a single-file app carries in its executable, at a path where the app looks for it though no file is there.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::Archive;

static MOUNTED: OnceLock<(PathBuf, Arc<Archive>)> = OnceLock::new();

/// Puts an archive at a path, for the life of the process. There is one such archive; a second call changes nothing.
pub fn mount(path: PathBuf, archive: Archive) {
  let _ = MOUNTED.set((path, Arc::new(archive)));
}

/// The archive that was put at this path. It comes before a file that is there.
pub fn mounted(path: &Path) -> Option<Arc<Archive>> {
  let (at, archive) = MOUNTED.get()?;
  (at == path).then(|| archive.clone())
}
