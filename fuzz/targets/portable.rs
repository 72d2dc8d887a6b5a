//! The portable lane: requests, messages and frames of a page that says what it likes.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the files under test are taken in whole")]

#[path = "../../src/lane/frame.rs"]
mod frame;
#[path = "../../src/lane/portable.rs"]
mod portable;

use frame::{FrameHeader, LaneFrame};
use libfuzzer_sys::fuzz_target;
use portable::{Out, Portable, Token, bytes_of_text};

const SECRET: [u8; 16] = [5; 16];

/// Does what one piece of the input says. The first byte chooses, so that the mutator learns what a real page does.
fn step(lane: &Portable, connection: u32, tokens: &mut Vec<Vec<u8>>, piece: &[u8]) {
  let Some((&what, rest)) = piece.split_first() else { return };
  let token = tokens.get(usize::from(what >> 4)).cloned().unwrap_or_else(|| vec![0; 16]);
  let own = [token.as_slice(), rest].concat();
  match what & 15 {
    0 | 1 => drop(lane.post(connection, &own)),
    2 => drop(lane.post(connection, rest)),
    3 => drop(lane.load(connection, rest)),
    4 | 5 => drop(lane.load(connection, &[SECRET.as_slice(), rest].concat())),
    6 => drop(lane.fetch(connection, &own)),
    7 => drop(String::from_utf8_lossy(rest).chars().count().min(bytes_of_text(&String::from_utf8_lossy(rest)).map_or(0, |bytes| bytes.len()))),
    8 => {
      let document = u32::from(rest.first().copied().unwrap_or(1));
      let kind = 33 + rest.get(1).copied().unwrap_or(0) % 30;
      let size = usize::from(rest.get(2).copied().unwrap_or(0)) << 8;
      lane.send(connection, FrameHeader { kind, id: 1, document, frame: 1 }, &vec![7; size], |_| ());
    }
    9 => lane.forget_documents(connection),
    10 => lane.delivered(connection, rest.len()),
    _ => {
      for out in lane.drain(connection) {
        if let Out::Answer { bytes, .. } = out && bytes.len() >= 16 && tokens.len() < 16 {
          tokens.push(bytes[..16].to_vec());
        }
      }
    }
  }
}

fuzz_target!(|data: &[u8]| {
  let lane = Portable::default();
  let hex = "05".repeat(16);
  let connection = lane.open(Token::from_hex(&hex).expect("hexadecimal"), "hook");
  lane.accept(connection, 7);
  let mut tokens = Vec::new();
  if lane.load(connection, &[SECRET.as_slice(), &[1]].concat()).is_ok() {
    lane.send(connection, FrameHeader { kind: 33, id: 1, document: 1, frame: 1 }, b"", |_| ());
    step(&lane, connection, &mut tokens, &[11]);
  }
  let mut rest = data;
  while let Some((&length, after)) = rest.split_first() {
    let (piece, left) = after.split_at(usize::from(length).min(after.len()));
    step(&lane, connection, &mut tokens, piece);
    rest = left;
  }
  let frames = lane.take_frames();
  assert!(frames.iter().map(|frame| frame.payload.len()).sum::<usize>() <= data.len() + 64, "more came out than went in");
});
