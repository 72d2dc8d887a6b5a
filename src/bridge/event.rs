//! Everything that the UI thread may tell JS.

use serde::Serialize;

use super::types::*;

/// News of the UI thread. Questions carry a `request` that the command named in their documentation answers; the UI keeps things
/// as they are until then.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum UiEvent {
  /// The toolkit is up: windows can be created.
  Ready {},
  /// SIGINT, SIGTERM or SIGHUP, or the desktop session ends: `app.quit()`.
  QuitAsked {},
  /// Another process of the app was refused the single-instance lock. `data` is the codec's bytes.
  SecondInstance {
    argv: Vec<String>,
    cwd: String,
    #[serde(with = "serde_bytes")]
    data: Vec<u8>,
  },

  // Windows.
  /// The user asked the window to close. JS closes it with `windowDestroy` or lets it be.
  WindowCloseAsked {
    window: WindowId,
  },
  /// The native window is gone.
  WindowClosed {
    window: WindowId,
  },
  WindowFocused {
    window: WindowId,
  },
  WindowBlurred {
    window: WindowId,
  },
  WindowShown {
    window: WindowId,
  },
  WindowHidden {
    window: WindowId,
  },
  WindowMinimized {
    window: WindowId,
  },
  WindowRestored {
    window: WindowId,
  },
  WindowMaximized {
    window: WindowId,
  },
  WindowUnmaximized {
    window: WindowId,
  },
  WindowEnteredFullScreen {
    window: WindowId,
  },
  WindowLeftFullScreen {
    window: WindowId,
  },
  /// `bounds` are the outer bounds.
  WindowMoved {
    window: WindowId,
    bounds: Rect,
  },
  WindowResized {
    window: WindowId,
    bounds: Rect,
  },

  // Web views.
  /// The page wants to go elsewhere (not by `webViewLoad`, reload or history of the app). Answered by `webViewDecideNavigation`.
  NavigationAsked {
    web_contents: WebContentsId,
    request: RequestId,
    url: String,
    kind: NavigationKind,
    user_gesture: bool,
    /// Nothing was sent yet, and it may be a sub-frame that wants to go. Else the main frame's document is about to be replaced.
    early: bool,
  },
  /// A sub-frame is about to show what the server answered; `status` is 0 for other schemes than HTTP. Answered by `webViewDecideNavigation`.
  FrameNavigationAsked {
    web_contents: WebContentsId,
    request: RequestId,
    url: String,
    status: u32,
    status_text: String,
  },
  /// The load of a sub-frame ended without an answer.
  FrameLoadFailed {
    web_contents: WebContentsId,
    url: String,
    code: i32,
    description: String,
  },
  /// `window.open`, `target=_blank`. Answered by `webViewCreate` with `open_request`, or `webViewRefuseWindow`.
  WindowOpenAsked {
    web_contents: WebContentsId,
    request: RequestId,
    url: String,
    frame_name: String,
    features: String,
    /// Keys and button that were held in a click on a link, `None` when a script opens the window: 1 control, 2 shift, 4 alt, 8 the middle button.
    held: Option<u32>,
  },
  /// The page called `window.close()`.
  PageCloseAsked {
    web_contents: WebContentsId,
  },
  /// A main-frame load began (provisional).
  LoadStarted {
    web_contents: WebContentsId,
    url: String,
  },
  /// The server sent the load elsewhere. Answered by `webViewDecideNavigation`: the answer there is not looked at before.
  LoadRedirected {
    web_contents: WebContentsId,
    request: RequestId,
    url: String,
  },
  /// The new document replaced the old one. `status` is the HTTP status code, 0 for other schemes.
  LoadCommitted {
    web_contents: WebContentsId,
    url: String,
    status: u32,
    status_text: String,
  },
  LoadFinished {
    web_contents: WebContentsId,
    url: String,
  },
  /// `code` and `description` are Chromium's (`ERR_ABORTED`, -3), `provisional` says that nothing was committed.
  LoadFailed {
    web_contents: WebContentsId,
    url: String,
    code: i32,
    description: String,
    provisional: bool,
  },
  /// The URL changed without a load (fragment, history API).
  NavigatedInPage {
    web_contents: WebContentsId,
    url: String,
  },
  /// Something of the page began or ceased to load.
  LoadingChanged {
    web_contents: WebContentsId,
    loading: bool,
  },
  TitleChanged {
    web_contents: WebContentsId,
    title: String,
  },
  /// The outcome of a `webViewFind`.
  FoundInPage {
    web_contents: WebContentsId,
    request: RequestId,
    matches: u32,
  },
  AudioChanged {
    web_contents: WebContentsId,
    audible: bool,
  },
  /// The pointer is over a link, or left it (empty).
  TargetUrlChanged {
    web_contents: WebContentsId,
    url: String,
  },
  HtmlFullScreenChanged {
    web_contents: WebContentsId,
    on: bool,
  },
  WebProcessGone {
    web_contents: WebContentsId,
    reason: ProcessGoneReason,
    exit_code: i32,
  },
  Unresponsive {
    web_contents: WebContentsId,
  },
  Responsive {
    web_contents: WebContentsId,
  },
  /// `alert`, `confirm`, `prompt` or `beforeunload` (the kind). Answered by `webViewAnswerDialog`.
  ScriptDialogAsked {
    web_contents: WebContentsId,
    request: RequestId,
    kind: String,
    message: String,
    default_text: String,
  },
  /// Electron's permission name. Answered by `webViewAnswerPermission`.
  PermissionAsked {
    web_contents: WebContentsId,
    request: RequestId,
    permission: String,
    origin: String,
  },
  /// The user asked for a context menu at a point of the view.
  ContextMenuAsked {
    web_contents: WebContentsId,
    params: serde_json::Value,
  },
  DevToolsOpened {
    web_contents: WebContentsId,
  },
  DevToolsClosed {
    web_contents: WebContentsId,
  },
  /// A key comes to a page that is watched. Nobody gets it before `webViewAnswerKey`.
  KeyAsked {
    web_contents: WebContentsId,
    request: RequestId,
    input: KeyInput,
  },
  WebViewFocused {
    web_contents: WebContentsId,
  },
  WebViewBlurred {
    web_contents: WebContentsId,
  },

  // The native lane.
  /// A page of the view opened its channel. The socket stays on the native side; JS sees the connection's number. The portable lane numbers
  /// its connections itself and has no sockets.
  LaneOpened {
    web_contents: WebContentsId,
    connection: u32,
    #[serde(skip)]
    socket: Option<LaneSocket>,
  },
  LaneClosed {
    web_contents: WebContentsId,
    connection: u32,
  },

  // Menus.
  MenuItemClicked {
    menu: MenuId,
    item: u32,
    window: Option<WindowId>,
    modifiers: Modifiers,
  },
  MenuWillShow {
    menu: MenuId,
  },
  MenuWillClose {
    menu: MenuId,
  },
}
