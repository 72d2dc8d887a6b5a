//! A native window: tao's, with what tao has no name for done by the system's own calls.
//!
//! The systems tell the truth at once, so what JS reads is read from them; only what was told last is kept, so that nothing is told twice.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use tao::dpi::{LogicalPosition, LogicalSize};
use tao::event::WindowEvent;
use tao::window::{Fullscreen, Icon, UserAttentionType, WindowBuilder, WindowSizeConstraints};

use crate::bridge::{
  Color, MenuId, Picture, Rect, Size, UiEnd, UiEvent, WindowAction, WindowId, WindowOptions, WindowProperty, WindowState,
};

use super::super::super::event_loop::Target;
use super::super::super::state::Ui;
use super::super::native;
use super::menu::{BuiltMenu, MenuModel};

/// What JS has asked for and the system does not tell.
#[derive(Clone, Copy, Default)]
struct Model {
  min_size: Size,
  max_size: Size,
  /// Limits are of the content, not of the window.
  limits_of_content: bool,
  normal_bounds: Rect,
  menu_bar_visible: bool,
}

/// What was last told to JS.
#[derive(Default)]
struct Told {
  bounds: Cell<Rect>,
  visible: Cell<bool>,
  focused: Cell<bool>,
  minimized: Cell<bool>,
  maximized: Cell<bool>,
  full_screen: Cell<bool>,
  closed: Cell<bool>,
}

/// A window of the app.
pub(crate) struct Window {
  id: WindowId,
  end: UiEnd,
  tao: tao::window::Window,
  extra: native::WindowExtra,
  parent: RefCell<Weak<Window>>,
  menu: RefCell<Option<Rc<MenuModel>>>,
  bar: RefCell<Option<BuiltMenu>>,
  model: Cell<Model>,
  told: Told,
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
    let size = LogicalSize::new(options.width.max(1), options.height.max(1));
    let mut builder = WindowBuilder::new()
      .with_title(text(&options.title))
      .with_inner_size(size)
      .with_visible(false)
      .with_resizable(options.resizable)
      .with_minimizable(options.minimizable)
      .with_maximizable(options.maximizable)
      .with_closable(options.closable)
      .with_focusable(options.focusable)
      .with_focused(false)
      .with_decorations(options.frame)
      .with_transparent(options.transparent)
      .with_always_on_top(options.always_on_top)
      .with_window_icon(options.icon.as_ref().and_then(icon));
    if let Some(color) = options.background_color.filter(|_| !options.transparent) {
      builder = builder.with_background_color((color.r, color.g, color.b, color.a));
    }
    let builder = native::configure(builder, options, parent.map(Self::tao))?;
    let tao = builder.build(target).map_err(|error| error.to_string())?;
    let extra = native::WindowExtra::new(&tao, options)?;
    let this = Rc::new_cyclic(|me| Self {
      id,
      end: ui.end.clone(),
      tao,
      extra,
      parent: RefCell::new(parent.map(|parent| parent.me.clone()).unwrap_or_default()),
      menu: RefCell::default(),
      bar: RefCell::default(),
      model: Cell::new(Model {
        min_size: sane_size(options.min_size),
        max_size: sane_size(options.max_size),
        limits_of_content: options.use_content_size,
        menu_bar_visible: !options.auto_hide_menu_bar,
        ..Model::default()
      }),
      told: Told::default(),
      me: me.clone(),
    });
    this.place_initially(options, parent);
    this.apply_limits();
    if let Some(opacity) = options.opacity {
      this.set(WindowProperty::Opacity(opacity))?;
    }
    if let Some(parent) = parent {
      this.extra.set_parent(&this.tao, Some(&parent.tao), options.modal)?;
    }
    if options.kiosk {
      this.extra.set_kiosk(&this.tao, true);
    }
    if options.fullscreen || options.kiosk {
      this.set_full_screen(true);
    }
    let bounds = this.bounds();
    this.update_model(|model| model.normal_bounds = bounds);
    this.told.bounds.set(bounds);
    Ok(this)
  }

  pub(crate) fn id(&self) -> WindowId {
    self.id
  }

  pub(crate) fn tao(&self) -> &tao::window::Window {
    &self.tao
  }

  pub(crate) fn me(&self) -> Option<Rc<Self>> {
    self.me.upgrade()
  }

  /// The size of the content area.
  pub(crate) fn content_size(&self) -> LogicalSize<f64> {
    self.tao.inner_size().to_logical(self.tao.scale_factor())
  }

  pub(crate) fn menu(&self) -> Option<MenuId> {
    self.menu.borrow().as_ref().map(|menu| menu.id())
  }

  /// Shows a menu in the bar, or its new entries, or none.
  pub(crate) fn set_menu(&self, menu: Option<Rc<MenuModel>>) {
    let same = menu.as_ref().map(|menu| menu.id()) == self.menu();
    let entries = menu.as_ref().map(|menu| menu.entries()).unwrap_or_default();
    if same && self.bar.borrow().as_ref().is_some_and(|bar| bar.update(&entries)) {
      return;
    }
    if let Some(old) = self.bar.take() {
      self.extra.remove_bar(&self.tao, &old.menu);
    }
    // A key or an icon that muda does not know makes a menu that cannot be shown; the app's keys of JS still work.
    let built = menu.as_ref().and_then(|menu| BuiltMenu::build(&entries, menu.id(), Some(self.id)).ok());
    if let Some(built) = &built {
      self.extra.show_bar(&self.tao, &built.menu, self.model.get().menu_bar_visible);
    }
    self.bar.replace(built);
    self.menu.replace(menu);
  }

  /// Whether the window belongs to `other`, directly or through others.
  pub(crate) fn descends_from(&self, other: &Window) -> bool {
    let mut window = self.me();
    while let Some(current) = window {
      if current.id == other.id {
        return true;
      }
      window = current.parent.borrow().upgrade();
    }
    false
  }

  pub(crate) fn set_parent(&self, parent: Option<&Window>) {
    let old = self.parent.borrow().upgrade();
    if let Some(old) = old {
      self.extra.leave_parent(&self.tao, &old.tao);
    }
    self.parent.replace(parent.map(|parent| parent.me.clone()).unwrap_or_default());
    // A window that the system does not take as a child stays a window of its own.
    let _ = self.extra.set_parent(&self.tao, parent.map(Self::tao), false);
  }

  pub(crate) fn state(&self) -> WindowState {
    let bounds = self.bounds();
    let (minimized, maximized, full_screen) = (self.tao.is_minimized(), self.tao.is_maximized(), self.tao.fullscreen().is_some());
    let model = self.model.get();
    WindowState {
      bounds,
      content_bounds: self.content_bounds(),
      normal_bounds: if minimized || maximized || full_screen { model.normal_bounds } else { bounds },
      visible: self.tao.is_visible(),
      focused: self.tao.is_focused(),
      minimized,
      maximized,
      full_screen,
      menu_bar_visible: model.menu_bar_visible && self.bar.borrow().is_some(),
      native_handle: native::native_handle(&self.tao),
    }
  }

  fn bounds(&self) -> Rect {
    let scale = self.tao.scale_factor();
    let position = self.tao.outer_position().unwrap_or_default().to_logical::<f64>(scale);
    rect(position, self.tao.outer_size().to_logical(scale))
  }

  fn content_bounds(&self) -> Rect {
    let scale = self.tao.scale_factor();
    let position = self.tao.inner_position().unwrap_or_default().to_logical::<f64>(scale);
    rect(position, self.tao.inner_size().to_logical(scale))
  }

  /// What the frame and the menu bar add to the content.
  fn frame(&self) -> Size {
    let (bounds, content) = (self.bounds(), self.content_bounds());
    Size { width: (bounds.width - content.width).max(0), height: (bounds.height - content.height).max(0) }
  }

  /// Changes a property; [`Self::set_parent`] does the one that names another window.
  pub(crate) fn set(&self, property: WindowProperty) -> Result<(), String> {
    use WindowProperty as P;
    match property {
      P::Title(title) => self.tao.set_title(&text(&title)),
      P::Bounds(bounds) => self.set_bounds(sane(bounds)),
      P::ContentBounds(content) => {
        let (content, outer, inner) = (sane(content), self.bounds(), self.content_bounds());
        let frame = self.frame();
        self.set_bounds(Rect {
          x: content.x - (inner.x - outer.x),
          y: content.y - (inner.y - outer.y),
          width: content.width + frame.width,
          height: content.height + frame.height,
        });
      }
      P::MinSize(size) => {
        self.update_model(|model| model.min_size = sane_size(size));
        self.apply_limits();
      }
      P::MaxSize(size) => {
        self.update_model(|model| model.max_size = sane_size(size));
        self.apply_limits();
      }
      P::Resizable(on) => self.tao.set_resizable(on),
      P::AspectRatio(ratio) => self.extra.set_aspect_ratio(&self.tao, if ratio.is_finite() { ratio.max(0.0) } else { 0.0 }),
      P::Movable(on) => self.extra.set_movable(&self.tao, on),
      P::Minimizable(on) => self.tao.set_minimizable(on),
      P::Maximizable(on) => self.tao.set_maximizable(on),
      P::Closable(on) => self.tao.set_closable(on),
      P::Focusable(on) => self.tao.set_focusable(on),
      // Whether full screen is allowed is a rule for the app's own commands, which JS keeps.
      P::Fullscreenable(on) => self.extra.set_full_screenable(&self.tao, on),
      P::Enabled(on) => self.extra.set_enabled(&self.tao, on),
      P::AlwaysOnTop(on) => self.tao.set_always_on_top(on),
      P::FullScreen(on) => self.set_full_screen(on),
      P::Kiosk(on) => {
        self.extra.set_kiosk(&self.tao, on);
        self.set_full_screen(on);
      }
      P::SkipTaskbar(on) => self.extra.set_skip_taskbar(&self.tao, on)?,
      P::HasShadow(on) => self.extra.set_shadow(&self.tao, on)?,
      P::Opacity(opacity) => {
        if !opacity.is_finite() {
          return Err("the opacity must be a number".to_owned());
        }
        self.extra.set_opacity(&self.tao, opacity.clamp(0.0, 1.0))?;
      }
      P::BackgroundColor(Color { r, g, b, a }) => self.tao.set_background_color(Some((r, g, b, a))),
      P::Icon(picture) => self.tao.set_window_icon(Some(icon(&picture).ok_or("the icon is empty")?)),
      P::AutoHideMenuBar(on) => self.show_menu_bar(!on),
      P::MenuBarVisible(on) => self.show_menu_bar(on),
      P::VisibleOnAllWorkspaces(on) => self.extra.set_visible_on_all_workspaces(&self.tao, on)?,
      P::IgnoreMouseEvents(on) => self.tao.set_ignore_cursor_events(on).map_err(|error| error.to_string())?,
      P::Parent(_) => return Err("the parent is set through the table of windows".to_owned()),
    }
    Ok(())
  }

  pub(crate) fn act(&self, action: WindowAction) -> Result<(), String> {
    match action {
      WindowAction::Show => {
        self.tao.set_visible(true);
        self.tao.set_focus();
        self.tell_visible(true);
      }
      WindowAction::ShowInactive => {
        self.extra.show_inactive(&self.tao);
        self.tell_visible(true);
      }
      WindowAction::Hide => {
        self.tao.set_visible(false);
        self.tell_visible(false);
      }
      WindowAction::Focus => {
        if self.tao.is_visible() {
          self.tao.set_focus();
        }
      }
      WindowAction::Blur => self.extra.blur(&self.tao),
      WindowAction::Minimize => self.tao.set_minimized(true),
      WindowAction::Restore => self.tao.set_minimized(false),
      WindowAction::Maximize => {
        self.tao.set_maximized(true);
        self.tao.set_visible(true);
        self.tell_visible(true);
      }
      WindowAction::Unmaximize => self.tao.set_maximized(false),
      WindowAction::Center => self.center(),
      WindowAction::MoveTop => self.extra.move_top(&self.tao),
      WindowAction::FlashStart => self.tao.request_user_attention(Some(UserAttentionType::Critical)),
      WindowAction::FlashStop => self.tao.request_user_attention(None),
    }
    self.tell_states();
    Ok(())
  }

  pub(crate) fn move_above(&self, _other: u32) -> Result<bool, String> {
    Err(format!("BaseWindow.moveAbove is not implemented on {} yet", if cfg!(windows) { "win32" } else { "darwin" }))
  }

  /// Takes the window away; tao's side goes with the last pointer to it. Its web views are gone already.
  pub(crate) fn destroy(&self) {
    if let Some(bar) = self.bar.take() {
      self.extra.remove_bar(&self.tao, &bar.menu);
    }
    if let Some(parent) = self.parent.borrow().upgrade() {
      self.extra.leave_parent(&self.tao, &parent.tao);
    }
    self.tao.set_visible(false);
    if !self.told.closed.replace(true) {
      self.end.emit(UiEvent::WindowClosed { window: self.id });
    }
  }

  /// Takes what the toolkit tells.
  pub(super) fn note(&self, event: &WindowEvent<'_>) {
    let window = self.id;
    match event {
      WindowEvent::CloseRequested => self.end.emit(UiEvent::WindowCloseAsked { window }),
      WindowEvent::Destroyed => {
        if !self.told.closed.replace(true) {
          self.end.emit(UiEvent::WindowClosed { window });
        }
      }
      WindowEvent::Focused(focused) => {
        if !self.told.closed.get() && self.told.focused.replace(*focused) != *focused {
          self.end.emit(if *focused { UiEvent::WindowFocused { window } } else { UiEvent::WindowBlurred { window } });
        }
      }
      WindowEvent::Resized(_) | WindowEvent::Moved(_) | WindowEvent::ScaleFactorChanged { .. } => self.tell_states(),
      _ => {}
    }
  }

  /// Tells what has changed of state and bounds.
  fn tell_states(&self) {
    if self.told.closed.get() {
      return;
    }
    let window = self.id;
    let (minimized, maximized, full_screen) = (self.tao.is_minimized(), self.tao.is_maximized(), self.tao.fullscreen().is_some());
    if self.told.minimized.replace(minimized) != minimized {
      self.end.emit(if minimized { UiEvent::WindowMinimized { window } } else { UiEvent::WindowRestored { window } });
    }
    // Where a minimized window is kept is the system's own affair.
    if minimized {
      return;
    }
    if self.told.maximized.replace(maximized) != maximized {
      self.end.emit(if maximized { UiEvent::WindowMaximized { window } } else { UiEvent::WindowUnmaximized { window } });
    }
    if self.told.full_screen.replace(full_screen) != full_screen {
      self.end.emit(if full_screen { UiEvent::WindowEnteredFullScreen { window } } else { UiEvent::WindowLeftFullScreen { window } });
    }
    let bounds = self.bounds();
    if !maximized && !full_screen {
      self.update_model(|model| model.normal_bounds = bounds);
    }
    let old = self.told.bounds.replace(bounds);
    if (old.width, old.height) != (bounds.width, bounds.height) {
      self.end.emit(UiEvent::WindowResized { window, bounds });
    }
    if (old.x, old.y) != (bounds.x, bounds.y) {
      self.end.emit(UiEvent::WindowMoved { window, bounds });
    }
  }

  fn tell_visible(&self, visible: bool) {
    let window = self.id;
    if self.told.visible.replace(visible) != visible {
      self.end.emit(if visible { UiEvent::WindowShown { window } } else { UiEvent::WindowHidden { window } });
    }
  }

  /// Size and place of a window that was never shown.
  fn place_initially(&self, options: &WindowOptions, parent: Option<&Window>) {
    let frame = self.frame();
    let mut bounds = sane(Rect { x: 0, y: 0, width: options.width.max(1), height: options.height.max(1) });
    if options.use_content_size {
      bounds.width += frame.width;
      bounds.height += frame.height;
    }
    let area = native::work_area_of(parent.map_or(&self.tao, |parent| &parent.tao));
    let middle = centered(area, bounds.width, bounds.height);
    bounds.x = options.x.unwrap_or(middle.x);
    bounds.y = options.y.unwrap_or(middle.y);
    if options.center {
      (bounds.x, bounds.y) = (middle.x, middle.y);
    }
    self.set_bounds(sane(bounds));
  }

  fn set_bounds(&self, bounds: Rect) {
    let frame = self.frame();
    self.tao.set_inner_size(LogicalSize::new((bounds.width - frame.width).max(1), (bounds.height - frame.height).max(1)));
    self.tao.set_outer_position(LogicalPosition::new(bounds.x, bounds.y));
    self.tell_states();
  }

  fn center(&self) {
    let bounds = self.bounds();
    self.set_bounds(centered(native::work_area_of(&self.tao), bounds.width, bounds.height));
  }

  fn set_full_screen(&self, on: bool) {
    self.tao.set_fullscreen(on.then_some(Fullscreen::Borderless(None)));
    self.tell_states();
  }

  fn show_menu_bar(&self, on: bool) {
    self.update_model(|model| model.menu_bar_visible = on);
    if let Some(bar) = &*self.bar.borrow() {
      self.extra.set_bar_visible(&self.tao, &bar.menu, on);
    }
  }

  /// Tells the system how small and how large the user may make the window.
  fn apply_limits(&self) {
    let model = self.model.get();
    let frame = if model.limits_of_content { Size::default() } else { self.frame() };
    let limit = |value: i32, frame: i32| (value > 0).then(|| f64::from((value - frame).max(1)));
    self.tao.set_inner_size_constraints(WindowSizeConstraints {
      min_width: limit(model.min_size.width, frame.width).map(logical),
      min_height: limit(model.min_size.height, frame.height).map(logical),
      max_width: limit(model.max_size.width, frame.width).map(logical),
      max_height: limit(model.max_size.height, frame.height).map(logical),
    });
  }

  fn update_model(&self, change: impl FnOnce(&mut Model)) {
    let mut model = self.model.get();
    change(&mut model);
    self.model.set(model);
  }
}

fn logical(value: f64) -> tao::dpi::PixelUnit {
  tao::dpi::PixelUnit::Logical(value.into())
}

fn rect(position: LogicalPosition<f64>, size: LogicalSize<f64>) -> Rect {
  Rect { x: position.x.round() as i32, y: position.y.round() as i32, width: size.width.round() as i32, height: size.height.round() as i32 }
}

fn centered(area: Rect, width: i32, height: i32) -> Rect {
  Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// The longest side and the farthest place of a window.
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

fn icon(picture: &Picture) -> Option<Icon> {
  Icon::from_rgba(picture.rgba.clone(), picture.width, picture.height).ok()
}
