//! What tao has no name for: opacity, child windows, kiosk mode, limits of moving and of shape.

use std::cell::Cell;

use muda::Menu;
use objc2::rc::Retained;
use objc2_app_kit::{NSApplication, NSApplicationPresentationOptions, NSWindow, NSWindowCollectionBehavior, NSWindowOrderingMode};
use objc2_foundation::NSSize;
use tao::platform::macos::{WindowBuilderExtMacOS, WindowExtMacOS};
use tao::window::WindowBuilder;

use crate::bridge::WindowOptions;

use super::main_thread;

/// AppKit's window of a window of tao.
pub(super) fn ns_window(window: &tao::window::Window) -> Retained<NSWindow> {
  // SAFETY: tao hands out its own window, which is alive for as long as the reference to tao's.
  unsafe { Retained::retain(window.ns_window().cast::<NSWindow>()) }.expect("a window of tao has one of AppKit")
}

pub(crate) fn native_handle(window: &tao::window::Window) -> u64 {
  window.ns_view() as u64
}

/// Adds what only macOS has to a window that is about to be made.
pub(crate) fn configure(
  builder: WindowBuilder,
  options: &WindowOptions,
  _parent: Option<&tao::window::Window>,
) -> Result<WindowBuilder, String> {
  match options.window_type.as_deref() {
    None => Ok(builder.with_has_shadow(options.has_shadow).with_automatic_window_tabbing(false)),
    Some(other) => Err(format!("windows of the type '{other}' are not implemented on darwin yet")),
  }
}

/// The system's side of a window.
pub(crate) struct WindowExtra {
  kiosk: Cell<bool>,
  is_sheet: Cell<bool>,
}

impl WindowExtra {
  pub(crate) fn new(window: &tao::window::Window, options: &WindowOptions) -> Result<Self, String> {
    let this = Self { kiosk: Cell::new(false), is_sheet: Cell::new(false) };
    this.set_movable(window, options.movable);
    this.set_full_screenable(window, options.fullscreenable);
    Ok(this)
  }

  /// Makes the window a child of `parent`, which moves with it. A modal one is a sheet, as in Electron.
  pub(crate) fn set_parent(&self, window: &tao::window::Window, parent: Option<&tao::window::Window>, modal: bool) -> Result<(), String> {
    let Some(parent) = parent.map(ns_window) else { return Ok(()) };
    let window = ns_window(window);
    if modal {
      parent.beginSheet_completionHandler(&window, None);
      self.is_sheet.set(true);
    } else {
      // SAFETY: the table of windows keeps children from being their own parents.
      unsafe { parent.addChildWindow_ordered(&window, NSWindowOrderingMode::Above) };
    }
    Ok(())
  }

  pub(crate) fn leave_parent(&self, window: &tao::window::Window, parent: &tao::window::Window) {
    let (window, parent) = (ns_window(window), ns_window(parent));
    if self.is_sheet.take() {
      parent.endSheet(&window);
    } else {
      parent.removeChildWindow(&window);
    }
  }

  pub(crate) fn set_aspect_ratio(&self, window: &tao::window::Window, ratio: f64) {
    let window = ns_window(window);
    if ratio > 0.0 {
      window.setContentAspectRatio(NSSize::new(ratio, 1.0));
    } else {
      // AppKit takes steps of one for the end of a ratio.
      window.setContentResizeIncrements(NSSize::new(1.0, 1.0));
    }
  }

  pub(crate) fn set_movable(&self, window: &tao::window::Window, on: bool) {
    ns_window(window).setMovable(on);
  }

  /// Whether the green button fills the screen.
  pub(crate) fn set_full_screenable(&self, window: &tao::window::Window, on: bool) {
    let window = ns_window(window);
    let mut behavior = window.collectionBehavior();
    behavior.set(NSWindowCollectionBehavior::FullScreenPrimary, on);
    behavior.set(NSWindowCollectionBehavior::FullScreenAuxiliary, !on);
    window.setCollectionBehavior(behavior);
  }

  /// AppKit's windows cannot be disabled; one that ignores the mouse and cannot be the key window comes to the same.
  pub(crate) fn set_enabled(&self, window: &tao::window::Window, on: bool) {
    window.set_focusable(on);
    ns_window(window).setIgnoresMouseEvents(!on);
  }

  pub(crate) fn set_kiosk(&self, _window: &tao::window::Window, on: bool) {
    if self.kiosk.replace(on) == on {
      return;
    }
    use NSApplicationPresentationOptions as P;
    let kiosk = P::HideDock
      | P::HideMenuBar
      | P::DisableAppleMenu
      | P::DisableProcessSwitching
      | P::DisableForceQuit
      | P::DisableSessionTermination
      | P::DisableHideApplication;
    NSApplication::sharedApplication(main_thread()).setPresentationOptions(if on { kiosk } else { P::Default });
  }

  /// The Dock has applications in it, not windows.
  pub(crate) fn set_skip_taskbar(&self, _window: &tao::window::Window, _on: bool) -> Result<(), String> {
    Ok(())
  }

  pub(crate) fn set_shadow(&self, window: &tao::window::Window, on: bool) -> Result<(), String> {
    window.set_has_shadow(on);
    Ok(())
  }

  pub(crate) fn set_opacity(&self, window: &tao::window::Window, opacity: f64) -> Result<(), String> {
    ns_window(window).setAlphaValue(opacity);
    Ok(())
  }

  pub(crate) fn set_visible_on_all_workspaces(&self, window: &tao::window::Window, on: bool) -> Result<(), String> {
    window.set_visible_on_all_workspaces(on);
    Ok(())
  }

  pub(crate) fn show_inactive(&self, window: &tao::window::Window) {
    ns_window(window).orderFrontRegardless();
  }

  /// Sends the window behind all others.
  pub(crate) fn blur(&self, window: &tao::window::Window) {
    let window = ns_window(window);
    window.resignKeyWindow();
    window.orderBack(None);
  }

  pub(crate) fn move_top(&self, window: &tao::window::Window) {
    ns_window(window).orderFrontRegardless();
  }

  /// As in Electron, windows have no bars here: the application has one.
  pub(crate) fn show_bar(&self, _window: &tao::window::Window, _menu: &Menu, _visible: bool) {}

  pub(crate) fn remove_bar(&self, _window: &tao::window::Window, _menu: &Menu) {}

  pub(crate) fn set_bar_visible(&self, _window: &tao::window::Window, _menu: &Menu, _visible: bool) {}
}
