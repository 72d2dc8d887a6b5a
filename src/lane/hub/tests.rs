use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::patience::{MORE_AWAKE, MOST_AWAKE, PATIENCE, Patience};
use super::*;

fn header(kind: u8, id: u32) -> FrameHeader {
  FrameHeader { kind, id, document: 1, frame: 2 }
}

fn run_local(test: impl Future<Output = ()>) {
  let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
  runtime.block_on(async { tokio::time::timeout(Duration::from_secs(20), test).await.expect("in time") });
}

async fn next(hub: &Hub) -> Vec<LaneFrame> {
  hub.ready().await;
  hub.take_frames()
}

#[test]
fn frames_go_both_ways_and_the_end_is_told() {
  run_local(async {
    let (ours, mut theirs) = UnixStream::pair().expect("pair");
    let hub = Hub::new();
    let number = hub.adopt(7, ours.into()).expect("adopted");
    assert_eq!(hub.peer(number), std::process::id());
    theirs.write_all(&header(5, 9).encode(3)).expect("written");
    theirs.write_all(b"abc").expect("written");
    let frames = next(&hub).await;
    assert_eq!(frames.len(), 1);
    assert_eq!((frames[0].web_contents, frames[0].header, frames[0].payload.as_slice()), (7, header(5, 9), b"abc".as_slice()));
    assert!(hub.send(number, header(70, 1), b"xy"));
    let mut bytes = [0; HEADER_LENGTH + 2];
    theirs.read_exact(&mut bytes).expect("read");
    assert_eq!(&bytes[HEADER_LENGTH..], b"xy");
    drop(theirs);
    assert_eq!(next(&hub).await[0].header.kind, KIND_CLOSED);
    assert!(!hub.send(number, header(70, 1), b""));
  });
}

#[test]
fn a_protocol_error_closes_only_its_connection() {
  run_local(async {
    let hub = Hub::new();
    let (ours, mut bad) = UnixStream::pair().expect("pair");
    let (other, mut good) = UnixStream::pair().expect("pair");
    let bad_number = hub.adopt(1, ours.into()).expect("adopted");
    let good_number = hub.adopt(2, other.into()).expect("adopted");
    bad.write_all(&[0xff; 24]).expect("written");
    let frames = next(&hub).await;
    assert_eq!((frames[0].connection, frames[0].header.kind), (bad_number, KIND_CLOSED));
    good.write_all(&header(1, 1).encode(0)).expect("written");
    assert_eq!(next(&hub).await[0].connection, good_number);
  });
}

#[test]
fn s19_channels_of_one_page_are_few() {
  run_local(async {
    let hub = Hub::new();
    let mut theirs = Vec::new();
    for _ in 0..MAX_CONNECTIONS {
      let (ours, other) = UnixStream::pair().expect("pair");
      theirs.push(other);
      hub.adopt(1, ours.into()).expect("adopted");
    }
    let more = || hub.adopt(1, UnixStream::pair().expect("pair").0.into());
    assert!(more().is_err());
    let (ours, _other) = UnixStream::pair().expect("pair");
    hub.adopt(2, ours.into()).expect("another page has its own");
    theirs.pop();
    next(&hub).await;
    more().expect("one has ended");
  });
}

#[test]
fn a_route_takes_only_its_document_and_its_kinds() {
  run_local(async {
    let hub = Hub::new();
    let (ours, mut theirs) = UnixStream::pair().expect("pair");
    let number = hub.adopt(1, ours.into()).expect("adopted");
    let route = hub.open_route(number, 1);
    let other = FrameHeader { document: 2, ..header(21, 4) };
    for frame in [header(7, 1), header(21, 2), header(25, 3), other, header(8, 5)] {
      theirs.write_all(&frame.encode(0)).expect("written");
    }
    assert!(route.ready().await);
    assert_eq!(route.take().map(|frame| frame.header.id), Some(2));
    assert!(route.ready().await);
    assert_eq!(route.take().map(|frame| frame.header.id), Some(3));
    let mut ids = Vec::new();
    while ids.len() < 3 {
      ids.extend(next(&hub).await.iter().map(|frame| frame.header.id));
    }
    assert_eq!(ids, [1, 4, 5]);
    hub.close_route(number, 1);
    assert!(!route.ready().await);
    theirs.write_all(&header(21, 6).encode(0)).expect("written");
    assert_eq!(next(&hub).await[0].header.id, 6);
    let route = hub.open_route(number, 1);
    drop(theirs);
    assert!(!route.ready().await);
  });
}

#[test]
fn big_frames_wait_for_a_slow_reader_in_order() {
  run_local(async {
    let hub = Hub::new();
    let (ours, mut theirs) = UnixStream::pair().expect("pair");
    let number = hub.adopt(1, ours.into()).expect("adopted");
    for id in 0..20 {
      assert!(hub.send(number, header(70, id), &vec![id as u8; 1 << 20]));
    }
    let reader = std::thread::spawn(move || {
      for id in 0..20_u32 {
        let mut head = [0; HEADER_LENGTH];
        theirs.read_exact(&mut head).expect("header");
        assert_eq!(head[8..12], id.to_le_bytes());
        let mut payload = vec![0; 1 << 20];
        theirs.read_exact(&mut payload).expect("payload");
        assert!(payload.iter().all(|byte| *byte == id as u8));
      }
    });
    while !reader.is_finished() {
      tokio::time::sleep(Duration::from_millis(5)).await;
    }
    reader.join().expect("in order");
  });
}

/// How many bytes of a stream the other side has not read yet.
fn unread(socket: &UnixStream) -> libc::c_int {
  let mut count: libc::c_int = 0;
  // SAFETY: the request writes one `int`, which outlives the call.
  let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::TIOCOUTQ, &raw mut count) };
  assert_eq!(result, 0, "{}", io::Error::last_os_error());
  count
}

/// Writes pieces of `size` bytes, each when the one before was read: a stream would join them.
fn write_in_pieces(socket: &mut UnixStream, bytes: &[u8], size: usize) {
  for piece in bytes.chunks(size) {
    socket.write_all(piece).expect("written");
    while unread(socket) > 0 {
      std::thread::yield_now();
    }
  }
}

#[test]
fn r24_frames_come_whole_in_reads_of_any_size() {
  run_local(async {
    let payload: Vec<u8> = (0..5000_u32).map(|at| (at * 31 % 251) as u8).collect();
    let lengths = [0, 1, 999, 1000, 1001, 2024, 5000];
    for size in [1, 1023, 1024, 1025] {
      let hub = Hub::new();
      let (ours, mut theirs) = UnixStream::pair().expect("pair");
      hub.adopt(1, ours.into()).expect("adopted");
      let mut bytes = Vec::new();
      for (id, length) in lengths.into_iter().enumerate() {
        bytes.extend(header(7, id as u32).encode(length as u32));
        bytes.extend(&payload[..length]);
      }
      let writer = std::thread::spawn(move || write_in_pieces(&mut theirs, &bytes, size));
      let mut frames = Vec::new();
      while frames.last().is_none_or(|frame: &LaneFrame| frame.header.kind != KIND_CLOSED) {
        frames.extend(next(&hub).await);
      }
      writer.join().expect("written");
      frames.pop();
      assert_eq!(frames.len(), lengths.len(), "pieces of {size}");
      for (id, (frame, length)) in frames.iter().zip(lengths).enumerate() {
        assert_eq!(frame.header, header(7, id as u32), "pieces of {size}");
        assert!(frame.payload == payload[..length], "pieces of {size}: payload {id}");
      }
    }
  });
}

#[test]
fn r24_a_frame_that_ends_half_way_is_none() {
  run_local(async {
    let mut bytes = header(7, 1).encode(3).to_vec();
    bytes.extend(b"abc");
    let whole = bytes.len();
    bytes.extend(header(7, 2).encode(2000));
    bytes.extend([9; 2000]);
    for size in [1, 1023, 1024, 1025, bytes.len()] {
      // In the header, behind it, in the payload, before its last byte.
      for end in [whole + 1, whole + HEADER_LENGTH - 1, whole + HEADER_LENGTH, whole + 1024, bytes.len() - 1] {
        let hub = Hub::new();
        let (ours, mut theirs) = UnixStream::pair().expect("pair");
        hub.adopt(1, ours.into()).expect("adopted");
        let part = bytes[..end].to_vec();
        let writer = std::thread::spawn(move || write_in_pieces(&mut theirs, &part, size));
        let mut kinds = Vec::new();
        while kinds.last() != Some(&KIND_CLOSED) {
          kinds.extend(next(&hub).await.iter().map(|frame| frame.header.kind));
        }
        writer.join().expect("written");
        assert_eq!(kinds, [7, KIND_CLOSED], "pieces of {size}, cut at {end}");
      }
    }
  });
}

/// A pipe takes pages of a file without copying them, and a socket takes them from there: what is in them can be changed until it is read.
fn splice_shared(memory: &std::fs::File, length: usize, socket: &UnixStream) {
  let mut ends = [0; 2];
  // SAFETY: the array has room for the two descriptors, which nobody else knows.
  let pipe = unsafe {
    assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
    ends.map(|end| std::os::fd::FromRawFd::from_raw_fd(end))
  };
  let [reader, writer]: [OwnedFd; 2] = pipe;
  let mut at: libc::loff_t = 0;
  while (at as usize) < length {
    let rest = length - at as usize;
    // SAFETY: the offset outlives the call, which moves it.
    let taken = unsafe { libc::splice(memory.as_raw_fd(), &raw mut at, writer.as_raw_fd(), std::ptr::null_mut(), rest, 0) };
    let mut left = usize::try_from(taken).expect("taken from the file");
    while left > 0 {
      // SAFETY: no memory is passed.
      let put = unsafe { libc::splice(reader.as_raw_fd(), std::ptr::null_mut(), socket.as_raw_fd(), std::ptr::null_mut(), left, 0) };
      left -= usize::try_from(put).expect("put into the socket");
    }
  }
}

#[test]
fn s20_a_frame_is_a_copy_that_its_sender_cannot_change() {
  use std::os::fd::FromRawFd;
  use std::os::unix::fs::FileExt;
  run_local(async {
    const LENGTH: usize = 100_000;
    // SAFETY: the name is a constant; the descriptor is ours.
    let memory = unsafe { std::fs::File::from_raw_fd(libc::memfd_create(c"frame".as_ptr(), 0)) };
    let mut bytes = header(7, 1).encode(LENGTH as u32).to_vec();
    bytes.resize(HEADER_LENGTH + LENGTH, 1);
    memory.write_all_at(&bytes, 0).expect("written");
    let hub = Hub::new();
    let (ours, theirs) = UnixStream::pair().expect("pair");
    hub.adopt(1, ours.into()).expect("adopted");
    let sender = std::thread::spawn(move || {
      for _ in 0..20 {
        splice_shared(&memory, HEADER_LENGTH + LENGTH, &theirs);
      }
      (memory, theirs)
    });
    let mut frames = Vec::new();
    while frames.len() < 20 {
      frames.extend(next(&hub).await);
    }
    let (memory, _theirs) = sender.join().expect("sent");
    memory.write_all_at(&[2; HEADER_LENGTH + LENGTH], 0).expect("written");
    for frame in &frames {
      assert_eq!((frame.header, frame.payload.len()), (header(7, 1), LENGTH));
      assert!(frame.payload.iter().all(|byte| *byte == 1));
    }
  });
}

#[test]
fn a_page_that_does_not_answer_is_soon_not_waited_for() {
  run_local(async {
    let (ours, mut theirs) = UnixStream::pair().expect("pair");
    let hub = Hub::new();
    let number = hub.adopt(1, ours.into()).expect("adopted");
    let usual = || PATIENCE.with_borrow(|patience| patience.usual);
    before_sleep();
    assert_eq!(usual(), Duration::ZERO, "nothing was sent");
    for _ in 0..4 {
      assert!(hub.send(number, header(70, 1), b""));
      before_sleep();
    }
    let never = usual();
    assert!(never > MOST_AWAKE, "{never:?}");
    assert!(hub.send(number, header(70, 1), b""));
    before_sleep();
    assert_eq!(usual(), never, "no time was lost");
    theirs.write_all(&header(5, 9).encode(0)).expect("written");
    next(&hub).await;
    assert!(usual() < never, "what comes while the thread sleeps counts");
    let less = usual();
    theirs.write_all(&header(5, 9).encode(0)).expect("written");
    next(&hub).await;
    assert_eq!(usual(), less, "that answered nothing");
  });
}

#[test]
fn long_payloads_take_shared_memory_once_there_were_some() {
  run_local(async {
    let (ours, mut theirs) = UnixStream::pair().expect("pair");
    let hub = Hub::new();
    let number = hub.adopt(7, ours.into()).expect("adopted");
    let payload = vec![5; area::LEAST];
    let mut frame = vec![0; HEADER_LENGTH + payload.len()];
    for _ in 0..LONG_PAYLOADS {
      assert!(hub.send(number, header(70, 1), &payload));
      theirs.read_exact(&mut frame).expect("read");
      assert_eq!((frame[4], frame[5]), (70, 0));
    }
    assert!(hub.send(number, header(70, 2), &payload));
    let mut frames = [0; HEADER_LENGTH + 4 + HEADER_LENGTH + 8];
    theirs.read_exact(&mut frames).expect("read");
    assert_eq!(frames[4], KIND_AREA);
    assert_eq!(frames[HEADER_LENGTH..HEADER_LENGTH + 4], (area::RING as u32).to_le_bytes());
    let (rest, place) = header(70, 2).encode_in_area(payload.len() as u32, payload.len() as u64);
    assert_eq!((&frames[HEADER_LENGTH + 4..HEADER_LENGTH * 2 + 4], &frames[HEADER_LENGTH * 2 + 4..]), (rest.as_slice(), place.as_slice()));
    let (first, place) = header(5, 9).encode_in_area(area::LEAST as u32, area::LEAST as u64);
    theirs.write_all(&[first.as_slice(), place.as_slice()].concat()).expect("written");
    assert_eq!(next(&hub).await[0].payload, vec![0; area::LEAST]);
    let (first, place) = header(5, 9).encode_in_area(area::LEAST as u32, 1);
    theirs.write_all(&[first.as_slice(), place.as_slice()].concat()).expect("written");
    assert_eq!(next(&hub).await[0].header.kind, KIND_CLOSED);
  });
}

#[test]
fn a_payload_in_memory_that_is_not_there_closes_the_connection() {
  run_local(async {
    let (ours, mut theirs) = UnixStream::pair().expect("pair");
    let hub = Hub::new();
    hub.adopt(7, ours.into()).expect("adopted");
    let (first, place) = header(5, 9).encode_in_area(100, 100);
    theirs.write_all(&[first.as_slice(), place.as_slice()].concat()).expect("written");
    assert_eq!(next(&hub).await[0].header.kind, KIND_CLOSED);
  });
}

#[test]
fn pages_are_waited_for_as_long_as_they_usually_take() {
  let mut patience = Patience::default();
  assert_eq!(patience.awake(), MORE_AWAKE, "nothing is known yet");
  for _ in 0..20 {
    patience.note(Duration::from_micros(100));
  }
  assert!(patience.awake() > MORE_AWAKE * 2 && patience.awake() < MOST_AWAKE, "{:?}", patience.awake());
  patience.note(Duration::MAX);
  assert_eq!(patience.awake(), MOST_AWAKE, "once is no rule");
  for _ in 0..3 {
    patience.note(Duration::MAX);
  }
  assert_eq!(patience.awake(), Duration::ZERO);
}
