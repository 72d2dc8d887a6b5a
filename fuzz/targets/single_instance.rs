//! What a later instance sends the holder of the lock, through the holder's own socket.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the file under test is taken in whole")]

#[path = "../../src/app/single_instance/mod.rs"]
mod single_instance;

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use libfuzzer_sys::fuzz_target;
use single_instance::{MAX_MESSAGE, SecondInstance, SingleInstance};

static HEARD: AtomicUsize = AtomicUsize::new(0);

static HOLDER: LazyLock<(PathBuf, SingleInstance)> = LazyLock::new(|| {
  let folder = std::env::temp_dir().join(format!("shell-fuzz-lock-{}", std::process::id()));
  let message = SecondInstance { argv: Vec::new(), cwd: String::new(), data: Vec::new() };
  let held = single_instance::request(&folder, &message, |second| {
    assert!(second.data.len() <= MAX_MESSAGE);
    HEARD.fetch_add(1, Ordering::SeqCst);
  });
  (folder.join("SingletonSocket"), held.expect("a lock").expect("nobody else holds it"))
});

fuzz_target!(|data: &[u8]| {
  let before = HEARD.load(Ordering::SeqCst);
  let mut stream = UnixStream::connect(&HOLDER.0).expect("the holder listens");
  // It may have judged the header and left.
  let whole = stream.write_all(data).is_ok() && stream.shutdown(Shutdown::Write).is_ok();
  let mut answer = Vec::new();
  let _ = stream.read_to_end(&mut answer);
  assert!(answer.is_empty() || (whole && answer == [1]));
  if answer == [1] {
    while HEARD.load(Ordering::SeqCst) == before {
      std::thread::yield_now();
    }
  }
});
