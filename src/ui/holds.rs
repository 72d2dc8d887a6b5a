//! Requests of pages that are answered when JS says so: what a page waits for until its module preload is done (`renderer/hold-page.js`).

use std::cell::RefCell;
use std::collections::VecDeque;

/// So many of a view. Each frame with a preload asks for one; a page may ask for as many as it likes.
const MAX: usize = 64;

/// The requests of a view, and the keys that were named before their requests came.
pub(crate) struct Holds<R> {
  held: RefCell<VecDeque<(u32, R)>>,
  released: RefCell<VecDeque<u32>>,
}

impl<R> Default for Holds<R> {
  fn default() -> Self {
    Self { held: RefCell::default(), released: RefCell::default() }
  }
}

/// The key of a request, by its path.
pub(crate) fn key_of(path: &str) -> Option<u32> {
  path.strip_prefix("/hold/")?.parse().ok()
}

impl<R> Holds<R> {
  /// Keeps a request. Gives one that is to be answered now: this one, if its key was named already, or the oldest of too many.
  pub(crate) fn hold(&self, key: u32, request: R) -> Option<R> {
    if self.released.borrow().contains(&key) {
      return Some(request);
    }
    let mut held = self.held.borrow_mut();
    held.push_back((key, request));
    if held.len() > MAX { held.pop_front().map(|(_, oldest)| oldest) } else { None }
  }

  /// Gives the requests of a key, and those that come later.
  pub(crate) fn release(&self, key: u32) -> Vec<R> {
    let mut released = self.released.borrow_mut();
    released.push_back(key);
    if released.len() > MAX {
      released.pop_front();
    }
    let (go, stay) = self.held.take().into_iter().partition(|(of, _)| *of == key);
    self.held.replace(stay);
    let go: VecDeque<(u32, R)> = go;
    go.into_iter().map(|(_, request)| request).collect()
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn requests_wait_for_their_key_whichever_comes_first() {
    let holds = Holds::default();
    assert_eq!(holds.hold(1, "a"), None);
    assert_eq!(holds.hold(2, "b"), None);
    assert_eq!(holds.release(1), ["a"]);
    assert_eq!(holds.hold(1, "late"), Some("late"));
    assert_eq!(holds.release(2), ["b"]);
    for _ in 0..MAX {
      assert_eq!(holds.hold(3, "many"), None);
    }
    assert_eq!(holds.hold(4, "one more"), Some("many"));
    assert_eq!(["/hold/7", "/hold/", "/hold", "/hold/-1", "/post"].map(key_of), [Some(7), None, None, None, None]);
  }
}
