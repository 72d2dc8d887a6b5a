//! Electron's accelerator strings in terms of GDK's keys.

use gtk::gdk;
use gtk::gdk::ModifierType;
use gtk::gdk::keys::{Key, constants as keys};

/// A key with the modifiers that must be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accelerator {
  pub(crate) key: u32,
  pub(crate) modifiers: ModifierType,
}

/// The modifiers that count; locks and mouse buttons do not.
fn relevant(modifiers: ModifierType) -> ModifierType {
  modifiers & (ModifierType::SHIFT_MASK | ModifierType::CONTROL_MASK | ModifierType::MOD1_MASK | ModifierType::SUPER_MASK)
}

impl Accelerator {
  /// Reads an accelerator; `None` when it names no key that GDK knows.
  pub(crate) fn parse(text: &str) -> Option<Self> {
    let mut modifiers = ModifierType::empty();
    let mut key = None;
    // "Ctrl++" names the plus key itself.
    let spelled = match text.strip_suffix("++") {
      Some(rest) => format!("{rest}+Plus"),
      None => text.to_owned(),
    };
    for part in spelled.split('+') {
      match part.trim().to_ascii_lowercase().as_str() {
        "" => return None,
        "control" | "ctrl" | "commandorcontrol" | "cmdorctrl" => modifiers |= ModifierType::CONTROL_MASK,
        "alt" | "option" => modifiers |= ModifierType::MOD1_MASK,
        "shift" => modifiers |= ModifierType::SHIFT_MASK,
        "super" | "meta" | "command" | "cmd" => modifiers |= ModifierType::SUPER_MASK,
        // GDK reports the third level of a key, not the key that chooses it.
        "altgr" => {}
        name => key = Some(key_named(name)?),
      }
    }
    Some(Self { key: key?, modifiers })
  }

  /// Whether a key press is this accelerator.
  pub(crate) fn matches(self, event: &gdk::EventKey) -> bool {
    let held = relevant(event.state());
    let typed = *event.keyval().to_lower();
    if typed == self.key && held == self.modifiers {
      return true;
    }
    // The key without what Shift makes of it: "Shift+1" is typed as an exclamation mark.
    if base_key(event) == Some(self.key) && held == self.modifiers {
      return true;
    }
    // A character that needs Shift implies it: "Plus" is typed with Shift on many keyboards.
    let is_letter = Key::from(typed).to_unicode().is_some_and(char::is_alphabetic);
    typed == self.key && !is_letter && held == self.modifiers | ModifierType::SHIFT_MASK
  }
}

/// What the pressed key gives in the first group without any modifier.
fn base_key(event: &gdk::EventKey) -> Option<u32> {
  let keymap = gdk::Display::default().and_then(|display| gdk::Keymap::for_display(&display))?;
  let (key, ..) = keymap.translate_keyboard_state(u32::from(event.hardware_keycode()), ModifierType::empty(), i32::from(event.group()))?;
  Some(*Key::from(key).to_lower())
}

fn key_named(name: &str) -> Option<u32> {
  let key = match name {
    "plus" => keys::plus,
    "space" => keys::space,
    "tab" => keys::Tab,
    "capslock" => keys::Caps_Lock,
    "numlock" => keys::Num_Lock,
    "scrolllock" => keys::Scroll_Lock,
    "backspace" => keys::BackSpace,
    "delete" => keys::Delete,
    "insert" => keys::Insert,
    "return" | "enter" => keys::Return,
    "up" => keys::Up,
    "down" => keys::Down,
    "left" => keys::Left,
    "right" => keys::Right,
    "home" => keys::Home,
    "end" => keys::End,
    "pageup" => keys::Page_Up,
    "pagedown" => keys::Page_Down,
    "escape" | "esc" => keys::Escape,
    "volumeup" => keys::AudioRaiseVolume,
    "volumedown" => keys::AudioLowerVolume,
    "volumemute" => keys::AudioMute,
    "medianexttrack" => keys::AudioNext,
    "mediaprevioustrack" => keys::AudioPrev,
    "mediastop" => keys::AudioStop,
    "mediaplaypause" => keys::AudioPlay,
    "printscreen" => keys::Print,
    "numdec" => keys::KP_Decimal,
    "numadd" => keys::KP_Add,
    "numsub" => keys::KP_Subtract,
    "nummult" => keys::KP_Multiply,
    "numdiv" => keys::KP_Divide,
    _ => return digit_function_or_character(name),
  };
  Some(*key)
}

fn digit_function_or_character(name: &str) -> Option<u32> {
  if let Some(number) = name.strip_prefix("num").and_then(|rest| rest.parse::<u32>().ok()) {
    return (number <= 9).then(|| *keys::KP_0 + number);
  }
  if let Some(number) = name.strip_prefix('f').and_then(|rest| rest.parse::<u32>().ok()) {
    return (1..=24).contains(&number).then(|| *keys::F1 + number - 1);
  }
  let mut characters = name.chars();
  let (Some(character), None) = (characters.next(), characters.next()) else { return None };
  Some(*Key::from_unicode(character))
}

#[cfg(test)]
mod tests {
  use super::*;

  fn check(text: &str, expected: Option<(u32, ModifierType)>) {
    assert_eq!(Accelerator::parse(text).map(|a| (a.key, a.modifiers)), expected, "{text}");
  }

  #[test]
  fn accelerators_name_keys() {
    let control = ModifierType::CONTROL_MASK;
    check("CmdOrCtrl+Q", Some((*keys::q, control)));
    check("Ctrl++", Some((*keys::plus, control)));
    check("CommandOrControl+-", Some((*keys::minus, control)));
    check("Shift+F11", Some((*keys::F1 + 10, ModifierType::SHIFT_MASK)));
    check("num5", Some((*keys::KP_0 + 5, ModifierType::empty())));
    check("Ctrl+Nonsense", None);
    check("Ctrl", None);
    check("", None);
  }
}
