//! What tao has no name for: opacity, owners, the size of a menu bar, limits of moving and of shape.

use std::cell::Cell;
use std::rc::Rc;

use muda::Menu;
use tao::platform::windows::{WindowBuilderExtWindows, WindowExtWindows};
use tao::window::WindowBuilder;
use windows::Win32::Foundation::{COLORREF, HWND, LPARAM, LRESULT, RECT, WPARAM};
use windows::Win32::UI::Shell::{DefSubclassProc, RemoveWindowSubclass, SetWindowSubclass};
use windows::Win32::UI::WindowsAndMessaging::{
  GW_HWNDNEXT, GWL_EXSTYLE, GWLP_HWNDPARENT, GetClientRect, GetWindow, GetWindowLongPtrW, GetWindowRect, HWND_BOTTOM, HWND_TOP,
  IsWindowVisible, LWA_ALPHA, SC_MOVE, SW_SHOWNOACTIVATE, SWP_NOACTIVATE, SWP_NOMOVE, SWP_NOSIZE, SetForegroundWindow,
  SetLayeredWindowAttributes, SetWindowLongPtrW, SetWindowPos, ShowWindow, WM_NCDESTROY, WM_SIZING, WM_SYSCOMMAND, WMSZ_BOTTOM, WMSZ_TOP,
  WMSZ_TOPLEFT, WMSZ_TOPRIGHT, WS_EX_LAYERED,
};

use crate::bridge::WindowOptions;

use super::menu;

/// Names our subclass among those of tao and muda.
const SUBCLASS: usize = 0x5348_454c;

pub(crate) fn hwnd(window: &tao::window::Window) -> HWND {
  HWND(window.hwnd() as _)
}

pub(crate) fn native_handle(window: &tao::window::Window) -> u64 {
  window.hwnd() as u64
}

/// Adds what only Windows has to a window that is about to be made.
pub(crate) fn configure(
  builder: WindowBuilder,
  options: &WindowOptions,
  parent: Option<&tao::window::Window>,
) -> Result<WindowBuilder, String> {
  let mut builder = builder.with_skip_taskbar(options.skip_taskbar).with_undecorated_shadow(options.has_shadow && !options.frame);
  if let Some(parent) = parent {
    builder = builder.with_owner_window(parent.hwnd());
  }
  // Electron knows one type on Windows.
  match options.window_type.as_deref() {
    None => Ok(builder),
    Some("toolbar") => Ok(builder.with_skip_taskbar(true)),
    Some(other) => Err(format!("windows of the type '{other}' are not possible on win32")),
  }
}

/// What our part of the window's procedure looks at.
#[derive(Default)]
struct Rules {
  fixed_place: Cell<bool>,
  /// Width divided by height; 0 is any.
  aspect_ratio: Cell<f64>,
}

/// The system's side of a window.
pub(crate) struct WindowExtra {
  rules: Rc<Rules>,
  modal: Cell<bool>,
}

impl WindowExtra {
  pub(crate) fn new(window: &tao::window::Window, options: &WindowOptions) -> Result<Self, String> {
    let rules = Rc::new(Rules::default());
    rules.fixed_place.set(!options.movable);
    let data = Rc::into_raw(rules.clone()) as usize;
    // SAFETY: the reference that is handed over is taken back when the window goes.
    if !unsafe { SetWindowSubclass(hwnd(window), Some(procedure), SUBCLASS, data) }.as_bool() {
      // SAFETY: nobody took the reference.
      drop(unsafe { Rc::from_raw(data as *const Rules) });
      return Err("the window's procedure cannot be extended".to_owned());
    }
    Ok(Self { rules, modal: Cell::new(false) })
  }

  /// Makes the window one that `parent` owns. A modal window takes the input of its owner.
  pub(crate) fn set_parent(&self, window: &tao::window::Window, parent: Option<&tao::window::Window>, modal: bool) -> Result<(), String> {
    let owner = parent.map_or(0, |parent| parent.hwnd());
    // SAFETY: both windows are alive; this is how the owner of a top-level window is changed.
    unsafe { SetWindowLongPtrW(hwnd(window), GWLP_HWNDPARENT, owner) };
    if let Some(parent) = parent.filter(|_| modal) {
      parent.set_enable(false);
      self.modal.set(true);
    }
    Ok(())
  }

  /// Gives a modal window's owner its input back.
  pub(crate) fn leave_parent(&self, _window: &tao::window::Window, parent: &tao::window::Window) {
    if self.modal.take() {
      parent.set_enable(true);
    }
  }

  pub(crate) fn set_aspect_ratio(&self, _window: &tao::window::Window, ratio: f64) {
    self.rules.aspect_ratio.set(ratio);
  }

  pub(crate) fn set_movable(&self, _window: &tao::window::Window, on: bool) {
    self.rules.fixed_place.set(!on);
  }

  /// Windows has no button for full screen.
  pub(crate) fn set_full_screenable(&self, _window: &tao::window::Window, _on: bool) {}

  pub(crate) fn set_enabled(&self, window: &tao::window::Window, on: bool) {
    window.set_enable(on);
  }

  /// Full screen covers the task bar, which is all that a kiosk is here.
  pub(crate) fn set_kiosk(&self, _window: &tao::window::Window, _on: bool) {}

  pub(crate) fn set_skip_taskbar(&self, window: &tao::window::Window, on: bool) -> Result<(), String> {
    window.set_skip_taskbar(on).map_err(|error| error.to_string())
  }

  pub(crate) fn set_shadow(&self, window: &tao::window::Window, on: bool) -> Result<(), String> {
    if window.is_decorated() {
      return Err("the system decides about shadows of windows with a frame on win32".to_owned());
    }
    window.set_undecorated_shadow(on);
    Ok(())
  }

  pub(crate) fn set_opacity(&self, window: &tao::window::Window, opacity: f64) -> Result<(), String> {
    let window = hwnd(window);
    // SAFETY: the window is alive, and only numbers are passed.
    unsafe {
      let style = GetWindowLongPtrW(window, GWL_EXSTYLE);
      SetWindowLongPtrW(window, GWL_EXSTYLE, style | WS_EX_LAYERED.0 as isize);
      SetLayeredWindowAttributes(window, COLORREF(0), (opacity * 255.0).round() as u8, LWA_ALPHA).map_err(|error| error.to_string())
    }
  }

  pub(crate) fn set_visible_on_all_workspaces(&self, _window: &tao::window::Window, _on: bool) -> Result<(), String> {
    Err("BrowserWindow.setVisibleOnAllWorkspaces is not possible on win32".to_owned())
  }

  pub(crate) fn show_inactive(&self, window: &tao::window::Window) {
    // SAFETY: the window is alive.
    let _ = unsafe { ShowWindow(hwnd(window), SW_SHOWNOACTIVATE) };
    // tao learns of it, and finds it done.
    window.set_visible(true);
  }

  /// Sends the window behind all others and activates the next one.
  pub(crate) fn blur(&self, window: &tao::window::Window) {
    let window = hwnd(window);
    // SAFETY: handles of windows that are gone in between make the calls fail, and nothing depends on them.
    unsafe {
      let mut next = GetWindow(window, GW_HWNDNEXT);
      while let Ok(candidate) = next
        && !IsWindowVisible(candidate).as_bool()
      {
        next = GetWindow(candidate, GW_HWNDNEXT);
      }
      let _ = SetWindowPos(window, Some(HWND_BOTTOM), 0, 0, 0, 0, SWP_NOMOVE | SWP_NOSIZE | SWP_NOACTIVATE);
      if let Ok(next) = next {
        let _ = SetForegroundWindow(next);
      }
    }
  }

  pub(crate) fn move_top(&self, window: &tao::window::Window) {
    // SAFETY: the window is alive.
    let _ = unsafe { SetWindowPos(hwnd(window), Some(HWND_TOP), 0, 0, 0, 0, SWP_NOMOVE | SWP_NOSIZE | SWP_NOACTIVATE) };
  }

  pub(crate) fn show_bar(&self, window: &tao::window::Window, menu: &Menu, visible: bool) {
    // SAFETY: the window is alive. A bar that cannot be made leaves the window without one.
    if unsafe { menu.init_for_hwnd(window.hwnd()) }.is_ok() {
      menu::add_bar(hwnd(window), menu);
      self.set_bar_visible(window, menu, visible);
    }
  }

  pub(crate) fn remove_bar(&self, window: &tao::window::Window, menu: &Menu) {
    menu::remove_bar(hwnd(window));
    // SAFETY: the window is alive. A bar that was never there is no fault.
    let _ = unsafe { menu.remove_for_hwnd(window.hwnd()) };
  }

  pub(crate) fn set_bar_visible(&self, window: &tao::window::Window, menu: &Menu, visible: bool) {
    // SAFETY: the window is alive. A bar that was never there is no fault.
    let _ = unsafe { if visible { menu.show_for_hwnd(window.hwnd()) } else { menu.hide_for_hwnd(window.hwnd()) } };
  }
}

/// Our part of the window's procedure.
unsafe extern "system" fn procedure(window: HWND, message: u32, wparam: WPARAM, lparam: LPARAM, _: usize, data: usize) -> LRESULT {
  let rules = data as *const Rules;
  match message {
    // SAFETY: the rules live until the message below.
    WM_SYSCOMMAND if (wparam.0 & 0xfff0) as u32 == SC_MOVE && unsafe { (*rules).fixed_place.get() } => return LRESULT(0),
    WM_SIZING => {
      // SAFETY: as above.
      let ratio = unsafe { (*rules).aspect_ratio.get() };
      if ratio > 0.0 {
        // SAFETY: the message carries a rectangle that may be changed.
        keep_ratio(window, wparam.0 as u32, unsafe { &mut *(lparam.0 as *mut RECT) }, ratio);
        return LRESULT(1);
      }
    }
    WM_NCDESTROY => {
      // SAFETY: the window's last message. The reference that the subclass held is given back once.
      unsafe {
        let _ = RemoveWindowSubclass(window, Some(procedure), SUBCLASS);
        drop(Rc::from_raw(rules));
      }
    }
    _ => {}
  }
  // SAFETY: what we were given is handed on.
  unsafe { DefSubclassProc(window, message, wparam, lparam) }
}

/// Changes the rectangle that the user draws so that the content has the ratio. The edge that is drawn counts; the other side follows.
fn keep_ratio(window: HWND, edge: u32, rect: &mut RECT, ratio: f64) {
  let (mut outer, mut inner) = (RECT::default(), RECT::default());
  // SAFETY: both rectangles outlive the calls.
  let known = unsafe { GetWindowRect(window, &raw mut outer).is_ok() && GetClientRect(window, &raw mut inner).is_ok() };
  if !known {
    return;
  }
  let frame_width = (outer.right - outer.left) - (inner.right - inner.left);
  let frame_height = (outer.bottom - outer.top) - (inner.bottom - inner.top);
  if matches!(edge, WMSZ_TOP | WMSZ_BOTTOM) {
    let height = f64::from(rect.bottom - rect.top - frame_height).max(1.0);
    rect.right = rect.left + (height * ratio).round() as i32 + frame_width;
    return;
  }
  let width = f64::from(rect.right - rect.left - frame_width).max(1.0);
  let height = (width / ratio).round() as i32 + frame_height;
  if matches!(edge, WMSZ_TOPLEFT | WMSZ_TOPRIGHT) {
    rect.top = rect.bottom - height;
  } else {
    rect.bottom = rect.top + height;
  }
}
