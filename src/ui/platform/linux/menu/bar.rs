//! The menu bar of a window, and the keys of its entries.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, glib};

use crate::bridge::{MenuId, WindowId};

use super::super::super::super::state::Ui;
use super::{BuiltMenu, MenuModel};

/// The bar of one window.
pub(crate) struct MenuBar {
  /// Lets the window be narrower than the bar.
  place: gtk::ScrolledWindow,
  shared: Rc<Shared>,
}

struct Shared {
  window: WindowId,
  bar: gtk::MenuBar,
  model: RefCell<Option<Rc<MenuModel>>>,
  built: RefCell<Option<BuiltMenu>>,
  auto_hide: Cell<bool>,
  wanted: Cell<bool>,
  /// What was wanted before the window went into full screen, where the bar is hidden.
  before_full_screen: Cell<bool>,
  /// The Alt key went down and nothing came between.
  alt_alone: Cell<bool>,
  place: glib::WeakRef<gtk::ScrolledWindow>,
}

impl MenuBar {
  pub(crate) fn new(_ui: &Rc<Ui>, window: WindowId, auto_hide: bool) -> Self {
    let bar = gtk::MenuBar::new();
    let place = gtk::ScrolledWindow::new(None::<&gtk::Adjustment>, None::<&gtk::Adjustment>);
    place.set_policy(gtk::PolicyType::External, gtk::PolicyType::Never);
    place.set_propagate_natural_height(true);
    place.set_shadow_type(gtk::ShadowType::None);
    place.add(&bar);
    place.set_no_show_all(true);
    bar.show();
    let shared = Rc::new(Shared {
      window,
      bar,
      model: RefCell::default(),
      built: RefCell::default(),
      auto_hide: Cell::new(auto_hide),
      wanted: Cell::new(!auto_hide),
      before_full_screen: Cell::new(!auto_hide),
      alt_alone: Cell::new(false),
      place: place.downgrade(),
    });
    let weak = Rc::downgrade(&shared);
    shared.bar.connect_deactivate(move |_| {
      let weak = weak.clone();
      glib::idle_add_local_once(move || {
        if let Some(shared) = weak.upgrade()
          && shared.auto_hide.get()
        {
          shared.wanted.set(false);
          shared.show_or_hide();
        }
      });
    });
    Self { place, shared }
  }

  pub(crate) fn widget(&self) -> &gtk::ScrolledWindow {
    &self.place
  }

  /// Listens to the keys of the window.
  pub(crate) fn attach(&self, window: &gtk::ApplicationWindow) {
    let weak = Rc::downgrade(&self.shared);
    window.connect_key_press_event(move |window, event| match weak.upgrade() {
      Some(shared) => shared.key_pressed(window, event),
      None => glib::Propagation::Proceed,
    });
    let weak = Rc::downgrade(&self.shared);
    window.connect_key_release_event(move |_, event| {
      if let Some(shared) = weak.upgrade()
        && is_alt(event)
        && shared.alt_alone.replace(false)
      {
        shared.toggle();
      }
      glib::Propagation::Proceed
    });
    let weak = Rc::downgrade(&self.shared);
    window.connect_focus_out_event(move |_, _| {
      if let Some(shared) = weak.upgrade() {
        shared.alt_alone.set(false);
      }
      glib::Propagation::Proceed
    });
  }

  pub(crate) fn menu(&self) -> Option<MenuId> {
    self.shared.model.borrow().as_ref().map(|model| model.id())
  }

  /// Shows a menu, or its new entries, or none.
  pub(crate) fn show_menu(&self, model: Option<Rc<MenuModel>>) {
    let shared = &self.shared;
    let same = model.as_ref().map(|model| model.id()) == self.menu();
    let entries = model.as_ref().map(|model| model.entries()).unwrap_or_default();
    if same && shared.built.borrow().as_ref().is_some_and(|built| built.update(&entries)) {
      return;
    }
    shared.built.replace(None);
    for child in shared.bar.children() {
      shared.bar.remove(&child);
    }
    if let Some(model) = &model {
      shared.built.replace(Some(BuiltMenu::build(&shared.bar, &entries, &model.clicks(Some(shared.window)))));
    }
    shared.model.replace(model);
    shared.show_or_hide();
  }

  /// The room that the bar takes.
  pub(crate) fn height(&self) -> i32 {
    // The bar's own wish: a scrolled window tells none before it is shown.
    if self.place.get_visible() { self.shared.bar.preferred_height().1 } else { 0 }
  }

  /// Whether there is a bar that shows; a window without a menu has none.
  pub(crate) fn is_visible(&self) -> bool {
    self.shared.wanted.get() && self.shared.model.borrow().is_some()
  }

  pub(crate) fn set_auto_hide(&self, on: bool) {
    self.shared.auto_hide.set(on);
    self.set_visible(!on);
  }

  /// The bar leaves a full screen to the page.
  pub(crate) fn set_full_screen(&self, on: bool) {
    if on {
      self.shared.before_full_screen.set(self.shared.wanted.get());
      self.set_visible(false);
    } else {
      self.set_visible(self.shared.before_full_screen.get() && !self.shared.auto_hide.get());
    }
  }

  pub(crate) fn set_visible(&self, on: bool) {
    self.shared.wanted.set(on);
    self.shared.show_or_hide();
  }
}

impl Shared {
  fn show_or_hide(&self) {
    let has_entries = self.built.borrow().as_ref().is_some_and(|built| !built.items.is_empty());
    if let Some(place) = self.place.upgrade() {
      place.set_visible(self.wanted.get() && has_entries);
    }
  }

  /// Electron's order: the page first, then the menu. WebKit takes every key and, when the page did not want it, puts it back: then
  /// the web view lets it through, and it is the menu's turn.
  fn key_pressed(&self, window: &gtk::ApplicationWindow, event: &gdk::EventKey) -> glib::Propagation {
    self.alt_alone.set(self.auto_hide.get() && is_alt(event));
    if !never_put_back(event) && window.propagate_key_event(event) {
      return glib::Propagation::Stop;
    }
    let model = self.model.borrow().clone();
    if let Some(model) = model
      && let Some(item) = model.entry_for(event)
    {
      model.clicks(Some(self.window)).tell(item, event.state(), true);
      return glib::Propagation::Stop;
    }
    if never_put_back(event) && window.propagate_key_event(event) {
      return glib::Propagation::Stop;
    }
    // Mnemonics and the key of the bar. The window's own handler is not let through: it would give the key to the page again.
    window.activate_key(event);
    glib::Propagation::Stop
  }

  /// Alt shows a hidden bar and takes it away again.
  fn toggle(&self) {
    if !self.auto_hide.get() {
      return;
    }
    self.wanted.set(!self.wanted.get());
    self.show_or_hide();
    if self.wanted.get() {
      self.bar.select_first(true);
    }
  }
}

/// Keys that WebKit keeps although the page does not want them, and that apps use in menus to change tabs and to go back. The menu
/// comes first for these; a page edits no text with them.
fn never_put_back(event: &gdk::EventKey) -> bool {
  use gdk::ModifierType as Held;
  use gdk::keys::constants as keys;
  let (key, held) = (event.keyval(), event.state());
  let is_tab = [keys::Tab, keys::ISO_Left_Tab].contains(&key);
  let is_arrow = [keys::Up, keys::Down, keys::Left, keys::Right].contains(&key);
  (is_tab && held.contains(Held::CONTROL_MASK)) || (is_arrow && held.intersects(Held::MOD1_MASK | Held::SUPER_MASK))
}

fn is_alt(event: &gdk::EventKey) -> bool {
  let key = event.keyval();
  key == gdk::keys::constants::Alt_L || key == gdk::keys::constants::Alt_R
}
