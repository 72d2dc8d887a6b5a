//! A started app: its lines, its processes, its end.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// How long anything that is waited for may take. It is there for what hangs: a build machine with other work is many times slower than a free one.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Every process that an app starts inherits this variable, so that what it leaves behind can be found.
const MARK: &str = "SHELL_TEST_MARK";

pub(crate) struct RunningApp {
  child: Child,
  lines: Receiver<String>,
  errors: Option<thread::JoinHandle<String>>,
  mark: String,
  /// Lines read so far, for the message of a failing test.
  seen: Vec<String>,
  /// The home folder of the app, removed with it.
  _home: TempDir,
}

/// How an app ended.
pub(crate) struct Ended {
  /// The exit code, or `None` when a signal ended the process.
  pub(crate) code: Option<i32>,
  /// The signal that ended it.
  pub(crate) signal: Option<i32>,
  pub(crate) stderr: String,
  pub(crate) took: Duration,
}

pub(crate) fn app_folder(name: &str) -> PathBuf {
  Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/apps").join(name)
}

/// The shell, with a home folder of its own: apps write to `~/.config` and the like.
pub(crate) fn shell(home: &Path) -> Command {
  shell_at(Path::new(env!("CARGO_BIN_EXE_shell")), home)
}

/// The same for a shell that lies elsewhere.
pub(crate) fn shell_at(executable: &Path, home: &Path) -> Command {
  let mut command = Command::new(executable);
  command.env("HOME", home).env("XDG_CONFIG_HOME", home.join("config")).env("APP_USER_DATA", home.join("user-data"));
  // The cache stays shared: it holds the web-process extension, which is the same for every app.
  if std::env::var_os("XDG_CACHE_HOME").is_none()
    && let Some(user) = std::env::var_os("HOME")
  {
    command.env("XDG_CACHE_HOME", Path::new(&user).join(".cache"));
  }
  command
}

impl RunningApp {
  /// Starts an app of `tests/apps/`.
  pub(crate) fn start(name: &str) -> RunningApp {
    RunningApp::start_with(name, &[], tempfile::tempdir().expect("temporary folder"))
  }

  /// Starts it with arguments after its folder and with a given home folder.
  pub(crate) fn start_with(name: &str, arguments: &[&str], home: TempDir) -> RunningApp {
    assert!(std::env::var_os("DISPLAY").is_some(), "no display: run this by `make test TESTS=apps` or under scripts/display.sh");
    let mut command = shell(home.path());
    command.arg(app_folder(name)).args(arguments);
    RunningApp::spawn(command, home)
  }

  pub(crate) fn spawn(mut command: Command, home: TempDir) -> RunningApp {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mark = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut child =
      command.env(MARK, &mark).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the shell starts");

    let stdout = child.stdout.take().expect("piped");
    let (sender, lines) = channel();
    thread::spawn(move || {
      for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        if sender.send(line).is_err() {
          break;
        }
      }
    });
    let mut stderr = child.stderr.take().expect("piped");
    let errors = thread::spawn(move || {
      let mut text = Vec::new();
      let _ = stderr.read_to_end(&mut text);
      String::from_utf8_lossy(&text).into_owned()
    });
    RunningApp { child, lines, errors: Some(errors), mark, seen: Vec::new(), _home: home }
  }

  /// The next line, which has to be of this `event`. Lines that are no JSON object are the app's own business.
  pub(crate) fn expect(&mut self, event: &str) -> Value {
    let end = Instant::now() + PATIENCE;
    loop {
      match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
        Ok(line) => {
          self.seen.push(line.clone());
          let Ok(value) = serde_json::from_str::<Value>(&line) else { continue };
          let Some(name) = value.get("event").and_then(Value::as_str) else { continue };
          if name != event {
            self.fail(&format!("expected event {event:?}, got {line}"));
          }
          return value;
        }
        Err(RecvTimeoutError::Timeout) => self.fail(&format!("no event {event:?} within {PATIENCE:?}")),
        Err(RecvTimeoutError::Disconnected) => self.fail(&format!("the app ended before event {event:?}")),
      }
    }
  }

  /// Lines of several events that may come in any order; answers the values in the order of `events`.
  pub(crate) fn expect_all(&mut self, events: &[&str]) -> Vec<Value> {
    let mut found: Vec<Option<Value>> = vec![None; events.len()];
    let end = Instant::now() + PATIENCE;
    while found.iter().any(Option::is_none) {
      let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) else {
        self.fail(&format!("not all of {events:?} came"));
      };
      self.seen.push(line.clone());
      let Ok(value) = serde_json::from_str::<Value>(&line) else { continue };
      let name = value.get("event").and_then(Value::as_str).unwrap_or_default();
      match events.iter().position(|event| *event == name) {
        Some(index) if found[index].is_none() => found[index] = Some(value),
        _ => self.fail(&format!("expected one of {events:?}, got {line}")),
      }
    }
    found.into_iter().flatten().collect()
  }

  /// Reports what the app printed, ends it and panics.
  fn fail(&mut self, message: &str) -> ! {
    let _ = self.child.kill();
    let _ = self.child.wait();
    let seen = self.seen.join("\n  ");
    panic!("{message}\nstdout so far:\n  {seen}\nstderr:\n{}", self.take_stderr());
  }

  fn take_stderr(&mut self) -> String {
    // A child that outlives the app can hold the pipe open: what is there after a moment has to do.
    let Some(errors) = self.errors.take() else { return String::new() };
    let end = Instant::now() + PATIENCE;
    while !errors.is_finished() && Instant::now() < end {
      thread::sleep(Duration::from_millis(20));
    }
    if errors.is_finished() { errors.join().unwrap_or_default() } else { "(still open)".to_owned() }
  }

  pub(crate) fn pid(&self) -> u32 {
    self.child.id()
  }

  pub(crate) fn signal(&self, signal: i32) {
    signal_process(self.pid(), signal);
  }

  /// Waits for the end of the main process; no further event may come before it.
  pub(crate) fn wait(&mut self) -> Ended {
    let started = Instant::now();
    let status = loop {
      match self.child.try_wait().expect("wait") {
        Some(status) => break status,
        None if started.elapsed() > PATIENCE => self.fail("the app does not end"),
        None => thread::sleep(Duration::from_millis(10)),
      }
    };
    let took = started.elapsed();
    while let Ok(line) = self.lines.recv_timeout(Duration::from_millis(200)) {
      self.seen.push(line.clone());
      if serde_json::from_str::<Value>(&line).is_ok_and(|value| value.get("event").is_some()) {
        self.fail(&format!("unexpected event {line}"));
      }
    }
    let stderr = self.take_stderr();
    Ended { code: status.code(), signal: status.signal(), stderr, took }
  }

  /// `quit` with exit code 0 and a process that ends with it, as most apps do.
  pub(crate) fn expect_quit(&mut self) -> Ended {
    let quit = self.expect("quit");
    if quit["code"] != 0 {
      self.fail("the quit event has another exit code than 0");
    }
    let ended = self.wait();
    assert_eq!(ended.code, Some(0), "stderr:\n{}", ended.stderr);
    ended
  }

  /// Living processes that this app started, itself included: process id and program name.
  pub(crate) fn processes(&self) -> Vec<(u32, String)> {
    let wanted = format!("{MARK}={}", self.mark);
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
      let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
      // Processes come and go while the folder is read; one that went is none.
      let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
      if environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes()) {
        let name = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        found.push((pid, name.trim().to_owned()));
      }
    }
    found
  }

  /// Process id of the one web content process.
  pub(crate) fn web_process(&self) -> u32 {
    let all = self.processes();
    let web: Vec<_> = all.iter().filter(|(_, name)| name.starts_with("WebKitWebProc")).collect();
    assert_eq!(web.len(), 1, "one web process expected among {all:?}");
    web[0].0
  }
}

impl Drop for RunningApp {
  fn drop(&mut self) {
    // A failed test leaves nothing running. The mark finds what the process id alone would not.
    for (pid, _) in self.processes() {
      signal_process(pid, libc::SIGKILL);
    }
    let _ = self.child.wait();
  }
}

pub(crate) fn signal_process(pid: u32, signal: i32) {
  let pid = i32::try_from(pid).expect("process ids are small");
  // SAFETY: `kill` takes two numbers and touches no memory of ours.
  unsafe { libc::kill(pid, signal) };
}
