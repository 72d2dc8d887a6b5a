//! Plain data that commands and events share. Lengths are in device-independent pixels unless a field says otherwise.

use serde::{Deserialize, Serialize};

/// Id of a native window, given by the JS side, unique for the life of the process.
pub type WindowId = u32;
/// Id of a web view, Electron's `webContents.id`, given by the JS side.
pub type WebContentsId = u32;
/// Id of a menu, given by the JS side.
pub type MenuId = u32;
/// Id of one asked question (dialog, policy decision, script dialog); who asks numbers it.
pub type RequestId = u32;

/// The host's end of a page's native channel.
#[cfg(target_os = "linux")]
pub type LaneSocket = std::os::fd::OwnedFd;
/// Platforms without the native lane never open one.
#[cfg(not(target_os = "linux"))]
pub type LaneSocket = std::convert::Infallible;

/// A rectangle; `x` and `y` are relative to the virtual screen for window bounds and to the window's content for views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
  pub x: i32,
  pub y: i32,
  pub width: i32,
  pub height: i32,
}

/// A size; 0 means "no limit" where a limit is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Size {
  pub width: i32,
  pub height: i32,
}

/// A colour, each channel 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Color {
  pub r: u8,
  pub g: u8,
  pub b: u8,
  pub a: u8,
}

/// An uncompressed picture: `width * height * 4` bytes of straight RGBA, rows from the top.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Picture {
  pub width: u32,
  pub height: u32,
  #[serde(with = "serde_bytes")]
  pub rgba: Vec<u8>,
}

/// Everything a window is created with. The JS side has resolved Electron's defaults: each field is what shall be.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowOptions {
  pub title: String,
  /// Outer size, or size of the content if `use_content_size`.
  pub width: i32,
  pub height: i32,
  /// Top left corner; `None` leaves the place to the window manager (or the middle of the screen if `center`).
  pub x: Option<i32>,
  pub y: Option<i32>,
  pub use_content_size: bool,
  pub center: bool,
  pub min_size: Size,
  pub max_size: Size,
  pub resizable: bool,
  pub movable: bool,
  pub minimizable: bool,
  pub maximizable: bool,
  pub closable: bool,
  pub focusable: bool,
  pub always_on_top: bool,
  pub fullscreen: bool,
  pub fullscreenable: bool,
  pub kiosk: bool,
  pub skip_taskbar: bool,
  pub frame: bool,
  pub transparent: bool,
  pub has_shadow: bool,
  pub opacity: Option<f64>,
  pub background_color: Option<Color>,
  pub parent: Option<WindowId>,
  pub modal: bool,
  pub icon: Option<Picture>,
  pub auto_hide_menu_bar: bool,
  /// Freedesktop window type: `desktop`, `dock`, `toolbar`, `splash`, `notification`.
  pub window_type: Option<String>,
}

/// What can be changed of a window after its creation. Each is one setter of Electron's `BaseWindow`.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "property", content = "value", rename_all = "camelCase")]
pub enum WindowProperty {
  Title(String),
  /// Outer bounds.
  Bounds(Rect),
  ContentBounds(Rect),
  MinSize(Size),
  MaxSize(Size),
  Resizable(bool),
  Movable(bool),
  Minimizable(bool),
  Maximizable(bool),
  Closable(bool),
  Focusable(bool),
  Fullscreenable(bool),
  /// False makes the window ignore keyboard and mouse (Electron's `setEnabled`).
  Enabled(bool),
  AlwaysOnTop(bool),
  FullScreen(bool),
  Kiosk(bool),
  SkipTaskbar(bool),
  HasShadow(bool),
  /// 0 to 1.
  Opacity(f64),
  BackgroundColor(Color),
  Parent(Option<WindowId>),
  Icon(Picture),
  AutoHideMenuBar(bool),
  MenuBarVisible(bool),
  VisibleOnAllWorkspaces(bool),
  IgnoreMouseEvents(bool),
  /// Width divided by height; 0 takes the constraint away.
  AspectRatio(f64),
}

/// What a window does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WindowAction {
  Show,
  ShowInactive,
  Hide,
  Focus,
  Blur,
  Minimize,
  /// Leaves the minimized state.
  Restore,
  Maximize,
  Unmaximize,
  Center,
  MoveTop,
  FlashStart,
  FlashStop,
}

/// A window as it is, for Electron's getters. Bounds that were set but not yet confirmed by the window manager are already here.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowState {
  pub bounds: Rect,
  pub content_bounds: Rect,
  /// Bounds of the window when it is neither maximized, minimized nor in full screen.
  pub normal_bounds: Rect,
  pub visible: bool,
  pub focused: bool,
  pub minimized: bool,
  pub maximized: bool,
  pub full_screen: bool,
  pub menu_bar_visible: bool,
  /// X11 window id, 0 elsewhere.
  pub native_handle: u64,
}

/// Everything a web view is created with.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebViewOptions {
  /// `""` is the default session; `persist:name` is kept on disk, any other string in memory.
  pub partition: String,
  /// Folder of the default session (cookies, storage).
  pub data_directory: String,
  pub user_agent: Option<String>,
  pub javascript: bool,
  pub dev_tools: bool,
  pub zoom_factor: f64,
  pub background_color: Option<Color>,
  pub images: bool,
  /// False: the view is drawn without the graphics card.
  pub hardware_acceleration: bool,
  pub web_security: bool,
  pub default_font_size: Option<u32>,
  pub minimum_font_size: Option<u32>,
  /// The page that called `window.open`; the new view shares its web process, as `window.opener` needs.
  pub opener: Option<WebContentsId>,
  /// The id of the `windowOpen` question that this view answers, if any.
  pub open_request: Option<RequestId>,
  /// The scripts of the portable lane, where pages are reached by it.
  pub lane: Option<LaneScripts>,
}

/// What a view of the portable lane is made with. Names and secret are new for each view and nobody guesses them.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LaneScripts {
  /// 32 hexadecimal digits that only the isolated world's script knows.
  pub secret: String,
  /// The name that this script gives the lane's function in the isolated world.
  pub hook: String,
  /// Run in the isolated world of each document, before its scripts.
  pub own: Vec<UserScript>,
  /// The same for the page's world.
  pub page: Vec<UserScript>,
}

/// A script of every document, or of those of main frames.
#[derive(Clone, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct UserScript {
  pub source: String,
  pub all_frames: bool,
}

impl std::fmt::Debug for LaneScripts {
  fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    formatter.write_str("LaneScripts")
  }
}

/// One entry of a menu. `id` is what [`crate::bridge::UiEvent::MenuItemClicked`] reports.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MenuEntry {
  pub id: u32,
  pub kind: MenuEntryKind,
  pub label: String,
  pub sublabel: Option<String>,
  pub tool_tip: Option<String>,
  pub enabled: bool,
  pub visible: bool,
  pub checked: bool,
  /// Electron's accelerator string, already checked by the JS side.
  pub accelerator: Option<String>,
  /// False: shown beside the label, but the key goes to the web view.
  pub register_accelerator: bool,
  pub accelerator_works_when_hidden: bool,
  pub icon: Option<Picture>,
  pub submenu: Vec<MenuEntry>,
}

/// Kinds of menu entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MenuEntryKind {
  Normal,
  Separator,
  Submenu,
  Checkbox,
  Radio,
}

/// Modifier keys and mouse button state that came with a click.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Modifiers {
  pub shift: bool,
  pub ctrl: bool,
  pub alt: bool,
  pub meta: bool,
  /// The click came from a key, not from the pointer.
  pub triggered_by_accelerator: bool,
}

/// A file filter of a dialog: extensions without the dot, `*` for all.
#[derive(Clone, Debug, Deserialize)]
pub struct FileFilter {
  pub name: String,
  pub extensions: Vec<String>,
}

/// What a file dialog is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FileDialogKind {
  OpenFile,
  OpenFiles,
  OpenDirectory,
  OpenDirectories,
  Save,
}

/// A file dialog. The answer is a list of absolute paths, empty when cancelled.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileDialog {
  pub kind: FileDialogKind,
  pub title: Option<String>,
  /// File or folder to start from.
  pub default_path: Option<String>,
  pub button_label: Option<String>,
  pub filters: Vec<FileFilter>,
  pub show_hidden_files: bool,
  pub show_overwrite_confirmation: bool,
  pub create_directory: bool,
}

/// A message box. The answer is `{response, checkboxChecked}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageBox {
  /// `none`, `info`, `error`, `question` or `warning`.
  pub kind: String,
  pub title: String,
  pub message: String,
  pub detail: String,
  pub buttons: Vec<String>,
  pub default_id: i32,
  pub cancel_id: i32,
  pub no_link: bool,
  pub checkbox_label: String,
  pub checkbox_checked: bool,
  pub icon: Option<Picture>,
}

/// The kind of clipboard; only X11 and Wayland have a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClipboardKind {
  Clipboard,
  Selection,
}

/// What an app writes to the clipboard in one go.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClipboardData {
  pub text: Option<String>,
  pub html: Option<String>,
  pub rtf: Option<String>,
  pub image: Option<Picture>,
}

/// Why a navigation is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum NavigationKind {
  LinkClicked,
  FormSubmitted,
  BackForward,
  Reload,
  FormResubmitted,
  Other,
}

/// How a page is put on paper. Lengths are in inches.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PdfOptions {
  pub landscape: bool,
  pub backgrounds: bool,
  /// 1 is the page's own size.
  pub scale: f64,
  pub width: f64,
  pub height: f64,
  /// Top, right, bottom, left.
  pub margins: [f64; 4],
  /// First and last of each run of pages, from 0; empty for all.
  pub pages: Vec<(i32, i32)>,
}

/// Whose navigation was decided about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NavigatingFrame {
  #[default]
  Main,
  Sub,
  /// If it is the main frame's, it is asked about once more before its document is replaced.
  Unknown,
}

/// Electron's `reason` of `render-process-gone`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessGoneReason {
  CleanExit,
  AbnormalExit,
  Killed,
  Crashed,
  Oom,
  LaunchFailed,
  IntegrityFailure,
}

/// One entry of a web view's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
  pub url: String,
  pub title: String,
  /// What the engine knows of the page beyond that, such as its scroll position; opaque.
  pub page_state: Option<String>,
}

/// What a load sends, and what it says of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostBody {
  pub content_type: String,
  /// Address of the page that the request comes from, `""` for none.
  pub referrer: String,
  pub parts: Vec<PostPart>,
}

/// One piece of a body.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum PostPart {
  RawData {
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
  },
  /// A piece of a file. Numbers are doubles because JS's are.
  File { path: String, offset: f64, length: f64 },
}

/// A key that went down or up, as Electron's `before-input-event` tells of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyInput {
  #[serde(rename = "type")]
  pub kind: &'static str,
  pub key: String,
  pub code: &'static str,
  pub is_auto_repeat: bool,
  pub is_composing: bool,
  pub shift: bool,
  pub control: bool,
  pub alt: bool,
  pub meta: bool,
  pub location: u8,
  pub modifiers: Vec<&'static str>,
}

/// One monitor.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DisplayInfo {
  pub id: u32,
  pub label: String,
  pub bounds: Rect,
  pub work_area: Rect,
  pub scale_factor: f64,
  pub rotation: u32,
  pub display_frequency: f64,
  pub primary: bool,
}
