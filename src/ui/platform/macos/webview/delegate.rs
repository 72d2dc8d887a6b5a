//! The object that WKWebView asks and tells: its navigation delegate, its delegate for what belongs to a window, and the observer of its properties.

use std::cell::RefCell;
use std::ffi::c_void;
use std::rc::{Rc, Weak};

use block2::DynBlock;
use objc2::rc::Retained;
use objc2::runtime::{AnyObject, Bool, NSObject, NSObjectProtocol};
use objc2::{DefinedClass, MainThreadMarker, MainThreadOnly, define_class, msg_send};
use objc2_app_kit::{NSModalResponseOK, NSOpenPanel};
use objc2_foundation::{
  NSArray, NSDictionary, NSError, NSKeyValueChangeKey, NSKeyValueObservingOptions, NSObjectNSKeyValueObserverRegistration, NSString, NSURL,
  ns_string,
};
use objc2_web_kit::{
  WKFrameInfo, WKMediaCaptureType, WKNavigation, WKNavigationAction, WKNavigationActionPolicy, WKNavigationDelegate, WKNavigationResponse,
  WKNavigationResponsePolicy, WKOpenPanelParameters, WKPermissionDecision, WKScriptMessage, WKScriptMessageHandler, WKSecurityOrigin,
  WKUIDelegate, WKUserContentController, WKWebView, WKWebViewConfiguration, WKWindowFeatures,
};

use super::super::super::common::WebView;
use super::super::desktop::outside_of_loop;

/// What the delegate belongs to.
#[derive(Default)]
pub(crate) struct Owner {
  view: RefCell<Weak<WebView>>,
}

define_class!(
  // SAFETY: the superclass has no rules for its subclasses, and the class does not implement `Drop`.
  #[unsafe(super(NSObject))]
  #[name = "ShellWebViewDelegate"]
  #[thread_kind = MainThreadOnly]
  #[ivars = Owner]
  pub(crate) struct Delegate;

  // SAFETY: the protocol has no rules.
  unsafe impl NSObjectProtocol for Delegate {}

  impl Delegate {
    #[unsafe(method(observeValueForKeyPath:ofObject:change:context:))]
    fn property_changed(
      &self,
      name: Option<&NSString>,
      _object: Option<&AnyObject>,
      _change: Option<&NSDictionary<NSKeyValueChangeKey, AnyObject>>,
      _context: *mut c_void,
    ) {
      if let (Some(view), Some(name)) = (self.view(), name) {
        view.property_changed(&name.to_string());
      }
    }
  }

  // SAFETY: the method has the type that the protocol gives.
  unsafe impl WKScriptMessageHandler for Delegate {
    #[unsafe(method(userContentController:didReceiveScriptMessage:))]
    fn message(&self, _: &WKUserContentController, message: &WKScriptMessage) {
      // SAFETY: the message is alive for the call.
      let (body, frame, sender) = unsafe { (message.body(), message.frameInfo(), message.webView()) };
      // Windows that a page opens send by the handler of their opener.
      let view = self.view().and_then(|own| own.ui.upgrade()?.web_views.all().into_iter().find(|view| Some(&view.engine.view) == sender.as_ref()));
      if let (Some(view), Ok(text)) = (view, body.downcast::<NSString>()) {
        view.message_from_page(&text.to_string(), frame);
      }
    }
  }

  // SAFETY: the methods have the types that the protocol gives.
  unsafe impl WKNavigationDelegate for Delegate {
    #[unsafe(method(webView:decidePolicyForNavigationAction:decisionHandler:))]
    fn decide_action(&self, _: &WKWebView, action: &WKNavigationAction, decide: &DynBlock<dyn Fn(WKNavigationActionPolicy)>) {
      match self.view() {
        Some(view) => view.decide_action(action, decide),
        None => decide.call((WKNavigationActionPolicy::Cancel,)),
      }
    }

    #[unsafe(method(webView:decidePolicyForNavigationResponse:decisionHandler:))]
    fn decide_response(&self, _: &WKWebView, response: &WKNavigationResponse, decide: &DynBlock<dyn Fn(WKNavigationResponsePolicy)>) {
      match self.view() {
        Some(view) => view.decide_response(response, decide),
        None => decide.call((WKNavigationResponsePolicy::Cancel,)),
      }
    }

    #[unsafe(method(webView:didStartProvisionalNavigation:))]
    fn started(&self, _: &WKWebView, _: Option<&WKNavigation>) {
      if let Some(view) = self.view() {
        view.navigation_started();
      }
    }

    #[unsafe(method(webView:didReceiveServerRedirectForProvisionalNavigation:))]
    fn redirected(&self, _: &WKWebView, _: Option<&WKNavigation>) {
      if let Some(view) = self.view() {
        view.load_redirected(view.address());
      }
    }

    #[unsafe(method(webView:didCommitNavigation:))]
    fn committed(&self, _: &WKWebView, _: Option<&WKNavigation>) {
      if let Some(view) = self.view() {
        view.navigation_committed();
      }
    }

    #[unsafe(method(webView:didFinishNavigation:))]
    fn finished(&self, _: &WKWebView, _: Option<&WKNavigation>) {
      if let Some(view) = self.view() {
        view.load_finished();
      }
    }

    #[unsafe(method(webView:didFailProvisionalNavigation:withError:))]
    fn failed_before(&self, _: &WKWebView, _: Option<&WKNavigation>, error: &NSError) {
      if let Some(view) = self.view() {
        view.navigation_failed(error);
      }
    }

    #[unsafe(method(webView:didFailNavigation:withError:))]
    fn failed(&self, _: &WKWebView, _: Option<&WKNavigation>, error: &NSError) {
      if let Some(view) = self.view() {
        view.navigation_failed(error);
      }
    }

    #[unsafe(method(webViewWebContentProcessDidTerminate:))]
    fn process_ended(&self, _: &WKWebView) {
      if let Some(view) = self.view() {
        view.process_ended();
      }
    }
  }

  // SAFETY: the methods have the types that the protocol gives.
  unsafe impl WKUIDelegate for Delegate {
    #[unsafe(method_id(webView:createWebViewWithConfiguration:forNavigationAction:windowFeatures:))]
    fn create(
      &self,
      _: &WKWebView,
      configuration: &WKWebViewConfiguration,
      action: &WKNavigationAction,
      features: &WKWindowFeatures,
    ) -> Option<Retained<WKWebView>> {
      self.view().and_then(|view| view.propose_window(configuration, action, features))
    }

    #[unsafe(method(webViewDidClose:))]
    fn closed(&self, _: &WKWebView) {
      if let Some(view) = self.view() {
        view.close_asked();
      }
    }

    #[unsafe(method(webView:runJavaScriptAlertPanelWithMessage:initiatedByFrame:completionHandler:))]
    fn alert(&self, _: &WKWebView, message: &NSString, _: &WKFrameInfo, done: &DynBlock<dyn Fn()>) {
      match self.view() {
        Some(view) => view.alert_asked(message, done),
        None => done.call(()),
      }
    }

    #[unsafe(method(webView:runJavaScriptConfirmPanelWithMessage:initiatedByFrame:completionHandler:))]
    fn confirm(&self, _: &WKWebView, message: &NSString, _: &WKFrameInfo, done: &DynBlock<dyn Fn(Bool)>) {
      match self.view() {
        Some(view) => view.confirm_asked(message, done),
        None => done.call((Bool::NO,)),
      }
    }

    #[unsafe(method(webView:runJavaScriptTextInputPanelWithPrompt:defaultText:initiatedByFrame:completionHandler:))]
    fn prompt(
      &self,
      _: &WKWebView,
      message: &NSString,
      default_text: Option<&NSString>,
      _: &WKFrameInfo,
      done: &DynBlock<dyn Fn(*mut NSString)>,
    ) {
      match self.view() {
        Some(view) => view.prompt_asked(message, default_text, done),
        None => done.call((std::ptr::null_mut(),)),
      }
    }

    #[unsafe(method(webView:requestMediaCapturePermissionForOrigin:initiatedByFrame:type:decisionHandler:))]
    fn media_asked(
      &self,
      _: &WKWebView,
      origin: &WKSecurityOrigin,
      _: &WKFrameInfo,
      _: WKMediaCaptureType,
      decide: &DynBlock<dyn Fn(WKPermissionDecision)>,
    ) {
      match self.view() {
        Some(view) => view.permission_asked("media", origin, decide),
        None => decide.call((WKPermissionDecision::Deny,)),
      }
    }

    #[unsafe(method(webView:runOpenPanelWithParameters:initiatedByFrame:completionHandler:))]
    fn files_asked(&self, _: &WKWebView, wanted: &WKOpenPanelParameters, _: &WKFrameInfo, done: &DynBlock<dyn Fn(*mut NSArray<NSURL>)>) {
      let panel = NSOpenPanel::openPanel(self.mtm());
      panel.setCanChooseFiles(true);
      // SAFETY: the parameters are alive for the call.
      unsafe {
        panel.setAllowsMultipleSelection(wanted.allowsMultipleSelection());
        panel.setCanChooseDirectories(wanted.allowsDirectories());
      }
      let done = done.copy();
      // The panel stays in its call until it is answered, which must not be inside of the event loop's callback.
      outside_of_loop(move || {
        let chosen = (panel.runModal() == NSModalResponseOK).then(|| panel.URLs());
        done.call((chosen.as_ref().map_or(std::ptr::null_mut(), |urls| Retained::as_ptr(urls).cast_mut()),));
      });
    }
  }
);

impl Delegate {
  pub(crate) fn new(main: MainThreadMarker) -> Retained<Self> {
    let this = Self::alloc(main).set_ivars(Owner::default());
    // SAFETY: `init` of the superclass takes nothing and gives the object.
    unsafe { msg_send![super(this), init] }
  }

  fn view(&self) -> Option<Rc<WebView>> {
    self.ivars().view.borrow().upgrade()
  }

  /// Begins to serve a view.
  pub(crate) fn serve(&self, view: &WebView, engine: &WKWebView) {
    self.ivars().view.replace(view.weak());
    for name in [ns_string!("title"), ns_string!("URL")] {
      // SAFETY: the view is alive and has these properties; the observer is taken away before it goes.
      unsafe { engine.addObserver_forKeyPath_options_context(self, name, NSKeyValueObservingOptions::New, std::ptr::null_mut()) };
    }
  }

  /// Ends it.
  pub(crate) fn forget(&self, engine: &WKWebView) {
    if self.ivars().view.take().strong_count() == 0 {
      return;
    }
    for name in [ns_string!("title"), ns_string!("URL")] {
      // SAFETY: the observer was added once, when it began to serve the view, and the view is alive.
      unsafe { engine.removeObserver_forKeyPath(self, name) };
    }
  }
}
