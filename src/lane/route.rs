//! A way for some frames of one document past the JS thread: to the thread that runs the document's Node context.
//!
//! Architecture Invariant: no V8 types here. Whoever waits may block its thread, because it serves this one document and nobody else.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::LaneFrame;

/// The kinds of a page's frames that take the way, if there is one for the document. `shell-js/common/lane-frames.js` says what they mean.
pub const ROUTED_KINDS: RangeInclusive<u8> = 21..=25;

/// The kind whose sender blocks until it is answered.
const QUESTION: u8 = 21;
/// The kind of the answer.
const ANSWER: u8 = 36;

/// A connection is not read on while a route has this many bytes to work off.
const HIGH_WATER: usize = 64 << 20;

/// Frames on their way to a document's Node context.
#[derive(Default)]
pub struct Route {
  queue: Mutex<Queue>,
  /// Wakes the thread that blocks in [`Route::wait`].
  arrived: Condvar,
  /// Wakes the task in [`Route::ready`].
  filled: Notify,
  /// Wakes the reader of a connection that paused.
  drained: Notify,
}

#[derive(Default)]
struct Queue {
  frames: VecDeque<LaneFrame>,
  bytes: usize,
  closed: bool,
  /// Somebody waits until there is room.
  holding: bool,
  /// The last question, until it is answered. There is one at a time: who asks, waits.
  question: u32,
}

impl Route {
  /// Adds a frame. What comes after the end is dropped.
  pub fn push(&self, frame: LaneFrame) {
    let mut queue = self.lock();
    if queue.closed {
      return;
    }
    if frame.header.kind == QUESTION {
      queue.question = frame.header.id;
    }
    queue.bytes += weight(&frame);
    queue.frames.push_back(frame);
    drop(queue);
    self.arrived.notify_one();
    self.filled.notify_one();
  }

  /// Notes a frame that is sent to the document: it may answer the question.
  pub fn sent(&self, kind: u8, id: u32) {
    let mut queue = self.lock();
    if kind == ANSWER && queue.question == id {
      queue.question = 0;
    }
  }

  /// Ends the way: whoever waits gets nothing any more. Gives the question that is not answered yet, or 0.
  pub fn close(&self) -> u32 {
    let mut queue = self.lock();
    queue.closed = true;
    let question = std::mem::take(&mut queue.question);
    queue.frames.clear();
    queue.bytes = 0;
    drop(queue);
    self.arrived.notify_all();
    self.filled.notify_one();
    self.drained.notify_waiters();
    question
  }

  /// Resolves when there is a frame, for the event loop of the context; false at the end. Safe to drop and to call again.
  ///
  /// It does not take the frame: until the loop comes to it, code of the context may run that waits for the document, which may
  /// itself wait for the answer to just this frame.
  pub async fn ready(&self) -> bool {
    loop {
      {
        let queue = self.lock();
        if !queue.frames.is_empty() || queue.closed {
          return !queue.frames.is_empty();
        }
      }
      // A frame that comes in between leaves its permit, so it is not missed.
      self.filled.notified().await;
    }
  }

  /// The next frame, if there is one.
  pub fn take(&self) -> Option<LaneFrame> {
    self.pop(self.lock())
  }

  /// The next frame; blocks until there is one. `None` at the end.
  pub fn wait(&self) -> Option<LaneFrame> {
    let mut queue = self.lock();
    while queue.frames.is_empty() && !queue.closed {
      queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
    self.pop(queue)
  }

  /// Resolves when the connection may be read on.
  pub async fn has_room(&self) {
    loop {
      let drained = self.drained.notified();
      if self.lock().bytes <= HIGH_WATER {
        return;
      }
      drained.await;
    }
  }

  /// Size of what waits.
  pub fn bytes(&self) -> usize {
    self.lock().bytes
  }

  /// Whether the sender is to wait. If so, [`Route::has_let_go`] says once that it need not any more.
  pub fn holds_up(&self) -> bool {
    let mut queue = self.lock();
    let is_full = queue.bytes > HIGH_WATER;
    queue.holding |= is_full;
    is_full
  }

  /// Whether a sender that waits may go on.
  pub fn has_let_go(&self) -> bool {
    let mut queue = self.lock();
    queue.bytes <= HIGH_WATER && std::mem::take(&mut queue.holding)
  }

  fn pop(&self, mut queue: MutexGuard<'_, Queue>) -> Option<LaneFrame> {
    let frame = queue.frames.pop_front()?;
    queue.bytes -= weight(&frame);
    drop(queue);
    self.drained.notify_waiters();
    Some(frame)
  }

  /// A panic elsewhere leaves the queue whole: every change is a single step.
  fn lock(&self) -> MutexGuard<'_, Queue> {
    self.queue.lock().unwrap_or_else(PoisonError::into_inner)
  }
}

fn weight(frame: &LaneFrame) -> usize {
  frame.payload.len() + size_of::<LaneFrame>()
}

#[cfg(test)]
mod tests {
  use std::sync::Arc;
  use std::time::Duration;

  use super::*;
  use crate::lane::FrameHeader;

  fn frame(id: u32, length: usize) -> LaneFrame {
    LaneFrame { web_contents: 1, connection: 1, header: FrameHeader { kind: 21, id, document: 1, frame: 1 }, payload: vec![0; length] }
  }

  #[test]
  fn frames_come_in_order_and_the_end_wakes_who_waits() {
    let route = Arc::new(Route::default());
    route.push(frame(1, 3));
    route.push(frame(2, 3));
    assert_eq!(route.wait().map(|frame| frame.header.id), Some(1));
    assert_eq!(route.wait().map(|frame| frame.header.id), Some(2));
    let blocked = std::thread::spawn({
      let route = route.clone();
      move || route.wait()
    });
    route.sent(ANSWER, 1);
    assert_eq!(route.close(), 2);
    assert_eq!(blocked.join().expect("no panic"), None);
    route.push(frame(3, 3));
    assert_eq!(route.wait(), None);
  }

  #[test]
  fn a_full_route_holds_its_reader_up() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    runtime.block_on(async {
      let route = Arc::new(Route::default());
      route.has_room().await;
      route.push(frame(1, HIGH_WATER + 1));
      assert!(tokio::time::timeout(Duration::from_millis(20), route.has_room()).await.is_err());
      assert!(route.ready().await);
      assert_eq!(route.take().map(|frame| frame.header.id), Some(1));
      route.has_room().await;
      route.push(frame(2, HIGH_WATER + 1));
      route.close();
      route.has_room().await;
      assert!(!route.ready().await);
    });
  }

  #[test]
  fn a_frame_that_is_ready_is_there_for_who_blocks() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let route = Route::default();
    route.push(frame(1, 3));
    assert!(runtime.block_on(route.ready()));
    assert_eq!(route.wait().map(|frame| frame.header.id), Some(1));
    assert!(route.take().is_none());
  }
}
