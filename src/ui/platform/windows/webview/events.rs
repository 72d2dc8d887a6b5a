//! What the engine tells: loads, titles, its processes, the pointer, keys.

use webview2_com::Microsoft::Web::WebView2::Win32::*;
use webview2_com::*;
use windows::Win32::Foundation::POINT;
use windows_core::Interface;

use super::super::super::common::{Stage, WebView};
use super::super::super::net::reason_phrase;
use super::super::window::hwnd;
use super::super::{menu, net_error};
use super::{flag, text};
use crate::bridge::{ProcessGoneReason, UiEvent};

/// Registers a handler that holds the view weakly: the chain of strong references would never end otherwise. An event that this version of the
/// engine does not know is not told.
macro_rules! listen {
  ($view:expr, $object:expr, $add:ident, $handler:ident, |$this:ident, $args:ident| $body:expr) => {{
    let weak = $view.weak();
    let mut token = 0;
    let handler = $handler::create(Box::new(move |_, $args| {
      let Some($this) = weak.upgrade() else { return Ok(()) };
      $body
    }));
    // SAFETY: the object is alive, it keeps the handler, and the token outlives the call.
    let _ = unsafe { $object.$add(&handler, &raw mut token) };
  }};
}

impl WebView {
  /// Listens to the engine.
  pub(crate) fn connect(&self) {
    self.connect_loads();
    self.connect_page();
    self.connect_questions();
    self.connect_controller();
  }

  fn connect_loads(&self) {
    let view = &self.engine.view;
    listen!(self, view, add_NavigationStarting, NavigationStartingEventHandler, |this, args| match args {
      Some(args) => this.navigation_starting(&args),
      None => Ok(()),
    });
    listen!(self, view, add_ContentLoading, ContentLoadingEventHandler, |this, args| {
      // SAFETY: the arguments and the view are alive for the call, and the pointers are to variables of it.
      let (is_error, url) = unsafe {
        let is_error = args.is_some_and(|args| flag(|value| args.IsErrorPage(value)));
        (is_error, text(|value| this.engine.view.Source(value)))
      };
      if !is_error {
        let answer = this.engine.answer.take().filter(|(asked, ..)| *asked == url);
        let (status, status_text) = answer.map(|(_, status, text)| (status, text)).unwrap_or_default();
        this.load_committed(url, status, status_text);
      }
      Ok(())
    });
    listen!(self, view, add_SourceChanged, SourceChangedEventHandler, |this, args| {
      // SAFETY: as above.
      let (is_new, url) = unsafe {
        let is_new = args.is_some_and(|args| flag(|value| args.IsNewDocument(value)));
        (is_new, text(|value| this.engine.view.Source(value)))
      };
      if !is_new && !url.is_empty() && this.load.stage.get() != Stage::Provisional {
        this.moved_in_page(url);
      }
      Ok(())
    });
    listen!(self, view, add_NavigationCompleted, NavigationCompletedEventHandler, |this, args| match args {
      Some(args) => this.navigation_completed(&args),
      None => Ok(()),
    });
    listen!(self, view, add_HistoryChanged, HistoryChangedEventHandler, |this, _args| {
      this.read_history();
      Ok(())
    });
    if let Ok(view) = view.cast::<ICoreWebView2_2>() {
      listen!(self, view, add_WebResourceResponseReceived, WebResourceResponseReceivedEventHandler, |this, args| {
        let Some(args) = args else { return Ok(()) };
        // SAFETY: as above.
        let (url, status, reason) = unsafe {
          let (request, response) = (args.Request()?, args.Response()?);
          let mut status = 0;
          response.StatusCode(&raw mut status)?;
          (text(|value| request.Uri(value)), status, text(|value| response.ReasonPhrase(value)))
        };
        // Only the main document's answer is news.
        if this.load.stage.get() == Stage::Provisional && url == *this.load.url.borrow() {
          let status = u32::try_from(status).unwrap_or(0);
          let reason = if reason.is_empty() { reason_phrase(status).to_owned() } else { reason };
          this.engine.answer.replace(Some((url, status, reason)));
        }
        Ok(())
      });
    }
  }

  fn navigation_completed(&self, args: &ICoreWebView2NavigationCompletedEventArgs) -> windows_core::Result<()> {
    let mut number = 0;
    let mut status = COREWEBVIEW2_WEB_ERROR_STATUS_UNKNOWN;
    // SAFETY: the arguments are alive for the call, and the pointers are to variables of it.
    let success = unsafe {
      args.NavigationId(&raw mut number)?;
      args.WebErrorStatus(&raw mut status)?;
      flag(|value| args.IsSuccess(value))
    };
    // The end of a load that was stopped for a question, or that another one overtook, is no news.
    if number != self.engine.navigation.get() {
      return Ok(());
    }
    // A document with a status like 404 is no success to the engine and a page like others to Electron.
    if success || self.load.stage.get() == Stage::Committed {
      self.load_finished();
    } else {
      let url = self.load.url.borrow().clone();
      self.load_failed(&url, net_error::from_status(status, &url));
    }
    Ok(())
  }

  fn connect_page(&self) {
    let view = &self.engine.view;
    listen!(self, view, add_DocumentTitleChanged, DocumentTitleChangedEventHandler, |this, _args| {
      // SAFETY: the view is alive for the call, and the pointer is to a variable of it.
      let title = text(|value| unsafe { this.engine.view.DocumentTitle(value) });
      this.tell(|web_contents| UiEvent::TitleChanged { web_contents, title });
      Ok(())
    });
    listen!(self, view, add_ContainsFullScreenElementChanged, ContainsFullScreenElementChangedEventHandler, |this, _args| {
      // SAFETY: as above.
      let on = flag(|value| unsafe { this.engine.view.ContainsFullScreenElement(value) });
      this.tell(move |web_contents| UiEvent::HtmlFullScreenChanged { web_contents, on });
      Ok(())
    });
    listen!(self, view, add_WindowCloseRequested, WindowCloseRequestedEventHandler, |this, _args| {
      this.tell(|web_contents| UiEvent::PageCloseAsked { web_contents });
      Ok(())
    });
    listen!(self, view, add_ProcessFailed, ProcessFailedEventHandler, |this, args| match args {
      Some(args) => this.process_failed(&args),
      None => Ok(()),
    });
    if let Ok(view) = view.cast::<ICoreWebView2_8>() {
      listen!(self, view, add_IsDocumentPlayingAudioChanged, IsDocumentPlayingAudioChangedEventHandler, |this, _args| {
        // SAFETY: as above.
        let audible = flag(|value| unsafe { this.engine.view.cast::<ICoreWebView2_8>()?.IsDocumentPlayingAudio(value) });
        this.tell(move |web_contents| UiEvent::AudioChanged { web_contents, audible });
        Ok(())
      });
    }
    if let Ok(view) = view.cast::<ICoreWebView2_12>() {
      // The status bar shows where the link under the pointer leads.
      listen!(self, view, add_StatusBarTextChanged, StatusBarTextChangedEventHandler, |this, _args| {
        // SAFETY: as above.
        let shown = text(|value| unsafe { this.engine.view.cast::<ICoreWebView2_12>()?.StatusBarText(value) });
        let url = if url::Url::parse(&shown).is_ok() { shown } else { String::new() };
        if this.engine.hovered.replace(url.clone()) != url {
          this.tell(|web_contents| UiEvent::TargetUrlChanged { web_contents, url });
        }
        Ok(())
      });
    }
  }

  fn process_failed(&self, args: &ICoreWebView2ProcessFailedEventArgs) -> windows_core::Result<()> {
    let mut kind = COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED;
    let mut reason = COREWEBVIEW2_PROCESS_FAILED_REASON_UNEXPECTED;
    let mut exit_code = 0;
    // SAFETY: the arguments are alive for the call, and the pointers are to variables of it.
    unsafe {
      args.ProcessFailedKind(&raw mut kind)?;
      if let Ok(args) = args.cast::<ICoreWebView2ProcessFailedEventArgs2>() {
        args.Reason(&raw mut reason)?;
        args.ExitCode(&raw mut exit_code)?;
      }
    }
    match kind {
      COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_UNRESPONSIVE => self.tell(|web_contents| UiEvent::Unresponsive { web_contents }),
      COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED | COREWEBVIEW2_PROCESS_FAILED_KIND_BROWSER_PROCESS_EXITED => {
        let reason = match reason {
          COREWEBVIEW2_PROCESS_FAILED_REASON_CRASHED => ProcessGoneReason::Crashed,
          COREWEBVIEW2_PROCESS_FAILED_REASON_OUT_OF_MEMORY => ProcessGoneReason::Oom,
          COREWEBVIEW2_PROCESS_FAILED_REASON_LAUNCH_FAILED => ProcessGoneReason::LaunchFailed,
          COREWEBVIEW2_PROCESS_FAILED_REASON_TERMINATED => ProcessGoneReason::Killed,
          _ if exit_code == 0 => ProcessGoneReason::CleanExit,
          _ => ProcessGoneReason::AbnormalExit,
        };
        self.lane_process_gone();
        self.load.process_gone.set(true);
        self.load.stage.set(Stage::Idle);
        self.tell(move |web_contents| UiEvent::WebProcessGone { web_contents, reason, exit_code });
        self.tell_loading(false);
      }
      // Helpers of the browser come back by themselves.
      _ => {}
    }
    Ok(())
  }

  fn connect_questions(&self) {
    let view = &self.engine.view;
    listen!(self, view, add_NewWindowRequested, NewWindowRequestedEventHandler, |this, args| match args {
      Some(args) => this.window_requested(&args),
      None => Ok(()),
    });
    listen!(self, view, add_ScriptDialogOpening, ScriptDialogOpeningEventHandler, |this, args| match args {
      Some(args) => this.dialog_opening(&args),
      None => Ok(()),
    });
    listen!(self, view, add_PermissionRequested, PermissionRequestedEventHandler, |this, args| match args {
      Some(args) => this.permission_requested(&args),
      None => Ok(()),
    });
    if let Ok(view) = view.cast::<ICoreWebView2_11>() {
      listen!(self, view, add_ContextMenuRequested, ContextMenuRequestedEventHandler, |this, args| match args {
        Some(args) => this.context_menu_requested(&args),
        None => Ok(()),
      });
    }
  }

  fn context_menu_requested(&self, args: &ICoreWebView2ContextMenuRequestedEventArgs) -> windows_core::Result<()> {
    let mut point = POINT::default();
    let mut kind = COREWEBVIEW2_CONTEXT_MENU_TARGET_KIND_PAGE;
    // SAFETY: the arguments are alive for the call, and the pointers are to variables of it.
    let params = unsafe {
      // Electron shows no menu unless the app makes one.
      args.SetHandled(true)?;
      args.Location(&raw mut point)?;
      let target = args.ContextMenuTarget()?;
      target.Kind(&raw mut kind)?;
      let media = match kind {
        COREWEBVIEW2_CONTEXT_MENU_TARGET_KIND_IMAGE => "image",
        COREWEBVIEW2_CONTEXT_MENU_TARGET_KIND_VIDEO => "video",
        COREWEBVIEW2_CONTEXT_MENU_TARGET_KIND_AUDIO => "audio",
        _ => "none",
      };
      let scale = self.holder().map_or(1.0, |window| window.tao().scale_factor());
      let selection = text(|value| target.SelectionText(value));
      serde_json::json!({
        "x": (f64::from(point.x) / scale) as i32,
        "y": (f64::from(point.y) / scale) as i32,
        "linkURL": text(|value| target.LinkUri(value)),
        "linkText": text(|value| target.LinkText(value)),
        "titleText": "",
        "pageURL": text(|value| target.PageUri(value)),
        "frameURL": if flag(|value| target.IsRequestedForMainFrame(value)) { String::new() } else { text(|value| target.FrameUri(value)) },
        "srcURL": text(|value| target.SourceUri(value)),
        "mediaType": media,
        "hasImageContents": kind == COREWEBVIEW2_CONTEXT_MENU_TARGET_KIND_IMAGE,
        "isEditable": flag(|value| target.IsEditable(value)),
        "hasSelection": !selection.is_empty(),
        "selectionText": selection,
        "inScrollbar": false,
        "menuSourceType": "mouse",
      })
    };
    self.tell(|web_contents| UiEvent::ContextMenuAsked { web_contents, params });
    Ok(())
  }

  fn connect_controller(&self) {
    let controller = &self.engine.controller;
    listen!(self, controller, add_GotFocus, FocusChangedEventHandler, |this, _args| {
      this.tell(|web_contents| UiEvent::WebViewFocused { web_contents });
      Ok(())
    });
    listen!(self, controller, add_LostFocus, FocusChangedEventHandler, |this, _args| {
      this.tell(|web_contents| UiEvent::WebViewBlurred { web_contents });
      Ok(())
    });
    listen!(self, controller, add_AcceleratorKeyPressed, AcceleratorKeyPressedEventHandler, |this, args| {
      let (Some(args), Some(window)) = (args, this.holder()) else { return Ok(()) };
      let mut kind = COREWEBVIEW2_KEY_EVENT_KIND_KEY_UP;
      let (mut key, mut state) = (0, 0);
      // SAFETY: the arguments are alive for the call, and the pointers are to variables of it.
      unsafe {
        args.KeyEventKind(&raw mut kind)?;
        args.VirtualKey(&raw mut key)?;
        args.KeyEventLParam(&raw mut state)?;
      }
      let message = match kind {
        COREWEBVIEW2_KEY_EVENT_KIND_KEY_DOWN => windows::Win32::UI::WindowsAndMessaging::WM_KEYDOWN,
        COREWEBVIEW2_KEY_EVENT_KIND_SYSTEM_KEY_DOWN => windows::Win32::UI::WindowsAndMessaging::WM_SYSKEYDOWN,
        _ => return Ok(()),
      };
      if menu::key_in_page(hwnd(window.tao()), message, key, state) {
        // SAFETY: as above.
        unsafe { args.SetHandled(true)? };
      }
      Ok(())
    });
  }
}
