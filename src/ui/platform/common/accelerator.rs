//! Electron's accelerator strings in terms of muda's keys.

use muda::accelerator::{CMD_OR_CTRL, Key, KeyAccelerator, Modifiers, NamedKey};

/// Reads an accelerator; `None` when it names no key.
pub(crate) fn parse(text: &str) -> Option<KeyAccelerator> {
  let mut modifiers = Modifiers::empty();
  let mut key = None;
  // "Ctrl++" names the plus key itself.
  let spelled = match text.strip_suffix("++") {
    Some(rest) => format!("{rest}+Plus"),
    None => text.to_owned(),
  };
  for part in spelled.split('+') {
    match part.trim().to_ascii_lowercase().as_str() {
      "" => return None,
      "commandorcontrol" | "cmdorctrl" => modifiers |= CMD_OR_CTRL,
      "control" | "ctrl" => modifiers |= Modifiers::CONTROL,
      "alt" | "option" => modifiers |= Modifiers::ALT,
      "shift" => modifiers |= Modifiers::SHIFT,
      "super" | "meta" | "command" | "cmd" => modifiers |= Modifiers::META,
      // What the third level of a key gives is named by the character itself.
      "altgr" => {}
      name => key = Some(key_named(name)?),
    }
  }
  Some(KeyAccelerator::new(modifiers, key?))
}

fn key_named(name: &str) -> Option<Key> {
  use NamedKey as N;
  let character = |text: &str| Some(Key::Character(text.to_owned()));
  let named = match name {
    "plus" => return character("+"),
    "space" => return character(" "),
    "numdec" => return character("."),
    "numadd" => return character("+"),
    "numsub" => return character("-"),
    "nummult" => return character("*"),
    "numdiv" => return character("/"),
    "tab" => N::Tab,
    "capslock" => N::CapsLock,
    "numlock" => N::NumLock,
    "scrolllock" => N::ScrollLock,
    "backspace" => N::Backspace,
    "delete" => N::Delete,
    "insert" => N::Insert,
    "return" | "enter" => N::Enter,
    "up" => N::ArrowUp,
    "down" => N::ArrowDown,
    "left" => N::ArrowLeft,
    "right" => N::ArrowRight,
    "home" => N::Home,
    "end" => N::End,
    "pageup" => N::PageUp,
    "pagedown" => N::PageDown,
    "escape" | "esc" => N::Escape,
    "volumeup" => N::AudioVolumeUp,
    "volumedown" => N::AudioVolumeDown,
    "volumemute" => N::AudioVolumeMute,
    "medianexttrack" => N::MediaTrackNext,
    "mediaprevioustrack" => N::MediaTrackPrevious,
    "mediastop" => N::MediaStop,
    "mediaplaypause" => N::MediaPlayPause,
    "printscreen" => N::PrintScreen,
    _ => return digit_function_or_character(name),
  };
  Some(Key::Named(named))
}

fn digit_function_or_character(name: &str) -> Option<Key> {
  if let Some(digit) = name.strip_prefix("num").filter(|rest| rest.len() == 1 && rest.chars().all(|digit| digit.is_ascii_digit())) {
    return Some(Key::Character(digit.to_owned()));
  }
  if let Some(number) = name.strip_prefix('f').and_then(|rest| rest.parse::<u32>().ok()) {
    // The enum's names are the keys' own.
    return (1..=24).contains(&number).then(|| format!("F{number}").parse().ok().map(Key::Named)).flatten();
  }
  let mut characters = name.chars();
  let (Some(_), None) = (characters.next(), characters.next()) else { return None };
  Some(Key::Character(name.to_owned()))
}
