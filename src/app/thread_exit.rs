//! What threads do at their end, kept by ourselves on Linux.
//!
//! Every first use of a thread-local value with a destructor registers that destructor with `__cxa_thread_atexit_impl`. glibc's takes the lock
//! that the dynamic linker holds while it loads a library. The main thread loads the toolkit (50 ms, see `ui/platform/linux/libraries`) while
//! V8 boots on the JavaScript thread, which would stand still for all that time at its first such value. This one takes no lock. The linker
//! prefers it to glibc's for the executable's own code; libraries that are loaded later keep glibc's.

use std::ffi::c_void;
use std::sync::OnceLock;

/// A destructor as the C++ runtime's interface gives it (Itanium C++ ABI, thread-local storage).
type Destructor = unsafe extern "C" fn(*mut c_void);
/// What one thread has registered, in that order.
type Registered = Vec<(Destructor, *mut c_void)>;

/// The slot that holds the calling thread's list; the list itself must not be a thread-local value with a destructor.
fn slot() -> libc::pthread_key_t {
  static SLOT: OnceLock<libc::pthread_key_t> = OnceLock::new();
  *SLOT.get_or_init(|| {
    let mut slot = 0;
    // SAFETY: `slot` outlives the call, and `run` fits the values that `__cxa_thread_atexit_impl` stores.
    let result = unsafe { libc::pthread_key_create(&raw mut slot, Some(run)) };
    // Without a slot nothing could be registered, and values would be used after the end of their thread.
    if result == 0 { slot } else { std::process::abort() }
  })
}

/// Registers `destructor` to be called with `object` when the calling thread ends. The third argument names the library whose code that is,
/// here always the executable, which is never unloaded.
///
/// # Safety
/// As the interface demands: `destructor` may be called with `object` once, on this thread, at its end.
#[unsafe(no_mangle)]
unsafe extern "C" fn __cxa_thread_atexit_impl(destructor: Destructor, object: *mut c_void, _library: *mut c_void) -> i32 {
  let slot = slot();
  // SAFETY: the slot exists and holds null or a list that only this thread uses.
  unsafe {
    let mut list = libc::pthread_getspecific(slot).cast::<Registered>();
    if list.is_null() {
      list = Box::into_raw(Box::default());
      if libc::pthread_setspecific(slot, list.cast()) != 0 {
        std::process::abort();
      }
    }
    (*list).push((destructor, object));
  }
  0
}

/// Runs what a thread registered, the latest first. A destructor that registers another makes a new list, for which the system calls us again.
unsafe extern "C" fn run(list: *mut c_void) {
  // SAFETY: the system gives the list of the thread that ends, after it has emptied the slot.
  let list = unsafe { Box::from_raw(list.cast::<Registered>()) };
  for (destructor, object) in list.into_iter().rev() {
    // SAFETY: who registered it promised that.
    unsafe { destructor(object) };
  }
}

#[cfg(test)]
mod tests {
  use std::cell::RefCell;
  use std::sync::mpsc;

  struct Tells(mpsc::Sender<u8>, u8);

  impl Drop for Tells {
    fn drop(&mut self) {
      let _ = self.0.send(self.1);
      if self.1 == 1 {
        // Registers one more while those of the thread run.
        LATE.with(|late| *late.borrow_mut() = Some(Tells(self.0.clone(), 3)));
      }
    }
  }

  thread_local! {
    static FIRST: RefCell<Option<Tells>> = const { RefCell::new(None) };
    static SECOND: RefCell<Option<Tells>> = const { RefCell::new(None) };
    static LATE: RefCell<Option<Tells>> = const { RefCell::new(None) };
  }

  #[test]
  fn values_of_a_thread_are_dropped_at_its_end() {
    let (sender, received) = mpsc::channel();
    let thread = std::thread::spawn(move || {
      FIRST.with(|first| *first.borrow_mut() = Some(Tells(sender.clone(), 1)));
      SECOND.with(|second| *second.borrow_mut() = Some(Tells(sender, 2)));
    });
    thread.join().unwrap();
    assert_eq!(received.iter().collect::<Vec<_>>(), [2, 1, 3]);
  }
}
