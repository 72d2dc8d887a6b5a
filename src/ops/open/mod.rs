//! Opening files and addresses with the programs that the desktop has for them.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(unix)]
mod helper;

use deno_core::op2;

#[cfg(unix)]
use helper::run_helper;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(target_os = "macos")]
use macos as platform;
#[cfg(target_os = "windows")]
use windows as platform;

/// Why nothing was opened.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
pub enum OpenError {
  #[class(type)]
  #[error("'{0}' holds a character that no path or address may hold")]
  Invalid(String),
  #[class(generic)]
  #[error("{0} could not be started ({1}); {2}")]
  NoHelper(&'static str, std::io::Error, &'static str),
  #[class(generic)]
  #[error("{0}")]
  Failed(&'static str),
}

/// Opens a path or an address. Resolves when the desktop has taken it over.
#[op2]
pub async fn op_open_with_system(#[string] target: String) -> Result<(), OpenError> {
  if target.is_empty() || target.starts_with('-') || target.chars().any(char::is_control) {
    return Err(OpenError::Invalid(target.chars().take(200).collect()));
  }
  platform::open(&target).await
}
