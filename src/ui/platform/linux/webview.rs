//! A web view: WebKitGTK's, in a box of its own so that it can move between windows.

mod history;
mod loading;
mod output;
mod page;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::path::Path;
use std::rc::{Rc, Weak};

use gtk::gio;
use gtk::glib;
use gtk::prelude::*;
use webkit2gtk::{
  AutoplayPolicy, PermissionRequestExt, ScriptDialogType, SettingsExt, UserContentManager, UserMessage, UserStyleSheet, WebViewExt,
  WebsitePolicies,
};

use crate::bridge::{LaneSocket, Rect, RequestId, UiEnd, UiEvent, WebContentsId, WebViewOptions, WindowId};

use super::super::super::state::Ui;
use super::inspector::Inspector;
use super::net_error;
use super::portable::ViewLane;
use super::session::Session;
use super::window::Window;

/// How many loads that never began are remembered.
const MOST_OWN_LOADS: usize = 16;

/// Where a main-frame load stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
  #[default]
  Idle,
  /// The app asked for a load that the engine has not begun.
  Asked,
  Provisional,
  Committed,
}

/// A load with a body. When it fails the engine says that it was stopped, keeps the reason to itself, and would send the body once more,
/// which may have reached the server.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum OwnPost {
  #[default]
  None,
  Sent,
  Failed,
}

/// What is known of the current load.
#[derive(Default)]
pub(super) struct Load {
  pub(super) stage: Cell<Stage>,
  /// The app reloads or walks through the history; the engine will ask, and the app is not asked.
  pub(super) own_step: Cell<bool>,
  /// The app loads something with a body.
  pub(super) own_post: Cell<OwnPost>,
  pub(super) post_url: RefCell<String>,
  /// Addresses of loads that the app asked for and the engine did not ask about yet. A load that another one overtakes may never be.
  pub(super) own_loads: RefCell<Vec<String>>,
  /// The address of the document that is there.
  pub(super) document: RefCell<String>,
  /// What JS was last told about loading.
  pub(super) told_loading: Cell<bool>,
  pub(super) failed: Cell<bool>,
  /// The address of a load that has ended and is not told yet.
  pub(super) finished: RefCell<Option<String>>,
  /// The web process has ended and no load has begun since.
  pub(super) process_gone: Cell<bool>,
  /// The main frame's current load is the app's own, or the app agreed to it.
  pub(super) approved: Cell<bool>,
  /// The question whether a redirect may be followed, until it is answered.
  pub(super) redirect: Cell<Option<RequestId>>,
  /// Where the page wants to go. The view's address changes only when it is there.
  pub(super) wanted: RefCell<Option<String>>,
  /// Addresses of loads that may be sub-frames' and have no answer yet.
  pub(super) frame_loads: RefCell<Vec<String>>,
  /// A change of the address that no load explains yet.
  pub(super) moved_to: RefCell<Option<String>>,
  /// The address of the document or of the load that goes on.
  pub(super) url: RefCell<String>,
  /// A document out of an archive takes the place of the load that has just failed; to the app both are one.
  pub(super) archived: Cell<bool>,
}

/// Questions that wait for the app's answer.
#[derive(Default)]
pub(super) struct Questions {
  pub(super) policies: RefCell<HashMap<RequestId, webkit2gtk::PolicyDecision>>,
  pub(super) dialogs: RefCell<HashMap<RequestId, webkit2gtk::ScriptDialog>>,
  pub(super) permissions: RefCell<HashMap<RequestId, webkit2gtk::PermissionRequest>>,
  /// The target of the link or form that opens a window.
  pub(super) target_name: RefCell<Option<String>>,
  /// The address of a window that the app has agreed to and that the page opens next.
  pub(super) expected_window: RefCell<Option<(RequestId, String)>>,
  /// Navigations of a view that JS has not accepted yet: nothing is loaded before it does.
  pub(super) before_adoption: RefCell<Vec<webkit2gtk::PolicyDecision>>,
}

/// News that lack the id of their view.
type HeldBack = Box<dyn FnOnce(WebContentsId) -> UiEvent>;

/// A web view of the app.
pub(crate) struct WebView {
  /// 0 until JS accepts a view that a page opened.
  id: Cell<WebContentsId>,
  window: Cell<Option<WindowId>>,
  pub(super) end: UiEnd,
  pub(super) ui: Weak<Ui>,
  pub(super) view: webkit2gtk::WebView,
  /// Keeps the session of the view alive.
  session: Session,
  place: gtk::Box,
  bounds: Cell<Option<Rect>>,
  pub(super) load: Load,
  pub(super) questions: Questions,
  pub(super) inspector: Inspector,
  searches: output::Searches,
  /// Events of a proposed view, told once it has an id.
  held_back: RefCell<Vec<HeldBack>>,
  process_id: Cell<u32>,
  connections: Cell<u32>,
  styles: RefCell<HashMap<String, UserStyleSheet>>,
  gone: Cell<bool>,
  pub(super) hovered: RefCell<String>,
  /// The app hears of keys before the page.
  pub(super) key_watch: Cell<bool>,
  /// An input method is at work.
  pub(super) composing: Cell<bool>,
  /// The portable lane, if the view has it.
  pub(super) lane: OnceCell<ViewLane>,
  pub(super) lane_refused: Cell<bool>,
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
    let this = match opener {
      Some(opener) => Self::related(ui, opener),
      None => {
        let session = ui.sessions.get(&options.partition, &options.data_directory, ui.config.web_extensions.as_deref());
        match Self::take_spare(ui, &session) {
          Some(view) => view,
          None => {
            session.keep_cookies();
            Self::build(ui, &session)
          }
        }
      }
    };
    this.adopt(id, window, options);
    Ok(this)
  }

  /// Makes a view of a session, without a window yet.
  fn build(ui: &Rc<Ui>, session: &Session) -> Rc<Self> {
    Self::assemble(ui, engine_view(ui, "web-context", session.context()), session.clone())
  }

  /// Makes a view in the process and session of another one, as `window.opener` needs.
  fn related(ui: &Rc<Ui>, opener: &WebView) -> Rc<Self> {
    Self::assemble(ui, engine_view(ui, "related-view", &opener.view), opener.session.clone())
  }

  /// Makes a view of the default session in `folder` before anybody wants one, and starts its web process, which else begins with the first
  /// load.
  pub(super) fn spare(ui: &Rc<Ui>, folder: &Path) -> Rc<Self> {
    let session = ui.sessions.get("", &folder.to_string_lossy(), ui.config.web_extensions.as_deref());
    let view = Self::build(ui, &session);
    // The engine starts the process for a message as for a load, but there is no document, no entry in the history and no event. Nobody takes the message,
    // and a script in its place would have window objects made that the first page does not use.
    view.view.send_message_to_page(&UserMessage::new("shell-spare", None), gio::Cancellable::NONE, |_| {});
    session.keep_cookies();
    view
  }

  /// The spare view, if it is of this session. One of another session is of no use to the app any more.
  fn take_spare(ui: &Rc<Ui>, session: &Session) -> Option<Rc<Self>> {
    let spare = ui.spare_view.take()?;
    // Its process may have ended meanwhile.
    if spare.session.is(session) && !spare.load.process_gone.get() {
      return Some(spare);
    }
    spare.destroy();
    drop(spare);
    ui.sessions.forget_unused();
    None
  }

  /// Makes the view that a page opened, without a place yet: the engine wants it before anybody can be asked.
  pub(super) fn propose(ui: &Rc<Ui>, opener: &WebView) -> Result<Rc<Self>, String> {
    let this = Self::related(ui, opener);
    this.open_lane_of(ui, opener);
    // To open the window is to agree to its first load.
    this.load.approved.set(true);
    Ok(this)
  }

  fn assemble(ui: &Rc<Ui>, view: webkit2gtk::WebView, session: Session) -> Rc<Self> {
    let place = gtk::Box::new(gtk::Orientation::Vertical, 0);
    place.pack_start(&view, true, true, 0);
    let this = Rc::new_cyclic(|me| Self {
      id: Cell::new(0),
      window: Cell::new(None),
      end: ui.end.clone(),
      ui: Rc::downgrade(ui),
      inspector: Inspector::new(&view),
      searches: output::Searches::default(),
      view,
      session,
      place,
      bounds: Cell::new(None),
      load: Load::default(),
      questions: Questions::default(),
      held_back: RefCell::default(),
      process_id: Cell::new(0),
      connections: Cell::new(0),
      styles: RefCell::default(),
      gone: Cell::new(false),
      hovered: RefCell::default(),
      key_watch: Cell::new(false),
      composing: Cell::new(false),
      lane: OnceCell::new(),
      lane_refused: Cell::new(false),
      me: me.clone(),
    });
    this.connect();
    if let Some(context) = this.view.context() {
      super::archives::serve(ui, &context);
    }
    this
  }

  /// Gives the view its id, its window and its settings, and tells what happened before.
  pub(crate) fn adopt(&self, id: WebContentsId, window: &Window, options: &WebViewOptions) {
    self.id.set(id);
    self.window.set(Some(window.id()));
    self.apply(options);
    if let (Some(ui), Some(scripts)) = (self.ui.upgrade(), &options.lane) {
      self.accept_portable_lane(&ui, scripts);
    }
    window.content().add_overlay(&self.place);
    self.place.show_all();
    self.fill_soon();
    self.view.grab_focus();
    for event in self.held_back.take() {
      self.end.emit(event(id));
    }
    for decision in self.questions.before_adoption.take() {
      webkit2gtk::PolicyDecisionExt::use_(&decision);
    }
  }

  fn apply(&self, options: &WebViewOptions) {
    if let Some(settings) = WebViewExt::settings(&self.view) {
      settings.set_enable_javascript(options.javascript);
      settings.set_enable_developer_extras(options.dev_tools);
      settings.set_auto_load_images(options.images);
      if !options.hardware_acceleration {
        settings.set_hardware_acceleration_policy(webkit2gtk::HardwareAccelerationPolicy::Never);
      }
      settings.set_allow_universal_access_from_file_urls(!options.web_security);
      if !options.web_security {
        settings.set_disable_web_security(true);
      }
      if let Some(user_agent) = &options.user_agent
        && let Err(error) = self.set_user_agent(user_agent)
      {
        glib::g_warning!("shell", "{error}");
      }
      if let Some(size) = options.default_font_size {
        settings.set_default_font_size(size);
      }
      if let Some(size) = options.minimum_font_size {
        settings.set_minimum_font_size(size);
      }
    }
    if options.zoom_factor > 0.0 && options.zoom_factor.is_finite() {
      self.view.set_zoom_level(options.zoom_factor);
    }
    if let Some(color) = options.background_color {
      let _ = self.set_background(color);
    }
  }

  /// Gives the view its size once the commands of this turn are carried out. Most often a load is among them, and the web process would first make
  /// a surface of that size and then turn to the page.
  fn fill_soon(&self) {
    let view = self.me.clone();
    glib::source::idle_add_local_full(glib::Priority::HIGH, move || {
      if let Some(view) = view.upgrade()
        && let Some(window) = view.holder()
      {
        view.fill(&window);
      }
      glib::ControlFlow::Break
    });
  }

  /// A view in a window that was never shown has no size, and its page would be laid out for none.
  pub(crate) fn fill(&self, window: &Window) {
    if window.gtk().is_visible() {
      return;
    }
    let (width, height) = window.content_size();
    let (width, height) = self.bounds.get().map_or((width, height), |bounds| (bounds.width, bounds.height));
    self.view.size_allocate(&gtk::Allocation::new(0, 0, width.max(1), height.max(1)));
  }

  pub(crate) fn id(&self) -> WebContentsId {
    self.id.get()
  }

  pub(crate) fn window(&self) -> Option<WindowId> {
    self.window.get()
  }

  /// Tells JS, or keeps the news until JS knows the view.
  pub(super) fn tell(&self, event: impl FnOnce(WebContentsId) -> UiEvent + 'static) {
    if self.gone.get() {
      return;
    }
    match self.id.get() {
      0 => self.held_back.borrow_mut().push(Box::new(event)),
      id => self.end.emit(event(id)),
    }
  }

  /// A page opened its native lane.
  pub(super) fn open_lane(&self, socket: LaneSocket) {
    self.process_id.set(peer_process(&socket));
    let connection = self.ui.upgrade().map_or(0, |ui| ui.next_request());
    self.connections.set(connection);
    self.tell(move |web_contents| UiEvent::LaneOpened { web_contents, connection, socket: Some(socket) });
  }

  pub(crate) fn destroy(&self) {
    self.gone.set(true);
    if let Some(window) = self.holder() {
      window.forget_keys(self.id());
    }
    // Whoever waits in the page goes with it, but the engine's objects want an answer.
    for decision in self.questions.before_adoption.take() {
      webkit2gtk::PolicyDecisionExt::ignore(&decision);
    }
    for (_, decision) in self.questions.policies.take() {
      webkit2gtk::PolicyDecisionExt::ignore(&decision);
    }
    for (_, dialog) in self.questions.dialogs.take() {
      dialog.close();
    }
    for (_, request) in self.questions.permissions.take() {
      request.deny();
    }
    self.close_portable_lane();
    self.inspector.close();
    if let Some(parent) = self.place.parent().and_then(|parent| parent.downcast::<gtk::Container>().ok()) {
      parent.remove(&self.place);
    }
    // SAFETY: nothing uses the widget after this; the other pointers to it are dropped with `self`.
    unsafe { self.view.destroy() }
  }

  /// Lets the page's `beforeunload` decide. The engine runs it only for pages that the user has touched, which Electron's do not need:
  /// a script of the host counts as a touch.
  pub(crate) fn try_close(&self) -> Result<(), String> {
    if self.load.process_gone.get() {
      // Nobody is left to ask.
      self.tell(|web_contents| UiEvent::PageCloseAsked { web_contents });
      return Ok(());
    }
    let view = self.view.clone();
    self.view.evaluate_javascript("0", None, None, None::<&gio::Cancellable>, move |_| view.try_close());
    Ok(())
  }

  pub(crate) fn set_bounds(&self, bounds: Option<Rect>) -> Result<(), String> {
    let bounds = bounds.map(super::window::sane);
    self.bounds.set(bounds);
    match bounds {
      Some(bounds) => {
        self.place.set_halign(gtk::Align::Start);
        self.place.set_valign(gtk::Align::Start);
        self.place.set_margin_start(bounds.x.max(0));
        self.place.set_margin_top(bounds.y.max(0));
        self.place.set_size_request(bounds.width.max(1), bounds.height.max(1));
      }
      None => {
        self.place.set_halign(gtk::Align::Fill);
        self.place.set_valign(gtk::Align::Fill);
        self.place.set_margin_start(0);
        self.place.set_margin_top(0);
        self.place.set_size_request(-1, -1);
      }
    }
    if let Some(ui) = self.ui.upgrade()
      && let Some(window) = self.window.get().and_then(|window| ui.windows.get(window))
    {
      self.fill(&window);
    }
    Ok(())
  }

  pub(crate) fn answer_dialog(&self, request: RequestId, accept: bool, text: Option<&str>) -> Result<(), String> {
    let dialog = self.questions.dialogs.borrow_mut().remove(&request).ok_or_else(|| format!("there is no script dialog {request}"))?;
    match dialog.dialog_type() {
      ScriptDialogType::Confirm | ScriptDialogType::BeforeUnloadConfirm => dialog.confirm_set_confirmed(accept),
      ScriptDialogType::Prompt if accept => dialog.prompt_set_text(&text.unwrap_or_default().replace('\0', "")),
      _ => {}
    }
    dialog.close();
    Ok(())
  }

  pub(crate) fn answer_permission(&self, request: RequestId, allow: bool) -> Result<(), String> {
    let asked = self.questions.permissions.borrow_mut().remove(&request);
    let asked = asked.ok_or_else(|| format!("there is no permission question {request}"))?;
    if allow {
      asked.allow()
    } else {
      asked.deny()
    }
    Ok(())
  }

  pub(super) fn tell_failure(&self, url: &str, error: net_error::NetError, provisional: bool) {
    let url = url.to_owned();
    self.tell(move |web_contents| UiEvent::LoadFailed {
      web_contents,
      url,
      code: error.code,
      description: error.name.to_owned(),
      provisional,
    });
  }

  pub(super) fn holder(&self) -> Option<Rc<Window>> {
    self.ui.upgrade().and_then(|ui| self.window.get().and_then(|window| ui.windows.get(window)))
  }

  pub(super) fn weak(&self) -> Weak<WebView> {
    self.me.clone()
  }
}

/// A view of what the property `of` names. Pages may play sounds unasked, as Electron's may.
fn engine_view(ui: &Ui, of: &str, base: &impl IsA<glib::Object>) -> webkit2gtk::WebView {
  let policies = WebsitePolicies::builder().autoplay(AutoplayPolicy::Allow).build();
  glib::Object::builder()
    .property("settings", common_settings(ui))
    .property("user-content-manager", UserContentManager::new())
    .property("website-policies", policies)
    .property(of, base.upcast_ref::<glib::Object>())
    .build()
}

/// Settings that all views share, and what most apps choose of the others: each that is changed later is told to a web process that runs already.
fn common_settings(ui: &Ui) -> webkit2gtk::Settings {
  let settings = webkit2gtk::Settings::new();
  settings.set_enable_developer_extras(true);
  settings.set_enable_webgl(true);
  settings.set_enable_webaudio(true);
  settings.set_enable_media_stream(true);
  settings.set_enable_smooth_scrolling(true);
  // Electron's pages may open windows and use the clipboard; apps decide about both in main.
  settings.set_javascript_can_open_windows_automatically(true);
  settings.set_javascript_can_access_clipboard(true);
  settings.set_enable_back_forward_navigation_gestures(false);
  // The lane's extension reads there what its own news of console messages lacks.
  settings.set_enable_write_console_messages_to_stdout(ui.config.web_extensions.is_some());
  // A page that comes back from the cache has no new document for the lane, and Electron's pages are always loaded anew.
  settings.set_enable_page_cache(false);
  // A page that loads files from its folder is what most apps are. WebKit takes each file for an origin of its own.
  settings.set_allow_file_access_from_file_urls(true);
  settings
}

/// The process at the other end of a socket pair, 0 when the kernel does not tell.
fn peer_process(socket: &LaneSocket) -> u32 {
  use std::os::fd::AsRawFd;
  let mut credentials = libc::ucred { pid: 0, uid: 0, gid: 0 };
  let mut length = std::mem::size_of::<libc::ucred>() as libc::socklen_t;
  // SAFETY: the buffer and its length belong together and outlive the call.
  let result =
    unsafe { libc::getsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_PEERCRED, (&raw mut credentials).cast(), &raw mut length) };
  if result == 0 { u32::try_from(credentials.pid).unwrap_or(0) } else { 0 }
}
