//! Gives back the pages of the executable that only the start needed.
//!
//! V8's start reads a snapshot of several megabytes and runs code that never runs again; the kernel counts all of it as the process's until
//! memory gets short. Pages that are wanted later come back from the page cache, sixteen at a time.

use std::cell::Cell;
use std::time::Duration;

use gtk::glib;

/// How long after the first page the start counts as over.
const AFTER_FIRST_PAGE: Duration = Duration::from_secs(1);

thread_local! {
  static ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Called when a page has loaded; the first call counts.
pub(super) fn page_loaded() {
  if !ASKED.replace(true) {
    glib::timeout_add_local_once(AFTER_FIRST_PAGE, || {
      // SAFETY: the callback matches the declared type and keeps nothing.
      unsafe { libc::dl_iterate_phdr(Some(release_executable), std::ptr::null_mut()) };
    });
  }
}

/// The first object that is told is the executable; 1 ends the walk.
unsafe extern "C" fn release_executable(info: *mut libc::dl_phdr_info, _size: libc::size_t, _data: *mut libc::c_void) -> libc::c_int {
  // SAFETY: sysconf takes no memory.
  let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(4096).max(4096);
  // SAFETY: the loader gives a valid description for the time of the call, with as many headers as it says.
  let (base, headers) = unsafe { ((*info).dlpi_addr, std::slice::from_raw_parts((*info).dlpi_phdr, usize::from((*info).dlpi_phnum))) };
  for header in headers {
    // What was never writable is as it is in the file. A segment that was relocated and then closed again is not.
    if header.p_type == libc::PT_LOAD && header.p_flags & libc::PF_W == 0 {
      let start = (base + header.p_vaddr).next_multiple_of(page);
      let end = (base + header.p_vaddr + header.p_filesz) / page * page;
      if end > start {
        // SAFETY: the range is whole pages of a private mapping of a file that nobody has changed: they are read again on the next use.
        unsafe { libc::madvise(start as *mut libc::c_void, (end - start) as usize, libc::MADV_DONTNEED) };
      }
    }
  }
  1
}
