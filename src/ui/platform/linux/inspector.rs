//! DevTools: WebKit's inspector, in the window of its view or in one of its own.

use std::cell::Cell;
use std::rc::Weak;

use webkit2gtk::{WebInspectorExt, WebViewExt};

use crate::bridge::UiEvent;

use super::webview::WebView;

/// The inspector of a view.
pub(crate) struct Inspector {
  inspector: Option<webkit2gtk::WebInspector>,
  open: Cell<bool>,
}

impl Inspector {
  pub(crate) fn new(view: &webkit2gtk::WebView) -> Self {
    Self { inspector: view.inspector(), open: Cell::new(false) }
  }

  /// Tells when the user, the page's context menu or the app opens and closes it.
  pub(crate) fn connect(&self, view: &Weak<WebView>) {
    let Some(inspector) = &self.inspector else { return };
    let weak = view.clone();
    inspector.connect_closed(move |_| {
      if let Some(view) = weak.upgrade() {
        view.inspector.note(&view, false);
      }
    });
    for number in 0..3 {
      let weak = view.clone();
      let opened = move |_: &webkit2gtk::WebInspector| {
        if let Some(view) = weak.upgrade() {
          view.inspector.note(&view, true);
        }
        // The engine's own windows and panes do.
        false
      };
      match number {
        0 => inspector.connect_attach(opened),
        1 => inspector.connect_open_window(opened),
        _ => inspector.connect_bring_to_front(opened),
      };
    }
  }

  fn note(&self, view: &WebView, open: bool) {
    if self.open.replace(open) != open {
      view.tell(move |web_contents| if open { UiEvent::DevToolsOpened { web_contents } } else { UiEvent::DevToolsClosed { web_contents } });
    }
  }

  pub(crate) fn open(&self, detached: bool) {
    if let Some(inspector) = &self.inspector {
      inspector.show();
      if detached {
        inspector.detach();
      }
    }
  }

  pub(crate) fn close(&self) {
    if let Some(inspector) = &self.inspector
      && self.open.get()
    {
      inspector.close();
    }
  }

  pub(crate) fn is_open(&self) -> bool {
    self.open.get()
  }
}
