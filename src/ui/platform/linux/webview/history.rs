//! The history of a view: read by the engine's list, changed by its session state.
//!
//! The engine's interface can go to an entry but neither remove nor add one. What it can do is save and restore a whole session, as bytes of a
//! GVariant. Entries are therefore taken out of that or put into it, one by one, as they are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gtk::glib;
use gtk::glib::{StaticVariantType, ToVariant, Variant, VariantTy};
use webkit2gtk::{BackForwardListExt, BackForwardListItemExt, WebViewExt, WebViewSessionState};

use super::super::net_error;
use super::{OwnPost, WebView};
use crate::bridge::{HistoryEntry, PostBody, PostPart};

/// The one version of the engine's format that is known here; the bytes begin with it.
const VERSION: u16 = 2;
/// Address, original address, referrer, target, form contents, state object, two sequence numbers, scroll position, scale, body, sub-frames.
const ITEM: &str = "(s(ssssasmayxx(ii)dm(sa(uaysxmxmds))av)u)";
const SESSION: &str = "(qa(s(ssssasmayxx(ii)dm(sa(uaysxmxmds))av)u)mu)";
/// Content type and parts: kind, bytes, path, offset, length, time of the file's change, address of a blob.
const BODY: &str = "(sa(uaysxmxmds))";
const PART: &str = "(uaysxmxmds)";
const PART_BYTES: u32 = 0;
const PART_FILE: u32 = 1;
/// An entry on its own, as apps keep it.
const PAGE_STATE: &str = "(q(s(ssssasmayxx(ii)dm(sa(uaysxmxmds))av)u))";
const UNKNOWN_VERSION: &str = "this version of WebKitGTK keeps histories in a format that is not known";

/// Entries and the active one among them.
#[derive(Debug)]
struct Session {
  items: Vec<Variant>,
  active: Option<u32>,
}

impl Session {
  fn decode(bytes: &glib::Bytes) -> Result<Self, &'static str> {
    let whole = parse(SESSION, bytes).ok_or(UNKNOWN_VERSION)?;
    if whole.child_value(0).get::<u16>() != Some(VERSION) {
      return Err(UNKNOWN_VERSION);
    }
    let items = whole.child_value(1).iter().collect();
    let active = whole.child_value(2).get::<Option<u32>>().flatten();
    Ok(Self { items, active })
  }

  fn encode(&self) -> glib::Bytes {
    let items = Variant::array_from_iter_with_type(variant_type(ITEM), &self.items);
    Variant::tuple_from_iter([VERSION.to_variant(), items, self.active.to_variant()]).data_as_bytes()
  }

  /// Takes an entry out, never the active one.
  fn remove(&mut self, index: u32) -> bool {
    let Some(active) = self.active else { return false };
    if index == active || usize::try_from(index).map_or(true, |index| index >= self.items.len()) {
      return false;
    }
    self.items.remove(index as usize);
    if index < active {
      self.active = Some(active - 1);
    }
    true
  }

  fn keep_active(&mut self) {
    let Some(active) = self.active else { return };
    self.items = self.items.get(active as usize).cloned().into_iter().collect();
    self.active = Some(0);
  }
}

fn variant_type(text: &'static str) -> &'static VariantTy {
  VariantTy::new(text).expect("the type is spelled right")
}

/// Bytes as a value of a type, if that is what they are.
fn parse(type_text: &'static str, bytes: &glib::Bytes) -> Option<Variant> {
  let value = Variant::from_bytes_with_type(bytes, variant_type(type_text));
  value.is_normal_form().then_some(value)
}

fn page_state(item: &Variant) -> String {
  STANDARD.encode(Variant::tuple_from_iter([VERSION.to_variant(), item.clone()]).data())
}

fn item_of_page_state(text: &str) -> Option<Variant> {
  let bytes = STANDARD.decode(text).ok()?;
  let value = parse(PAGE_STATE, &glib::Bytes::from_owned(bytes))?;
  (value.child_value(0).get::<u16>() == Some(VERSION)).then(|| value.child_value(1))
}

/// An entry of which nothing but address and title is known. Equal sequence numbers would say that two entries are of one document.
fn plain_item(url: &str, title: &str, sequence: i64) -> Variant {
  item(url, title, sequence, "", None)
}

/// An entry, and what its load sends.
fn item(url: &str, title: &str, sequence: i64, referrer: &str, body: Option<Variant>) -> Variant {
  let empty = |type_text: &'static str| Variant::array_from_iter_with_type(variant_type(type_text), [] as [Variant; 0]);
  let nothing = |type_text: &'static str| Variant::from_none(variant_type(type_text));
  let frame = Variant::tuple_from_iter([
    url.to_variant(),
    url.to_variant(),
    referrer.to_variant(),
    "".to_variant(),
    empty("s"),
    nothing("ay"),
    sequence.to_variant(),
    sequence.to_variant(),
    (0i32, 0i32).to_variant(),
    0f64.to_variant(),
    body.map_or_else(|| nothing(BODY), |body| Variant::from_some(&body)),
    Variant::array_from_iter_with_type(&Variant::static_variant_type(), [] as [Variant; 0]),
  ]);
  // The page may not send the user to other programs by itself.
  Variant::tuple_from_iter([title.to_variant(), frame, 2u32.to_variant()])
}

fn body_of(post: &PostBody) -> Result<Variant, String> {
  let parts: Result<Vec<Variant>, String> = post
    .parts
    .iter()
    .map(|part| {
      let (kind, bytes, path, offset, length) = match part {
        PostPart::RawData { bytes } => (PART_BYTES, bytes.as_slice(), "", 0.0, None),
        PostPart::File { path, offset, length } => (PART_FILE, &[] as &[u8], path.as_str(), *offset, Some(*length)),
      };
      if path.contains('\0') {
        return Err("the path of a file has a NUL in it".to_owned());
      }
      Ok(Variant::tuple_from_iter([
        kind.to_variant(),
        Variant::array_from_fixed_array(bytes),
        path.to_variant(),
        (offset.max(0.0) as i64).to_variant(),
        length.map(|length| length.max(0.0) as i64).to_variant(),
        None::<f64>.to_variant(),
        "".to_variant(),
      ]))
    })
    .collect();
  let parts = Variant::array_from_iter_with_type(variant_type(PART), parts?);
  Ok(Variant::tuple_from_iter([post.content_type.replace('\0', "").to_variant(), parts]))
}

fn texts(item: &Variant) -> (String, String) {
  let text = |value: Variant| value.get::<String>().unwrap_or_default();
  (text(item.child_value(1).child_value(0)), text(item.child_value(0)))
}

impl WebView {
  fn session(&self) -> Result<Session, String> {
    let bytes = self.view.session_state().and_then(|state| state.serialize()).ok_or("the history cannot be read")?;
    Session::decode(&bytes).map_err(str::to_owned)
  }

  fn set_session(&self, session: &Session) {
    self.view.restore_session_state(&WebViewSessionState::new(&session.encode()));
  }

  /// The entries and the index of the active one, -1 for none.
  pub(crate) fn history(&self, page_states: bool) -> Result<(i32, Vec<HistoryEntry>), String> {
    let Some(list) = self.view.back_forward_list() else { return Ok((-1, Vec::new())) };
    let entry = |item: &webkit2gtk::BackForwardListItem| HistoryEntry {
      url: item.uri().map(String::from).unwrap_or_default(),
      title: item.title().map(String::from).unwrap_or_default(),
      page_state: None,
    };
    // The list behind comes newest first.
    let mut entries: Vec<_> = list.back_list().iter().rev().map(entry).collect();
    let index = match list.current_item() {
      Some(current) => {
        entries.push(entry(&current));
        i32::try_from(entries.len()).unwrap_or(i32::MAX) - 1
      }
      None => -1,
    };
    entries.extend(list.forward_list().iter().map(entry));
    if page_states && !entries.is_empty() {
      let session = self.session()?;
      if session.items.len() == entries.len() {
        for (entry, item) in entries.iter_mut().zip(&session.items) {
          entry.page_state = Some(page_state(item));
        }
      }
    }
    Ok((index, entries))
  }

  /// Takes one entry out of the history, or with `None` all but the active one.
  pub(crate) fn remove_history(&self, index: Option<u32>) -> Result<bool, String> {
    if self.view.back_forward_list().is_none_or(|list| list.current_item().is_none()) {
      return Ok(false);
    }
    let mut session = self.session()?;
    match index {
      Some(index) => {
        if !session.remove(index) {
          return Ok(false);
        }
      }
      None => session.keep_active(),
    }
    self.set_session(&session);
    Ok(true)
  }

  /// Gives a view that has loaded nothing yet a history, and loads the active entry.
  pub(crate) fn restore_history(&self, index: u32, entries: &[HistoryEntry]) -> Result<(), String> {
    let mut items = Vec::with_capacity(entries.len());
    for (at, entry) in (0i64..).zip(entries) {
      let invalid = || format!("Failed to restore navigation history: Invalid navigation entry at index {at}.");
      if entry.url.contains('\0') || entry.title.contains('\0') || url::Url::parse(&entry.url).is_err() {
        return Err(invalid());
      }
      items.push(match &entry.page_state {
        None => plain_item(&entry.url, &entry.title, at + 1),
        Some(text) => {
          let item = item_of_page_state(text).ok_or_else(invalid)?;
          if texts(&item).0 != entry.url {
            return Err(invalid());
          }
          item
        }
      });
    }
    let session = Session { items, active: Some(index) };
    // What cannot be read back now would be no better after a restart of the engine.
    Session::decode(&session.encode())?;
    self.load_active_of(&session)
  }

  /// Loads an address with a body. The engine's interface knows no way to begin such a load, but it sends a form anew when it goes to the
  /// form's entry in the history: so the load becomes an entry first.
  pub(crate) fn post(&self, url: &str, user_agent: Option<&str>, post: &PostBody) -> Result<(), String> {
    if url.contains('\0') || url::Url::parse(url).is_err() {
      self.tell_failure(url, net_error::INVALID_URL, true);
      return Ok(());
    }
    if let Some(user_agent) = user_agent {
      self.set_user_agent(user_agent)?;
    }
    let new = item(url, "", glib::real_time(), &post.referrer.replace('\0', ""), Some(body_of(post)?));
    self.load.own_post.set(OwnPost::Sent);
    self.load.post_url.replace(url.to_owned());
    let list = self.view.back_forward_list();
    if list.as_ref().is_none_or(|list| list.current_item().is_none()) {
      return self.load_active_of(&Session { items: vec![new], active: Some(0) });
    }
    let mut session = self.session()?;
    session.items.truncate(session.active.map_or(0, |active| active as usize + 1));
    session.items.push(new);
    self.set_session(&session);
    let next = list.and_then(|list| list.nth_item(1)).ok_or("the engine did not take the load")?;
    self.load.own_step.set(true);
    self.expect_load();
    self.view.go_to_back_forward_list_item(&next);
    Ok(())
  }

  fn load_active_of(&self, session: &Session) -> Result<(), String> {
    self.set_session(session);
    let current = self.view.back_forward_list().and_then(|list| list.current_item()).ok_or("the engine did not take the history")?;
    self.load.own_step.set(true);
    self.expect_load();
    self.view.go_to_back_forward_list_item(&current);
    Ok(())
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  fn session(count: i64, active: u32) -> Session {
    let items = (0..count).map(|at| plain_item(&format!("https://a.test/{at}"), &format!("t{at}"), at + 1)).collect();
    Session { items, active: Some(active) }
  }

  fn urls(session: &Session) -> Vec<String> {
    session.items.iter().map(|item| texts(item).0).collect()
  }

  #[test]
  fn entries_survive_the_format() {
    let read = Session::decode(&session(3, 1).encode()).expect("readable");
    assert_eq!((read.items.len(), read.active), (3, Some(1)));
    assert_eq!(texts(&read.items[2]), ("https://a.test/2".to_owned(), "t2".to_owned()));
    let item = item_of_page_state(&page_state(&read.items[0])).expect("readable");
    assert_eq!(item, read.items[0]);
  }

  #[test]
  fn the_active_entry_stays() {
    let mut three = session(3, 1);
    assert!(!three.remove(1));
    assert!(!three.remove(3));
    assert!(three.remove(0));
    assert_eq!((urls(&three), three.active), (vec!["https://a.test/1".to_owned(), "https://a.test/2".to_owned()], Some(0)));
    assert!(three.remove(1));
    let mut others = session(3, 2);
    others.keep_active();
    assert_eq!((urls(&others), others.active), (vec!["https://a.test/2".to_owned()], Some(0)));
  }

  #[test]
  fn other_formats_are_refused() {
    assert_eq!(Session::decode(&glib::Bytes::from_static(b"nonsense")).expect_err("refused"), UNKNOWN_VERSION);
    let newer = Variant::tuple_from_iter([3u16.to_variant(), session(1, 0).items_array(), Some(0u32).to_variant()]);
    assert_eq!(Session::decode(&newer.data_as_bytes()).expect_err("refused"), UNKNOWN_VERSION);
    for text in ["", "no base64!", "AAAA", &STANDARD.encode([0xff; 200])] {
      assert!(item_of_page_state(text).is_none(), "{text}");
    }
  }

  impl Session {
    fn items_array(&self) -> Variant {
      Variant::array_from_iter_with_type(variant_type(ITEM), &self.items)
    }
  }
}
