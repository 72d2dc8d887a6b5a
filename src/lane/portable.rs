//! The portable lane: what a page and the JS thread say to each other where nothing can be loaded into the web process.
//!
//! A page sends by script messages and by requests to a scheme of the shell's own; both carry the same bytes, a [`Token`] and frames. The user
//! interface passes them on, from whatever engine it has, and runs in the page's isolated world the scripts that [`Portable::drain`] makes.
//! Nothing here knows an engine.
//!
//! Two ways into the host would be two orders, so each document numbers its frames and the host restores the one order in which they were
//! sent. A number that was seen is never seen again: what a page repeats, because it does not know whether it arrived, counts once.
//!
//! Everything from a page is untrusted: the view's secret opens a document, the document's own token is on everything after it, and how much may
//! wait for a missing number is bounded.

mod script;
#[cfg(test)]
mod tests;
mod token;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::sync::Notify;

use super::{LaneFrame, ROUTED_KINDS, Route};
use script::ScriptText;
pub use token::{Token, bytes_of_text};

use super::frame::{FrameHeader, HEADER_LENGTH, KIND_CLOSED, MAX_PAGE_KIND, MAX_PAYLOAD};

/// Connections of the portable lane are numbered from here, those of sockets below.
pub const FIRST_CONNECTION: u32 = 1 << 31;
/// The longest body of a request: the largest payload with its header, and what a page sends again beside it.
pub const MAX_BODY: usize = MAX_PAYLOAD + (64 << 20);
/// Payloads up to this size go into the script that delivers them; larger ones are fetched.
const MAX_INLINE: usize = 24 << 10;
/// While JS has this many bytes of frames to work off, requests that bring more are answered later, so that a page cannot fill the host's memory.
const INCOMING_HIGH_WATER: usize = 64 << 20;
/// A page that ignores that, as only a web process that was taken over can, is not heard any more once this many bytes of it wait.
const MAX_WAITING: usize = MAX_PAYLOAD + (64 << 20);
/// A page that leaves this many bytes unread gets no further frames.
const MAX_OUTGOING: usize = 512 << 20;
/// So much may wait for the number before it.
const MAX_EARLY_BYTES: usize = MAX_PAYLOAD + (64 << 20);
const MAX_EARLY_FRAMES: usize = 100_000;
/// Documents of one view that are alive at a time, frames included.
const MAX_DOCUMENTS: usize = 10_000;

/// Kinds that the lane itself understands; `shell-js/common/lane-frames.js` has all of them.
const KIND_LOAD: u8 = 1;
const KIND_GONE: u8 = 2;
const KIND_SYNC: u8 = 9;
const KIND_WINDOW_OPEN: u8 = 18;
const KIND_NODE_ASK: u8 = 21;
const KIND_HOST_ASKED: u8 = 28;
const KIND_LOADED: u8 = 33;
const KIND_SYNC_REPLY: u8 = 36;

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
  /// Runs in the isolated world of the view's main frame. `bytes` is what it delivers, for [`Portable::delivered`].
  Script { text: String, bytes: usize },
}

/// All connections of the portable lane. Cloning it gives another handle to the same.
#[derive(Clone, Default)]
pub struct Portable(Arc<Inner>);

#[derive(Default)]
struct Inner {
  state: Mutex<State>,
  filled: Notify,
}

#[derive(Default)]
struct State {
  last: u32,
  connections: HashMap<u32, Connection>,
  incoming: VecDeque<LaneFrame>,
  incoming_bytes: usize,
  /// Ways past the JS thread, by connection and document.
  routes: HashMap<(u32, u32), Arc<Route>>,
}

struct Connection {
  /// 0 until JS has accepted the view; its frames wait as long.
  web_contents: u32,
  held: Vec<LaneFrame>,
  /// Size of its frames that JS has not taken.
  waiting_bytes: usize,
  secret: Token,
  /// The name by which scripts reach the lane in the isolated world.
  hook: String,
  peer: u32,
  last_document: u32,
  /// The main frame's.
  main_document: u32,
  documents: HashMap<u32, Document>,
  outgoing: VecDeque<Outgoing>,
  outgoing_bytes: usize,
  /// The user interface was asked to drain and has not.
  waking: bool,
  /// Requests wait until JS has worked off what came.
  holding: bool,
}

struct Document {
  token: Token,
  next: u32,
  early: BTreeMap<u32, (FrameHeader, Vec<u8>)>,
  early_bytes: usize,
  /// Payloads that the page was told to fetch.
  stored: HashMap<u32, Vec<u8>>,
  last_stored: u32,
}

struct Outgoing {
  header: FrameHeader,
  payload: Vec<u8>,
}

impl Portable {
  /// Opens the connection of a view, whose scripts know `secret` and are reached in the isolated world by the name `hook`.
  pub fn open(&self, secret: Token, hook: &str) -> u32 {
    let mut state = lock(&self.0.state);
    state.last += 1;
    let number = FIRST_CONNECTION + state.last;
    let connection = Connection {
      web_contents: 0,
      held: Vec::new(),
      waiting_bytes: 0,
      secret,
      hook: hook.to_owned(),
      peer: 0,
      last_document: 0,
      main_document: 0,
      documents: HashMap::new(),
      outgoing: VecDeque::new(),
      outgoing_bytes: 0,
      waking: false,
      holding: false,
    };
    state.connections.insert(number, connection);
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
    let header = FrameHeader { kind: KIND_CLOSED, ..FrameHeader::default() };
    state.incoming.push_back(LaneFrame { web_contents: found.web_contents, connection, header, payload: Vec::new() });
    drop(state);
    self.0.filled.notify_one();
  }

  /// The web process is gone, and the view's documents with it.
  pub fn forget_documents(&self, connection: u32) {
    let mut state = lock(&self.0.state);
    let Some(found) = state.connections.get_mut(&connection) else { return };
    (found.peer, found.outgoing_bytes) = (0, 0);
    found.outgoing.clear();
    let main = found.main_document;
    let gone: Vec<_> = found.documents.drain().map(|(number, _)| number).collect();
    for document in gone {
      let frame = u64::from(if document == main { 1 } else { document });
      push(&mut state, connection, FrameHeader { kind: KIND_GONE, id: 0, document, frame }, Vec::new());
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

  /// Makes a way past the JS thread for frames of [`ROUTED_KINDS`] of one document.
  pub fn open_route(&self, connection: u32, document: u32) -> Arc<Route> {
    let route = Arc::new(Route::default());
    if let Some(old) = lock(&self.0.state).routes.insert((connection, document), route.clone()) {
      old.close();
    }
    route
  }

  /// Ends that way. `wake` is called as by [`Portable::take_frames`].
  pub fn close_route(&self, connection: u32, document: u32, wake: impl FnOnce(u32)) {
    let route = lock(&self.0.state).routes.remove(&(connection, document));
    if let Some(route) = route {
      route.close();
      self.route_has_room(connection, wake);
    }
  }

  /// A route that had a page wait has room again. `wake` is called as by [`Portable::take_frames`].
  pub fn route_has_room(&self, connection: u32, wake: impl FnOnce(u32)) {
    let mut state = lock(&self.0.state);
    let Some(found) = state.connections.get_mut(&connection) else { return };
    if !found.holding || std::mem::replace(&mut found.waking, true) {
      return;
    }
    let web_contents = found.web_contents;
    drop(state);
    wake(web_contents);
  }

  pub fn peer(&self, connection: u32) -> u32 {
    lock(&self.0.state).connections.get(&connection).map_or(0, |connection| connection.peer)
  }

  /// Whether a view's own scripts ask. Nothing else of a request is looked at before: the bodies of others are better left alone.
  pub fn may_ask(&self, connection: u32, token: &Token) -> bool {
    let state = lock(&self.0.state);
    let knows = |found: &Connection| found.secret.matches(token) || found.documents.values().any(|document| document.token.matches(token));
    state.connections.get(&connection).is_some_and(knows)
  }

  /// A new document: a byte that is 1 for the main frame, and what JS is told. The request is answered when JS answers.
  pub fn load(&self, connection: u32, secret: &Token, body: &[u8]) -> Result<Asked, Refusal> {
    let mut state = lock(&self.0.state);
    let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
    if !found.secret.matches(secret) {
      return Err(Refusal::Stranger);
    }
    let (&main, payload) = body.split_first().ok_or(Refusal::Malformed)?;
    if payload.len() > MAX_PAYLOAD || found.documents.len() >= MAX_DOCUMENTS {
      return Err(Refusal::TooMuch);
    }
    let token = Token::random().map_err(|_| Refusal::TooMuch)?;
    if main == 1 {
      // The documents of the page before are gone, whatever they say from now on.
      found.documents.clear();
      found.outgoing.retain(|outgoing| is_answer(outgoing.header.kind));
    }
    found.last_document += 1;
    let number = found.last_document;
    if main == 1 {
      found.main_document = number;
    }
    let document = Document { token, next: 1, early: BTreeMap::new(), early_bytes: 0, stored: HashMap::new(), last_stored: 0 };
    found.documents.insert(number, document);
    let header = FrameHeader { kind: KIND_LOAD, id: 1, document: number, frame: u64::from(if main == 1 { 1 } else { number }) };
    push(&mut state, connection, header, payload.to_vec());
    drop(state);
    self.0.filled.notify_one();
    Ok(Asked { document: number, id: 1 })
  }

  /// A script message, from whichever view: the token in front of its frames alone says whose document it is of.
  pub fn post_message(&self, message: &[u8]) -> Result<(), Refusal> {
    let (token, frames) = Token::split(message).ok_or(Refusal::Malformed)?;
    let connection = {
      let state = lock(&self.0.state);
      let has = |found: &Connection| found.documents.values().any(|document| document.token.matches(&token));
      state.connections.iter().find(|(_, found)| has(found)).map(|(number, _)| *number)
    };
    self.post(connection.ok_or(Refusal::Stranger)?, &token, frames).map(|_| ())
  }

  /// Frames of a document, each with its number. Says what becomes of the request.
  pub fn post(&self, connection: u32, token: &Token, frames: &[u8]) -> Result<Posted, Refusal> {
    let mut state = lock(&self.0.state);
    let routed = state.routed_bytes(connection);
    let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
    if found.waiting_bytes + routed > MAX_WAITING {
      return Err(Refusal::TooMuch);
    }
    let mut rest = frames;
    let (&number, document) = found.documents.iter_mut().find(|(_, document)| document.token.matches(token)).ok_or(Refusal::Stranger)?;
    let frame = u64::from(if number == found.main_document { 1 } else { number });
    let mut posted = Posted::Taken;
    while !rest.is_empty() {
      let (head, after) = rest.split_at_checked(FRAME_HEAD).ok_or(Refusal::Malformed)?;
      let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
      let (sequence, kind, id, length) = (word(0), head[4], word(8), word(12) as usize);
      if head[5..8] != [0; 3] || kind <= KIND_LOAD || kind > MAX_PAGE_KIND || length > MAX_PAYLOAD {
        return Err(Refusal::Malformed);
      }
      let (payload, after) = after.split_at_checked(length).ok_or(Refusal::Malformed)?;
      rest = after;
      if !document.is_new(sequence) {
        continue;
      }
      document.early_bytes += payload.len() + HEADER_LENGTH;
      if document.early_bytes > MAX_EARLY_BYTES || document.early.len() >= MAX_EARLY_FRAMES {
        return Err(Refusal::TooMuch);
      }
      document.early.insert(sequence, (FrameHeader { kind, id, document: number, frame }, payload.to_vec()));
      if kind == KIND_SYNC || kind == KIND_WINDOW_OPEN || kind == KIND_NODE_ASK || kind == KIND_HOST_ASKED {
        posted = Posted::Asks(Asked { document: number, id });
      }
    }
    let ready = document.take_ready();
    if ready.iter().any(|(header, _)| header.kind == KIND_GONE) {
      found.documents.remove(&number);
    }
    for (header, payload) in ready {
      push(&mut state, connection, header, payload);
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
    let document = found.documents.values_mut().find(|document| document.token.matches(token)).ok_or(Refusal::Stranger)?;
    let payload = document.stored.remove(&number).ok_or(Refusal::Stranger)?;
    found.outgoing_bytes = found.outgoing_bytes.saturating_sub(payload.len());
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
    found.outgoing_bytes += payload.len() + HEADER_LENGTH;
    found.outgoing.push_back(Outgoing { header, payload: payload.to_vec() });
    let (web_contents, waking) = (found.web_contents, std::mem::replace(&mut found.waking, true));
    drop(state);
    if !waking {
      wake(web_contents);
    }
    true
  }

  /// What the user interface has to do for a connection, in order.
  pub fn drain(&self, connection: u32) -> Vec<Out> {
    let mut state = lock(&self.0.state);
    let is_low = state.is_low(connection);
    let Some(found) = state.connections.get_mut(&connection) else { return Vec::new() };
    found.waking = false;
    let mut out = Vec::new();
    if is_low && std::mem::take(&mut found.holding) {
      out.push(Out::Go);
    }
    let mut script = ScriptText::default();
    while let Some(Outgoing { header, payload }) = found.outgoing.pop_front() {
      let size = payload.len() + HEADER_LENGTH;
      let Some(document) = found.documents.get_mut(&header.document) else {
        found.outgoing_bytes = found.outgoing_bytes.saturating_sub(size);
        continue;
      };
      if is_answer(header.kind) {
        script.finish(&mut out);
        found.outgoing_bytes = found.outgoing_bytes.saturating_sub(size);
        let bytes = if header.kind == KIND_LOADED { [document.token.0.as_slice(), &payload].concat() } else { payload };
        out.push(Out::Answer { asked: Asked { document: header.document, id: header.id }, bytes });
        continue;
      }
      script.begin(&found.hook, &document.token, header.document, &mut out);
      if payload.len() > MAX_INLINE {
        document.last_stored = document.last_stored.wrapping_add(1);
        script.reference(header, document.last_stored, HEADER_LENGTH);
        document.stored.insert(document.last_stored, payload);
      } else {
        script.inline(header, &payload, size);
      }
    }
    script.finish(&mut out);
    out
  }

  /// A script of [`Portable::drain`] has run.
  pub fn delivered(&self, connection: u32, bytes: usize) {
    if let Some(found) = lock(&self.0.state).connections.get_mut(&connection) {
      found.outgoing_bytes = found.outgoing_bytes.saturating_sub(bytes);
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

impl State {
  /// Whether a connection's pages may go on sending.
  fn is_low(&self, connection: u32) -> bool {
    self.incoming_bytes <= INCOMING_HIGH_WATER && !self.routes_of(connection).any(|route| route.holds_up())
  }

  fn routed_bytes(&self, connection: u32) -> usize {
    self.routes_of(connection).map(|route| route.bytes()).sum()
  }

  fn routes_of(&self, connection: u32) -> impl Iterator<Item = &Arc<Route>> {
    self.routes.iter().filter(move |((of, _), _)| *of == connection).map(|(_, route)| route)
  }
}

impl Document {
  fn is_new(&self, sequence: u32) -> bool {
    sequence >= self.next && !self.early.contains_key(&sequence)
  }

  /// Takes what has no gap before it.
  fn take_ready(&mut self) -> Vec<(FrameHeader, Vec<u8>)> {
    let mut ready = Vec::new();
    while let Some(frame) = self.early.remove(&self.next) {
      self.early_bytes -= frame.1.len() + HEADER_LENGTH;
      self.next += 1;
      ready.push(frame);
    }
    ready
  }
}

fn is_answer(kind: u8) -> bool {
  kind == KIND_LOADED || kind == KIND_SYNC_REPLY
}

fn push(state: &mut State, connection: u32, header: FrameHeader, payload: Vec<u8>) {
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

/// A panic elsewhere leaves the tables whole: every change to them is a single step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
  mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
