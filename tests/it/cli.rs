//! The command line, as far as it needs no display.

use std::process::{Command, Output};

use crate::terminal::Terminal;

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
fn help_has_examples_and_exit_codes() {
  check(&["--help"], 0, &["shell new my-app", "Exit codes: 0 done"]);
  check(&["dev", "--help"], 0, &["shell dev app --own-flag", "q quits"]);
  check(&["new", "--help"], 0, &["react-ts", "--package-manager"]);
}

/// Each script knows the commands, their options and what these may be; bash takes its script.
#[test]
fn completions_are_scripts() {
  for name in ["bash", "zsh", "fish"] {
    let script = shell(&["completions", name]);
    assert!(script.status.success());
    let text = String::from_utf8_lossy(&script.stdout);
    let lacking: Vec<_> = ["bundle", "template", "svelte-ts"].into_iter().filter(|word| !text.contains(word)).collect();
    assert!(lacking.is_empty(), "{lacking:?} is not in the script for {name}");
  }
  let script = shell(&["completions", "bash"]);
  let ask = "COMP_WORDS=(shell new --template s) COMP_CWORD=3; _shell shell s --template; echo \"${COMPREPLY[@]}\"";
  let complete = format!("{}\n{ask}", String::from_utf8_lossy(&script.stdout));
  let output = Command::new("bash").args(["-c", &complete]).output().expect("bash starts");
  assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "svelte-ts solid-ts", "{}", String::from_utf8_lossy(&output.stderr));
  check(&["completions", "tcsh"], 2, &["tcsh", "fish"]);
}

/// Without a display an app does not start, and that is what the exit code says.
#[test]
fn doctor_says_what_is_missing() {
  check(&["doctor"], 1, &["missing  display", "neither DISPLAY nor WAYLAND_DISPLAY is set", "hint:", "ok       WebKitGTK"]);
  let report = shell(&["doctor", "--json"]);
  let report: serde_json::Value = serde_json::from_slice(&report.stdout).expect("JSON");
  let display = report["checks"].as_array().and_then(|checks| checks.iter().find(|check| check["name"] == "display")).expect("a check");
  assert_eq!(display["state"], "missing");
  assert!(display["hint"].is_string());
}

/// Pipes get plain text.
#[test]
fn colours_are_for_terminals() {
  for arguments in [&["doctor"][..], &["dev", "/nowhere"], &["new"], &["--help"]] {
    let output = shell(arguments);
    assert!(![output.stdout, output.stderr].concat().contains(&0x1b), "{arguments:?}");
  }
  let mut terminal = Terminal::start(Command::new(env!("CARGO_BIN_EXE_shell")).args(["dev", "/nowhere"]), false);
  assert_eq!(terminal.wait(), Some(1));
  assert!(terminal.raw.contains("\x1b[31m"), "{:?}", terminal.raw);
}

#[test]
fn dev_needs_an_app_too() {
  check(&["dev", "/nowhere/at/all"], 1, &["/nowhere/at/all"]);
}
