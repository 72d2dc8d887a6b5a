//! The pages' native channels, as JavaScript uses them.

use std::io;
use std::sync::Arc;

use deno_core::{OpState, op2};
use deno_error::JsErrorBox;
use serde::Serialize;

use super::event::PageFrame;
use crate::bridge::{JsEnd, LaneSocket, Reply, Request, UiCommand, UiEnd, UiEvent};
#[cfg(target_os = "linux")]
use crate::lane::Hub;
use crate::lane::portable::{FIRST_CONNECTION, Portable};
use crate::lane::{FrameHeader, KIND_CLOSED, Route};
#[cfg(not(target_os = "linux"))]
use no_sockets::Hub;

/// Queues a frame to a page. False when its connection is gone.
#[op2(fast)]
pub fn op_lane_send(state: &mut OpState, connection: u32, kind: u8, id: u32, document: u32, frame: f64, #[buffer] data: &[u8]) -> bool {
  let header = FrameHeader { kind, id, document, frame: frame as u64 };
  state.borrow::<PageChannels>().send(connection, header, data, |web_contents| wake(state.borrow(), web_contents))
}

/// Tells the user interface that a view has frames of the portable lane to fetch.
pub fn wake(ui: &JsEnd, web_contents: u32) {
  let _ = ui.send(Request { command: UiCommand::LaneDrain { web_contents }, reply: Reply::none() });
}

/// Ends a connection, for a page that does not keep to the protocol.
#[op2(fast)]
pub fn op_lane_close(state: &mut OpState, connection: u32) {
  state.borrow::<PageChannels>().close(connection);
}

/// A worker that a page may start.
#[derive(Serialize)]
pub struct OpenedWorker {
  number: u32,
  token: String,
}

/// Takes a worker of a page in; null when the page has too many.
#[op2]
#[serde]
pub fn op_lane_open_worker(state: &mut OpState, connection: u32) -> Option<OpenedWorker> {
  let (number, token) = state.borrow::<PageChannels>().portable.open_worker(connection)?;
  Some(OpenedWorker { number, token: token.hex() })
}

/// Forgets a worker that has ended, or whose page has.
#[op2(fast)]
pub fn op_lane_close_worker(state: &mut OpState, connection: u32, number: u32) {
  state.borrow::<PageChannels>().portable.close_worker(connection, number, |web_contents| wake(state.borrow(), web_contents));
}

/// Process id of the web process behind a connection, 0 when unknown.
#[op2(fast)]
pub fn op_lane_peer(state: &mut OpState, connection: u32) -> u32 {
  state.borrow::<PageChannels>().peer(connection)
}

/// The indices by which the page's windows lead from the main frame to another one; null where only the engine knows.
#[op2]
#[serde]
pub fn op_lane_place(state: &mut OpState, connection: u32, frame: f64) -> Option<Vec<u16>> {
  state.borrow::<PageChannels>().portable.place(connection, frame as u64)
}

/// The shell's own module files as statements of one script, for what is sent to pages.
#[op2]
#[string]
pub fn op_renderer_modules(#[serde] files: Vec<String>) -> Result<String, JsErrorBox> {
  crate::runtime::renderer_modules(&files).map_err(JsErrorBox::generic)
}

/// All channels of this process: sockets of the native lane, numbered connections of the portable one. Cloning gives another handle to the
/// same.
#[derive(Clone)]
pub struct PageChannels {
  sockets: Hub,
  portable: Portable,
}

impl PageChannels {
  pub fn new(portable: Portable) -> Self {
    Self { sockets: Hub::default(), portable }
  }

  pub fn adopt(&self, web_contents: u32, socket: LaneSocket) -> io::Result<u32> {
    self.sockets.adopt(web_contents, socket)
  }

  pub async fn ready(&self) {
    tokio::select! {
      () = self.sockets.ready() => {}
      () = self.portable.ready() => {}
    }
  }

  /// A way past the JS thread for some frames of a document.
  pub fn open_route(&self, connection: u32, document: u32) -> Arc<Route> {
    match connection {
      FIRST_CONNECTION.. => self.portable.open_route(connection, document),
      _ => self.sockets.open_route(connection, document),
    }
  }

  pub fn close_route(&self, connection: u32, document: u32, wake: impl FnOnce(u32)) {
    match connection {
      FIRST_CONNECTION.. => self.portable.close_route(connection, document, wake),
      _ => self.sockets.close_route(connection, document),
    }
  }

  /// A route has room again; readers of sockets notice by themselves.
  pub fn route_has_room(&self, connection: u32, wake: impl FnOnce(u32)) {
    if connection >= FIRST_CONNECTION {
      self.portable.route_has_room(connection, wake);
    }
  }

  pub fn send(&self, connection: u32, header: FrameHeader, data: &[u8], wake: impl FnOnce(u32)) -> bool {
    match connection {
      FIRST_CONNECTION.. => self.portable.send(connection, header, data, wake),
      _ => self.sockets.send(connection, header, data),
    }
  }

  fn close(&self, connection: u32) {
    match connection {
      FIRST_CONNECTION.. => self.portable.close(connection),
      _ => self.sockets.close(connection),
    }
  }

  fn peer(&self, connection: u32) -> u32 {
    match connection {
      FIRST_CONNECTION.. => self.portable.peer(connection),
      _ => self.sockets.peer(connection),
    }
  }

  /// Takes what has arrived. The end of a connection goes the way of the events, so that it comes after its last frames.
  pub fn take(&self, ui_end: &UiEnd, end: &JsEnd) -> Vec<PageFrame> {
    let mut frames = Vec::new();
    for frame in self.sockets.take_frames().into_iter().chain(self.portable.take_frames(|web_contents| wake(end, web_contents))) {
      let (web_contents, connection) = (frame.web_contents, frame.connection);
      if frame.header.kind == KIND_CLOSED {
        ui_end.emit(UiEvent::LaneClosed { web_contents, connection });
        continue;
      }
      let FrameHeader { kind, id, document, frame: number } = frame.header;
      frames.push(PageFrame { web_contents, connection, kind, id, document, frame: number as f64, data: frame.payload.into() });
    }
    frames
  }
}

/// No page has a socket on this platform.
#[cfg(not(target_os = "linux"))]
mod no_sockets {
  use super::{Arc, FrameHeader, LaneSocket, Route, io};
  use crate::lane::LaneFrame;

  #[derive(Clone, Default)]
  pub(super) struct Hub;

  impl Hub {
    pub(super) fn adopt(&self, _web_contents: u32, socket: LaneSocket) -> io::Result<u32> {
      match socket {}
    }

    pub(super) async fn ready(&self) {
      std::future::pending().await
    }

    pub(super) fn send(&self, _connection: u32, _header: FrameHeader, _data: &[u8]) -> bool {
      false
    }

    pub(super) fn close(&self, _connection: u32) {}

    pub(super) fn peer(&self, _connection: u32) -> u32 {
      0
    }

    pub(super) fn open_route(&self, _connection: u32, _document: u32) -> Arc<Route> {
      Arc::default()
    }

    pub(super) fn close_route(&self, _connection: u32, _document: u32) {}

    pub(super) fn take_frames(&self) -> Vec<LaneFrame> {
      Vec::new()
    }
  }
}
