//! The tables of the UI thread.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;

use crate::bridge::{MenuId, ReplyValue, RequestId, UiEnd, WebContentsId, WindowId};

use super::UiConfig;
use super::platform::{MenuModel, MessageDialog, Sessions, WebView, Window};

/// What a command that is answered at once gives.
pub(crate) type Outcome = Result<ReplyValue, String>;

/// Objects by the id that JS gave them. Look-ups hand out a shared pointer, so that no borrow is held while the toolkit calls back.
pub(crate) struct Table<K, T>(RefCell<HashMap<K, Rc<T>>>);

impl<K, T> Default for Table<K, T> {
  fn default() -> Self {
    Self(RefCell::default())
  }
}

impl<K: Eq + Hash + Copy, T> Table<K, T> {
  pub(crate) fn get(&self, id: K) -> Option<Rc<T>> {
    self.0.borrow().get(&id).cloned()
  }

  pub(crate) fn insert(&self, id: K, value: Rc<T>) {
    let old = self.0.borrow_mut().insert(id, value);
    drop(old);
  }

  pub(crate) fn remove(&self, id: K) -> Option<Rc<T>> {
    self.0.borrow_mut().remove(&id)
  }

  pub(crate) fn all(&self) -> Vec<Rc<T>> {
    self.0.borrow().values().cloned().collect()
  }
}

/// Everything that the UI thread knows. Callbacks of the toolkit hold a `Weak` of it.
pub(crate) struct Ui {
  pub(crate) end: UiEnd,
  pub(crate) config: UiConfig,
  pub(crate) sessions: Sessions,
  pub(crate) windows: Table<WindowId, Window>,
  pub(crate) web_views: Table<WebContentsId, WebView>,
  /// Views that a page opened and that JS has not yet accepted or refused.
  pub(crate) proposed_views: Table<RequestId, WebView>,
  /// The view that was made ahead for the first window, as long as nobody took it.
  #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux makes a view ahead"))]
  pub(crate) spare_view: RefCell<Option<Rc<WebView>>>,
  pub(crate) menus: Table<MenuId, MenuModel>,
  pub(crate) message_dialogs: Table<RequestId, MessageDialog>,
  pub(crate) exit_code: Cell<Option<i32>>,
  requests: Cell<RequestId>,
}

impl Ui {
  pub(crate) fn new(end: UiEnd, config: UiConfig) -> Self {
    Self {
      end,
      config,
      sessions: Sessions::default(),
      windows: Table::default(),
      web_views: Table::default(),
      proposed_views: Table::default(),
      spare_view: RefCell::default(),
      menus: Table::default(),
      message_dialogs: Table::default(),
      exit_code: Cell::new(None),
      requests: Cell::new(0),
    }
  }

  /// A number for the next question to JS.
  pub(crate) fn next_request(&self) -> RequestId {
    let request = self.requests.get().wrapping_add(1);
    self.requests.set(request);
    request
  }

  pub(crate) fn window(&self, id: WindowId) -> Result<Rc<Window>, String> {
    self.windows.get(id).ok_or_else(|| format!("there is no window {id}"))
  }

  pub(crate) fn web_view(&self, id: WebContentsId) -> Result<Rc<WebView>, String> {
    self.web_views.get(id).ok_or_else(|| format!("there is no web view {id}"))
  }

  pub(crate) fn menu(&self, id: MenuId) -> Result<Rc<MenuModel>, String> {
    self.menus.get(id).ok_or_else(|| format!("there is no menu {id}"))
  }
}

/// The answer of a command that has nothing to say.
pub(crate) fn done() -> Outcome {
  Ok(ReplyValue::Json(serde_json::Value::Null))
}

/// An answer out of anything that serde can write.
pub(crate) fn json(value: impl serde::Serialize) -> Outcome {
  serde_json::to_value(value).map(ReplyValue::Json).map_err(|error| error.to_string())
}
