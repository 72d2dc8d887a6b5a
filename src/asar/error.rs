//! What can be wrong with an archive, or in the way of one.

use std::path::{Path, PathBuf};

/// Why an archive cannot be read, made or unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
  #[error("{path} cannot be {what}: {source}\nhint: {hint}")]
  Io { path: PathBuf, what: &'static str, hint: &'static str, source: std::io::Error },
  #[error("{0} is not a file\nhint: an asar archive is one file; name a folder of an app as it is")]
  NoFile(PathBuf),
  #[error("{path} is not a valid asar archive: {reason}\nhint: pack it anew, or take an undamaged copy")]
  Damaged { path: PathBuf, reason: String },
  #[error("{path} does not hold what it was packed with: {name} was changed\nhint: install the app anew")]
  Changed { path: PathBuf, name: String },
  #[error("{name} is not in {path}\nhint: shell asar list shows what is")]
  NoEntry { path: PathBuf, name: String },
  #[error("{name} in {path} is not a file\nhint: shell asar extract takes out whole folders")]
  NoFileEntry { path: PathBuf, name: String },
  #[error("{name} in {path} is a link that leads in a circle\nhint: pack the archive anew without it")]
  LinkLoop { path: PathBuf, name: String },
  #[error("{path} cannot be packed: {reason}\nhint: {hint}")]
  CannotPack { path: PathBuf, reason: String, hint: &'static str },
  #[error("{name} in {path} cannot be extracted: {reason}\nhint: {hint}")]
  Unsafe { path: PathBuf, name: String, reason: String, hint: &'static str },
  #[error("{0} exists and is not an empty folder\nhint: name a folder that is not there yet")]
  TargetExists(PathBuf),
  #[error("the pattern {pattern:?} cannot be understood: {reason}\nhint: *, **, ?, [abc] and {{a,b}} have a meaning")]
  BadPattern { pattern: String, reason: String },
}

/// The result of what is done with archives.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
  pub(super) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
    Self::Damaged { path: path.into(), reason: reason.into() }
  }

  /// For `map_err`: a file or folder that could not be read.
  pub(crate) fn reading(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
    |source| Self::Io { path: path.into(), what: "read", hint: "check that it is there and may be read", source }
  }

  /// For `map_err`: a file or folder that could not be written.
  pub(crate) fn writing(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
    |source| Self::Io { path: path.into(), what: "written", hint: "check the free space and the permissions of its folder", source }
  }
}
