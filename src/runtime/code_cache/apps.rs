//! V8's compiled form of an app's own modules. Each program, an app or the script of a headless child, has one file, in which the modules are found
//! by the digest of their text: a changed module is another one, and a moved one is the same.
//!
//! Whatever is wrong with a file, or with the place where it should be, costs time and nothing else.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use aws_lc_rs::digest::{Context, SHA256};

use super::disk::{self, Bounds, checksum};
use crate::printer;
use crate::runtime::platform;

/// Begins a file; the digits change with its form.
const MAGIC: &[u8; 8] = b"shapps01";
const HEAD: usize = 8 + 8 + 4 + 8;
const DIGEST: usize = 32;
/// Digest, age, place, length and checksum of a module's code.
const ROW: usize = DIGEST + 1 + 8 + 4 + 8;

/// All code of one program.
const MOST_BYTES: u64 = 96 * 1024 * 1024;
const BOUNDS: Bounds = Bounds { bytes: 384 * 1024 * 1024, files: 200 };
/// To look a shorter text up takes as long as to compile it.
const SHORTEST: usize = 256;
/// The file is written once so many bytes of text were compiled that it did not have: a few small modules are not worth it.
const WORTH_WRITING: usize = 32 * 1024;
/// So many writes a module's code outlives without being asked for.
const MOST_AGE: u8 = 8;
/// What a start compiles comes within this time.
const SETTLING: Duration = Duration::from_secs(2);
/// A file whose last use is so long ago is marked as used.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Node's own switches.
const OFF_VARIABLE: &str = "NODE_DISABLE_COMPILE_CACHE";
const COVERAGE_VARIABLE: &str = "NODE_V8_COVERAGE";
const REPORT_VARIABLE: &str = "NODE_DEBUG_NATIVE";
const REPORT_NAME: &str = "COMPILE_CACHE";

type Digest = [u8; DIGEST];

/// How a text is compiled; code of one kind is none for the other.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
  Function,
  Module,
}

/// How a text is given.
#[derive(Clone, Copy)]
pub(crate) enum Form {
  /// A byte for each unit, as V8 holds plain texts.
  Narrow,
  /// Two for each.
  Wide,
  Utf8,
}

/// What the cache knows of a text.
pub(crate) struct Asked {
  /// The name under which the compiled form is to be handed over.
  pub key: u64,
  pub code: Option<Vec<u8>>,
}

#[derive(Default)]
struct Pack {
  path: Option<PathBuf>,
  /// V8's version and options: code is good for those that it was compiled with.
  tag: u64,
  file: Option<File>,
  kept: HashMap<u64, Kept>,
  /// What this process compiled.
  fresh: HashMap<u64, Fresh>,
  /// Texts that the file does not have, with their lengths.
  missing: HashMap<u64, (Digest, usize)>,
  /// Bytes of text of what is fresh.
  fresh_bytes: usize,
  counts: Counts,
}

/// Code in the file.
struct Kept {
  digest: Digest,
  age: u8,
  place: u64,
  length: u32,
  sum: u64,
  used: bool,
}

struct Fresh {
  digest: Digest,
  code: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
  /// Code that was handed to V8.
  given: usize,
  /// Of that, what V8 did not take.
  rejected: usize,
  /// Texts for which there was none.
  compiled: usize,
}

static PACK: Mutex<Option<Pack>> = Mutex::new(None);
static SAVING: AtomicBool = AtomicBool::new(false);

/// Opens the file of a program. Until then, and where the user does not want it, nothing is kept.
pub(crate) fn open(program: &Path, v8_tag: u32) {
  let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
  let off = std::env::var_os(OFF_VARIABLE).is_some_and(|value| value == OsStr::new("1")) || is_set(COVERAGE_VARIABLE);
  let Some(identity) = super::executable_identity().filter(|_| !off) else { return };
  let mut hasher = DefaultHasher::new();
  (identity, v8_tag, program).hash(&mut hasher);
  let name = format!("{:016x}.{}", hasher.finish(), disk::EXTENSION);
  let path = super::folder().map(|folder| folder.join("apps").join(name));
  *pack() = Some(Pack::open(path, u64::from(v8_tag)));
}

/// Whether code is kept.
pub(crate) fn is_open() -> bool {
  pack().is_some()
}

/// Where it is kept.
pub(crate) fn folder() -> Option<PathBuf> {
  pack().as_ref()?.path.as_ref()?.parent().map(Path::to_path_buf)
}

/// What there is for a text; `None` if its code is not kept at all.
pub(crate) fn look_up(kind: Kind, form: Form, text: &[u8]) -> Option<Asked> {
  if text.len() < SHORTEST {
    return None;
  }
  // Two texts with one digest would be one module: it must not be possible to make such.
  let mut context = Context::new(&SHA256);
  context.update(&[kind as u8, form as u8]);
  context.update(text);
  let mut wanted = [0; DIGEST];
  wanted.copy_from_slice(context.finish().as_ref());
  pack().as_mut().map(|pack| pack.ask(wanted, text.len()))
}

/// Takes the compiled form of a text that was looked up and has it written in a while.
pub(crate) fn put(key: u64, code: &[u8]) {
  if let Some(pack) = pack().as_mut() {
    pack.put(key, code);
  }
  super::save_later(&SAVING, SETTLING, save);
}

/// The same for a module that the runtime compiled. It hands code over too when V8 did not take what it was given.
pub(crate) fn put_module(key: u64, code: &[u8]) {
  if let Some(pack) = pack().as_mut().filter(|pack| !pack.missing.contains_key(&key)) {
    pack.reject(key);
  }
  put(key, code);
}

/// V8 did not take what it was given: it is compiled, and replaced.
pub(crate) fn reject(key: u64) {
  if let Some(pack) = pack().as_mut() {
    pack.reject(key);
  }
}

/// Writes what is new.
pub(crate) fn save() {
  let Some((path, bytes)) = pack().as_ref().and_then(Pack::serialize) else { return };
  // Without the lock: the disk may be slow, and modules are loaded meanwhile.
  let written = disk::write(&path, &bytes);
  if let Some(folder) = path.parent().filter(|_| written.is_ok()) {
    disk::trim(folder, BOUNDS);
  }
  if let Some(pack) = pack().as_mut() {
    pack.saved(written.is_ok());
  }
}

/// Says at the end of a process, to those who asked for it, what the cache was good for.
pub(crate) fn report() {
  let asked = std::env::var(REPORT_VARIABLE).is_ok_and(|names| names.split(',').any(|name| name.trim() == REPORT_NAME));
  if let Some(pack) = pack().as_ref().filter(|_| asked) {
    let Counts { given, rejected, compiled } = pack.counts;
    let path = pack.path.as_deref().unwrap_or(Path::new("")).display();
    printer::error(&format!("[compile cache] accepted {}, rejected {rejected}, compiled {compiled}, in {path}", given - rejected));
  }
}

fn pack() -> MutexGuard<'static, Option<Pack>> {
  PACK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a digest is named where only a number has room.
fn key_of(digest: &Digest) -> u64 {
  let [a, b, c, d, e, f, g, h, ..] = *digest;
  u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

impl Pack {
  fn open(path: Option<PathBuf>, tag: u64) -> Self {
    let mut pack = Self { path, tag, ..Self::default() };
    pack.read();
    pack
  }

  fn read(&mut self) {
    self.file = None;
    self.kept.clear();
    let Some((file, length)) = self.path.as_deref().and_then(|path| disk::open(path, MOST_BYTES).ok()) else { return };
    let Some(kept) = read_rows(&file, length, self.tag) else { return };
    let unused = file.metadata().and_then(|metadata| metadata.modified()).ok().and_then(|time| time.elapsed().ok());
    if unused.is_some_and(|time| time > A_DAY) {
      // Else what is in daily use is the oldest one day.
      let _ = file.set_modified(SystemTime::now());
    }
    self.kept = kept;
    self.file = Some(file);
  }

  fn ask(&mut self, digest: Digest, length: usize) -> Asked {
    let key = key_of(&digest);
    if let Some(code) = self.code(key, &digest) {
      self.counts.given += 1;
      return Asked { key, code: Some(code) };
    }
    self.counts.compiled += 1;
    self.missing.insert(key, (digest, length));
    Asked { key, code: None }
  }

  /// The code of a text, if it is whole.
  fn code(&mut self, key: u64, digest: &Digest) -> Option<Vec<u8>> {
    if let Some(fresh) = self.fresh.get(&key).filter(|fresh| fresh.digest == *digest) {
      return Some(fresh.code.clone());
    }
    let kept = self.kept.get_mut(&key).filter(|kept| kept.digest == *digest)?;
    let mut code = vec![0; kept.length as usize];
    let whole = platform::read_at(self.file.as_ref()?, &mut code, kept.place).is_ok() && checksum(&code) == kept.sum;
    if !whole {
      self.kept.remove(&key);
      return None;
    }
    kept.used = true;
    Some(code)
  }

  fn reject(&mut self, key: u64) {
    self.counts.rejected += 1;
    let digest = self.kept.remove(&key).map(|kept| kept.digest).or_else(|| self.fresh.remove(&key).map(|fresh| fresh.digest));
    if let Some(digest) = digest {
      // To replace it is worth a write, however short it is.
      self.missing.insert(key, (digest, WORTH_WRITING));
    }
  }

  fn put(&mut self, key: u64, code: &[u8]) {
    if self.path.is_none() {
      return;
    }
    if let Some((digest, length)) = self.missing.remove(&key) {
      self.fresh_bytes += length;
      self.fresh.insert(key, Fresh { digest, code: code.to_vec() });
    }
  }

  /// The file's new content, if it is worth writing.
  fn serialize(&self) -> Option<(PathBuf, Vec<u8>)> {
    let path = self.path.clone().filter(|_| self.fresh_bytes >= WORTH_WRITING)?;
    let mut rows = Vec::new();
    let mut body = Vec::new();
    let mut add = |digest: &Digest, age: u8, code: &[u8]| {
      if (body.len() + code.len()) as u64 <= MOST_BYTES / 2 {
        rows.extend_from_slice(digest);
        rows.push(age);
        rows.extend_from_slice(&(body.len() as u64).to_le_bytes());
        rows.extend_from_slice(&(code.len() as u32).to_le_bytes());
        rows.extend_from_slice(&checksum(code).to_le_bytes());
        body.extend_from_slice(code);
      }
    };
    for fresh in self.fresh.values() {
      add(&fresh.digest, 0, &fresh.code);
    }
    let mut kept: Vec<_> = self.kept.values().filter(|kept| kept.used || kept.age < MOST_AGE).collect();
    // What was not used for long has no room first.
    kept.sort_by_key(|kept| if kept.used { 0 } else { kept.age + 1 });
    for kept in kept {
      let mut code = vec![0; kept.length as usize];
      let read = self.file.as_ref().is_some_and(|file| platform::read_at(file, &mut code, kept.place).is_ok());
      if read && checksum(&code) == kept.sum {
        add(&kept.digest, if kept.used { 0 } else { kept.age + 1 }, &code);
      }
    }
    let mut bytes = Vec::with_capacity(HEAD + rows.len() + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&self.tag.to_le_bytes());
    bytes.extend_from_slice(&((rows.len() / ROW) as u32).to_le_bytes());
    bytes.extend_from_slice(&checksum(&rows).to_le_bytes());
    bytes.extend_from_slice(&rows);
    bytes.extend_from_slice(&body);
    Some((path, bytes))
  }

  /// What was written is in the file now; what could not be written never will be.
  fn saved(&mut self, written: bool) {
    self.fresh.clear();
    self.fresh_bytes = 0;
    match written {
      true => {
        let used: Vec<u64> = self.kept.iter().filter(|(_, kept)| kept.used).map(|(key, _)| *key).collect();
        self.read();
        for key in used {
          if let Some(kept) = self.kept.get_mut(&key) {
            kept.used = true;
          }
        }
      }
      false => self.path = None,
    }
  }
}

/// The table of a file. Every number in it is checked before it is used.
fn read_rows(file: &File, length: u64, tag: u64) -> Option<HashMap<u64, Kept>> {
  let mut head = [0; HEAD];
  platform::read_at(file, &mut head, 0).ok()?;
  let rest = head.strip_prefix(MAGIC)?;
  let (found_tag, rest) = rest.split_first_chunk::<8>()?;
  let (count, rest) = rest.split_first_chunk::<4>()?;
  let (sum, _) = rest.split_first_chunk::<8>()?;
  let size = u64::from(u32::from_le_bytes(*count)) * ROW as u64;
  if u64::from_le_bytes(*found_tag) != tag || size > length.checked_sub(HEAD as u64)? {
    return None;
  }
  let mut rows = vec![0; usize::try_from(size).ok()?];
  platform::read_at(file, &mut rows, HEAD as u64).ok()?;
  if checksum(&rows) != u64::from_le_bytes(*sum) {
    return None;
  }
  let body = HEAD as u64 + size;
  let mut kept = HashMap::new();
  for row in rows.chunks_exact(ROW) {
    let (digest, row) = row.split_first_chunk::<DIGEST>()?;
    let (age, row) = row.split_first()?;
    let (place, row) = row.split_first_chunk::<8>()?;
    let (code_length, row) = row.split_first_chunk::<4>()?;
    let (sum, _) = row.split_first_chunk::<8>()?;
    let place = body.checked_add(u64::from_le_bytes(*place))?;
    let code_length = u32::from_le_bytes(*code_length);
    if place.checked_add(u64::from(code_length))? > length {
      return None;
    }
    let entry = Kept { digest: *digest, age: *age, place, length: code_length, sum: u64::from_le_bytes(*sum), used: false };
    kept.insert(key_of(digest), entry);
  }
  Some(kept)
}

#[cfg(test)]
mod tests {
  use std::fs;

  use super::*;

  fn text(number: u8) -> Digest {
    [number; DIGEST]
  }

  fn code_of(number: u8) -> Vec<u8> {
    vec![number ^ 0x55; 40 + usize::from(number)]
  }

  /// A file with the code of some texts.
  fn written(path: &Path, numbers: &[u8]) -> Pack {
    let mut pack = Pack::open(Some(path.into()), 7);
    for number in numbers {
      let asked = pack.ask(text(*number), WORTH_WRITING);
      assert!(asked.code.is_none());
      pack.put(asked.key, &code_of(*number));
    }
    save_now(&mut pack);
    pack
  }

  fn save_now(pack: &mut Pack) -> bool {
    let Some((path, bytes)) = pack.serialize() else { return false };
    let written = disk::write(&path, &bytes).is_ok();
    pack.saved(written);
    written
  }

  fn has(pack: &mut Pack, number: u8) -> bool {
    let code = pack.ask(text(number), 1000).code;
    assert!(code.is_none() || code == Some(code_of(number)), "code that is not the text's");
    code.is_some()
  }

  #[test]
  fn r36_what_was_written_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("apps").join("x.v8");
    let mut same = written(&path, &[1, 2]);
    assert!(has(&mut same, 1) && has(&mut same, 2) && !has(&mut same, 3));
    let mut next = Pack::open(Some(path.clone()), 7);
    assert!(has(&mut next, 1) && has(&mut next, 2) && !has(&mut next, 3));
    assert_eq!(next.counts, Counts { given: 2, rejected: 0, compiled: 1 });
    // Another version of V8, or other options.
    assert!(!has(&mut Pack::open(Some(path), 8), 1));
  }

  #[test]
  fn r36_a_file_cut_or_changed_anywhere_gives_nothing_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("apps").join("x.v8");
    written(&path, &[1, 2, 3]);
    let whole = fs::read(&path).unwrap();
    let count = |bytes: &[u8]| {
      fs::write(&path, bytes).unwrap();
      let mut pack = Pack::open(Some(path.clone()), 7);
      (1..=3).filter(|number| has(&mut pack, *number)).count()
    };
    for end in 0..whole.len() {
      assert!(count(&whole[..end]) < 3, "cut at {end}");
    }
    for at in 0..whole.len() {
      let mut damaged = whole.clone();
      damaged[at] ^= 0x10;
      assert!(count(&damaged) < 3, "bit flipped at {at}");
    }
    assert_eq!(count(&whole), 3);
  }

  #[test]
  fn r36_what_v8_rejects_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("apps").join("x.v8");
    written(&path, &[1, 2]);
    let mut pack = Pack::open(Some(path.clone()), 7);
    let key = pack.ask(text(1), 1000).key;
    pack.reject(key);
    pack.put(key, b"compiled anew");
    assert!(save_now(&mut pack));
    let mut next = Pack::open(Some(path), 7);
    assert_eq!(next.ask(text(1), 1000).code.as_deref(), Some(b"compiled anew".as_slice()));
    assert!(has(&mut next, 2));
  }

  #[test]
  fn r36_a_place_that_takes_nothing_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let mut pack = Pack::open(Some(file.join("apps").join("x.v8")), 7);
    let asked = pack.ask(text(1), WORTH_WRITING);
    pack.put(asked.key, b"code");
    assert!(!save_now(&mut pack));
    // It is not tried again.
    let asked = pack.ask(text(2), WORTH_WRITING);
    pack.put(asked.key, b"code");
    assert!(pack.serialize().is_none() && pack.fresh.is_empty());
  }

  #[test]
  fn code_that_is_not_asked_for_goes_after_some_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("apps").join("x.v8");
    written(&path, &[1, 2]);
    for number in 10..=10 + MOST_AGE {
      let mut pack = Pack::open(Some(path.clone()), 7);
      assert!(has(&mut pack, 1));
      assert!(pack.kept.contains_key(&key_of(&text(2))), "before {number}");
      let asked = pack.ask(text(number), WORTH_WRITING);
      pack.put(asked.key, &code_of(number));
      assert!(save_now(&mut pack));
    }
    let mut pack = Pack::open(Some(path), 7);
    assert!(has(&mut pack, 1) && !has(&mut pack, 2));
  }

  #[test]
  fn a_few_small_modules_are_not_worth_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut pack = Pack::open(Some(folder.path().join("apps").join("x.v8")), 7);
    let asked = pack.ask(text(1), WORTH_WRITING - 1);
    pack.put(asked.key, b"code");
    assert!(pack.serialize().is_none());
  }
}
