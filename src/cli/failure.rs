//! Why a command could not do what it was asked to: what is wrong, and what helps.

use std::fmt;
use std::io;
use std::path::Path;

/// A fault that a command ends with.
#[derive(Debug, thiserror::Error)]
#[error("{reason}\nhint: {hint}")]
pub(super) struct Failure {
  reason: String,
  hint: String,
}

/// The result of a command.
pub(super) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
  pub(super) fn new(reason: impl fmt::Display, hint: impl fmt::Display) -> Self {
    Self { reason: reason.to_string(), hint: hint.to_string() }
  }

  /// For `map_err`: a file or folder that could not be written.
  pub(super) fn writing(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
    |source| {
      Self::new(format_args!("{} cannot be written: {source}", path.display()), "check the free space and the permissions of its folder")
    }
  }
}
