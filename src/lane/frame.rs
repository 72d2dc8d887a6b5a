//! The frame format of the native lane, and a parser that takes bytes as they come.
//!
//! A frame is a little-endian header of 24 bytes and a payload: `u32` payload length, `u8` kind, `u8` flags, two zero bytes, `u32` id,
//! `u32` document, `u64` frame. With flag 1 the payload is in memory that both ends share (`area.rs`), and a `u64` follows instead,
//! the position behind it. Bytes come from a web process, which is untrusted: a header is judged before anything is allocated for it, and the
//! buffer of a payload grows with the bytes that really arrived, never with the length that was promised.

use thiserror::Error;

/// Length of a frame's header.
pub const HEADER_LENGTH: usize = 24;
/// The longest payload that is accepted, either way.
pub const MAX_PAYLOAD: usize = 256 << 20;
/// The highest kind that a page may send. What the kinds mean is a matter of `shell-js/common/lane-frames.js` and of the extension.
pub const MAX_PAGE_KIND: u8 = 31;
/// Flag of a header: the payload is in the shared memory.
const IN_AREA: u8 = 1;
/// What follows the header then.
const PLACE_LENGTH: usize = 8;
/// Never on the wire: the hub's own mark in the queue of frames that a connection ended.
pub const KIND_CLOSED: u8 = 0;

/// How much is reserved for a payload before its bytes arrive.
const FIRST_RESERVE: usize = 4 << 20;

/// A frame's header without its length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameHeader {
  pub kind: u8,
  /// Pairs requests and answers; 0 where there is none.
  pub id: u32,
  /// The extension's number of the document.
  pub document: u32,
  /// WebKit's id of the frame that holds the document.
  pub frame: u64,
}

/// One frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
  pub header: FrameHeader,
  pub payload: Vec<u8>,
}

/// A frame as JS gets it. The last one of a connection has kind [`KIND_CLOSED`].
#[derive(Debug, PartialEq, Eq)]
pub struct LaneFrame {
  pub web_contents: u32,
  pub connection: u32,
  pub header: FrameHeader,
  pub payload: Vec<u8>,
}

/// Why a connection cannot go on.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProtocolError {
  #[error("payload of {0} bytes is over the limit")]
  TooLong(usize),
  #[error("kind {0} is not one that a page sends")]
  Kind(u8),
  #[error("reserved bytes of a header are not zero")]
  Reserved,
  #[error("a payload of {0} bytes is not where it should be in the shared memory")]
  Place(usize),
}

impl FrameHeader {
  /// The header's bytes in front of a payload of `length` bytes.
  pub fn encode(&self, length: u32) -> [u8; HEADER_LENGTH] {
    let mut bytes = [0; HEADER_LENGTH];
    bytes[0..4].copy_from_slice(&length.to_le_bytes());
    bytes[4] = self.kind;
    bytes[8..12].copy_from_slice(&self.id.to_le_bytes());
    bytes[12..16].copy_from_slice(&self.document.to_le_bytes());
    bytes[16..24].copy_from_slice(&self.frame.to_le_bytes());
    bytes
  }

  /// The header's bytes and what follows, for a payload of `length` bytes that ends at a position of the shared memory.
  pub fn encode_in_area(&self, length: u32, end: u64) -> ([u8; HEADER_LENGTH], [u8; PLACE_LENGTH]) {
    let mut bytes = self.encode(length);
    bytes[5] = IN_AREA;
    (bytes, end.to_le_bytes())
  }

  /// Reads a header that a page sent, with the payload's length and whether it is in the shared memory.
  pub fn decode(bytes: &[u8; HEADER_LENGTH]) -> Result<(Self, usize, bool), ProtocolError> {
    let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let length = word(0) as usize;
    let kind = bytes[4];
    if length > MAX_PAYLOAD {
      return Err(ProtocolError::TooLong(length));
    }
    if kind == KIND_CLOSED || kind > MAX_PAGE_KIND {
      return Err(ProtocolError::Kind(kind));
    }
    if bytes[5] > IN_AREA || bytes[6..8] != [0; 2] {
      return Err(ProtocolError::Reserved);
    }
    let frame = u64::from(word(16)) | u64::from(word(20)) << 32;
    Ok((Self { kind, id: word(8), document: word(12), frame }, length, bytes[5] == IN_AREA))
  }
}

/// Makes frames out of a byte stream. After an error it is of no further use.
#[derive(Debug, Default)]
pub struct FrameParser {
  header: [u8; HEADER_LENGTH],
  header_have: usize,
  current: Option<Current>,
  payload: Vec<u8>,
}

/// A frame whose payload is arriving.
#[derive(Debug)]
struct Current {
  header: FrameHeader,
  length: usize,
  is_in_area: bool,
}

impl Current {
  /// How many bytes follow the header.
  fn rest(&self) -> usize {
    if self.is_in_area { PLACE_LENGTH } else { self.length }
  }
}

impl FrameParser {
  /// Takes bytes and hands each frame that they complete to `sink`. `take` gives a payload of the shared memory: by the position behind it
  /// and its length.
  pub fn feed(
    &mut self,
    mut bytes: &[u8],
    take: impl Fn(u64, usize) -> Option<Vec<u8>>,
    mut sink: impl FnMut(Frame),
  ) -> Result<(), ProtocolError> {
    loop {
      let Some(current) = &self.current else {
        let count = bytes.len().min(HEADER_LENGTH - self.header_have);
        self.header[self.header_have..self.header_have + count].copy_from_slice(&bytes[..count]);
        self.header_have += count;
        bytes = &bytes[count..];
        if self.header_have < HEADER_LENGTH {
          return Ok(());
        }
        self.header_have = 0;
        let (header, length, is_in_area) = FrameHeader::decode(&self.header)?;
        let current = Current { header, length, is_in_area };
        self.payload = Vec::with_capacity(current.rest().min(FIRST_RESERVE));
        self.current = Some(current);
        continue;
      };
      let count = bytes.len().min(current.rest() - self.payload.len());
      self.payload.extend_from_slice(&bytes[..count]);
      bytes = &bytes[count..];
      if self.payload.len() < current.rest() {
        return Ok(());
      }
      let (header, length, is_in_area) = (current.header, current.length, current.is_in_area);
      self.current = None;
      let mut payload = std::mem::take(&mut self.payload);
      if is_in_area {
        let place = payload.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        payload = take(place, length).ok_or(ProtocolError::Place(length))?;
      }
      sink(Frame { header, payload });
    }
  }

  /// Whether the stream stands between two frames.
  pub fn is_between_frames(&self) -> bool {
    self.header_have == 0 && self.current.is_none()
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  fn bytes_of(header: FrameHeader, payload: &[u8]) -> Vec<u8> {
    let mut bytes = header.encode(payload.len() as u32).to_vec();
    bytes.extend_from_slice(payload);
    bytes
  }

  fn parse_in_pieces(bytes: &[u8], size: usize) -> Result<Vec<Frame>, ProtocolError> {
    let mut parser = FrameParser::default();
    let mut frames = Vec::new();
    for piece in bytes.chunks(size) {
      parser.feed(piece, |_, _| None, |frame| frames.push(frame))?;
    }
    Ok(frames)
  }

  #[test]
  fn frames_survive_any_cut() {
    let first = FrameHeader { kind: 7, id: 1, document: 2, frame: u64::MAX };
    let second = FrameHeader { kind: 9, id: u32::MAX, document: 0, frame: 3 };
    let mut bytes = bytes_of(first, b"hello");
    bytes.extend(bytes_of(second, b""));
    bytes.extend(bytes_of(first, &[5; 3000]));
    for size in [1, 2, 23, 24, 25, 1023, 1024, 1025, bytes.len()] {
      let frames = parse_in_pieces(&bytes, size).expect("valid");
      assert_eq!(frames.len(), 3, "pieces of {size}");
      assert_eq!((frames[0].header, frames[0].payload.as_slice()), (first, b"hello".as_slice()));
      assert_eq!((frames[1].header, frames[1].payload.len()), (second, 0));
      assert_eq!(frames[2].payload, [5; 3000]);
    }
  }

  #[test]
  fn r23_a_lying_length_allocates_little() {
    let header = FrameHeader { kind: 7, ..Default::default() };
    let mut parser = FrameParser::default();
    parser.feed(&header.encode(MAX_PAYLOAD as u32), |_, _| None, |_| panic!("no frame yet")).expect("valid header");
    assert!(parser.payload.capacity() <= FIRST_RESERVE);
    assert!(!parser.is_between_frames());
    let over = header.encode(MAX_PAYLOAD as u32 + 1);
    assert_eq!(parse_in_pieces(&over, 24), Err(ProtocolError::TooLong(MAX_PAYLOAD + 1)));
  }

  #[test]
  fn payloads_of_the_shared_memory_are_taken_in_their_order() {
    let header = FrameHeader { kind: 7, id: 1, document: 2, frame: 3 };
    let mut bytes = bytes_of(header, b"before");
    let (first, place) = header.encode_in_area(70_000, 1 << 40);
    bytes.extend(first);
    bytes.extend(place);
    bytes.extend(bytes_of(header, b"after"));
    for size in [1, 7, 24, 31, 32, 33, bytes.len()] {
      let mut parser = FrameParser::default();
      let mut frames = Vec::new();
      for piece in bytes.chunks(size) {
        let take = |end, length| (end == 1 << 40).then(|| vec![1; length]);
        parser.feed(piece, take, |frame| frames.push(frame)).expect("valid");
      }
      let lengths: Vec<_> = frames.iter().map(|frame| (frame.header, frame.payload.len())).collect();
      assert_eq!(lengths, [(header, 6), (header, 70_000), (header, 5)], "pieces of {size}");
    }
    assert_eq!(parse_in_pieces(&bytes, 9), Err(ProtocolError::Place(70_000)));
  }

  #[test]
  fn s19_garbage_is_refused() {
    assert_eq!(parse_in_pieces(&[0; 24], 24), Err(ProtocolError::Kind(0)));
    let mut bytes = FrameHeader { kind: MAX_PAGE_KIND + 1, ..Default::default() }.encode(0);
    assert_eq!(parse_in_pieces(&bytes, 24), Err(ProtocolError::Kind(MAX_PAGE_KIND + 1)));
    bytes[4] = 1;
    bytes[6] = 1;
    assert_eq!(parse_in_pieces(&bytes, 24), Err(ProtocolError::Reserved));
    assert!(parse_in_pieces(&[0xff; 4096], 100).is_err());
  }

  #[test]
  fn s19_random_bytes_never_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..2000 {
      let bytes: Vec<u8> = (0..200)
        .map(|_| {
          state ^= state << 13;
          state ^= state >> 7;
          state ^= state << 17;
          // Small values are frequent, so that some headers pass.
          if state & 3 == 0 { (state >> 32) as u8 } else { (state >> 32 & 1) as u8 }
        })
        .collect();
      let _ = parse_in_pieces(&bytes, 1 + (state % 50) as usize);
    }
  }
}
