//! Unix: owners and modes of files, signals.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
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

/// Has the opening of a symbolic link fail, and that of a pipe not wait.
pub(crate) fn never_follow(options: &mut OpenOptions) {
  options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
}

/// Reads at a place of a file; whoever else reads it does not notice.
pub(crate) fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
  file.read_exact_at(bytes, place)
}

/// Whether a file belongs to this user and nobody else may write it.
pub(crate) fn is_private(metadata: &Metadata) -> bool {
  // SAFETY: `geteuid` cannot fail and touches no memory.
  let user = unsafe { libc::geteuid() };
  metadata.uid() == user && metadata.mode() & 0o022 == 0
}

/// Loads a library so that it and what it brings along find their own functions first. An addon may carry libraries that the user interface has in
/// other versions: GLib, whose objects of the one are none for the other. Only the loader of the GNU C library can do it; a library that it does not
/// load is left to the caller, who says why.
pub(crate) fn load_apart(path: &Path) {
  #[cfg(all(target_os = "linux", target_env = "gnu"))]
  if let Ok(path) = std::ffi::CString::new(path.as_os_str().as_encoded_bytes()) {
    // SAFETY: the path ends with a zero. The initialisers of the library run, as they would a moment later when the runtime loads it.
    unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_LAZY | libc::RTLD_DEEPBIND) };
  }
  #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
  let _ = path;
}

/// Lets the process open as many files as it may ask for, as Node does: the usual 1,024 are the limit of programs that wait by `select`. What it starts
/// inherits that.
pub(crate) fn raise_file_limit() {
  let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
  // SAFETY: the call writes the structure that it is given.
  if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 || limit.rlim_cur >= limit.rlim_max {
    return;
  }
  // macOS tells no limit at all and takes none above its `OPEN_MAX`.
  limit.rlim_cur = if cfg!(target_os = "macos") { limit.rlim_max.min(10_240) } else { limit.rlim_max };
  // SAFETY: the call reads the structure. Where it is refused, the limit stays.
  unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
}

/// Whether a descriptor is that of an open socket, as channels are.
pub(crate) fn is_channel(descriptor: i64) -> bool {
  let Ok(descriptor) = i32::try_from(descriptor) else { return false };
  let mut status = std::mem::MaybeUninit::<libc::stat>::uninit();
  // SAFETY: the system fills the structure, or gives an error.
  unsafe { libc::fstat(descriptor, status.as_mut_ptr()) == 0 && status.assume_init().st_mode & libc::S_IFMT == libc::S_IFSOCK }
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

/// Calls `asked`, on a thread of its own, whenever SIGUSR1 asks for a debugger, also while the program is busy.
pub(crate) fn on_debug_signal(asked: impl Fn() + Send + 'static) {
  let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
  // It lives as long as the process, and must not be dropped within another runtime.
  let runtime = std::mem::ManuallyDrop::new(runtime);
  // Here, not on the thread: once the program runs, the signal must no longer end it.
  let registered = {
    let _inside = runtime.enter();
    signal(SignalKind::user_defined1())
  };
  let Ok(mut signals) = registered else { return };
  let listen = move || {
    runtime.block_on(async {
      while signals.recv().await.is_some() {
        asked();
      }
    });
  };
  // Without the thread nobody hears the signal.
  let _ = std::thread::Builder::new().name("debug-signal".into()).stack_size(128 * 1024).spawn(listen);
}
