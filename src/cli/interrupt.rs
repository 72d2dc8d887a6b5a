//! Ctrl-C while a question is on the terminal: the process ends, and the terminal gets back the cursor that a list hides.

/// Calls a function during which Ctrl-C ends the process with the exit code that shells know.
#[cfg(unix)]
pub(super) fn ends_process<T>(call: impl FnOnce() -> T) -> T {
  extern "C" fn end(_signal: i32) {
    const SHOW_CURSOR: &[u8] = b"\x1b[?25h\n";
    // SAFETY: both functions may be called from a handler, and the bytes live for ever.
    unsafe {
      libc::write(libc::STDERR_FILENO, SHOW_CURSOR.as_ptr().cast(), SHOW_CURSOR.len());
      libc::_exit(i32::from(super::INTERRUPTED));
    }
  }
  let handler: extern "C" fn(i32) = end;
  // SAFETY: the handler calls nothing that a handler may not, and afterwards the signal does what it did before.
  let before = unsafe { libc::signal(libc::SIGINT, handler as libc::sighandler_t) };
  let result = call();
  // SAFETY: as above.
  unsafe { libc::signal(libc::SIGINT, before) };
  result
}

/// Calls a function; elsewhere Ctrl-C ends the process by itself, and the terminal resets its cursor.
#[cfg(not(unix))]
pub(super) fn ends_process<T>(call: impl FnOnce() -> T) -> T {
  call()
}
