//! What becomes of processes: signals, crashes, and that nothing is left behind.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::running_app::{PATIENCE, RunningApp, signal_process};

#[test]
fn signals_quit() {
  for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
    let mut app = RunningApp::start("crash");
    app.expect("loaded");
    app.signal(signal);
    app.expect_quit();
    expect_nothing_left(&app);
  }
}

#[test]
fn an_app_talks_with_the_program_that_started_it() {
  let parent = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps/spawned/parent.js");
  let output = Command::new("node").arg(parent).arg(env!("CARGO_BIN_EXE_shell")).output().expect("node runs");
  let text = String::from_utf8_lossy(&output.stdout);
  let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{text}"))).collect();
  let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap_or_default()).collect();
  assert_eq!(events, ["message", "disconnected", "child", "quit", "exit"], "{text}{}", String::from_utf8_lossy(&output.stderr));
  assert_eq!((&lines[0]["answer"]["text"], &lines[0]["connected"]), (&json!("hello"), &json!(true)), "{text}");
  // What the channel was told by is not for the app's own children.
  assert_eq!((&lines[0]["variables"], &lines[2]["send"]), (&json!([]), &json!("undefined")), "{text}");
  assert_eq!((&lines[1]["connected"], &lines[4]["code"], &lines[4]["signal"]), (&json!(false), &json!(0), &json!(null)), "{text}");
}

#[test]
fn a_channel_that_is_none_is_not_taken() {
  for number in ["99", "1", "-1", "4294967299", "x"] {
    let output = Command::new(env!("CARGO_BIN_EXE_shell"))
      .args(["-p", "typeof process.send"])
      .envs([("ELECTRON_RUN_AS_NODE", "1"), ("NODE_CHANNEL_FD", number)])
      .output()
      .expect("the shell starts");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).trim()), (Some(0), "undefined"), "{number}");
  }
}

#[test]
fn killed_main_process_leaves_nothing() {
  let mut app = RunningApp::start("crash");
  app.expect("loaded");
  assert!(app.processes().len() > 1, "a web process runs: {:?}", app.processes());
  app.signal(libc::SIGKILL);
  assert_eq!(app.wait().code, None);
  expect_nothing_left(&app);
}

#[test]
fn killed_web_process_recovers() {
  let mut app = RunningApp::start("crash");
  assert_eq!(app.expect("loaded")["answer"], 42);
  let web = app.web_process();
  signal_process(web, libc::SIGKILL);
  let gone = app.expect("gone");
  // WebKit does not tell a kill from a crash.
  assert!(["crashed", "killed"].contains(&gone["reason"].as_str().unwrap_or_default()), "{gone}");
  assert_eq!(gone["crashed"], true);
  let again = app.expect("loaded");
  assert_eq!((again["loads"].as_u64(), again["answer"].as_u64()), (Some(2), Some(42)));
  assert_ne!(app.web_process(), web);
  app.signal(libc::SIGTERM);
  app.expect_quit();
}

#[test]
fn pages_of_the_start_are_given_back() {
  let mut app = RunningApp::start("crash");
  app.expect("loaded");
  let before = executable_pages(app.pid());
  let end = Instant::now() + PATIENCE;
  while executable_pages(app.pid()) > before / 2 {
    assert!(Instant::now() < end, "still {} of {before} kB of the executable in memory", executable_pages(app.pid()));
    thread::sleep(Duration::from_millis(100));
  }
  // It goes on with what it needs.
  signal_process(app.web_process(), libc::SIGKILL);
  app.expect("gone");
  assert_eq!(app.expect("loaded")["answer"], 42);
  app.signal(libc::SIGTERM);
  app.expect_quit();
}

/// How many kB of the shell's own file a process has in memory.
fn executable_pages(pid: u32) -> u64 {
  let maps = std::fs::read_to_string(format!("/proc/{pid}/smaps")).expect("the app runs");
  let mut own = false;
  let mut sum = 0;
  for line in maps.lines() {
    if let Some(kilobytes) = line.strip_prefix("Rss:") {
      sum += if own { kilobytes.trim().trim_end_matches(" kB").parse().unwrap_or(0) } else { 0 };
    } else if line.split_whitespace().next().is_some_and(|word| word.contains('-')) {
      own = line.ends_with("/shell");
    }
  }
  sum
}

#[test]
fn uncaught_exception_shows_the_error_box() {
  let mut app = RunningApp::start("error-box");
  app.expect("alive");
  let end = Instant::now() + PATIENCE;
  while !window_exists(app.pid(), "Error") {
    assert!(Instant::now() < end, "no window of the error box");
    thread::sleep(Duration::from_millis(100));
  }
  // It lives on: lines that were printed before the box came are passed over first.
  thread::sleep(Duration::from_millis(500));
  app.expect("alive");
}

/// Whether a visible window of the process has a title that contains `part`.
fn window_exists(pid: u32, part: &str) -> bool {
  let output = Command::new("xdotool").args(["search", "--onlyvisible", "--all", "--pid", &pid.to_string(), "--name", part]).output();
  output.is_ok_and(|output| output.status.success() && !output.stdout.is_empty())
}

pub(super) fn expect_nothing_left(app: &RunningApp) {
  // At once, as far as this machine has time for it: less than what waits for a service that does not answer.
  let end = Instant::now() + Duration::from_secs(20);
  loop {
    let left = app.processes();
    if left.is_empty() {
      return;
    }
    assert!(Instant::now() < end, "left behind: {left:?}");
    thread::sleep(Duration::from_millis(50));
  }
}
