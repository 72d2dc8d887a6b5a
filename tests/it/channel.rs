//! The page's end of the native channel, which is C: compiled with a program that tests it.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

#[test]
fn r24_the_page_reads_frames_whole_or_not_at_all() {
  let root = Path::new(env!("CARGO_MANIFEST_DIR"));
  let folder = tempfile::tempdir().expect("temporary folder");
  let program = folder.path().join("channel-reads");
  let flags = Command::new("pkg-config").args(["--cflags", "--libs", "glib-2.0"]).output().expect("pkg-config");
  let compiled = Command::new("cc")
    .args(["-O1", "-Wall", "-Wextra", "-Werror", "-I"])
    .arg(root.join("src/lane/extension"))
    .args([root.join("tests/lane/channel-reads.c"), root.join("src/lane/extension/channel.c")])
    .arg("-o")
    .arg(&program)
    .args(String::from_utf8_lossy(&flags.stdout).split_whitespace())
    .status()
    .expect("cc");
  assert!(compiled.success());
  let output = Command::new(&program).output().expect("the program starts");
  assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
