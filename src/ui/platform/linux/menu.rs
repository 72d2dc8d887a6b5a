//! Menus: the bar of a window, and menus that pop up.
//!
//! JS holds the truth: a click only reports the entry. JS then sends the menu anew, so what GTK toggled by itself is set right.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use gtk::prelude::*;
use gtk::{gdk, glib};

use crate::bridge::{MenuEntry, MenuEntryKind, MenuId, Modifiers, Reply, ReplyValue, UiEnd, UiEvent, WindowId};

use super::super::super::state::Ui;
use super::accelerator::Accelerator;
use super::picture;
use super::window::Window;

mod bar;

pub(crate) use bar::MenuBar;

/// A menu of the app, as data.
pub(crate) struct MenuModel {
  id: MenuId,
  end: UiEnd,
  entries: RefCell<Vec<MenuEntry>>,
  popup: RefCell<Option<Popup>>,
  me: RefCell<Weak<MenuModel>>,
}

/// A menu that is open.
struct Popup {
  menu: gtk::Menu,
  built: BuiltMenu,
  window: WindowId,
  reply: Option<Reply>,
}

impl MenuModel {
  pub(crate) fn new(ui: &Rc<Ui>, id: MenuId, entries: Vec<MenuEntry>) -> Rc<Self> {
    Rc::new_cyclic(|me| Self {
      id,
      end: ui.end.clone(),
      entries: RefCell::new(entries),
      popup: RefCell::default(),
      me: RefCell::new(me.clone()),
    })
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
  }

  pub(crate) fn entries(&self) -> Vec<MenuEntry> {
    self.entries.borrow().clone()
  }

  /// Opens the menu. The reply is sent when it was closed.
  pub(crate) fn popup(&self, window: &Window, at: Option<(i32, i32)>, reply: Reply) {
    self.close_popup();
    let Some(own) = window.gtk().window().filter(|_| window.gtk().is_mapped()) else {
      reply.send(Err("a menu needs a window that is shown".to_owned()));
      return;
    };
    let menu = gtk::Menu::new();
    menu.set_attach_widget(Some(window.gtk()));
    let built = BuiltMenu::build(&menu, &self.entries.borrow(), &self.clicks(Some(window.id())));
    let me = self.me.borrow().clone();
    menu.connect_hide(move |menu| {
      let me = me.clone();
      let menu = menu.clone();
      // The click on an entry is told after the menu went, so it must live until then.
      glib::idle_add_local_once(move || {
        menu.set_attach_widget(None::<&gtk::Widget>);
        if let Some(model) = me.upgrade() {
          model.popup_closed(&menu);
        }
      });
    });
    self.popup.replace(Some(Popup { menu: menu.clone(), built, window: window.id(), reply: Some(reply) }));
    self.end.emit(UiEvent::MenuWillShow { menu: self.id });
    let event = pointer_event(&own);
    match at {
      Some((x, y)) => {
        let (x, y) = (x.clamp(-32768, 32767), y.clamp(-32768, 32767));
        let (x, y) = window.content().translate_coordinates(window.gtk(), x, y).unwrap_or((x, y));
        let place = gdk::Rectangle::new(x, y, 1, 1);
        menu.popup_at_rect(&own, &place, gdk::Gravity::NorthWest, gdk::Gravity::NorthWest, event.as_ref());
      }
      None => menu.popup_at_pointer(event.as_ref()),
    }
  }

  fn popup_closed(&self, menu: &gtk::Menu) {
    let is_current = self.popup.borrow().as_ref().is_some_and(|popup| popup.menu == *menu);
    if !is_current {
      return;
    }
    if let Some(mut popup) = self.popup.take() {
      self.end.emit(UiEvent::MenuWillClose { menu: self.id });
      if let Some(reply) = popup.reply.take() {
        reply.send(Ok(ReplyValue::Json(serde_json::Value::Null)));
      }
    }
  }

  pub(crate) fn close_popup(&self) {
    let menu = self.popup.borrow().as_ref().map(|popup| popup.menu.clone());
    if let Some(menu) = menu {
      menu.popdown();
      self.popup_closed(&menu);
    }
  }

  /// Closes the menu if it is open in a window, which is about to go.
  pub(crate) fn close_popup_in(&self, window: WindowId) {
    if self.popup.borrow().as_ref().is_some_and(|popup| popup.window == window) {
      self.close_popup();
    }
  }

  /// Who is told of clicks.
  fn clicks(&self, window: Option<WindowId>) -> Clicks {
    Clicks { end: self.end.clone(), menu: self.id, window }
  }

  /// The entry that a key press means, if any. Entries in invisible or disabled menus stay reachable by keys, as in Electron.
  fn entry_for(&self, event: &gdk::EventKey) -> Option<u32> {
    fn find(entries: &[MenuEntry], event: &gdk::EventKey) -> Option<u32> {
      entries.iter().find_map(|entry| {
        if entry.kind == MenuEntryKind::Submenu {
          return find(&entry.submenu, event);
        }
        let reachable = entry.enabled && entry.register_accelerator && (entry.visible || entry.accelerator_works_when_hidden);
        let accelerator = entry.accelerator.as_deref().filter(|_| reachable).and_then(Accelerator::parse)?;
        accelerator.matches(event).then_some(entry.id)
      })
    }
    find(&self.entries.borrow(), event)
  }
}

/// On Linux each window has a bar of its own.
pub(crate) fn set_application_menu(_menu: Option<Rc<MenuModel>>) -> Result<(), String> {
  Err("a menu of the application is not possible on linux".to_owned())
}

/// Where clicks of a built menu go.
#[derive(Clone)]
struct Clicks {
  end: UiEnd,
  menu: MenuId,
  window: Option<WindowId>,
}

impl Clicks {
  fn tell(&self, item: u32, state: gdk::ModifierType, triggered_by_accelerator: bool) {
    let modifiers = Modifiers {
      shift: state.contains(gdk::ModifierType::SHIFT_MASK),
      ctrl: state.contains(gdk::ModifierType::CONTROL_MASK),
      alt: state.contains(gdk::ModifierType::MOD1_MASK),
      meta: state.contains(gdk::ModifierType::SUPER_MASK),
      triggered_by_accelerator,
    };
    self.end.emit(UiEvent::MenuItemClicked { menu: self.menu, item, window: self.window, modifiers });
  }
}

/// GTK's side of a menu.
struct BuiltMenu {
  items: HashMap<u32, (gtk::MenuItem, Option<gtk::AccelLabel>)>,
  shape: Vec<Shape>,
  updating: Rc<Cell<bool>>,
}

/// What cannot be changed of an entry that was built.
#[derive(PartialEq, Eq)]
struct Shape {
  id: u32,
  kind: MenuEntryKind,
  accelerator: Option<String>,
  has_icon: bool,
  depth: usize,
}

fn shape_of(entries: &[MenuEntry], depth: usize, shape: &mut Vec<Shape>) {
  for entry in entries {
    let (id, kind, accelerator) = (entry.id, entry.kind, entry.accelerator.clone());
    shape.push(Shape { id, kind, accelerator, has_icon: entry.icon.is_some(), depth });
    shape_of(&entry.submenu, depth + 1, shape);
  }
}

impl BuiltMenu {
  fn build(shell: &impl IsA<gtk::MenuShell>, entries: &[MenuEntry], clicks: &Clicks) -> Self {
    let mut shape = Vec::new();
    shape_of(entries, 0, &mut shape);
    let mut built = Self { items: HashMap::new(), shape, updating: Rc::default() };
    built.updating.set(true);
    built.fill(shell.upcast_ref(), entries, clicks);
    built.updating.set(false);
    built
  }

  fn fill(&mut self, shell: &gtk::MenuShell, entries: &[MenuEntry], clicks: &Clicks) {
    for entry in entries {
      let item: gtk::MenuItem = match entry.kind {
        MenuEntryKind::Separator => gtk::SeparatorMenuItem::new().upcast(),
        MenuEntryKind::Checkbox | MenuEntryKind::Radio => {
          let item = gtk::CheckMenuItem::new();
          item.set_draw_as_radio(entry.kind == MenuEntryKind::Radio);
          item.upcast()
        }
        MenuEntryKind::Normal | MenuEntryKind::Submenu => gtk::MenuItem::new(),
      };
      let label = (entry.kind != MenuEntryKind::Separator).then(|| self.dress(&item, entry));
      if entry.kind == MenuEntryKind::Submenu {
        let submenu = gtk::Menu::new();
        self.fill(submenu.upcast_ref(), &entry.submenu, clicks);
        item.set_submenu(Some(&submenu));
      } else if entry.kind != MenuEntryKind::Separator {
        let clicks = clicks.clone();
        let updating = self.updating.clone();
        let id = entry.id;
        item.connect_activate(move |_| {
          if !updating.get() {
            let state = gtk::current_event().and_then(|event| event.state()).unwrap_or(gdk::ModifierType::empty());
            clicks.tell(id, state, false);
          }
        });
      }
      set_entry(&item, label.as_ref(), entry);
      shell.append(&item);
      self.items.insert(entry.id, (item, label));
    }
  }

  /// Puts icon, label and key into an item.
  fn dress(&self, item: &gtk::MenuItem, entry: &MenuEntry) -> gtk::AccelLabel {
    let label = gtk::AccelLabel::new("");
    label.set_use_underline(true);
    label.set_xalign(0.0);
    label.set_accel_widget(Some(item));
    label.set_mnemonic_widget(Some(item));
    if let Some(accelerator) = entry.accelerator.as_deref().and_then(Accelerator::parse) {
      label.set_accel(accelerator.key, accelerator.modifiers);
    }
    match entry.icon.as_ref().and_then(picture::to_pixbuf) {
      Some(icon) => {
        let row = gtk::Box::new(gtk::Orientation::Horizontal, 6);
        row.pack_start(&gtk::Image::from_pixbuf(Some(&icon)), false, false, 0);
        row.pack_start(&label, true, true, 0);
        row.show_all();
        item.add(&row);
      }
      None => {
        label.show();
        item.add(&label);
      }
    }
    label
  }

  /// Sets what changed; false when the menu has another shape now and must be built anew.
  fn update(&self, entries: &[MenuEntry]) -> bool {
    let mut shape = Vec::new();
    shape_of(entries, 0, &mut shape);
    if shape != self.shape {
      return false;
    }
    self.updating.set(true);
    self.update_entries(entries);
    self.updating.set(false);
    true
  }

  fn update_entries(&self, entries: &[MenuEntry]) {
    for entry in entries {
      if let Some((item, label)) = self.items.get(&entry.id) {
        set_entry(item, label.as_ref(), entry);
      }
      self.update_entries(&entry.submenu);
    }
  }
}

/// Sets what may change of an entry.
fn set_entry(item: &gtk::MenuItem, label: Option<&gtk::AccelLabel>, entry: &MenuEntry) {
  if let Some(label) = label {
    label.set_text_with_mnemonic(&mnemonic(&entry.label));
  }
  item.set_sensitive(entry.enabled);
  // `show_all` of a window must not reveal it.
  item.set_no_show_all(true);
  item.set_visible(entry.visible);
  if let Some(check) = item.downcast_ref::<gtk::CheckMenuItem>() {
    check.set_active(entry.checked);
  }
}

/// Electron marks the mnemonic with an ampersand, GTK with an underscore.
pub(super) fn mnemonic(label: &str) -> String {
  let mut text = String::with_capacity(label.len() + 2);
  let mut characters = label.chars().peekable();
  while let Some(character) = characters.next() {
    match character {
      '_' => text.push_str("__"),
      '&' if characters.peek() == Some(&'&') => {
        characters.next();
        text.push('&');
      }
      '&' if characters.peek().is_some() => text.push('_'),
      '\0' | '&' => {}
      other => text.push(other),
    }
  }
  text
}

/// A button press that a menu can take its device from: a menu that JS opens has no event of its own.
fn pointer_event(window: &gdk::Window) -> Option<gdk::Event> {
  use glib::translate::{FromGlibPtrFull, ToGlibPtr};
  let pointer = window.display().default_seat()?.pointer()?;
  // SAFETY: the event is fresh and of the button kind, it owns the reference to the window that it is given, and the device outlives
  // the call that copies its pointer.
  unsafe {
    let event = gdk::ffi::gdk_event_new(gdk::ffi::GDK_BUTTON_PRESS);
    (*event).button.window = ToGlibPtr::<*mut gdk::ffi::GdkWindow>::to_glib_full(window);
    (*event).button.send_event = 1;
    (*event).button.button = 3;
    gdk::ffi::gdk_event_set_device(event, pointer.to_glib_none().0);
    Some(gdk::Event::from_glib_full(event))
  }
}

#[cfg(test)]
mod tests {
  use super::mnemonic;

  #[test]
  fn ampersands_become_underscores() {
    assert_eq!(mnemonic("&File"), "_File");
    assert_eq!(mnemonic("Save && Quit"), "Save & Quit");
    assert_eq!(mnemonic("snake_case"), "snake__case");
    assert_eq!(mnemonic("end&"), "end");
  }
}
