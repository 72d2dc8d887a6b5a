//! The UI thread: windows, web views, menus, dialogs and the clipboard.
//!
//! The main thread of the process calls [`run`], which carries out every [`crate::bridge::UiCommand`] and tells every
//! [`crate::bridge::UiEvent`] until an exit is asked for.
//!
//! Architecture Invariant: toolkit types (tao, wry, rfd, GTK) appear nowhere outside of this module, and no toolkit object ever
//! leaves the thread that called [`run`].
//!
//! Architecture Invariant: nothing here waits on the JS thread. A question to JS keeps its toolkit object (a policy decision, a
//! script dialog, a permission request) in a table until the command that answers it arrives.

mod clipboard;
mod dialog;
mod event_loop;
mod holds;
mod menu;
mod platform;
mod screen;
mod state;
mod webview;
mod window;

use std::path::{Path, PathBuf};

use crate::bridge::{CommandReceiver, UiEnd};
use crate::lane::portable::Portable;

/// Reads a file that lies in an archive; `None` for one that does not.
pub type ReadArchived = fn(&Path) -> Option<Vec<u8>>;

/// What the UI thread is started with.
#[derive(Clone, Default)]
pub struct UiConfig {
  /// Name under which windows are known to the desktop until JS names another.
  pub app_name: String,
  /// Folder with the web-process extension. Without one, pages open no native lane.
  pub web_extensions: Option<PathBuf>,
  /// Folder of the default session unless the main script names another, if there is one from an earlier start. A web process is then started
  /// for it while the main script runs.
  pub session_folder: Option<PathBuf>,
  /// Reads a file that lies in an archive; `None` for all others, which the engine reads itself.
  pub read_archived: Option<ReadArchived>,
  /// The portable lane, for views that are made with its scripts.
  pub lane: Portable,
}

/// Why the user interface could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
  /// There is no display, or the toolkit refuses it.
  #[error("cannot open a display\nhint: {0}")]
  NoDisplay(String),
  /// The library of the web view, or one that it needs, is not installed.
  #[error("the system's web view cannot be loaded: {reason}\nhint: {hint}")]
  NoWebView { reason: String, hint: String },
}

/// Runs the user interface on the calling thread, which must be the process's main thread, and returns the exit code that
/// [`crate::bridge::UiCommand::Exit`] asked for.
///
/// # Errors
/// When the web view's library is missing or no display can be opened.
pub fn run(ui: UiEnd, commands: CommandReceiver, config: UiConfig) -> Result<i32, Error> {
  event_loop::run(ui, commands, config)
}
