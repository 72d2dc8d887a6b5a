//! Node contexts of pages: worker threads that talk to one document each, past the JS thread.
//!
//! The JS thread opens a way for a document and starts a worker under the name that it got. The worker's own extension finds the way by that
//! name. A name counts once and cannot be guessed, so no other worker of the app comes by a document.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use deno_core::{OpState, ToJsBuffer, op2};
use deno_error::JsErrorBox;
use serde::Serialize;

use super::lane::{PageChannels, wake};
use crate::bridge::JsEnd;
use crate::lane::{FrameHeader, LaneFrame, Route};
use crate::runtime::{PageModule, PageModules, PageScript};

/// Ways whose workers have not started yet, by name.
#[derive(Clone, Default)]
pub struct PageNodes(Arc<Mutex<HashMap<String, PageNode>>>);

impl PageNodes {
  /// Takes the way of this name, if there is one.
  pub fn claim(&self, name: &str) -> Option<PageNode> {
    self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name)
  }
}

impl fmt::Debug for PageNodes {
  fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_str("PageNodes")
  }
}

/// One document's way, both ends.
#[derive(Clone)]
pub struct PageNode(Way);

/// The ways that are open, by connection and document, for what the JS thread does with them.
#[derive(Default)]
pub struct Open(HashMap<(u32, u32), PageNode>);

/// A frame as the worker gets it.
#[derive(Serialize)]
pub struct Piece(u8, u32, ToJsBuffer);

/// Opens a way for frames of a document. `name`, which nobody can guess, is the one that its worker must have.
#[op2(fast)]
pub fn op_page_node_open(state: &mut OpState, connection: u32, document: u32, frame: f64, #[string] name: String) {
  let channels = state.borrow::<PageChannels>().clone();
  let route = channels.open_route(connection, document);
  let node = PageNode(Way { channels, ui: state.borrow::<JsEnd>().clone(), route, connection, document, frame });
  if !state.has::<Open>() {
    state.put(Open::default());
  }
  state.borrow_mut::<Open>().0.insert((connection, document), node.clone());
  let nodes = state.borrow::<PageNodes>().0.clone();
  nodes.lock().unwrap_or_else(PoisonError::into_inner).insert(name, node);
}

/// Ends it, and the worker's waiting. The answer is the question that the document waits for an answer to, 0 for none.
#[op2(fast)]
pub fn op_page_node_close(state: &mut OpState, connection: u32, document: u32, #[string] name: &str) -> u32 {
  drop(state.borrow::<PageNodes>().claim(name));
  let node = state.try_borrow_mut::<Open>().and_then(|open| open.0.remove(&(connection, document)));
  node.map_or(0, |node| node.0.close())
}

/// Puts a frame on its way that came to the JS thread, because the way was not open yet.
#[op2(fast)]
pub fn op_page_node_push(state: &mut OpState, connection: u32, document: u32, kind: u8, id: u32, #[buffer] data: &[u8]) {
  if let Some(node) = state.try_borrow::<Open>().and_then(|open| open.0.get(&(connection, document))) {
    node.0.push(kind, id, data);
  }
}

/// Resolves when there is a frame of the document; false at the end.
#[op2]
pub async fn op_page_node_ready(state: Rc<RefCell<OpState>>) -> bool {
  let route = state.borrow().borrow::<PageNode>().0.route.clone();
  route.ready().await
}

/// The next frame of the document; `null` if there is none.
#[op2]
#[serde]
pub fn op_page_node_take(state: &mut OpState) -> Option<Piece> {
  let way = &state.borrow::<PageNode>().0;
  way.taken(way.route.take())
}

/// The next frame of the document, and blocks the thread until there is one; `null` at the end.
#[op2]
#[serde]
pub fn op_page_node_wait(state: &mut OpState) -> Option<Piece> {
  let way = &state.borrow::<PageNode>().0;
  way.taken(way.route.wait())
}

/// Sends a frame to the document. False when it is gone.
#[op2(fast)]
pub fn op_page_node_send(state: &mut OpState, kind: u8, id: u32, #[buffer] data: &[u8]) -> bool {
  state.borrow::<PageNode>().0.send(kind, id, data)
}

/// The address of a module that another one names.
#[op2]
#[string]
pub fn op_page_node_resolve(state: &mut OpState, #[string] specifier: &str, #[string] referrer: &str) -> Result<String, JsErrorBox> {
  state.borrow::<PageModules>().resolve(specifier, referrer)
}

/// What a page gets of a module.
#[op2]
#[serde]
pub fn op_page_node_module(state: &mut OpState, #[string] specifier: &str, #[string] text: String) -> Result<PageModule, JsErrorBox> {
  state.borrow::<PageModules>().module(specifier, text)
}

/// What a page gets of a script, unless it can run it as it is.
#[op2]
#[serde]
pub fn op_page_node_script(
  state: &mut OpState,
  #[string] specifier: &str,
  #[string] text: String,
) -> Result<Option<PageScript>, JsErrorBox> {
  state.borrow::<PageModules>().script(specifier, text)
}

deno_core::extension!(
  shell_page_node,
  ops = [
    op_page_node_ready,
    op_page_node_take,
    op_page_node_wait,
    op_page_node_send,
    op_page_node_resolve,
    op_page_node_module,
    op_page_node_script,
  ],
  esm_entry_point = "ext:shell_page_node/door.js",
  // Taken while the extension is evaluated: the runtime deletes them from `core.ops` when it boots. `page-node/main.js` deletes the global.
  esm = ["ext:shell_page_node/door.js" = { source = "import { core } from 'ext:core/mod.js';\nconst { op_page_node_ready: ready, op_page_node_take: take, op_page_node_wait: wait, op_page_node_send: send, op_page_node_resolve: resolve, op_page_node_module: module, op_page_node_script: script } = core.ops;\nObject.defineProperty(globalThis, '__shellPage', { value: { ready, take, wait, send, resolve, module, script }, configurable: true });\n" }],
  options = { node: PageNode, modules: PageModules },
  state = |state, options| {
    state.put(options.node);
    state.put(options.modules);
  },
);

/// Frames to the document go straight to its channel. Frames from it come by a route of the hub, or from the JS thread.
#[derive(Clone)]
struct Way {
  channels: PageChannels,
  ui: JsEnd,
  route: Arc<Route>,
  connection: u32,
  document: u32,
  frame: f64,
}

impl Way {
  fn header(&self, kind: u8, id: u32) -> FrameHeader {
    FrameHeader { kind, id, document: self.document, frame: self.frame as u64 }
  }

  fn close(&self) -> u32 {
    self.channels.close_route(self.connection, self.document, |web_contents| wake(&self.ui, web_contents));
    self.route.close()
  }

  fn push(&self, kind: u8, id: u32, data: &[u8]) {
    let header = self.header(kind, id);
    self.route.push(LaneFrame { web_contents: 0, connection: self.connection, header, payload: data.to_vec() });
  }

  /// A frame that left the route, as the worker gets it.
  fn taken(&self, frame: Option<LaneFrame>) -> Option<Piece> {
    if self.route.has_let_go() {
      self.channels.route_has_room(self.connection, |web_contents| wake(&self.ui, web_contents));
    }
    frame.map(|frame| Piece(frame.header.kind, frame.header.id, frame.payload.into()))
  }

  fn send(&self, kind: u8, id: u32, data: &[u8]) -> bool {
    self.route.sent(kind, id);
    self.channels.send(self.connection, self.header(kind, id), data, |web_contents| wake(&self.ui, web_contents))
  }
}
