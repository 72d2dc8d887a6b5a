//! The few calls of Xlib that GDK has no name for.

use gtk::gdk;
use gtk::glib::translate::ToGlibPtr;
use gtk::prelude::*;

#[link(name = "X11")]
unsafe extern "C" {
  fn XSetInputFocus(display: *mut std::ffi::c_void, window: u64, revert_to: i32, time: u64) -> i32;
}

/// `PointerRoot` of X.h: the focus goes to the window under the pointer.
const POINTER_ROOT: u64 = 1;

/// Takes the keyboard focus from a window that has it. GDK can only give it to one.
pub(crate) fn give_up_focus(window: &gdk::Window) {
  let display = window.display();
  let Ok(display) = display.downcast::<gdkx11::X11Display>() else { return };
  // SAFETY: the display is alive for the call, and `PointerRoot` with the current time is a focus that X always accepts.
  unsafe {
    let x_display = gdkx11::ffi::gdk_x11_display_get_xdisplay(display.to_glib_none().0);
    XSetInputFocus(x_display.cast(), POINTER_ROOT, 0, 0);
  }
}
