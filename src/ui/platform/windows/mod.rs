//! Windows: Win32 and WebView2, directly where tao, wry and muda stop.

mod clipboard;
mod desktop;
mod menu;
mod message_box;
mod net_error;
mod webview;
mod window;

use std::rc::Rc;

use super::super::event_loop::Builder;
use super::super::state::Ui;
use super::super::{Error, UiConfig};

pub(crate) use clipboard::{clipboard_clear, clipboard_formats, clipboard_read, clipboard_read_image, clipboard_write};
pub(crate) use desktop::{beep, cursor_position, displays, outside_of_loop, stacking, work_area_of};
pub(crate) use menu::{hide_menu, menu_changed, modifiers, set_application_menu, show_menu};
pub(crate) use message_box::MessageDialog;
pub(crate) use webview::{Engine, Frame, Store, build};
pub(crate) use window::{WindowExtra, configure, native_handle};

/// Looks for the web view's runtime, which is no part of older systems.
pub(crate) fn start(config: &UiConfig) -> Result<(), Error> {
  wry::webview_version().map_err(|error| Error::NoWebView {
    reason: error.to_string(),
    hint: "install the WebView2 runtime of Microsoft Edge from https://developer.microsoft.com/microsoft-edge/webview2".into(),
  })?;
  set_app_identity(&config.app_name);
  Ok(())
}

/// The name by which the task bar groups windows.
pub(crate) fn set_app_identity(name: &str) {
  desktop::set_app_user_model_id(name);
}

/// Keys of menu bars are the message loop's own affair here.
pub(crate) fn prepare_event_loop(builder: &mut Builder) {
  menu::hook_messages(builder);
}

/// WebView2 starts its processes with the first view's folder, which is not known yet.
pub(crate) fn warm_up(_ui: &Rc<Ui>) {}

/// Windows keeps nothing back.
pub(crate) fn stop() {}
