//! Linux: `xdg-open` knows the desktop's programs.

use super::{OpenError, run_helper};

pub(super) async fn open(target: &str) -> Result<(), OpenError> {
  match run_helper("xdg-open", target, "install the package xdg-utils").await? {
    None | Some(0) => Ok(()),
    Some(2) => Err(OpenError::Failed("The file or address does not exist")),
    Some(3) => Err(OpenError::Failed("No application is registered for it")),
    _ => Err(OpenError::Failed("The application registered for it could not be started")),
  }
}
