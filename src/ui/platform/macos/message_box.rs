//! Message boxes: AppKit's alerts, as sheets of their window or alone.

use std::cell::RefCell;
use std::rc::Rc;

use block2::RcBlock;
use objc2::AllocAnyThread;
use objc2::rc::Retained;
use objc2_app_kit::{
  NSAlert, NSAlertFirstButtonReturn, NSAlertStyle, NSApplication, NSControlStateValueOff, NSControlStateValueOn, NSImage, NSModalResponse,
  NSModalResponseAbort,
};
use objc2_foundation::{NSData, NSString};

use crate::bridge::MessageBox;

use super::super::common::{Window, encode_png};
use super::desktop::outside_of_loop;
use super::main_thread;
use super::window::ns_window;

type Answer = Box<dyn FnOnce(i32, bool)>;

/// An open message box.
pub(crate) struct MessageDialog {
  alert: Retained<NSAlert>,
  has_parent: bool,
  cancel_id: i32,
  answer: RefCell<Option<Answer>>,
}

impl MessageDialog {
  /// Opens a message box. `answer` gets the button's number and the checkbox, once.
  pub(crate) fn open(parent: Option<&Window>, message_box: &MessageBox, answer: impl FnOnce(i32, bool) + 'static) -> Rc<Self> {
    let alert = NSAlert::new(main_thread());
    alert.setAlertStyle(match message_box.kind.as_str() {
      "warning" => NSAlertStyle::Warning,
      "error" => NSAlertStyle::Critical,
      _ => NSAlertStyle::Informational,
    });
    alert.setMessageText(&NSString::from_str(&message_box.message));
    alert.setInformativeText(&NSString::from_str(&message_box.detail));
    let labels: &[String] = if message_box.buttons.is_empty() { &["OK".to_owned()] } else { &message_box.buttons };
    for (number, label) in (0..).zip(labels) {
      let button = alert.addButtonWithTitle(&NSString::from_str(label));
      // The first button is the one of the return key unless the app says another.
      if message_box.default_id >= 0 {
        button.setKeyEquivalent(&NSString::from_str(if number == message_box.default_id { "\r" } else { "" }));
      }
      if number == message_box.cancel_id && number != message_box.default_id {
        button.setKeyEquivalent(&NSString::from_str("\u{1b}"));
      }
    }
    if !message_box.checkbox_label.is_empty() {
      alert.setShowsSuppressionButton(true);
      if let Some(checkbox) = alert.suppressionButton() {
        checkbox.setTitle(&NSString::from_str(&message_box.checkbox_label));
        checkbox.setState(if message_box.checkbox_checked { NSControlStateValueOn } else { NSControlStateValueOff });
      }
    }
    if let Some(png) = message_box.icon.as_ref().and_then(encode_png)
      && let Some(icon) = NSImage::initWithData(NSImage::alloc(), &NSData::with_bytes(&png))
    {
      // SAFETY: the picture is an image of AppKit's own making.
      unsafe { alert.setIcon(Some(&icon)) };
    }
    let this =
      Rc::new(Self { alert, has_parent: parent.is_some(), cancel_id: message_box.cancel_id, answer: RefCell::new(Some(Box::new(answer))) });
    let answering = this.clone();
    match parent {
      Some(parent) => {
        let block = RcBlock::new(move |response: NSModalResponse| answering.finish(response));
        this.alert.beginSheetModalForWindow_completionHandler(&ns_window(parent.tao()), Some(&block));
      }
      // It stays in the call until it is answered, which must not be inside of the event loop's callback.
      None => outside_of_loop(move || {
        if answering.answer.borrow().is_some() {
          let response = answering.alert.runModal();
          answering.finish(response);
        }
      }),
    }
    this
  }

  /// Closes the box as Escape would.
  pub(crate) fn cancel(&self) {
    let window = self.alert.window();
    match window.sheetParent() {
      Some(parent) => parent.endSheet_returnCode(&window, NSModalResponseAbort),
      None => {
        self.finish(NSModalResponseAbort);
        if !self.has_parent && window.isVisible() {
          NSApplication::sharedApplication(main_thread()).abortModal();
        }
      }
    }
  }

  fn finish(&self, response: NSModalResponse) {
    let Some(answer) = self.answer.take() else { return };
    let checked = self.alert.suppressionButton().is_some_and(|checkbox| checkbox.state() == NSControlStateValueOn);
    let button = response - NSAlertFirstButtonReturn;
    answer(i32::try_from(button).ok().filter(|button| *button >= 0).unwrap_or(self.cancel_id), checked);
  }
}
