//! Everything that JS may ask of the UI thread.

use serde::Deserialize;

use super::types::*;

/// A request of the JS side. "Answers" in a variant's documentation names the JSON value it is answered with; a variant without
/// one is answered with `null` as soon as it was carried out, or with an error text. Commands are carried out in the order in which they
/// were sent.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum UiCommand {
  /// Ends the event loop: windows are destroyed without questions and the process exits with `code`.
  Exit {
    code: i32,
  },
  /// Sets the name under which windows are known to the desktop (X11 class, Wayland app id); only before the first window.
  SetAppIdentity {
    name: String,
  },

  // Windows.
  /// Creates a hidden window.
  WindowCreate {
    window: WindowId,
    options: Box<WindowOptions>,
  },
  WindowSet {
    window: WindowId,
    set: WindowProperty,
  },
  WindowAct {
    window: WindowId,
    action: WindowAction,
  },
  /// Answers a [`WindowState`].
  WindowState {
    window: WindowId,
  },
  /// Puts the window right above another one, which may be another program's. Answers whether there is one of that id.
  WindowMoveAbove {
    window: WindowId,
    other: u32,
  },
  /// Destroys the window and its web views; answered by [`super::UiEvent::WindowClosed`] too.
  WindowDestroy {
    window: WindowId,
  },
  /// Shows `menu` as the window's menu bar, or none.
  WindowSetMenu {
    window: WindowId,
    menu: Option<MenuId>,
  },
  /// Ids of windows from the topmost to the lowest, as far as the platform tells. Answers `number[]`.
  WindowStacking {},

  // Web views.
  WebViewCreate {
    web_contents: WebContentsId,
    window: WindowId,
    options: Box<WebViewOptions>,
  },
  /// Places the view in its window; `None` fills the content area and follows its size.
  WebViewSetBounds {
    web_contents: WebContentsId,
    bounds: Option<Rect>,
  },
  WebViewDestroy {
    web_contents: WebContentsId,
  },
  /// Runs the page's `beforeunload`. [`super::UiEvent::PageCloseAsked`] says that the page may be closed; a page that wants to stay
  /// asks by a `beforeunload` dialog.
  WebViewTryClose {
    web_contents: WebContentsId,
  },
  /// Starts a load. What becomes of it is told by navigation events.
  WebViewLoad {
    web_contents: WebContentsId,
    url: String,
    user_agent: Option<String>,
    headers: Vec<(String, String)>,
  },
  /// Starts a load that sends a body.
  WebViewPost {
    web_contents: WebContentsId,
    url: String,
    user_agent: Option<String>,
    body: Box<PostBody>,
  },
  /// Shows HTML that came with a `data:` address as a document of another address.
  WebViewLoadHtml {
    web_contents: WebContentsId,
    url: String,
    user_agent: Option<String>,
    html: String,
    base_url: String,
  },
  WebViewReload {
    web_contents: WebContentsId,
    ignore_cache: bool,
  },
  WebViewStop {
    web_contents: WebContentsId,
  },
  /// Goes `offset` steps through the history.
  WebViewGo {
    web_contents: WebContentsId,
    offset: i32,
  },
  /// Answers `{ index: number, entries: HistoryEntry[] }`.
  WebViewHistory {
    web_contents: WebContentsId,
    page_states: bool,
  },
  /// Takes one entry out of the history, or with `None` all but the active one, which always stays. Answers a boolean.
  WebViewRemoveHistory {
    web_contents: WebContentsId,
    index: Option<u32>,
  },
  /// Gives a view that has loaded nothing yet a history and loads the entry `index`.
  WebViewRestoreHistory {
    web_contents: WebContentsId,
    index: u32,
    entries: Vec<HistoryEntry>,
  },
  /// Answers a question of [`super::UiEvent::NavigationAsked`].
  WebViewDecideNavigation {
    web_contents: WebContentsId,
    request: RequestId,
    allow: bool,
    #[serde(default)]
    frame: NavigatingFrame,
  },
  /// The page may open `url` next: the question about that window will bear the number of the answer
  /// `{ request, replaced }`, in place of an older consent that was not used.
  WebViewExpectWindow {
    web_contents: WebContentsId,
    url: String,
  },
  /// Takes that back, if no window came; answers whether that was so.
  WebViewForgetWindow {
    web_contents: WebContentsId,
    request: RequestId,
  },
  /// Answers [`super::UiEvent::WindowOpenAsked`] with a refusal; consent is a `webViewCreate` that names the request.
  WebViewRefuseWindow {
    web_contents: WebContentsId,
    request: RequestId,
  },
  /// Answers [`super::UiEvent::ScriptDialogAsked`].
  WebViewAnswerDialog {
    web_contents: WebContentsId,
    request: RequestId,
    accept: bool,
    text: Option<String>,
  },
  /// Answers [`super::UiEvent::PermissionAsked`].
  WebViewAnswerPermission {
    web_contents: WebContentsId,
    request: RequestId,
    allow: bool,
  },
  WebViewSetUserAgent {
    web_contents: WebContentsId,
    user_agent: String,
  },
  /// Answers a string.
  WebViewUserAgent {
    web_contents: WebContentsId,
  },
  WebViewSetZoom {
    web_contents: WebContentsId,
    factor: f64,
  },
  WebViewSetMuted {
    web_contents: WebContentsId,
    muted: bool,
  },
  WebViewFocus {
    web_contents: WebContentsId,
  },
  /// Keys are asked about with [`super::UiEvent::KeyAsked`] before anybody gets them.
  WebViewWatchKeys {
    web_contents: WebContentsId,
    on: bool,
  },
  /// Answers such a question.
  WebViewAnswerKey {
    web_contents: WebContentsId,
    request: RequestId,
    allow: bool,
  },
  WebViewSetBackground {
    web_contents: WebContentsId,
    color: Color,
  },
  /// Adds a style sheet for the current document; `key` removes it. It goes with the document.
  WebViewInsertCss {
    web_contents: WebContentsId,
    key: String,
    css: String,
    user_origin: bool,
  },
  WebViewRemoveCss {
    web_contents: WebContentsId,
    key: String,
  },
  /// Runs one of `undo redo cut copy paste pasteAndMatchStyle delete selectAll unselect` on the focused element.
  WebViewEdit {
    web_contents: WebContentsId,
    action: String,
  },
  WebViewOpenDevTools {
    web_contents: WebContentsId,
    detached: bool,
  },
  WebViewCloseDevTools {
    web_contents: WebContentsId,
  },
  /// Answers a boolean.
  WebViewDevToolsOpen {
    web_contents: WebContentsId,
  },
  /// Kills the web process of the view.
  WebViewCrash {
    web_contents: WebContentsId,
  },
  /// Process id of the view's web process. Answers a number, 0 when unknown.
  WebViewProcessId {
    web_contents: WebContentsId,
  },
  /// Answers a [`Picture`] of the view, or of `rect` of it.
  WebViewCapture {
    web_contents: WebContentsId,
    rect: Option<Rect>,
  },

  /// Searches for a text, or goes to the next place of the search that goes on. Told by [`super::UiEvent::FoundInPage`].
  WebViewFind {
    web_contents: WebContentsId,
    request: RequestId,
    text: String,
    begin: bool,
    forward: bool,
    match_case: bool,
  },
  WebViewStopFind {
    web_contents: WebContentsId,
  },
  /// Writes the page into a file: with all that it shows as MHTML, or only its own HTML.
  WebViewSavePage {
    web_contents: WebContentsId,
    path: String,
    whole: bool,
  },
  WebViewPrintToPdf {
    web_contents: WebContentsId,
    path: String,
    options: Box<PdfOptions>,
  },

  // The portable lane.
  /// Frames wait for the view's pages.
  LaneDrain {
    web_contents: WebContentsId,
  },
  /// What a page waits for under this key may come.
  LaneRelease {
    web_contents: WebContentsId,
    key: u32,
  },
  /// Runs a script in a frame, in the page's world or in a named one. Answered when it has run, with an error when it threw.
  LaneEvaluate {
    web_contents: WebContentsId,
    /// That of a sub-frame, where the engine runs scripts there.
    #[serde(default)]
    document: Option<u32>,
    code: String,
    url: String,
    world: Option<String>,
  },

  // Menus.
  /// Makes a menu, or replaces what it holds.
  MenuSet {
    menu: MenuId,
    entries: Vec<MenuEntry>,
  },
  MenuDrop {
    menu: MenuId,
  },
  /// Shows a menu as that of the application, which only macOS has, or none.
  MenuSetApplication {
    menu: Option<MenuId>,
  },
  /// Opens a menu at a point of the window's content, or at the pointer. Answered when it was closed.
  MenuPopup {
    menu: MenuId,
    window: WindowId,
    x: Option<i32>,
    y: Option<i32>,
    positioning_item: Option<u32>,
  },
  MenuClosePopup {
    menu: MenuId,
  },

  // Dialogs. `window` makes them modal for that window.
  /// Answers `string[]`.
  DialogFile {
    window: Option<WindowId>,
    dialog: Box<FileDialog>,
  },
  /// Answers `{ response: number, checkboxChecked: boolean }`. `request` lets [`UiCommand::DialogClose`] name it.
  DialogMessage {
    window: Option<WindowId>,
    request: RequestId,
    message_box: Box<MessageBox>,
  },
  /// Closes an open message box as if it was cancelled.
  DialogClose {
    request: RequestId,
  },

  // Clipboard.
  ClipboardWrite {
    kind: ClipboardKind,
    data: ClipboardData,
  },
  /// Answers a string, empty when there is none. `format` is `text`, `html`, `rtf` or a MIME type.
  ClipboardRead {
    kind: ClipboardKind,
    format: String,
  },
  /// Answers a [`Picture`] or `null`.
  ClipboardReadImage {
    kind: ClipboardKind,
  },
  /// Answers `string[]` of MIME types.
  ClipboardFormats {
    kind: ClipboardKind,
  },
  ClipboardClear {
    kind: ClipboardKind,
  },

  // The desktop.
  Beep {},
  /// Answers `DisplayInfo[]`.
  Displays {},
  /// Answers `{ x, y }`.
  CursorPosition {},
}
