//! The commands of menus.

use std::rc::Rc;

use crate::bridge::{MenuEntry, MenuId, Reply, WindowId};

use super::platform::{self, MenuModel};
use super::state::{Outcome, Ui, done};

/// Makes a menu or replaces its entries; bars that show it are built anew.
pub(crate) fn set(ui: &Rc<Ui>, id: MenuId, entries: Vec<MenuEntry>) -> Outcome {
  match ui.menus.get(id) {
    Some(menu) => menu.replace(entries),
    None => ui.menus.insert(id, MenuModel::new(ui, id, entries)),
  }
  for window in ui.windows.all() {
    if window.menu() == Some(id) {
      window.set_menu(ui.menus.get(id));
    }
  }
  done()
}

pub(crate) fn drop_menu(ui: &Rc<Ui>, id: MenuId) -> Outcome {
  ui.menu(id)?.close_popup();
  ui.menus.remove(id);
  for window in ui.windows.all() {
    if window.menu() == Some(id) {
      window.set_menu(None);
    }
  }
  done()
}

pub(crate) fn set_application(ui: &Rc<Ui>, menu: Option<MenuId>) -> Outcome {
  let menu = menu.map(|menu| ui.menu(menu)).transpose()?;
  platform::set_application_menu(menu)?;
  done()
}

pub(crate) fn set_bar(ui: &Rc<Ui>, window: WindowId, menu: Option<MenuId>) -> Outcome {
  let window = ui.window(window)?;
  let menu = menu.map(|menu| ui.menu(menu)).transpose()?;
  window.set_menu(menu);
  super::window::refit(ui, &window);
  done()
}

pub(crate) fn popup(ui: &Rc<Ui>, menu: MenuId, window: WindowId, at: Option<(i32, i32)>, reply: Reply) {
  match ui.menu(menu).and_then(|menu| Ok((menu, ui.window(window)?))) {
    Ok((menu, window)) => {
      // There is one open menu at most: GTK's grab would leave the first one hanging.
      for other in ui.menus.all() {
        other.close_popup();
      }
      menu.popup(&window, at, reply);
    }
    Err(error) => reply.send(Err(error)),
  }
}

pub(crate) fn close_popup(ui: &Rc<Ui>, menu: MenuId) -> Outcome {
  ui.menu(menu)?.close_popup();
  done()
}
