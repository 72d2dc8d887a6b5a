//! The frame parser of the native lane: whatever a web process writes, in whatever pieces it arrives.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the file under test is taken in whole")]

#[path = "../../src/lane/frame.rs"]
mod frame;

use std::cell::RefCell;

use frame::{Frame, FrameParser, HEADER_LENGTH, KIND_CLOSED, MAX_PAGE_KIND};
use libfuzzer_sys::fuzz_target;

/// What stands for the shared memory: it holds payloads of some lengths at some places.
fn take(end: u64, length: usize) -> Option<Vec<u8>> {
  (end % 3 != 0 && length <= 1 << 16).then(|| vec![end as u8; length])
}

/// The frames, the places of the shared memory that were asked for, whether it failed, and whether it ended between two frames.
fn parse(pieces: impl Iterator<Item = Vec<u8>>) -> (Vec<Frame>, Vec<(u64, usize)>, bool, bool) {
  let mut parser = FrameParser::default();
  let mut frames = Vec::new();
  let places = RefCell::default();
  let note = |end, length| {
    let payload = take(end, length);
    if payload.is_some() {
      Vec::push(&mut places.borrow_mut(), (end, length));
    }
    payload
  };
  for piece in pieces {
    if parser.feed(&piece, note, |frame| frames.push(frame)).is_err() {
      return (frames, places.take(), true, false);
    }
  }
  (frames, places.take(), false, parser.is_between_frames())
}

fuzz_target!(|data: &[u8]| {
  let Some((&size, bytes)) = data.split_first() else { return };
  let whole = parse(std::iter::once(bytes.to_vec()));
  let pieces = parse(bytes.chunks(usize::from(size) + 1).map(<[u8]>::to_vec));
  assert_eq!(whole, pieces, "the cuts make a difference");
  let (frames, places, failed, between) = whole;
  let mut rest = bytes;
  let mut places = places.iter();
  for frame in &frames {
    assert!(frame.header.kind != KIND_CLOSED && frame.header.kind <= MAX_PAGE_KIND);
    let length = frame.payload.len();
    let written = if rest[5] == 0 {
      [frame.header.encode(length as u32).as_slice(), &frame.payload].concat()
    } else {
      let &(end, asked) = places.next().expect("a place for each such frame");
      assert_eq!((Some(&frame.payload), asked), (take(end, length).as_ref(), length));
      let (header, place) = frame.header.encode_in_area(length as u32, end);
      [header.as_slice(), &place].concat()
    };
    assert!(rest.starts_with(&written), "what was read is not what was written");
    rest = &rest[written.len()..];
  }
  assert!(places.next().is_none());
  if !failed && between {
    assert!(rest.is_empty());
  }
  assert!(frames.len() <= bytes.len() / HEADER_LENGTH);
});
