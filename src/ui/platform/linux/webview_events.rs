//! What a web view tells: loads, titles, dialogs, its process, its lane.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use gtk::glib;
use gtk::prelude::*;
use webkit2gtk::{
  HitTestResultExt, LoadEvent, PermissionRequest, ScriptDialogType, URIResponseExt, UserMediaPermissionRequestExt, UserMessageExt,
  WebProcessTerminationReason, WebResourceExt, WebViewExt,
};

use crate::bridge::{LaneSocket, ProcessGoneReason, UiEvent};

use super::super::net::{self, only_fragment_differs, reason_phrase};
use super::net_error;
use super::webview::{OwnPost, Stage, WebView};

/// Name of the message that carries a page's lane.
const LANE_MESSAGE: &str = "shell-lane";

/// How long the end of a load waits for the title.
const TITLE_SETTLE: std::time::Duration = std::time::Duration::from_millis(25);

/// How long the engine may take to try a load with a body again.
const POST_RETRY: std::time::Duration = std::time::Duration::from_secs(1);

/// The chain of strong references would never end otherwise: handlers hold the view weakly.
macro_rules! with_view {
  ($this:expr, |$view:ident $(, $argument:ident)*| $body:expr) => {{
    let weak = $this.weak();
    move |_ $(, $argument)*| {
      if let Some($view) = weak.upgrade() {
        $body
      }
    }
  }};
}

impl WebView {
  /// Listens to the engine.
  pub(super) fn connect(&self) {
    self.connect_loads();
    self.connect_process();
    self.connect_questions();
    self.connect_policies();
    self.connect_frame_failures();
    self.inspector.connect(&self.weak());
    let view = &self.view;
    view.connect_title_notify(with_view!(self, |this| {
      let title = this.view.title().map(String::from).unwrap_or_default();
      // The title goes with the old document; that is no news.
      if title.is_empty() && (this.load.stage.get() == Stage::Provisional || this.load.process_gone.get()) {
        return;
      }
      this.tell(|web_contents| UiEvent::TitleChanged { web_contents, title });
      this.tell_finished();
    }));
    view.connect_is_playing_audio_notify(with_view!(self, |this| {
      let audible = this.view.is_playing_audio();
      this.tell(move |web_contents| UiEvent::AudioChanged { web_contents, audible });
    }));
    let weak = self.weak();
    view.connect_mouse_target_changed(move |_, hit, _| {
      let Some(this) = weak.upgrade() else { return };
      let url = hit.link_uri().map(String::from).unwrap_or_default();
      if *this.hovered.borrow() != url {
        this.hovered.replace(url.clone());
        this.tell(|web_contents| UiEvent::TargetUrlChanged { web_contents, url });
      }
    });
    for on in [true, false] {
      let weak = self.weak();
      let told = move |_: &webkit2gtk::WebView| {
        if let Some(this) = weak.upgrade() {
          this.tell(move |web_contents| UiEvent::HtmlFullScreenChanged { web_contents, on });
        }
        // The engine puts the window into full screen itself.
        false
      };
      if on {
        view.connect_enter_fullscreen(told)
      } else {
        view.connect_leave_fullscreen(told)
      };
    }
    view.connect_close(with_view!(self, |this| {
      this.tell(|web_contents| UiEvent::PageCloseAsked { web_contents });
    }));
    let weak = self.weak();
    view.connect_focus_in_event(move |_, _| {
      if let Some(this) = weak.upgrade() {
        this.tell(|web_contents| UiEvent::WebViewFocused { web_contents });
      }
      glib::Propagation::Proceed
    });
    let weak = self.weak();
    view.connect_focus_out_event(move |_, _| {
      if let Some(this) = weak.upgrade() {
        this.tell(|web_contents| UiEvent::WebViewBlurred { web_contents });
      }
      glib::Propagation::Proceed
    });
    self.connect_context_menu();
    if let Some(input) = view.input_method_context() {
      for (signal, composing) in [("preedit-started", true), ("preedit-finished", false)] {
        let weak = self.weak();
        input.connect_local(signal, false, move |_| {
          if let Some(this) = weak.upgrade() {
            this.composing.set(composing);
          }
          None
        });
      }
    }
  }

  fn connect_loads(&self) {
    let view = &self.view;
    view.connect_is_loading_notify(with_view!(self, |this| {
      let loading = this.view.is_loading();
      if this.load.archived.get() {
        return;
      }
      if loading {
        this.tell_loading();
        return;
      }
      this.end_of_asked_load();
      // The end of loading is noticed a moment before the end of the load is told; Electron tells them the other way round.
      let weak = this.weak();
      glib::idle_add_local_full(glib::Priority::HIGH, move || {
        if let Some(this) = weak.upgrade()
          && this.load.finished.borrow().is_none()
        {
          this.tell_loading();
        }
        glib::ControlFlow::Break
      });
    }));
    let weak = self.weak();
    view.connect_uri_notify(move |view| {
      let Some(this) = weak.upgrade() else { return };
      let url = view.uri().map(String::from).unwrap_or_default();
      // The address goes away with the web process.
      if url.is_empty() {
        return;
      }
      if *this.load.url.borrow() == url && this.load.stage.get() != Stage::Asked {
        return;
      }
      this.load.moved_to.replace(Some(url));
      if this.load.stage.get() == Stage::Asked || this.load.stage.get() == Stage::Provisional {
        return;
      }
      // The start of a load changes the address a moment before it is told. Only what nothing explains by then is a move inside
      // of the page.
      let weak = this.weak();
      glib::idle_add_local_full(glib::Priority::HIGH, move || {
        if let Some(this) = weak.upgrade()
          && matches!(this.load.stage.get(), Stage::Idle | Stage::Committed)
        {
          this.tell_move_in_page();
        }
        glib::ControlFlow::Break
      });
    });
    let weak = self.weak();
    view.connect_load_changed(move |view, event| {
      let Some(this) = weak.upgrade() else { return };
      let url = view.uri().map(String::from).unwrap_or_default();
      this.load.moved_to.replace(None);
      if this.load.archived.get() && event != LoadEvent::Committed {
        return;
      }
      match event {
        LoadEvent::Started => {
          this.tell_finished();
          this.load.process_gone.set(false);
          this.load.failed.set(false);
          this.forget_redirect();
          this.load.stage.set(Stage::Provisional);
          let url = this.load.wanted.take().unwrap_or(url);
          this.load.url.replace(url.clone());
          this.tell(|web_contents| UiEvent::LoadStarted { web_contents, url });
        }
        LoadEvent::Redirected => {
          this.load.url.replace(url.clone());
          let Some(request) = this.ui.upgrade().map(|ui| ui.next_request()) else { return };
          this.load.redirect.set(Some(request));
          this.tell(move |web_contents| UiEvent::LoadRedirected { web_contents, request, url });
        }
        LoadEvent::Committed => {
          this.load.archived.set(false);
          this.load.stage.set(Stage::Committed);
          this.load.approved.set(false);
          this.load.own_post.set(OwnPost::None);
          this.load.url.replace(url.clone());
          this.load.document.replace(url.clone());
          this.forget_css();
          let status = match url.split_once(':') {
            Some(("http" | "https", _)) => view.main_resource().and_then(|resource| resource.response()).map_or(0, |r| r.status_code()),
            _ => 0,
          };
          let status_text = reason_phrase(status).to_owned();
          this.tell(move |web_contents| UiEvent::LoadCommitted { web_contents, url, status, status_text });
        }
        LoadEvent::Finished => {
          this.load.stage.set(Stage::Idle);
          if !this.load.failed.replace(false) {
            // The title of a small page arrives a moment after its end; Electron's apps read it there.
            this.load.finished.replace(Some(url));
            if this.view.title().is_some_and(|title| !title.is_empty()) {
              this.tell_finished();
              return;
            }
            let weak = this.weak();
            glib::timeout_add_local_once(TITLE_SETTLE, move || {
              if let Some(this) = weak.upgrade() {
                this.tell_finished();
              }
            });
          }
        }
        _ => {}
      }
    });
    let weak = self.weak();
    view.connect_load_failed(move |_, stage, url, error| {
      if let Some(this) = weak.upgrade() {
        if !this.load.archived.get() && !matches!(stage, LoadEvent::Committed) && this.show_archived(url) {
          return true;
        }
        this.load.archived.set(false);
        this.load.failed.set(true);
        this.load.approved.set(false);
        this.forget_redirect();
        let was = this.load.stage.get();
        this.load.stage.set(Stage::Idle);
        this.load.moved_to.replace(None);
        if let Some(document) = this.view.uri() {
          this.load.url.replace(document.into());
        }
        let provisional = !matches!(stage, LoadEvent::Committed) && was != Stage::Committed;
        let mut error = net_error::from_glib(error, url);
        if this.load.own_post.get() == OwnPost::Sent && error.code == net::ABORTED.code {
          this.load.own_post.set(OwnPost::Failed);
          let weak = this.weak();
          glib::timeout_add_local_once(POST_RETRY, move || {
            if let Some(this) = weak.upgrade()
              && this.load.own_post.get() == OwnPost::Failed
            {
              this.load.own_post.set(OwnPost::None);
            }
          });
          error = net::FAILED;
        }
        this.tell_failure(url, error, provisional);
      }
      // The engine would show a page of its own.
      true
    });
    let weak = self.weak();
    view.connect_load_failed_with_tls_errors(move |_, url, _, flags| {
      if let Some(this) = weak.upgrade() {
        this.load.failed.set(true);
        this.load.approved.set(false);
        this.load.stage.set(Stage::Idle);
        this.tell_failure(url, net_error::from_certificate(flags), true);
      }
      true
    });
  }

  /// Tells the end of a load, and that nothing loads any more.
  fn tell_finished(&self) {
    if let Some(url) = self.load.finished.take() {
      self.tell(|web_contents| UiEvent::LoadFinished { web_contents, url });
      super::working_set::page_loaded();
      if !self.view.is_loading() {
        self.tell_loading();
      }
    }
  }

  fn tell_loading(&self) {
    let loading = self.view.is_loading();
    if self.load.told_loading.replace(loading) != loading {
      self.tell(move |web_contents| UiEvent::LoadingChanged { web_contents, loading });
    }
  }

  /// The app's own load ended without a document of its own: it went to a fragment of the page.
  fn end_of_asked_load(&self) {
    if self.load.stage.get() == Stage::Asked {
      self.load.stage.set(Stage::Idle);
      self.load.own_step.set(false);
      // Or another load overtook it, and will tell of itself.
      let moved_to = self.load.moved_to.borrow().clone().unwrap_or_default();
      if only_fragment_differs(&self.load.document.borrow(), &moved_to) {
        self.load.own_loads.borrow_mut().clear();
        self.tell_move_in_page();
      }
    }
  }

  fn tell_move_in_page(&self) {
    if let Some(url) = self.load.moved_to.take() {
      self.load.url.replace(url.clone());
      self.load.document.replace(url.clone());
      self.tell(|web_contents| UiEvent::NavigatedInPage { web_contents, url });
    }
  }

  fn connect_process(&self) {
    let view = &self.view;
    let weak = self.weak();
    view.connect_web_process_terminated(move |_, reason| {
      let Some(this) = weak.upgrade() else { return };
      this.tell_finished();
      this.forget_process();
      this.lane_process_gone();
      this.load.process_gone.set(true);
      this.load.stage.set(Stage::Idle);
      // The engine tells no exit status. Electron's numbers are signals: an app's own kill and a memory limit are SIGKILL, and for
      // a crash SIGSEGV stands in.
      let (reason, exit_code) = match reason {
        WebProcessTerminationReason::ExceededMemoryLimit => (ProcessGoneReason::Oom, libc::SIGKILL),
        WebProcessTerminationReason::TerminatedByApi => (ProcessGoneReason::Crashed, libc::SIGKILL),
        _ => (ProcessGoneReason::Crashed, libc::SIGSEGV),
      };
      this.tell(move |web_contents| UiEvent::WebProcessGone { web_contents, reason, exit_code });
    });
    view.connect_is_web_process_responsive_notify(with_view!(self, |this| {
      let responsive = this.view.is_web_process_responsive();
      this.tell(move |web_contents| if responsive { UiEvent::Responsive { web_contents } } else { UiEvent::Unresponsive { web_contents } });
    }));
    let weak = self.weak();
    view.connect_user_message_received(move |_, message| {
      if message.name().as_deref() != Some(LANE_MESSAGE) {
        return false;
      }
      if let Some(this) = weak.upgrade()
        && let Some(socket) = lane_socket(message)
      {
        this.open_lane(socket);
      }
      true
    });
  }

  fn connect_questions(&self) {
    let weak = self.weak();
    self.view.connect_script_dialog(move |_, dialog| {
      let (Some(this), kind) = (weak.upgrade(), dialog.dialog_type()) else { return false };
      let kind = match kind {
        ScriptDialogType::Alert => "alert",
        ScriptDialogType::Confirm => "confirm",
        ScriptDialogType::Prompt => "prompt",
        ScriptDialogType::BeforeUnloadConfirm => "beforeunload",
        _ => return false,
      }
      .to_owned();
      let Some(request) = this.ui.upgrade().map(|ui| ui.next_request()) else { return false };
      let message = dialog.message().map(String::from).unwrap_or_default();
      let default_text = match dialog.dialog_type() {
        ScriptDialogType::Prompt => dialog.prompt_get_default_text().map(String::from).unwrap_or_default(),
        _ => String::new(),
      };
      this.questions.dialogs.borrow_mut().insert(request, dialog.clone());
      this.tell(move |web_contents| UiEvent::ScriptDialogAsked { web_contents, request, kind, message, default_text });
      true
    });
    let weak = self.weak();
    self.view.connect_permission_request(move |view, asked| {
      let Some(this) = weak.upgrade() else { return false };
      let Some(request) = this.ui.upgrade().map(|ui| ui.next_request()) else { return false };
      let permission = permission_name(asked).to_owned();
      let origin = view.uri().and_then(|url| url::Url::parse(&url).ok()).map(|url| origin_of(&url)).unwrap_or_default();
      this.questions.permissions.borrow_mut().insert(request, asked.clone());
      this.tell(move |web_contents| UiEvent::PermissionAsked { web_contents, request, permission, origin });
      true
    });
  }

  fn connect_context_menu(&self) {
    let weak = self.weak();
    self.view.connect_context_menu(move |_, _, event, hit| {
      if let Some(this) = weak.upgrade() {
        let (x, y) = event.coords().unwrap_or_default();
        let text = |text: Option<glib::GString>| text.map(String::from).unwrap_or_default();
        let media_type = if hit.context_is_image() {
          "image"
        } else if hit.context_is_media() {
          "video"
        } else {
          "none"
        };
        let source = if hit.context_is_image() { text(hit.image_uri()) } else { text(hit.media_uri()) };
        let page = this.view.uri().map(String::from).unwrap_or_default();
        let params = serde_json::json!({
          "x": x as i32,
          "y": y as i32,
          "linkURL": text(hit.link_uri()),
          "linkText": text(hit.link_label()),
          "titleText": text(hit.link_title()),
          "pageURL": page,
          "frameURL": "",
          "srcURL": source,
          "mediaType": media_type,
          "hasImageContents": hit.context_is_image(),
          "isEditable": hit.context_is_editable(),
          "selectionText": "",
          "hasSelection": hit.context_is_selection(),
          "inScrollbar": hit.context_is_scrollbar(),
          "menuSourceType": if event.event_type() == gtk::gdk::EventType::KeyPress { "keyboard" } else { "mouse" },
        });
        this.tell(|web_contents| UiEvent::ContextMenuAsked { web_contents, params });
      }
      // Electron shows no menu unless the app makes one.
      true
    });
  }
}

/// The origin of an address as Electron writes it: files have one there.
fn origin_of(url: &url::Url) -> String {
  match url.scheme() {
    "file" => "file:///".to_owned(),
    _ => url.origin().ascii_serialization(),
  }
}

/// Electron's name of a permission.
fn permission_name(request: &PermissionRequest) -> &'static str {
  if request.is::<webkit2gtk::GeolocationPermissionRequest>() {
    "geolocation"
  } else if request.is::<webkit2gtk::NotificationPermissionRequest>() {
    "notifications"
  } else if request.is::<webkit2gtk::PointerLockPermissionRequest>() {
    "pointerLock"
  } else if let Some(media) = request.downcast_ref::<webkit2gtk::UserMediaPermissionRequest>() {
    if media.is_for_audio_device() || media.is_for_video_device() { "media" } else { "display-capture" }
  } else if request.is::<webkit2gtk::MediaKeySystemPermissionRequest>() {
    "mediaKeySystem"
  } else if request.is::<webkit2gtk::WebsiteDataAccessPermissionRequest>() {
    "storage-access"
  } else {
    "unknown"
  }
}

/// Takes the descriptor out of a page's message; everything else that it may carry is dropped.
fn lane_socket(message: &webkit2gtk::UserMessage) -> Option<LaneSocket> {
  // The message comes from the page's process and may lack anything.
  let list = message.property::<Option<gtk::gio::UnixFDList>>("fd-list")?;
  if list.length() != 1 {
    return None;
  }
  // `get` duplicates the descriptor, with close-on-exec set: the list keeps its own.
  let descriptor = list.get(0).ok()?;
  // SAFETY: the descriptor was duplicated for us and nobody else knows its number.
  Some(unsafe { OwnedFd::from_raw_fd(descriptor) }).filter(is_stream_socket)
}

/// Whether the descriptor is what the extension sends: one end of a pair of local stream sockets.
fn is_stream_socket(descriptor: &OwnedFd) -> bool {
  let option = |name: libc::c_int| {
    let (mut value, mut length): (libc::c_int, _) = (0, std::mem::size_of::<libc::c_int>() as libc::socklen_t);
    // SAFETY: the buffer and its length belong together and outlive the call.
    let result = unsafe { libc::getsockopt(descriptor.as_raw_fd(), libc::SOL_SOCKET, name, (&raw mut value).cast(), &raw mut length) };
    (result == 0).then_some(value)
  };
  option(libc::SO_DOMAIN) == Some(libc::AF_UNIX) && option(libc::SO_TYPE) == Some(libc::SOCK_STREAM)
}
