//! The channel pair between the threads.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::mpsc;

use tokio::sync::mpsc as async_mpsc;

use super::{Reply, UiCommand, UiEvent};

/// A command with the slot that its answer goes to.
#[derive(Debug)]
pub struct Request {
  pub command: UiCommand,
  pub reply: Reply,
}

/// Wakes the UI's event loop; the UI sets it once its loop exists. Commands sent before wait in the channel.
pub type Waker = Arc<OnceLock<Box<dyn Fn() + Send + Sync>>>;

/// Where the UI thread takes commands from.
pub type CommandReceiver = mpsc::Receiver<Request>;
/// Where the JS thread takes events from.
pub type EventReceiver = async_mpsc::UnboundedReceiver<UiEvent>;

/// The JS thread's end.
#[derive(Clone)]
pub struct JsEnd {
  commands: mpsc::Sender<Request>,
  waker: Waker,
}

impl JsEnd {
  /// Sends a command; `Err` gives it back when the UI thread has ended.
  pub fn send(&self, request: Request) -> Result<(), Request> {
    self.commands.send(request).map_err(|error| error.0)?;
    if let Some(wake) = self.waker.get() {
      wake();
    }
    Ok(())
  }
}

/// The UI thread's end. It is cheap to clone: callbacks of the toolkit hold one each.
#[derive(Clone)]
pub struct UiEnd {
  events: async_mpsc::UnboundedSender<UiEvent>,
  waker: Waker,
}

impl UiEnd {
  /// Tells JS; an event after the end of the JS thread is dropped.
  pub fn emit(&self, event: UiEvent) {
    let _ = self.events.send(event);
  }

  /// Wakes the event loop of the UI thread, from any thread.
  pub fn wake(&self) {
    if let Some(wake) = self.waker.get() {
      wake();
    }
  }

  /// Names the function that wakes the event loop; the first call counts.
  pub fn set_waker(&self, wake: impl Fn() + Send + Sync + 'static) {
    let _ = self.waker.set(Box::new(wake));
  }
}

/// Makes the channel: the JS end with the events it receives, the UI end with the commands it receives.
pub fn pair() -> (JsEnd, EventReceiver, UiEnd, CommandReceiver) {
  let (commands, command_receiver) = mpsc::channel();
  let (events, event_receiver) = async_mpsc::unbounded_channel();
  let waker: Waker = Arc::default();
  (JsEnd { commands, waker: waker.clone() }, event_receiver, UiEnd { events, waker }, command_receiver)
}
