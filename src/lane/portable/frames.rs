//! The frames of a view as their documents tell of them.
//!
//! Nothing but the documents themselves says which frame they are in. A document knows its place: the slot of each frame on the way from the main
//! frame, which is the number of older frames beside it, whatever their origin. A frame that shows another document therefore has the slot that
//! it had when the one before left. Frames in shadow trees have no slot.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use super::Refusal;

/// The number of the main frame.
pub(super) const MAIN: u64 = 1;
/// Stands for a frame where a worker is meant, which is in none.
pub(super) const WORKER: u64 = 0;
/// More than the engine gives a page.
const MAX_FRAMES: usize = 5_000;
/// A slot that a document could not tell.
pub(super) const NO_SLOT: u16 = u16::MAX;

#[derive(Default)]
pub(super) struct Frames {
  last: u64,
  by_number: HashMap<u64, Frame>,
  lefts: u64,
}

struct Frame {
  parent: u64,
  slot: u16,
  document: u32,
  /// The document has told of its end. It is there until the next one is.
  going: bool,
  /// Of the document's address.
  hash: u64,
  /// When that was, in the order of such events.
  left: u64,
}

/// Where a document says that it is.
pub(super) struct Place {
  /// The way from the main frame to its own: a slot for each frame.
  pub slots: Vec<u16>,
  /// How many frames with a slot its parent has.
  pub count: u16,
}

/// Where a document is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entered {
  pub frame: u64,
  pub parent: u64,
  /// The document that the frame showed before, and those that were in it.
  pub replaced: Vec<u32>,
}

/// Takes a place off the front of what a document says of itself: the number of slots, each, and how many frames the parent has, all of 16 bits.
pub(super) fn take_place(bytes: &[u8]) -> Result<(Place, &[u8]), Refusal> {
  let (count, rest) = bytes.split_first_chunk().ok_or(Refusal::Malformed)?;
  let (slots, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes(*count)) * 2).ok_or(Refusal::Malformed)?;
  let (count, rest) = rest.split_first_chunk().ok_or(Refusal::Malformed)?;
  let slots = slots.chunks_exact(2).map(|slot| u16::from_le_bytes([slot[0], slot[1]])).collect();
  Ok((Place { slots, count: u16::from_le_bytes(*count) }, rest))
}

impl Frames {
  pub(super) fn clear(&mut self) {
    self.by_number.clear();
  }

  /// A document with an address is in the frame at a place.
  pub(super) fn enter(&mut self, place: &Place, document: u32, address: &[u8]) -> Result<Entered, Refusal> {
    let (&slot, above) = place.slots.split_last().ok_or(Refusal::Malformed)?;
    let parent = self.frame_at(above).unwrap_or(MAIN);
    let mut hasher = DefaultHasher::new();
    hasher.write(address);
    let hash = hasher.finish();
    let known = self.by_number.values().filter(|frame| frame.parent == parent && frame.slot != NO_SLOT).count();
    // The value of a `javascript:` address takes the place of a document whose end nobody tells. There are no more frames than before then, or else it
    // has the address of that document; whoever is new in a slot that is taken shows that others have gone unheard of.
    let replaces = |frame: &Frame| slot != NO_SLOT && (usize::from(place.count) <= known || frame.hash == hash);
    let found = self
      .by_number
      .iter()
      .filter(|(_, frame)| frame.parent == parent && frame.slot == slot && (frame.going || replaces(frame)))
      .max_by_key(|(_, frame)| frame.left)
      .map(|(&number, _)| number);
    let Some(number) = found else {
      return Ok(Entered { frame: self.add(parent, slot, document, hash)?, parent, replaced: Vec::new() });
    };
    let mut replaced = self.forget_below(number);
    if let Some(frame) = self.by_number.get_mut(&number) {
      replaced.push(frame.document);
      (frame.document, frame.going, frame.hash) = (document, false, hash);
    }
    Ok(Entered { frame: number, parent, replaced })
  }

  /// The document of a frame is about to go, at a place.
  pub(super) fn leave(&mut self, number: u64, slots: &[u16]) {
    self.lefts += 1;
    let Some(frame) = self.by_number.get_mut(&number) else { return };
    (frame.going, frame.left) = (true, self.lefts);
    let (parent, known) = (frame.parent, frame.slot);
    // Frames that never told of a document have gone meanwhile, and all behind them have moved up.
    if let Some(&slot) = slots.last()
      && slot < known
      && known != NO_SLOT
    {
      let (first, by) = (known, known - slot);
      self.move_up(parent, first, by);
    }
  }

  /// A frame is gone. Gives the documents that were in it and have told of their end; the others will.
  pub(super) fn remove(&mut self, number: u64) -> Vec<u32> {
    let gone = self.forget_below(number);
    if let Some(frame) = self.by_number.remove(&number)
      && frame.slot != NO_SLOT
    {
      self.move_up(frame.parent, frame.slot + 1, 1);
    }
    gone
  }

  /// Frames of a document that is not there any more, and whose own have told of their end.
  fn forget_below(&mut self, number: u64) -> Vec<u32> {
    let (mut parents, mut gone) = (vec![number], Vec::new());
    while let Some(parent) = parents.pop() {
      let is_over = |frame: &Frame| frame.parent == parent && frame.going;
      let over: Vec<_> =
        self.by_number.iter().filter(|(_, frame)| is_over(frame)).map(|(&number, frame)| (number, frame.document)).collect();
      for (number, document) in over {
        self.by_number.remove(&number);
        parents.push(number);
        gone.push(document);
      }
    }
    gone
  }

  /// The slots on the way to a frame, none for one that is not there.
  pub(super) fn slots(&self, number: u64) -> Vec<u16> {
    let ancestors = std::iter::successors(self.by_number.get(&number), |frame| self.by_number.get(&frame.parent));
    let mut slots: Vec<_> = ancestors.take(MAX_FRAMES).map(|frame| frame.slot).collect();
    slots.reverse();
    slots
  }

  fn frame_at(&self, slots: &[u16]) -> Option<u64> {
    slots.iter().try_fold(MAIN, |parent, &slot| {
      let mut children = self.by_number.iter().filter(|(_, frame)| frame.parent == parent && frame.slot == slot && slot != NO_SLOT);
      children.next().map(|(&number, _)| number)
    })
  }

  fn add(&mut self, parent: u64, slot: u16, document: u32, hash: u64) -> Result<u64, Refusal> {
    if self.by_number.len() >= MAX_FRAMES {
      return Err(Refusal::TooMuch);
    }
    self.make_room(parent, slot);
    self.last += 1;
    let number = MAIN + self.last;
    self.by_number.insert(number, Frame { parent, slot, document, going: false, hash, left: 0 });
    Ok(number)
  }

  /// Whoever is thought to be in a slot that somebody else is in has moved up.
  fn make_room(&mut self, parent: u64, slot: u16) {
    let mut slot = slot;
    let mut moved = None;
    while slot != NO_SLOT {
      let is_there = |(number, frame): &(&u64, &Frame)| frame.parent == parent && frame.slot == slot && Some(**number) != moved;
      let there = self.by_number.iter().find(is_there);
      let Some((&number, _)) = there else { return };
      slot = slot.checked_sub(1).unwrap_or(NO_SLOT);
      if let Some(frame) = self.by_number.get_mut(&number) {
        frame.slot = slot;
      }
      moved = Some(number);
    }
  }

  fn move_up(&mut self, parent: u64, first: u16, by: u16) {
    for frame in self.by_number.values_mut().filter(|frame| frame.parent == parent && frame.slot >= first && frame.slot != NO_SLOT) {
      frame.slot -= by;
    }
  }
}
