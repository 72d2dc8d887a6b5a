//! Sessions: where pages keep what they store. Views of one partition share one.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::rc::Rc;

use super::super::{native, partition};

/// A session of the app.
#[derive(Clone)]
pub(crate) struct Session(Rc<Inner>);

struct Inner {
  /// The partition's name, for engines that tell sessions in memory apart by name.
  partition: String,
  /// The folder of the default session, under which engines keep all of them.
  base: PathBuf,
  /// Where it is kept; `None` is memory.
  folder: Option<PathBuf>,
  /// The engine's own object, made with the first view.
  store: RefCell<Option<native::Store>>,
}

impl Session {
  pub(crate) fn partition(&self) -> &str {
    &self.0.partition
  }

  #[cfg_attr(target_os = "macos", expect(dead_code, reason = "WKWebView keeps stores where it wants to"))]
  pub(crate) fn base(&self) -> &PathBuf {
    &self.0.base
  }

  pub(crate) fn folder(&self) -> Option<&PathBuf> {
    self.0.folder.as_ref()
  }

  pub(crate) fn store(&self) -> Option<native::Store> {
    self.0.store.borrow().clone()
  }

  pub(crate) fn set_store(&self, store: native::Store) {
    self.0.store.replace(Some(store));
  }
}

/// The sessions in use, by folder, and by partition where there is none.
#[derive(Default)]
pub(crate) struct Sessions(RefCell<HashMap<String, Session>>);

impl Sessions {
  /// The session of a partition; `data_directory` is the folder of the default one.
  pub(crate) fn get(&self, partition: &str, data_directory: &str) -> Session {
    let folder = partition::folder(partition, data_directory);
    // Two stores over one folder would write each other's files, and two names may come to one folder.
    let key = folder.as_ref().map_or_else(|| format!("memory {partition}"), |folder| folder.to_string_lossy().into_owned());
    let make =
      || Session(Rc::new(Inner { partition: partition.to_owned(), base: data_directory.into(), folder, store: RefCell::default() }));
    self.0.borrow_mut().entry(key).or_insert_with(make).clone()
  }
}
