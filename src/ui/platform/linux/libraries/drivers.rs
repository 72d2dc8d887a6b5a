//! The libraries that the engine loads by itself when it starts, above all those of the graphics driver.
//!
//! A web process needs them before its first page, and the dynamic linker takes 10 ms and more for them. Which they are depends on the machine.
//! So each start notes what the engine has loaded in this process, in the folder of the web-process extension; the extension of the next web
//! process begins to load that while the engine still does other things (`src/lane/extension/drivers.c`). Without the note nothing is lost but
//! that time.

use std::collections::BTreeSet;
use std::ffi::CStr;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{fs, mem};

/// The note's name, which `drivers.c` knows too: a path each line.
const FILE_NAME: &str = "drivers";
/// A driver has twenty or thirty.
const MAX_COUNT: usize = 64;

/// What was loaded with the engine.
static AT_FIRST: OnceLock<BTreeSet<String>> = OnceLock::new();

/// Notes what is loaded before the engine loads anything.
pub(super) fn begin() {
  AT_FIRST.get_or_init(|| loaded().into_iter().collect());
}

/// Writes down what the engine has loaded since, if that is news. Called once the engine is ready.
pub(in super::super) fn note(folder: &Path) {
  let Some(before) = AT_FIRST.get() else { return };
  let engine = before.iter().find(|path| path.contains(super::LIBRARY.to_str().unwrap_or_default()));
  let Some(home) = engine.and_then(|path| fs::canonicalize(path).ok()).and_then(|path| path.parent().map(Path::to_owned)) else { return };
  let list = listing(loaded().iter().filter(|path| !before.contains(*path)).filter_map(|path| fs::canonicalize(path).ok()), &home);
  let file = folder.join(FILE_NAME);
  if fs::read_to_string(&file).is_ok_and(|found| found == list) {
    return;
  }
  // It is for speed only.
  let _ = write(folder, &file, &list);
}

/// Where the engine's own libraries are, there are those of the driver. The app's main script may have loaded others meanwhile, which are no business
/// of a web process.
fn listing(paths: impl Iterator<Item = PathBuf>, home: &Path) -> String {
  let mut list = String::new();
  for path in paths.filter(|path| path.starts_with(home) && path.extension().is_none_or(|extension| extension != "node")).take(MAX_COUNT) {
    if let Some(path) = path.to_str().filter(|path| !path.contains('\n')) {
      list.push_str(path);
      list.push('\n');
    }
  }
  list
}

/// The whole file at once: a web process may be reading it.
fn write(folder: &Path, file: &Path, list: &str) -> io::Result<()> {
  let mut draft = tempfile::NamedTempFile::new_in(folder)?;
  draft.write_all(list.as_bytes())?;
  draft.persist(file)?;
  Ok(())
}

/// The paths of what is loaded, in the order in which it was.
fn loaded() -> Vec<String> {
  let mut paths: Vec<String> = Vec::new();
  // SAFETY: the callback takes the data as what it is, and the call ends before `paths` does.
  unsafe { libc::dl_iterate_phdr(Some(add), (&raw mut paths).cast()) };
  mem::take(&mut paths)
}

unsafe extern "C" fn add(info: *mut libc::dl_phdr_info, _size: libc::size_t, data: *mut libc::c_void) -> libc::c_int {
  // SAFETY: the loader gives a valid description for the time of the call; `data` is what `loaded` gave.
  let (name, paths) = unsafe { ((*info).dlpi_name, &mut *data.cast::<Vec<String>>()) };
  if !name.is_null() {
    // SAFETY: names of loaded objects end with a zero.
    let name = unsafe { CStr::from_ptr(name) }.to_string_lossy();
    // The executable has none, and what the kernel brings is no file.
    if name.starts_with('/') {
      paths.push(name.into_owned());
    }
  }
  0
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn only_what_is_beside_the_engine_is_noted() {
    let paths = ["/usr/lib/x/libLLVM.so.1", "/usr/lib/x/dri/a_dri.so", "/opt/app/libvips.so", "/usr/lib/x/app/a.node", "/usr/lib/x/b\n.so"];
    let list = listing(paths.iter().map(PathBuf::from), Path::new("/usr/lib/x"));
    assert_eq!(list, "/usr/lib/x/libLLVM.so.1\n/usr/lib/x/dri/a_dri.so\n");
    let many = (0..MAX_COUNT + 5).map(|i| PathBuf::from(format!("/usr/lib/x/{i}.so")));
    assert_eq!(listing(many, Path::new("/usr/lib/x")).lines().count(), MAX_COUNT);
  }

  #[test]
  fn what_is_loaded_has_paths() {
    assert!(loaded().iter().any(|path| path.contains("libc.so")));
  }

  #[test]
  fn the_note_is_whole() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join(FILE_NAME);
    write(folder.path(), &file, "/a\n").expect("written");
    write(folder.path(), &file, "/b\n").expect("written again");
    assert_eq!(fs::read_to_string(&file).expect("read"), "/b\n");
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
  }
}
