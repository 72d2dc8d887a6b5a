//! Menus of Windows: keys of menu bars, and menus that pop up.

use std::cell::RefCell;
use std::rc::Rc;

use muda::{ContextMenu, Menu};
use tao::platform::windows::EventLoopBuilderExtWindows;
use windows::Win32::Foundation::{HWND, LPARAM, WPARAM};
use windows::Win32::UI::Input::KeyboardAndMouse::{GetKeyState, VIRTUAL_KEY, VK_CONTROL, VK_LWIN, VK_MENU, VK_RWIN, VK_SHIFT};
use windows::Win32::UI::WindowsAndMessaging::{
  EndMenu, GA_ROOT, GetAncestor, HACCEL, MSG, TranslateAcceleratorW, WM_KEYDOWN, WM_SYSKEYDOWN,
};

use crate::bridge::Modifiers;

use super::super::super::event_loop::Builder;
use super::super::common::{MenuModel, Window};
use super::window::hwnd;

thread_local! {
  /// The windows with a menu bar, each with the table of its keys.
  static BARS: RefCell<Vec<(HWND, Menu)>> = const { RefCell::new(Vec::new()) };
  /// A key is being looked up, so a click that muda tells came from it.
  static FROM_KEY: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Has every key of a window with a menu bar looked up before the window gets it.
pub(super) fn hook_messages(builder: &mut Builder) {
  builder.with_msg_hook(|message| {
    // SAFETY: tao hands over the message that its loop has just taken.
    let message = unsafe { &*message.cast::<MSG>() };
    matches!(message.message, WM_KEYDOWN | WM_SYSKEYDOWN) && translate(message)
  });
}

pub(super) fn add_bar(window: HWND, menu: &Menu) {
  BARS.with_borrow_mut(|bars| bars.push((window, menu.clone())));
}

pub(super) fn remove_bar(window: HWND) {
  BARS.with_borrow_mut(|bars| bars.retain(|(other, _)| *other != window));
}

/// A key that the page has; pages are in a process of their own, so the message loop never sees it. True: a menu entry took it.
pub(super) fn key_in_page(window: HWND, message: u32, key: u32, state: i32) -> bool {
  translate(&MSG { hwnd: window, message, wParam: WPARAM(key as usize), lParam: LPARAM(state as isize), ..MSG::default() })
}

fn translate(message: &MSG) -> bool {
  // SAFETY: a handle of a window that is gone gives none.
  let window = unsafe { GetAncestor(message.hwnd, GA_ROOT) };
  // The borrow must be over before the entry's click is told.
  let Some(table) = BARS.with_borrow(|bars| bars.iter().find(|(other, _)| *other == window).map(|(_, menu)| HACCEL(menu.haccel() as _)))
  else {
    return false;
  };
  FROM_KEY.set(true);
  // SAFETY: the table belongs to the menu in the list, which is alive, and the message outlives the call.
  let taken = unsafe { TranslateAcceleratorW(window, table, message) } != 0;
  FROM_KEY.set(false);
  taken
}

/// The keys that are held, and whether the click comes from a key.
pub(crate) fn modifiers() -> (Modifiers, bool) {
  // SAFETY: no memory is passed. The highest bit says that the key is down.
  let held = |key: VIRTUAL_KEY| unsafe { GetKeyState(i32::from(key.0)) } < 0;
  let modifiers = Modifiers {
    shift: held(VK_SHIFT),
    ctrl: held(VK_CONTROL),
    alt: held(VK_MENU),
    meta: held(VK_LWIN) || held(VK_RWIN),
    triggered_by_accelerator: false,
  };
  (modifiers, FROM_KEY.get())
}

/// Shows a menu at a point of the window's content, or at the pointer, until it is closed.
pub(crate) fn show_menu(menu: &Menu, window: &Window, at: Option<(i32, i32)>) {
  let position = at.map(|(x, y)| muda::dpi::LogicalPosition::new(x, y).into());
  // SAFETY: the window is alive for as long as the reference to it.
  unsafe { menu.show_context_menu_for_hwnd(hwnd(window.tao()).0 as isize, position) };
}

/// Closes the menu that is open: there is one at most.
pub(crate) fn hide_menu(_menu: &Menu, _window: &Window) {
  // SAFETY: no memory is passed. Without an open menu there is nothing to end.
  let _ = unsafe { EndMenu() };
}

/// On Windows each window has a bar of its own.
pub(crate) fn set_application_menu(_menu: Option<Rc<MenuModel>>) -> Result<(), String> {
  Err("a menu of the application is not possible on win32".to_owned())
}

/// Bars of windows are brought up to date by their windows.
pub(crate) fn menu_changed(_menu: &MenuModel) {}
