//! The clipboard. Windows has one, and no selection.

use windows::Win32::Foundation::{GlobalFree, HANDLE, HGLOBAL};
use windows::Win32::System::DataExchange::{
  CloseClipboard, EmptyClipboard, EnumClipboardFormats, GetClipboardData, GetClipboardFormatNameW, IsClipboardFormatAvailable,
  OpenClipboard, RegisterClipboardFormatW, SetClipboardData,
};
use windows::Win32::System::Memory::{GMEM_MOVEABLE, GlobalAlloc, GlobalLock, GlobalSize, GlobalUnlock};
use windows::Win32::System::Ole::{CF_DIB, CF_DIBV5, CF_HDROP, CF_UNICODETEXT};
use windows_core::HSTRING;

use crate::bridge::{ClipboardData, ClipboardKind, Picture};

use super::super::clipboard_formats::{dib, fragment, from_dib, until_zero, with_html_header};
use super::super::common::{decode_png, encode_png};

/// Names of formats that have no number of their own.
const HTML: &str = "HTML Format";
const RTF: &str = "Rich Text Format";
const PNG: &str = "PNG";

/// How often an open clipboard of somebody else is tried.
const ATTEMPTS: u32 = 5;

const NO_SELECTION: &str = "the selection clipboard is not possible on win32";

/// The open clipboard; it is closed when this is dropped.
struct Open;

impl Open {
  fn new() -> Result<Self, String> {
    let mut last = String::new();
    for attempt in 0..ATTEMPTS {
      // SAFETY: no memory is passed.
      match unsafe { OpenClipboard(None) } {
        Ok(()) => return Ok(Self),
        Err(error) => last = error.to_string(),
      }
      // Another program has it open, for a moment.
      std::thread::sleep(std::time::Duration::from_millis(u64::from(attempt)));
    }
    Err(format!("another program keeps the clipboard open: {last}"))
  }

  fn read(&self, format: u32) -> Option<Vec<u8>> {
    // SAFETY: the clipboard is open, so the memory stays until it is closed; it is locked for as long as it is read.
    unsafe {
      let memory = HGLOBAL(GetClipboardData(format).ok()?.0);
      let start = GlobalLock(memory).cast::<u8>();
      if start.is_null() {
        return None;
      }
      let bytes = std::slice::from_raw_parts(start, GlobalSize(memory)).to_vec();
      // Its failure says that nobody has it locked any more.
      let _ = GlobalUnlock(memory);
      Some(bytes)
    }
  }

  fn write(&self, format: u32, bytes: &[u8]) -> Result<(), String> {
    let text = |error: windows_core::Error| error.to_string();
    // SAFETY: the memory is as large as the bytes; the clipboard owns it once it took it.
    unsafe {
      let memory = GlobalAlloc(GMEM_MOVEABLE, bytes.len().max(1)).map_err(text)?;
      let start = GlobalLock(memory).cast::<u8>();
      if start.is_null() {
        let _ = GlobalFree(Some(memory));
        return Err("there is no memory for the clipboard".to_owned());
      }
      std::ptr::copy_nonoverlapping(bytes.as_ptr(), start, bytes.len());
      let _ = GlobalUnlock(memory);
      if let Err(error) = SetClipboardData(format, Some(HANDLE(memory.0))) {
        let _ = GlobalFree(Some(memory));
        return Err(text(error));
      }
    }
    Ok(())
  }
}

impl Drop for Open {
  fn drop(&mut self) {
    // SAFETY: this thread opened it.
    let _ = unsafe { CloseClipboard() };
  }
}

fn registered(name: &str) -> u32 {
  // SAFETY: the name outlives the call.
  unsafe { RegisterClipboardFormatW(&HSTRING::from(name)) }
}

/// Offers everything of `data` at once.
pub(crate) fn clipboard_write(kind: ClipboardKind, data: ClipboardData) -> Result<(), String> {
  if kind == ClipboardKind::Selection {
    return Err(NO_SELECTION.to_owned());
  }
  let image = match &data.image {
    Some(image) => Some((encode_png(image).ok_or("the image is empty")?, dib(image).ok_or("the image is empty")?)),
    None => None,
  };
  let open = Open::new()?;
  // SAFETY: the clipboard is open.
  unsafe { EmptyClipboard() }.map_err(|error| error.to_string())?;
  if let Some(text) = &data.text {
    let bytes: Vec<u8> = text.encode_utf16().filter(|unit| *unit != 0).chain([0]).flat_map(u16::to_le_bytes).collect();
    open.write(u32::from(CF_UNICODETEXT.0), &bytes)?;
  }
  if let Some(html) = &data.html {
    open.write(registered(HTML), &with_html_header(html))?;
  }
  if let Some(rtf) = &data.rtf {
    open.write(registered(RTF), format!("{rtf}\0").as_bytes())?;
  }
  if let Some((png, dib)) = image {
    open.write(registered(PNG), &png)?;
    open.write(u32::from(CF_DIBV5.0), &dib)?;
  }
  Ok(())
}

pub(crate) fn clipboard_clear(kind: ClipboardKind) {
  if kind == ClipboardKind::Clipboard
    && let Ok(_open) = Open::new()
  {
    // SAFETY: the clipboard is open.
    let _ = unsafe { EmptyClipboard() };
  }
}

/// Reads one format as text, empty when nobody offers it.
pub(crate) fn clipboard_read(kind: ClipboardKind, format: &str, answer: impl FnOnce(String) + 'static) {
  answer(if kind == ClipboardKind::Clipboard { read_text(format).unwrap_or_default() } else { String::new() });
}

fn read_text(format: &str) -> Option<String> {
  let open = Open::new().ok()?;
  match format {
    "text" | "text/plain" => {
      let bytes = open.read(u32::from(CF_UNICODETEXT.0))?;
      let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).take_while(|unit| *unit != 0).collect();
      Some(String::from_utf16_lossy(&units))
    }
    "html" | "text/html" => open.read(registered(HTML)).map(|bytes| fragment(&bytes)),
    "rtf" | "text/rtf" => open.read(registered(RTF)).map(|bytes| until_zero(&bytes)),
    other if other.is_empty() || other.contains('\0') => None,
    other => open.read(registered(other)).map(|bytes| until_zero(&bytes)),
  }
}

pub(crate) fn clipboard_read_image(kind: ClipboardKind, answer: impl FnOnce(Option<Picture>) + 'static) {
  answer(if kind == ClipboardKind::Clipboard { read_image() } else { None });
}

fn read_image() -> Option<Picture> {
  let open = Open::new().ok()?;
  if let Some(picture) = open.read(registered(PNG)).and_then(|bytes| decode_png(&bytes).ok()) {
    return Some(picture);
  }
  open.read(u32::from(CF_DIB.0)).and_then(|bytes| from_dib(&bytes))
}

/// The MIME types on offer; formats without one have their own names.
pub(crate) fn clipboard_formats(kind: ClipboardKind, answer: impl FnOnce(Vec<String>) + 'static) {
  answer(if kind == ClipboardKind::Clipboard { formats().unwrap_or_default() } else { Vec::new() });
}

fn formats() -> Option<Vec<String>> {
  let _open = Open::new().ok()?;
  let mut formats: Vec<String> = Vec::new();
  let mut format = 0;
  loop {
    // SAFETY: the clipboard is open.
    format = unsafe { EnumClipboardFormats(format) };
    if format == 0 {
      break;
    }
    let name = name_of(format);
    if let Some(name) = name.filter(|name| !formats.contains(name)) {
      formats.push(name);
    }
  }
  // SAFETY: no memory is passed.
  if unsafe { IsClipboardFormatAvailable(u32::from(CF_HDROP.0)) }.is_ok() {
    formats.push("text/uri-list".to_owned());
  }
  Some(formats)
}

fn name_of(format: u32) -> Option<String> {
  if format == u32::from(CF_UNICODETEXT.0) {
    return Some("text/plain".to_owned());
  }
  if [CF_DIB, CF_DIBV5].iter().any(|known| u32::from(known.0) == format) {
    return Some("image/png".to_owned());
  }
  let mut name = [0_u16; 256];
  // SAFETY: the call knows the buffer's length.
  let length = usize::try_from(unsafe { GetClipboardFormatNameW(format, &mut name) }).ok()?;
  let name = String::from_utf16_lossy(name.get(..length).filter(|name| !name.is_empty())?);
  Some(match name.as_str() {
    HTML => "text/html".to_owned(),
    RTF => "text/rtf".to_owned(),
    PNG => "image/png".to_owned(),
    _ => name,
  })
}
