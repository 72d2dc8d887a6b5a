//! The clipboard: AppKit's general pasteboard. macOS has no selection.

use objc2::rc::Retained;
use objc2_app_kit::{
  NSBitmapImageFileType, NSBitmapImageRep, NSPasteboard, NSPasteboardType, NSPasteboardTypeFileURL, NSPasteboardTypeHTML,
  NSPasteboardTypePNG, NSPasteboardTypeRTF, NSPasteboardTypeString, NSPasteboardTypeTIFF,
};
use objc2_foundation::{NSCopying, NSData, NSDictionary, NSString};

use crate::bridge::{ClipboardData, ClipboardKind, Picture};

use super::super::common::{decode_png, encode_png};

/// The formats that have names of their own in Electron.
fn known() -> [(&'static str, &'static NSPasteboardType); 5] {
  // SAFETY: the constants are the system's and live as long as the process.
  unsafe {
    [
      ("text/plain", NSPasteboardTypeString),
      ("text/html", NSPasteboardTypeHTML),
      ("text/rtf", NSPasteboardTypeRTF),
      ("image/png", NSPasteboardTypePNG),
      ("text/uri-list", NSPasteboardTypeFileURL),
    ]
  }
}

fn named(format: &str) -> Retained<NSPasteboardType> {
  let mime = match format {
    "text" => "text/plain",
    "html" => "text/html",
    "rtf" => "text/rtf",
    other => other,
  };
  match known().into_iter().find(|(name, _)| *name == mime) {
    Some((_, kind)) => kind.copy(),
    None => NSString::from_str(mime),
  }
}

/// Offers everything of `data` at once.
pub(crate) fn clipboard_write(kind: ClipboardKind, data: ClipboardData) -> Result<(), String> {
  if kind == ClipboardKind::Selection {
    return Err("the selection clipboard is not possible on darwin".to_owned());
  }
  let image = match &data.image {
    Some(image) => Some(encode_png(image).ok_or("the image is empty")?),
    None => None,
  };
  let board = NSPasteboard::generalPasteboard();
  board.clearContents();
  let mut taken = true;
  for (format, text) in [("text", &data.text), ("html", &data.html), ("rtf", &data.rtf)] {
    if let Some(text) = text {
      taken &= board.setString_forType(&NSString::from_str(text), &named(format));
    }
  }
  if let Some(png) = image {
    taken &= board.setData_forType(Some(&NSData::with_bytes(&png)), &named("image/png"));
  }
  if taken { Ok(()) } else { Err("the pasteboard belongs to another program by now".to_owned()) }
}

pub(crate) fn clipboard_clear(kind: ClipboardKind) {
  if kind == ClipboardKind::Clipboard {
    NSPasteboard::generalPasteboard().clearContents();
  }
}

/// Reads one format as text, empty when nobody offers it.
pub(crate) fn clipboard_read(kind: ClipboardKind, format: &str, answer: impl FnOnce(String) + 'static) {
  if kind == ClipboardKind::Selection || format.is_empty() {
    return answer(String::new());
  }
  let board = NSPasteboard::generalPasteboard();
  let format = named(format);
  let text = board.stringForType(&format).map(|text| text.to_string());
  let text = text.or_else(|| board.dataForType(&format).map(|data| String::from_utf8_lossy(&data.to_vec()).into_owned()));
  answer(text.unwrap_or_default());
}

pub(crate) fn clipboard_read_image(kind: ClipboardKind, answer: impl FnOnce(Option<Picture>) + 'static) {
  answer(if kind == ClipboardKind::Clipboard { read_image() } else { None });
}

fn read_image() -> Option<Picture> {
  let board = NSPasteboard::generalPasteboard();
  if let Some(picture) = board.dataForType(&named("image/png")).and_then(|data| decode_png(&data.to_vec()).ok()) {
    return Some(picture);
  }
  // SAFETY: the constant is the system's and lives as long as the process.
  let tiff = board.dataForType(unsafe { NSPasteboardTypeTIFF })?;
  decode_png(&png_of(&tiff)?).ok()
}

/// PNG of a picture in any form that AppKit reads.
pub(super) fn png_of(data: &NSData) -> Option<Vec<u8>> {
  let bitmap = NSBitmapImageRep::imageRepWithData(data)?;
  // SAFETY: the dictionary is empty, so nothing in it has a wrong type.
  let png = unsafe { bitmap.representationUsingType_properties(NSBitmapImageFileType::PNG, &NSDictionary::new()) }?;
  Some(png.to_vec())
}

/// The MIME types on offer; formats without one have their own names.
pub(crate) fn clipboard_formats(kind: ClipboardKind, answer: impl FnOnce(Vec<String>) + 'static) {
  if kind == ClipboardKind::Selection {
    return answer(Vec::new());
  }
  let mut formats: Vec<String> = Vec::new();
  for kind in NSPasteboard::generalPasteboard().types().unwrap_or_default() {
    let name = known().into_iter().find(|(_, other)| **other == *kind).map_or_else(|| kind.to_string(), |(name, _)| name.to_owned());
    if !formats.contains(&name) {
      formats.push(name);
    }
  }
  answer(formats);
}
