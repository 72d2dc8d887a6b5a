//! The page's end of the native channel, which is C: compiled with programs that test it.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

/// Compiles a program of `tests/lane` with the channel, and runs it.
fn passes(name: &str) {
  let root = Path::new(env!("CARGO_MANIFEST_DIR"));
  let folder = tempfile::tempdir().expect("temporary folder");
  let program = folder.path().join(name);
  let flags = Command::new("pkg-config").args(["--cflags", "--libs", "glib-2.0"]).output().expect("pkg-config");
  let extension = root.join("src/lane/extension");
  let compiled = Command::new("cc")
    .args(["-O1", "-Wall", "-Wextra", "-Werror", "-I"])
    .arg(&extension)
    .args([root.join("tests/lane").join(name).with_extension("c"), extension.join("channel.c"), extension.join("area.c")])
    .arg("-o")
    .arg(&program)
    .args(String::from_utf8_lossy(&flags.stdout).split_whitespace())
    .status()
    .expect("cc");
  assert!(compiled.success());
  let output = Command::new(&program).output().expect("the program starts");
  assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn r24_the_page_reads_frames_whole_or_not_at_all() {
  passes("channel-reads");
}

#[test]
fn long_payloads_take_the_shared_memory() {
  passes("channel-area");
}
