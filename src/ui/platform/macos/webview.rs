//! The engine of a web view: WKWebView, made by wry and asked directly where wry stops.

mod delegate;
mod events;
mod lane;
mod loading;
mod page;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use block2::RcBlock;
use objc2::rc::Retained;
use objc2::runtime::{Bool, ProtocolObject};
use objc2::{ClassType, sel};
use objc2_foundation::{NSNumber, NSObjectNSKeyValueCoding, NSObjectProtocol, NSString, NSURL, NSUUID, ns_string};
use objc2_web_kit::{
  WKAudiovisualMediaTypes, WKNavigationActionPolicy, WKNavigationResponsePolicy, WKPermissionDecision, WKWebView, WKWebViewConfiguration,
  WKWebsiteDataStore,
};
use wry::{WebViewBuilder, WebViewBuilderExtMacos, WebViewExtMacOS};

use crate::bridge::{Rect, RequestId, WebViewOptions};

use super::super::common::lane::serve_scheme;
use super::super::common::{Session, WebView, Window};
use super::main_thread;
use super::window::ns_window;
use delegate::Delegate;

pub(crate) use lane::Frame;

/// What views of one session share.
pub(crate) type Store = Retained<WKWebsiteDataStore>;

/// A script dialog that waits for its answer.
pub(super) enum ScriptDialog {
  Alert(RcBlock<dyn Fn()>),
  Confirm(RcBlock<dyn Fn(Bool)>),
  Prompt(RcBlock<dyn Fn(*mut NSString)>),
  /// Our own question whether a page may go.
  BeforeUnload,
}

/// Questions that wait for the app's answer.
#[derive(Default)]
pub(super) struct Questions {
  pub(super) policies: RefCell<HashMap<RequestId, RcBlock<dyn Fn(WKNavigationActionPolicy)>>>,
  /// Answers of servers for sub-frames.
  pub(super) responses: RefCell<HashMap<RequestId, RcBlock<dyn Fn(WKNavigationResponsePolicy)>>>,
  pub(super) dialogs: RefCell<HashMap<RequestId, ScriptDialog>>,
  pub(super) permissions: RefCell<HashMap<RequestId, RcBlock<dyn Fn(WKPermissionDecision)>>>,
  /// Navigations of a view that JS has not accepted yet: nothing is loaded before it does.
  pub(super) before_adoption: RefCell<Vec<RcBlock<dyn Fn(WKNavigationActionPolicy)>>>,
}

/// WKWebView's side of a view.
pub(crate) struct Engine {
  pub(super) view: Retained<WKWebView>,
  pub(super) delegate: Retained<Delegate>,
  pub(super) questions: Questions,
  /// The status that the server gave the load that goes on.
  pub(super) status: Cell<u32>,
  /// Where the page wants to go, until the load is told.
  pub(super) wanted: RefCell<Option<String>>,
  pub(super) dev_tools_allowed: Cell<bool>,
  pub(super) dev_tools: Cell<bool>,
}

/// Makes a view in a window.
pub(crate) fn build(
  window: &Window,
  session: &Session,
  options: Option<&WebViewOptions>,
  opener: Option<&WebView>,
) -> Result<(wry::WebView, Engine), String> {
  let store = match opener {
    // SAFETY: the opener's view is alive.
    Some(opener) => unsafe { opener.engine.view.configuration().websiteDataStore() },
    None => session.store().map_or_else(|| make_store(session), Ok)?,
  };
  session.set_store(store.clone());
  // SAFETY: everything here is made on the main thread, and values of settings have the types that the settings want.
  let configuration = unsafe {
    let configuration = WKWebViewConfiguration::new(main_thread());
    configuration.setWebsiteDataStore(&store);
    configuration.setMediaTypesRequiringUserActionForPlayback(WKAudiovisualMediaTypes::None);
    let preferences = configuration.preferences();
    preferences.setJavaScriptCanOpenWindowsAutomatically(true);
    preferences.setElementFullscreenEnabled(true);
    if let Some(size) = options.and_then(|options| options.minimum_font_size) {
      preferences.setMinimumFontSize(f64::from(size));
    }
    if let Some(options) = options {
      configuration.defaultWebpagePreferences().setAllowsContentJavaScript(options.javascript);
      // Names of the engine's own, which have no methods: a page that loads files from its folder is what most apps are.
      let set = |name: &NSString, on: bool| preferences.setValue_forKey(Some(&NSNumber::numberWithBool(on)), name);
      set(ns_string!("allowFileAccessFromFileURLs"), true);
      configuration.setValue_forKey(Some(&NSNumber::numberWithBool(!options.web_security)), ns_string!("allowUniversalAccessFromFileURLs"));
    }
    configuration
  };
  build_with(window, configuration)
}

/// Makes a view of a certain configuration, which for a window that a page opens is the engine's.
pub(super) fn build_with(window: &Window, configuration: Retained<WKWebViewConfiguration>) -> Result<(wry::WebView, Engine), String> {
  let wry = serve_scheme(WebViewBuilder::new())
    .with_webview_configuration(configuration)
    .with_focused(false)
    .with_devtools(true)
    .build_as_child(window.tao())
    .map_err(|error| error.to_string())?;
  let view: Retained<WKWebView> = wry.webview().into_super();
  let delegate = Delegate::new(main_thread());
  // wry's own delegates answer at once, which Electron's apps want to do later.
  // SAFETY: the engine holds its delegates weakly; the view of ours that they belong to keeps them as long as the engine's.
  unsafe {
    view.setNavigationDelegate(Some(ProtocolObject::from_ref(&*delegate)));
    view.setUIDelegate(Some(ProtocolObject::from_ref(&*delegate)));
  }
  let engine = Engine {
    view,
    delegate,
    questions: Questions::default(),
    status: Cell::new(0),
    wanted: RefCell::default(),
    dev_tools_allowed: Cell::new(true),
    dev_tools: Cell::new(false),
  };
  Ok((wry, engine))
}

/// The store of a session. WKWebView keeps stores where it wants to and knows them by an identifier, which is made of the session's folder.
fn make_store(session: &Session) -> Result<Store, String> {
  let main = main_thread();
  let Some(folder) = session.folder() else {
    // SAFETY: called on the main thread.
    return Ok(unsafe { WKWebsiteDataStore::nonPersistentDataStore(main) });
  };
  if !WKWebsiteDataStore::class().metaclass().responds_to(sel!(dataStoreForIdentifier:)) {
    if session.partition().is_empty() {
      // SAFETY: called on the main thread.
      return Ok(unsafe { WKWebsiteDataStore::defaultDataStore(main) });
    }
    return Err("sessions with a store of their own are not possible on darwin before macOS 14".to_owned());
  }
  let half = |salt: u8| {
    let mut hasher = DefaultHasher::new();
    (salt, folder).hash(&mut hasher);
    hasher.finish().to_le_bytes()
  };
  let mut identifier = [0; 16];
  identifier[..8].copy_from_slice(&half(1));
  identifier[8..].copy_from_slice(&half(2));
  // SAFETY: called on the main thread, by a class that knows the method.
  Ok(unsafe { WKWebsiteDataStore::dataStoreForIdentifier(&NSUUID::from_bytes(identifier), main) })
}

/// The address that an object of the system stands for.
pub(super) fn address(url: Option<Retained<NSURL>>) -> String {
  url.and_then(|url| url.absoluteString()).map(|text| text.to_string()).unwrap_or_default()
}

impl WebView {
  /// Puts the view into its window and sets it up.
  pub(crate) fn enter(&self, window: &Window, options: &WebViewOptions) {
    self.engine.dev_tools_allowed.set(options.dev_tools);
    self.with_wry(|wry| {
      // A view that stays in its window is where it belongs.
      let _ = wry.reparent(Retained::as_ptr(&ns_window(window.tao())).cast_mut());
      let _ = wry.set_visible(true);
      let _ = wry.focus();
      if let Some(color) = options.background_color {
        let _ = wry.set_background_color((color.r, color.g, color.b, color.a));
      }
    });
    if self.engine.view.respondsToSelector(sel!(setInspectable:)) {
      // SAFETY: the view is alive, and it knows the method.
      unsafe { self.engine.view.setInspectable(options.dev_tools) };
    }
    if let Some(user_agent) = &options.user_agent {
      let _ = self.set_user_agent(user_agent);
    }
    if options.zoom_factor > 0.0 && options.zoom_factor.is_finite() {
      let _ = self.set_zoom(options.zoom_factor);
    }
  }

  /// The first load of a view that a page opened begins.
  pub(crate) fn adopted(&self) {
    for decide in self.engine.questions.before_adoption.take() {
      decide.call((WKNavigationActionPolicy::Allow,));
    }
  }

  pub(crate) fn place(&self, _window: &Window, bounds: Rect) {
    let position = tao::dpi::LogicalPosition::new(bounds.x, bounds.y).into();
    let size = tao::dpi::LogicalSize::new(bounds.width, bounds.height).into();
    self.with_wry(|wry| {
      let _ = wry.set_bounds(wry::Rect { position, size });
    });
  }

  pub(crate) fn drop_questions(&self) {
    self.remove_lane();
    self.engine.delegate.forget(&self.engine.view);
    let questions = &self.engine.questions;
    for decide in questions.before_adoption.take().into_iter().chain(questions.policies.take().into_values()) {
      decide.call((WKNavigationActionPolicy::Cancel,));
    }
    for decide in questions.responses.take().into_values() {
      decide.call((WKNavigationResponsePolicy::Cancel,));
    }
    for decide in questions.permissions.take().into_values() {
      decide.call((WKPermissionDecision::Deny,));
    }
    for dialog in questions.dialogs.take().into_values() {
      dialog.answer(false, None);
    }
  }
}

impl ScriptDialog {
  /// Gives the page its answer. True for a page that may go.
  pub(super) fn answer(self, accept: bool, text: Option<&str>) -> bool {
    match self {
      Self::Alert(done) => done.call(()),
      Self::Confirm(done) => done.call((Bool::new(accept),)),
      Self::Prompt(done) => {
        let text = accept.then(|| NSString::from_str(text.unwrap_or_default()));
        done.call((text.as_ref().map_or(std::ptr::null_mut(), |text| Retained::as_ptr(text).cast_mut()),));
      }
      Self::BeforeUnload => return accept,
    }
    false
  }
}
