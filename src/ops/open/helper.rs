//! Running the program of the desktop that opens things.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::OpenError;

/// Opening helpers of some desktops stay in the foreground as long as the program they started. One that lived this long has
/// found its program.
const GRACE: Duration = Duration::from_secs(5);

/// The helper's exit code; `None` when it still runs after a few seconds.
pub(super) async fn run_helper(program: &'static str, target: &str, remedy: &'static str) -> Result<Option<i32>, OpenError> {
  let mut child = Command::new(program)
    .arg(target)
    .stdin(Stdio::null())
    .stdout(Stdio::null())
    .stderr(Stdio::null())
    .spawn()
    .map_err(|error| OpenError::NoHelper(program, error, remedy))?;
  // A child that is dropped while it runs is reaped by tokio in the background.
  let Ok(status) = tokio::time::timeout(GRACE, child.wait()).await else {
    return Ok(None);
  };
  // One that a signal ended has no code, and has opened nothing.
  Ok(Some(status.ok().and_then(|status| status.code()).unwrap_or(-1)))
}
