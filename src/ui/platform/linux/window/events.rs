//! What the display tells of a window, and what of it is news to JS.

use std::time::Instant;

use gtk::prelude::*;
use gtk::{gdk, glib};

use super::super::window_manager;
use super::{FOCUS_SETTLE, Window};
use crate::bridge::UiEvent;

impl Window {
  /// Listens to the display.
  pub(super) fn connect(&self) {
    let id = self.id;
    let end = self.end.clone();
    self.window.connect_delete_event(move |_, _| {
      end.emit(UiEvent::WindowCloseAsked { window: id });
      glib::Propagation::Stop
    });
    let me = self.me.clone();
    self.window.connect_show(move |_| {
      if let Some(window) = me.upgrade() {
        window.model.borrow_mut().visible = true;
        window.end.emit(UiEvent::WindowShown { window: id });
      }
    });
    let me = self.me.clone();
    self.window.connect_hide(move |_| {
      if let Some(window) = me.upgrade()
        && std::mem::take(&mut window.model.borrow_mut().visible)
        && !window.told.closed.get()
      {
        window.end.emit(UiEvent::WindowHidden { window: id });
        window.note_focus(false);
      }
    });
    let me = self.me.clone();
    self.window.connect_focus_in_event(move |_, _| {
      if let Some(window) = me.upgrade() {
        window.note_focus(true);
      }
      glib::Propagation::Proceed
    });
    let me = self.me.clone();
    self.window.connect_focus_out_event(move |_, _| {
      if let Some(window) = me.upgrade() {
        window.note_focus(false);
      }
      glib::Propagation::Proceed
    });
    let me = self.me.clone();
    self.window.connect_configure_event(move |_, _| {
      if let Some(window) = me.upgrade() {
        window.read_bounds_soon();
      }
      false
    });
    let me = self.me.clone();
    self.window.connect_map_event(move |_, _| {
      if let Some(window) = me.upgrade() {
        window.read_bounds_soon();
      }
      glib::Propagation::Proceed
    });
    let me = self.me.clone();
    self.window.connect_window_state_event(move |_, event| {
      if let Some(window) = me.upgrade() {
        window.note_state(event.changed_mask(), event.new_window_state());
      }
      glib::Propagation::Proceed
    });
    let me = self.me.clone();
    self.window.connect_destroy(move |_| {
      if let Some(window) = me.upgrade() {
        window.tell_closed();
      }
    });
  }

  /// Focus is told a moment later, as Electron does: without a window manager it comes, goes and comes again while a window is
  /// mapped.
  pub(super) fn note_focus(&self, focused: bool) {
    self.model.borrow_mut().focused = focused;
    if self.told.focus_pending.replace(true) {
      return;
    }
    let me = self.me.clone();
    glib::timeout_add_local_once(FOCUS_SETTLE, move || {
      let Some(this) = me.upgrade() else { return };
      this.told.focus_pending.set(false);
      let focused = this.model.borrow().focused;
      // An open menu holds the keyboard, but its window stays the active one.
      if !focused && gtk::grab_get_current().is_some_and(|grab| grab.is::<gtk::MenuShell>()) {
        return;
      }
      if !this.told.closed.get() && this.told.focused.replace(focused) != focused {
        let window = this.id;
        this.end.emit(if focused { UiEvent::WindowFocused { window } } else { UiEvent::WindowBlurred { window } });
      }
    });
  }

  pub(super) fn note_state(&self, changed: gdk::WindowState, now: gdk::WindowState) {
    if !window_manager::present() {
      return;
    }
    if changed.contains(gdk::WindowState::MAXIMIZED) {
      let on = now.contains(gdk::WindowState::MAXIMIZED);
      self.model.borrow_mut().maximized = on;
      self.tell_maximized(on);
      self.apply_limits();
    }
    if changed.contains(gdk::WindowState::FULLSCREEN) {
      let on = now.contains(gdk::WindowState::FULLSCREEN);
      // The page or the window manager can do it too.
      if std::mem::replace(&mut self.model.borrow_mut().full_screen, on) != on {
        self.menu_bar.set_full_screen(on);
      }
      self.tell_full_screen(on);
      self.apply_limits();
    }
    if changed.contains(gdk::WindowState::ICONIFIED) {
      let on = now.contains(gdk::WindowState::ICONIFIED);
      {
        let mut model = self.model.borrow_mut();
        model.minimized = on;
        if !on && model.asked.is_none() {
          // Window managers map a window anew and put it into its place afterwards.
          model.asked = Some((model.bounds, Instant::now()));
        }
      }
      self.tell_minimized(on);
      self.read_bounds_later();
    }
  }

  pub(super) fn tell_minimized(&self, on: bool) {
    if self.told.minimized.replace(on) != on {
      let window = self.id;
      self.end.emit(if on { UiEvent::WindowMinimized { window } } else { UiEvent::WindowRestored { window } });
    }
  }

  pub(super) fn tell_maximized(&self, on: bool) {
    if self.told.maximized.replace(on) != on {
      let window = self.id;
      self.end.emit(if on { UiEvent::WindowMaximized { window } } else { UiEvent::WindowUnmaximized { window } });
    }
  }

  pub(super) fn tell_full_screen(&self, on: bool) {
    if self.told.full_screen.replace(on) != on {
      let window = self.id;
      self.end.emit(if on { UiEvent::WindowEnteredFullScreen { window } } else { UiEvent::WindowLeftFullScreen { window } });
    }
  }
}
