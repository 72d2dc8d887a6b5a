//! Unpacking an archive into a folder. Nothing that it holds may end up, or lead, outside of that folder.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::archive::Archive;
use super::disk::{is_executable, make_link, relative_target};
use super::error::{Error, Result};
use super::header::{Directory, Entry, FileEntry, Place};

/// How much longer than the archive all files together may be, since equal files are stored once, and the length that is always allowed.
const MAX_GROWTH: u64 = 100;
const ALWAYS_ALLOWED: u64 = 1 << 30;

/// How an archive is unpacked.
#[derive(Debug, Default, Clone, Copy)]
pub struct ExtractOptions {
  /// Take names, too, that another system cannot tell apart or gives a meaning of its own.
  pub any_names: bool,
}

/// Unpacks an archive into the folder `target`, which must be absent or empty. Answers how many files it has.
///
/// # Errors
/// The archive holds what is refused, is damaged, or the folder cannot be written. Then `target` is as it was.
pub fn extract(archive: &Archive, target: &Path, options: ExtractOptions) -> Result<usize> {
  let is_there = fs::symlink_metadata(target).is_ok();
  if is_there && !fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none()) {
    return Err(Error::TargetExists(target.into()));
  }
  refuse_bomb(archive)?;
  if !options.any_names {
    refuse_names(archive, "", archive.root())?;
  }
  let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
  fs::create_dir_all(parent).map_err(Error::writing(parent))?;
  let work = tempfile::Builder::new().prefix(".asar-").tempdir_in(parent).map_err(Error::writing(parent))?;
  let top = work.path().join("top");
  fs::create_dir(&top).map_err(Error::writing(target))?;
  let mut files = 0;
  let mut links = Vec::new();
  archive.root().walk(&mut |path, entry| {
    let place = top.join(path);
    match entry {
      Entry::Directory(_) => fs::create_dir(&place).map_err(Error::writing(&target.join(path))),
      Entry::File(file) => {
        files += 1;
        write_file(archive, path, file, &place)
      }
      Entry::Link(link) => {
        links.push((path.to_owned(), link.target.clone()));
        Ok(())
      }
    }
  })?;
  // Links come last: while files are written, no link can lead one elsewhere.
  for (path, link) in links {
    make_link(&top.join(&path), &relative_target(&path, &link))?;
  }
  if is_there {
    fs::remove_dir(target).map_err(Error::writing(target))?;
  }
  fs::rename(&top, target).map_err(Error::writing(target))?;
  Ok(files)
}

fn write_file(archive: &Archive, path: &str, file: &FileEntry, place: &Path) -> Result<()> {
  let contents = archive.read_file(path, file)?;
  let executable = match file.place {
    Place::Packed { .. } => file.executable,
    Place::Unpacked => fs::metadata(archive.unpacked_path(path)).is_ok_and(|metadata| is_executable(&metadata)),
  };
  let mut options = OpenOptions::new();
  // What is there already is never written to.
  options.write(true).create_new(true);
  set_mode(&mut options, executable);
  options.open(place).and_then(|mut output| output.write_all(&contents)).map_err(Error::writing(place))
}

#[cfg(unix)]
fn set_mode(options: &mut OpenOptions, executable: bool) {
  use std::os::unix::fs::OpenOptionsExt;
  options.mode(if executable { 0o755 } else { 0o644 });
}

#[cfg(not(unix))]
fn set_mode(_options: &mut OpenOptions, _executable: bool) {}

fn refuse_bomb(archive: &Archive) -> Result<()> {
  let mut total = 0_u64;
  archive.root().walk(&mut |_, entry| {
    if let Entry::File(FileEntry { size, place: Place::Packed { .. }, .. }) = entry {
      total = total.saturating_add(*size);
    }
    Ok::<(), Error>(())
  })?;
  if total > archive.length().saturating_mul(MAX_GROWTH).max(ALWAYS_ALLOWED) {
    let reason = format!("its files have {total} bytes, more than {MAX_GROWTH} times the archive");
    let hint = "take an archive whose origin you know";
    return Err(Error::Unsafe { path: archive.path().into(), name: "all".into(), reason, hint });
  }
  Ok(())
}

/// Names that mean something else, or the same, on another system.
fn refuse_names(archive: &Archive, above: &str, directory: &Directory) -> Result<()> {
  let mut folded: HashMap<String, &str> = HashMap::new();
  for (name, entry) in directory.entries() {
    let path = super::header::join(above, name);
    let refuse = |reason: String| {
      let hint = "on this system --any-name extracts it all the same";
      Err(Error::Unsafe { path: archive.path().into(), name: path.clone(), reason, hint })
    };
    if is_reserved(name) {
      return refuse("Windows gives its name another meaning".into());
    }
    if let Some(other) = folded.insert(name.to_lowercase(), name) {
      return refuse(format!("systems that do not tell capitals apart take it for {other}"));
    }
    if let Entry::Directory(directory) = entry {
      refuse_names(archive, &path, directory)?;
    }
  }
  Ok(())
}

/// Whether Windows reserves a name, or cannot have it.
fn is_reserved(name: &str) -> bool {
  let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
  let numbered = |device: &str| {
    stem
      .strip_prefix(device)
      .is_some_and(|rest| matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
  };
  matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
    || numbered("COM")
    || numbered("LPT")
    || name.ends_with(['.', ' '])
    || name.contains(|character: char| character < ' ' || "<>:\"|?*".contains(character))
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn reserved_names_are_known() {
    for name in ["con", "NUL.txt", "aux.tar.gz", "Com1", "lpt9.js", "COM¹", "a.", "a ", "a:b", "what?", "tab\t"] {
      assert!(is_reserved(name), "{name:?}");
    }
    for name in ["console.js", "com", "comic", "com10", ".gitignore", "a b", "nullable", "con-text"] {
      assert!(!is_reserved(name), "{name:?}");
    }
  }
}
