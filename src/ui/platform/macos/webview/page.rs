//! What an app does to the page that is there: style sheets, editing, zoom, DevTools, pictures.

use std::cell::Cell;

use block2::RcBlock;
use objc2::runtime::AnyObject;
use objc2::{Message, sel};
use objc2_app_kit::{NSApplication, NSImage};
use objc2_core_foundation::{CGPoint, CGRect, CGSize};
use objc2_foundation::{NSError, NSNumber, NSString};
use objc2_web_kit::WKSnapshotConfiguration;

use super::super::super::common::{WebView, decode_png, style};
use super::super::clipboard::png_of;
use super::super::main_thread;
use crate::bridge::{Color, Picture, Rect, UiEvent};

/// Asks the page as a browser does before it goes. True: it may.
const ASK_BEFORE_UNLOAD: &str = "(() => { const event = document.createEvent('BeforeUnloadEvent'); \
  event.initEvent('beforeunload', false, true); window.dispatchEvent(event); \
  return !event.defaultPrevented && (event.returnValue === '' || event.returnValue === true || event.returnValue === undefined); })()";

impl WebView {
  pub(crate) fn set_user_agent(&self, user_agent: &str) -> Result<(), String> {
    if user_agent.contains(['\0', '\r', '\n']) {
      return Err("a user agent is one line of text".to_owned());
    }
    let text = (!user_agent.is_empty()).then(|| NSString::from_str(user_agent));
    // SAFETY: the view is alive.
    unsafe { self.engine.view.setCustomUserAgent(text.as_deref()) };
    Ok(())
  }

  /// The user agent that the app set; the engine does not tell its own.
  pub(crate) fn user_agent(&self) -> String {
    // SAFETY: the view is alive.
    unsafe { self.engine.view.customUserAgent() }.map(|text| text.to_string()).unwrap_or_default()
  }

  pub(crate) fn set_zoom(&self, factor: f64) -> Result<(), String> {
    if !factor.is_finite() || factor <= 0.0 {
      return Err("a zoom factor is a number above 0".to_owned());
    }
    // SAFETY: the view is alive.
    unsafe { self.engine.view.setPageZoom(factor) };
    Ok(())
  }

  pub(crate) fn set_muted(&self, muted: bool) -> Result<(), String> {
    if muted {
      return Err("webContents.setAudioMuted is not possible on darwin".to_owned());
    }
    Ok(())
  }

  pub(crate) fn focus(&self) -> Result<(), String> {
    self.with_wry(|wry| wry.focus().map_err(|error| error.to_string())).unwrap_or(Ok(()))
  }

  pub(crate) fn set_background(&self, color: Color) -> Result<(), String> {
    let set = |wry: &wry::WebView| wry.set_background_color((color.r, color.g, color.b, color.a)).map_err(|error| error.to_string());
    self.with_wry(set).unwrap_or(Ok(()))
  }

  fn run_script(&self, code: &str) {
    // SAFETY: the view is alive and takes any text for code.
    unsafe { self.engine.view.evaluateJavaScript_completionHandler(&NSString::from_str(code), None) };
  }

  pub(crate) fn insert_css(&self, key: String, css: &str, user_origin: bool) -> Result<(), String> {
    if user_origin {
      return Err("webContents.insertCSS with cssOrigin 'user' is not possible on darwin".to_owned());
    }
    self.run_script(&style::insert(&key, css));
    Ok(())
  }

  pub(crate) fn remove_css(&self, key: &str) -> Result<(), String> {
    self.run_script(&style::remove(key));
    Ok(())
  }

  /// Editing commands go the way that those of the menu bar go: to whoever has the keyboard, which the view is given first.
  pub(crate) fn edit(&self, action: &str) -> Result<(), String> {
    let command = match action {
      "undo" => sel!(undo:),
      "redo" => sel!(redo:),
      "cut" => sel!(cut:),
      "copy" => sel!(copy:),
      "paste" => sel!(paste:),
      "pasteAndMatchStyle" => sel!(pasteAsPlainText:),
      "delete" => sel!(delete:),
      "selectAll" => sel!(selectAll:),
      "unselect" => {
        self.run_script("getSelection()?.removeAllRanges()");
        return Ok(());
      }
      _ => return Err(format!("there is no editing command {action:?}")),
    };
    self.focus()?;
    // SAFETY: these commands take their sender, which may be nobody.
    unsafe { NSApplication::sharedApplication(main_thread()).sendAction_to_from(command, None, None) };
    Ok(())
  }

  pub(crate) fn open_dev_tools(&self, _detached: bool) -> Result<(), String> {
    if !self.engine.dev_tools_allowed.get() {
      return Err("the web view was created without DevTools".to_owned());
    }
    self.with_wry(wry::WebView::open_devtools);
    self.note_dev_tools(true);
    Ok(())
  }

  pub(crate) fn close_dev_tools(&self) -> Result<(), String> {
    self.with_wry(wry::WebView::close_devtools);
    self.note_dev_tools(false);
    Ok(())
  }

  pub(crate) fn dev_tools_open(&self) -> bool {
    self.with_wry(wry::WebView::is_devtools_open).unwrap_or(false)
  }

  fn note_dev_tools(&self, open: bool) {
    if self.engine.dev_tools.replace(open) != open {
      self.tell(move |web_contents| if open { UiEvent::DevToolsOpened { web_contents } } else { UiEvent::DevToolsClosed { web_contents } });
    }
  }

  pub(crate) fn crash(&self) -> Result<(), String> {
    Err("webContents.forcefullyCrashRenderer is not possible on darwin".to_owned())
  }

  /// The engine does not tell.
  pub(crate) fn process_id(&self) -> u32 {
    0
  }

  /// Lets the page's `beforeunload` decide. The engine asks it only when it goes elsewhere, so a script does.
  pub(crate) fn try_close(&self) -> Result<(), String> {
    if self.load.process_gone.get() {
      // Nobody is left to ask.
      self.close_asked();
      return Ok(());
    }
    let weak = self.weak();
    let block = RcBlock::new(move |value: *mut AnyObject, _error: *mut NSError| {
      let Some(this) = weak.upgrade() else { return };
      // SAFETY: the engine gives a value that is alive for the call, or none.
      let value = unsafe { value.as_ref() }.and_then(|value| value.retain().downcast::<NSNumber>().ok());
      if value.is_none_or(|value| value.boolValue()) {
        this.close_asked();
      } else {
        this.before_unload_asked();
      }
    });
    // SAFETY: the view is alive, and the block takes what the engine gives.
    unsafe { self.engine.view.evaluateJavaScript_completionHandler(&NSString::from_str(ASK_BEFORE_UNLOAD), Some(&block)) };
    Ok(())
  }

  /// A picture of what the view shows, or of a part.
  pub(crate) fn capture(&self, rect: Option<Rect>, answer: impl FnOnce(Result<Picture, String>) + 'static) {
    let answer = Cell::new(Some(answer));
    let block = RcBlock::new(move |image: *mut NSImage, error: *mut NSError| {
      let Some(answer) = answer.take() else { return };
      // SAFETY: the engine gives objects that are alive for the call, or none.
      let (image, error) = unsafe { (image.as_ref(), error.as_ref()) };
      let why = || error.map_or_else(|| "it has no pixels".to_owned(), |error| error.localizedDescription().to_string());
      let png = image.and_then(NSImage::TIFFRepresentation).and_then(|data| png_of(&data));
      answer(png.ok_or_else(|| format!("the page could not be drawn: {}", why())).and_then(|png| decode_png(&png)));
    });
    // SAFETY: called on the main thread, the view is alive, and the block takes what the engine gives.
    unsafe {
      let wanted = WKSnapshotConfiguration::new(main_thread());
      if let Some(rect) = rect {
        let (x, y, width, height) = (f64::from(rect.x), f64::from(rect.y), f64::from(rect.width), f64::from(rect.height));
        wanted.setRect(CGRect::new(CGPoint::new(x, y), CGSize::new(width.max(1.0), height.max(1.0))));
      }
      self.engine.view.takeSnapshotWithConfiguration_completionHandler(Some(&wanted), &block);
    }
  }
}
