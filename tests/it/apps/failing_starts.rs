//! A start that cannot succeed says why in one line, with a remedy, and ends with code 1 at once.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::running_app::{RunningApp, app_folder, shell};

/// Starts the shell on a folder with these files and checks that it fails with a message that holds all of `parts`.
#[track_caller]
fn check(files: &[(&str, &str)], parts: &[&str]) {
  let folder = tempfile::tempdir().expect("temporary folder");
  for (name, text) in files {
    fs::write(folder.path().join(name), text).expect("a file of the app");
  }
  check_folder(folder.path(), parts, |_| {});
}

#[track_caller]
fn check_folder(folder: &Path, parts: &[&str], change: impl FnOnce(&mut std::process::Command)) {
  let home: TempDir = tempfile::tempdir().expect("temporary folder");
  let mut command = shell(home.path());
  command.arg(folder);
  change(&mut command);
  let mut app = RunningApp::spawn(command, home);
  let ended = app.wait();
  assert_eq!(ended.code, Some(1), "stderr:\n{}", ended.stderr);
  // At once, as far as this machine has time for it: services that do not answer make others wait for 25 s. How long a start takes is measured in benches/.
  assert!(ended.took < Duration::from_secs(20), "took {:?}", ended.took);
  // A remedy may stand on a line of its own, and the place in a script; a stack trace may not.
  let is_frame = |line: &&str| line.contains(" | ");
  let lines: Vec<_> = ended.stderr.lines().filter(|line| !line.trim().is_empty() && !is_frame(line)).collect();
  assert!(lines.len() <= 2 && lines.iter().skip(1).all(|line| line.starts_with("hint:")), "stderr:\n{}", ended.stderr);
  for part in parts {
    assert!(ended.stderr.contains(part), "{part:?} is missing in:\n{}", ended.stderr);
  }
}

#[test]
fn folder_is_missing() {
  check_folder(Path::new("/nowhere/at/all"), &["/nowhere/at/all"], |_| {});
}

#[test]
fn package_json_is_missing() {
  check(&[("index.html", "")], &["package.json"]);
}

#[test]
fn package_json_is_broken() {
  check(&[("package.json", "{ \"main\": ")], &["package.json"]);
}

#[test]
fn main_script_is_missing() {
  check(&[("package.json", r#"{ "main": "lost.js" }"#)], &["lost.js"]);
}

#[test]
fn main_script_has_a_syntax_error() {
  check(
    &[("package.json", r#"{ "main": "main.js" }"#), ("main.js", "const broken = ;\n")],
    &["main.js:1", "SyntaxError", "> 1 | const broken = ;\n    |                ^\n"],
  );
}

#[test]
fn module_main_script_has_a_syntax_error() {
  check(
    &[("package.json", r#"{ "main": "main.mjs" }"#), ("main.mjs", "const broken = ;\n")],
    &["main.mjs:1", "SyntaxError", "> 1 | const broken = ;\n    |                ^\n"],
  );
}

#[test]
fn display_is_missing() {
  check_folder(&app_folder("quits-itself"), &["display"], |command| {
    command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
  });
}

#[test]
fn display_does_not_answer() {
  check_folder(&app_folder("quits-itself"), &["display", ":4242"], |command| {
    command.env("DISPLAY", ":4242").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
  });
}

#[test]
#[cfg(target_arch = "x86_64")]
fn web_view_library_is_missing() {
  let app = app_folder("cjs");
  // A file that is no library stands before the real one, as a damaged installation would have it.
  let libraries = tempfile::tempdir().expect("temporary folder");
  fs::write(libraries.path().join("libwebkit2gtk-4.1.so.0"), "").expect("a file in the temporary folder");
  // Who started the app from a menu sees no terminal: a program of the desktop shows the message.
  let shown = libraries.path().join("shown");
  let script = format!("#!/bin/sh\nfor text; do :; done\nprintf %s \"$text\" >'{0}.part'\n/bin/mv '{0}.part' '{0}'\n", shown.display());
  let program = libraries.path().join("zenity");
  fs::write(&program, script).expect("a script in the temporary folder");
  fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("the script may run");
  check_folder(&app, &["libwebkit2gtk-4.1.so.0", "apt install"], |command| {
    command.env("LD_LIBRARY_PATH", libraries.path()).env("PATH", libraries.path());
  });
  let end = Instant::now() + Duration::from_secs(30);
  while !shown.exists() {
    assert!(Instant::now() < end, "the message is not shown");
    std::thread::sleep(Duration::from_millis(20));
  }
  let text = fs::read_to_string(shown).expect("the message");
  assert!(text.contains("libwebkit2gtk-4.1.so.0") && text.contains("apt install"), "{text}");
}
