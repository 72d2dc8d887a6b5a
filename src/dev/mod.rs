//! `shell dev`: runs an app while it is being developed. It starts what the app is built with, starts the app, brings it up to date when sources
//! change, and shows what every part says in one stream.
//!
//! The app is a child. Where a tool such as electron-vite wants to start Electron itself it gets [`launcher`] instead, so that the app is a child
//! of this process in any case. One loop takes all news in turn; everything else only sends them.

mod channel;
mod keys;
mod launcher;
mod output;
mod process;
mod project;
mod supervisor;
mod watch;

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

use tokio::sync::mpsc::unbounded_channel;

use channel::{Launch, Peer, Said};
use output::Source;
use supervisor::Supervisor;

pub use launcher::hand_over;

/// The variable by which the app finds `shell dev`.
pub const CHANNEL_VARIABLE: &str = "SHELL_DEV_CHANNEL";
/// The variable by which a launcher finds it.
const LAUNCHER_VARIABLE: &str = "SHELL_DEV_LAUNCHER";

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Options {
  /// The folder of the app, or its main script.
  pub app: PathBuf,
  /// What the app gets as its arguments.
  pub arguments: Vec<String>,
  /// Switches of the runtime, which stand before the app.
  pub switches: Vec<String>,
  /// The executable of the shell.
  pub executable: PathBuf,
}

/// Why an app cannot be developed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
  #[error("{command} is not installed in {folder}\nhint: install the app's packages: npm install")]
  NotInstalled { command: &'static str, folder: PathBuf },
  #[error("node is not installed, and Vite runs on it\nhint: install Node 20.19 or later, see https://nodejs.org")]
  NoNode,
  #[error("{what}: {source}\nhint: {hint}")]
  Io { what: &'static str, hint: &'static str, source: io::Error },
}

/// All that can happen.
enum News {
  Key(u8),
  Changed(Vec<PathBuf>),
  /// The app has had its time to answer the question with this number.
  Patience(u64),
  /// A signal asked this process to end; shells know the code.
  Signal(u8),
  Line {
    source: Source,
    error: bool,
    text: String,
  },
  /// A child with this number has ended.
  Ended(u64, Option<ExitStatus>),
  AppConnected(Peer),
  Launched {
    peer: Peer,
    launch: Launch,
  },
  Said(u64, Said),
  Disconnected(u64),
}

/// Runs the app until it ends or the user is done. Answers the exit code.
///
/// # Errors
/// What the app is developed with is not installed, or the system refuses what is needed.
pub fn run(options: Options) -> Result<i32, Error> {
  let system = |what: &'static str| move |source| Error::Io { what, hint: "free memory, processes or open files", source };
  let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(system("no event loop can be made"))?;
  let code = runtime.block_on(async {
    let (sender, news) = unbounded_channel();
    let address = channel::listen(sender.clone()).await.map_err(system("no port can be opened"))?;
    let mut supervisor = Supervisor::new(options, address, sender);
    supervisor.begin()?;
    Ok(supervisor.run(news).await)
  });
  // A thread may still wait for a key.
  runtime.shutdown_background();
  code
}
