//! The commands of dialogs. rfd opens file dialogs; what it has no setting for is added by the platform.

use std::rc::Rc;

use crate::bridge::{FileDialog, MessageBox, Reply, RequestId, WindowId};

use super::platform::{self, MessageDialog, Window};
use super::state::{Outcome, Ui, done, json};

/// The window that a dialog is modal for.
fn parent(ui: &Rc<Ui>, window: Option<WindowId>) -> Result<Option<Rc<Window>>, String> {
  window.map(|window| ui.window(window)).transpose()
}

pub(crate) fn file(ui: &Rc<Ui>, window: Option<WindowId>, dialog: FileDialog, reply: Reply) {
  match parent(ui, window) {
    Ok(parent) => platform::file_dialog(parent.as_deref(), dialog, move |paths| reply.send(json(paths))),
    Err(error) => reply.send(Err(error)),
  }
}

pub(crate) fn message(ui: &Rc<Ui>, window: Option<WindowId>, request: RequestId, message_box: &MessageBox, reply: Reply) {
  let parent = match parent(ui, window) {
    Ok(parent) => parent,
    Err(error) => return reply.send(Err(error)),
  };
  let weak = Rc::downgrade(ui);
  let dialog = MessageDialog::open(parent.as_deref(), message_box, move |response, checkbox_checked| {
    if let Some(ui) = weak.upgrade() {
      ui.message_dialogs.remove(request);
    }
    reply.send(json(serde_json::json!({ "response": response, "checkboxChecked": checkbox_checked })));
  });
  ui.message_dialogs.insert(request, dialog);
}

pub(crate) fn close(ui: &Rc<Ui>, request: RequestId) -> Outcome {
  let dialog = ui.message_dialogs.get(request).ok_or_else(|| format!("there is no message box {request}"))?;
  dialog.cancel();
  done()
}
