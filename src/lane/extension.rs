//! Puts the web-process extension where WebKit can load it from.
//!
//! WebKitGTK loads extensions only from a folder, and every shared object in it. The one executable therefore carries the extension and
//! writes it, once for each version, into a folder of the user's cache that holds nothing else. What stands there is never trusted: folder
//! and file must belong to the user, be writable by nobody else, and hold exactly the carried bytes.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "libshell-lane.so";

/// The extension as build.rs made it.
static EXTENSION: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/libshell-lane.so"));

/// Makes sure that the extension lies in its folder below `cache` (the user's cache folder of the shell) and gives that folder.
pub fn install(cache: &Path) -> io::Result<PathBuf> {
  install_bytes(cache, EXTENSION)
}

/// A folder of this user's own below one that others may write to. It is named like that of the single-instance lock.
pub fn private_folder(base: &Path) -> io::Result<PathBuf> {
  // SAFETY: getuid has no arguments and cannot fail.
  make_folder(base.join(format!("shell-{}", unsafe { libc::getuid() })))
}

/// Makes a folder, or takes the one that is there if it is this user's own.
fn make_folder(folder: PathBuf) -> io::Result<PathBuf> {
  match fs::DirBuilder::new().mode(0o700).create(&folder) {
    Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
    _ => {}
  }
  // Somebody else's, or a link: what lies in it could be exchanged after it was looked at.
  check(&folder, &fs::symlink_metadata(&folder)?, true)?;
  Ok(folder)
}

fn install_bytes(cache: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
  fs::create_dir_all(cache)?;
  let folder = make_folder(cache.join(format!("lane-{:016x}", fingerprint(bytes))))?;
  let file = folder.join(FILE_NAME);
  if let Ok(metadata) = fs::symlink_metadata(&file)
    && check(&file, &metadata, false).is_ok()
    && fs::read(&file).is_ok_and(|found| found == bytes)
  {
    return Ok(folder);
  }
  // A rename puts the whole file there at once: another instance may be starting at the same moment. The name does not end in `.so`, so
  // that WebKit does not load a half-written one.
  let draft = folder.join(format!("{FILE_NAME}.{}", std::process::id()));
  let _ = fs::remove_file(&draft);
  let written = fs::OpenOptions::new()
    .write(true)
    .create_new(true)
    .mode(0o600)
    .open(&draft)
    .and_then(|mut output| output.write_all(bytes))
    .and_then(|()| fs::rename(&draft, &file));
  if let Err(error) = written {
    let _ = fs::remove_file(&draft);
    return Err(error);
  }
  Ok(folder)
}

fn check(path: &Path, metadata: &fs::Metadata, is_folder: bool) -> io::Result<()> {
  // SAFETY: geteuid has no arguments and cannot fail.
  let user = unsafe { libc::geteuid() };
  let fine = metadata.uid() == user && metadata.mode() & 0o022 == 0 && metadata.is_dir() == is_folder && metadata.is_file() != is_folder;
  if fine { Ok(()) } else { Err(io::Error::other(format!("`{}` is not a private file of this user", path.display()))) }
}

/// FNV-1a: the name must differ between versions, and the bytes are compared anyway.
fn fingerprint(bytes: &[u8]) -> u64 {
  bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
  use std::os::unix::fs::PermissionsExt;

  use super::*;

  #[test]
  fn installs_once_and_mends_what_was_changed() {
    let cache = tempfile::tempdir().expect("folder");
    let folder = install_bytes(cache.path(), b"first").expect("installed");
    assert_eq!(fs::metadata(&folder).expect("there").permissions().mode() & 0o777, 0o700);
    let file = folder.join(FILE_NAME);
    let before = fs::metadata(&file).expect("there").ino();
    assert_eq!(install_bytes(cache.path(), b"first").expect("again"), folder);
    assert_eq!(fs::metadata(&file).expect("there").ino(), before);
    fs::write(&file, b"other").expect("changed");
    install_bytes(cache.path(), b"first").expect("mended");
    assert_eq!(fs::read(&file).expect("read"), b"first");
    assert_ne!(install_bytes(cache.path(), b"second").expect("installed"), folder);
  }

  #[test]
  fn a_private_folder_is_no_link_and_nobody_elses() {
    let base = tempfile::tempdir().expect("folder");
    let folder = private_folder(base.path()).expect("made");
    assert_eq!(private_folder(base.path()).expect("found"), folder);
    assert_eq!(fs::metadata(&folder).expect("there").permissions().mode() & 0o777, 0o700);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("changed");
    assert!(private_folder(base.path()).is_err());
    fs::remove_dir(&folder).expect("removed");
    std::os::unix::fs::symlink("/tmp", &folder).expect("a link");
    assert!(private_folder(base.path()).is_err());
  }

  #[test]
  fn refuses_a_folder_that_others_may_write() {
    let cache = tempfile::tempdir().expect("folder");
    let folder = install_bytes(cache.path(), b"first").expect("installed");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).expect("changed");
    assert!(install_bytes(cache.path(), b"first").is_err());
  }
}
