//! What an app does to the page that is there: style sheets, editing, zoom, DevTools, pictures.

use serde_json::json;
use webview2_com::Microsoft::Web::WebView2::Win32::{
  COREWEBVIEW2_CAPTURE_PREVIEW_IMAGE_FORMAT_PNG, COREWEBVIEW2_COLOR, COREWEBVIEW2_MOVE_FOCUS_REASON_PROGRAMMATIC, ICoreWebView2_8,
  ICoreWebView2Controller2, ICoreWebView2Settings2,
};
use webview2_com::{CapturePreviewCompletedHandler, ExecuteScriptCompletedHandler};
use windows::Win32::System::Com::{IStream, STATFLAG_NONAME, STATSTG, STREAM_SEEK_SET};
use windows::Win32::UI::Shell::SHCreateMemStream;
use windows_core::{HSTRING, Interface};

use super::super::super::common::picture::crop;
use super::super::super::common::{WebView, decode_png, style};
use super::{fault, text};
use crate::bridge::{Color, Picture, Rect, UiEvent, WebViewOptions};

/// Pictures that take more are not read: the stream is the engine's, its length is its word.
const MAX_PICTURE: u64 = 512 << 20;

impl WebView {
  pub(crate) fn set_user_agent(&self, user_agent: &str) -> Result<(), String> {
    if user_agent.contains(['\0', '\r', '\n']) {
      return Err("a user agent is one line of text".to_owned());
    }
    // SAFETY: the view is alive and the text outlives the call.
    let result = unsafe {
      self.engine.view.Settings().and_then(|settings| settings.cast::<ICoreWebView2Settings2>()?.SetUserAgent(&HSTRING::from(user_agent)))
    };
    result.map_err(fault)
  }

  pub(crate) fn user_agent(&self) -> String {
    // SAFETY: the view is alive and the pointer is to a variable of this call.
    text(|value| unsafe { self.engine.view.Settings()?.cast::<ICoreWebView2Settings2>()?.UserAgent(value) })
  }

  pub(crate) fn set_zoom(&self, factor: f64) -> Result<(), String> {
    if !factor.is_finite() || factor <= 0.0 {
      return Err("a zoom factor is a number above 0".to_owned());
    }
    // SAFETY: the controller is alive.
    unsafe { self.engine.controller.SetZoomFactor(factor) }.map_err(fault)
  }

  pub(crate) fn set_muted(&self, muted: bool) -> Result<(), String> {
    // SAFETY: the view is alive.
    unsafe { self.engine.view.cast::<ICoreWebView2_8>().and_then(|view| view.SetIsMuted(muted)) }.map_err(fault)
  }

  pub(crate) fn focus(&self) -> Result<(), String> {
    // SAFETY: the controller is alive.
    unsafe { self.engine.controller.MoveFocus(COREWEBVIEW2_MOVE_FOCUS_REASON_PROGRAMMATIC) }.map_err(fault)
  }

  pub(crate) fn set_background(&self, color: Color) -> Result<(), String> {
    // The engine knows full and no transparency.
    let color = COREWEBVIEW2_COLOR { A: if color.a == 0 { 0 } else { 255 }, R: color.r, G: color.g, B: color.b };
    // SAFETY: the controller is alive.
    unsafe { self.engine.controller.cast::<ICoreWebView2Controller2>().and_then(|view| view.SetDefaultBackgroundColor(color)) }
      .map_err(fault)
  }

  /// Settings that only the DevTools protocol reaches. They hold for as long as the view.
  pub(super) fn set_page_settings(&self, options: &WebViewOptions) {
    if let Some(size) = options.default_font_size {
      self.dev_tools_call("Page.setFontSizes", &json!({ "fontSizes": { "standard": size } }), |_| ());
    }
    if !options.images {
      self.dev_tools_call("Emulation.setDisabledImageTypes", &json!({ "imageTypes": ["avif", "webp"] }), |_| ());
    }
  }

  fn run_script(&self, code: &str) -> Result<(), String> {
    let ignored = ExecuteScriptCompletedHandler::create(Box::new(|_, _| Ok(())));
    // SAFETY: the view is alive and the text outlives the call.
    unsafe { self.engine.view.ExecuteScript(&HSTRING::from(code), &ignored) }.map_err(fault)
  }

  pub(crate) fn insert_css(&self, key: String, css: &str, user_origin: bool) -> Result<(), String> {
    if user_origin {
      return Err("webContents.insertCSS with cssOrigin 'user' is not possible on win32".to_owned());
    }
    self.run_script(&style::insert(&key, css))
  }

  pub(crate) fn remove_css(&self, key: &str) -> Result<(), String> {
    self.run_script(&style::remove(key))
  }

  /// Editing commands go with a key that is none, as the engine's own menus send them.
  pub(crate) fn edit(&self, action: &str) -> Result<(), String> {
    let command = match action {
      "undo" => "Undo",
      "redo" => "Redo",
      "cut" => "Cut",
      "copy" => "Copy",
      "paste" => "Paste",
      "pasteAndMatchStyle" => "PasteAndMatchStyle",
      "delete" => "Delete",
      "selectAll" => "SelectAll",
      "unselect" => "Unselect",
      _ => return Err(format!("there is no editing command {action:?}")),
    };
    self.dev_tools_call("Input.dispatchKeyEvent", &json!({ "type": "rawKeyDown", "commands": [command] }), |_| ());
    Ok(())
  }

  /// WebView2 has its DevTools in a window of their own always.
  pub(crate) fn open_dev_tools(&self, _detached: bool) -> Result<(), String> {
    if !self.engine.dev_tools_allowed.get() {
      return Err("the web view was created without DevTools".to_owned());
    }
    // SAFETY: the view is alive.
    unsafe { self.engine.view.OpenDevToolsWindow() }.map_err(fault)?;
    if !self.engine.dev_tools.replace(true) {
      self.tell(|web_contents| UiEvent::DevToolsOpened { web_contents });
    }
    Ok(())
  }

  pub(crate) fn close_dev_tools(&self) -> Result<(), String> {
    if self.engine.dev_tools.get() {
      return Err("webContents.closeDevTools is not possible on win32: only their user closes DevTools".to_owned());
    }
    Ok(())
  }

  /// Whether they were opened: the engine does not tell when their user closes them.
  pub(crate) fn dev_tools_open(&self) -> bool {
    self.engine.dev_tools.get()
  }

  pub(crate) fn crash(&self) -> Result<(), String> {
    self.dev_tools_call("Page.crash", &json!({}), |_| ());
    Ok(())
  }

  /// The engine tells the process of the browser only, which serves all views.
  pub(crate) fn process_id(&self) -> u32 {
    0
  }

  /// Lets the page's `beforeunload` decide.
  pub(crate) fn try_close(&self) -> Result<(), String> {
    if self.load.process_gone.get() {
      // Nobody is left to ask.
      self.tell(|web_contents| UiEvent::PageCloseAsked { web_contents });
      return Ok(());
    }
    let weak = self.weak();
    self.dev_tools_call("Page.close", &json!({}), move |answer| {
      if let (Some(this), Err(_)) = (weak.upgrade(), answer) {
        this.tell(|web_contents| UiEvent::PageCloseAsked { web_contents });
      }
    });
    Ok(())
  }

  /// A picture of what the view shows, or of a part.
  pub(crate) fn capture(&self, rect: Option<Rect>, answer: impl FnOnce(Result<Picture, String>) + 'static) {
    let scale = self.holder().map_or(1.0, |window| window.tao().scale_factor());
    // SAFETY: no memory is passed.
    let Some(stream) = (unsafe { SHCreateMemStream(None) }) else {
      return answer(Err("there is no memory for a picture of the page".to_owned()));
    };
    let filled = stream.clone();
    // The engine drops a handler that it refuses, and the answer with it.
    let answer = std::rc::Rc::new(std::cell::Cell::new(Some(answer)));
    let answering = answer.clone();
    let handler = CapturePreviewCompletedHandler::create(Box::new(move |result| {
      let picture = result.map_err(|error| format!("the page could not be drawn: {error}"));
      let picture = picture.and_then(|()| read(&filled)).and_then(|bytes| decode_png(&bytes)).map(|picture| crop(picture, rect, scale));
      if let Some(answer) = answering.take() {
        answer(picture);
      }
      Ok(())
    }));
    // SAFETY: the view is alive, and it keeps the stream for as long as it writes.
    let started = unsafe { self.engine.view.CapturePreview(COREWEBVIEW2_CAPTURE_PREVIEW_IMAGE_FORMAT_PNG, &stream, &handler) };
    if let (Err(error), Some(answer)) = (started, answer.take()) {
      answer(Err(format!("the page could not be drawn: {error}")));
    }
  }
}

/// Everything that a stream holds.
fn read(stream: &IStream) -> Result<Vec<u8>, String> {
  let mut about = STATSTG::default();
  // SAFETY: the structure outlives the call, which does not fill in a name.
  unsafe { stream.Stat(&raw mut about, STATFLAG_NONAME) }.map_err(fault)?;
  if about.cbSize > MAX_PICTURE {
    return Err("the picture of the page is too large".to_owned());
  }
  let mut bytes = vec![0; about.cbSize as usize];
  let mut count = 0;
  // SAFETY: the buffer is as long as the call is told.
  unsafe {
    stream.Seek(0, STREAM_SEEK_SET, None).map_err(fault)?;
    stream.Read(bytes.as_mut_ptr().cast(), bytes.len() as u32, Some(&raw mut count)).ok().map_err(fault)?;
  }
  bytes.truncate(count as usize);
  Ok(bytes)
}
