//! Reply slots: who asked waits on one, asynchronously or by blocking, and who answers fills it once.

use serde::Serialize;
use tokio::sync::oneshot;

use super::Picture;

/// The value of an answer.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ReplyValue {
  Json(serde_json::Value),
  /// Kept apart from JSON, so that the pixels cross as bytes.
  Picture(Picture),
}

/// What a command is answered with: a value, or a text that says what went wrong.
pub type ReplyResult = Result<ReplyValue, String>;

/// The answering end. Dropping it without an answer tells the asker that the UI is gone.
#[derive(Debug)]
pub struct Reply(Option<oneshot::Sender<ReplyResult>>);

impl Reply {
  /// A slot that nobody waits on.
  pub fn none() -> Self {
    Self(None)
  }

  /// A slot and the end to wait on.
  pub fn slot() -> (Self, oneshot::Receiver<ReplyResult>) {
    let (sender, receiver) = oneshot::channel();
    (Self(Some(sender)), receiver)
  }

  /// Answers; an asker that stopped waiting is no fault.
  pub fn send(self, result: ReplyResult) {
    if let Some(sender) = self.0 {
      let _ = sender.send(result);
    }
  }

  /// Whether somebody waits.
  pub fn is_wanted(&self) -> bool {
    self.0.is_some()
  }
}
