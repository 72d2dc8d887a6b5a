//! Linux: GTK 3 and WebKitGTK 4.1, directly where tao stops.

mod accelerator;
mod archives;
mod clipboard;
mod crossing;
mod dialog;
mod inspector;
mod keys;
mod libraries;
mod menu;
mod net_error;
mod picture;
mod policy;
mod portable;
mod screen;
mod session;
mod webview;
mod webview_events;
mod window;
mod window_manager;
mod working_set;

use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use gtk::glib;
use tao::event::Event;

use crate::bridge::UiEvent;

use super::super::event_loop::{Builder, Wake};
use super::super::state::Ui;
use super::super::{Error, UiConfig};

pub(crate) use clipboard::{clipboard_clear, clipboard_formats, clipboard_read, clipboard_read_image, clipboard_write};
pub(crate) use dialog::{MessageDialog, file_dialog};
pub(crate) use menu::{MenuModel, set_application_menu};
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

/// How long a web process that was started ahead waits for its window.
const SPARE_PATIENCE: Duration = Duration::from_secs(10);

/// Sets the engine up: the first context costs 60 ms or more, whatever it is for, and a web process as much again. Where the app's data is, is not
/// known before its main script has run; what is made for a folder that turns out to be another one is thrown away.
pub(crate) fn warm_up(ui: &Rc<Ui>) {
  match &ui.config.session_folder {
    Some(folder) => make_spare(ui, folder),
    None => drop(webkit2gtk::WebContext::new_ephemeral()),
  }
  if let Some(extensions) = &ui.config.web_extensions {
    libraries::drivers::note(extensions);
  }
}

/// Has a web process ready for the first window.
fn make_spare(ui: &Rc<Ui>, folder: &Path) {
  ui.spare_view.replace(Some(WebView::spare(ui, folder)));
  let weak = Rc::downgrade(ui);
  // An app without windows shall not keep a web process.
  glib::timeout_add_local_once(SPARE_PATIENCE, move || {
    if let Some(ui) = weak.upgrade() {
      drop_spare(&ui);
    }
  });
}

/// Ends the spare view, if it is there, and the session that was made for it.
fn drop_spare(ui: &Rc<Ui>) {
  let spare = ui.spare_view.take();
  if let Some(view) = spare {
    view.destroy();
    drop(view);
    ui.sessions.forget_unused();
  }
}

/// GTK wants nothing of the loop.
pub(crate) fn prepare_event_loop(_builder: &mut Builder) {}

/// GTK tells what happens to windows by its signals.
pub(crate) fn toolkit_event(_ui: &Rc<Ui>, _event: &Event<'_, Wake>) {}

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
