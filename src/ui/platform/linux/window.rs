//! A native window: a GTK window with a place for the menu bar above the place for web views.
//!
//! Geometry under X11 is told, not asked: a request goes to the window manager, and what became of it arrives later. So each
//! window keeps a model of itself that changes with the request; the display's news correct it. JS reads the model.

mod events;
mod geometry;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use gtk::glib::translate::{ToGlibPtr, from_glib_full};
use gtk::prelude::*;
use gtk::{gdk, glib};
use tao::platform::unix::{EventLoopWindowTargetExtUnix, WindowExtUnix};

use crate::bridge::{Color, MenuId, Rect, Size, UiEnd, UiEvent, WindowAction, WindowId, WindowOptions, WindowProperty, WindowState};

use super::super::super::event_loop::Target;
use super::super::super::state::Ui;
use super::keys::Keys;
use super::menu::{MenuBar, MenuModel};
use super::picture;
use super::window_manager::{self, Frame};

/// For how long news of the display that contradict a request are taken for older than the request.
const SETTLE: Duration = Duration::from_millis(400);

/// How long the display is given to finish a change of bounds.
const BOUNDS_SETTLE: Duration = Duration::from_millis(12);

/// How long focus must stay before it is told.
const FOCUS_SETTLE: Duration = Duration::from_millis(8);

/// What a window shall be, and is as far as anybody knows.
#[derive(Default)]
struct Model {
  bounds: Rect,
  normal_bounds: Rect,
  frame: Frame,
  decorated: bool,
  min_size: Size,
  max_size: Size,
  /// Limits are of the content, not of the window.
  limits_of_content: bool,
  resizable: bool,
  aspect_ratio: f64,
  visible: bool,
  focused: bool,
  minimized: bool,
  maximized: bool,
  full_screen: bool,
  kiosk: bool,
  /// The bounds that were asked for and not yet confirmed.
  asked: Option<(Rect, Instant)>,
  minimizable: bool,
  maximizable: bool,
  closable: bool,
  movable: bool,
}

/// What was last told to JS, so that nothing is told twice.
#[derive(Default)]
struct Told {
  minimized: Cell<bool>,
  maximized: Cell<bool>,
  full_screen: Cell<bool>,
  focused: Cell<bool>,
  focus_pending: Cell<bool>,
  bounds_pending: Cell<bool>,
  closed: Cell<bool>,
}

/// A window of the app.
pub(crate) struct Window {
  id: WindowId,
  end: UiEnd,
  window: gtk::ApplicationWindow,
  /// tao's side of the window; its end destroys the GTK window.
  tao: RefCell<Option<tao::window::Window>>,
  column: gtk::Box,
  content: gtk::Overlay,
  background: gtk::CssProvider,
  menu_bar: MenuBar,
  model: RefCell<Model>,
  told: Told,
  /// The window was made for a size of its content, and neither shown nor resized since.
  fresh_content_size: Cell<bool>,
  /// The size that was asked for is the content's, until JS sets bounds or the frame is known.
  sized_by_content: Cell<bool>,
  pub(super) keys: Keys,
  me: Weak<Window>,
}

impl Window {
  /// Makes a hidden window.
  pub(crate) fn create(
    ui: &Rc<Ui>,
    target: &Target,
    id: WindowId,
    options: &WindowOptions,
    parent: Option<&Window>,
  ) -> Result<Rc<Self>, String> {
    let window = gtk::ApplicationWindow::builder().application(target.gtk_app()).show_menubar(false).build();
    if options.transparent {
      if let Some(visual) = GtkWindowExt::screen(&window).and_then(|screen| screen.rgba_visual()) {
        window.set_visual(Some(&visual));
      }
      window.set_app_paintable(true);
    }
    window.set_title(&text(&options.title));
    window.set_decorated(options.frame);
    window.set_deletable(options.closable);
    window.set_accept_focus(options.focusable);
    window.set_skip_taskbar_hint(options.skip_taskbar);
    window.set_skip_pager_hint(options.skip_taskbar);
    if let Some(hint) = options.window_type.as_deref().and_then(type_hint) {
      window.set_type_hint(hint);
    }
    if let Some(icon) = options.icon.as_ref().and_then(picture::to_pixbuf) {
      window.set_icon(Some(&icon));
    }
    if let Some(parent) = parent {
      window.set_transient_for(Some(&parent.window));
    }
    window.set_modal(options.modal && parent.is_some());

    let column = gtk::Box::new(gtk::Orientation::Vertical, 0);
    let content = gtk::Overlay::new();
    // The overlay takes its size from its main child, which therefore asks for nothing: web views lie over it.
    content.add(&gtk::Box::new(gtk::Orientation::Vertical, 0));
    let menu_bar = MenuBar::new(ui, id, options.auto_hide_menu_bar);
    column.pack_start(menu_bar.widget(), false, false, 0);
    column.pack_start(&content, true, true, 0);
    window.add(&column);
    content.show_all();
    column.show();

    let tao = tao::window::Window::new_from_gtk_window(target, window.clone()).map_err(|error| error.to_string())?;
    let background = gtk::CssProvider::new();
    window.style_context().add_provider(&background, gtk::STYLE_PROVIDER_PRIORITY_APPLICATION);

    let frame = if options.frame { window_manager::expected_frame() } else { Frame::default() };
    let this = Rc::new_cyclic(|me| Self {
      id,
      end: ui.end.clone(),
      window,
      tao: RefCell::new(Some(tao)),
      column,
      content,
      background,
      menu_bar,
      model: RefCell::new(Model {
        frame,
        decorated: options.frame,
        min_size: sane_size(options.min_size),
        max_size: sane_size(options.max_size),
        limits_of_content: options.use_content_size,
        resizable: options.resizable,
        minimizable: options.minimizable,
        maximizable: options.maximizable,
        closable: options.closable,
        movable: options.movable,
        ..Model::default()
      }),
      told: Told::default(),
      fresh_content_size: Cell::new(options.use_content_size),
      sized_by_content: Cell::new(options.use_content_size),
      keys: Keys::default(),
      me: me.clone(),
    });
    this.connect_keys(ui);
    this.menu_bar.attach(&this.window);
    this.place_initially(options, parent);
    if let Some(color) = options.background_color
      && !options.transparent
    {
      this.set_background(color);
    }
    if let Some(opacity) = options.opacity.filter(|opacity| opacity.is_finite()) {
      this.window.set_opacity(opacity.clamp(0.0, 1.0));
    }
    this.window.set_keep_above(options.always_on_top);
    this.connect();
    if !(options.minimizable && options.maximizable && options.closable && options.movable) {
      this.update_functions();
    }
    if options.kiosk {
      this.model.borrow_mut().kiosk = true;
    }
    if options.fullscreen || options.kiosk {
      this.set_full_screen(true);
    }
    Ok(this)
  }

  pub(crate) fn id(&self) -> WindowId {
    self.id
  }

  pub(super) fn weak(&self) -> Weak<Window> {
    self.me.clone()
  }

  pub(crate) fn gtk(&self) -> &gtk::ApplicationWindow {
    &self.window
  }

  /// Where web views lie.
  pub(crate) fn content(&self) -> &gtk::Overlay {
    &self.content
  }

  /// The size of the content area as the model knows it.
  pub(crate) fn content_size(&self) -> (i32, i32) {
    let content = self.state().content_bounds;
    (content.width, content.height)
  }

  pub(crate) fn menu(&self) -> Option<MenuId> {
    self.menu_bar.menu()
  }

  /// Shows a menu in the bar. The window keeps its size, the content gives way, as in Electron.
  pub(crate) fn set_menu(&self, menu: Option<Rc<MenuModel>>) {
    let before = self.menu_bar.height();
    self.menu_bar.show_menu(menu);
    let more = self.menu_bar.height() - before;
    if more != 0 && self.fresh_content_size.get() {
      // The size that was asked for is the content's, and nobody has seen the window yet.
      self.grow(more);
    }
  }

  /// Whether the window belongs to `other`, directly or through others.
  pub(crate) fn descends_from(&self, other: &Window) -> bool {
    let mut window = Some(self.window.clone().upcast::<gtk::Window>());
    while let Some(current) = window {
      if current == *other.window.upcast_ref::<gtk::Window>() {
        return true;
      }
      window = current.transient_for();
    }
    false
  }

  pub(crate) fn set_parent(&self, parent: Option<&Window>) {
    self.window.set_transient_for(parent.map(|parent| &parent.window));
    if parent.is_none() {
      self.window.set_modal(false);
    }
  }

  pub(crate) fn state(&self) -> WindowState {
    let model = self.model.borrow();
    let bounds = model.bounds;
    let frame = if model.full_screen { Frame::default() } else { model.frame };
    let menu = self.menu_bar.height();
    WindowState {
      bounds,
      content_bounds: Rect {
        x: bounds.x + frame.left,
        y: bounds.y + frame.top + menu,
        width: (bounds.width - frame.width()).max(0),
        height: (bounds.height - frame.height() - menu).max(0),
      },
      normal_bounds: if model.maximized || model.minimized || model.full_screen { model.normal_bounds } else { bounds },
      visible: model.visible,
      focused: model.focused,
      minimized: model.minimized,
      maximized: model.maximized,
      full_screen: model.full_screen,
      menu_bar_visible: self.menu_bar.is_visible(),
      native_handle: self.native_handle(),
    }
  }

  fn native_handle(&self) -> u64 {
    self.window.window().and_then(|window| window.downcast::<gdkx11::X11Window>().ok()).map_or(0, |window| window.xid())
  }

  /// Changes a property; [`Self::set_parent`] does the one that names another window.
  pub(crate) fn set(&self, property: WindowProperty) -> Result<(), String> {
    use WindowProperty as P;
    match property {
      P::Title(title) => self.window.set_title(&text(&title)),
      P::Bounds(bounds) => self.set_bounds(sane(bounds)),
      P::ContentBounds(content) => {
        let content = sane(content);
        let frame = self.model.borrow().frame;
        let menu = self.menu_bar.height();
        self.set_bounds(Rect {
          x: content.x - frame.left,
          y: content.y - frame.top - menu,
          width: content.width + frame.width(),
          height: content.height + frame.height() + menu,
        });
      }
      P::MinSize(size) => {
        self.model.borrow_mut().min_size = sane_size(size);
        self.apply_limits();
      }
      P::MaxSize(size) => {
        self.model.borrow_mut().max_size = sane_size(size);
        self.apply_limits();
      }
      P::Resizable(resizable) => {
        self.model.borrow_mut().resizable = resizable;
        self.apply_limits();
      }
      P::AspectRatio(ratio) => {
        self.model.borrow_mut().aspect_ratio = if ratio.is_finite() { ratio.max(0.0) } else { 0.0 };
        self.apply_limits();
      }
      P::Movable(on) => {
        self.model.borrow_mut().movable = on;
        self.update_functions();
      }
      P::Minimizable(on) => {
        self.model.borrow_mut().minimizable = on;
        self.update_functions();
      }
      P::Maximizable(on) => {
        self.model.borrow_mut().maximizable = on;
        self.update_functions();
      }
      P::Closable(on) => {
        self.model.borrow_mut().closable = on;
        self.window.set_deletable(on);
        self.update_functions();
      }
      P::Focusable(on) => self.window.set_accept_focus(on),
      // Whether full screen is allowed is a rule for the app's own commands, which JS keeps.
      P::Fullscreenable(_) => {}
      P::Enabled(on) => self.column.set_sensitive(on),
      P::AlwaysOnTop(on) => self.window.set_keep_above(on),
      P::FullScreen(on) => self.set_full_screen(on),
      P::Kiosk(on) => {
        self.model.borrow_mut().kiosk = on;
        self.set_full_screen(on);
      }
      P::SkipTaskbar(on) => {
        self.window.set_skip_taskbar_hint(on);
        self.window.set_skip_pager_hint(on);
      }
      P::HasShadow(_) => return Err("the window manager decides about shadows on Linux".to_owned()),
      P::Opacity(opacity) => {
        if !opacity.is_finite() {
          return Err("the opacity must be a number".to_owned());
        }
        self.window.set_opacity(opacity.clamp(0.0, 1.0));
      }
      P::BackgroundColor(color) => self.set_background(color),
      P::Icon(icon) => {
        let icon = picture::to_pixbuf(&icon).ok_or("the icon is empty")?;
        self.window.set_icon(Some(&icon));
      }
      P::AutoHideMenuBar(on) => self.menu_bar.set_auto_hide(on),
      P::MenuBarVisible(on) => self.menu_bar.set_visible(on),
      P::VisibleOnAllWorkspaces(true) => self.window.stick(),
      P::VisibleOnAllWorkspaces(false) => self.window.unstick(),
      P::IgnoreMouseEvents(on) => {
        let nothing = gtk::cairo::Region::create();
        self.window.input_shape_combine_region(on.then_some(&nothing));
      }
      P::Parent(_) => return Err("the parent is set through the table of windows".to_owned()),
    }
    Ok(())
  }

  pub(crate) fn act(&self, action: WindowAction) -> Result<(), String> {
    match action {
      WindowAction::Show => {
        self.show();
        self.focus();
      }
      WindowAction::ShowInactive => {
        self.window.set_focus_on_map(false);
        self.show();
        self.window.set_focus_on_map(true);
      }
      WindowAction::Hide => self.window.hide(),
      WindowAction::Focus => {
        if self.model.borrow().visible {
          self.focus();
        }
      }
      WindowAction::Blur => self.blur(),
      WindowAction::Minimize => self.set_minimized(true),
      WindowAction::Restore => self.set_minimized(false),
      WindowAction::Maximize => self.set_maximized(true),
      WindowAction::Unmaximize => self.set_maximized(false),
      WindowAction::Center => self.center(),
      WindowAction::MoveTop => {
        if let Some(window) = self.window.window() {
          window.raise();
        }
      }
      WindowAction::FlashStart => self.window.set_urgency_hint(true),
      WindowAction::FlashStop => self.window.set_urgency_hint(false),
    }
    Ok(())
  }

  /// Puts the window right above another one of the screen.
  pub(crate) fn move_above(&self, other: u32) -> Result<bool, String> {
    let Some(display) = gdk::Display::default().and_then(|display| display.downcast::<gdkx11::X11Display>().ok()) else {
      return Err("only X11 lets a window be put above another one".to_owned());
    };
    // SAFETY: the display is alive; the toolkit asks the server about the window and gives none for a wrong number.
    let other: Option<gdk::Window> =
      unsafe { from_glib_full(gdkx11::ffi::gdk_x11_window_foreign_new_for_display(display.to_glib_none().0, other.into())) };
    let Some(other) = other else { return Ok(false) };
    self.window.realize();
    if let Some(window) = self.window.window() {
      window.restack(Some(&other), true);
    }
    Ok(true)
  }

  /// Takes the window away. Its web views are gone already.
  pub(crate) fn destroy(&self) {
    self.menu_bar.show_menu(None);
    // What the toolkit tells while it takes the window apart is no news to the app.
    let told = self.told.closed.replace(true);
    let tao = self.tao.borrow_mut().take();
    drop(tao);
    if !told {
      self.end.emit(UiEvent::WindowClosed { window: self.id });
    }
  }

  fn tell_closed(&self) {
    if !self.told.closed.replace(true) {
      self.end.emit(UiEvent::WindowClosed { window: self.id });
    }
  }

  fn set_background(&self, color: Color) {
    let css = format!("window {{ background: rgba({}, {}, {}, {}); }}", color.r, color.g, color.b, f64::from(color.a) / 255.0);
    if let Err(error) = self.background.load_from_data(css.as_bytes()) {
      glib::g_warning!("shell", "the background colour was refused: {error}");
    }
  }

  fn show(&self) {
    self.fresh_content_size.set(false);
    if self.model.borrow().minimized {
      self.set_minimized(false);
    }
    if !self.window.is_visible() {
      self.place_again();
    }
    self.window.show();
  }

  fn focus(&self) {
    // The server's own time: window managers take the time of the last event, which may be none, for an attempt to steal focus.
    let time = self.window.window().and_then(|window| window.downcast::<gdkx11::X11Window>().ok());
    match time {
      Some(window) => self.window.present_with_time(gdkx11::functions::x11_get_server_time(&window)),
      None => self.window.present(),
    }
  }

  fn blur(&self) {
    if let Some(window) = self.window.window() {
      window.lower();
      super::crossing::give_up_focus(&window);
    }
  }
}

/// The longest side and the farthest place of a window, X11's and GTK's own.
const FARTHEST: i32 = i16::MAX as i32;

/// Bounds that can be added to each other. An app may send any number.
pub(super) fn sane(bounds: Rect) -> Rect {
  Rect {
    x: bounds.x.clamp(-FARTHEST, FARTHEST),
    y: bounds.y.clamp(-FARTHEST, FARTHEST),
    width: bounds.width.clamp(0, FARTHEST),
    height: bounds.height.clamp(0, FARTHEST),
  }
}

fn sane_size(size: Size) -> Size {
  Size { width: size.width.clamp(0, FARTHEST), height: size.height.clamp(0, FARTHEST) }
}

/// Text without what would end it for C.
fn text(text: &str) -> String {
  text.replace('\0', "")
}

/// The freedesktop type of a window.
fn type_hint(name: &str) -> Option<gdk::WindowTypeHint> {
  Some(match name {
    "desktop" => gdk::WindowTypeHint::Desktop,
    "dock" => gdk::WindowTypeHint::Dock,
    "toolbar" => gdk::WindowTypeHint::Toolbar,
    "splash" => gdk::WindowTypeHint::Splashscreen,
    "notification" => gdk::WindowTypeHint::Notification,
    _ => return None,
  })
}
