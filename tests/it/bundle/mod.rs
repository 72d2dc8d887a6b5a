//! `shell bundle`: what goes into a bundle, what each format looks like to the tools that read it, and what is refused.

mod failures;
mod files;
mod formats;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A program that is small, stripped and on every system: what is tested here is not the runtime.
pub(crate) const RUNTIME: &str = "/bin/true";

/// Runs `shell bundle` on an app.
fn bundle(app: &Path, arguments: &[&str]) -> Output {
  Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(["bundle", "--runtime", RUNTIME])
    .arg(app)
    .args(arguments)
    .env_remove("SOURCE_DATE_EPOCH")
    .output()
    .expect("the shell starts")
}

/// Standard output and standard error of a command that must succeed.
#[track_caller]
fn succeeded(output: Output) -> (String, String) {
  let [stdout, stderr] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
  assert!(output.status.success(), "{stdout}{stderr}");
  (stdout, stderr)
}

/// Runs a program and answers what it prints.
#[track_caller]
fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
  let output = Command::new(program).args(arguments).current_dir(folder).output();
  succeeded(output.unwrap_or_else(|error| panic!("{program} does not start ({error}): scripts/setup.sh installs it"))).0
}

fn write(folder: &Path, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
  let path = folder.join(name);
  fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
  fs::write(&path, contents).expect("the file is written");
  path
}

/// An app of one script with this section in its package.json.
fn app(section: Value) -> TempDir {
  let folder = tempfile::tempdir().expect("a temporary folder");
  let package = json!({
    "name": "bundled",
    "productName": "Bundled",
    "version": "1.0.0",
    "description": "An app for its bundle",
    "author": "Jane Doe <jane@example.com>",
    "main": "main.js",
    "shell": section,
  });
  write(folder.path(), "package.json", package.to_string());
  write(folder.path(), "main.js", "");
  folder
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
  let mut names: Vec<_> =
    fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
  names.sort();
  names
}

/// All files and links below a folder, sorted, with what links say.
fn tree(folder: &Path) -> Vec<String> {
  let mut found = Vec::new();
  let mut folders = vec![folder.to_path_buf()];
  while let Some(next) = folders.pop() {
    for entry in fs::read_dir(&next).expect("a folder").flatten() {
      let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
      let name = path.strip_prefix(folder).expect("below the folder").to_string_lossy().into_owned();
      match fs::read_link(&path) {
        Ok(target) => found.push(format!("{name} -> {}", target.display())),
        Err(_) if kind.is_dir() => folders.push(path),
        Err(_) => found.push(name),
      }
    }
  }
  found.sort();
  found
}
