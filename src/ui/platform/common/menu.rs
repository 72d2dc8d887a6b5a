//! Menus: the bar of a window or of the application, and menus that pop up.
//!
//! JS holds the truth: a click only reports the entry. JS then sends the menu anew, so what the system toggled by itself is set right.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use muda::{CheckMenuItem, IconMenuItem, IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};

use crate::bridge::{MenuEntry, MenuEntryKind, MenuId, Modifiers, Reply, ReplyValue, UiEnd, UiEvent, WindowId};

use super::super::super::state::Ui;
use super::super::native;
use super::accelerator;
use super::window::Window;

/// A menu of the app, as data.
pub(crate) struct MenuModel {
  id: MenuId,
  end: UiEnd,
  entries: RefCell<Vec<MenuEntry>>,
  popup: RefCell<Option<Popup>>,
  me: Weak<MenuModel>,
}

/// A menu that is open.
struct Popup {
  built: Rc<BuiltMenu>,
  window: Rc<Window>,
  reply: Option<Reply>,
}

impl MenuModel {
  pub(crate) fn new(ui: &Rc<Ui>, id: MenuId, entries: Vec<MenuEntry>) -> Rc<Self> {
    Rc::new_cyclic(|me| Self { id, end: ui.end.clone(), entries: RefCell::new(entries), popup: RefCell::default(), me: me.clone() })
  }

  pub(crate) fn id(&self) -> MenuId {
    self.id
  }

  pub(crate) fn replace(&self, entries: Vec<MenuEntry>) {
    if let Some(popup) = &*self.popup.borrow() {
      // An open menu keeps its shape; the next time it opens it is built anew.
      popup.built.update(&entries);
    }
    self.entries.replace(entries);
    native::menu_changed(self);
  }

  pub(crate) fn entries(&self) -> Vec<MenuEntry> {
    self.entries.borrow().clone()
  }

  /// Opens the menu. The reply is sent when it was closed. The systems stay in a call of theirs for as long as a menu is open, which must not be
  /// inside of the event loop's own callback: no command would be carried out.
  pub(crate) fn popup(&self, window: &Window, at: Option<(i32, i32)>, reply: Reply) {
    self.close_popup();
    let Some(window) = window.me().filter(|window| window.state().visible) else {
      reply.send(Err("a menu needs a window that is shown".to_owned()));
      return;
    };
    let built = match BuiltMenu::build(&self.entries.borrow(), self.id, Some(window.id())) {
      Ok(built) => Rc::new(built),
      Err(error) => return reply.send(Err(error)),
    };
    self.popup.replace(Some(Popup { built: built.clone(), window: window.clone(), reply: Some(reply) }));
    self.end.emit(UiEvent::MenuWillShow { menu: self.id });
    let me = self.me.clone();
    native::outside_of_loop(move || {
      let is_current = |model: &MenuModel| model.popup.borrow().as_ref().is_some_and(|popup| Rc::ptr_eq(&popup.built, &built));
      let Some(model) = me.upgrade().filter(|model| is_current(model)) else { return };
      native::show_menu(&built.menu, &window, at);
      if is_current(&model) {
        model.popup_closed();
      }
    });
  }

  fn popup_closed(&self) {
    if let Some(popup) = self.popup.take() {
      self.end.emit(UiEvent::MenuWillClose { menu: self.id });
      if let Some(reply) = popup.reply {
        reply.send(Ok(ReplyValue::Json(serde_json::Value::Null)));
      }
    }
  }

  pub(crate) fn close_popup(&self) {
    let open = self.popup.borrow().as_ref().map(|popup| (popup.built.clone(), popup.window.clone()));
    if let Some((built, window)) = open {
      native::hide_menu(&built.menu, &window);
      self.popup_closed();
    }
  }

  /// Closes the menu if it is open in a window, which is about to go.
  pub(crate) fn close_popup_in(&self, window: WindowId) {
    if self.popup.borrow().as_ref().is_some_and(|popup| popup.window.id() == window) {
      self.close_popup();
    }
  }
}

/// Has muda tell of clicks. What was clicked is in the entry's name: the menu, the entry and the window.
pub(super) fn listen(end: &UiEnd) {
  let end = end.clone();
  MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
    let mut numbers = event.id().as_ref().split(':').map(|part| part.parse::<u32>().ok());
    if let (Some(Some(menu)), Some(Some(item)), Some(window)) = (numbers.next(), numbers.next(), numbers.next()) {
      let (modifiers, triggered_by_accelerator) = native::modifiers();
      end.emit(UiEvent::MenuItemClicked { menu, item, window, modifiers: Modifiers { triggered_by_accelerator, ..modifiers } });
    }
  }));
}

/// muda's side of a menu.
pub(crate) struct BuiltMenu {
  pub(crate) menu: Menu,
  items: HashMap<u32, Item>,
  shape: Vec<Shape>,
}

enum Item {
  Normal(MenuItem),
  Icon(IconMenuItem),
  Check(CheckMenuItem),
  Submenu(Submenu),
}

/// What cannot be changed of an entry that was built.
#[derive(PartialEq)]
struct Shape {
  id: u32,
  kind: MenuEntryKind,
  accelerator: Option<String>,
  has_icon: bool,
  visible: bool,
  depth: usize,
}

fn shape_of(entries: &[MenuEntry], depth: usize, shape: &mut Vec<Shape>) {
  for entry in entries {
    let accelerator = entry.accelerator.clone().filter(|_| entry.register_accelerator);
    shape.push(Shape { id: entry.id, kind: entry.kind, accelerator, has_icon: entry.icon.is_some(), visible: entry.visible, depth });
    shape_of(&entry.submenu, depth + 1, shape);
  }
}

impl BuiltMenu {
  pub(crate) fn build(entries: &[MenuEntry], menu: MenuId, window: Option<WindowId>) -> Result<Self, String> {
    let mut shape = Vec::new();
    shape_of(entries, 0, &mut shape);
    let mut built = Self { menu: Menu::new(), items: HashMap::new(), shape };
    let name = |id: u32| format!("{menu}:{id}:{}", window.map_or_else(String::new, |window| window.to_string()));
    let root = built.menu.clone();
    built.fill(&|item| root.append(item), entries, &name).map_err(|error| error.to_string())?;
    Ok(built)
  }

  fn fill(
    &mut self,
    append: &dyn Fn(&dyn IsMenuItem) -> muda::Result<()>,
    entries: &[MenuEntry],
    name: &dyn Fn(u32) -> String,
  ) -> muda::Result<()> {
    // muda has no invisible entries, so they are left out; a key that would reach one does not.
    for entry in entries.iter().filter(|entry| entry.visible) {
      let key = entry.accelerator.as_deref().filter(|_| entry.register_accelerator).and_then(accelerator::parse);
      let id = name(entry.id);
      let item = match entry.kind {
        MenuEntryKind::Separator => {
          append(&PredefinedMenuItem::separator())?;
          continue;
        }
        MenuEntryKind::Submenu => {
          let submenu = Submenu::with_id(id, label(entry), entry.enabled);
          append(&submenu)?;
          self.fill(&|item| submenu.append(item), &entry.submenu, name)?;
          Item::Submenu(submenu)
        }
        MenuEntryKind::Checkbox | MenuEntryKind::Radio => {
          let item = CheckMenuItem::with_id(id, label(entry), entry.enabled, entry.checked, None);
          item.set_key_accelerator(key)?;
          append(&item)?;
          Item::Check(item)
        }
        MenuEntryKind::Normal => match icon(entry) {
          Some(icon) => {
            let item = IconMenuItem::with_id(id, label(entry), entry.enabled, Some(icon), None);
            item.set_key_accelerator(key)?;
            append(&item)?;
            Item::Icon(item)
          }
          None => {
            let item = MenuItem::with_id(id, label(entry), entry.enabled, None);
            item.set_key_accelerator(key)?;
            append(&item)?;
            Item::Normal(item)
          }
        },
      };
      self.items.insert(entry.id, item);
    }
    Ok(())
  }

  /// Sets what changed; false when the menu has another shape now and must be built anew.
  pub(crate) fn update(&self, entries: &[MenuEntry]) -> bool {
    let mut shape = Vec::new();
    shape_of(entries, 0, &mut shape);
    if shape != self.shape {
      return false;
    }
    self.update_entries(entries);
    true
  }

  fn update_entries(&self, entries: &[MenuEntry]) {
    for entry in entries {
      match self.items.get(&entry.id) {
        Some(Item::Normal(item)) => {
          item.set_text(label(entry));
          item.set_enabled(entry.enabled);
        }
        Some(Item::Icon(item)) => {
          item.set_text(label(entry));
          item.set_enabled(entry.enabled);
          item.set_icon(icon(entry));
        }
        Some(Item::Check(item)) => {
          item.set_text(label(entry));
          item.set_enabled(entry.enabled);
          item.set_checked(entry.checked);
        }
        Some(Item::Submenu(item)) => {
          item.set_text(label(entry));
          item.set_enabled(entry.enabled);
        }
        None => {}
      }
      self.update_entries(&entry.submenu);
    }
  }
}

/// muda marks the mnemonic with an ampersand as Electron does; a zero byte would end the text.
fn label(entry: &MenuEntry) -> String {
  entry.label.replace('\0', "")
}

fn icon(entry: &MenuEntry) -> Option<muda::Icon> {
  let picture = entry.icon.as_ref()?;
  muda::Icon::from_rgba(picture.rgba.clone(), picture.width, picture.height).ok()
}
