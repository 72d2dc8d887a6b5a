//! The engine of a web view: WebView2, made by wry and asked directly where wry stops.

mod asked;
mod events;
mod lane;
mod loading;
mod page;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value;
use webview2_com::Microsoft::Web::WebView2::Win32::{
  COREWEBVIEW2_MOVE_FOCUS_REASON_PROGRAMMATIC, ICoreWebView2, ICoreWebView2Controller, ICoreWebView2Deferral, ICoreWebView2Environment,
  ICoreWebView2NewWindowRequestedEventArgs, ICoreWebView2PermissionRequestedEventArgs, ICoreWebView2ScriptDialogOpeningEventArgs,
  ICoreWebView2Settings2,
};
use webview2_com::{CallDevToolsProtocolMethodCompletedHandler, take_pwstr};
use windows::Win32::Foundation::RECT;
use windows_core::{BOOL, HSTRING, Interface, PWSTR};
use wry::{WebViewBuilder, WebViewBuilderExtWindows, WebViewExtWindows};

use crate::bridge::{HistoryEntry, Rect, RequestId, WebViewOptions};

use super::super::common::lane::serve_scheme;
use super::super::common::{Session, WebView, Window};
use super::window::hwnd;

pub(crate) use lane::Frame;

/// What views of one session share: one environment for each folder, as WebView2 wants it.
pub(crate) type Store = ICoreWebView2Environment;

/// An entry of the history as the engine counts it.
pub(super) struct Visited {
  pub(super) id: i64,
  pub(super) entry: HistoryEntry,
}

/// A navigation that was stopped, or goes on, until the app has decided.
pub(super) struct AskedNavigation {
  pub(super) url: String,
  /// It could not be stopped without losing its body, so a refusal stops it late.
  pub(super) goes_on: bool,
}

/// Questions that wait for the app's answer.
#[derive(Default)]
pub(super) struct Questions {
  pub(super) navigations: RefCell<HashMap<RequestId, AskedNavigation>>,
  pub(super) dialogs: RefCell<HashMap<RequestId, (ICoreWebView2ScriptDialogOpeningEventArgs, ICoreWebView2Deferral)>>,
  pub(super) permissions: RefCell<HashMap<RequestId, (ICoreWebView2PermissionRequestedEventArgs, ICoreWebView2Deferral)>>,
  /// What opened this view and waits for its window.
  pub(super) opened_by: RefCell<Option<(ICoreWebView2NewWindowRequestedEventArgs, ICoreWebView2Deferral)>>,
}

/// WebView2's side of a view.
pub(crate) struct Engine {
  pub(super) controller: ICoreWebView2Controller,
  pub(super) view: ICoreWebView2,
  pub(super) environment: ICoreWebView2Environment,
  pub(super) questions: Questions,
  /// Where in the history the view is, and the history.
  pub(super) history: RefCell<(i32, Vec<Visited>)>,
  /// The answer that the server gave for an address, until its document is there.
  pub(super) answer: RefCell<Option<(String, u32, String)>>,
  /// The number of the navigation that goes on.
  pub(super) navigation: Cell<u64>,
  pub(super) dev_tools: Cell<bool>,
  pub(super) dev_tools_allowed: Cell<bool>,
  pub(super) hovered: RefCell<String>,
  pub(super) worlds: lane::Worlds,
}

/// Makes a view in a window, or, for a page that opens one, a view that nobody sees yet.
pub(crate) fn build(
  window: &Window,
  session: &Session,
  options: Option<&WebViewOptions>,
  opener: Option<&WebView>,
) -> Result<(wry::WebView, Engine), String> {
  let mut context = wry::WebContext::new(Some(session.folder().unwrap_or(session.base()).clone()));
  let mut builder = serve_scheme(WebViewBuilder::new_with_web_context(&mut context))
    .with_https_scheme(true)
    .with_visible(false)
    .with_focused(false)
    .with_devtools(true)
    .with_clipboard(true)
    .with_browser_accelerator_keys(false);
  if options.is_some_and(|options| !options.javascript) {
    builder = builder.with_javascript_disabled();
  }
  if session.folder().is_none() {
    builder = builder.with_incognito(true).with_profile_name(profile_name(session.partition()));
  }
  if let Some(environment) = opener.map(|opener| opener.engine.environment.clone()).or_else(|| session.store()) {
    builder = builder.with_environment(environment);
  } else {
    builder = builder.with_additional_browser_args(arguments(options));
  }
  let wry = builder.build_as_child(window.tao()).map_err(|error| error.to_string())?;
  let environment = wry.environment();
  session.set_store(environment.clone());
  let engine = Engine {
    controller: wry.controller(),
    view: wry.webview(),
    environment,
    questions: Questions::default(),
    history: RefCell::default(),
    answer: RefCell::default(),
    navigation: Cell::new(0),
    dev_tools: Cell::new(false),
    dev_tools_allowed: Cell::new(true),
    hovered: RefCell::default(),
    worlds: lane::Worlds::default(),
  };
  Ok((wry, engine))
}

/// The name of a profile in memory. The engine takes letters, digits and a few signs.
fn profile_name(partition: &str) -> String {
  let mut name = String::from("memory-");
  for character in partition.chars().take(16) {
    match character {
      'a'..='z' | '0'..='9' => name.push(character),
      other => name.push_str(&format!("_{:x}", u32::from(other))),
    }
  }
  name.truncate(60);
  name
}

/// The browser's command line. It counts for all views of a folder, so the first view decides.
fn arguments(options: Option<&WebViewOptions>) -> String {
  // The features are wry's own choice; giving arguments takes the place of its list.
  let mut arguments =
    String::from("--disable-features=msWebOOUI,msPdfOOUI,msSmartScreenProtection --autoplay-policy=no-user-gesture-required");
  arguments.push_str(" --allow-file-access-from-files");
  if options.is_some_and(|options| !options.web_security) {
    arguments.push_str(" --disable-web-security");
  }
  if options.is_some_and(|options| !options.hardware_acceleration) {
    arguments.push_str(" --disable-gpu");
  }
  arguments
}

/// A text that the engine gives by a pointer.
pub(super) fn text(read: impl FnOnce(*mut PWSTR) -> windows_core::Result<()>) -> String {
  let mut pointer = PWSTR::null();
  match read(&raw mut pointer) {
    Ok(()) => take_pwstr(pointer),
    Err(_) => String::new(),
  }
}

/// A flag that the engine gives by a pointer.
pub(super) fn flag(read: impl FnOnce(*mut BOOL) -> windows_core::Result<()>) -> bool {
  let mut value = BOOL(0);
  read(&raw mut value).is_ok() && value.as_bool()
}

/// An engine's fault as the answer of a command.
pub(super) fn fault(error: windows_core::Error) -> String {
  error.to_string()
}

impl WebView {
  /// Puts the view into its window and sets it up.
  pub(crate) fn enter(&self, window: &Window, options: &WebViewOptions) {
    let engine = &self.engine;
    engine.dev_tools_allowed.set(options.dev_tools);
    // wry destroys the window that it made for the view when the page calls `window.close()`, which Electron's apps may prevent: so the view does
    // not stay in it.
    // SAFETY: the engine's objects are alive, they are used on the thread that made them, and texts outlive the calls.
    unsafe {
      let _ = engine.controller.SetParentWindow(hwnd(window.tao()));
      if let Ok(settings) = engine.view.Settings() {
        let _ = settings.SetIsScriptEnabled(options.javascript);
        let _ = settings.SetAreDevToolsEnabled(options.dev_tools);
        let _ = settings.SetAreDefaultScriptDialogsEnabled(false);
        let _ = settings.SetIsBuiltInErrorPageEnabled(false);
        let _ = settings.SetIsZoomControlEnabled(false);
        if let Some(user_agent) = &options.user_agent
          && let Ok(settings) = settings.cast::<ICoreWebView2Settings2>()
        {
          let _ = settings.SetUserAgent(&HSTRING::from(user_agent));
        }
      }
      let _ = engine.controller.SetIsVisible(true);
      let _ = engine.controller.MoveFocus(COREWEBVIEW2_MOVE_FOCUS_REASON_PROGRAMMATIC);
    }
    if options.zoom_factor > 0.0 && options.zoom_factor.is_finite() {
      let _ = self.set_zoom(options.zoom_factor);
    }
    if let Some(color) = options.background_color {
      let _ = self.set_background(color);
    }
    self.set_page_settings(options);
  }

  /// The page that opened this view gets it.
  pub(crate) fn adopted(&self) {
    self.when_ready(|this| {
      if let Some((args, deferral)) = this.engine.questions.opened_by.take() {
        // SAFETY: the engine's objects are alive and used on the thread that made them.
        unsafe {
          let _ = args.SetNewWindow(&this.engine.view);
          let _ = args.SetHandled(true);
          let _ = deferral.Complete();
        }
      }
    });
  }

  pub(crate) fn place(&self, window: &Window, bounds: Rect) {
    let scale = window.tao().scale_factor();
    let unit = |value: i32| (f64::from(value) * scale).round() as i32;
    let rect =
      RECT { left: unit(bounds.x), top: unit(bounds.y), right: unit(bounds.x + bounds.width), bottom: unit(bounds.y + bounds.height) };
    // SAFETY: the controller is alive. One whose process has ended refuses.
    let _ = unsafe { self.engine.controller.SetBounds(rect) };
  }

  pub(crate) fn drop_questions(&self) {
    let questions = &self.engine.questions;
    questions.navigations.take();
    // SAFETY: the engine's objects are alive and used on the thread that made them.
    unsafe {
      for (_, (_, deferral)) in questions.dialogs.take() {
        let _ = deferral.Complete();
      }
      for (_, (_, deferral)) in questions.permissions.take() {
        let _ = deferral.Complete();
      }
      if let Some((args, deferral)) = questions.opened_by.take() {
        // Without a view of ours `window.open` gives the page null.
        let _ = args.SetHandled(true);
        let _ = deferral.Complete();
      }
    }
  }

  /// Calls a method of the DevTools protocol, which reaches what WebView2 has no method for.
  pub(super) fn dev_tools_call(&self, method: &str, parameters: &Value, answer: impl FnOnce(Result<Value, String>) + 'static) {
    // The engine drops a handler that it refuses, and would drop the answer with it.
    let answer = Rc::new(Cell::new(Some(answer)));
    let answering = answer.clone();
    let handler = CallDevToolsProtocolMethodCompletedHandler::create(Box::new(move |result, json| {
      if let Some(answer) = answering.take() {
        answer(result.map_err(fault).map(|()| serde_json::from_str(&json).unwrap_or(Value::Null)));
      }
      Ok(())
    }));
    // SAFETY: the view is alive, and texts outlive the call.
    let called =
      unsafe { self.engine.view.CallDevToolsProtocolMethod(&HSTRING::from(method), &HSTRING::from(parameters.to_string()), &handler) };
    if let (Err(error), Some(answer)) = (called, answer.take()) {
      answer(Err(fault(error)));
    }
  }
}
