//! Opening files and addresses with the programs that the desktop has for them.

use std::process::Stdio;
use std::time::Duration;

use deno_core::op2;
use tokio::process::Command;

/// Opening helpers of some desktops stay in the foreground as long as the program they started. One that lived this long has
/// found its program.
const GRACE: Duration = Duration::from_secs(5);

/// Why nothing was opened.
#[derive(Debug, thiserror::Error, deno_error::JsError)]
pub enum OpenError {
  #[class(type)]
  #[error("'{0}' holds a character that no path or address may hold")]
  Invalid(String),
  #[class(generic)]
  #[error("xdg-open could not be started ({0}); install the package xdg-utils")]
  NoHelper(std::io::Error),
  #[class(generic)]
  #[error("{0}")]
  Failed(&'static str),
  #[class(generic)]
  #[error("Opening files and addresses is not implemented on this platform yet")]
  Unsupported,
}

/// Opens a path or an address. Resolves when the desktop's helper succeeded, or still runs after a few seconds.
#[op2]
pub async fn op_open_with_system(#[string] target: String) -> Result<(), OpenError> {
  if target.is_empty() || target.starts_with('-') || target.chars().any(char::is_control) {
    return Err(OpenError::Invalid(target.chars().take(200).collect()));
  }
  if !cfg!(target_os = "linux") {
    return Err(OpenError::Unsupported);
  }
  let mut child = Command::new("xdg-open")
    .arg(&target)
    .stdin(Stdio::null())
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .map_err(OpenError::NoHelper)?;
  // A child that is dropped while it runs is reaped by tokio in the background.
  let Ok(status) = tokio::time::timeout(GRACE, child.wait()).await else {
    return Ok(());
  };
  match status.map(|status| status.code()) {
    Ok(Some(0)) => Ok(()),
    Ok(Some(2)) => Err(OpenError::Failed("The file or address does not exist")),
    Ok(Some(3)) => Err(OpenError::Failed("No application is registered for it")),
    _ => Err(OpenError::Failed("The application registered for it could not be started")),
  }
}
