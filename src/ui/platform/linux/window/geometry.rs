//! Size, place and state of a window, and the news about them.

use std::time::Instant;

use gtk::prelude::*;
use gtk::{gdk, glib};

use crate::bridge::{Rect, Size, UiEvent, WindowOptions};

use super::{BOUNDS_SETTLE, SETTLE, Window, sane};
use crate::ui::platform::linux::screen;
use crate::ui::platform::linux::window_manager::{self, Frame};

impl Window {
  /// Size and place of a window that was never shown.
  pub(super) fn place_initially(&self, options: &WindowOptions, parent: Option<&Window>) {
    let frame = self.model.borrow().frame;
    let mut bounds = sane(Rect { x: 0, y: 0, width: options.width.max(1), height: options.height.max(1) });
    if options.use_content_size {
      bounds.width += frame.width();
      bounds.height += frame.height() + self.menu_bar.height();
    }
    let area = match parent {
      Some(parent) => {
        let bounds = parent.model.borrow().bounds;
        screen::work_area_at(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2)
      }
      None => screen::primary_work_area(),
    };
    let middle = centered(area, bounds.width, bounds.height);
    bounds.x = options.x.unwrap_or(middle.x);
    bounds.y = options.y.unwrap_or(middle.y);
    if options.center {
      (bounds.x, bounds.y) = (middle.x, middle.y);
    }
    bounds = sane(bounds);
    {
      let mut model = self.model.borrow_mut();
      model.bounds = bounds;
      model.normal_bounds = bounds;
    }
    self.request(bounds);
  }

  /// What JS asked for: in the model at once, then at the window manager.
  pub(super) fn set_bounds(&self, bounds: Rect) {
    self.fresh_content_size.set(false);
    self.sized_by_content.set(false);
    let bounds = self.within_limits(bounds);
    let blocked = {
      let model = self.model.borrow();
      model.maximized || model.full_screen
    };
    if blocked && self.window.is_visible() && window_manager::present() {
      // A managed window leaves those states first, or the request is lost.
      self.model.borrow_mut().normal_bounds = bounds;
      return;
    }
    self.request(bounds);
    self.note_bounds(bounds);
  }

  /// Makes a window that was never shown higher.
  pub(super) fn grow(&self, more: i32) {
    let mut bounds = self.model.borrow().bounds;
    bounds.height += more;
    {
      let mut model = self.model.borrow_mut();
      model.bounds = bounds;
      model.normal_bounds = bounds;
    }
    self.request(bounds);
  }

  /// Sends bounds to the display.
  fn request(&self, bounds: Rect) {
    let frame = {
      let mut model = self.model.borrow_mut();
      model.asked = Some((bounds, Instant::now()));
      if model.full_screen { Frame::default() } else { model.frame }
    };
    self.apply_limits_for(bounds);
    self.window.resize((bounds.width - frame.width()).max(1), (bounds.height - frame.height()).max(1));
    self.window.move_(bounds.x, bounds.y);
    self.read_bounds_later();
  }

  /// Whatever the window manager has made of a request by then is the truth.
  pub(super) fn read_bounds_later(&self) {
    let me = self.me.clone();
    glib::timeout_add_local_once(SETTLE, move || {
      if let Some(window) = me.upgrade() {
        let due = window.model.borrow().asked.is_some_and(|(_, since)| since.elapsed() >= SETTLE);
        if due {
          window.model.borrow_mut().asked = None;
          window.read_bounds();
        }
      }
    });
  }

  /// Asks for the place again before the window is mapped: the window manager takes a place that it was not told for its own choice.
  pub(super) fn place_again(&self) {
    let (bounds, filling) = {
      let model = self.model.borrow();
      (model.bounds, model.maximized || model.full_screen)
    };
    if !filling {
      self.request(bounds);
    }
  }

  /// Puts bounds into the model and tells what changed.
  fn note_bounds(&self, bounds: Rect) {
    let (moved, resized) = {
      let mut model = self.model.borrow_mut();
      let old = model.bounds;
      model.bounds = bounds;
      if !model.maximized && !model.minimized && !model.full_screen {
        model.normal_bounds = bounds;
      }
      ((old.x, old.y) != (bounds.x, bounds.y), (old.width, old.height) != (bounds.width, bounds.height))
    };
    if resized {
      self.end.emit(UiEvent::WindowResized { window: self.id, bounds });
    }
    if moved {
      self.end.emit(UiEvent::WindowMoved { window: self.id, bounds });
    }
  }

  /// Takes the display's word for the bounds when it has settled: while a window manager changes a window, its size, its place and
  /// its frame are of different moments.
  pub(super) fn read_bounds_soon(&self) {
    if self.told.bounds_pending.replace(true) {
      return;
    }
    let me = self.me.clone();
    glib::timeout_add_local_once(BOUNDS_SETTLE, move || {
      if let Some(window) = me.upgrade() {
        window.told.bounds_pending.set(false);
        window.read_bounds();
      }
    });
  }

  /// Takes the display's word for the bounds.
  pub(super) fn read_bounds(&self) {
    // Where a window manager keeps minimized windows is its own affair.
    if self.model.borrow().minimized {
      return;
    }
    let Some(window) = self.window.window().filter(|_| self.window.is_mapped()) else { return };
    let frame = window_manager::frame_of(&window);
    let (asked, full_screen, decorated, known) = {
      let model = self.model.borrow();
      (model.asked, model.full_screen, model.decorated, model.frame)
    };
    let outer = window.frame_extents();
    let bounds = screen::rect(&outer);
    if let Some(frame) = frame
      && decorated
      && !full_screen
      && frame != known
      && frame != Frame::default()
    {
      self.model.borrow_mut().frame = frame;
      window_manager::remember_frame(frame);
      if let Some((mut bounds, _)) = asked {
        if self.sized_by_content.take() {
          bounds.width += frame.width() - known.width();
          bounds.height += frame.height() - known.height();
          self.note_bounds(bounds);
        }
        // The frame turned out to be another than was assumed: ask again, with the right client area.
        self.request(bounds);
        return;
      }
    }
    match asked {
      Some((asked, _)) if asked == bounds => self.model.borrow_mut().asked = None,
      Some((_, since)) if since.elapsed() < SETTLE => return,
      _ => {}
    }
    self.note_bounds(bounds);
  }

  fn within_limits(&self, bounds: Rect) -> Rect {
    let (min, max) = self.outer_limits();
    let fit = |value: i32, min: i32, max: i32| {
      let value = if max > 0 { value.min(max) } else { value };
      value.max(min).max(1)
    };
    Rect { width: fit(bounds.width, min.width, max.width), height: fit(bounds.height, min.height, max.height), ..bounds }
  }

  /// Smallest and largest outer size; 0 is no limit.
  fn outer_limits(&self) -> (Size, Size) {
    let model = self.model.borrow();
    let (more_width, more_height) =
      if model.limits_of_content { (model.frame.width(), model.frame.height() + self.menu_bar.height()) } else { (0, 0) };
    let outer = |size: Size| Size {
      width: if size.width > 0 { size.width.saturating_add(more_width) } else { 0 },
      height: if size.height > 0 { size.height.saturating_add(more_height) } else { 0 },
    };
    (outer(model.min_size), outer(model.max_size))
  }

  pub(super) fn apply_limits(&self) {
    let (bounds, filling) = {
      let model = self.model.borrow();
      (model.bounds, model.maximized || model.full_screen)
    };
    let fitting = self.within_limits(bounds);
    if filling || fitting == bounds {
      self.apply_limits_for(bounds);
    } else {
      self.set_bounds(fitting);
    }
  }

  /// Tells the window manager how the user may resize the window. GTK's own "not resizable" would shrink it to what its content
  /// asks for, so a fixed size is a minimum and a maximum that are the same.
  fn apply_limits_for(&self, bounds: Rect) {
    let (min, max) = self.outer_limits();
    let model = self.model.borrow();
    let (frame_width, frame_height) = (model.frame.width(), model.frame.height());
    let (mut min_width, mut min_height) = ((min.width - frame_width).max(1), (min.height - frame_height).max(1));
    let unlimited = i32::from(i16::MAX);
    let mut max_width = if max.width > 0 { (max.width - frame_width).max(min_width) } else { unlimited };
    let mut max_height = if max.height > 0 { (max.height - frame_height).max(min_height) } else { unlimited };
    if !model.resizable && !model.full_screen && !model.maximized {
      (min_width, min_height) = ((bounds.width - frame_width).max(1), (bounds.height - frame_height).max(1));
      (max_width, max_height) = (min_width, min_height);
    }
    let mut hints = gdk::WindowHints::MIN_SIZE | gdk::WindowHints::MAX_SIZE;
    if model.aspect_ratio > 0.0 && model.resizable {
      hints |= gdk::WindowHints::ASPECT;
    }
    let ratio = model.aspect_ratio;
    drop(model);
    let geometry = gdk::Geometry::new(min_width, min_height, max_width, max_height, 0, 0, 1, 1, ratio, ratio, gdk::Gravity::NorthWest);
    self.window.set_geometry_hints(None::<&gtk::Widget>, Some(&geometry), hints);
  }

  pub(super) fn center(&self) {
    let bounds = self.model.borrow().bounds;
    let area = screen::work_area_at(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2);
    self.set_bounds(centered(area, bounds.width, bounds.height));
  }

  pub(super) fn set_full_screen(&self, on: bool) {
    if self.model.borrow().full_screen == on {
      return;
    }
    self.model.borrow_mut().full_screen = on;
    self.menu_bar.set_full_screen(on);
    if window_manager::present() {
      self.apply_limits();
      self.expect_normal_bounds(on);
      if on {
        self.window.fullscreen()
      } else {
        self.window.unfullscreen()
      }
      return;
    }
    // Nobody else would do it.
    let bounds = self.model.borrow().bounds;
    self.take_over(on, screen::monitor_area_at(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2));
    self.tell_full_screen(on);
  }

  /// A window that leaves a state goes back to where it was. One that enters it is looked at later: the window manager may refuse.
  fn expect_normal_bounds(&self, on: bool) {
    if !on {
      let normal = {
        let mut model = self.model.borrow_mut();
        let normal = model.normal_bounds;
        model.asked = Some((normal, Instant::now()));
        normal
      };
      self.note_bounds(normal);
    }
    let me = self.me.clone();
    glib::timeout_add_local_once(SETTLE, move || {
      let Some(this) = me.upgrade() else { return };
      this.model.borrow_mut().asked = None;
      this.read_bounds();
      let Some(window) = this.window.window().filter(|_| this.window.is_mapped()) else { return };
      this.note_state(gdk::WindowState::MAXIMIZED | gdk::WindowState::FULLSCREEN | gdk::WindowState::ICONIFIED, window.state());
    });
  }

  pub(super) fn set_maximized(&self, on: bool) {
    if self.model.borrow().maximized == on {
      return;
    }
    self.model.borrow_mut().maximized = on;
    let managed = window_manager::present();
    if managed {
      self.apply_limits();
      self.expect_normal_bounds(on);
      if on { self.window.maximize() } else { self.window.unmaximize() }
    } else {
      let bounds = self.model.borrow().bounds;
      self.take_over(on, screen::work_area_at(bounds.x + bounds.width / 2, bounds.y + bounds.height / 2));
    }
    if on && !self.model.borrow().visible {
      self.window.show();
    }
    if !managed {
      self.tell_maximized(on);
    }
  }

  pub(super) fn set_minimized(&self, on: bool) {
    if self.model.borrow().minimized == on {
      return;
    }
    self.model.borrow_mut().minimized = on;
    if on {
      self.window.iconify()
    } else {
      self.window.deiconify()
    }
    if !window_manager::present() {
      if let Some(window) = self.window.window() {
        if on { window.withdraw() } else { window.show() }
      }
      self.tell_minimized(on);
    }
  }

  /// Fills `area`, or goes back to the normal bounds, without a window manager's help.
  fn take_over(&self, on: bool, area: Rect) {
    let bounds = if on { area } else { self.model.borrow().normal_bounds };
    self.request(bounds);
    self.note_bounds(bounds);
  }

  /// What the window manager lets the user do.
  pub(super) fn update_functions(&self) {
    if !self.window.is_realized() {
      self.window.realize();
    }
    let Some(window) = self.window.window() else { return };
    let model = self.model.borrow();
    if !model.decorated {
      return;
    }
    let mut functions = gdk::WMFunction::empty();
    for (allowed, function) in [
      (model.resizable, gdk::WMFunction::RESIZE),
      (model.movable, gdk::WMFunction::MOVE),
      (model.minimizable, gdk::WMFunction::MINIMIZE),
      (model.maximizable, gdk::WMFunction::MAXIMIZE),
      (model.closable, gdk::WMFunction::CLOSE),
    ] {
      if allowed {
        functions |= function;
      }
    }
    window.set_functions(functions);
  }
}

fn centered(area: Rect, width: i32, height: i32) -> Rect {
  Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}
