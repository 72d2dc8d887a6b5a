//! Keys of the terminal, one by one and without an Enter.

use tokio::sync::mpsc::UnboundedSender;

use super::News;

/// Whether somebody sits at the terminal, and not at another program in front of this one.
pub(super) fn is_attended() -> bool {
  std::io::IsTerminal::is_terminal(&std::io::stdin()) && platform::is_in_front()
}

/// Sends a message for each key from now on. The terminal is as it was before when the answer is dropped.
pub(super) fn listen(news: UnboundedSender<News>) -> impl Drop {
  let mode = platform::Mode::single_keys();
  std::thread::spawn(move || {
    let mut key = [0];
    while std::io::Read::read(&mut std::io::stdin(), &mut key).is_ok_and(|length| length == 1) {
      if news.send(News::Key(key[0])).is_err() {
        break;
      }
    }
  });
  mode
}

#[cfg(unix)]
mod platform {
  /// The settings of the terminal before ours, which come back at the end.
  pub(super) struct Mode(Option<libc::termios>);

  pub(super) fn is_in_front() -> bool {
    // SAFETY: both only read. A program in the background that changed the terminal would be stopped.
    unsafe { libc::tcgetpgrp(libc::STDIN_FILENO) == libc::getpgrp() }
  }

  impl Mode {
    /// Keys come at once and do not show; Ctrl-C and what is printed stay as they are.
    pub(super) fn single_keys() -> Self {
      // SAFETY: all bytes zero is a value of this C structure, which the call fills.
      let mut settings: libc::termios = unsafe { std::mem::zeroed() };
      // SAFETY: it points to the structure above.
      if unsafe { libc::tcgetattr(libc::STDIN_FILENO, &raw mut settings) } != 0 {
        return Self(None);
      }
      let before = settings;
      settings.c_lflag &= !(libc::ICANON | libc::ECHO);
      // SAFETY: as above.
      unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, &raw const settings) };
      Self(Some(before))
    }
  }

  impl Drop for Mode {
    fn drop(&mut self) {
      if let Some(before) = &self.0 {
        // SAFETY: it points to a whole structure that the system filled.
        unsafe { libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, before) };
      }
    }
  }
}

/// Elsewhere a key counts when Enter has been pressed.
#[cfg(not(unix))]
mod platform {
  pub(super) struct Mode;

  pub(super) fn is_in_front() -> bool {
    true
  }

  impl Mode {
    pub(super) fn single_keys() -> Self {
      Self
    }
  }

  impl Drop for Mode {
    fn drop(&mut self) {}
  }
}
