//! Operations around the lane's hub: what JS sends to a page, and frames in the form that JS takes them in.

use deno_core::{OpState, ToJsBuffer, op2};
use serde::Serialize;

use crate::lane::{FrameHeader, Hub, LaneFrame};

/// A frame for JS. The last one of a connection has kind 0.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FrameForJs {
  pub web_contents: u32,
  pub connection: u32,
  pub kind: u8,
  pub id: u32,
  pub document: u32,
  /// Exact up to 2^53; WebKit counts frames from 1.
  pub frame: f64,
  pub data: ToJsBuffer,
}

impl From<LaneFrame> for FrameForJs {
  fn from(frame: LaneFrame) -> Self {
    Self {
      web_contents: frame.web_contents,
      connection: frame.connection,
      kind: frame.header.kind,
      id: frame.header.id,
      document: frame.header.document,
      frame: frame.header.frame as f64,
      data: frame.payload.into(),
    }
  }
}

/// Queues a frame to a page. False when the page's connection is gone or took too much already.
#[op2(fast)]
pub fn op_lane_send(
  state: &mut OpState,
  connection: u32,
  kind: u32,
  id: u32,
  document: u32,
  frame: f64,
  #[buffer] data: &[u8],
) -> bool {
  let Ok(kind) = u8::try_from(kind) else {
    return false;
  };
  let Some(hub) = state.try_borrow::<Hub>() else {
    return false;
  };
  hub.send(connection, FrameHeader { kind, id, document, frame: frame as u64 }, data)
}

/// Process id of the web process behind a connection, 0 when unknown.
#[op2(fast)]
pub fn op_lane_peer(state: &mut OpState, connection: u32) -> u32 {
  state.try_borrow::<Hub>().map_or(0, |hub| hub.peer(connection))
}

/// Ends a connection whose page does not keep to the protocol.
#[op2(fast)]
pub fn op_lane_close(state: &mut OpState, connection: u32) {
  if let Some(hub) = state.try_borrow::<Hub>() {
    hub.close(connection);
  }
}
