//! News of the UI thread and of the pages, drained in batches by one operation that is always pending.

use std::cell::RefCell;
use std::rc::Rc;

use deno_core::{AsyncRefCell, OpState, RcRef, ToJsBuffer, op2};
use serde::{Serialize, Serializer};

use super::lane::PageChannels;
use crate::bridge::{EventReceiver, JsEnd, UiEnd, UiEvent};

/// So many events are handed over in one go at most; the rest waits for the next call, so that timers get their turn.
const BATCH: usize = 256;

/// The receiving end, kept so that a call can hold it while it waits.
pub struct Events(Rc<AsyncRefCell<EventReceiver>>);

impl Events {
  pub fn new(receiver: EventReceiver) -> Self {
    Self(Rc::new(AsyncRefCell::new(receiver)))
  }
}

/// What has happened since the last call. JS handles the events before the frames: a page's channel is opened by an event.
#[derive(Serialize)]
pub struct News {
  events: Vec<UiEvent>,
  frames: Vec<PageFrame>,
}

/// A frame of a page's channel. It crosses as a list: an object of the native side is a table with a name for each value, and there are thousands of
/// frames a second.
pub struct PageFrame {
  pub web_contents: u32,
  pub connection: u32,
  pub kind: u8,
  pub id: u32,
  pub document: u32,
  /// WebKit numbers frames from one in each web process, so the number fits.
  pub frame: f64,
  pub data: ToJsBuffer,
}

impl Serialize for PageFrame {
  fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
    (self.web_contents, self.connection, self.kind, self.id, self.document, self.frame, &self.data).serialize(serializer)
  }
}

/// Resolves when there is news. It never ends by itself, which keeps the event loop alive: an app ends when it is told to.
#[op2]
#[serde]
pub async fn op_next_events(state: Rc<RefCell<OpState>>) -> News {
  let (cell, channels, ui_end, js_end) = {
    let state = state.borrow();
    (
      state.borrow::<Events>().0.clone(),
      state.borrow::<PageChannels>().clone(),
      state.borrow::<UiEnd>().clone(),
      state.borrow::<JsEnd>().clone(),
    )
  };
  let mut receiver = RcRef::from(cell).borrow_mut().await;
  let mut events = Vec::new();
  tokio::select! {
    count = receiver.recv_many(&mut events, BATCH) => {
      if count == 0 {
        // The UI thread has ended and the process is about to.
        std::future::pending::<()>().await;
      }
    }
    () = channels.ready() => {
      // What a page sends may refer to what the UI told before.
      while events.len() < BATCH && let Ok(event) = receiver.try_recv() {
        events.push(event);
      }
    }
  }
  // A socket that cannot be watched is of no use; its page stays without a channel.
  events.retain_mut(|event| match event {
    UiEvent::LaneOpened { web_contents, connection, socket: socket @ Some(_) } => {
      match socket.take().map(|socket| channels.adopt(*web_contents, socket)) {
        Some(Ok(number)) => {
          *connection = number;
          true
        }
        _ => false,
      }
    }
    _ => true,
  });
  News { frames: channels.take(&ui_end, &js_end), events }
}
