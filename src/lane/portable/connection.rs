//! What is known of a view: its documents, their frames, and what waits for either side.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::super::{ROUTED_KINDS, Route};
use super::document::Document;
use super::frames::{Entered, Frames, MAIN, take_place};
use super::{
  FrameHeader, GONE_FRAME_STAYS, GONE_MAYBE_WITH_FRAME, GONE_WITH_FRAME, HEADER_LENGTH, INCOMING_HIGH_WATER, KIND_GONE, LaneFrame,
  MAX_DOCUMENTS, MAX_PAYLOAD, MAX_STRANGERS, Out, Reach, Refusal, Token,
};

#[derive(Default)]
pub(super) struct State {
  pub last: u32,
  pub connections: HashMap<u32, Connection>,
  pub strangers: Vec<Stranger>,
  pub incoming: VecDeque<LaneFrame>,
  pub incoming_bytes: usize,
  /// Ways past the JS thread, by connection and document.
  pub routes: HashMap<(u32, u32), Arc<Route>>,
}

pub(super) struct Connection {
  /// 0 until JS has accepted the view; its frames wait as long.
  pub web_contents: u32,
  pub held: Vec<LaneFrame>,
  /// Size of its frames that JS has not taken.
  pub waiting_bytes: usize,
  pub secret: Token,
  /// The name by which scripts reach the lane in the isolated world.
  pub hook: String,
  pub reach: Reach,
  pub peer: u32,
  pub last_document: u32,
  pub documents: HashMap<u32, Document>,
  pub frames: Frames,
  /// The document that may have gone with its frame.
  pub leaving: Option<u32>,
  /// Documents that something was queued for.
  pub touched: Vec<u32>,
  pub answers: Vec<Out>,
  pub outgoing_bytes: usize,
  /// The user interface was asked to drain and has not.
  pub waking: bool,
  /// Requests wait until JS has worked off what came.
  pub holding: bool,
}

/// A document of one of several views that have the same secret, as a page and the windows that it opens.
pub(super) struct Stranger {
  pub token: Token,
  pub secret: Token,
  /// What it said of itself, and the messages that came since.
  pub there: Vec<u8>,
  pub messages: Vec<Vec<u8>>,
  pub bytes: usize,
}

impl State {
  /// Whether a connection's pages may go on sending.
  pub(super) fn is_low(&self, connection: u32) -> bool {
    self.incoming_bytes <= INCOMING_HIGH_WATER && !self.routes_of(connection).any(|route| route.holds_up())
  }

  pub(super) fn routed_bytes(&self, connection: u32) -> usize {
    self.routes_of(connection).map(|route| route.bytes()).sum()
  }

  fn routes_of(&self, connection: u32) -> impl Iterator<Item = &Arc<Route>> {
    self.routes.iter().filter(move |((of, _), _)| *of == connection).map(|(_, route)| route)
  }

  /// Keeps what the document says; of too many the oldest is not heard of again.
  pub(super) fn add_stranger(&mut self, stranger: Stranger) {
    if self.strangers.len() >= MAX_STRANGERS {
      self.strangers.remove(0);
    }
    self.strangers.push(stranger);
  }

  pub(super) fn connection_of(&self, token: &Token) -> Option<u32> {
    self.connections.iter().find(|(_, found)| found.number_of(token).is_some()).map(|(number, _)| *number)
  }

  pub(super) fn knows(&self, token: &Token) -> bool {
    let is_stranger = self.strangers.iter().any(|stranger| stranger.token.matches(token));
    is_stranger || self.connections.values().any(|found| found.secret.matches(token)) || self.connection_of(token).is_some()
  }
}

impl Stranger {
  pub(super) fn new(secret: Token, token: Token, there: &[u8]) -> Self {
    Self { token, secret, there: there.to_vec(), messages: Vec::new(), bytes: there.len() }
  }
}

impl Connection {
  pub(super) fn new(secret: Token, hook: &str, reach: Reach) -> Self {
    Self {
      web_contents: 0,
      held: Vec::new(),
      waiting_bytes: 0,
      secret,
      hook: hook.to_owned(),
      reach,
      peer: 0,
      last_document: 0,
      documents: HashMap::new(),
      frames: Frames::default(),
      leaving: None,
      touched: Vec::new(),
      answers: Vec::new(),
      outgoing_bytes: 0,
      waking: false,
      holding: false,
    }
  }

  pub(super) fn number_of(&self, token: &Token) -> Option<u32> {
    self.documents.iter().find(|(_, document)| document.token.matches(token)).map(|(number, _)| *number)
  }

  pub(super) fn main_document(&self) -> Option<u32> {
    self.documents.iter().find(|(_, document)| document.frame == MAIN).map(|(number, _)| *number)
  }

  /// Bytes are not unread any more.
  pub(super) fn is_read(&mut self, number: u32, bytes: usize) {
    if let Some(document) = self.documents.get_mut(&number) {
      let bytes = bytes.min(document.unread);
      document.unread -= bytes;
      self.outgoing_bytes -= bytes;
    }
  }

  pub(super) fn remove(&mut self, number: u32) {
    if let Some(document) = self.documents.remove(&number) {
      self.outgoing_bytes -= document.unread;
    }
  }

  pub(super) fn clear(&mut self) {
    self.documents.clear();
    self.frames.clear();
    self.touched.clear();
    (self.leaving, self.outgoing_bytes) = (None, 0);
  }
}

/// A document is there: a place, then what JS is told, which ends with the number of the parent's frame.
pub(super) fn enter(state: &mut State, connection: u32, token: Token, kind: u8, body: &[u8]) -> Result<u32, Refusal> {
  let (place, payload) = take_place(body)?;
  settle(state, connection);
  let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
  if payload.len() > MAX_PAYLOAD || found.documents.len() >= MAX_DOCUMENTS {
    return Err(Refusal::TooMuch);
  }
  let number = found.last_document + 1;
  let entered = if place.slots.is_empty() {
    // The documents of the page before are gone, whatever they say from now on.
    found.clear();
    Entered { frame: MAIN, parent: 0, replaced: Vec::new() }
  } else {
    found.frames.enter(&place, number, address_of(payload))?
  };
  for replaced in entered.replaced {
    found.remove(replaced);
  }
  found.last_document = number;
  found.documents.insert(number, Document::new(token, entered.frame));
  let header = FrameHeader { kind, id: 1, document: number, frame: entered.frame };
  push(state, connection, header, [payload, &entered.parent.to_le_bytes()].concat());
  Ok(number)
}

/// The text at the beginning of what a document says of itself.
fn address_of(payload: &[u8]) -> &[u8] {
  let Some((length, rest)) = payload.split_first_chunk() else { return payload };
  rest.get(..u32::from_le_bytes(*length) as usize).unwrap_or(rest)
}

/// A document is about to go. That its frame stays it says right after; one whose frame was removed cannot. It is heard until the next is there.
pub(super) fn leave(state: &mut State, connection: u32, number: u32, id: u32, slots: &[u16]) {
  let Some(found) = state.connections.get_mut(&connection) else { return };
  let Some(frame) = found.documents.get(&number).map(|document| document.frame) else { return };
  match id {
    GONE_MAYBE_WITH_FRAME if found.leaving.is_none() => {
      found.frames.leave(frame, slots);
      found.leaving = Some(number);
    }
    GONE_FRAME_STAYS if found.leaving == Some(number) => found.leaving = None,
    _ => return,
  }
  push(state, connection, FrameHeader { kind: KIND_GONE, id, document: number, frame }, Vec::new());
}

/// Another document is heard than the one that may be gone with its frame.
pub(super) fn settle(state: &mut State, connection: u32) {
  let Some(found) = state.connections.get_mut(&connection) else { return };
  let Some(number) = found.leaving.take() else { return };
  let Some(frame) = found.documents.get(&number).map(|document| document.frame) else { return };
  found.remove(number);
  for document in found.frames.remove(frame) {
    found.remove(document);
  }
  push(state, connection, FrameHeader { kind: KIND_GONE, id: GONE_WITH_FRAME, document: number, frame }, Vec::new());
}

pub(super) fn push(state: &mut State, connection: u32, header: FrameHeader, payload: Vec<u8>) {
  let Some(found) = state.connections.get_mut(&connection) else { return };
  let frame = LaneFrame { web_contents: found.web_contents, connection, header, payload };
  if ROUTED_KINDS.contains(&header.kind)
    && let Some(route) = state.routes.get(&(connection, header.document))
  {
    route.push(frame);
    return;
  }
  found.waiting_bytes += frame.payload.len() + HEADER_LENGTH;
  if found.web_contents == 0 {
    found.held.push(frame);
    return;
  }
  state.incoming_bytes += frame.payload.len() + HEADER_LENGTH;
  state.incoming.push_back(frame);
}
