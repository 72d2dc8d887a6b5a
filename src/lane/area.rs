//! Memory that the two ends of a channel share, for long payloads: a socket copies every byte twice and in pieces, and wakes both ends in
//! between.
//!
//! The host makes it, once a page has sent or been sent a few long payloads. It is one file in memory: a page of control words, the ring of
//! payloads from the page, the ring of those to the page. The frame of a payload still goes over the socket, with the payload's place in the
//! ring, so the order of frames is that of the socket. What does not fit a ring goes over the socket as a whole.
//!
//! Positions count the bytes that ever went through a ring, so they only grow. A payload lies in one piece: it never crosses the ring's end. The
//! receiver writes into its control word up to where it has read. The web process is not trusted: it may write anything anywhere in the memory at
//! any time, so the host takes a copy before it looks at a payload, and reads nothing else but one control word, which is judged. The file cannot
//! shrink, so that no access fails.

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, Ordering};

/// Payloads of fewer bytes go over the socket.
pub(super) const LEAST: usize = 16 << 10;
/// Bytes of each ring. Memory that no payload has touched is not there.
pub(super) const RING: usize = 8 << 20;

/// Bytes in front of the rings.
const CONTROL: usize = 4 << 10;
/// Places of the control words: what the host has read, what the page has read.
const RELEASED_BY_HOST: usize = 0;
const RELEASED_BY_PAGE: usize = 64;
const SIZE: usize = CONTROL + 2 * RING;

/// The host's view of the memory.
pub(super) struct Area(NonNull<u8>);

// SAFETY: the memory is shared with another process anyway. It is only accessed through copies of bytes, by one thread for each ring, which the
// owners of `Sender` and of the receiving end see to, and through atomic words.
unsafe impl Send for Area {}
// SAFETY: as above.
unsafe impl Sync for Area {}

/// The host's end of the ring to the page.
#[derive(Debug, Default)]
pub(super) struct Sender {
  /// The position behind the last payload.
  head: u64,
  /// Before here nothing is in use, whatever the page has released.
  floor: u64,
}

impl Area {
  /// Makes the memory, and gives the descriptor for the page.
  pub(super) fn new() -> io::Result<(Self, OwnedFd)> {
    // SAFETY: the name is a C string, and the result is checked before it is owned.
    let file = unsafe {
      let file = libc::memfd_create(c"shell-lane".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING);
      if file < 0 {
        return Err(io::Error::last_os_error());
      }
      OwnedFd::from_raw_fd(file)
    };
    // SAFETY: calls on a descriptor that we own; the mapping is new and of the file's size.
    let base = unsafe {
      if libc::ftruncate(file.as_raw_fd(), SIZE as libc::off_t) < 0
        || libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL) < 0
      {
        return Err(io::Error::last_os_error());
      }
      libc::mmap(ptr::null_mut(), SIZE, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED, file.as_raw_fd(), 0)
    };
    if base == libc::MAP_FAILED {
      return Err(io::Error::last_os_error());
    }
    let base = NonNull::new(base.cast()).ok_or_else(|| io::Error::other("no address"))?;
    Ok((Self(base), file))
  }

  /// Puts a payload into the ring to the page. Gives the position behind it; `None` when there is no room.
  pub(super) fn put(&self, sender: &mut Sender, payload: &[u8]) -> Option<u64> {
    let (ring, length) = (RING as u64, payload.len() as u64);
    let mut tail = self.word(RELEASED_BY_PAGE).load(Ordering::Acquire).max(sender.floor);
    if length == 0 || tail > sender.head {
      return None;
    }
    let offset = sender.head % ring;
    let mut start = sender.head;
    // An empty ring is begun anew, so that few messages touch little memory.
    if offset > 0 && (tail == sender.head || offset + length > ring) {
      start += ring - offset;
    }
    if tail == sender.head {
      tail = start;
      sender.floor = start;
    }
    if start + length - tail > ring {
      return None;
    }
    // SAFETY: the piece begins inside of the ring and was found to end there too.
    unsafe {
      let target = self.0.as_ptr().add(CONTROL + RING + (start % ring) as usize);
      ptr::copy_nonoverlapping(payload.as_ptr(), target, payload.len());
    }
    sender.head = start + length;
    Some(sender.head)
  }

  /// Takes the payload that ends at a position of the ring from the page, and releases it. `None` if there cannot be one.
  pub(super) fn take(&self, end: u64, length: usize) -> Option<Vec<u8>> {
    let start = (end.checked_sub(length as u64)? % RING as u64) as usize;
    if length == 0 || start + length > RING {
      return None;
    }
    let mut payload = Vec::with_capacity(length);
    // SAFETY: the piece was found to lie inside of the ring, and the buffer has room for it. Bytes that the page changes meanwhile are still
    // bytes: only the copy is looked at.
    unsafe {
      ptr::copy_nonoverlapping(self.0.as_ptr().add(CONTROL + start), payload.as_mut_ptr(), length);
      payload.set_len(length);
    }
    self.word(RELEASED_BY_HOST).store(end, Ordering::Release);
    Some(payload)
  }

  fn word(&self, place: usize) -> &AtomicU64 {
    // SAFETY: both places are aligned and inside of the mapping, which lives as long as `self`; nothing of ours accesses them otherwise.
    unsafe { AtomicU64::from_ptr(self.0.as_ptr().add(place).cast()) }
  }
}

impl Drop for Area {
  fn drop(&mut self) {
    // SAFETY: the mapping was made with this address and length, and nothing refers to it any more.
    unsafe {
      libc::munmap(self.0.as_ptr().cast(), SIZE);
    }
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  /// What a page does with its view of the same memory.
  struct Page(Area);

  impl Page {
    fn of(file: &OwnedFd) -> Self {
      // SAFETY: a mapping of a file of that size.
      let base = unsafe { libc::mmap(ptr::null_mut(), SIZE, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED, file.as_raw_fd(), 0) };
      Self(Area(NonNull::new(base.cast()).expect("mapped")))
    }

    fn write(&self, at: usize, bytes: &[u8]) {
      // SAFETY: the tests stay inside of the ring.
      unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.0.0.as_ptr().add(CONTROL + at), bytes.len()) }
    }

    fn read(&self, end: u64, length: usize) -> Vec<u8> {
      let start = ((end - length as u64) % RING as u64) as usize;
      // SAFETY: as above.
      unsafe { std::slice::from_raw_parts(self.0.0.as_ptr().add(CONTROL + RING + start), length).to_vec() }
    }

    fn release(&self, end: u64) {
      self.0.word(RELEASED_BY_PAGE).store(end, Ordering::Release);
    }
  }

  #[test]
  fn payloads_go_both_ways() {
    let (area, file) = Area::new().expect("memory");
    let page = Page::of(&file);
    page.write(100, b"hello");
    assert_eq!(area.take(105, 5).as_deref(), Some(b"hello".as_slice()));
    assert_eq!(page.0.word(RELEASED_BY_HOST).load(Ordering::Acquire), 105);
    let mut sender = Sender::default();
    let end = area.put(&mut sender, b"there").expect("room");
    assert_eq!(page.read(end, 5), b"there");
  }

  #[test]
  fn a_full_ring_refuses_and_an_empty_one_begins_anew() {
    let (area, file) = Area::new().expect("memory");
    let page = Page::of(&file);
    let mut sender = Sender::default();
    let piece = vec![7; RING / 3 + 1];
    let first = area.put(&mut sender, &piece).expect("room");
    let second = area.put(&mut sender, &piece).expect("room");
    assert_eq!(area.put(&mut sender, &piece), None);
    page.release(first);
    // It would cross the end, and the start has no room for it yet.
    let long = vec![9; RING / 3 + 2];
    assert_eq!(area.put(&mut sender, &long), None);
    let third = area.put(&mut sender, &piece).expect("room at the start");
    assert_eq!((third - piece.len() as u64) % RING as u64, 0);
    assert_eq!(page.read(second, piece.len()), piece);
    page.release(third);
    let all = vec![1; RING];
    let end = area.put(&mut sender, &all).expect("an empty ring has room for all of it");
    assert_eq!(page.read(end, RING), all);
    page.release(end);
    let one = area.put(&mut sender, b"x").expect("room");
    assert_eq!((one - 1) % RING as u64, 0);
    assert_eq!(area.put(&mut sender, &vec![1; RING + 1]), None);
  }

  #[test]
  fn s19_what_a_page_writes_into_the_memory_is_judged() {
    let (area, file) = Area::new().expect("memory");
    let page = Page::of(&file);
    for (end, length) in [(3, 5), (RING as u64 + 1, 5), (0, 0), (u64::MAX, RING), (RING as u64 * 2 + 1, RING), (5, RING + 5)] {
      assert_eq!(area.take(end, length), None, "{length} bytes before {end}");
    }
    assert_eq!(area.take(u64::MAX - 10, 5).map(|payload| payload.len()), Some(5));
    let mut sender = Sender::default();
    for released in [1, u64::MAX, 1 << 40] {
      page.release(released);
      assert_eq!(area.put(&mut sender, b"never read"), None);
    }
    page.release(0);
    let end = area.put(&mut sender, b"read").expect("room");
    assert_eq!(page.read(end, 4), b"read");
    // SAFETY: a call on a descriptor that we own.
    assert_eq!(unsafe { libc::ftruncate(file.as_raw_fd(), 0) }, -1, "a page cannot take the memory away");
  }
}
