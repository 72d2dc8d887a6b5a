//! Files of compiled code. V8 trusts what it is given, so they belong to the user, are writable by nobody else, and carry checksums.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::super::platform;

/// What files of compiled code end with.
pub(super) const EXTENSION: &str = "v8";
/// A file that was not used for so long is removed.
const KEPT: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// What a process that was killed left half written is removed after this time.
const DRAFT_KEPT: Duration = Duration::from_secs(60 * 60);

/// What one folder may hold; the oldest files go.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
  pub bytes: u64,
  pub files: usize,
}

/// Opens a file that only this user can have written, and gives its length.
pub(super) fn open(path: &Path, most: u64) -> io::Result<(File, u64)> {
  check_folder(path)?;
  let mut options = OpenOptions::new();
  options.read(true);
  platform::never_follow(&mut options);
  let file = options.open(path)?;
  // Of the open file: the name may lead to another one by now.
  let metadata = file.metadata()?;
  if !metadata.is_file() || metadata.len() > most {
    return Err(io::ErrorKind::InvalidData.into());
  }
  if !platform::is_private(&metadata) {
    return Err(io::ErrorKind::PermissionDenied.into());
  }
  Ok((file, metadata.len()))
}

/// Puts a whole file there at once: other instances read and write it too.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
  let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
  platform::create_private_folder(folder)?;
  check_folder(path)?;
  let mut options = OpenOptions::new();
  options.write(true).create_new(true);
  platform::make_private(&mut options);
  let draft = path.with_extension(std::process::id().to_string());
  let _ = fs::remove_file(&draft);
  let written = options.open(&draft).and_then(|mut file| file.write_all(bytes)).and_then(|()| fs::rename(&draft, path));
  if written.is_err() {
    let _ = fs::remove_file(&draft);
  }
  written
}

/// Whoever may write the folder may put another file in the place of ours.
fn check_folder(path: &Path) -> io::Result<()> {
  let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
  let metadata = fs::symlink_metadata(folder)?;
  match metadata.is_dir() && platform::is_private(&metadata) {
    true => Ok(()),
    false => Err(io::ErrorKind::PermissionDenied.into()),
  }
}

/// Removes what is old, and the oldest of what is too much.
pub(super) fn trim(folder: &Path, bounds: Bounds) {
  let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
  for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
    let Ok(metadata) = entry.metadata() else { continue };
    if metadata.is_file() {
      files.push((metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len(), entry.path()));
    }
  }
  files.sort_by_key(|file| std::cmp::Reverse(file.0));
  let mut bytes = 0;
  let mut count = 0;
  for (time, length, path) in files {
    let age = time.elapsed().unwrap_or_default();
    let is_ours = path.extension().is_some_and(|extension| extension == EXTENSION);
    bytes += length;
    count += usize::from(is_ours);
    let is_old = age > if is_ours { KEPT } else { DRAFT_KEPT };
    if is_old || is_ours && (bytes > bounds.bytes || count > bounds.files) {
      let _ = fs::remove_file(path);
    }
  }
}

/// Not against attackers, who have the user's rights already, but against a disk that was full or a file that was cut.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
  let (words, rest) = bytes.as_chunks::<8>();
  let mut sum = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
  for word in words {
    sum = (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
  }
  for byte in rest {
    sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
  }
  sum
}

#[cfg(test)]
mod tests {
  use super::*;

  const MOST: u64 = 1024;

  #[test]
  fn r36_the_oldest_files_go_when_there_are_too_many() {
    let folder = tempfile::tempdir().unwrap();
    for (name, age) in [("a.v8", 400), ("b.v8", 300), ("c.v8", 200), ("d.77", 100), ("e.77", 7200)] {
      let path = folder.path().join(name);
      fs::write(&path, [0; 100]).unwrap();
      let file = File::options().write(true).open(&path).unwrap();
      file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
    }
    trim(folder.path(), Bounds { bytes: 1000, files: 2 });
    let left = |name| folder.path().join(name).exists();
    assert_eq!(["a.v8", "b.v8", "c.v8", "d.77", "e.77"].map(left), [false, true, true, true, false]);
    trim(folder.path(), Bounds { bytes: 250, files: 2 });
    assert_eq!(["b.v8", "c.v8"].map(left), [false, true]);
  }

  #[cfg(unix)]
  #[test]
  fn r36_what_others_may_write_is_neither_read_nor_written() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let chmod = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let base = tempfile::tempdir().unwrap();
    let folder = base.path().join("code");
    let path = folder.join("x.v8");
    write(&path, b"compiled").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(open(&path, MOST).unwrap().1, 8);
    open(&path, 7).unwrap_err();

    chmod(&path, 0o622);
    open(&path, MOST).unwrap_err();
    chmod(&path, 0o600);
    chmod(&folder, 0o770);
    open(&path, MOST).unwrap_err();
    write(&path, b"other").unwrap_err();
    chmod(&folder, 0o700);

    let link = folder.join("link.v8");
    symlink(&path, &link).unwrap();
    open(&link, MOST).unwrap_err();
    let other = base.path().join("other");
    symlink(&folder, &other).unwrap();
    open(&other.join("x.v8"), MOST).unwrap_err();

    // Only the superuser can make a file of somebody else.
    if std::os::unix::fs::chown(&path, Some(12_345), None).is_ok() {
      open(&path, MOST).unwrap_err();
    }
  }
}
