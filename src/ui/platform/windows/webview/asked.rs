//! What the app answers: navigations, script dialogs, permissions, windows that pages open.

use std::rc::Rc;

use webview2_com::Microsoft::Web::WebView2::Win32::*;
use windows_core::{HSTRING, Interface};

use super::super::super::common::WebView;
use super::super::super::common::tasks::later;
use super::super::super::net::only_fragment_differs;
use super::{AskedNavigation, build, fault, flag, text};
use crate::bridge::{NavigatingFrame, NavigationKind, RequestId, UiEvent};

impl WebView {
  /// The engine is about to load something into the main frame. It does not wait: a question stops the load, and consent begins it anew.
  pub(super) fn navigation_starting(&self, args: &ICoreWebView2NavigationStartingEventArgs) -> windows_core::Result<()> {
    let mut number = 0;
    let mut kind = COREWEBVIEW2_NAVIGATION_KIND_NEW_DOCUMENT;
    // SAFETY: the arguments are alive for the call, and the pointers are to variables of it.
    let (url, redirected, gesture, has_body) = unsafe {
      args.NavigationId(&raw mut number)?;
      if let Ok(args) = args.cast::<ICoreWebView2NavigationStartingEventArgs3>() {
        args.NavigationKind(&raw mut kind)?;
      }
      let has_body = args.RequestHeaders().is_ok_and(|headers| flag(|value| headers.Contains(&HSTRING::from("Content-Type"), value)));
      (text(|value| args.Uri(value)), flag(|value| args.IsRedirected(value)), flag(|value| args.IsUserInitiated(value)), has_body)
    };
    if redirected {
      self.engine.navigation.set(number);
      self.load_redirected(url);
      return Ok(());
    }
    let is_step = kind == COREWEBVIEW2_NAVIGATION_KIND_BACK_OR_FORWARD;
    let own_step = self.load.own_step.take() && kind != COREWEBVIEW2_NAVIGATION_KIND_NEW_DOCUMENT;
    // Electron does not ask about steps in the history.
    let free = own_step || is_step || self.load.is_own(&url) || self.id() == 0 || only_fragment_differs(&self.load.document.borrow(), &url);
    if free {
      self.engine.navigation.set(number);
      self.load_started(url);
      return Ok(());
    }
    let Some(request) = self.next_request() else { return Ok(()) };
    if has_body {
      self.engine.navigation.set(number);
      self.load_started(url.clone());
    } else {
      // SAFETY: as above.
      unsafe { args.SetCancel(true)? };
    }
    self.engine.questions.navigations.borrow_mut().insert(request, AskedNavigation { url: url.clone(), goes_on: has_body });
    let kind = match kind {
      COREWEBVIEW2_NAVIGATION_KIND_RELOAD => NavigationKind::Reload,
      _ if has_body => NavigationKind::FormSubmitted,
      _ if gesture => NavigationKind::LinkClicked,
      _ => NavigationKind::Other,
    };
    self.tell(move |web_contents| UiEvent::NavigationAsked { web_contents, request, url, kind, user_gesture: gesture, early: false });
    Ok(())
  }

  pub(crate) fn decide_navigation(&self, request: RequestId, allow: bool, _frame: NavigatingFrame) -> Result<(), String> {
    if self.load.redirect.get() == Some(request) {
      self.load.redirect.set(None);
      return if allow { Ok(()) } else { self.stop() };
    }
    let asked = self.engine.questions.navigations.borrow_mut().remove(&request);
    let asked = asked.ok_or_else(|| format!("there is no navigation question {request}"))?;
    match (allow, asked.goes_on) {
      (true, true) | (false, false) => Ok(()),
      (false, true) => self.stop(),
      (true, false) => {
        self.load.expect(&asked.url);
        // SAFETY: the view is alive and the text outlives the call.
        unsafe { self.engine.view.Navigate(&HSTRING::from(asked.url)) }.map_err(fault)
      }
    }
  }

  /// A page opens a window. The engine waits for the view that it gets, so one is made that nobody sees, and JS is asked. Making one runs the
  /// message loop, which must not happen inside of the engine's own call.
  pub(super) fn window_requested(&self, args: &ICoreWebView2NewWindowRequestedEventArgs) -> windows_core::Result<()> {
    // SAFETY: the arguments stay alive until the deferral is completed.
    let deferral = unsafe { args.GetDeferral()? };
    let (args, weak) = (args.clone(), self.weak());
    later(move || {
      let proposed = weak.upgrade().ok_or_else(|| "the page is gone".to_owned()).and_then(|opener| opener.propose_window(&args));
      match proposed {
        Ok(view) => {
          view.engine.questions.opened_by.replace(Some((args, deferral)));
        }
        Err(_) => {
          // SAFETY: as above.
          unsafe {
            let _ = args.SetHandled(true);
            let _ = deferral.Complete();
          }
        }
      }
    });
    Ok(())
  }

  fn propose_window(&self, args: &ICoreWebView2NewWindowRequestedEventArgs) -> Result<Rc<WebView>, String> {
    let ui = self.ui.upgrade().ok_or("the user interface is gone")?;
    let window = self.holder().ok_or("the page's window is gone")?;
    let proposed = WebView::assemble(&ui, build(&window, &self.session, None, Some(self))?, self.session.clone());
    // SAFETY: the arguments are alive until their deferral is completed, and the pointers are to variables of the calls.
    let (url, frame_name, features) = unsafe {
      let name = args.cast::<ICoreWebView2NewWindowRequestedEventArgs2>().map(|args| text(|value| args.Name(value))).unwrap_or_default();
      (text(|value| args.Uri(value)), name, args.WindowFeatures().map(|features| features_of(&features)).unwrap_or_default())
    };
    let request = self.take_expected(&url).unwrap_or_else(|| ui.next_request());
    ui.proposed_views.insert(request, proposed.clone());
    // To open the window is to agree to its first load.
    proposed.load.expect(&url);
    self.tell(move |web_contents| UiEvent::WindowOpenAsked { web_contents, request, url, frame_name, features, held: None });
    Ok(proposed)
  }

  pub(super) fn dialog_opening(&self, args: &ICoreWebView2ScriptDialogOpeningEventArgs) -> windows_core::Result<()> {
    let Some(request) = self.next_request() else { return Ok(()) };
    let mut kind = COREWEBVIEW2_SCRIPT_DIALOG_KIND_ALERT;
    // SAFETY: the arguments are alive until the deferral is completed, and the pointers are to variables of the calls.
    let (message, default_text, deferral) = unsafe {
      args.Kind(&raw mut kind)?;
      (text(|value| args.Message(value)), text(|value| args.DefaultText(value)), args.GetDeferral()?)
    };
    self.engine.questions.dialogs.borrow_mut().insert(request, (args.clone(), deferral));
    let kind = match kind {
      COREWEBVIEW2_SCRIPT_DIALOG_KIND_CONFIRM => "confirm",
      COREWEBVIEW2_SCRIPT_DIALOG_KIND_PROMPT => "prompt",
      COREWEBVIEW2_SCRIPT_DIALOG_KIND_BEFOREUNLOAD => "beforeunload",
      _ => "alert",
    }
    .to_owned();
    self.tell(move |web_contents| UiEvent::ScriptDialogAsked { web_contents, request, kind, message, default_text });
    Ok(())
  }

  pub(crate) fn answer_dialog(&self, request: RequestId, accept: bool, answer: Option<&str>) -> Result<(), String> {
    let dialog = self.engine.questions.dialogs.borrow_mut().remove(&request);
    let (args, deferral) = dialog.ok_or_else(|| format!("there is no script dialog {request}"))?;
    // SAFETY: the arguments are alive until the deferral is completed, and the text outlives the call.
    unsafe {
      if accept {
        if let Some(answer) = answer {
          args.SetResultText(&HSTRING::from(answer.replace('\0', ""))).map_err(fault)?;
        }
        args.Accept().map_err(fault)?;
      }
      deferral.Complete().map_err(fault)
    }
  }

  pub(super) fn permission_requested(&self, args: &ICoreWebView2PermissionRequestedEventArgs) -> windows_core::Result<()> {
    let Some(request) = self.next_request() else { return Ok(()) };
    let mut kind = COREWEBVIEW2_PERMISSION_KIND_UNKNOWN_PERMISSION;
    // SAFETY: the arguments are alive until the deferral is completed, and the pointers are to variables of the calls.
    let (url, deferral) = unsafe {
      args.PermissionKind(&raw mut kind)?;
      (text(|value| args.Uri(value)), args.GetDeferral()?)
    };
    self.engine.questions.permissions.borrow_mut().insert(request, (args.clone(), deferral));
    let permission = match kind {
      COREWEBVIEW2_PERMISSION_KIND_CAMERA | COREWEBVIEW2_PERMISSION_KIND_MICROPHONE => "media",
      COREWEBVIEW2_PERMISSION_KIND_GEOLOCATION => "geolocation",
      COREWEBVIEW2_PERMISSION_KIND_NOTIFICATIONS => "notifications",
      COREWEBVIEW2_PERMISSION_KIND_CLIPBOARD_READ => "clipboard-read",
      COREWEBVIEW2_PERMISSION_KIND_FILE_READ_WRITE => "fileSystem",
      COREWEBVIEW2_PERMISSION_KIND_MIDI_SYSTEM_EXCLUSIVE_MESSAGES => "midiSysex",
      COREWEBVIEW2_PERMISSION_KIND_WINDOW_MANAGEMENT => "window-management",
      _ => "unknown",
    }
    .to_owned();
    let origin = match url::Url::parse(&url) {
      Ok(url) if url.scheme() == "file" => "file:///".to_owned(),
      Ok(url) => url.origin().ascii_serialization(),
      Err(_) => String::new(),
    };
    self.tell(move |web_contents| UiEvent::PermissionAsked { web_contents, request, permission, origin });
    Ok(())
  }

  pub(crate) fn answer_permission(&self, request: RequestId, allow: bool) -> Result<(), String> {
    let asked = self.engine.questions.permissions.borrow_mut().remove(&request);
    let (args, deferral) = asked.ok_or_else(|| format!("there is no permission question {request}"))?;
    let state = if allow { COREWEBVIEW2_PERMISSION_STATE_ALLOW } else { COREWEBVIEW2_PERMISSION_STATE_DENY };
    // SAFETY: the arguments are alive until the deferral is completed.
    unsafe {
      args.SetState(state).map_err(fault)?;
      deferral.Complete().map_err(fault)
    }
  }
}

/// The features of `window.open`, as far as the engine hands them on.
fn features_of(features: &ICoreWebView2WindowFeatures) -> String {
  let mut list = Vec::new();
  let number = |read: &dyn Fn(*mut u32) -> windows_core::Result<()>| {
    let mut value = 0;
    read(&raw mut value).is_ok().then_some(value)
  };
  // SAFETY: the features are alive for the call, and the pointers are to variables of the calls.
  unsafe {
    if flag(|value| features.HasPosition(value)) {
      list.push(("left", number(&|value| features.Left(value))));
      list.push(("top", number(&|value| features.Top(value))));
    }
    if flag(|value| features.HasSize(value)) {
      list.push(("width", number(&|value| features.Width(value))));
      list.push(("height", number(&|value| features.Height(value))));
    }
  }
  list.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect::<Vec<_>>().join(",")
}
