//! What macOS and Windows share: windows of tao, views of wry, menus of muda, file dialogs of rfd. What those have no name for is in the system's own
//! folder, which this one calls `native`.

mod accelerator;
mod dialog;
pub(super) mod lane;
pub(super) mod menu;
pub(super) mod picture;
mod session;
pub(super) mod style;
pub(super) mod tasks;
mod webview;
mod window;

use std::rc::Rc;

use tao::event::{Event, WindowEvent};

use super::super::event_loop::Wake;
use super::super::state::Ui;
use super::native;

pub(crate) use dialog::file_dialog;
pub(crate) use menu::MenuModel;
pub(crate) use native::{
  MessageDialog, beep, clipboard_clear, clipboard_formats, clipboard_read, clipboard_read_image, clipboard_write, cursor_position,
  displays, prepare_event_loop, set_app_identity, set_application_menu, stacking, start, stop, warm_up,
};
pub(crate) use session::Sessions;
pub(crate) use webview::WebView;
pub(crate) use window::Window;

pub(super) use picture::{decode_png, encode_png};
pub(super) use session::Session;
pub(super) use webview::Stage;

/// Requests to quit come to the JavaScript thread, as signals or console events. This is where the loop exists and nothing has happened yet, so
/// tasks and the clicks in menus begin here.
pub(crate) fn watch_quit_requests(ui: &Rc<Ui>) {
  tasks::init(&ui.end);
  lane::init(ui);
  menu::listen(&ui.end);
}

/// Takes what the toolkit tells of windows, and goes on with what waits for this thread.
pub(crate) fn toolkit_event(ui: &Rc<Ui>, event: &Event<'_, Wake>) {
  match event {
    Event::WindowEvent { window_id, event, .. } => {
      let Some(window) = ui.windows.all().into_iter().find(|window| window.tao().id() == *window_id) else { return };
      window.note(event);
      if matches!(event, WindowEvent::Resized(_) | WindowEvent::ScaleFactorChanged { .. }) {
        for view in ui.web_views.all().into_iter().filter(|view| view.window() == Some(window.id())) {
          view.fill(&window);
        }
      }
    }
    Event::UserEvent(Wake) => tasks::run_ready(),
    _ => {}
  }
}
