//! Keys that the app hears of before anybody else. The UI thread never waits for JS, so a key is held back at its window, and sent on
//! its way again when JS has let it go.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};

use gtk::gdk;
use gtk::gdk::ModifierType;
use gtk::gdk::keys::{Key, constants as keys};
use gtk::glib;
use gtk::prelude::*;

use crate::bridge::{KeyInput, RequestId, UiEvent, WebContentsId};

use super::super::super::state::Ui;
use super::webview::WebView;
use super::window::Window;

/// More keys than anybody types while JS is busy; what comes then is lost.
const MOST_HELD: usize = 1000;

struct Held {
  request: RequestId,
  web_contents: WebContentsId,
  event: gdk::Event,
  /// What JS has said.
  allow: Option<bool>,
}

/// The keys of a window.
#[derive(Default)]
pub(super) struct Keys {
  held: RefCell<VecDeque<Held>>,
  /// A key that was held is on its way.
  released: Cell<bool>,
  /// The key that is down, by its place on the keyboard: pressed again it repeats.
  down: Cell<Option<u16>>,
}

impl Window {
  /// Before the menu bar listens, whose shortcuts come later.
  pub(super) fn connect_keys(&self, ui: &Rc<Ui>) {
    let take = |ui: Weak<Ui>, me: Weak<Window>| {
      move |_: &gtk::ApplicationWindow, event: &gdk::EventKey| match (ui.upgrade(), me.upgrade()) {
        (Some(ui), Some(window)) if window.hold_key(&ui, event) => glib::Propagation::Stop,
        _ => glib::Propagation::Proceed,
      }
    };
    self.gtk().connect_key_press_event(take(Rc::downgrade(ui), self.weak()));
    self.gtk().connect_key_release_event(take(Rc::downgrade(ui), self.weak()));
  }

  fn hold_key(&self, ui: &Ui, event: &gdk::EventKey) -> bool {
    if self.keys.released.get() {
      return false;
    }
    let pressed = event.event_type() == gdk::EventType::KeyPress;
    let place = event.hardware_keycode();
    let repeats = pressed && self.keys.down.get() == Some(place);
    if pressed {
      self.keys.down.set(Some(place));
    } else if self.keys.down.get() == Some(place) {
      self.keys.down.set(None);
    }
    let focused = ui.web_views.all().into_iter().find(|view| view.window() == Some(self.id()) && view.view.has_focus());
    let Some(view) = focused else { return false };
    // A key must not overtake those that wait.
    if !view.key_watch.get() && self.keys.held.borrow().is_empty() {
      return false;
    }
    let mut held = self.keys.held.borrow_mut();
    if held.len() >= MOST_HELD {
      return true;
    }
    let (request, web_contents) = (ui.next_request(), view.id());
    held.push_back(Held { request, web_contents, event: (**event).clone(), allow: None });
    let input = describe(event, pressed, repeats, view.composing.get());
    ui.end.emit(UiEvent::KeyAsked { web_contents, request, input });
    true
  }

  /// JS lets a key go or keeps it from everybody. Keys go in the order in which they came.
  pub(super) fn answer_key(&self, request: RequestId, allow: bool) {
    if let Some(held) = self.keys.held.borrow_mut().iter_mut().find(|held| held.request == request) {
      held.allow = Some(allow);
    }
    loop {
      let next = {
        let mut held = self.keys.held.borrow_mut();
        match held.front().and_then(|first| first.allow) {
          Some(allow) => held.pop_front().map(|first| (first.event, allow)),
          None => None,
        }
      };
      let Some((mut event, allow)) = next else { return };
      if allow {
        self.keys.released.set(true);
        gtk::main_do_event(&mut event);
        self.keys.released.set(false);
      }
    }
  }

  /// A view is gone, and nobody will answer for its keys.
  pub(super) fn forget_keys(&self, web_contents: WebContentsId) {
    self.keys.held.borrow_mut().retain(|held| held.web_contents != web_contents);
  }
}

impl WebView {
  pub(crate) fn watch_keys(&self, on: bool) -> Result<(), String> {
    self.key_watch.set(on);
    Ok(())
  }

  pub(crate) fn answer_key(&self, request: RequestId, allow: bool) -> Result<(), String> {
    if let Some(window) = self.holder() {
      window.answer_key(request, allow);
    }
    Ok(())
  }
}

fn describe(event: &gdk::EventKey, pressed: bool, repeats: bool, composing: bool) -> KeyInput {
  let state = event.state();
  let code = code_of(event.hardware_keycode());
  let mut input = KeyInput {
    kind: if pressed { "keyDown" } else { "keyUp" },
    key: key_of(*event.keyval()),
    code,
    is_auto_repeat: repeats,
    is_composing: composing,
    shift: state.contains(ModifierType::SHIFT_MASK),
    control: state.contains(ModifierType::CONTROL_MASK),
    alt: state.contains(ModifierType::MOD1_MASK),
    meta: state.contains(ModifierType::SUPER_MASK) || state.contains(ModifierType::META_MASK),
    location: match code {
      _ if code.starts_with("Numpad") => 3,
      _ if code.ends_with("Right") && is_modifier(code) => 2,
      _ if code.ends_with("Left") && is_modifier(code) => 1,
      _ => 0,
    },
    modifiers: Vec::new(),
  };
  // The state is the one before the key; a modifier's own key counts as held while it goes down.
  match code {
    "ShiftLeft" | "ShiftRight" => input.shift = pressed,
    "ControlLeft" | "ControlRight" => input.control = pressed,
    "AltLeft" | "AltRight" => input.alt = pressed,
    "MetaLeft" | "MetaRight" => input.meta = pressed,
    _ => {}
  }
  let flags = [
    ("shift", input.shift),
    ("control", input.control),
    ("alt", input.alt),
    ("meta", input.meta),
    ("iskeypad", input.location == 3),
    ("isautorepeat", repeats),
    ("leftbuttondown", state.contains(ModifierType::BUTTON1_MASK)),
    ("middlebuttondown", state.contains(ModifierType::BUTTON2_MASK)),
    ("rightbuttondown", state.contains(ModifierType::BUTTON3_MASK)),
    ("capslock", state.contains(ModifierType::LOCK_MASK)),
    ("numlock", state.contains(ModifierType::MOD2_MASK)),
    ("left", input.location == 1),
    ("right", input.location == 2),
  ];
  input.modifiers = flags.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect();
  input
}

fn is_modifier(code: &str) -> bool {
  ["Shift", "Control", "Alt", "Meta"].iter().any(|name| code.starts_with(name))
}

/// The DOM's name of what a key means.
fn key_of(value: u32) -> String {
  let key = Key::from(value);
  let name = match key {
    keys::Return | keys::KP_Enter | keys::ISO_Enter => "Enter",
    keys::Tab | keys::ISO_Left_Tab | keys::KP_Tab => "Tab",
    keys::BackSpace => "Backspace",
    keys::Escape => "Escape",
    keys::Delete | keys::KP_Delete => "Delete",
    keys::Insert | keys::KP_Insert => "Insert",
    keys::Home | keys::KP_Home => "Home",
    keys::End | keys::KP_End => "End",
    keys::Page_Up | keys::KP_Page_Up => "PageUp",
    keys::Page_Down | keys::KP_Page_Down => "PageDown",
    keys::Up | keys::KP_Up => "ArrowUp",
    keys::Down | keys::KP_Down => "ArrowDown",
    keys::Left | keys::KP_Left => "ArrowLeft",
    keys::Right | keys::KP_Right => "ArrowRight",
    keys::KP_Begin | keys::Clear => "Clear",
    keys::Shift_L | keys::Shift_R => "Shift",
    keys::Control_L | keys::Control_R => "Control",
    keys::Alt_L | keys::Alt_R => "Alt",
    keys::Meta_L | keys::Meta_R | keys::Super_L | keys::Super_R => "Meta",
    keys::ISO_Level3_Shift | keys::Mode_switch => "AltGraph",
    keys::Caps_Lock => "CapsLock",
    keys::Num_Lock => "NumLock",
    keys::Scroll_Lock => "ScrollLock",
    keys::Menu => "ContextMenu",
    keys::Print | keys::Sys_Req => "PrintScreen",
    keys::Pause | keys::Break => "Pause",
    keys::Multi_key => "Compose",
    keys::AudioMute => "AudioVolumeMute",
    keys::AudioLowerVolume => "AudioVolumeDown",
    keys::AudioRaiseVolume => "AudioVolumeUp",
    keys::AudioPlay => "MediaPlayPause",
    keys::AudioStop => "MediaStop",
    keys::AudioPrev => "MediaTrackPrevious",
    keys::AudioNext => "MediaTrackNext",
    _ => "",
  };
  if !name.is_empty() {
    return name.to_owned();
  }
  let first = *keys::F1;
  if (first..first + 35).contains(&value) {
    return format!("F{}", value - first + 1);
  }
  if (*keys::dead_grave..=*keys::dead_greek).contains(&value) {
    return "Dead".to_owned();
  }
  key.to_unicode().filter(|character| !character.is_control()).map_or_else(|| "Unidentified".to_owned(), String::from)
}

/// The DOM's name of a key's place; the kernel's numbers are 8 less than the display's.
fn code_of(place: u16) -> &'static str {
  const FIRST: [&str; 89] = [
    "",
    "Escape",
    "Digit1",
    "Digit2",
    "Digit3",
    "Digit4",
    "Digit5",
    "Digit6",
    "Digit7",
    "Digit8",
    "Digit9",
    "Digit0",
    "Minus",
    "Equal",
    "Backspace",
    "Tab",
    "KeyQ",
    "KeyW",
    "KeyE",
    "KeyR",
    "KeyT",
    "KeyY",
    "KeyU",
    "KeyI",
    "KeyO",
    "KeyP",
    "BracketLeft",
    "BracketRight",
    "Enter",
    "ControlLeft",
    "KeyA",
    "KeyS",
    "KeyD",
    "KeyF",
    "KeyG",
    "KeyH",
    "KeyJ",
    "KeyK",
    "KeyL",
    "Semicolon",
    "Quote",
    "Backquote",
    "ShiftLeft",
    "Backslash",
    "KeyZ",
    "KeyX",
    "KeyC",
    "KeyV",
    "KeyB",
    "KeyN",
    "KeyM",
    "Comma",
    "Period",
    "Slash",
    "ShiftRight",
    "NumpadMultiply",
    "AltLeft",
    "Space",
    "CapsLock",
    "F1",
    "F2",
    "F3",
    "F4",
    "F5",
    "F6",
    "F7",
    "F8",
    "F9",
    "F10",
    "NumLock",
    "ScrollLock",
    "Numpad7",
    "Numpad8",
    "Numpad9",
    "NumpadSubtract",
    "Numpad4",
    "Numpad5",
    "Numpad6",
    "NumpadAdd",
    "Numpad1",
    "Numpad2",
    "Numpad3",
    "Numpad0",
    "NumpadDecimal",
    "",
    "",
    "IntlBackslash",
    "F11",
    "F12",
  ];
  let number = place.saturating_sub(8);
  match number {
    0..=88 => FIRST.get(usize::from(number)).copied().unwrap_or(""),
    89 => "IntlRo",
    92 => "Convert",
    93 => "KanaMode",
    94 => "NonConvert",
    96 => "NumpadEnter",
    97 => "ControlRight",
    98 => "NumpadDivide",
    99 => "PrintScreen",
    100 => "AltRight",
    102 => "Home",
    103 => "ArrowUp",
    104 => "PageUp",
    105 => "ArrowLeft",
    106 => "ArrowRight",
    107 => "End",
    108 => "ArrowDown",
    109 => "PageDown",
    110 => "Insert",
    111 => "Delete",
    113 => "AudioVolumeMute",
    114 => "AudioVolumeDown",
    115 => "AudioVolumeUp",
    116 => "Power",
    117 => "NumpadEqual",
    119 => "Pause",
    121 => "NumpadComma",
    124 => "IntlYen",
    125 => "MetaLeft",
    126 => "MetaRight",
    127 => "ContextMenu",
    163 => "MediaTrackNext",
    164 => "MediaPlayPause",
    165 => "MediaTrackPrevious",
    166 => "MediaStop",
    _ => "",
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn keys_have_the_names_of_the_dom() {
    for (place, code) in [(9, "Escape"), (24, "KeyQ"), (38, "KeyA"), (65, "Space"), (90, "Numpad0"), (96, "F12"), (111, "ArrowUp"), (3, "")]
    {
      assert_eq!(code_of(place), code, "{place}");
    }
    for (value, key) in
      [(*keys::a, "a"), (*keys::A, "A"), (*keys::Return, "Enter"), (*keys::F5, "F5"), (*keys::dead_acute, "Dead"), (*keys::KP_5, "5")]
    {
      assert_eq!(key_of(value), key, "{value}");
    }
  }
}
