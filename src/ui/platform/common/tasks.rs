//! Futures of the UI thread. A waker wakes the event loop, which then polls what is ready.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use crate::bridge::UiEnd;

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Ids of tasks that shall be polled. Wakers are called on any thread.
static READY: Mutex<Vec<u64>> = Mutex::new(Vec::new());

#[derive(Default)]
struct Tasks {
  last: u64,
  waiting: HashMap<u64, (Task, Waker)>,
}

thread_local! {
  static TASKS: RefCell<Tasks> = RefCell::default();
  /// What wakes the event loop.
  static END: RefCell<Option<UiEnd>> = const { RefCell::new(None) };
}

/// Names the end whose event loop runs the tasks. Called before the first task.
pub(crate) fn init(end: &UiEnd) {
  END.set(Some(end.clone()));
}

struct TaskWaker {
  id: u64,
  end: Option<UiEnd>,
}

impl Wake for TaskWaker {
  fn wake(self: Arc<Self>) {
    READY.lock().unwrap_or_else(PoisonError::into_inner).push(self.id);
    if let Some(end) = &self.end {
      end.wake();
    }
  }
}

/// Runs a future on this thread, from the next turn of the event loop on.
pub(crate) fn spawn_local(future: impl Future<Output = ()> + 'static) {
  let waker = TASKS.with_borrow_mut(|tasks| {
    tasks.last += 1;
    let waker = Waker::from(Arc::new(TaskWaker { id: tasks.last, end: END.with_borrow(Clone::clone) }));
    tasks.waiting.insert(tasks.last, (Box::pin(future), waker.clone()));
    waker
  });
  waker.wake();
}

/// Calls a function in the next turn of the event loop: engines do not like to be called from their own callbacks.
#[cfg_attr(target_os = "macos", expect(dead_code, reason = "WKWebView takes calls from its own"))]
pub(crate) fn later(run: impl FnOnce() + 'static) {
  spawn_local(async move { run() });
}

/// Polls what was woken.
pub(crate) fn run_ready() {
  let ready = std::mem::take(&mut *READY.lock().unwrap_or_else(PoisonError::into_inner));
  for id in ready {
    // The task is out of the table while it runs, so it may start others; one that was woken twice is there once.
    let Some((mut task, waker)) = TASKS.with_borrow_mut(|tasks| tasks.waiting.remove(&id)) else { continue };
    if task.as_mut().poll(&mut Context::from_waker(&waker)) == Poll::Pending {
      TASKS.with_borrow_mut(|tasks| tasks.waiting.insert(id, (task, waker)));
    }
  }
}
