//! What archives ask of a disk: links, and who may be started.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::{Error, Result};

/// What a link at `path` says to reach `target`, both from the same top.
pub fn relative_target(path: &str, target: &str) -> PathBuf {
  let depth = path.split('/').count() - 1;
  let mut relative: PathBuf = std::iter::repeat_n("..", depth).collect();
  relative.extend(target.split('/'));
  relative
}

/// Makes a link, and the folders above it.
pub(super) fn make_link(path: &Path, target: &Path) -> Result<()> {
  if let Some(parent) = path.parent() {
    fs::create_dir_all(parent).map_err(Error::writing(parent))?;
  }
  symlink(target, path).map_err(Error::writing(path))
}

#[cfg(unix)]
fn symlink(target: &Path, path: &Path) -> std::io::Result<()> {
  std::os::unix::fs::symlink(target, path)
}

#[cfg(windows)]
fn symlink(target: &Path, path: &Path) -> std::io::Result<()> {
  let is_folder = path.parent().is_some_and(|parent| parent.join(target).is_dir());
  if is_folder { std::os::windows::fs::symlink_dir(target, path) } else { std::os::windows::fs::symlink_file(target, path) }
}

/// Whether its owner may start a file.
#[cfg(unix)]
pub(crate) fn is_executable(metadata: &fs::Metadata) -> bool {
  use std::os::unix::fs::PermissionsExt;
  metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
pub(crate) fn is_executable(_metadata: &fs::Metadata) -> bool {
  false
}
