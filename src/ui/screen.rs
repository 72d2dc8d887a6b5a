//! The commands of the desktop.

use super::platform;
use super::state::{Outcome, done, json};

pub(crate) fn beep() -> Outcome {
  platform::beep();
  done()
}

pub(crate) fn displays() -> Outcome {
  json(platform::displays())
}

pub(crate) fn cursor_position() -> Outcome {
  let (x, y) = platform::cursor_position()?;
  json(serde_json::json!({ "x": x, "y": y }))
}
