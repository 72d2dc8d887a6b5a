//! Where the app and its launchers reach `shell dev`: a port of this machine's own. Lines of JSON go both ways. Whoever connects says a token
//! first that only processes know which `shell dev` has started.
//!
//! The app's end is `shell-js/main/dev.js`, a launcher's end is [`super::launcher`].

use std::collections::HashMap;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::News;

/// How long a line may be: a launcher's holds its whole environment, the app's the message of a page.
const LONGEST_LINE: u64 = 4 * 1024 * 1024;

/// How long somebody who connects may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(5);

/// What comes from the other ends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Said {
  /// The app has started.
  App { token: String },
  /// A tool started what it takes for Electron.
  Launch { token: String, launch: Launch },
  /// A page wrote to its console.
  Console { level: String, message: String, source: String, line: u32 },
  /// Of files that have changed, some are loaded: the app asks for a new start.
  Restart,
  /// Pages have been reloaded.
  Reloaded,
  /// The files are none that matter.
  Unchanged,
}

/// How a tool starts Electron.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Launch {
  pub(super) folder: PathBuf,
  pub(super) arguments: Vec<String>,
  pub(super) environment: HashMap<String, String>,
}

/// What goes to them.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Tell {
  /// To the app: these files have changed. `served` where a dev server brings pages up to date.
  Changed { paths: Vec<PathBuf>, served: bool },
  /// To the app: show or hide developer tools.
  Devtools,
  /// To a launcher: the app has ended, end as it did.
  Exit { code: i32 },
}

/// The way to somebody who is connected.
#[derive(Debug, Clone)]
pub(super) struct Peer {
  pub(super) id: u64,
  lines: UnboundedSender<String>,
}

impl Peer {
  pub(super) fn tell(&self, tell: &Tell) {
    if let Ok(line) = serde_json::to_string(tell) {
      // Who is gone needs no message.
      let _ = self.lines.send(line + "\n");
    }
  }
}

/// Listens, and answers what a process must be given to find the way here.
pub(super) async fn listen(news: UnboundedSender<News>) -> io::Result<String> {
  let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
  let address = listener.local_addr()?;
  let mut token = [0; 16];
  aws_lc_rs::rand::fill(&mut token).map_err(|_| io::Error::other("the system gives no random numbers"))?;
  let token: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
  let expected = token.clone();
  tokio::spawn(async move {
    for id in 1.. {
      match listener.accept().await {
        Ok((stream, _)) => drop(tokio::spawn(serve(id, stream, expected.clone(), news.clone()))),
        Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
      }
    }
  });
  Ok(format!("{address}:{token}"))
}

/// One connection, from its first line to its end.
async fn serve(id: u64, stream: TcpStream, token: String, news: UnboundedSender<News>) {
  let _ = stream.set_nodelay(true);
  let (reader, mut writer) = stream.into_split();
  let mut reader = BufReader::new(reader);
  let Ok(Some(first)) = tokio::time::timeout(PATIENCE, next(&mut reader)).await else { return };
  let (lines, mut waiting) = unbounded_channel::<String>();
  let peer = Peer { id, lines };
  let sent = match first {
    Said::App { token: given } if given == token => news.send(News::AppConnected(peer)),
    Said::Launch { token: given, launch } if given == token => news.send(News::Launched { peer, launch }),
    _ => return,
  };
  if sent.is_err() {
    return;
  }
  let writing = tokio::spawn(async move {
    while let Some(line) = waiting.recv().await {
      if writer.write_all(line.as_bytes()).await.is_err() {
        break;
      }
    }
  });
  while let Some(said) = next(&mut reader).await {
    if news.send(News::Said(id, said)).is_err() {
      break;
    }
  }
  writing.abort();
  let _ = news.send(News::Disconnected(id));
}

/// The next line. What is no line of ours ends the connection.
async fn next(reader: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> Option<Said> {
  let mut line = Vec::new();
  reader.take(LONGEST_LINE).read_until(b'\n', &mut line).await.ok()?;
  serde_json::from_slice(&line).ok()
}
