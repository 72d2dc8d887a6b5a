//! Menus.
use super::super::super::state::Ui;
use super::window::Window;
use crate::bridge::{MenuEntry, MenuId, Reply, WindowId};
use gtk::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
pub(crate) struct MenuModel {
  id: MenuId,
}
impl MenuModel {
  pub(crate) fn new(_ui: &Rc<Ui>, id: MenuId, _entries: Vec<MenuEntry>) -> Self {
    Self { id }
  }
  pub(crate) fn replace(&self, _entries: Vec<MenuEntry>) {}
  pub(crate) fn close_popup(&self) {}
  pub(crate) fn popup(&self, _window: &Window, _at: Option<(i32, i32)>, _item: Option<u32>, reply: Reply) {
    reply.send(Err("menus are not implemented yet".into()))
  }
}
pub(crate) struct MenuBar {
  place: gtk::Box,
  menu: Cell<Option<MenuId>>,
}
impl MenuBar {
  pub(crate) fn new(_ui: &Rc<Ui>, _window: WindowId, _auto_hide: bool) -> Self {
    Self { place: gtk::Box::new(gtk::Orientation::Vertical, 0), menu: Cell::new(None) }
  }
  pub(crate) fn widget(&self) -> &gtk::Box {
    &self.place
  }
  pub(crate) fn attach(&self, _window: &gtk::ApplicationWindow) {}
  pub(crate) fn menu(&self) -> Option<MenuId> {
    self.menu.get()
  }
  pub(crate) fn show_menu(&self, menu: Option<Rc<MenuModel>>) {
    self.menu.set(menu.map(|m| m.id))
  }
  pub(crate) fn height(&self) -> i32 {
    0
  }
  pub(crate) fn is_visible(&self) -> bool {
    self.place.is_visible()
  }
  pub(crate) fn set_auto_hide(&self, _on: bool) {}
  pub(crate) fn set_visible(&self, _on: bool) {}
}
