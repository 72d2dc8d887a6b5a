//! The portable lane: requests, messages and frames of a page that says what it likes.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the files under test are taken in whole")]

#[path = "../../src/lane"]
mod lane {
  pub mod frame;
  pub mod portable;
  pub mod route;

  pub use frame::{FrameHeader, LaneFrame};
  pub use route::{ROUTED_KINDS, Route};
}

use lane::FrameHeader;
use lane::portable::{Out, Portable, Reach, Recipient, Token, bytes_of_text};
use libfuzzer_sys::fuzz_target;

const SECRET: [u8; 16] = [5; 16];

/// Does what one piece of the input says. The first byte chooses, so that the mutator learns what a real page does.
fn step(lane: &Portable, connection: u32, tokens: &mut Vec<[u8; 16]>, piece: &[u8]) {
  let Some((&what, rest)) = piece.split_first() else { return };
  let token = tokens.get(usize::from(what >> 4)).copied().unwrap_or_default();
  let known = Token::of_bytes(&token).expect("16 bytes");
  let secret = Token::of_bytes(&SECRET).expect("16 bytes");
  match what & 15 {
    0 | 1 => drop(lane.post(connection, &known, rest)),
    2 => drop(lane.post_message(None, rest)),
    3 => drop(lane.meet(connection, &secret, rest)),
    4 => drop(lane.load(connection, &secret, rest)),
    // A document of a sub-frame, which names its own token.
    5 => {
      let own = [tokens.len() as u8 + 1; 16];
      if lane.post_message(None, &[SECRET.as_slice(), &own, rest].concat()).is_ok() && tokens.len() < 16 {
        tokens.push(own);
      }
    }
    6 => drop(lane.fetch(connection, &known, rest)),
    7 => drop(bytes_of_text(&String::from_utf8_lossy(rest))),
    8 => {
      let document = u32::from(rest.first().copied().unwrap_or(1));
      let kind = 33 + rest.get(1).copied().unwrap_or(0) % 30;
      let size = usize::from(rest.get(2).copied().unwrap_or(0)) << 8;
      lane.send(connection, FrameHeader { kind, id: 1, document, frame: 1 }, &vec![7; size], |_| ());
    }
    9 if rest.is_empty() => lane.forget_documents(connection),
    // Workers, whose tokens the host makes.
    9 => {
      if let Some((_, token)) = lane.open_worker(connection).filter(|_| tokens.len() < 16) {
        let digits = token.hex();
        tokens.push(std::array::from_fn(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).expect("two digits")));
      }
    }
    10 => lane.delivered(connection, Recipient::SubFrame(u32::from(what >> 4)), rest.len()),
    11 if rest.is_empty() => drop(lane.wait(&known)),
    11 => drop(lane.wait_for_news(connection, &known)),
    12 => drop(lane.reached(connection, rest)),
    13 if rest.len() < 2 => drop(lane.place(connection, u64::from(rest.first().copied().unwrap_or(1)))),
    13 => lane.close_worker(connection, u32::from(rest[0]), |_| ()),
    14 => drop(lane.post_message(None, &[token.as_slice(), rest].concat())),
    _ => {
      for out in lane.drain(connection) {
        match out {
          Out::Answer { bytes, .. } if tokens.len() < 16 => tokens.extend(bytes.first_chunk::<16>()),
          Out::Script { to, bytes, .. } => lane.delivered(connection, to, bytes),
          _ => {}
        }
      }
    }
  }
}

fuzz_target!(|data: &[u8]| {
  let lane = Portable::default();
  let secret = Token::of_bytes(&SECRET).expect("16 bytes");
  let connection = lane.open(secret, "hook", Reach::MainFrames);
  lane.accept(connection, 7);
  let mut tokens = Vec::new();
  if lane.load(connection, &secret, &[0; 4]).is_ok() {
    lane.send(connection, FrameHeader { kind: 33, id: 1, document: 1, frame: 1 }, b"", |_| ());
    step(&lane, connection, &mut tokens, &[15]);
  }
  let mut rest = data;
  while let Some((&length, after)) = rest.split_first() {
    let (piece, left) = after.split_at(usize::from(length).min(after.len()));
    step(&lane, connection, &mut tokens, piece);
    rest = left;
  }
  // Each frame may name its parent, and each end its frame.
  let frames = lane.take_frames(|_| ());
  let most = data.len() * 9 + 64;
  assert!(frames.iter().map(|frame| frame.payload.len()).sum::<usize>() <= most, "more came out than went in");
});
