//! How long the thread of a hub waits awake for a page before it sleeps.

use std::cell::RefCell;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use super::{Connection, has_something};

/// The next frame of a page that was sent one is waited for awake if it usually comes within this time, and no longer than that: to sleep and to be
/// woken takes as long as many pages do.
pub(super) const MOST_AWAKE: Duration = Duration::from_micros(400);
/// How much longer than usual it may take, besides twice the time.
pub(super) const MORE_AWAKE: Duration = Duration::from_micros(100);

/// The page that this thread sent something since it last slept, and how long those of late took to say something next.
#[derive(Default)]
pub(super) struct Patience {
  expected: Weak<Connection>,
  /// The page that has not said anything since it was sent something, and when that was.
  sent: Option<(Weak<Connection>, Instant)>,
  pub(super) usual: Duration,
}

impl Patience {
  fn sent(&mut self, connection: &Arc<Connection>) {
    self.expected = Arc::downgrade(connection);
    self.sent = Some((Arc::downgrade(connection), Instant::now()));
  }

  /// A page has said something.
  fn heard(&mut self, connection: &Connection) {
    if let Some((_, at)) = self.sent.take_if(|(page, _)| std::ptr::eq(page.as_ptr(), connection)) {
      self.note(at.elapsed());
    }
  }

  pub(super) fn note(&mut self, took: Duration) {
    self.usual = (self.usual * 3 + took.min(MOST_AWAKE * 2)) / 4;
  }

  /// How long the next one is waited for awake.
  pub(super) fn awake(&self) -> Duration {
    if self.usual > MOST_AWAKE { Duration::ZERO } else { (self.usual * 2 + MORE_AWAKE).min(MOST_AWAKE) }
  }
}

thread_local! {
  pub(super) static PATIENCE: RefCell<Patience> = RefCell::default();
}

/// Notes that a page was sent something.
pub(super) fn sent(connection: &Arc<Connection>) {
  PATIENCE.with_borrow_mut(|patience| patience.sent(connection));
}

/// Notes that a page has said something.
pub(super) fn heard(connection: &Connection) {
  PATIENCE.with_borrow_mut(|patience| patience.heard(connection));
}

/// What the thread of a hub does before it sleeps: it waits awake for a short while for a page that it has sent something to. Many pages ask
/// again as soon as they have an answer, and to wake this thread takes longer than that. Whoever else wants the processor gets it meanwhile.
pub fn before_sleep() {
  PATIENCE.with_borrow_mut(|patience| {
    let Some(connection) = std::mem::take(&mut patience.expected).upgrade() else {
      return;
    };
    let awake = patience.awake();
    let end = Instant::now() + awake;
    while Instant::now() < end {
      if has_something(connection.socket.get_ref()) {
        return;
      }
      std::thread::yield_now();
    }
    if !awake.is_zero() {
      patience.note(Duration::MAX);
      patience.sent = None;
    }
  });
}
