//! V8's compiled form of the shell's own modules and of the Node layer, kept on disk: without it each start compiles some hundred modules anew.
//!
//! An app's code is kept apart, in [`apps`]. V8 checks that the data fits its version and flags, but trusts the rest, so [`disk`] says which
//! files are taken. Whatever is wrong with one, the start goes on without.

pub(super) mod apps;
mod disk;
mod functions;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) use apps::folder as app_folder;
use disk::{Bounds, checksum};
pub(crate) use functions::op_compile_function_cached;
pub(super) use functions::{collect_some, start_pending};

/// Begins the file; the digits change with its form.
const MAGIC: &[u8; 8] = b"shcode01";
/// Larger files are not ours.
const MAX_SIZE: u64 = 64 * 1024 * 1024;
/// What a start compiles comes within this time; then it is written in one go.
const SETTLING: Duration = Duration::from_secs(3);
/// Each build of each executable has one file.
const BOUNDS: Bounds = Bounds { bytes: 256 * 1024 * 1024, files: 40 };

#[derive(Default)]
struct Store {
  path: Option<PathBuf>,
  entries: HashMap<String, Entry>,
  /// Something is not on disk yet.
  dirty: bool,
}

#[derive(Clone)]
struct Entry {
  hash: u64,
  data: Cow<'static, [u8]>,
}

static STORE: LazyLock<Mutex<Store>> = LazyLock::new(|| Mutex::new(Store::open(cache_file())));
static SAVING: AtomicBool = AtomicBool::new(false);
static DISABLED: AtomicBool = AtomicBool::new(false);

/// What identifies a source. The Node layer's sources cannot change without the executable, whose identity is in the file's name.
pub(super) fn source_hash(specifier: &str, source: &str) -> u64 {
  if specifier.starts_with("shell:") {
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    return hasher.finish();
  }
  source.len() as u64
}

/// Whether the code of this module is kept.
pub(super) fn covers(specifier: &str) -> bool {
  !DISABLED.load(Ordering::Acquire) && ["shell:", "ext:", "node:"].iter().any(|scheme| specifier.starts_with(scheme))
}

/// The compiled form of a source, if there is one.
pub(super) fn get(specifier: &str, hash: u64) -> Option<Cow<'static, [u8]>> {
  store().entries.get(specifier).filter(|entry| entry.hash == hash).map(|entry| entry.data.clone())
}

/// Takes a compiled form and has it written in a while.
pub(super) fn put(specifier: &str, hash: u64, data: &[u8]) {
  let mut store = store();
  store.entries.insert(specifier.into(), Entry { hash, data: Cow::Owned(data.to_vec()) });
  store.dirty = true;
  drop(store);
  save_later(&SAVING, SETTLING, save);
}

/// Has `save` called once after this time; `saving` tells whether it is going to be.
fn save_later(saving: &'static AtomicBool, time: Duration, save: fn()) {
  if saving.swap(true, Ordering::AcqRel) {
    return;
  }
  let later = std::thread::Builder::new().name("code-cache".into()).spawn(move || {
    std::thread::sleep(time);
    saving.store(false, Ordering::Release);
    save();
  });
  // Without a thread the end of the process writes it.
  drop(later);
}

/// Writes what is new. Called at the end of a process too, because many live shorter than [`SETTLING`].
fn save() {
  let mut store = store();
  if !store.dirty {
    return;
  }
  store.dirty = false;
  // A cache that cannot be written costs time, nothing else.
  let _ = store.write();
}

/// Keeps what the app's modules were compiled to so far.
pub(crate) fn save_now() {
  functions::keep_pending();
  apps::save();
}

/// Keeps what the process compiled, its own code and the app's, before it ends.
pub(crate) fn save_at_end() {
  save_now();
  apps::report();
  save();
}

/// Neither reads nor writes the cache from now on.
pub(super) fn disable() {
  let mut store = store();
  *store = Store::default();
  DISABLED.store(true, Ordering::Release);
}

fn store() -> MutexGuard<'static, Store> {
  STORE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
  fn open(path: Option<PathBuf>) -> Self {
    let entries = path.as_deref().and_then(|path| read(path).ok()).and_then(|bytes| parse(Vec::leak(bytes))).unwrap_or_default();
    Self { path, entries, dirty: false }
  }

  fn write(&self) -> io::Result<()> {
    let Some(path) = &self.path else { return Ok(()) };
    disk::write(path, &serialize(&self.entries))?;
    if let Some(folder) = path.parent() {
      disk::trim(folder, BOUNDS);
    }
    Ok(())
  }
}

/// `~/.cache/shell/code/<identity of the executable>.v8`.
fn cache_file() -> Option<PathBuf> {
  Some(folder()?.join(format!("{:016x}.{}", executable_identity()?, disk::EXTENSION)))
}

/// Where all files of compiled code are.
fn folder() -> Option<PathBuf> {
  let cache = crate::app::paths::user_folder("cache").filter(|cache| cache.is_absolute())?;
  Some(cache.join("shell").join("code"))
}

/// A number for this build of the executable at its place.
fn executable_identity() -> Option<u64> {
  let executable = std::env::current_exe().ok()?;
  let metadata = fs::metadata(&executable).ok()?;
  let mut hasher = DefaultHasher::new();
  (executable, metadata.len(), metadata.modified().ok()).hash(&mut hasher);
  Some(hasher.finish())
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
  let (mut file, length) = disk::open(path, MAX_SIZE)?;
  let mut bytes = Vec::with_capacity(length as usize);
  file.read_to_end(&mut bytes)?;
  Ok(bytes)
}

/// Magic, checksum of what follows, then for each entry: length of the name, hash, length of the data, name, data.
fn serialize(entries: &HashMap<String, Entry>) -> Vec<u8> {
  let mut body = Vec::new();
  for (name, entry) in entries {
    body.extend_from_slice(&(name.len() as u32).to_le_bytes());
    body.extend_from_slice(&entry.hash.to_le_bytes());
    body.extend_from_slice(&(entry.data.len() as u32).to_le_bytes());
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(&entry.data);
  }
  let mut file = Vec::with_capacity(body.len() + 16);
  file.extend_from_slice(MAGIC);
  file.extend_from_slice(&checksum(&body).to_le_bytes());
  file.extend_from_slice(&body);
  file
}

fn parse(bytes: &'static [u8]) -> Option<HashMap<String, Entry>> {
  let rest = bytes.strip_prefix(MAGIC)?;
  let (sum, mut body) = rest.split_first_chunk::<8>()?;
  if u64::from_le_bytes(*sum) != checksum(body) {
    return None;
  }
  let mut entries = HashMap::new();
  while !body.is_empty() {
    let (name_length, rest) = body.split_first_chunk::<4>()?;
    let (hash, rest) = rest.split_first_chunk::<8>()?;
    let (data_length, rest) = rest.split_first_chunk::<4>()?;
    let (name, rest) = rest.split_at_checked(u32::from_le_bytes(*name_length) as usize)?;
    let (data, rest) = rest.split_at_checked(u32::from_le_bytes(*data_length) as usize)?;
    let entry = Entry { hash: u64::from_le_bytes(*hash), data: Cow::Borrowed(data) };
    entries.insert(std::str::from_utf8(name).ok()?.into(), entry);
    body = rest;
  }
  Some(entries)
}

#[cfg(test)]
mod tests {
  use super::*;

  fn entries() -> HashMap<String, Entry> {
    let entry = |hash, data: &'static [u8]| Entry { hash, data: Cow::Borrowed(data) };
    HashMap::from([("ext:a".into(), entry(7, b"compiled")), ("shell:///b.js".into(), entry(u64::MAX, b""))])
  }

  #[test]
  fn what_was_written_is_read() {
    let found = parse(Vec::leak(serialize(&entries()))).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found["ext:a"].data.as_ref(), b"compiled");
    assert_eq!(found["shell:///b.js"].hash, u64::MAX);
  }

  #[test]
  fn damage_is_noticed() {
    let whole = serialize(&entries());
    for end in 0..whole.len() {
      assert!(parse(Vec::leak(whole[..end].to_vec())).is_none(), "cut at {end}");
    }
    for at in 0..whole.len() {
      let mut damaged = whole.clone();
      damaged[at] ^= 0x10;
      assert!(parse(Vec::leak(damaged)).is_none(), "bit flipped at {at}");
    }
  }

  #[test]
  fn a_written_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("code").join("x.v8");
    let store = Store { path: Some(path.clone()), entries: entries(), dirty: true };
    store.write().unwrap();
    assert_eq!(Store::open(Some(path)).entries.len(), 2);
  }
}
