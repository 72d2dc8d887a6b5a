//! Unix: owners and modes of files, signals.

use std::fs::{DirBuilder, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};

use crate::bridge::{UiEnd, UiEvent};

/// What an open file is to a child.
pub(crate) use std::process::Stdio;

/// The system's numbers of errors.
pub(crate) const BAD_DESCRIPTOR: i32 = libc::EBADF;
pub(crate) const INVALID_ARGUMENT: i32 = libc::EINVAL;
pub(crate) const IS_A_FOLDER: i32 = libc::EISDIR;
pub(crate) const NOT_A_FOLDER: i32 = libc::ENOTDIR;
pub(crate) const NOT_THERE: i32 = libc::ENOENT;

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

/// Keeps a descriptor from what this process starts.
pub(crate) fn close_in_children(descriptor: i64) {
  if let Ok(descriptor) = i32::try_from(descriptor) {
    // SAFETY: the call takes numbers and touches no memory; a number that is no descriptor is an error without effect.
    unsafe { libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC) };
  }
}

/// Has this process ended when the one that started it does, however busy it is. Elsewhere than on Linux it ends when it notices that its channel
/// was closed.
pub(crate) fn end_with_parent() {
  #[cfg(target_os = "linux")]
  // SAFETY: the call takes numbers and touches no memory.
  unsafe {
    libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL)
  };
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
