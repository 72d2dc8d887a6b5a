//! The clipboard and the primary selection, through GTK. Reading is asynchronous: the owner is another process, and GTK's waiting
//! calls would run a main loop inside of a command.

use gtk::gdk::{Atom, SELECTION_CLIPBOARD, SELECTION_PRIMARY};
use gtk::{Clipboard, TargetEntry, TargetFlags};

use crate::bridge::{ClipboardData, ClipboardKind, Picture};

use super::picture;

const TEXT: u32 = 0;
const HTML: u32 = 1;
const RTF: u32 = 2;
const IMAGE: u32 = 3;

const TEXT_TARGETS: [&str; 5] = ["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT"];
const RTF_TARGETS: [&str; 3] = ["text/rtf", "application/rtf", "text/richtext"];

fn clipboard(kind: ClipboardKind) -> Clipboard {
  Clipboard::get(match kind {
    ClipboardKind::Clipboard => &SELECTION_CLIPBOARD,
    ClipboardKind::Selection => &SELECTION_PRIMARY,
  })
}

/// Offers everything of `data` at once.
pub(crate) fn clipboard_write(kind: ClipboardKind, mut data: ClipboardData) -> Result<(), String> {
  // GTK takes text up to a zero byte, and the binding panics on one.
  if let Some(text) = &mut data.text {
    text.retain(|character| character != '\0');
  }
  let image = match &data.image {
    Some(image) => Some(picture::to_pixbuf(image).ok_or("the image is empty")?),
    None => None,
  };
  let mut targets = Vec::new();
  let mut offer = |names: &[&str], info: u32| {
    targets.extend(names.iter().map(|name| TargetEntry::new(name, TargetFlags::empty(), info)));
  };
  if data.text.is_some() {
    offer(&TEXT_TARGETS, TEXT);
  }
  if data.html.is_some() {
    offer(&["text/html"], HTML);
  }
  if data.rtf.is_some() {
    offer(&RTF_TARGETS, RTF);
  }
  if image.is_some() {
    offer(&["image/png", "image/bmp", "image/jpeg"], IMAGE);
  }
  if targets.is_empty() {
    clipboard_clear(kind);
    return Ok(());
  }
  let clipboard = clipboard(kind);
  let taken = clipboard.set_with_data(&targets, move |_, selection, info| {
    let bytes = |text: &Option<String>| {
      if let Some(text) = text {
        selection.set(&selection.target(), 8, text.as_bytes());
      }
    };
    match info {
      TEXT => {
        if let Some(text) = &data.text {
          // GTK recodes for the targets that are not UTF-8.
          selection.set_text(text);
        }
      }
      HTML => bytes(&data.html),
      RTF => bytes(&data.rtf),
      IMAGE => {
        if let Some(image) = &image {
          selection.set_pixbuf(image);
        }
      }
      _ => {}
    }
  });
  if !taken {
    return Err("the display gave the clipboard to somebody else".to_owned());
  }
  Ok(())
}

pub(crate) fn clipboard_clear(kind: ClipboardKind) {
  // GTK clears only what it owns itself. Owning something empty and letting go clears what others own.
  let clipboard = clipboard(kind);
  clipboard.set_text("");
  clipboard.clear();
}

/// Reads one format as text, empty when nobody offers it.
pub(crate) fn clipboard_read(kind: ClipboardKind, format: &str, answer: impl FnOnce(String) + 'static) {
  let clipboard = clipboard(kind);
  match format {
    "text" | "text/plain" => {
      clipboard.request_text(move |_, text| answer(text.map(str::to_owned).unwrap_or_default()));
    }
    "html" => read_first(&clipboard, &["text/html"], answer),
    "rtf" => read_first(&clipboard, &RTF_TARGETS, answer),
    // An atom's name ends at a zero byte.
    other if other.is_empty() || other.contains('\0') => answer(String::new()),
    other => read_first(&clipboard, &[other], answer),
  }
}

/// Asks for one target after the other until somebody answers.
fn read_first(clipboard: &Clipboard, targets: &[&str], answer: impl FnOnce(String) + 'static) {
  let Some((first, rest)) = targets.split_first() else { return answer(String::new()) };
  let rest: Vec<String> = rest.iter().map(|target| (*target).to_owned()).collect();
  clipboard.request_contents(&Atom::intern(first), move |clipboard, selection| {
    let data = selection.data();
    // GTK tells "nobody has it" by a negative length, which arrives as nothing.
    if data.is_empty() && !rest.is_empty() {
      let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
      let answer: Box<dyn FnOnce(String)> = Box::new(answer);
      read_first(clipboard, &rest, answer);
      return;
    }
    answer(decode(&data));
  });
}

/// Text of a target that has no charset: UTF-16 with its mark as some browsers write it, else UTF-8.
fn decode(data: &[u8]) -> String {
  let wide = |decode: fn([u8; 2]) -> u16| {
    let units: Vec<u16> = data[2..].chunks_exact(2).map(|pair| decode([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
  };
  match data {
    [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
    [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
    _ => String::from_utf8_lossy(data).trim_end_matches('\0').to_owned(),
  }
}

pub(crate) fn clipboard_read_image(kind: ClipboardKind, answer: impl FnOnce(Option<Picture>) + 'static) {
  clipboard(kind).request_image(move |_, pixbuf| answer(pixbuf.and_then(picture::from_pixbuf)));
}

/// The MIME types on offer; X11's own names for targets are none.
pub(crate) fn clipboard_formats(kind: ClipboardKind, answer: impl FnOnce(Vec<String>) + 'static) {
  clipboard(kind).request_contents(&Atom::intern("TARGETS"), move |_, selection| {
    let mut formats: Vec<String> = Vec::new();
    for target in selection.targets().unwrap_or_default() {
      let name = target.name();
      let format = match name.as_str() {
        "UTF8_STRING" | "STRING" | "TEXT" | "text/plain;charset=utf-8" => "text/plain",
        name if name.contains('/') => name,
        _ => continue,
      };
      if !formats.iter().any(|known| known == format) {
        formats.push(format.to_owned());
      }
    }
    answer(formats);
  });
}
