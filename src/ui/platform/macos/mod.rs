//! macOS: AppKit and WKWebView, directly where tao, wry and muda stop.

mod clipboard;
mod desktop;
mod menu;
mod message_box;
mod net_error;
mod webview;
mod window;

use std::rc::Rc;

use objc2_foundation::{MainThreadMarker, NSProcessInfo, NSString};

use super::super::event_loop::Builder;
use super::super::state::Ui;
use super::super::{Error, UiConfig};

pub(crate) use clipboard::{clipboard_clear, clipboard_formats, clipboard_read, clipboard_read_image, clipboard_write};
pub(crate) use desktop::{beep, cursor_position, displays, outside_of_loop, stacking, work_area_of};
pub(crate) use menu::{hide_menu, menu_changed, modifiers, set_application_menu, show_menu};
pub(crate) use message_box::MessageDialog;
pub(crate) use webview::{Engine, Frame, Store, build};
pub(crate) use window::{WindowExtra, configure, native_handle};

/// AppKit's proof that a call comes from the main thread.
fn main_thread() -> MainThreadMarker {
  MainThreadMarker::new().expect("the user interface runs on the main thread")
}

/// WKWebView is a part of the system, and so is its display.
pub(crate) fn start(config: &UiConfig) -> Result<(), Error> {
  set_app_identity(&config.app_name);
  Ok(())
}

/// The name that the menu of the application shows where no bundle says another.
pub(crate) fn set_app_identity(name: &str) {
  if !name.is_empty() {
    NSProcessInfo::processInfo().setProcessName(&NSString::from_str(name));
  }
}

/// What tao sets up is what Electron's apps expect: a regular application that activates itself.
pub(crate) fn prepare_event_loop(_builder: &mut Builder) {}

/// WKWebView starts its processes with the first view, whose session is not known yet.
pub(crate) fn warm_up(_ui: &Rc<Ui>) {}

/// AppKit keeps nothing back.
pub(crate) fn stop() {}
