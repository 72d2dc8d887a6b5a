//! Monitors, the pointer and the order of windows.

use std::rc::Rc;

use gtk::gdk;
use gtk::prelude::*;

use crate::bridge::{DisplayInfo, Rect, WindowId};

use super::window::Window;

pub(crate) fn beep() {
  if let Some(display) = gdk::Display::default() {
    display.beep();
    display.flush();
  }
}

pub(crate) fn rect(rectangle: &gdk::Rectangle) -> Rect {
  Rect { x: rectangle.x(), y: rectangle.y(), width: rectangle.width(), height: rectangle.height() }
}

pub(crate) fn displays() -> Vec<DisplayInfo> {
  let Some(display) = gdk::Display::default() else { return Vec::new() };
  let primary = display.primary_monitor();
  (0..display.n_monitors())
    .filter_map(|number| {
      let monitor = display.monitor(number)?;
      let is_primary = match &primary {
        Some(primary) => *primary == monitor,
        None => number == 0,
      };
      Some(DisplayInfo {
        // Electron's ids are positive; the number of the monitor is all that X11 promises to keep.
        id: u32::try_from(number).unwrap_or(0) + 1,
        label: monitor.model().map(String::from).unwrap_or_default(),
        bounds: rect(&monitor.geometry()),
        work_area: rect(&monitor.workarea()),
        scale_factor: f64::from(monitor.scale_factor()),
        rotation: 0,
        display_frequency: f64::from(monitor.refresh_rate()) / 1000.0,
        primary: is_primary,
      })
    })
    .collect()
}

/// The part of the monitor at a point that panels leave free.
pub(crate) fn work_area_at(x: i32, y: i32) -> Rect {
  monitor_at(x, y).map(|monitor| rect(&monitor.workarea())).unwrap_or_default()
}

/// The whole monitor at a point.
pub(crate) fn monitor_area_at(x: i32, y: i32) -> Rect {
  monitor_at(x, y).map(|monitor| rect(&monitor.geometry())).unwrap_or_default()
}

/// The monitor that new windows go to.
pub(crate) fn primary_work_area() -> Rect {
  let Some(display) = gdk::Display::default() else { return Rect::default() };
  display.primary_monitor().or_else(|| display.monitor(0)).map(|monitor| rect(&monitor.workarea())).unwrap_or_default()
}

fn monitor_at(x: i32, y: i32) -> Option<gdk::Monitor> {
  gdk::Display::default()?.monitor_at_point(x, y)
}

pub(crate) fn cursor_position() -> Result<(i32, i32), String> {
  let pointer = gdk::Display::default().and_then(|display| display.default_seat()).and_then(|seat| seat.pointer());
  let (_, x, y) = pointer.ok_or("the display has no pointer")?.position();
  Ok((x, y))
}

/// Ids of windows from the topmost to the lowest. Without a window manager the display keeps no list: the order of ids stands in.
pub(crate) fn stacking(windows: &[Rc<Window>]) -> Vec<WindowId> {
  let stack = gdk::Screen::default().map(|screen| screen.window_stack()).unwrap_or_default();
  let place = |window: &Rc<Window>| {
    let own = window.gtk().window();
    stack.iter().position(|other| own.as_ref() == Some(other))
  };
  let mut ordered: Vec<_> = windows.iter().map(|window| (place(window), window.id())).collect();
  ordered.sort_by(|a, b| b.cmp(a));
  ordered.into_iter().map(|(_, id)| id).collect()
}
