//! A terminal that a test sits at: what a program writes to it, and keys.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::apps::PATIENCE;

/// A program on a terminal of its own. Standard input, output and error are the terminal, unless the command says otherwise.
pub(crate) struct Terminal {
  keys: File,
  news: Receiver<Vec<u8>>,
  /// What has been written so far, without colours and the like.
  pub(crate) seen: String,
  /// The same as it came.
  pub(crate) raw: String,
  /// How much of it earlier calls of `expect` have passed.
  passed: usize,
  pub(crate) child: Child,
}

impl Terminal {
  /// Starts a program. `piped` keeps standard output off the terminal.
  pub(crate) fn start(command: &mut Command, piped: bool) -> Self {
    let (ours, theirs) = open();
    let theirs = || Stdio::from(theirs.try_clone().expect("a file"));
    command.env("TERM", "xterm").env_remove("NO_COLOR").stdin(theirs()).stderr(theirs());
    // SAFETY: both calls may be made between fork and exec.
    unsafe {
      command.pre_exec(|| {
        libc::setsid();
        libc::ioctl(0, libc::TIOCSCTTY, 0);
        Ok(())
      });
    }
    let child = command.stdout(if piped { Stdio::piped() } else { theirs() }).spawn().expect("the program starts");
    let keys = File::from(ours);
    let mut screen = keys.try_clone().expect("a file");
    let (sender, news) = channel();
    thread::spawn(move || {
      let mut buffer = [0; 4096];
      // The end of the program is an error of the terminal.
      while let Ok(length) = screen.read(&mut buffer) {
        if length == 0 || sender.send(buffer[..length].to_vec()).is_err() {
          break;
        }
      }
    });
    Self { keys, news, seen: String::new(), raw: String::new(), passed: 0, child }
  }

  /// Waits until a text has been written after what was last expected. Answers what stands before it.
  #[track_caller]
  pub(crate) fn expect(&mut self, text: &str) -> String {
    let end = Instant::now() + PATIENCE;
    loop {
      if let Some(at) = self.seen[self.passed..].find(text) {
        let before = self.seen[self.passed..self.passed + at].to_owned();
        self.passed += at + text.len();
        return before;
      }
      match self.news.recv_timeout(end.saturating_duration_since(Instant::now())) {
        Ok(bytes) => self.take(&bytes),
        Err(_) => panic!("{text:?} does not come after:\n{}", self.seen),
      }
    }
  }

  pub(crate) fn press(&mut self, keys: &str) {
    self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
  }

  /// Whether keys show on the terminal, as they do when no program has changed that.
  pub(crate) fn echoes(&self) -> bool {
    // SAFETY: all bytes zero is a value of this C structure, which the call fills.
    let mut settings: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: the file is open, and the pointer is to the structure above.
    let read = unsafe { libc::tcgetattr(self.keys.as_raw_fd(), &raw mut settings) };
    assert_eq!(read, 0, "the terminal has no settings");
    settings.c_lflag & libc::ECHO != 0
  }

  /// Waits for the end of the program and answers its exit code.
  #[track_caller]
  pub(crate) fn wait(&mut self) -> Option<i32> {
    let end = Instant::now() + PATIENCE;
    loop {
      if let Some(status) = self.child.try_wait().expect("wait") {
        // Its last words may still be on their way.
        while let Ok(bytes) = self.news.recv_timeout(Duration::from_millis(100)) {
          self.take(&bytes);
        }
        return status.code();
      }
      assert!(Instant::now() < end, "the program does not end after:\n{}", self.seen);
      // What it still writes must not fill the terminal.
      if let Ok(bytes) = self.news.recv_timeout(Duration::from_millis(10)) {
        self.take(&bytes);
      }
    }
  }

  fn take(&mut self, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    self.seen += &console::strip_ansi_codes(&text);
    self.raw += &text;
  }
}

impl Drop for Terminal {
  fn drop(&mut self) {
    let _ = self.child.kill();
    let _ = self.child.wait();
  }
}

/// Both ends of a new terminal.
fn open() -> (OwnedFd, OwnedFd) {
  let (mut ours, mut theirs) = (0, 0);
  let size = libc::winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
  // SAFETY: both numbers are written, the null pointers mean "no name" and "as it is".
  let made = unsafe { libc::openpty(&raw mut ours, &raw mut theirs, std::ptr::null_mut(), std::ptr::null(), &raw const size) };
  assert_eq!(made, 0, "no terminal can be made");
  for end in [ours, theirs] {
    // SAFETY: the number is open. Without this every program that another test starts would hold the terminal.
    unsafe { libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC) };
  }
  // SAFETY: both were just opened and belong to nobody else.
  unsafe { (OwnedFd::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) }
}
