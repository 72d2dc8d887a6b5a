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

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use thiserror::Error;
use tokio::sync::Notify;

use super::LaneFrame;
use super::frame::{FrameHeader, HEADER_LENGTH, KIND_CLOSED, MAX_PAGE_KIND, MAX_PAYLOAD};

/// Connections of the portable lane are numbered from here, those of sockets below.
pub const FIRST_CONNECTION: u32 = 1 << 31;
/// The longest body of a request: the largest payload with its header, and what a page sends again beside it.
pub const MAX_BODY: usize = MAX_PAYLOAD + (64 << 20);
/// Payloads up to this size go into the script that delivers them; larger ones are fetched.
const MAX_INLINE: usize = 24 << 10;
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

/// What nobody guesses: a view's secret or a document's token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Token([u8; TOKEN_LENGTH]);

const TOKEN_LENGTH: usize = 16;
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

/// What the user interface does for a connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Out {
  /// Answers a request of [`Portable::load`] or [`Portable::post`].
  Answer { asked: Asked, bytes: Vec<u8> },
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
}

struct Connection {
  /// 0 until JS has accepted the view; its frames wait as long.
  web_contents: u32,
  held: Vec<LaneFrame>,
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

impl Token {
  /// Reads 32 hexadecimal digits.
  pub fn from_hex(text: &str) -> Option<Self> {
    let digits = text.as_bytes();
    if digits.len() != TOKEN_LENGTH * 2 {
      return None;
    }
    let mut bytes = [0; TOKEN_LENGTH];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
      let digit = |at: usize| char::from(pair[at]).to_digit(16);
      *byte = u8::try_from(digit(0)? * 16 + digit(1)?).ok()?;
    }
    Some(Self(bytes))
  }

  /// A new one, from the system's source of randomness.
  fn random() -> std::io::Result<Self> {
    let mut bytes = [0; TOKEN_LENGTH];
    fill_random(&mut bytes)?;
    Ok(Self(bytes))
  }

  /// Without a hint in the time that it takes.
  fn matches(&self, bytes: &[u8]) -> bool {
    bytes.len() == TOKEN_LENGTH && self.0.iter().zip(bytes).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
  }

  fn hex(&self) -> String {
    self.0.iter().map(|byte| format!("{byte:02x}")).collect()
  }
}

impl std::fmt::Debug for Token {
  fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    formatter.write_str("Token(..)")
  }
}

#[cfg(unix)]
fn fill_random(bytes: &mut [u8]) -> std::io::Result<()> {
  use std::io::Read;
  std::fs::File::open("/dev/urandom")?.read_exact(bytes)
}

#[cfg(windows)]
fn fill_random(bytes: &mut [u8]) -> std::io::Result<()> {
  #[link(name = "bcryptprimitives", kind = "raw-dylib")]
  unsafe extern "system" {
    fn ProcessPrng(data: *mut u8, length: usize) -> i32;
  }
  // SAFETY: the pointer and the length describe `bytes`. The function is documented never to fail.
  unsafe { ProcessPrng(bytes.as_mut_ptr(), bytes.len()) };
  Ok(())
}

/// The bytes of a script message, whose text has one character for each: that of its number, and U+0100 for zero, which ends a text where
/// engines have those of C.
pub fn bytes_of_text(text: &str) -> Result<Vec<u8>, Refusal> {
  let mut bytes = Vec::with_capacity(text.len());
  for character in text.chars() {
    bytes.push(match u32::from(character) {
      0x100 => 0,
      code @ 1..=0xff => code as u8,
      _ => return Err(Refusal::Malformed),
    });
  }
  Ok(bytes)
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
      secret,
      hook: hook.to_owned(),
      peer: 0,
      last_document: 0,
      main_document: 0,
      documents: HashMap::new(),
      outgoing: VecDeque::new(),
      outgoing_bytes: 0,
      waking: false,
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

  pub fn peer(&self, connection: u32) -> u32 {
    lock(&self.0.state).connections.get(&connection).map_or(0, |connection| connection.peer)
  }

  /// A new document: the view's secret, a byte that is 1 for the main frame, and what JS is told. The request is answered when JS answers.
  pub fn load(&self, connection: u32, body: &[u8]) -> Result<Asked, Refusal> {
    let mut state = lock(&self.0.state);
    let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
    let (secret, rest) = body.split_at_checked(TOKEN_LENGTH).ok_or(Refusal::Malformed)?;
    if !found.secret.matches(secret) {
      return Err(Refusal::Stranger);
    }
    let (&main, payload) = rest.split_first().ok_or(Refusal::Malformed)?;
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

  /// Frames of a document: its token, then each frame with its number. Gives the request that one of them makes, if any.
  pub fn post(&self, connection: u32, body: &[u8]) -> Result<Option<Asked>, Refusal> {
    let mut state = lock(&self.0.state);
    let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
    let (token, mut rest) = body.split_at_checked(TOKEN_LENGTH).ok_or(Refusal::Malformed)?;
    let (&number, document) = found.documents.iter_mut().find(|(_, document)| document.token.matches(token)).ok_or(Refusal::Stranger)?;
    let frame = u64::from(if number == found.main_document { 1 } else { number });
    let mut asked = None;
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
        asked = Some(Asked { document: number, id });
      }
    }
    let ready = document.take_ready();
    if ready.iter().any(|(header, _)| header.kind == KIND_GONE) {
      found.documents.remove(&number);
    }
    for (header, payload) in ready {
      push(&mut state, connection, header, payload);
    }
    drop(state);
    self.0.filled.notify_one();
    Ok(asked)
  }

  /// A payload that a script told a document to fetch: the token and the payload's number.
  pub fn fetch(&self, connection: u32, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut state = lock(&self.0.state);
    let found = state.connections.get_mut(&connection).ok_or(Refusal::Stranger)?;
    let (token, rest) = body.split_at_checked(TOKEN_LENGTH).ok_or(Refusal::Malformed)?;
    let number = u32::from_le_bytes(rest.try_into().map_err(|_| Refusal::Malformed)?);
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
    let Some(found) = state.connections.get_mut(&connection) else { return Vec::new() };
    found.waking = false;
    let mut out = Vec::new();
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

  /// Takes the frames that have arrived, oldest first, without waiting.
  pub fn take_frames(&self) -> Vec<LaneFrame> {
    std::mem::take(&mut lock(&self.0.state).incoming).into()
  }

  /// Resolves when there are frames to take. Safe to drop and to call again.
  pub async fn ready(&self) {
    while lock(&self.0.state).incoming.is_empty() {
      // A frame that comes in between leaves its permit, so it is not missed.
      self.0.filled.notified().await;
    }
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
  if found.web_contents == 0 { found.held.push(frame) } else { state.incoming.push_back(frame) }
}

/// One call of the hook for frames of one document: `hook('token',[kind,id,'bytes'],[kind,id,number of a payload to fetch])`.
#[derive(Default)]
struct ScriptText {
  text: String,
  document: u32,
  bytes: usize,
}

impl ScriptText {
  fn begin(&mut self, hook: &str, token: &Token, document: u32, out: &mut Vec<Out>) {
    if !self.text.is_empty() && self.document == document {
      return;
    }
    self.finish(out);
    self.document = document;
    // A document that does not know the hook, because its scripts have not run, gets nothing.
    self.text = format!("{hook}?.('{}'", token.hex());
  }

  fn inline(&mut self, header: FrameHeader, payload: &[u8], size: usize) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    self.text.reserve(payload.len() * 2 + 32);
    self.text.push_str(&format!(",[{},{},'", header.kind, header.id));
    for &byte in payload {
      match byte {
        b'\'' | b'\\' | 0..=0x1f | 0x7f.. => {
          self.text.push_str("\\x");
          self.text.push(char::from(DIGITS[usize::from(byte >> 4)]));
          self.text.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        _ => self.text.push(char::from(byte)),
      }
    }
    self.text.push_str("']");
    self.bytes += size;
  }

  fn reference(&mut self, header: FrameHeader, number: u32, size: usize) {
    self.text.push_str(&format!(",[{},{},{number}]", header.kind, header.id));
    self.bytes += size;
  }

  fn finish(&mut self, out: &mut Vec<Out>) {
    if self.text.is_empty() {
      return;
    }
    let mut text = std::mem::take(&mut self.text);
    text.push(')');
    out.push(Out::Script { text, bytes: std::mem::take(&mut self.bytes) });
  }
}

/// A panic elsewhere leaves the tables whole: every change to them is a single step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
  mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
