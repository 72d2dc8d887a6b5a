//! Dialogs.
use super::window::Window;
use crate::bridge::{FileDialog, MessageBox};
use std::rc::Rc;
pub(crate) struct MessageDialog;
impl MessageDialog {
  pub(crate) fn open(_parent: Option<&Window>, b: &MessageBox, answer: impl FnOnce(i32, bool) + 'static) -> Rc<Self> {
    answer(b.cancel_id, false);
    Rc::new(Self)
  }
  pub(crate) fn cancel(&self) {}
}
pub(crate) fn file_dialog(_parent: Option<&Window>, _d: FileDialog, answer: impl FnOnce(Vec<String>) + 'static) {
  answer(Vec::new())
}
