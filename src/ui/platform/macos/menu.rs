//! Menus of macOS: the one bar of the application, and menus that pop up.

use std::cell::RefCell;
use std::rc::Rc;

use muda::{ContextMenu, Menu};
use objc2_app_kit::{NSApplication, NSEvent, NSEventModifierFlags, NSEventType, NSMenu};
use tao::platform::macos::WindowExtMacOS;

use crate::bridge::Modifiers;

use super::super::common::menu::BuiltMenu;
use super::super::common::{MenuModel, Window};
use super::main_thread;

/// The keys that are held, and whether the click comes from a key.
pub(crate) fn modifiers() -> (Modifiers, bool) {
  let held = NSEvent::modifierFlags_class();
  let modifiers = Modifiers {
    shift: held.contains(NSEventModifierFlags::Shift),
    ctrl: held.contains(NSEventModifierFlags::Control),
    alt: held.contains(NSEventModifierFlags::Option),
    meta: held.contains(NSEventModifierFlags::Command),
    triggered_by_accelerator: false,
  };
  let from_key = NSApplication::sharedApplication(main_thread()).currentEvent().is_some_and(|event| event.r#type() == NSEventType::KeyDown);
  (modifiers, from_key)
}

/// Shows a menu at a point of the window's content, or at the pointer, until it is closed.
pub(crate) fn show_menu(menu: &Menu, window: &Window, at: Option<(i32, i32)>) {
  let position = at.map(|(x, y)| muda::dpi::LogicalPosition::new(x, y).into());
  // SAFETY: the view belongs to the window, which is alive for as long as the reference to it.
  unsafe { menu.show_context_menu_for_nsview(window.tao().ns_view().cast(), position) };
}

/// Closes the menu if it is open.
pub(crate) fn hide_menu(menu: &Menu, _window: &Window) {
  // SAFETY: muda hands out its own menu, which lives as long as the reference to it.
  if let Some(menu) = unsafe { menu.ns_menu().cast::<NSMenu>().as_ref() } {
    menu.cancelTracking();
  }
}

thread_local! {
  /// The menu of the application as it is shown, with its data.
  static SHOWN: RefCell<Option<(Rc<MenuModel>, BuiltMenu)>> = const { RefCell::new(None) };
}

/// Shows a menu in the bar of the application, or none.
pub(crate) fn set_application_menu(menu: Option<Rc<MenuModel>>) -> Result<(), String> {
  let built = menu.map(|menu| BuiltMenu::build(&menu.entries(), menu.id(), None).map(|built| (menu, built))).transpose()?;
  if let Some((_, old)) = SHOWN.take() {
    old.menu.remove_for_nsapp();
  }
  if let Some((_, built)) = &built {
    built.menu.init_for_nsapp();
  }
  SHOWN.set(built);
  Ok(())
}

/// Brings the bar up to date when it is this menu that it shows.
pub(crate) fn menu_changed(menu: &MenuModel) {
  let stale = SHOWN.with_borrow(|shown| match shown {
    Some((model, built)) if model.id() == menu.id() && !built.update(&menu.entries()) => Some(model.clone()),
    _ => None,
  });
  if stale.is_some() {
    // A menu that cannot be built leaves the one that is there.
    let _ = set_application_menu(stale);
  }
}
