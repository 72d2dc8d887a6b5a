//! Screens, the pointer, the order of windows, and calls from outside of the event loop's callback.

use std::cell::Cell;
use std::rc::Rc;

use block2::RcBlock;
use objc2::rc::Retained;
use objc2_app_kit::{NSApplication, NSBeep, NSEvent, NSScreen};
use objc2_core_foundation::{CFRunLoop, kCFRunLoopCommonModes};
use objc2_foundation::{NSNumber, NSRect, ns_string};

use crate::bridge::{DisplayInfo, Rect, WindowId};

use super::super::common::Window;
use super::main_thread;
use super::window::ns_window;

pub(crate) fn beep() {
  NSBeep();
}

/// AppKit counts from the lower left corner of the first screen, everybody else from its upper left one.
fn flipped(rect: NSRect) -> Rect {
  let top = NSScreen::screens(main_thread()).firstObject().map_or(0.0, |screen| screen.frame().size.height);
  Rect {
    x: rect.origin.x.round() as i32,
    y: (top - rect.origin.y - rect.size.height).round() as i32,
    width: rect.size.width.round() as i32,
    height: rect.size.height.round() as i32,
  }
}

pub(crate) fn displays() -> Vec<DisplayInfo> {
  let screens = NSScreen::screens(main_thread());
  screens.iter().enumerate().map(|(place, screen)| display(&screen, place == 0)).collect()
}

fn display(screen: &NSScreen, primary: bool) -> DisplayInfo {
  let number = screen.deviceDescription().objectForKey(ns_string!("NSScreenNumber")).and_then(|value| value.downcast::<NSNumber>().ok());
  DisplayInfo {
    id: number.map_or(0, |number| number.unsignedIntValue()),
    label: screen.localizedName().to_string(),
    bounds: flipped(screen.frame()),
    work_area: flipped(screen.visibleFrame()),
    scale_factor: screen.backingScaleFactor(),
    rotation: 0,
    display_frequency: screen.maximumFramesPerSecond() as f64,
    primary,
  }
}

/// The part of a window's screen that the Dock and the menu bar leave free.
pub(crate) fn work_area_of(window: &tao::window::Window) -> Rect {
  let screen = ns_window(window).screen().or_else(|| NSScreen::mainScreen(main_thread()));
  screen.map(|screen| flipped(screen.visibleFrame())).unwrap_or_default()
}

pub(crate) fn cursor_position() -> Result<(i32, i32), String> {
  let point = NSEvent::mouseLocation();
  let at = flipped(NSRect::new(point, objc2_foundation::NSSize::new(0.0, 0.0)));
  Ok((at.x, at.y))
}

/// Ids of windows from the topmost to the lowest.
pub(crate) fn stacking(windows: &[Rc<Window>]) -> Vec<WindowId> {
  let ordered = NSApplication::sharedApplication(main_thread()).orderedWindows();
  let same = |other: &objc2_app_kit::NSWindow, window: &Window| std::ptr::eq(other, Retained::as_ptr(&ns_window(window.tao())));
  ordered.iter().filter_map(|other| windows.iter().find(|window| same(&other, window)).map(|window| window.id())).collect()
}

/// Calls a function out of the run loop itself, where tao is not in the middle of handing over an event.
pub(crate) fn outside_of_loop(run: impl FnOnce() + 'static) {
  let run = Cell::new(Some(run));
  let block = RcBlock::new(move || {
    if let Some(run) = run.take() {
      run();
    }
  });
  let Some(main) = CFRunLoop::main() else { return };
  // SAFETY: the mode is the system's own, and the block runs on this thread, which is the main one.
  unsafe { main.perform_block(kCFRunLoopCommonModes.map(AsRef::as_ref), Some(&block)) };
  main.wake_up();
}
