//! What can keep an app from starting. Each message is one line that names the fault, and one after "hint:" that names the remedy.

use std::path::PathBuf;

/// Why the shell cannot do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
  #[error("there is nothing at {0}\nhint: give the folder of an app, which holds its package.json")]
  NoSuchApp(PathBuf),
  #[error("{0} has no package.json\nhint: give the folder of an app, or a script")]
  NoPackageJson(PathBuf),
  #[error("{path} cannot be read: {source}\nhint: check the file's permissions")]
  Unreadable { path: PathBuf, source: std::io::Error },
  #[error("{path} is not valid JSON: {source}\nhint: correct the file at this place")]
  BadPackageJson { path: PathBuf, source: serde_json::Error },
  #[error("{path} is not an object\nhint: package.json holds one JSON object")]
  PackageJsonNoObject { path: PathBuf },
  #[error("the main script {path} does not exist\nhint: correct \"main\" in {package_json}")]
  MainMissing { path: PathBuf, package_json: PathBuf },
  #[error("the JavaScript thread could not be started: {0}\nhint: free memory or raise the limit on threads")]
  Thread(std::io::Error),
  #[error("{0}\nhint: --inspect takes a port or an address, and one that no other program listens at")]
  Inspector(String),
  #[error(transparent)]
  Archive(#[from] crate::asar::Error),
  #[error(transparent)]
  Ui(#[from] crate::ui::Error),
}

/// The result of what can fail at the start.
pub type Result<T> = std::result::Result<T, Error>;
