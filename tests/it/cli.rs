//! The command line, as far as it needs no display.

use std::process::{Command, Output};

fn shell(arguments: &[&str]) -> Output {
  Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(arguments)
    .env_remove("DISPLAY")
    .env_remove("WAYLAND_DISPLAY")
    .output()
    .expect("the shell starts")
}

/// Checks the exit code and that the output, both streams joined, holds all of `parts`.
#[track_caller]
fn check(arguments: &[&str], code: i32, parts: &[&str]) {
  let output = shell(arguments);
  let text = [output.stdout, output.stderr].map(|stream| String::from_utf8_lossy(&stream).into_owned()).concat();
  assert_eq!(output.status.code(), Some(code), "{text}");
  for part in parts {
    assert!(text.contains(part), "{part:?} is missing in:\n{text}");
  }
}

#[test]
fn version_is_the_package_version() {
  check(&["--version"], 0, &[concat!("shell ", env!("CARGO_PKG_VERSION"))]);
}

#[test]
fn help_names_the_commands() {
  check(&["--help"], 0, &["Usage: shell", "dev"]);
}

#[test]
fn no_argument_shows_the_help() {
  check(&[], 0, &["Usage: shell"]);
}

#[test]
fn switches_without_an_app_are_a_mistake() {
  check(&["--no-sandbox"], 2, &["hint:"]);
}

#[test]
fn dev_needs_an_app_too() {
  check(&["dev", "/nowhere/at/all"], 1, &["/nowhere/at/all"]);
}
