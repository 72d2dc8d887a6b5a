//! A document: what came from it out of order, and what it has not got yet.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::frames::MAIN;
use super::script::ScriptText;
use super::{FrameHeader, HEADER_LENGTH, MAX_PAYLOAD, Recipient, Refusal, Token};

/// Payloads up to this size go into the script that delivers them; larger ones are fetched.
pub(super) const MAX_INLINE: usize = 24 << 10;
/// So much may wait for the number before it.
const MAX_EARLY_BYTES: usize = MAX_PAYLOAD + (64 << 20);
pub(super) const MAX_EARLY_FRAMES: usize = 100_000;

pub(super) struct Document {
  pub token: Token,
  /// The number of the frame that it is in.
  pub frame: u64,
  /// For sub-frames: whether it can be reached now, and whether it ever could.
  pub waiting: bool,
  pub has_waited: bool,
  next: u32,
  early: BTreeMap<u32, (FrameHeader, Vec<u8>)>,
  early_bytes: usize,
  outgoing: VecDeque<(FrameHeader, Vec<u8>)>,
  /// Payloads that the page was told to fetch.
  stored: HashMap<u32, Vec<u8>>,
  last_stored: u32,
  /// Bytes that are queued, under way or stored.
  pub unread: usize,
}

impl Document {
  pub(super) fn new(token: Token, frame: u64) -> Self {
    Self {
      token,
      frame,
      waiting: false,
      has_waited: false,
      next: 1,
      early: BTreeMap::new(),
      early_bytes: 0,
      outgoing: VecDeque::new(),
      stored: HashMap::new(),
      last_stored: 0,
      unread: 0,
    }
  }

  /// Whether a number was never seen.
  pub(super) fn is_new(&self, sequence: u32) -> bool {
    sequence >= self.next && !self.early.contains_key(&sequence)
  }

  /// Keeps a frame until all before it are there.
  pub(super) fn keep(&mut self, sequence: u32, header: FrameHeader, payload: &[u8]) -> Result<(), Refusal> {
    self.early_bytes += payload.len() + HEADER_LENGTH;
    if self.early_bytes > MAX_EARLY_BYTES || self.early.len() >= MAX_EARLY_FRAMES {
      return Err(Refusal::TooMuch);
    }
    self.early.insert(sequence, (header, payload.to_vec()));
    Ok(())
  }

  /// A number is there whose frame is taken at once: what is missing before it is not waited for any more.
  pub(super) fn skip_to(&mut self, sequence: u32) -> Vec<(FrameHeader, Vec<u8>)> {
    let later = self.early.split_off(&sequence);
    let before = std::mem::replace(&mut self.early, later);
    self.next = sequence.saturating_add(1);
    self.early_bytes -= before.values().map(|(_, payload)| payload.len() + HEADER_LENGTH).sum::<usize>();
    before.into_values().collect()
  }

  /// Takes what has no gap before it.
  pub(super) fn take_ready(&mut self) -> Vec<(FrameHeader, Vec<u8>)> {
    let mut ready = Vec::new();
    while let Some(frame) = self.early.remove(&self.next) {
      self.early_bytes -= frame.1.len() + HEADER_LENGTH;
      self.next += 1;
      ready.push(frame);
    }
    ready
  }

  /// Queues a frame to it. Gives how much more is unread.
  pub(super) fn queue(&mut self, header: FrameHeader, payload: &[u8]) -> usize {
    let size = payload.len() + HEADER_LENGTH;
    self.outgoing.push_back((header, payload.to_vec()));
    self.unread += size;
    size
  }

  /// Whether there is something that a script would bring.
  pub(super) fn has_news(&self) -> bool {
    !self.outgoing.is_empty()
  }

  pub(super) fn recipient(&self, number: u32) -> Recipient {
    if self.frame == MAIN { Recipient::MainFrame } else { Recipient::SubFrame(number) }
  }

  /// The script that brings what is queued, and how many bytes it delivers.
  pub(super) fn take_script(&mut self, hook: &str) -> (String, usize) {
    let mut script = ScriptText::new(hook, &self.token);
    for (header, payload) in std::mem::take(&mut self.outgoing) {
      if payload.len() > MAX_INLINE {
        self.last_stored = self.last_stored.wrapping_add(1);
        script.reference(header, self.last_stored);
        self.stored.insert(self.last_stored, payload);
      } else {
        script.inline(header, &payload);
      }
    }
    script.finish()
  }

  /// What is queued as frames, for a worker: kind, three zero bytes, id, payload length, payload. And how many bytes that delivers.
  pub(super) fn take_frames(&mut self) -> (Vec<u8>, usize) {
    let (mut frames, mut bytes) = (Vec::new(), 0);
    for (header, payload) in std::mem::take(&mut self.outgoing) {
      frames.extend([header.kind, 0, 0, 0]);
      frames.extend(header.id.to_le_bytes());
      // The length was checked when it was queued.
      frames.extend((payload.len() as u32).to_le_bytes());
      frames.extend(&payload);
      bytes += payload.len() + HEADER_LENGTH;
    }
    (frames, bytes)
  }

  /// A payload that it was told to fetch.
  pub(super) fn take_stored(&mut self, number: u32) -> Option<Vec<u8>> {
    self.stored.remove(&number)
  }
}
