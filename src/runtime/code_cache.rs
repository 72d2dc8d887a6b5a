//! V8's compiled form of the shell's own modules and of the Node layer, kept on disk: without it each start compiles some hundred modules anew.
//!
//! Only code that comes with the executable is kept, never an app's. V8 checks that the data fits its version and flags, but trusts the rest,
//! so the file must belong to the user, be writable by nobody else, and carry a checksum. Whatever is wrong with it, the start goes on without.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::platform;

/// Begins the file; the digits change with its form.
const MAGIC: &[u8; 8] = b"shcode01";
/// Larger files are not ours.
const MAX_SIZE: u64 = 64 * 1024 * 1024;
/// What a start compiles comes within this time; then it is written in one go.
const SETTLING: Duration = Duration::from_secs(3);

/// A cache that was not written anew for so long is removed; one that is still in use costs one slower start then.
const KEPT: Duration = Duration::from_secs(60 * 24 * 60 * 60);

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
  if SAVING.swap(true, Ordering::AcqRel) {
    return;
  }
  let later = std::thread::Builder::new().name("code-cache".into()).spawn(|| {
    std::thread::sleep(SETTLING);
    SAVING.store(false, Ordering::Release);
    save();
  });
  // Without a thread the end of the process writes it.
  drop(later);
}

/// Writes what is new. Called at the end of a process too, because many live shorter than [`SETTLING`].
pub(crate) fn save() {
  let mut store = store();
  if !store.dirty {
    return;
  }
  store.dirty = false;
  // A cache that cannot be written costs time, nothing else.
  let _ = store.write();
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
    let Some(folder) = path.parent() else { return Ok(()) };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    platform::make_private(&mut options);
    platform::create_private_folder(folder)?;
    // A rename puts the whole file there at once: other instances read and write it too.
    let draft = path.with_extension(std::process::id().to_string());
    let _ = fs::remove_file(&draft);
    let written =
      options.open(&draft).and_then(|mut file| file.write_all(&serialize(&self.entries))).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
      let _ = fs::remove_file(&draft);
    }
    remove_old(folder);
    written
  }
}

/// Caches of executables that are gone would pile up. Those of other apps, which carry their own executable, are in use.
fn remove_old(folder: &Path) {
  for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
    let age = entry.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
    if age.is_some_and(|age| age > KEPT) {
      let _ = fs::remove_file(entry.path());
    }
  }
}

/// `~/.cache/shell/code/<identity of the executable>.v8`.
fn cache_file() -> Option<PathBuf> {
  let cache = crate::app::paths::user_folder("cache").filter(|cache| cache.is_absolute())?;
  let executable = std::env::current_exe().ok()?;
  let metadata = fs::metadata(&executable).ok()?;
  let mut hasher = DefaultHasher::new();
  (executable, metadata.len(), metadata.modified().ok()).hash(&mut hasher);
  Some(cache.join("shell").join("code").join(format!("{:016x}.v8", hasher.finish())))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
  let metadata = fs::symlink_metadata(path)?;
  if !platform::is_private(&metadata) {
    return Err(io::ErrorKind::PermissionDenied.into());
  }
  if !metadata.is_file() || metadata.len() > MAX_SIZE {
    return Err(io::ErrorKind::InvalidData.into());
  }
  fs::read(path)
}

/// Not against attackers, who have the user's rights already, but against a disk that was full or a file that was cut.
fn checksum(bytes: &[u8]) -> u64 {
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
  fn a_file_that_others_may_write_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("code").join("x.v8");
    let store = Store { path: Some(path.clone()), entries: entries(), dirty: true };
    store.write().unwrap();
    assert_eq!(Store::open(Some(path.clone())).entries.len(), 2);
    #[cfg(unix)]
    {
      use std::os::unix::fs::PermissionsExt;
      fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
      assert!(Store::open(Some(path)).entries.is_empty());
    }
  }
}
