//! What the engine tells and asks: navigations, windows, dialogs, permissions, its process.

use block2::DynBlock;
use objc2::Message;
use objc2::rc::Retained;
use objc2::runtime::Bool;
use objc2_app_kit::NSEventModifierFlags;
use objc2_foundation::{NSError, NSHTTPURLResponse, NSNumber, NSString};
use objc2_web_kit::{
  WKNavigationAction, WKNavigationActionPolicy, WKNavigationResponse, WKNavigationResponsePolicy, WKNavigationType, WKPermissionDecision,
  WKSecurityOrigin, WKUserContentController, WKWebView, WKWebViewConfiguration, WKWindowFeatures,
};

use super::super::super::common::{Stage, WebView};
use super::super::super::net::{only_fragment_differs, reason_phrase};
use super::super::{main_thread, net_error};
use super::{ScriptDialog, address, build_with};
use crate::bridge::{NavigatingFrame, NavigationKind, ProcessGoneReason, RequestId, UiEvent};

/// Electron's number of a process that was ended by SIGSEGV; the engine tells none.
const CRASHED: i32 = 11;

/// More loads of sub-frames than wait for their answer at a time; only a page that plays with us has more.
const MAX_FRAME_LOADS: usize = 200;

impl WebView {
  /// Listens to the engine.
  pub(crate) fn connect(&self) {
    self.engine.delegate.serve(self, &self.engine.view);
  }

  pub(super) fn address(&self) -> String {
    // SAFETY: the view is alive.
    address(unsafe { self.engine.view.URL() })
  }

  /// Before a load. The engine waits for the answer, whenever it comes.
  pub(super) fn decide_action(&self, action: &WKNavigationAction, decide: &DynBlock<dyn Fn(WKNavigationActionPolicy)>) {
    // SAFETY: the action is alive for the call.
    let (target, url, kind) = unsafe { (action.targetFrame(), address(action.request().URL()), action.navigationType()) };
    // Without a target it is a new window, about which the engine asks otherwise. Frames inside of a page are the page's own affair.
    // SAFETY: the frame is alive for the call.
    if !target.is_some_and(|frame| unsafe { frame.isMainFrame() }) {
      return decide.call((WKNavigationActionPolicy::Allow,));
    }
    if self.id() == 0 {
      self.engine.wanted.replace(Some(url));
      self.engine.questions.before_adoption.borrow_mut().push(decide.copy());
      return;
    }
    let is_step = kind == WKNavigationType::BackForward;
    let own = match kind {
      WKNavigationType::BackForward | WKNavigationType::Reload => self.load.own_step.take(),
      _ => self.load.is_own(&url),
    };
    // Electron does not ask about steps in the history.
    if own || is_step || only_fragment_differs(&self.load.document.borrow(), &url) {
      self.engine.wanted.replace(Some(url));
      return decide.call((WKNavigationActionPolicy::Allow,));
    }
    let Some(request) = self.next_request() else { return decide.call((WKNavigationActionPolicy::Cancel,)) };
    self.engine.wanted.replace(Some(url.clone()));
    self.engine.questions.policies.borrow_mut().insert(request, decide.copy());
    let kind = match kind {
      WKNavigationType::LinkActivated => NavigationKind::LinkClicked,
      WKNavigationType::FormSubmitted => NavigationKind::FormSubmitted,
      WKNavigationType::FormResubmitted => NavigationKind::FormResubmitted,
      WKNavigationType::Reload => NavigationKind::Reload,
      _ => NavigationKind::Other,
    };
    let user_gesture = kind != NavigationKind::Other;
    self.tell(move |web_contents| UiEvent::NavigationAsked { web_contents, request, url, kind, user_gesture, early: false });
  }

  pub(crate) fn decide_navigation(&self, request: RequestId, allow: bool, _frame: NavigatingFrame) -> Result<(), String> {
    if self.load.redirect.get() == Some(request) {
      self.load.redirect.set(None);
      return if allow { Ok(()) } else { self.stop() };
    }
    let answered = self.engine.questions.responses.borrow_mut().remove(&request);
    if let Some(decide) = answered {
      decide.call((if allow { WKNavigationResponsePolicy::Allow } else { WKNavigationResponsePolicy::Cancel },));
      return Ok(());
    }
    let decide = self.engine.questions.policies.borrow_mut().remove(&request);
    let decide = decide.ok_or_else(|| format!("there is no navigation question {request}"))?;
    decide.call((if allow { WKNavigationActionPolicy::Allow } else { WKNavigationActionPolicy::Cancel },));
    Ok(())
  }

  /// Before a document replaces the one there is. The main frame's was asked about before anything was sent.
  pub(super) fn decide_response(&self, response: &WKNavigationResponse, decide: &DynBlock<dyn Fn(WKNavigationResponsePolicy)>) {
    // SAFETY: the response is alive for the call.
    let (main, shown, answer) = unsafe { (response.isForMainFrame(), response.canShowMIMEType(), response.response()) };
    let url = address(answer.URL());
    let status = answer.downcast::<NSHTTPURLResponse>().map_or(0, |answer| u32::try_from(answer.statusCode()).unwrap_or(0));
    if !shown {
      // Downloads are not implemented on darwin yet: what cannot be shown is not loaded.
      return decide.call((WKNavigationResponsePolicy::Cancel,));
    }
    if main {
      self.engine.status.set(status);
      return decide.call((WKNavigationResponsePolicy::Allow,));
    }
    let mut waiting = self.engine.questions.responses.borrow_mut();
    let Some(request) = self.next_request().filter(|_| waiting.len() < MAX_FRAME_LOADS) else {
      return decide.call((WKNavigationResponsePolicy::Cancel,));
    };
    waiting.insert(request, decide.copy());
    let status_text = reason_phrase(status).to_owned();
    self.tell(move |web_contents| UiEvent::FrameNavigationAsked { web_contents, request, url, status, status_text });
  }

  pub(super) fn navigation_started(&self) {
    let url = self.engine.wanted.take().unwrap_or_else(|| self.address());
    self.engine.status.set(0);
    self.load_started(url);
  }

  pub(super) fn navigation_committed(&self) {
    let status = self.engine.status.get();
    self.load_committed(self.address(), status, reason_phrase(status).to_owned());
  }

  pub(super) fn navigation_failed(&self, error: &NSError) {
    let url = self.load.url.borrow().clone();
    self.load_failed(&url, net_error::from_error(error));
  }

  pub(super) fn process_ended(&self) {
    self.lane_process_gone();
    self.load.process_gone.set(true);
    self.load.stage.set(Stage::Idle);
    self.tell(|web_contents| UiEvent::WebProcessGone { web_contents, reason: ProcessGoneReason::Crashed, exit_code: CRASHED });
    self.tell_loading(false);
  }

  pub(super) fn property_changed(&self, name: &str) {
    match name {
      "title" => {
        // SAFETY: the view is alive.
        let title = unsafe { self.engine.view.title() }.map(|title| title.to_string()).unwrap_or_default();
        // The title goes with the old document; that is no news.
        if title.is_empty() && (self.load.stage.get() == Stage::Provisional || self.load.process_gone.get()) {
          return;
        }
        self.tell(|web_contents| UiEvent::TitleChanged { web_contents, title });
      }
      "URL" => {
        let url = self.address();
        // The start of a load changes the address too, and a moment later it is told.
        // SAFETY: the view is alive.
        let loads =
          self.load.stage.get() == Stage::Provisional || unsafe { self.engine.view.isLoading() } && self.load.stage.get() == Stage::Idle;
        if !url.is_empty() && !loads && *self.load.document.borrow() != url && !self.load.document.borrow().is_empty() {
          self.moved_in_page(url);
        }
      }
      _ => {}
    }
  }

  pub(super) fn close_asked(&self) {
    self.tell(|web_contents| UiEvent::PageCloseAsked { web_contents });
  }

  /// The engine must have the new view at once, so it gets one that nobody sees. JS is asked, and takes the view over or has it destroyed.
  pub(super) fn propose_window(
    &self,
    configuration: &WKWebViewConfiguration,
    action: &WKNavigationAction,
    features: &WKWindowFeatures,
  ) -> Option<Retained<WKWebView>> {
    let ui = self.ui.upgrade()?;
    let window = self.holder()?;
    // The new view has a lane of its own; the engine would give it the scripts and the handler of this one.
    // SAFETY: called on the main thread, before the view is made.
    unsafe { configuration.setUserContentController(&WKUserContentController::new(main_thread())) };
    let made = build_with(&window, configuration.retain()).ok()?;
    let _ = made.0.set_visible(false);
    let view = made.1.view.clone();
    let proposed = WebView::assemble(&ui, made, self.session.clone());
    // SAFETY: the action is alive for the call.
    let (url, from_link) = unsafe { (address(action.request().URL()), action.navigationType() == WKNavigationType::LinkActivated) };
    let request = self.take_expected(&url).unwrap_or_else(|| ui.next_request());
    ui.proposed_views.insert(request, proposed);
    let features = features_of(features);
    let held = from_link.then(|| held_keys(action));
    // The engine does not tell the name that the page gave the window.
    self.tell(move |web_contents| UiEvent::WindowOpenAsked { web_contents, request, url, frame_name: String::new(), features, held });
    Some(view)
  }

  fn dialog_asked(&self, dialog: ScriptDialog, kind: &'static str, message: String, default_text: String) {
    let Some(request) = self.next_request() else {
      dialog.answer(false, None);
      return;
    };
    self.engine.questions.dialogs.borrow_mut().insert(request, dialog);
    self.tell(move |web_contents| UiEvent::ScriptDialogAsked { web_contents, request, kind: kind.to_owned(), message, default_text });
  }

  pub(super) fn alert_asked(&self, message: &NSString, done: &DynBlock<dyn Fn()>) {
    self.dialog_asked(ScriptDialog::Alert(done.copy()), "alert", message.to_string(), String::new());
  }

  pub(super) fn confirm_asked(&self, message: &NSString, done: &DynBlock<dyn Fn(Bool)>) {
    self.dialog_asked(ScriptDialog::Confirm(done.copy()), "confirm", message.to_string(), String::new());
  }

  pub(super) fn prompt_asked(&self, message: &NSString, default_text: Option<&NSString>, done: &DynBlock<dyn Fn(*mut NSString)>) {
    let default_text = default_text.map(|text| text.to_string()).unwrap_or_default();
    self.dialog_asked(ScriptDialog::Prompt(done.copy()), "prompt", message.to_string(), default_text);
  }

  /// The page does not want to be closed.
  pub(super) fn before_unload_asked(&self) {
    self.dialog_asked(ScriptDialog::BeforeUnload, "beforeunload", String::new(), String::new());
  }

  pub(crate) fn answer_dialog(&self, request: RequestId, accept: bool, text: Option<&str>) -> Result<(), String> {
    let dialog = self.engine.questions.dialogs.borrow_mut().remove(&request);
    let dialog = dialog.ok_or_else(|| format!("there is no script dialog {request}"))?;
    if dialog.answer(accept, text) {
      self.close_asked();
    }
    Ok(())
  }

  pub(super) fn permission_asked(
    &self,
    permission: &'static str,
    origin: &WKSecurityOrigin,
    decide: &DynBlock<dyn Fn(WKPermissionDecision)>,
  ) {
    let Some(request) = self.next_request() else { return decide.call((WKPermissionDecision::Deny,)) };
    // SAFETY: the origin is alive for the call.
    let (scheme, host, port) = unsafe { (origin.protocol().to_string(), origin.host().to_string(), origin.port()) };
    let origin = match (scheme.as_str(), port) {
      ("file", _) => "file:///".to_owned(),
      (_, 0) => format!("{scheme}://{host}"),
      _ => format!("{scheme}://{host}:{port}"),
    };
    self.engine.questions.permissions.borrow_mut().insert(request, decide.copy());
    self.tell(move |web_contents| UiEvent::PermissionAsked { web_contents, request, permission: permission.to_owned(), origin });
  }

  pub(crate) fn answer_permission(&self, request: RequestId, allow: bool) -> Result<(), String> {
    let decide = self.engine.questions.permissions.borrow_mut().remove(&request);
    let decide = decide.ok_or_else(|| format!("there is no permission question {request}"))?;
    decide.call((if allow { WKPermissionDecision::Grant } else { WKPermissionDecision::Deny },));
    Ok(())
  }
}

/// Keys and button of a click on a link, as `shell-js/main/api/open-details.js` has them. The command key is this system's control key.
fn held_keys(action: &WKNavigationAction) -> u32 {
  // SAFETY: the action is alive for the call.
  let (keys, button) = unsafe { (action.modifierFlags(), action.buttonNumber()) };
  let bit = |on: bool, value: u32| if on { value } else { 0 };
  bit(keys.contains(NSEventModifierFlags::Command), 1)
    | bit(keys.contains(NSEventModifierFlags::Shift), 2)
    | bit(keys.contains(NSEventModifierFlags::Option), 4)
    | bit(button == 2, 8)
}

/// The features of `window.open`, as far as the engine hands them on.
fn features_of(features: &WKWindowFeatures) -> String {
  // SAFETY: the features are alive for the call.
  let numbers = unsafe { [("left", features.x()), ("top", features.y()), ("width", features.width()), ("height", features.height())] };
  let text = |(name, value): (&str, Option<Retained<NSNumber>>)| Some(format!("{name}={}", value?.intValue()));
  numbers.into_iter().filter_map(text).collect::<Vec<_>>().join(",")
}
