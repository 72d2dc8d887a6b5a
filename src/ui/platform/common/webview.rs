//! A web view: wry's. What wry has no name for is done by the engine's own interface, in the system's folder, which adds to the methods here.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};

use crate::bridge::{PdfOptions, PostBody, Rect, RequestId, UiEnd, UiEvent, WebContentsId, WebViewOptions, WindowId};

use super::super::super::state::Ui;
use super::super::native;
use super::super::net::{NetError, same_target};
use super::lane::ViewLane;
use super::session::Session;
use super::window::{Window, sane};

/// How many loads that never began are remembered.
const MOST_OWN_LOADS: usize = 16;

/// Where a main-frame load stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stage {
  #[default]
  Idle,
  Provisional,
  Committed,
}

/// What is known of the current load.
#[derive(Default)]
pub(crate) struct Load {
  pub(crate) stage: Cell<Stage>,
  /// The app reloads or walks through the history; the engine will ask, and the app is not asked.
  pub(crate) own_step: Cell<bool>,
  /// Addresses of loads that the app asked for or agreed to, and that the engine did not ask about yet.
  own_loads: RefCell<Vec<String>>,
  /// The address of the document that is there.
  pub(crate) document: RefCell<String>,
  /// What JS was last told about loading.
  told_loading: Cell<bool>,
  /// The question whether a redirect may be followed, until it is answered.
  pub(crate) redirect: Cell<Option<RequestId>>,
  /// The address of the load that goes on.
  pub(crate) url: RefCell<String>,
  /// The web process has ended and no load has begun since.
  pub(crate) process_gone: Cell<bool>,
}

impl Load {
  /// Remembers a load that the app asked for.
  pub(crate) fn expect(&self, url: &str) {
    let mut loads = self.own_loads.borrow_mut();
    if loads.len() >= MOST_OWN_LOADS {
      loads.remove(0);
    }
    loads.push(url.to_owned());
  }

  /// Whether the app asked for a load of this address; loads before it were overtaken.
  pub(crate) fn is_own(&self, url: &str) -> bool {
    let mut loads = self.own_loads.borrow_mut();
    let found = loads.iter().position(|asked| same_target(url, asked));
    if let Some(last) = found {
      loads.drain(..=last);
    }
    found.is_some()
  }
}

/// News that lack the id of their view.
type HeldBack = Box<dyn FnOnce(WebContentsId) -> UiEvent>;

/// A web view of the app.
pub(crate) struct WebView {
  /// 0 until JS accepts a view that a page opened.
  id: Cell<WebContentsId>,
  window: Cell<Option<WindowId>>,
  end: UiEnd,
  pub(crate) ui: Weak<Ui>,
  /// wry's side of the view. It goes when the view is destroyed, whoever still holds a pointer.
  wry: RefCell<Option<wry::WebView>>,
  pub(crate) engine: native::Engine,
  /// Keeps the session of the view alive.
  pub(crate) session: Session,
  bounds: Cell<Option<Rect>>,
  pub(crate) load: Load,
  /// The view's end of the lane, once JS has given it the scripts.
  pub(super) lane: OnceCell<ViewLane>,
  /// A window that the page may open next, and the number of the question about it.
  expected_window: RefCell<Option<(RequestId, String)>>,
  /// Events of a proposed view, told once it has an id.
  held_back: RefCell<Vec<HeldBack>>,
  gone: Cell<bool>,
  me: Weak<WebView>,
}

impl WebView {
  /// Makes a view in a window.
  pub(crate) fn create(
    ui: &Rc<Ui>,
    id: WebContentsId,
    window: &Window,
    options: &WebViewOptions,
    opener: Option<&WebView>,
  ) -> Result<Rc<Self>, String> {
    let session = match opener {
      Some(opener) => opener.session.clone(),
      None => ui.sessions.get(&options.partition, &options.data_directory),
    };
    let made = native::build(window, &session, Some(options), opener)?;
    let this = Self::assemble(ui, made, session);
    this.adopt(id, window, options);
    Ok(this)
  }

  /// Puts a view together out of what the engine made.
  pub(crate) fn assemble(ui: &Rc<Ui>, (wry, engine): (wry::WebView, native::Engine), session: Session) -> Rc<Self> {
    let this = Rc::new_cyclic(|me| Self {
      id: Cell::new(0),
      window: Cell::new(None),
      end: ui.end.clone(),
      ui: Rc::downgrade(ui),
      wry: RefCell::new(Some(wry)),
      engine,
      session,
      bounds: Cell::new(None),
      load: Load::default(),
      lane: OnceCell::new(),
      expected_window: RefCell::default(),
      held_back: RefCell::default(),
      gone: Cell::new(false),
      me: me.clone(),
    });
    this.connect();
    this
  }

  /// Gives the view its id, its window and its settings, and tells what happened before.
  pub(crate) fn adopt(&self, id: WebContentsId, window: &Window, options: &WebViewOptions) {
    self.id.set(id);
    self.window.set(Some(window.id()));
    self.enter(window, options);
    if let (Some(ui), Some(scripts)) = (self.ui.upgrade(), &options.lane) {
      self.open_lane(&ui, scripts);
    }
    self.fill(window);
    for event in self.held_back.take() {
      self.end.emit(event(id));
    }
    self.adopted();
  }

  /// Gives the view its place in the window.
  pub(crate) fn fill(&self, window: &Window) {
    let bounds = self.bounds.get().unwrap_or_else(|| {
      let size = window.content_size();
      Rect { x: 0, y: 0, width: size.width.ceil() as i32, height: size.height.ceil() as i32 }
    });
    self.place(window, bounds);
  }

  pub(crate) fn id(&self) -> WebContentsId {
    self.id.get()
  }

  pub(crate) fn window(&self) -> Option<WindowId> {
    self.window.get()
  }

  /// The window that holds the view, while both are there.
  pub(crate) fn holder(&self) -> Option<Rc<Window>> {
    self.ui.upgrade().and_then(|ui| ui.windows.get(self.window.get()?))
  }

  /// Calls a function with wry's side of the view, as long as it is there.
  #[cfg_attr(target_os = "windows", expect(dead_code, reason = "WebView2's own interface does all of it"))]
  pub(crate) fn with_wry<T>(&self, call: impl FnOnce(&wry::WebView) -> T) -> Option<T> {
    self.wry.borrow().as_ref().map(call)
  }

  pub(crate) fn weak(&self) -> Weak<WebView> {
    self.me.clone()
  }

  pub(crate) fn next_request(&self) -> Option<RequestId> {
    self.ui.upgrade().map(|ui| ui.next_request())
  }

  /// The app agrees to a window before the page opens it. The page does nothing else meanwhile, so the next window is that one.
  /// Answers the request of a consent that was never used.
  pub(crate) fn expect_window(&self, request: RequestId, url: String) -> Option<RequestId> {
    self.expected_window.replace(Some((request, url))).map(|(unused, _)| unused)
  }

  pub(crate) fn forget_window(&self, request: RequestId) -> bool {
    self.expected_window.borrow_mut().take_if(|(number, _)| *number == request).is_some()
  }

  /// A consent is good for one window, and for no other address than it was given for.
  pub(crate) fn take_expected(&self, url: &str) -> Option<RequestId> {
    let (request, expected) = self.expected_window.take()?;
    let url = if url.is_empty() { "about:blank" } else { url };
    // A page may have asked that its requests go over TLS.
    let upgraded = expected.strip_prefix("http://").is_some_and(|rest| url.strip_prefix("https://") == Some(rest));
    (same_target(url, &expected) || upgraded).then_some(request)
  }

  /// Tells JS, or keeps the news until JS knows the view.
  pub(crate) fn tell(&self, event: impl FnOnce(WebContentsId) -> UiEvent + 'static) {
    if self.gone.get() {
      return;
    }
    match self.id.get() {
      0 => self.held_back.borrow_mut().push(Box::new(event)),
      id => self.end.emit(event(id)),
    }
  }

  pub(crate) fn tell_failure(&self, url: &str, error: NetError, provisional: bool) {
    let url = url.to_owned();
    self.tell(move |web_contents| UiEvent::LoadFailed {
      web_contents,
      url,
      code: error.code,
      description: error.name.to_owned(),
      provisional,
    });
  }

  pub(crate) fn tell_loading(&self, loading: bool) {
    if self.load.told_loading.replace(loading) != loading {
      self.tell(move |web_contents| UiEvent::LoadingChanged { web_contents, loading });
    }
  }

  /// A load of the main frame began.
  pub(crate) fn load_started(&self, url: String) {
    self.load.stage.set(Stage::Provisional);
    self.load.process_gone.set(false);
    self.load.redirect.set(None);
    self.load.url.replace(url.clone());
    self.tell_loading(true);
    self.tell(|web_contents| UiEvent::LoadStarted { web_contents, url });
  }

  pub(crate) fn load_redirected(&self, url: String) {
    let Some(request) = self.next_request() else { return };
    self.load.url.replace(url.clone());
    self.load.redirect.set(Some(request));
    self.tell(move |web_contents| UiEvent::LoadRedirected { web_contents, request, url });
  }

  pub(crate) fn load_committed(&self, url: String, status: u32, status_text: String) {
    self.load.stage.set(Stage::Committed);
    self.load.redirect.set(None);
    self.load.url.replace(url.clone());
    self.load.document.replace(url.clone());
    self.tell(move |web_contents| UiEvent::LoadCommitted { web_contents, url, status, status_text });
  }

  pub(crate) fn load_finished(&self) {
    self.load.stage.set(Stage::Idle);
    let url = self.load.url.borrow().clone();
    self.tell(|web_contents| UiEvent::LoadFinished { web_contents, url });
    self.tell_loading(false);
  }

  pub(crate) fn load_failed(&self, url: &str, error: NetError) {
    let provisional = self.load.stage.replace(Stage::Idle) != Stage::Committed;
    self.load.redirect.set(None);
    let document = self.load.document.borrow().clone();
    self.load.url.replace(document);
    self.tell_failure(url, error, provisional);
    self.tell_loading(false);
  }

  pub(crate) fn moved_in_page(&self, url: String) {
    self.load.url.replace(url.clone());
    self.load.document.replace(url.clone());
    self.tell(|web_contents| UiEvent::NavigatedInPage { web_contents, url });
  }

  pub(crate) fn set_bounds(&self, bounds: Option<Rect>) -> Result<(), String> {
    self.bounds.set(bounds.map(sane));
    if let Some(window) = self.holder() {
      self.fill(&window);
    }
    Ok(())
  }

  pub(crate) fn destroy(&self) {
    self.gone.set(true);
    // Whoever waits in the page goes with it, but the engine's objects want an answer.
    self.drop_questions();
    self.close_lane();
    let wry = self.wry.take();
    drop(wry);
  }
}

/// What only Linux has yet.
impl WebView {
  pub(crate) fn post(&self, _url: &str, _user_agent: Option<&str>, _body: &PostBody) -> Result<(), String> {
    Err(not_done("loadURL with postData"))
  }

  pub(crate) fn load_html(&self, _url: &str, _user_agent: Option<&str>, _html: &str, _base_url: &str) -> Result<(), String> {
    Err(not_done("loadURL with baseURLForDataURL"))
  }

  pub(crate) fn watch_keys(&self, _on: bool) -> Result<(), String> {
    Err(not_done("on('before-input-event')"))
  }

  pub(crate) fn answer_key(&self, _request: RequestId, _allow: bool) -> Result<(), String> {
    Err(not_done("on('before-input-event')"))
  }

  pub(crate) fn find(&self, _request: RequestId, _text: &str, _begin: bool, _forward: bool, _match_case: bool) -> Result<(), String> {
    Err(not_done("findInPage"))
  }

  pub(crate) fn stop_find(&self) -> Result<(), String> {
    Err(not_done("stopFindInPage"))
  }

  pub(crate) fn save_page(&self, _path: &str, _whole: bool, answer: impl FnOnce(Result<(), String>) + 'static) {
    answer(Err(not_done("savePage")));
  }

  pub(crate) fn print_to_pdf(&self, _path: &std::path::Path, _options: &PdfOptions, answer: impl FnOnce(Result<(), String>) + 'static) {
    answer(Err(not_done("printToPDF")));
  }
}

fn not_done(method: &str) -> String {
  format!("webContents.{method} is not implemented on {} yet", if cfg!(windows) { "win32" } else { "darwin" })
}
