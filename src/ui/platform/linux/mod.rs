//! Linux: GTK 3 and WebKitGTK 4.1, directly where tao and wry stop.

mod accelerator;
mod clipboard;
mod crossing;
mod dialog;
mod inspector;
mod libraries;
mod menu;
mod net_error;
mod picture;
mod policy;
mod screen;
mod session;
mod webview;
mod webview_events;
mod window;
mod window_manager;

use std::rc::Rc;

use gtk::glib;

use crate::bridge::UiEvent;

use super::super::state::Ui;
use super::super::{Error, UiConfig};

pub(crate) use clipboard::{clipboard_clear, clipboard_formats, clipboard_read, clipboard_read_image, clipboard_write};
pub(crate) use dialog::{MessageDialog, file_dialog};
pub(crate) use menu::MenuModel;
pub(crate) use screen::{beep, cursor_position, displays, stacking};
pub(crate) use session::Sessions;
pub(crate) use webview::WebView;
pub(crate) use window::Window;

/// Loads the toolkit and opens the display.
pub(crate) fn start(config: &UiConfig) -> Result<(), Error> {
  libraries::load()?;
  gtk::init().map_err(|_| {
    let display = std::env::var("DISPLAY").or_else(|_| std::env::var("WAYLAND_DISPLAY"));
    Error::NoDisplay(match display {
      Ok(display) => format!("the display {display:?} does not answer: check DISPLAY and WAYLAND_DISPLAY"),
      Err(_) => "set DISPLAY or WAYLAND_DISPLAY, or run the app under `xvfb-run`".to_owned(),
    })
  })?;
  set_app_identity(&config.app_name);
  // rfd starts a thread that iterates the main context of GTK. It must never own that context: our callbacks would run on it,
  // even in the moment between the end of the loop and the end of the process.
  if let Ok(guard) = glib::MainContext::default().acquire() {
    std::mem::forget(guard);
  }
  Ok(())
}

/// Sets the engine up. The first context costs 80 ms or more, whatever it is for; every later one costs next to nothing. What is
/// made here is thrown away: where the app's data goes is not known before its main script has run.
pub(crate) fn warm_up() {
  drop(webkit2gtk::WebContext::new_ephemeral());
}

/// Flushes what was asked of the display before the process ends.
pub(crate) fn stop() {
  if let Some(display) = gtk::gdk::Display::default() {
    display.flush();
  }
}

/// The name under which new windows are known to the desktop.
pub(crate) fn set_app_identity(name: &str) {
  if name.is_empty() || name.contains('\0') {
    return;
  }
  glib::set_prgname(Some(name));
  gtk::gdk::set_program_class(name);
}

/// Signals that ask the process to end become a question to the app.
pub(crate) fn watch_quit_requests(ui: &Rc<Ui>) {
  for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
    let end = ui.end.clone();
    glib::source::unix_signal_add_local(signal, move || {
      end.emit(UiEvent::QuitAsked {});
      glib::ControlFlow::Continue
    });
  }
}
