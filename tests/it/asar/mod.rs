//! Archives: ours and those of npm's `@electron/asar` are read by each other, and what a hostile one claims is refused.

mod hostile;
mod round_trip;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

/// Runs `shell asar` in a folder.
fn shell(folder: &Path, arguments: &[&str]) -> Output {
  Command::new(env!("CARGO_BIN_EXE_shell")).arg("asar").args(arguments).current_dir(folder).output().expect("the shell starts")
}

/// Runs the command of `@electron/asar` in a folder.
fn npm(folder: &Path, arguments: &[&str]) -> Output {
  let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/asar/node_modules/@electron/asar/bin/asar.js");
  Command::new("node").arg(script).args(arguments).current_dir(folder).output().expect("node starts")
}

/// Standard output of a command that must succeed.
#[track_caller]
fn succeeded(output: Output) -> String {
  assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
  String::from_utf8(output.stdout).expect("UTF-8")
}

/// The error of a command that must end in one, not in a crash.
#[track_caller]
fn refused(output: &Output) -> String {
  let text = String::from_utf8_lossy(&output.stderr).into_owned();
  assert_eq!(output.status.code(), Some(1), "{text}");
  assert!(text.starts_with("error: ") && text.contains("\nhint: "), "{text}");
  text
}

/// An empty folder.
fn folder() -> tempfile::TempDir {
  tempfile::tempdir().expect("a temporary folder")
}

fn write(folder: &Path, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
  let path = folder.join(name);
  fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
  fs::write(&path, contents).expect("the file is written");
  path
}

/// The bytes of an archive with any header.
fn archive(header: &str, contents: &[u8]) -> Vec<u8> {
  let padded = header.len().next_multiple_of(4);
  let mut bytes = Vec::new();
  for number in [4, padded + 8, padded + 4, header.len()] {
    bytes.extend((number as u32).to_le_bytes());
  }
  bytes.extend(header.as_bytes());
  bytes.resize(16 + padded, 0);
  bytes.extend(contents);
  bytes
}

/// A header with these entries at its top.
fn header(entries: &Value) -> String {
  json!({ "files": entries }).to_string()
}
