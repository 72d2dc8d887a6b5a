//! The commands of windows.

use std::rc::Rc;

use crate::bridge::{WindowAction, WindowId, WindowOptions, WindowProperty};

use super::event_loop::Target;
use super::platform::{self, Window};
use super::state::{Outcome, Ui, done, json};
use super::webview;

pub(crate) fn create(ui: &Rc<Ui>, target: &Target, id: WindowId, options: &WindowOptions) -> Outcome {
  if ui.windows.get(id).is_some() {
    return Err(format!("window {id} exists already"));
  }
  let parent = options.parent.map(|parent| ui.window(parent)).transpose()?;
  let window = Window::create(ui, target, id, options, parent.as_deref())?;
  ui.windows.insert(id, window);
  done()
}

pub(crate) fn set(ui: &Rc<Ui>, id: WindowId, property: WindowProperty) -> Outcome {
  let window = ui.window(id)?;
  if let WindowProperty::Parent(parent) = property {
    if parent == Some(id) {
      return Err("a window cannot be its own parent".to_owned());
    }
    let parent = parent.map(|parent| ui.window(parent)).transpose()?;
    if parent.as_ref().is_some_and(|parent| parent.descends_from(&window)) {
      return Err("a window cannot be the child of its own child".to_owned());
    }
    window.set_parent(parent.as_deref());
    return done();
  }
  window.set(property)?;
  refit(ui, &window);
  done()
}

/// Tells the views of a window that was never shown how large they are; the toolkit does it for windows on the screen.
pub(crate) fn refit(ui: &Rc<Ui>, window: &Window) {
  if !window.state().visible {
    for view in ui.web_views.all() {
      if view.window() == Some(window.id()) {
        view.fill(window);
      }
    }
  }
}

pub(crate) fn act(ui: &Rc<Ui>, id: WindowId, action: WindowAction) -> Outcome {
  ui.window(id)?.act(action)?;
  done()
}

pub(crate) fn move_above(ui: &Rc<Ui>, id: WindowId, other: u32) -> Outcome {
  json(ui.window(id)?.move_above(other)?)
}

pub(crate) fn state(ui: &Rc<Ui>, id: WindowId) -> Outcome {
  json(ui.window(id)?.state())
}

pub(crate) fn stacking(ui: &Rc<Ui>) -> Outcome {
  json(platform::stacking(&ui.windows.all()))
}

/// Destroys the window with its web views; its end is told as an event, once.
pub(crate) fn destroy(ui: &Rc<Ui>, id: WindowId) -> Outcome {
  let window = ui.window(id)?;
  for menu in ui.menus.all() {
    menu.close_popup_in(id);
  }
  ui.windows.remove(id);
  for view in ui.web_views.all() {
    if view.window() == Some(id) {
      webview::destroy(ui, view.id())?;
    }
  }
  window.destroy();
  done()
}

/// Takes everything down at the end of the process.
pub(crate) fn destroy_all(ui: &Rc<Ui>) {
  for window in ui.windows.all() {
    let _ = destroy(ui, window.id());
  }
}
