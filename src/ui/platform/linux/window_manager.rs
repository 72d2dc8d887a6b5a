//! What there is to know of the window manager: whether there is one, and how wide its frames are.

use std::cell::Cell;

use gtk::gdk;
use gtk::prelude::*;

/// What a frame adds around a window's client area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
  pub(crate) left: i32,
  pub(crate) top: i32,
  pub(crate) right: i32,
  pub(crate) bottom: i32,
}

impl Frame {
  pub(crate) fn width(self) -> i32 {
    self.left + self.right
  }

  pub(crate) fn height(self) -> i32 {
    self.top + self.bottom
  }
}

thread_local! {
  /// The frame that the last mapped window got: the best guess for one that was not mapped yet.
  static LAST_FRAME: Cell<Option<Frame>> = const { Cell::new(None) };
}

/// Whether a window manager runs. Without one nobody carries out requests to maximize, minimize or fill the screen.
pub(crate) fn present() -> bool {
  let Some(screen) = gdk::Screen::default() else { return false };
  match screen.downcast::<gdkx11::X11Screen>() {
    Ok(screen) => screen.window_manager_name().is_some_and(|name| name != "unknown"),
    // Wayland's compositor is one always.
    Err(_) => true,
  }
}

/// The frame of a mapped window, by what the display says.
pub(crate) fn frame_of(window: &gdk::Window) -> Option<Frame> {
  let outer = window.frame_extents();
  let (_, x, y) = window.origin();
  let frame = Frame {
    left: x - outer.x(),
    top: y - outer.y(),
    right: outer.x() + outer.width() - x - window.width(),
    bottom: outer.y() + outer.height() - y - window.height(),
  };
  // In the moment of reparenting the numbers can be of two different states.
  (frame.left >= 0 && frame.top >= 0 && frame.right >= 0 && frame.bottom >= 0).then_some(frame)
}

/// The frame that a window shall be assumed to get.
pub(crate) fn expected_frame() -> Frame {
  LAST_FRAME.with(Cell::get).unwrap_or_default()
}

/// Remembers the frame of a decorated window.
pub(crate) fn remember_frame(frame: Frame) {
  LAST_FRAME.with(|last| last.set(Some(frame)));
}
