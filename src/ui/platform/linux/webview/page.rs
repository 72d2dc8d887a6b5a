//! What an app does to the page that is there: style sheets, editing, zoom, DevTools, pictures.

use gtk::prelude::*;
use gtk::{gio, glib};
use webkit2gtk::{
  SettingsExt, SnapshotOptions, SnapshotRegion, UserContentInjectedFrames, UserContentManagerExt, UserStyleLevel, UserStyleSheet,
  WebViewExt,
};

use super::super::picture;
use super::WebView;
use crate::bridge::{Color, Picture, Rect};

impl WebView {
  pub(crate) fn set_user_agent(&self, user_agent: &str) -> Result<(), String> {
    let settings = WebViewExt::settings(&self.view).ok_or("the view has no settings")?;
    if user_agent.contains(['\0', '\r', '\n']) {
      return Err("a user agent is one line of text".to_owned());
    }
    settings.set_user_agent((!user_agent.is_empty()).then_some(user_agent));
    Ok(())
  }

  pub(crate) fn user_agent(&self) -> String {
    WebViewExt::settings(&self.view).and_then(|settings| settings.user_agent()).map(String::from).unwrap_or_default()
  }

  pub(crate) fn set_zoom(&self, factor: f64) -> Result<(), String> {
    if !factor.is_finite() || factor <= 0.0 {
      return Err("a zoom factor is a number above 0".to_owned());
    }
    self.view.set_zoom_level(factor);
    Ok(())
  }

  pub(crate) fn set_muted(&self, muted: bool) -> Result<(), String> {
    self.view.set_is_muted(muted);
    Ok(())
  }

  pub(crate) fn focus(&self) -> Result<(), String> {
    self.view.grab_focus();
    Ok(())
  }

  pub(crate) fn set_background(&self, color: Color) -> Result<(), String> {
    let channel = |value: u8| f64::from(value) / 255.0;
    self.view.set_background_color(&gtk::gdk::RGBA::new(channel(color.r), channel(color.g), channel(color.b), channel(color.a)));
    Ok(())
  }

  pub(crate) fn insert_css(&self, key: String, css: &str, user_origin: bool) -> Result<(), String> {
    let manager = self.view.user_content_manager().ok_or("the view takes no style sheets")?;
    let level = if user_origin { UserStyleLevel::User } else { UserStyleLevel::Author };
    let sheet = UserStyleSheet::new(&css.replace('\0', ""), UserContentInjectedFrames::TopFrame, level, &[], &[]);
    manager.add_style_sheet(&sheet);
    if let Some(old) = self.styles.borrow_mut().insert(key, sheet) {
      manager.remove_style_sheet(&old);
    }
    Ok(())
  }

  pub(crate) fn remove_css(&self, key: &str) -> Result<(), String> {
    let manager = self.view.user_content_manager().ok_or("the view takes no style sheets")?;
    if let Some(sheet) = self.styles.borrow_mut().remove(key) {
      manager.remove_style_sheet(&sheet);
    }
    Ok(())
  }

  /// Style sheets belong to a document, not to the view.
  pub(in super::super) fn forget_css(&self) {
    if let Some(manager) = self.view.user_content_manager() {
      for (_, sheet) in self.styles.take() {
        manager.remove_style_sheet(&sheet);
      }
    }
  }

  pub(crate) fn edit(&self, action: &str) -> Result<(), String> {
    let command = match action {
      "undo" => "Undo",
      "redo" => "Redo",
      "cut" => "Cut",
      "copy" => "Copy",
      "paste" => "Paste",
      "pasteAndMatchStyle" => "PasteAsPlainText",
      "delete" => "Delete",
      "selectAll" => "SelectAll",
      "unselect" => "Unselect",
      _ => return Err(format!("there is no editing command {action:?}")),
    };
    self.view.execute_editing_command(command);
    Ok(())
  }

  pub(crate) fn open_dev_tools(&self, detached: bool) -> Result<(), String> {
    let enabled = WebViewExt::settings(&self.view).is_some_and(|settings| settings.enables_developer_extras());
    if !enabled {
      return Err("the web view was created without DevTools".to_owned());
    }
    self.inspector.open(detached);
    Ok(())
  }

  pub(crate) fn close_dev_tools(&self) -> Result<(), String> {
    self.inspector.close();
    Ok(())
  }

  pub(crate) fn dev_tools_open(&self) -> bool {
    self.inspector.is_open()
  }

  pub(crate) fn crash(&self) -> Result<(), String> {
    self.view.terminate_web_process();
    Ok(())
  }

  /// The process that serves the view, as the kernel told when the page opened its lane.
  pub(crate) fn process_id(&self) -> u32 {
    self.process_id.get()
  }

  pub(in super::super) fn set_process_id(&self, process: u32) {
    self.process_id.set(process);
  }

  pub(in super::super) fn forget_process(&self) {
    self.process_id.set(0);
  }

  /// A picture of what the view shows, or of a part.
  pub(crate) fn capture(&self, rect: Option<Rect>, answer: impl FnOnce(Result<Picture, String>) + 'static) {
    let scale = f64::from(self.view.scale_factor());
    let whole = self.view.allocation();
    self.view.snapshot(
      SnapshotRegion::Visible,
      SnapshotOptions::TRANSPARENT_BACKGROUND,
      None::<&gio::Cancellable>,
      move |result: Result<gtk::cairo::Surface, glib::Error>| {
        let picture = result.map_err(|error| format!("the page could not be drawn: {error}")).and_then(|surface| {
          let (full_width, full_height) = match gtk::cairo::ImageSurface::try_from(surface.clone()) {
            Ok(image) => (f64::from(image.width()), f64::from(image.height())),
            Err(_) => (f64::from(whole.width()) * scale, f64::from(whole.height()) * scale),
          };
          let part = rect.unwrap_or(Rect { x: 0, y: 0, width: i32::MAX, height: i32::MAX });
          let x = (f64::from(part.x) * scale).clamp(0.0, full_width);
          let y = (f64::from(part.y) * scale).clamp(0.0, full_height);
          let width = (f64::from(part.width) * scale).clamp(0.0, full_width - x);
          let height = (f64::from(part.height) * scale).clamp(0.0, full_height - y);
          picture::from_surface(&surface, x, y, width as i32, height as i32)
        });
        answer(picture);
      },
    );
  }
}
