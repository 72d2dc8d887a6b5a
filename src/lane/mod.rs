//! The native lane: a socket pair for each page, from the extension in the web process straight to the JS thread.
//!
//! The extension (`extension/*.c`) gives each page's preload an isolated script world and one end of the socket pair; the other end reaches
//! the [`Hub`] through the UI thread, as `UiEvent::LaneOpened`, because only WebKit can say which view a page belongs to.
//!
//! Architecture Invariant: neither V8 nor GTK types here, so that the frame format is tested without either.

#[cfg(target_os = "linux")]
mod area;
#[cfg(target_os = "linux")]
pub mod extension;
mod frame;
#[cfg(target_os = "linux")]
mod hub;
pub mod portable;
mod route;

pub use frame::{Frame, FrameHeader, FrameParser, HEADER_LENGTH, KIND_CLOSED, LaneFrame, MAX_PAGE_KIND, MAX_PAYLOAD, ProtocolError};
#[cfg(target_os = "linux")]
pub use hub::{Hub, before_sleep};
pub use route::{ROUTED_KINDS, Route};

/// What the JS thread does before it sleeps: nothing here, no page has a socket.
#[cfg(not(target_os = "linux"))]
pub fn before_sleep() {}
