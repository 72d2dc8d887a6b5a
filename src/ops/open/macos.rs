//! macOS: `open` asks the launch services.

use super::{OpenError, run_helper};

pub(super) async fn open(target: &str) -> Result<(), OpenError> {
  match run_helper("/usr/bin/open", target, "it belongs to macOS").await? {
    None | Some(0) => Ok(()),
    // It has one number for all faults, and tells which only to people.
    _ => Err(OpenError::Failed("The file or address does not exist, or no application is registered for it")),
  }
}
