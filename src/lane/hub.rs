//! The host's ends of all pages' channels, on the JS thread.
//!
//! One task per connection reads and fills a common queue; the op that waits for events drains it. Writes are tried at once and what the
//! socket does not take is queued, so that a page that does not read never holds up the JS thread.
//!
//! Architecture Invariant: neither V8 nor GTK types here. A connection is known by its number, numbers are not used twice.

mod patience;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::io::unix::AsyncFd;
use tokio::sync::Notify;

use super::area::{self, Area};
use super::frame::{FrameHeader, FrameParser, HEADER_LENGTH, KIND_CLOSED, LaneFrame, MAX_PAYLOAD};
use super::route::{ROUTED_KINDS, Route};

pub use patience::before_sleep;

/// Readers pause while JS has this many bytes of frames to work off, so that a page cannot fill the host's memory.
const READ_HIGH_WATER: usize = 64 << 20;
/// A page that leaves this many bytes unread gets no further frames.
const WRITE_HIGH_WATER: usize = 512 << 20;
/// Connections of one web contents: its page has one, and for a moment a second while it moves to another process. A process that makes more
/// is not ours, and gets none.
const MAX_CONNECTIONS: usize = 4;
/// The frame that brings a page the memory that it shares with us. Its payload is the length of the memory's rings.
const KIND_AREA: u8 = 58;
/// A page that sent and was sent so many long payloads gets such memory. Each gets a few while it loads, which the socket is good for.
const LONG_PAYLOADS: u32 = 6;
/// Size of one read.
const READ_SIZE: usize = 256 << 10;

/// All connections. Cloning it gives another handle to the same hub.
#[derive(Clone, Default)]
pub struct Hub(Arc<Inner>);

#[derive(Default)]
struct Inner {
  table: Mutex<Table>,
  queue: Mutex<VecDeque<LaneFrame>>,
  queued_bytes: AtomicUsize,
  /// Wakes the op that waits for frames.
  filled: Notify,
  /// Wakes readers that paused.
  drained: Notify,
}

#[derive(Default)]
struct Table {
  last: u32,
  connections: HashMap<u32, Arc<Connection>>,
  /// By connection and document.
  routes: HashMap<(u32, u32), Arc<Route>>,
}

struct Connection {
  web_contents: u32,
  peer: u32,
  socket: AsyncFd<OwnedFd>,
  outbox: Mutex<Outbox>,
  /// How many long payloads went over the socket.
  long_payloads: AtomicU32,
  area: OnceLock<Area>,
  /// Wakes the writer.
  written: Notify,
  closing: Notify,
}

#[derive(Default)]
struct Outbox {
  pieces: VecDeque<Vec<u8>>,
  /// Bytes of the first piece that the socket took already.
  offset: usize,
  bytes: usize,
  ring: area::Sender,
}

impl Hub {
  /// A hub without connections.
  pub fn new() -> Self {
    Self::default()
  }

  /// Takes the socket of a page of `web_contents` and starts to read it; gives the connection's number. Must be called in the tokio
  /// runtime of the JS thread.
  pub fn adopt(&self, web_contents: u32, socket: OwnedFd) -> io::Result<u32> {
    set_nonblocking(&socket)?;
    let peer = peer_process(&socket).unwrap_or(0);
    // SAFETY: an `OwnedFd` gives the same descriptor for as long as it lives, and nobody else closes it.
    let socket = unsafe { AsyncFd::register(socket)? };
    let connection = Arc::new(Connection {
      web_contents,
      peer,
      socket,
      outbox: Mutex::default(),
      long_payloads: AtomicU32::new(0),
      area: OnceLock::new(),
      written: Notify::new(),
      closing: Notify::new(),
    });
    let number = {
      let mut table = lock(&self.0.table);
      if table.connections.values().filter(|other| other.web_contents == web_contents).count() >= MAX_CONNECTIONS {
        return Err(io::Error::other("the page has too many channels"));
      }
      table.last += 1;
      let number = table.last;
      table.connections.insert(number, connection.clone());
      number
    };
    tokio::spawn(run(self.0.clone(), number, connection));
    Ok(number)
  }

  /// Process id of the web process behind a connection, as the kernel knows it; 0 when unknown.
  pub fn peer(&self, connection: u32) -> u32 {
    lock(&self.0.table).connections.get(&connection).map_or(0, |connection| connection.peer)
  }

  /// Sends a frame. False when the connection is gone, the payload is too long or the page left too much unread.
  pub fn send(&self, connection: u32, header: FrameHeader, payload: &[u8]) -> bool {
    let Some(connection) = lock(&self.0.table).connections.get(&connection).cloned() else {
      return false;
    };
    if payload.len() > MAX_PAYLOAD {
      return false;
    }
    patience::sent(&connection);
    connection.send(header, payload)
  }

  /// Ends a connection, for a page that does not keep to the protocol.
  pub fn close(&self, connection: u32) {
    if let Some(connection) = lock(&self.0.table).connections.get(&connection) {
      connection.closing.notify_one();
    }
  }

  /// Makes a way past the JS thread for frames of [`ROUTED_KINDS`] of one document.
  pub fn open_route(&self, connection: u32, document: u32) -> Arc<Route> {
    let route = Arc::new(Route::default());
    if let Some(old) = lock(&self.0.table).routes.insert((connection, document), route.clone()) {
      old.close();
    }
    route
  }

  /// Ends that way.
  pub fn close_route(&self, connection: u32, document: u32) {
    if let Some(route) = lock(&self.0.table).routes.remove(&(connection, document)) {
      route.close();
    }
  }

  /// Takes the frames that have arrived, oldest first, without waiting.
  pub fn take_frames(&self) -> Vec<LaneFrame> {
    let frames: Vec<_> = std::mem::take(&mut *lock(&self.0.queue)).into();
    if !frames.is_empty() {
      self.0.queued_bytes.store(0, Ordering::Release);
      self.0.drained.notify_waiters();
    }
    frames
  }

  /// Resolves when there are frames to take. Safe to drop and to call again.
  pub async fn ready(&self) {
    while lock(&self.0.queue).is_empty() {
      // A frame that comes in between leaves its permit, so it is not missed.
      self.0.filled.notified().await;
    }
  }
}

impl Inner {
  /// Hands a frame of a page on. Gives the route that it took, if it took one.
  fn arrived(&self, frame: LaneFrame) -> Option<Arc<Route>> {
    if ROUTED_KINDS.contains(&frame.header.kind)
      && let Some(route) = lock(&self.table).routes.get(&(frame.connection, frame.header.document)).cloned()
    {
      route.push(frame);
      return Some(route);
    }
    self.push(frame);
    None
  }

  fn push(&self, frame: LaneFrame) {
    let mut queue = lock(&self.queue);
    self.queued_bytes.fetch_add(frame.payload.len() + HEADER_LENGTH, Ordering::AcqRel);
    queue.push_back(frame);
    drop(queue);
    self.filled.notify_one();
  }
}

impl Connection {
  fn send(&self, header: FrameHeader, payload: &[u8]) -> bool {
    let mut outbox = lock(&self.outbox);
    if self.area.get().is_none() && outbox.pieces.is_empty() && self.long_payloads.load(Ordering::Relaxed) >= LONG_PAYLOADS {
      self.open_area(&mut outbox);
    }
    if payload.len() < area::LEAST {
      return self.write(&mut outbox, &header.encode(payload.len() as u32), payload);
    }
    if let Some(end) = self.area.get().and_then(|area| area.put(&mut outbox.ring, payload)) {
      let (header, place) = header.encode_in_area(payload.len() as u32, end);
      return self.write(&mut outbox, &header, &place);
    }
    self.long_payloads.fetch_add(1, Ordering::Relaxed);
    self.write(&mut outbox, &header.encode(payload.len() as u32), payload)
  }

  /// Gives the page memory to share. Where that fails the socket does for everything.
  fn open_area(&self, outbox: &mut Outbox) {
    self.long_payloads.store(0, Ordering::Relaxed);
    let Ok((area, file)) = Area::new() else {
      return;
    };
    let mut frame = [0; HEADER_LENGTH + 4];
    frame[..HEADER_LENGTH].copy_from_slice(&FrameHeader { kind: KIND_AREA, ..FrameHeader::default() }.encode(4));
    frame[HEADER_LENGTH..].copy_from_slice(&(area::RING as u32).to_le_bytes());
    let Ok(taken) = write_with_file(self.socket.get_ref(), &frame, &file) else {
      return;
    };
    if taken < frame.len() {
      self.queue(outbox, frame[taken..].to_vec());
    }
    // Nobody else sets it: the outbox is locked.
    let _ = self.area.set(area);
  }

  /// Sends or queues the bytes of one frame.
  fn write(&self, outbox: &mut Outbox, header: &[u8; HEADER_LENGTH], payload: &[u8]) -> bool {
    let total = HEADER_LENGTH + payload.len();
    if outbox.bytes + total > WRITE_HIGH_WATER {
      return false;
    }
    // Only an empty queue may be bypassed: the order of frames is the order of calls.
    let taken = if outbox.pieces.is_empty() { write_pair(self.socket.get_ref(), header, payload).unwrap_or(0) } else { 0 };
    if taken == total {
      return true;
    }
    let mut rest = Vec::with_capacity(total - taken);
    if taken < HEADER_LENGTH {
      rest.extend_from_slice(&header[taken..]);
      rest.extend_from_slice(payload);
    } else {
      rest.extend_from_slice(&payload[taken - HEADER_LENGTH..]);
    }
    self.queue(outbox, rest);
    true
  }

  fn queue(&self, outbox: &mut Outbox, rest: Vec<u8>) {
    outbox.bytes += rest.len();
    outbox.pieces.push_back(rest);
    self.written.notify_one();
  }

  /// Writes what is queued until the socket is full. True when nothing is left.
  fn flush(&self) -> io::Result<bool> {
    let mut outbox = lock(&self.outbox);
    while let Some(piece) = outbox.pieces.front() {
      let length = piece.len();
      match write_pair(self.socket.get_ref(), &piece[outbox.offset..], &[]) {
        Ok(taken) => {
          outbox.offset += taken;
          outbox.bytes -= taken;
          if outbox.offset == length {
            outbox.offset = 0;
            outbox.pieces.pop_front();
          }
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
        Err(error) => return Err(error),
      }
    }
    Ok(true)
  }

  async fn write_on(&self) -> io::Result<()> {
    loop {
      if self.flush()? {
        self.written.notified().await;
        continue;
      }
      // The failed write may be older than the readiness that tokio remembers, so it is tried once more before that is cleared.
      let mut guard = self.socket.writable().await?;
      let _ = guard.try_io(|_| if self.flush()? { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) });
    }
  }

  async fn read_on(&self, inner: &Inner, number: u32) -> io::Result<()> {
    let mut parser = FrameParser::default();
    let mut buffer = vec![0; READ_SIZE];
    loop {
      let mut guard = self.socket.readable().await?;
      let count = match guard.try_io(|socket| read(socket.get_ref(), &mut buffer)) {
        Err(_would_block) => continue,
        Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => continue,
        Ok(result) => result?,
      };
      drop(guard);
      if count == 0 {
        return Ok(());
      }
      patience::heard(self);
      let mut taken = None;
      let take = |end, length| self.area.get().and_then(|area| area.take(end, length));
      parser
        .feed(&buffer[..count], take, |frame| {
          let frame = LaneFrame { web_contents: self.web_contents, connection: number, header: frame.header, payload: frame.payload };
          if frame.payload.len() >= area::LEAST {
            self.long_payloads.fetch_add(1, Ordering::Relaxed);
          }
          taken = inner.arrived(frame).or(taken.take());
        })
        .map_err(io::Error::other)?;
      if let Some(route) = taken {
        route.has_room().await;
      }
      loop {
        let drained = inner.drained.notified();
        if inner.queued_bytes.load(Ordering::Acquire) <= READ_HIGH_WATER {
          break;
        }
        drained.await;
      }
    }
  }
}

/// Serves a connection until either side ends it.
async fn run(inner: Arc<Inner>, number: u32, connection: Arc<Connection>) {
  // Whichever ends first, the connection is done; why it ended makes no difference to JS.
  tokio::select! {
    _ = connection.read_on(&inner, number) => {}
    _ = connection.write_on() => {}
    () = connection.closing.notified() => {}
  }
  {
    let mut table = lock(&inner.table);
    table.connections.remove(&number);
    table.routes.retain(|(connection, _), route| {
      let stays = *connection != number;
      if !stays {
        route.close();
      }
      stays
    });
  }
  inner.push(LaneFrame {
    web_contents: connection.web_contents,
    connection: number,
    header: FrameHeader { kind: KIND_CLOSED, ..FrameHeader::default() },
    payload: Vec::new(),
  });
}

/// A panic elsewhere leaves the tables whole: every change to them is a single step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
  mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set_nonblocking(socket: &OwnedFd) -> io::Result<()> {
  // SAFETY: fcntl on a descriptor that we own; no memory is passed.
  unsafe {
    let flags = libc::fcntl(socket.as_raw_fd(), libc::F_GETFL);
    if flags < 0 || libc::fcntl(socket.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK) < 0 {
      return Err(io::Error::last_os_error());
    }
  }
  Ok(())
}

/// A socket pair remembers who made it: the web process.
fn peer_process(socket: &OwnedFd) -> Option<u32> {
  let mut credentials = libc::ucred { pid: 0, uid: 0, gid: 0 };
  let mut length = size_of::<libc::ucred>() as libc::socklen_t;
  // SAFETY: the pointer and the length describe `credentials`, which outlives the call.
  let result =
    unsafe { libc::getsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_PEERCRED, (&raw mut credentials).cast(), &raw mut length) };
  if result == 0 { u32::try_from(credentials.pid).ok() } else { None }
}

/// Whether a read would not wait: there are bytes, the end or an error.
fn has_something(socket: &OwnedFd) -> bool {
  let mut byte = 0u8;
  // SAFETY: the pointer and the length describe `byte`.
  let count = unsafe { libc::recv(socket.as_raw_fd(), (&raw mut byte).cast(), 1, libc::MSG_PEEK | libc::MSG_DONTWAIT) };
  count >= 0 || io::Error::last_os_error().kind() != io::ErrorKind::WouldBlock
}

fn read(socket: &OwnedFd, buffer: &mut [u8]) -> io::Result<usize> {
  // SAFETY: the pointer and the length describe `buffer`.
  let count = unsafe { libc::recv(socket.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), 0) };
  usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Writes two buffers in one go, as far as the socket takes them. `send` instead of `write`, so that a gone page raises no signal.
fn write_pair(socket: &OwnedFd, first: &[u8], second: &[u8]) -> io::Result<usize> {
  let mut parts = [
    libc::iovec { iov_base: first.as_ptr().cast_mut().cast(), iov_len: first.len() },
    libc::iovec { iov_base: second.as_ptr().cast_mut().cast(), iov_len: second.len() },
  ];
  // SAFETY: a zeroed msghdr is valid; the parts point to slices that outlive the call, and sendmsg only reads them.
  let count = unsafe {
    let mut message: libc::msghdr = std::mem::zeroed();
    message.msg_iov = parts.as_mut_ptr();
    message.msg_iovlen = parts.len() as _;
    libc::sendmsg(socket.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT)
  };
  usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

/// Writes bytes, as far as the socket takes them, and hands a descriptor over with the first of them.
fn write_with_file(socket: &OwnedFd, bytes: &[u8], file: &OwnedFd) -> io::Result<usize> {
  // Of words, because the kernel's headers in it must be aligned.
  let mut control = [0u64; 4];
  let mut part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
  // SAFETY: a zeroed msghdr is valid. The control buffer is longer than one header with one descriptor, and everything that is pointed to outlives
  // the call, which only reads it.
  let count = unsafe {
    let mut message: libc::msghdr = std::mem::zeroed();
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    message.msg_control = control.as_mut_ptr().cast();
    message.msg_controllen = libc::CMSG_SPACE(size_of::<libc::c_int>() as u32) as _;
    let header = libc::CMSG_FIRSTHDR(&raw const message);
    (*header).cmsg_level = libc::SOL_SOCKET;
    (*header).cmsg_type = libc::SCM_RIGHTS;
    (*header).cmsg_len = libc::CMSG_LEN(size_of::<libc::c_int>() as u32) as _;
    libc::CMSG_DATA(header).cast::<libc::c_int>().write_unaligned(file.as_raw_fd());
    libc::sendmsg(socket.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT)
  };
  usize::try_from(count).map_err(|_| io::Error::last_os_error())
}
