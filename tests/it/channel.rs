//! Parts of the web-process extension, which is C: compiled with programs that test them.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

/// Compiles a program of `tests/lane` with files of the extension, and runs it in a folder of its own.
fn passes(name: &str, files: &[&str], argument: Option<&Path>) {
  let root = Path::new(env!("CARGO_MANIFEST_DIR"));
  let folder = tempfile::tempdir().expect("temporary folder");
  let program = folder.path().join(name);
  let flags = Command::new("pkg-config").args(["--cflags", "--libs", "glib-2.0"]).output().expect("pkg-config");
  let extension = root.join("src/lane/extension");
  let compiled = Command::new("cc")
    .args(["-O1", "-Wall", "-Wextra", "-Werror", "-I"])
    .arg(&extension)
    .arg(root.join("tests/lane").join(name).with_extension("c"))
    .args(files.iter().map(|file| extension.join(file)))
    .arg("-o")
    .arg(&program)
    .args(String::from_utf8_lossy(&flags.stdout).split_whitespace())
    .status()
    .expect("cc");
  assert!(compiled.success());
  let output = Command::new(&program).args(argument).output().expect("the program starts");
  assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn r24_the_page_reads_frames_whole_or_not_at_all() {
  passes("channel-reads", &["channel.c", "area.c"], None);
}

#[test]
fn long_payloads_take_the_shared_memory() {
  passes("channel-area", &["channel.c", "area.c"], None);
}

#[test]
fn drivers_that_were_noted_are_loaded() {
  let folder = tempfile::tempdir().expect("temporary folder");
  let source = folder.path().join("driver.c");
  std::fs::write(&source, "int driver = 1;\n").expect("written");
  let library = folder.path().join("libdriver.so");
  let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).status().expect("cc");
  assert!(compiled.success());
  passes("drivers-load", &["drivers.c"], Some(&library));
}
