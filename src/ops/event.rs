//! News of the UI thread, drained in batches by one operation that is always pending.

use std::cell::RefCell;
use std::rc::Rc;

use deno_core::{AsyncRefCell, OpState, RcRef, op2};
use serde::Serialize;

use crate::bridge::{EventReceiver, UiEvent};

/// So many events are handed over in one go at most; the rest waits for the next call, so that timers get their turn.
const BATCH: usize = 256;

/// The receiving end, kept so that a call can hold it while it waits.
pub struct Events(Rc<AsyncRefCell<EventReceiver>>);

impl Events {
  pub fn new(receiver: EventReceiver) -> Self {
    Self(Rc::new(AsyncRefCell::new(receiver)))
  }
}

/// What has happened since the last call.
#[derive(Serialize)]
pub struct News {
  events: Vec<UiEvent>,
  frames: Vec<()>,
}

/// Resolves when there is news. It never ends by itself, which keeps the event loop alive: an app ends when it is told to.
#[op2]
#[serde]
pub async fn op_next_events(state: Rc<RefCell<OpState>>) -> News {
  let cell = state.borrow().borrow::<Events>().0.clone();
  let mut receiver = RcRef::from(cell).borrow_mut().await;
  let mut events = Vec::new();
  if receiver.recv_many(&mut events, BATCH).await == 0 {
    // The UI thread has ended and the process is about to.
    std::future::pending::<()>().await;
  }
  News { events, frames: Vec::new() }
}
