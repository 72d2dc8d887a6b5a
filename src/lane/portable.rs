//! The portable lane: what a page and the JS thread say to each other where nothing can be loaded into the web process.
//!
//! A page sends by script messages and by requests to a scheme of the shell's own; both carry the same bytes, a [`Token`] and frames. The user
//! interface passes them on, from whatever engine it has, and runs in the page's isolated world the scripts that [`Portable::drain`] makes.
//! Nothing here knows an engine.
//!
//! Two ways into the host would be two orders, so each document numbers its frames and the host restores the one order in which they were
//! sent. A number that was seen is never seen again: what a page repeats, because it does not know whether it arrived, counts once.
//!
//! Documents of sub-frames are told of in two ways: one with preloads asks like that of a main frame, one without sends a script message with a token
//! of its own choice. `frames.rs` finds out which frame either is in. Where the engine runs scripts of the host in main frames only, a sub-frame
//! keeps one question of its own open, and what is sent to it is the answer.
//!
//! Everything from a page is untrusted: the view's secret opens a document, the document's own token is on everything after it, and how much may
//! wait for a missing number, or for an answer, is bounded.

mod connection;
mod document;
mod frames;
mod routes;
mod script;
#[cfg(test)]
mod tests;
mod token;
mod worker;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::sync::Notify;

use super::LaneFrame;
use connection::{Connection, State, Stranger, enter, leave, push, settle};
use frames::{MAIN, NO_SLOT, WORKER, take_place};
pub use token::{Token, bytes_of_text};

use super::frame::{FrameHeader, HEADER_LENGTH, KIND_CLOSED, MAX_PAGE_KIND, MAX_PAYLOAD};

/// Connections of the portable lane are numbered from here, those of sockets below.
pub const FIRST_CONNECTION: u32 = 1 << 31;
/// The longest body of a request: the largest payload with its header, and what a page sends again beside it.
pub const MAX_BODY: usize = MAX_PAYLOAD + (64 << 20);
/// While JS has this many bytes of frames to work off, requests that bring more are answered later, so that a page cannot fill the host's memory.
const INCOMING_HIGH_WATER: usize = 64 << 20;
/// A page that ignores that, as only a web process that was taken over can, is not heard any more once this many bytes of it wait.
const MAX_WAITING: usize = MAX_PAYLOAD + (64 << 20);
/// A page that leaves this many bytes unread gets no further frames.
const MAX_OUTGOING: usize = 512 << 20;
/// Documents of one view that are alive at a time, frames included.
const MAX_DOCUMENTS: usize = 10_000;
/// Documents whose view is not known yet, and the messages that are kept of each.
const MAX_STRANGERS: usize = 64;
const MAX_STRANGER_BYTES: usize = 1 << 20;

/// Kinds that the lane itself understands; `shell-js/common/lane-frames.js` has all of them.
const KIND_LOAD: u8 = 1;
const KIND_GONE: u8 = 2;
const KIND_SYNC: u8 = 9;
const KIND_FRAME_THERE: u8 = 14;
const KIND_WINDOW_OPEN: u8 = 18;
const KIND_NODE_ASK: u8 = 21;
const KIND_HOST_ASKED: u8 = 28;
const KIND_LOADED: u8 = 33;
const KIND_SYNC_REPLY: u8 = 36;

/// Ids of [`KIND_GONE`]: the document is gone; the same, and its frame; both are about to go, or only the document, of which the next one tells.
const GONE: u32 = 0;
const GONE_WITH_FRAME: u32 = 1;
const GONE_MAYBE_WITH_FRAME: u32 = 2;
const GONE_FRAME_STAYS: u32 = 3;

/// What a document without preloads hears when its view is not known: it names it by a request.
const WHO: &str = "who";

/// Sequence number, kind, three zero bytes, id, payload length.
const FRAME_HEAD: usize = 16;

/// Why something from a page is not taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
  #[error("the message does not name a document of this view")]
  Stranger,
  #[error("the message is malformed")]
  Malformed,
  #[error("the page sent more than is kept for it")]
  TooMuch,
}

/// A request that is answered later, by the id of its document and its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asked {
  pub document: u32,
  pub id: u32,
}

/// What becomes of the request that brought frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
  /// It is answered with nothing.
  Taken,
  /// The same, when [`Portable::drain`] says so.
  Wait,
  /// It is answered when JS answers.
  Asks(Asked),
}

/// What the user interface does for a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Out {
  /// Answers a request of [`Portable::load`] or [`Portable::post`].
  Answer { asked: Asked, bytes: Vec<u8> },
  /// Answers all requests that were told to wait.
  Go,
  /// Runs in the isolated world of a document's frame. `bytes` is what it delivers, for [`Portable::delivered`].
  Script { to: Recipient, text: String, bytes: usize },
  /// Answers the request of a worker that [`Portable::wait_for_news`] took.
  News { document: u32, frames: Vec<u8> },
}

/// Whose script it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
  MainFrame,
  /// Of this document, which waits for it as an answer where scripts of the host do not reach sub-frames.
  SubFrame(u32),
}

/// Where the engine runs scripts of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
  MainFrames,
  AllFrames,
}

/// Who waits for what is sent to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
  /// A document of a connection. `first` the first time.
  Document { connection: u32, document: u32, first: bool },
  /// A document that is to be told this, because its view is not known.
  Stranger(&'static str),
}

/// All connections of the portable lane. Cloning it gives another handle to the same.
#[derive(Clone, Default)]
pub struct Portable(Arc<Inner>);

#[derive(Default)]
struct Inner {
  state: Mutex<State>,
  filled: Notify,
}

impl Portable {
  /// Opens the connection of a view, whose scripts know `secret` and are reached in the isolated world by the name `hook`.
  pub fn open(&self, secret: Token, hook: &str, reach: Reach) -> u32 {
    let mut state = lock(&self.0.state);
    state.last += 1;
    let number = FIRST_CONNECTION + state.last;
    state.connections.insert(number, Connection::new(secret, hook, reach));
    number
  }

  /// JS has accepted the view: what its pages have sent goes on its way.
  pub fn accept(&self, connection: u32, web_contents: u32) {
    let mut state = lock(&self.0.state);
    let Some(found) = state.connections.get_mut(&connection) else { return };
    found.web_contents = web_contents;
    for mut frame in std::mem::take(&mut found.held) {
      frame.web_contents = web_contents;
      state.incoming_bytes += frame.payload.len() + HEADER_LENGTH;
      state.incoming.push_back(frame);
    }
    drop(state);
    self.0.filled.notify_one();
  }

  /// The view or its web process is gone.
  pub fn close(&self, connection: u32) {
    let mut state = lock(&self.0.state);
    let Some(found) = state.connections.remove(&connection) else { return };
    let State { connections, strangers, .. } = &mut *state;
    strangers.retain(|stranger| connections.values().any(|found| found.secret.matches(&stranger.secret)));
    let header = FrameHeader { kind: KIND_CLOSED, ..FrameHeader::default() };
    state.incoming.push_back(LaneFrame { web_contents: found.web_contents, connection, header, payload: Vec::new() });
    drop(state);
    self.0.filled.notify_one();
  }

  /// The web process is gone, and the view's documents with it.
  pub fn forget_documents(&self, connection: u32) {
    let mut state = lock(&self.0.state);
    let Some(found) = state.connections.get_mut(&connection) else { return };
    found.peer = 0;
    let gone: Vec<_> = found.documents.iter().map(|(&number, document)| (number, document.frame)).collect();
    found.clear();
    for (document, frame) in gone {
      push(&mut state, connection, FrameHeader { kind: KIND_GONE, id: GONE, document, frame }, Vec::new());
    }
    drop(state);
    self.0.filled.notify_one();
  }

  /// Notes the process that serves the view.
  pub fn set_peer(&self, connection: u32, peer: u32) {
    if let Some(found) = lock(&self.0.state).connections.get_mut(&connection) {
      found.peer = peer;
    }
  }

  pub fn peer(&self, connection: u32) -> u32 {
    lock(&self.0.state).connections.get(&connection).map_or(0, |connection| connection.peer)
  }

  /// Whether a view's own scripts ask. Nothing else of a request is looked at before: the bodies of others are better left alone.
  pub fn may_ask(&self, connection: u32, token: &Token) -> bool {
    let state = lock(&self.0.state);
    state.connections.get(&connection).is_some_and(|found| found.secret.matches(token) || found.number_of(token).is_some())
  }

  /// A new document: its place, none for the main frame, and what JS is told. The request is answered when JS answers.
  pub fn load(&self, connection: u32, secret: &Token, body: &[u8]) -> Result<Asked, Refusal> {
    let mut state = lock(&self.0.state);
    let found = state.connections.get(&connection).ok_or(Refusal::Stranger)?;
    if !found.secret.matches(secret) {
      return Err(Refusal::Stranger);
    }
    let token = Token::random().map_err(|_| Refusal::TooMuch)?;
    let document = enter(&mut state, connection, token, KIND_LOAD, body)?;
    drop(state);
    self.0.filled.notify_one();
    Ok(Asked { document, id: 1 })
  }

  /// A script message: of the view's connection where the engine tells it. The token in front of its frames says whose document it is of.
  pub fn post_message(&self, from: Option<u32>, message: &[u8]) -> Result<(), Refusal> {
    let (token, rest) = Token::split(message).ok_or(Refusal::Malformed)?;
    let mut state = lock(&self.0.state);
    if let Some(stranger) = state.strangers.iter_mut().find(|stranger| stranger.token.matches(&token)) {
      stranger.bytes += rest.len();
      if stranger.bytes > MAX_STRANGER_BYTES {
        return Err(Refusal::TooMuch);
      }
      stranger.messages.push(rest.to_vec());
      return Ok(());
    }
    if let Some(connection) = state.connection_of(&token) {
      drop(state);
      return self.post(connection, &token, rest).map(|_| ());
    }
    let mut views =
      state.connections.iter().filter(|(number, found)| from.is_none_or(|from| **number == from) && found.secret.matches(&token));
    let view = views.next().map(|(number, _)| *number).ok_or(Refusal::Stranger)?;
    let is_only = views.next().is_none();
    let (own, there) = Token::split(rest).ok_or(Refusal::Malformed)?;
    if state.knows(&own) {
      return Err(Refusal::Malformed);
    }
    if is_only {
      enter(&mut state, view, own, KIND_FRAME_THERE, there)?;
      drop(state);
      self.0.filled.notify_one();
    } else if there.len() > MAX_STRANGER_BYTES {
      return Err(Refusal::TooMuch);
    } else {
      state.add_stranger(Stranger::new(token, own, there));
    }
    Ok(())
  }

  /// A request that says whose view the document is of whose token is its body.
  pub fn meet(&self, connection: u32, secret: &Token, body: &[u8]) -> Result<(), Refusal> {
    let (token, _) = Token::split(body).ok_or(Refusal::Malformed)?;
    let mut state = lock(&self.0.state);
    let is_met = |stranger: &Stranger| stranger.token.matches(&token) && stranger.secret.matches(secret);
    let at = state.strangers.iter().position(is_met).ok_or(Refusal::Stranger)?;
    if !state.connections.get(&connection).is_some_and(|found| found.secret.matches(secret)) {
      return Err(Refusal::Stranger);
    }
    let stranger = state.strangers.remove(at);
    enter(&mut state, connection, token, KIND_FRAME_THERE, &stranger.there)?;
    drop(state);
    self.0.filled.notify_one();
    stranger.messages.iter().try_for_each(|message| self.post(connection, &token, message).map(|_| ()))
  }

  /// A document of a sub-frame can take an answer, which is a script.
  pub fn wait(&self, token: &Token) -> Result<Waiting, Refusal> {
    let mut state = lock(&self.0.state);
    if state.strangers.iter().any(|stranger| stranger.token.matches(token)) {
      return Ok(Waiting::Stranger(WHO));
    }
    let connection = state.connection_of(token).ok_or(Refusal::Stranger)?;
    let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
    let number = found.number_of(token).ok_or(Refusal::Stranger)?;
    let document = found.documents.get_mut(&number).ok_or(Refusal::Stranger)?;
    document.waiting = true;
    let first = !std::mem::replace(&mut document.has_waited, true);
    if document.has_news() {
      found.touched.push(number);
    }
    Ok(Waiting::Document { connection, document: number, first })
  }

  /// The document of a sub-frame that a script message is of, the first time: where scripts of the host run in all frames, it is reached from now on.
  pub fn reached(&self, connection: u32, message: &[u8]) -> Option<u32> {
    let mut state = lock(&self.0.state);
    let found = state.connections.get_mut(&connection)?;
    let (token, rest) = Token::split(message)?;
    let token = if found.secret.matches(&token) { Token::split(rest)?.0 } else { token };
    let number = found.number_of(&token)?;
    let document = found.documents.get_mut(&number)?;
    document.waiting = true;
    if document.frame == MAIN || std::mem::replace(&mut document.has_waited, true) {
      return None;
    }
    found.touched.push(number);
    Some(number)
  }

  /// The way from the main frame to another one, as the page's own windows have it: an index for each frame. `None` if it is not known.
  pub fn place(&self, connection: u32, frame: u64) -> Option<Vec<u16>> {
    let state = lock(&self.0.state);
    let slots = state.connections.get(&connection)?.frames.slots(frame);
    let is_known = frame == MAIN || !(slots.is_empty() || slots.contains(&NO_SLOT));
    is_known.then_some(slots)
  }

  /// Whether a document is there.
  pub fn has_document(&self, connection: u32, document: u32) -> bool {
    lock(&self.0.state).connections.get(&connection).is_some_and(|found| found.documents.contains_key(&document))
  }

  /// Frames of a document, each with its number. Says what becomes of the request.
  pub fn post(&self, connection: u32, token: &Token, frames: &[u8]) -> Result<Posted, Refusal> {
    let mut state = lock(&self.0.state);
    let routed = state.routed_bytes(connection);
    let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
    if found.waiting_bytes + routed > MAX_WAITING {
      return Err(Refusal::TooMuch);
    }
    let number = found.number_of(token).ok_or(Refusal::Stranger)?;
    let document = found.documents.get_mut(&number).ok_or(Refusal::Stranger)?;
    let frame = document.frame;
    let mut rest = frames;
    let mut posted = Posted::Taken;
    let mut gone = None;
    let mut ready = Vec::new();
    while !rest.is_empty() {
      let (head, after) = rest.split_at_checked(FRAME_HEAD).ok_or(Refusal::Malformed)?;
      let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
      let (sequence, kind, id, length) = (word(0), head[4], word(8), word(12) as usize);
      let is_taken = kind > KIND_LOAD && kind <= MAX_PAGE_KIND && kind != KIND_FRAME_THERE;
      if head[5..8] != [0; 3] || !is_taken || length > MAX_PAYLOAD {
        return Err(Refusal::Malformed);
      }
      let (payload, after) = after.split_at_checked(length).ok_or(Refusal::Malformed)?;
      rest = after;
      if !document.is_new(sequence) {
        continue;
      }
      if kind == KIND_GONE {
        gone = Some((id, take_place(payload)?.0.slots));
        ready.extend(document.skip_to(sequence));
        continue;
      }
      document.keep(sequence, FrameHeader { kind, id, document: number, frame }, payload)?;
      if kind == KIND_SYNC || kind == KIND_WINDOW_OPEN || kind == KIND_NODE_ASK || kind == KIND_HOST_ASKED {
        posted = Posted::Asks(Asked { document: number, id });
      }
    }
    ready.extend(document.take_ready());
    // A worker's messages come when they like.
    if found.leaving != Some(number) && frame != WORKER {
      settle(&mut state, connection);
    }
    for (header, payload) in ready {
      push(&mut state, connection, header, payload);
    }
    if frame != MAIN
      && frame != WORKER
      && let Some((id, slots)) = gone
    {
      leave(&mut state, connection, number, id, &slots);
    }
    if posted == Posted::Taken && !state.is_low(connection) {
      posted = Posted::Wait;
      if let Some(found) = state.connections.get_mut(&connection) {
        found.holding = true;
      }
    }
    drop(state);
    self.0.filled.notify_one();
    Ok(posted)
  }

  /// A payload that a script told a document to fetch, by its number.
  pub fn fetch(&self, connection: u32, token: &Token, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut state = lock(&self.0.state);
    let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
    let number = u32::from_le_bytes(body.try_into().map_err(|_| Refusal::Malformed)?);
    let document = found.number_of(token).ok_or(Refusal::Stranger)?;
    let payload = found.documents.get_mut(&document).and_then(|found| found.take_stored(number)).ok_or(Refusal::Stranger)?;
    found.is_read(document, payload.len());
    Ok(payload)
  }

  /// Queues a frame to a page. `wake` is called with the view's id when the user interface must be told to drain. False when the
  /// connection is gone, the payload is too long or the page left too much unread.
  pub fn send(&self, connection: u32, header: FrameHeader, payload: &[u8], wake: impl FnOnce(u32)) -> bool {
    let mut state = lock(&self.0.state);
    let Some(found) = state.connections.get_mut(&connection) else { return false };
    if payload.len() > MAX_PAYLOAD || found.outgoing_bytes + payload.len() > MAX_OUTGOING {
      return false;
    }
    let Some(document) = found.documents.get_mut(&header.document) else { return true };
    if header.kind == KIND_LOADED || header.kind == KIND_SYNC_REPLY {
      let bytes = if header.kind == KIND_LOADED { [document.token.0.as_slice(), payload].concat() } else { payload.to_vec() };
      found.answers.push(Out::Answer { asked: Asked { document: header.document, id: header.id }, bytes });
    } else {
      if !document.has_news() {
        found.touched.push(header.document);
      }
      found.outgoing_bytes += document.queue(header, payload);
    }
    let (web_contents, waking) = (found.web_contents, std::mem::replace(&mut found.waking, true));
    drop(state);
    if !waking {
      wake(web_contents);
    }
    true
  }

  /// What the user interface has to do for a connection; in order for each document.
  pub fn drain(&self, connection: u32) -> Vec<Out> {
    let mut state = lock(&self.0.state);
    let is_low = state.is_low(connection);
    let Some(found) = state.connections.get_mut(&connection) else { return Vec::new() };
    found.waking = false;
    // A page that waits for an answer takes it before any script.
    let mut out = std::mem::take(&mut found.answers);
    if is_low && std::mem::take(&mut found.holding) {
      out.push(Out::Go);
    }
    for number in std::mem::take(&mut found.touched) {
      let Some(document) = found.documents.get_mut(&number).filter(|document| document.has_news()) else { continue };
      if document.frame == WORKER {
        if std::mem::take(&mut document.waiting) {
          let (frames, bytes) = document.take_frames();
          found.is_read(number, bytes);
          out.push(Out::News { document: number, frames });
        }
        continue;
      }
      let to = document.recipient(number);
      let is_reached = document.waiting || to == Recipient::MainFrame;
      // One question, one answer.
      document.waiting &= found.reach == Reach::AllFrames;
      if !is_reached {
        continue;
      }
      let (text, bytes) = document.take_script(&found.hook);
      out.push(Out::Script { to, text, bytes });
    }
    out
  }

  /// A script of [`Portable::drain`] has run.
  pub fn delivered(&self, connection: u32, to: Recipient, bytes: usize) {
    if let Some(found) = lock(&self.0.state).connections.get_mut(&connection) {
      let document = match to {
        Recipient::SubFrame(document) => Some(document),
        Recipient::MainFrame => found.main_document(),
      };
      if let Some(document) = document {
        found.is_read(document, bytes);
      }
    }
  }

  /// Takes the frames that have arrived, oldest first, without waiting. `wake` is called with the id of each view whose requests may go on.
  pub fn take_frames(&self, mut wake: impl FnMut(u32)) -> Vec<LaneFrame> {
    let mut state = lock(&self.0.state);
    let frames = std::mem::take(&mut state.incoming).into();
    state.incoming_bytes = 0;
    let mut waking = Vec::new();
    for found in state.connections.values_mut() {
      if found.web_contents != 0 {
        found.waiting_bytes = 0;
      }
      if found.holding && !std::mem::replace(&mut found.waking, true) {
        waking.push(found.web_contents);
      }
    }
    drop(state);
    waking.into_iter().for_each(&mut wake);
    frames
  }

  /// Resolves when there are frames to take. Safe to drop and to call again.
  pub async fn ready(&self) {
    while lock(&self.0.state).incoming.is_empty() {
      // A frame that comes in between leaves its permit, so it is not missed.
      self.0.filled.notified().await;
    }
  }
}

/// A panic elsewhere leaves the tables whole: every change to them is a single step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
  mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
