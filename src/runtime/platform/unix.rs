//! Unix: owners and modes of files, signals.

use std::fs::{DirBuilder, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};

use crate::bridge::{UiEnd, UiEvent};

/// Makes a folder, and those above it, that only this user may look into.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
  DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Has a file made so that only this user may read it.
pub(crate) fn make_private(options: &mut OpenOptions) {
  options.mode(0o600);
}

/// Whether a file belongs to this user and nobody else may write it.
pub(crate) fn is_private(metadata: &Metadata) -> bool {
  // SAFETY: `geteuid` cannot fail and touches no memory.
  let user = unsafe { libc::geteuid() };
  metadata.uid() == user && metadata.mode() & 0o022 == 0
}

/// SIGINT, SIGTERM and SIGHUP ask the app to quit. Must be called in the tokio runtime of the JavaScript thread.
pub(crate) fn forward_quit_requests(ui_end: &UiEnd) {
  for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
    let ui_end = ui_end.clone();
    // A signal that cannot be taken keeps its default, which ends the process too.
    if let Ok(mut signals) = signal(kind) {
      tokio::spawn(async move {
        while signals.recv().await.is_some() {
          ui_end.emit(UiEvent::QuitAsked {});
        }
      });
    }
  }
}
