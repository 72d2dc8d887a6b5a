//! Sessions: where pages keep what they store. There is one WebKit context for each partition.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use webkit2gtk::WebContextExt;

use super::super::partition;

/// A session. Views of one partition share it, and so do their cookies and caches.
#[derive(Clone)]
pub(crate) enum Session {
  /// Kept on disk, made by wry.
  Stored(Rc<RefCell<wry::WebContext>>),
  /// Kept in memory. wry makes a context of its own for each view without a store, which Electron's partitions must share: so
  /// these come from the engine.
  InMemory(webkit2gtk::WebContext),
}

/// The sessions in use, by folder, and by partition where there is none; then which schemes are served in which context.
#[derive(Default)]
pub(crate) struct Sessions(RefCell<HashMap<String, Session>>, RefCell<Vec<(webkit2gtk::WebContext, &'static str)>>);

impl Sessions {
  /// The session of a partition; `data_directory` is the folder of the default one.
  pub(crate) fn get(&self, partition: &str, data_directory: &str, extensions: Option<&Path>) -> Session {
    let folder = partition::folder(partition, data_directory);
    // Two contexts over one folder would write each other's files, and two names may come to one folder.
    let key = folder.as_ref().map_or_else(|| format!("memory {partition}"), |folder| folder.to_string_lossy().into_owned());
    if let Some(session) = self.0.borrow().get(&key) {
      return session.clone();
    }
    let session = match folder {
      Some(folder) => Session::Stored(Rc::new(RefCell::new(wry::WebContext::new(Some(folder))))),
      None => {
        let context = webkit2gtk::WebContext::new_ephemeral();
        if let Some(extensions) = extensions {
          context.set_web_extensions_directory(&extensions.to_string_lossy());
        }
        Session::InMemory(context)
      }
    };
    self.0.borrow_mut().insert(key, session.clone());
    session
  }

  /// Lets go of the sessions on disk that no view uses.
  pub(crate) fn forget_unused(&self) {
    self.0.borrow_mut().retain(|_, session| match session {
      Session::Stored(context) => Rc::strong_count(context) > 1,
      Session::InMemory(_) => true,
    });
  }

  /// Whether a context has nobody yet who serves a scheme: that can be said only once.
  pub(super) fn first_use(&self, context: &webkit2gtk::WebContext, scheme: &'static str) -> bool {
    let mut served = self.1.borrow_mut();
    let first = !served.iter().any(|(other, name)| other == context && *name == scheme);
    if first {
      served.push((context.clone(), scheme));
    }
    first
  }
}
