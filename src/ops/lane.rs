//! The pages' native channels, as JavaScript uses them.

use deno_core::{OpState, op2};

#[cfg(target_os = "linux")]
pub use native::PageChannels;
#[cfg(not(target_os = "linux"))]
pub use none::PageChannels;

/// Queues a frame to a page. False when its connection is gone.
#[op2(fast)]
pub fn op_lane_send(state: &mut OpState, connection: u32, kind: u8, id: u32, document: u32, frame: f64, #[buffer] data: &[u8]) -> bool {
  state.borrow::<PageChannels>().send(connection, kind, id, document, frame, data)
}

/// Ends a connection, for a page that does not keep to the protocol.
#[op2(fast)]
pub fn op_lane_close(state: &mut OpState, connection: u32) {
  state.borrow::<PageChannels>().close(connection);
}

/// Process id of the web process behind a connection, 0 when unknown.
#[op2(fast)]
pub fn op_lane_peer(state: &mut OpState, connection: u32) -> u32 {
  state.borrow::<PageChannels>().peer(connection)
}

/// The source of one of the shell's own JavaScript files, for the scripts that are sent to pages.
#[op2]
#[string]
pub fn op_shell_source(#[string] path: &str) -> Option<String> {
  crate::runtime::embedded_source(path).map(std::borrow::Cow::into_owned)
}

#[cfg(target_os = "linux")]
mod native {
  use std::io;

  use super::super::event::PageFrame;
  use crate::bridge::{LaneSocket, UiEnd, UiEvent};
  use crate::lane::{FrameHeader, Hub, KIND_CLOSED};

  /// All channels of this process. Cloning gives another handle to the same.
  #[derive(Clone, Default)]
  pub struct PageChannels(Hub);

  impl PageChannels {
    pub fn adopt(&self, web_contents: u32, socket: LaneSocket) -> io::Result<u32> {
      self.0.adopt(web_contents, socket)
    }

    pub async fn ready(&self) {
      self.0.ready().await;
    }

    pub fn send(&self, connection: u32, kind: u8, id: u32, document: u32, frame: f64, data: &[u8]) -> bool {
      self.0.send(connection, FrameHeader { kind, id, document, frame: frame as u64 }, data)
    }

    pub fn close(&self, connection: u32) {
      self.0.close(connection);
    }

    pub fn peer(&self, connection: u32) -> u32 {
      self.0.peer(connection)
    }

    /// Takes what has arrived. The end of a connection goes the way of the events, so that it comes after its last frames.
    pub fn take(&self, ui_end: &UiEnd) -> Vec<PageFrame> {
      let mut frames = Vec::new();
      for frame in self.0.take_frames() {
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
}

#[cfg(not(target_os = "linux"))]
mod none {
  use std::io;

  use super::super::event::PageFrame;
  use crate::bridge::{LaneSocket, UiEnd};

  /// No page has a native channel on this platform.
  #[derive(Clone, Default)]
  pub struct PageChannels;

  impl PageChannels {
    pub fn adopt(&self, _web_contents: u32, socket: LaneSocket) -> io::Result<u32> {
      match socket {}
    }

    pub async fn ready(&self) {
      std::future::pending().await
    }

    pub fn send(&self, _connection: u32, _kind: u8, _id: u32, _document: u32, _frame: f64, _data: &[u8]) -> bool {
      false
    }

    pub fn close(&self, _connection: u32) {}

    pub fn peer(&self, _connection: u32) -> u32 {
      0
    }

    pub fn take(&self, _ui_end: &UiEnd) -> Vec<PageFrame> {
      Vec::new()
    }
  }
}
