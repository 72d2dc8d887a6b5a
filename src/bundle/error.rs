//! What can keep an app from being bundled. Each message is one line that names the fault, and one after "hint:" that names the remedy.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::asar;

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
  #[error("{path} cannot be {what}: {source}\nhint: {hint}")]
  Io { path: PathBuf, what: &'static str, hint: &'static str, source: io::Error },
  #[error("{place}: {reason}\nhint: {hint}")]
  Config { place: String, reason: String, hint: String },
  #[error("{reason}\nhint: {hint}")]
  Refused { reason: String, hint: String },
  #[error(transparent)]
  Asar(#[from] asar::Error),
}

/// The result of what can fail while an app is bundled.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
  pub(super) fn refused(reason: impl fmt::Display, hint: impl fmt::Display) -> Self {
    Self::Refused { reason: reason.to_string(), hint: hint.to_string() }
  }

  pub(super) fn config(place: impl fmt::Display, reason: impl fmt::Display, hint: impl fmt::Display) -> Self {
    Self::Config { place: place.to_string(), reason: reason.to_string(), hint: hint.to_string() }
  }

  /// For `map_err`: a file or folder that could not be read.
  pub(super) fn reading(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
    |source| Self::Io { path: path.into(), what: "read", hint: "check that it is there and may be read", source }
  }

  /// For `map_err`: a file or folder that could not be written.
  pub(super) fn writing(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
    |source| Self::Io { path: path.into(), what: "written", hint: "check the free space and the permissions of its folder", source }
  }
}
