//! Loads that the app asks for, and the history.

use serde_json::{Value, json};
use webview2_com::Microsoft::Web::WebView2::Win32::{ICoreWebView2_2, ICoreWebView2Environment2};
use windows_core::{HSTRING, Interface, w};

use super::super::super::common::WebView;
use super::super::super::net;
use super::{Visited, fault};
use crate::bridge::HistoryEntry;

impl WebView {
  pub(crate) fn load(&self, url: &str, user_agent: Option<&str>, headers: &[(String, String)]) -> Result<(), String> {
    if url.contains('\0') || url::Url::parse(url).is_err() {
      self.tell_failure(url, net::INVALID_URL, true);
      return Ok(());
    }
    if let Some(user_agent) = user_agent {
      self.set_user_agent(user_agent)?;
    }
    self.load.expect(url);
    let lines: String = headers
      .iter()
      .filter(|(name, value)| !name.contains(['\0', '\r', '\n', ':']) && !value.contains(['\0', '\r', '\n']))
      .map(|(name, value)| format!("{name}: {value}\r\n"))
      .collect();
    let url = url.to_owned();
    self.when_ready(move |this| this.navigate(&url, &lines));
    Ok(())
  }

  fn navigate(&self, url: &str, headers: &str) {
    let address = HSTRING::from(url);
    // SAFETY: the engine's objects are alive and used on the thread that made them, and texts outlive the calls.
    let result = unsafe {
      if headers.is_empty() {
        self.engine.view.Navigate(&address)
      } else {
        self
          .engine
          .environment
          .cast::<ICoreWebView2Environment2>()
          .and_then(|environment| environment.CreateWebResourceRequest(&address, w!("GET"), None, &HSTRING::from(headers)))
          .and_then(|request| self.engine.view.cast::<ICoreWebView2_2>()?.NavigateWithWebResourceRequest(&request))
      }
    };
    if result.is_err() {
      // The engine takes only addresses that it can show.
      self.load.is_own(url);
      self.tell_failure(url, net::UNKNOWN_URL_SCHEME, true);
    }
  }

  pub(crate) fn reload(&self, ignore_cache: bool) -> Result<(), String> {
    self.load.own_step.set(true);
    if ignore_cache {
      self.dev_tools_call("Page.reload", &json!({ "ignoreCache": true }), |_| ());
      return Ok(());
    }
    // SAFETY: the view is alive.
    unsafe { self.engine.view.Reload() }.map_err(fault)
  }

  pub(crate) fn stop(&self) -> Result<(), String> {
    // SAFETY: the view is alive.
    unsafe { self.engine.view.Stop() }.map_err(fault)
  }

  pub(crate) fn go(&self, offset: i32) -> Result<(), String> {
    if offset == 0 {
      return self.reload(false);
    }
    let history = self.engine.history.borrow();
    let entry = history.0.checked_add(offset).and_then(|index| usize::try_from(index).ok()).and_then(|index| history.1.get(index));
    let id = entry.map(|visited| visited.id).ok_or_else(|| format!("the history has no entry {offset} steps away"))?;
    drop(history);
    self.load.own_step.set(true);
    self.dev_tools_call("Page.navigateToHistoryEntry", &json!({ "entryId": id }), |_| ());
    Ok(())
  }

  /// The entries and the index of the active one, -1 for none. The engine hands out no states of pages.
  pub(crate) fn history(&self, _page_states: bool) -> Result<(i32, Vec<HistoryEntry>), String> {
    let history = self.engine.history.borrow();
    let entries: Vec<_> = history.1.iter().map(|visited| visited.entry.clone()).collect();
    Ok((if entries.is_empty() { -1 } else { history.0 }, entries))
  }

  /// With `None`, takes all entries but the active one out of the history.
  pub(crate) fn remove_history(&self, index: Option<u32>) -> Result<bool, String> {
    if index.is_some() {
      return Err("navigationHistory.removeEntryAtIndex is not possible on win32".to_owned());
    }
    let weak = self.weak();
    self.dev_tools_call("Page.resetNavigationHistory", &json!({}), move |_| {
      if let Some(this) = weak.upgrade() {
        this.read_history();
      }
    });
    Ok(true)
  }

  pub(crate) fn restore_history(&self, _index: u32, _entries: &[HistoryEntry]) -> Result<(), String> {
    Err("navigationHistory.restore is not possible on win32".to_owned())
  }

  /// Reads the history anew. The engine tells only that it has changed.
  pub(super) fn read_history(&self) {
    let weak = self.weak();
    self.dev_tools_call("Page.getNavigationHistory", &json!({}), move |answer| {
      let (Some(this), Ok(answer)) = (weak.upgrade(), answer) else { return };
      let text = |entry: &Value, name: &str| entry[name].as_str().unwrap_or_default().to_owned();
      let visited = |entry: &Value| Visited {
        id: entry["id"].as_i64().unwrap_or(0),
        entry: HistoryEntry { url: text(entry, "url"), title: text(entry, "title"), page_state: None },
      };
      let index = answer["currentIndex"].as_i64().and_then(|index| i32::try_from(index).ok()).unwrap_or(-1);
      let entries = answer["entries"].as_array().map(|entries| entries.iter().map(visited).collect()).unwrap_or_default();
      this.engine.history.replace((index, entries));
    });
  }
}
