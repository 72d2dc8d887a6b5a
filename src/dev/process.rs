//! Children whose output is read line by line.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::News;
use super::output::Source;

/// How long a child may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(2);

/// A line is cut here, so that a child which never ends one cannot fill the memory.
const LONGEST_LINE: u64 = 1024 * 1024;

/// A running child. Dropping it ends it at once.
pub(super) struct Process {
  stop: Option<oneshot::Sender<Stop>>,
}

/// Why a child is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
  /// Another takes its place at once. What it says last may come after its end.
  ForAnother,
  ForGood,
}

impl Process {
  /// Starts a command. Its lines, and at last its end, come as news under this number.
  pub(super) fn start(mut command: Command, source: Source, number: u64, news: &UnboundedSender<News>) -> std::io::Result<Self> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn()?;
    let output = child.stdout.take().map(|stream| read(stream, source, false, news.clone()));
    let errors = child.stderr.take().map(|stream| read(stream, source, true, news.clone()));
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(watch(child, stopped, [output, errors], number, news.clone()));
    Ok(Self { stop: Some(stop) })
  }

  /// Asks it to end; one that does not is ended.
  pub(super) fn stop(&mut self, why: Stop) {
    if let Some(stop) = self.stop.take() {
      let _ = stop.send(why);
    }
  }
}

async fn watch(
  mut child: Child,
  stopped: oneshot::Receiver<Stop>,
  output: [Option<JoinHandle<()>>; 2],
  number: u64,
  news: UnboundedSender<News>,
) {
  let (status, why) = tokio::select! {
    status = child.wait() => (status, Stop::ForGood),
    asked = stopped => match asked {
      Ok(why) => (end(&mut child).await, why),
      // Whoever held it is gone.
      Err(_) => return,
    },
  };
  // What it said last comes before its end. A child of its own may hold the streams open for ever, and the web processes of an app do for a
  // while, which would be most of the time that a restart takes.
  let waited_for = if why == Stop::ForGood { output } else { [None, None] };
  for reading in waited_for.into_iter().flatten() {
    let _ = tokio::time::timeout(Duration::from_millis(300), reading).await;
  }
  let _ = news.send(News::Ended(number, status.ok()));
}

async fn end(child: &mut Child) -> std::io::Result<ExitStatus> {
  ask_to_end(child);
  match tokio::time::timeout(GRACE, child.wait()).await {
    Ok(status) => status,
    Err(_) => {
      child.kill().await?;
      child.wait().await
    }
  }
}

#[cfg(unix)]
fn ask_to_end(child: &mut Child) {
  if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()) {
    // SAFETY: it takes two numbers. The child has not been waited for, so the number is still its own.
    unsafe { libc::kill(id, libc::SIGTERM) };
  }
}

#[cfg(not(unix))]
fn ask_to_end(child: &mut Child) {
  let _ = child.start_kill();
}

fn read(stream: impl AsyncRead + Unpin + Send + 'static, source: Source, error: bool, news: UnboundedSender<News>) -> JoinHandle<()> {
  tokio::spawn(async move {
    let mut reader = BufReader::new(stream);
    loop {
      let mut line = Vec::new();
      match (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line).await {
        Ok(length) if length > 0 => {}
        _ => break,
      }
      let text = String::from_utf8_lossy(&line);
      if news.send(News::Line { source, error, text: text.trim_end_matches(['\r', '\n']).into() }).is_err() {
        break;
      }
    }
  })
}

/// An end as a process's exit code: as shells do, a signal counts from 128.
pub(super) fn code_of(status: Option<ExitStatus>) -> i32 {
  let Some(status) = status else { return 1 };
  status.code().unwrap_or_else(|| 128 + signal_of(status).unwrap_or(0))
}

/// An end in words.
pub(super) fn end_of(status: Option<ExitStatus>) -> String {
  match status.map(|status| (status.code(), signal_of(status))) {
    Some((Some(code), _)) => format!("ended with code {code}"),
    Some((None, Some(signal))) => format!("was ended by signal {signal}"),
    _ => "has ended".into(),
  }
}

#[cfg(unix)]
fn signal_of(status: ExitStatus) -> Option<i32> {
  std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn signal_of(_status: ExitStatus) -> Option<i32> {
  None
}
