//! Loads that the app asks for, and the history.

use objc2_foundation::{NSMutableURLRequest, NSString, NSURL};
use objc2_web_kit::WKBackForwardListItem;

use super::super::super::common::WebView;
use super::super::super::net;
use super::address;
use crate::bridge::HistoryEntry;

impl WebView {
  pub(crate) fn load(&self, url: &str, user_agent: Option<&str>, headers: &[(String, String)]) -> Result<(), String> {
    let target = if url.contains('\0') || url::Url::parse(url).is_err() { None } else { NSURL::URLWithString(&NSString::from_str(url)) };
    let Some(target) = target else {
      self.tell_failure(url, net::INVALID_URL, true);
      return Ok(());
    };
    if let Some(user_agent) = user_agent {
      self.set_user_agent(user_agent)?;
    }
    self.load.expect(url);
    if target.isFileURL() {
      // As in Electron, a page from a file may load other files; the engine wants to know from where.
      // SAFETY: the view is alive.
      unsafe { self.engine.view.loadFileURL_allowingReadAccessToURL(&target, &NSURL::fileURLWithPath(&NSString::from_str("/"))) };
      return Ok(());
    }
    let request = NSMutableURLRequest::requestWithURL(&target);
    for (name, value) in headers {
      if !name.contains(['\0', '\r', '\n', ':']) && !value.contains(['\0', '\r', '\n']) {
        request.addValue_forHTTPHeaderField(&NSString::from_str(value), &NSString::from_str(name));
      }
    }
    // SAFETY: the view is alive.
    unsafe { self.engine.view.loadRequest(&request) };
    Ok(())
  }

  pub(crate) fn reload(&self, ignore_cache: bool) -> Result<(), String> {
    self.load.own_step.set(true);
    // SAFETY: the view is alive.
    unsafe { if ignore_cache { self.engine.view.reloadFromOrigin() } else { self.engine.view.reload() } };
    Ok(())
  }

  pub(crate) fn stop(&self) -> Result<(), String> {
    // SAFETY: the view is alive.
    unsafe { self.engine.view.stopLoading() };
    Ok(())
  }

  pub(crate) fn go(&self, offset: i32) -> Result<(), String> {
    if offset == 0 {
      return self.reload(false);
    }
    // SAFETY: the view is alive.
    let item = unsafe { self.engine.view.backForwardList().itemAtIndex(offset as isize) };
    let item = item.ok_or_else(|| format!("the history has no entry {offset} steps away"))?;
    self.load.own_step.set(true);
    // SAFETY: the entry is one of this view's history.
    unsafe { self.engine.view.goToBackForwardListItem(&item) };
    Ok(())
  }

  /// The entries and the index of the active one, -1 for none. The engine hands out no states of single pages.
  pub(crate) fn history(&self, _page_states: bool) -> Result<(i32, Vec<HistoryEntry>), String> {
    // SAFETY: the view and its history are alive.
    let (back, current, forward) = unsafe {
      let list = self.engine.view.backForwardList();
      (list.backList(), list.currentItem(), list.forwardList())
    };
    let mut entries: Vec<_> = back.iter().map(|item| entry(&item)).collect();
    let index = match current {
      Some(current) => {
        entries.push(entry(&current));
        i32::try_from(entries.len()).unwrap_or(i32::MAX) - 1
      }
      None => -1,
    };
    entries.extend(forward.iter().map(|item| entry(&item)));
    Ok((index, entries))
  }

  pub(crate) fn remove_history(&self, _index: Option<u32>) -> Result<bool, String> {
    Err("the history of a web view cannot be changed on darwin".to_owned())
  }

  pub(crate) fn restore_history(&self, _index: u32, _entries: &[HistoryEntry]) -> Result<(), String> {
    Err("navigationHistory.restore is not possible on darwin".to_owned())
  }
}

fn entry(item: &WKBackForwardListItem) -> HistoryEntry {
  // SAFETY: the entry is alive.
  let (url, title) = unsafe { (item.URL(), item.title()) };
  HistoryEntry { url: address(Some(url)), title: title.map(|title| title.to_string()).unwrap_or_default(), page_state: None }
}
