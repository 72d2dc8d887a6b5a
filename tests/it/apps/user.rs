//! What a user does, on the sample app.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::running_app::{RunningApp, app_folder, shell};

/// The sample app, and the X id of its window once the page has put its title there.
fn sample_app() -> (RunningApp, String) {
  let home = tempfile::tempdir().expect("temporary folder");
  let mut command = shell(home.path());
  command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/vanilla"));
  let app = RunningApp::spawn(command, home);
  let pid = app.pid().to_string();
  let end = Instant::now() + Duration::from_secs(30);
  loop {
    let found = xdotool(&["search", "--onlyvisible", "--all", "--pid", &pid, "--name", "^Sample App$"]);
    if let Some(window) = found.lines().next() {
      return (app, window.to_owned());
    }
    assert!(Instant::now() < end, "no window of the sample app");
    thread::sleep(Duration::from_millis(100));
  }
}

/// Runs xdotool and answers what it printed; finding nothing is no failure.
fn xdotool(arguments: &[&str]) -> String {
  let output = Command::new("xdotool").args(arguments).output().expect("xdotool is installed");
  String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn sample_app_closes_by_the_window_manager() {
  let (mut app, window) = sample_app();
  // What a click on the button of the title bar comes to.
  let status = Command::new("wmctrl").args(["-i", "-c", &window]).status().expect("wmctrl is installed");
  assert!(status.success());
  assert_eq!(app.wait().code, Some(0));
}

#[test]
fn dev_command_runs_the_app() {
  let home = tempfile::tempdir().expect("temporary folder");
  let mut command = shell(home.path());
  command.arg("dev").arg(app_folder("exit-code"));
  let mut app = RunningApp::spawn(command, home);
  assert_eq!(app.expect("quit")["code"], 7);
  assert_eq!(app.wait().code, Some(7));
}
