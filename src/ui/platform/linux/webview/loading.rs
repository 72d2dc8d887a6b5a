//! Loads that the app asks for, and steps through the history.

use webkit2gtk::{BackForwardListExt, URIRequestExt, WebViewExt};

use super::super::net_error;
use super::{MOST_OWN_LOADS, OwnPost, Stage, WebView};

impl WebView {
  pub(crate) fn load(&self, url: &str, user_agent: Option<&str>, headers: &[(String, String)]) -> Result<(), String> {
    if url.contains('\0') || url::Url::parse(url).is_err() {
      self.tell_failure(url, net_error::INVALID_URL, true);
      return Ok(());
    }
    if let Some(user_agent) = user_agent {
      self.set_user_agent(user_agent)?;
    }
    self.expect_load();
    self.forget_post();
    *self.load.url.borrow_mut() = url.to_owned();
    {
      let mut own = self.load.own_loads.borrow_mut();
      if own.len() >= MOST_OWN_LOADS {
        own.remove(0);
      }
      own.push(url.to_owned());
    }
    if headers.is_empty() {
      self.view.load_uri(url);
      return Ok(());
    }
    let request = webkit2gtk::URIRequest::new(url);
    if let Some(map) = request.http_headers() {
      for (name, value) in headers {
        if !name.contains(['\0', '\r', '\n']) && !value.contains(['\0', '\r', '\n']) {
          map.append(name, value);
        }
      }
    }
    self.view.load_request(&request);
    Ok(())
  }

  /// Shows HTML under a `data:` address, as a document of the address `base_url`.
  pub(crate) fn load_html(&self, url: &str, user_agent: Option<&str>, html: &str, base_url: &str) -> Result<(), String> {
    if url.contains('\0') || base_url.contains('\0') {
      self.tell_failure(&url.replace('\0', ""), net_error::INVALID_URL, true);
      return Ok(());
    }
    if let Some(user_agent) = user_agent {
      self.set_user_agent(user_agent)?;
    }
    self.expect_load();
    self.forget_post();
    *self.load.url.borrow_mut() = url.to_owned();
    self.load.approved.set(true);
    // The engine takes a text that ends at the first NUL; the parser of HTML would put this into its place.
    self.view.load_alternate_html(&html.replace('\0', "\u{fffd}"), url, Some(base_url));
    Ok(())
  }

  pub(crate) fn reload(&self, ignore_cache: bool) -> Result<(), String> {
    self.load.own_step.set(true);
    self.forget_post();
    self.expect_load();
    if ignore_cache {
      self.view.reload_bypass_cache()
    } else {
      self.view.reload()
    }
    Ok(())
  }

  pub(crate) fn stop(&self) -> Result<(), String> {
    self.forget_post();
    self.view.stop_loading();
    Ok(())
  }

  pub(crate) fn go(&self, offset: i32) -> Result<(), String> {
    if offset == 0 {
      return self.reload(false);
    }
    let item = self.view.back_forward_list().and_then(|list| list.nth_item(offset));
    let item = item.ok_or_else(|| format!("the history has no entry {offset} steps away"))?;
    self.load.own_step.set(true);
    self.forget_post();
    self.expect_load();
    self.view.go_to_back_forward_list_item(&item);
    Ok(())
  }

  /// What the app does next takes the place of a load with a body. One that has failed is still tried again by the engine.
  fn forget_post(&self) {
    if self.load.own_post.get() == OwnPost::Sent {
      self.load.own_post.set(OwnPost::None);
    }
  }

  pub(super) fn expect_load(&self) {
    if self.load.stage.get() == Stage::Idle {
      self.load.stage.set(Stage::Asked);
    }
  }
}
