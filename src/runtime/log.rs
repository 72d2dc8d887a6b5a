//! The little that users have to hear of what the runtime's crates log.

use ::log::{LevelFilter, Log, Metadata, Record};

use super::inspector;
use crate::printer;

/// Says it as Node does.
struct RuntimeLog;

/// Listens from now on.
pub(super) fn listen() {
  // Fails when there is a logger already.
  if ::log::set_logger(&RuntimeLog).is_ok() {
    ::log::set_max_level(LevelFilter::Info);
  }
}

impl Log for RuntimeLog {
  fn enabled(&self, metadata: &Metadata) -> bool {
    matches!(metadata.target().split("::").next(), Some("deno_inspector_server" | "deno_napi"))
  }

  fn log(&self, record: &Record) {
    if !self.enabled(record.metadata()) {
      return;
    }
    let text = record.args().to_string();
    if let Some(fault) = text.strip_prefix("NODE API ") {
      // A native addon ends the process.
      printer::error(fault);
    } else if text == "Debugger session started." {
      printer::error("Debugger attached.");
    } else if let Some(url) = text.strip_prefix("Debugger listening on ") {
      // Only a server that the program itself has opened says so.
      printer::error(&inspector::listening(url));
    }
  }

  fn flush(&self) {}
}
