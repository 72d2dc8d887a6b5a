//! The frame parser of the native lane: whatever a web process writes, in whatever pieces it arrives.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the file under test is taken in whole")]

#[path = "../../src/lane/frame.rs"]
mod frame;

use frame::{Frame, FrameParser, HEADER_LENGTH, KIND_CLOSED, MAX_PAGE_KIND};
use libfuzzer_sys::fuzz_target;

fn parse(pieces: impl Iterator<Item = Vec<u8>>) -> (Vec<Frame>, bool, bool) {
  let mut parser = FrameParser::default();
  let mut frames = Vec::new();
  for piece in pieces {
    if parser.feed(&piece, |_, _| None, |frame| frames.push(frame)).is_err() {
      return (frames, true, false);
    }
  }
  (frames, false, parser.is_between_frames())
}

fuzz_target!(|data: &[u8]| {
  let Some((&size, bytes)) = data.split_first() else { return };
  let whole = parse(std::iter::once(bytes.to_vec()));
  let pieces = parse(bytes.chunks(usize::from(size) + 1).map(<[u8]>::to_vec));
  assert_eq!(whole, pieces, "the cuts make a difference");
  let (frames, failed, between) = whole;
  let mut written = Vec::new();
  for frame in &frames {
    assert!(frame.header.kind != KIND_CLOSED && frame.header.kind <= MAX_PAGE_KIND);
    written.extend(frame.header.encode(frame.payload.len() as u32));
    written.extend(&frame.payload);
  }
  assert!(bytes.starts_with(&written), "what was read is not what was written");
  if !failed && between {
    assert_eq!(written.len(), bytes.len());
  }
  assert!(frames.len() <= bytes.len() / HEADER_LENGTH);
});
