//! The only writer to standard output and standard error of the native side.

use std::io::Write;

/// Writes one line to standard error. A closed stream is no reason to fail.
pub fn error(text: &str) {
  let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes text as it is to standard output.
pub fn output(text: &str) {
  let _ = write!(std::io::stdout().lock(), "{text}");
}
