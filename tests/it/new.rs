//! `shell new` as far as it needs neither a display nor packages: what it asks, what it refuses.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::terminal::Terminal;

fn folder() -> TempDir {
  tempfile::tempdir().expect("temporary folder")
}

fn shell_new_command(place: &Path, arguments: &[&str]) -> Command {
  let mut command = Command::new(env!("CARGO_BIN_EXE_shell"));
  command.arg("new").args(arguments).current_dir(place);
  command
}

fn shell_new(place: &Path, arguments: &[&str]) -> Output {
  shell_new_command(place, arguments).stdin(Stdio::null()).output().expect("the shell starts")
}

/// Checks that it refuses, and that nothing new is in the folder.
#[track_caller]
fn refused(place: &Path, arguments: &[&str], code: i32, parts: &[&str]) {
  let before = names(place);
  let output = shell_new(place, arguments);
  let text = String::from_utf8_lossy(&output.stderr);
  assert_eq!(output.status.code(), Some(code), "{text}");
  assert!(output.stdout.is_empty());
  for part in parts {
    assert!(text.contains(part), "{part:?} is missing in:\n{text}");
  }
  assert_eq!(names(place), before);
}

fn names(folder: &Path) -> Vec<String> {
  let mut names: Vec<_> =
    fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.file_name().to_string_lossy().into()).collect();
  names.sort();
  names
}

#[test]
fn nothing_is_overwritten() {
  let place = folder();
  fs::create_dir(place.path().join("app")).expect("a folder");
  fs::write(place.path().join("app/main.js"), "mine").expect("written");
  fs::write(place.path().join("file"), "mine").expect("written");
  refused(place.path(), &["app", "--yes", "--no-install"], 1, &["app exists and is not empty", "hint:"]);
  refused(place.path(), &["file", "--yes", "--no-install"], 1, &["file", "hint:"]);
  assert_eq!(fs::read_to_string(place.path().join("app/main.js")).expect("read"), "mine");
}

#[test]
fn an_empty_folder_is_taken() {
  let place = folder();
  let app = place.path().join("Sketch Pad");
  fs::create_dir(&app).expect("a folder");
  let output = shell_new(&app, &[".", "--yes", "--no-install", "--package-manager", "pnpm", "-t", "vanilla"]);
  assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
  assert_eq!(String::from_utf8_lossy(&output.stdout), ". is an app now:\n\n  pnpm install\n  pnpm run dev\n");
  let package = fs::read_to_string(app.join("package.json")).expect("package.json");
  assert!(package.contains(r#""name": "sketch-pad""#) && package.contains(r#""productName": "Sketch Pad""#), "{package}");
  assert!(app.join(".gitignore").is_file());
}

#[test]
fn what_is_wrong_is_named() {
  let place = folder();
  refused(place.path(), &["app"], 1, &["no template was named", "--template"]);
  refused(place.path(), &[], 1, &["no folder was named", "--yes"]);
  refused(place.path(), &["app", "--template", "angular"], 2, &["angular", "react-ts"]);
  refused(place.path(), &["app", "--package-manager", "cargo"], 2, &["cargo", "npm"]);
  refused(place.path(), &["gone/app", "--yes"], 1, &["gone is no folder", "hint:"]);
  refused(place.path(), &["...", "--yes"], 1, &["no name for an app", "hint:"]);
}

/// Answers on a terminal: the name is typed, the list is walked with the arrows, the last question is denied.
#[test]
fn what_was_not_said_is_asked() {
  let place = folder();
  let mut terminal = Terminal::start(&mut shell_new_command(place.path(), &["--package-manager", "npm"]), true);
  terminal.expect("Name of the app's folder");
  terminal.press("notes\r");
  terminal.expect("vanilla-ts");
  terminal.expect("solid-ts");
  // From vanilla-ts to react-ts.
  terminal.press("\x1b[B\r");
  terminal.expect("Install the app's packages with npm?");
  terminal.press("n");
  assert_eq!(terminal.wait(), Some(0), "{}", terminal.seen);
  let mut said = String::new();
  terminal.child.stdout.take().expect("piped").read_to_string(&mut said).expect("read");
  assert!(said.contains("  cd notes\n  npm install\n  npm run dev\n"), "{said}");
  assert!(place.path().join("notes/src/renderer/src/App.tsx").is_file());
}

/// Ctrl-C at a question ends it with the code that shells know, and makes nothing.
#[test]
fn a_question_can_be_refused() {
  let place = folder();
  let mut terminal = Terminal::start(&mut shell_new_command(place.path(), &[]), false);
  terminal.expect("Name of the app's folder");
  terminal.press("\x03");
  assert_eq!(terminal.wait(), Some(130), "{}", terminal.seen);
  assert!(names(place.path()).is_empty());
}
