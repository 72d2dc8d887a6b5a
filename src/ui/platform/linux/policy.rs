//! Navigations of pages and the windows that pages open: the app is asked, and the engine waits.

use std::rc::Rc;

use gtk::glib;
use gtk::prelude::*;
use webkit2gtk::{
  NavigationPolicyDecision, NavigationPolicyDecisionExt, NavigationType, PolicyDecision, PolicyDecisionExt, PolicyDecisionType,
  ResponsePolicyDecision, ResponsePolicyDecisionExt, URIRequestExt, URIResponseExt, WebResourceExt, WebViewExt, WindowPropertiesExt,
};

use crate::bridge::{NavigatingFrame, NavigationKind, RequestId, UiEvent};

use super::super::net::{only_fragment_differs, reason_phrase, same_target};
use super::net_error;
use super::webview::{OwnPost, Stage, WebView};

/// Schemes whose loads reach the answer of the server, or stand in for it, so that they can be asked about there.
const LOADED_SCHEMES: [&str; 3] = ["http", "https", "file"];

/// More loads of sub-frames than wait for their answer at a time; only a page that plays with us has more.
const MAX_FRAME_LOADS: usize = 200;

impl WebView {
  pub(super) fn connect_policies(&self) {
    let weak = self.weak();
    self.view.connect_decide_policy(move |_, decision, kind| {
      let Some(this) = weak.upgrade() else { return false };
      match kind {
        PolicyDecisionType::NavigationAction => this.decide_action(decision),
        PolicyDecisionType::Response => this.decide_response(decision),
        // The question is asked when the engine wants the view, which knows no name any more.
        PolicyDecisionType::NewWindowAction => {
          let action = decision.downcast_ref::<NavigationPolicyDecision>().and_then(|decision| decision.navigation_action());
          this.questions.target_name.replace(action.and_then(|mut action| action.frame_name()).map(String::from));
          false
        }
        _ => false,
      }
    });
    let weak = self.weak();
    self.view.connect_create(move |_, action| {
      let this = weak.upgrade()?;
      let url = action.request().and_then(|request| request.uri()).map(String::from).unwrap_or_default();
      let frame_name = this.questions.target_name.take().filter(|name| !name.eq_ignore_ascii_case("_blank")).unwrap_or_default();
      // A link is clicked with keys that say where to open it; a script just opens.
      let held = match action.navigation_type() {
        NavigationType::LinkClicked => Some(held_keys(action.modifiers(), action.mouse_button())),
        _ => None,
      };
      this.propose_window(url, frame_name, held).map(|view| view.view.clone().upcast())
    });
  }

  /// The engine must have the new view at once, so it gets one that nobody sees. JS is asked a moment later, when the engine has
  /// told the features, and takes the view over or has it destroyed.
  fn propose_window(&self, url: String, frame_name: String, held: Option<u32>) -> Option<Rc<WebView>> {
    let ui = self.ui.upgrade()?;
    let proposed = WebView::propose(&ui, self).ok()?;
    let request = self.take_expected(&url).unwrap_or_else(|| ui.next_request());
    ui.proposed_views.insert(request, proposed.clone());
    let opener = self.weak();
    let weak = Rc::downgrade(&proposed);
    glib::idle_add_local_full(glib::Priority::HIGH, move || {
      let (Some(opener), Some(proposed)) = (opener.upgrade(), weak.upgrade()) else { return glib::ControlFlow::Break };
      let features = features_of(&proposed.view);
      let (url, frame_name) = (url.clone(), frame_name.clone());
      opener.tell(move |web_contents| UiEvent::WindowOpenAsked { web_contents, request, url, frame_name, features, held });
      glib::ControlFlow::Break
    });
    Some(proposed)
  }

  /// The app agrees to a window before the page opens it. The page does nothing else meanwhile, so the next window is that one.
  /// Answers the request of a consent that was never used.
  pub(crate) fn expect_window(&self, request: RequestId, url: String) -> Option<RequestId> {
    self.questions.expected_window.replace(Some((request, url))).map(|(unused, _)| unused)
  }

  pub(crate) fn forget_window(&self, request: RequestId) -> bool {
    let mut expected = self.questions.expected_window.borrow_mut();
    let unused = expected.as_ref().is_some_and(|(number, _)| *number == request);
    if unused {
      *expected = None;
    }
    unused
  }

  /// A consent is good for one window, and for no other address than it was given for.
  fn take_expected(&self, url: &str) -> Option<RequestId> {
    let (request, expected) = self.questions.expected_window.take()?;
    let url = if url.is_empty() { "about:blank" } else { url };
    // A page may have asked that its requests go over TLS.
    let upgraded = expected.strip_prefix("http://").is_some_and(|rest| url.strip_prefix("https://") == Some(rest));
    (same_target(url, &expected) || upgraded).then_some(request)
  }

  /// Before a load. WebKit does not say which frame wants to go; the page can often tell. What it cannot tell is asked about when the
  /// answer is there, which knows its frame.
  fn decide_action(&self, decision: &PolicyDecision) -> bool {
    let Some(navigation) = decision.downcast_ref::<NavigationPolicyDecision>() else { return false };
    let Some(mut action) = navigation.navigation_action() else { return false };
    let url = action.request().and_then(|request| request.uri()).map(String::from).unwrap_or_default();
    if self.id() == 0 {
      self.load.wanted.replace(Some(url));
      self.questions.before_adoption.borrow_mut().push(decision.clone());
      return true;
    }
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
    if matches!(action.navigation_type(), NavigationType::Other | NavigationType::FormResubmitted)
      && self.load.own_post.get() == OwnPost::Failed
      && *self.load.post_url.borrow() == url
    {
      self.load.own_post.set(OwnPost::None);
      // The failure is told already.
      decision.ignore();
      return true;
    }
    let own = match action.navigation_type() {
      // After the end of a web process a reload is a plain load.
      NavigationType::BackForward | NavigationType::Reload | NavigationType::Other if self.load.own_step.get() => true,
      NavigationType::Other => {
        let mut loads = self.load.own_loads.borrow_mut();
        let found = loads.iter().position(|asked| same_target(&url, asked));
        if let Some(last) = found {
          loads.drain(..=last);
        }
        found.is_some()
      }
      _ => false,
    };
    if own {
      self.load.own_step.set(false);
      self.load.approved.set(true);
      self.load.wanted.replace(Some(url));
      decision.use_();
      return true;
    }
    let kind = match action.navigation_type() {
      NavigationType::LinkClicked => NavigationKind::LinkClicked,
      NavigationType::FormSubmitted => NavigationKind::FormSubmitted,
      NavigationType::FormResubmitted => NavigationKind::FormResubmitted,
      NavigationType::Reload => NavigationKind::Reload,
      NavigationType::BackForward => {
        // Electron does not ask about steps in the history.
        self.load.approved.set(true);
        return false;
      }
      _ => NavigationKind::Other,
    };
    if self.view.uri().is_some_and(|current| only_fragment_differs(&current, &url)) {
      return false;
    }
    self.load.wanted.replace(Some(url.clone()));
    self.expect_frame_load(url.clone());
    if action.is_redirect() {
      // The app may refuse a redirect and hears of it while the load goes on, so it is asked again with the answer.
      self.load.approved.set(false);
    }
    let answered_later = matches!(scheme.as_str(), "about" | "data" | "blob" | "javascript" | "");
    if action.is_redirect() || (kind == NavigationKind::Other && answered_later) {
      return false;
    }
    self.ask(decision, url, kind, action.is_user_gesture(), kind != NavigationKind::Other || LOADED_SCHEMES.contains(&scheme.as_str()))
  }

  /// Before a document replaces the one there is.
  fn decide_response(&self, decision: &PolicyDecision) -> bool {
    let Some(response) = decision.downcast_ref::<ResponsePolicyDecision>() else { return false };
    if !response.is_main_frame_main_resource() {
      return self.ask_for_frame(decision, response);
    }
    if let Some(request) = self.load.redirect.get() {
      self.questions.policies.borrow_mut().insert(request, decision.clone());
      return true;
    }
    if self.load.approved.get() {
      return false;
    }
    let url = response.request().and_then(|request| request.uri()).map(String::from).unwrap_or_default();
    self.ask(decision, url, NavigationKind::Other, false, false)
  }

  fn ask(&self, decision: &PolicyDecision, url: String, kind: NavigationKind, user_gesture: bool, early: bool) -> bool {
    let Some(request) = self.ui.upgrade().map(|ui| ui.next_request()) else { return false };
    self.questions.policies.borrow_mut().insert(request, decision.clone());
    self.tell(move |web_contents| UiEvent::NavigationAsked { web_contents, request, url, kind, user_gesture, early });
    true
  }

  /// Before a document of a sub-frame. What cannot be shown is left to the engine.
  fn ask_for_frame(&self, decision: &PolicyDecision, response: &ResponsePolicyDecision) -> bool {
    let url = response.request().and_then(|request| request.uri()).map(String::from).unwrap_or_default();
    self.load.frame_loads.borrow_mut().retain(|expected| *expected != url);
    if !response.is_mime_type_supported() {
      return false;
    }
    let Some(request) = self.ui.upgrade().map(|ui| ui.next_request()) else { return false };
    let is_http = matches!(url.split_once(':'), Some(("http" | "https", _)));
    let status = response.response().filter(|_| is_http).map_or(0, |response| response.status_code());
    let status_text = reason_phrase(status).to_owned();
    self.questions.policies.borrow_mut().insert(request, decision.clone());
    self.tell(move |web_contents| UiEvent::FrameNavigationAsked { web_contents, request, url, status, status_text });
    true
  }

  /// A load begins that may be a sub-frame's. The engine tells of its failure only as of one of any resource.
  fn expect_frame_load(&self, url: String) {
    let mut loads = self.load.frame_loads.borrow_mut();
    if loads.len() >= MAX_FRAME_LOADS {
      loads.remove(0);
    }
    loads.push(url);
  }

  pub(super) fn connect_frame_failures(&self) {
    let weak = self.weak();
    self.view.connect_resource_load_started(move |_, resource, _| {
      let Some(this) = weak.upgrade() else { return };
      let url = resource.uri().map(String::from).unwrap_or_default();
      if !this.load.frame_loads.borrow().contains(&url) {
        return;
      }
      let weak = weak.clone();
      resource.connect_failed(move |resource, error| {
        let Some(this) = weak.upgrade() else { return };
        let url = resource.uri().map(String::from).unwrap_or_default();
        let mut loads = this.load.frame_loads.borrow_mut();
        let Some(at) = loads.iter().position(|expected| *expected == url) else { return };
        loads.remove(at);
        // The main frame's own failure has an event of its own.
        if this.load.stage.get() == Stage::Provisional && *this.load.url.borrow() == url {
          return;
        }
        let error = net_error::from_glib(error, &url);
        let (code, description) = (error.code, error.name.to_owned());
        this.tell(move |web_contents| UiEvent::FrameLoadFailed { web_contents, url, code, description });
      });
    });
  }

  /// The redirected load is over, or another one takes its place.
  pub(super) fn forget_redirect(&self) {
    if let Some(request) = self.load.redirect.take()
      && let Some(decision) = self.questions.policies.borrow_mut().remove(&request)
    {
      decision.ignore();
    }
  }

  pub(crate) fn decide_navigation(&self, request: RequestId, allow: bool, frame: NavigatingFrame) -> Result<(), String> {
    let decision = self.questions.policies.borrow_mut().remove(&request);
    if self.load.redirect.get() == Some(request) {
      self.load.redirect.set(None);
      match decision {
        // The answer came before the server's.
        None if !allow => self.view.stop_loading(),
        None => {}
        Some(decision) if !allow => decision.ignore(),
        // To follow the redirect is one question, whether the page may go there at all the other.
        Some(decision) => {
          if !self.decide_response(&decision) {
            decision.use_();
          }
        }
      }
      return Ok(());
    }
    let decision = decision.ok_or_else(|| format!("there is no navigation question {request}"))?;
    if frame == NavigatingFrame::Sub {
      self.load.wanted.take();
    }
    if allow {
      if frame == NavigatingFrame::Main {
        self.load.approved.set(true);
      }
      decision.use_();
    } else {
      decision.ignore();
    }
    Ok(())
  }
}

/// Keys and button of a click on a link, as `shell-js/main/api/open-details.js` has them.
fn held_keys(modifiers: u32, button: u32) -> u32 {
  let keys = gtk::gdk::ModifierType::from_bits_truncate(modifiers);
  let bit = |on: bool, value: u32| if on { value } else { 0 };
  bit(keys.contains(gtk::gdk::ModifierType::CONTROL_MASK), 1)
    | bit(keys.contains(gtk::gdk::ModifierType::SHIFT_MASK), 2)
    | bit(keys.contains(gtk::gdk::ModifierType::MOD1_MASK), 4)
    | bit(button == 2, 8)
}

/// The features of `window.open`, as far as the engine hands them on.
fn features_of(view: &webkit2gtk::WebView) -> String {
  let Some(properties) = view.window_properties() else { return String::new() };
  let geometry = properties.geometry();
  let mut features = Vec::new();
  for (name, value) in [("left", geometry.x()), ("top", geometry.y()), ("width", geometry.width()), ("height", geometry.height())] {
    if value > 0 {
      features.push(format!("{name}={value}"));
    }
  }
  features.join(",")
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn keys_and_buttons_have_a_bit_each() {
    use gtk::gdk::ModifierType as M;
    assert_eq!(held_keys(0, 1), 0);
    assert_eq!(held_keys((M::CONTROL_MASK | M::SHIFT_MASK | M::LOCK_MASK).bits(), 1), 3);
    assert_eq!(held_keys(M::MOD1_MASK.bits(), 2), 12);
  }
}
