//! What a user does, on the sample app.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::running_app::{PATIENCE, RunningApp, app_folder, shell};

/// The sample app, and the X id of its window once the page has put its title there.
fn sample_app() -> (RunningApp, String) {
  let home = tempfile::tempdir().expect("temporary folder");
  let mut command = shell(home.path());
  command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/vanilla"));
  let app = RunningApp::spawn(command, home);
  let pid = app.pid().to_string();
  let end = Instant::now() + PATIENCE;
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

/// The engine is started ahead in the folder of an earlier start. An app must not notice: neither when it keeps to that folder nor when it has
/// another one.
#[test]
fn a_start_in_a_known_folder_is_like_the_first() {
  let home = tempfile::tempdir().expect("temporary folder");
  let other = home.path().join("other");
  let default = home.path().join("config/second-start");
  let choose_other = format!("--user-data={}", other.display());
  for (arguments, folder) in [(vec![], &default), (vec![], &default), (vec![choose_other], &other), (vec![], &default)] {
    let mut command = shell(home.path());
    command.arg(app_folder("second-start")).args(&arguments);
    let mut app = RunningApp::spawn(command, tempfile::tempdir().expect("temporary folder"));
    let page = app.expect("page");
    assert_eq!(page["title"], "started");
    assert_eq!((&page["preloads"], &page["history"], &page["url"]), (&1.into(), &1.into(), &"index.html".into()), "{arguments:?}");
    assert_eq!(page["events"], serde_json::json!(["did-start-loading", "did-navigate", "dom-ready", "did-finish-load"]));
    assert_eq!(app.wait().code, Some(0));
    assert!(folder.join("storage").is_dir(), "the engine keeps the session in {}", folder.display());
  }
}
