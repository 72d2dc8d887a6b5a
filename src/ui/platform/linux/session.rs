//! Sessions: where pages keep what they store. There is one WebKit context for each partition.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use webkit2gtk::{CookieManagerExt, CookiePersistentStorage, WebContext, WebContextExt, WebsiteDataManager, WebsiteDataManagerExt};

use super::super::partition;

/// A session. Views of one partition share it, and so do their cookies and caches. It is the engine's own context and none of wry's, which would
/// start the network process before the web process, at a moment when the start of an app has no processor to spare, and which makes a context
/// for each view without a store.
#[derive(Clone)]
pub(crate) struct Session(Rc<Kept>);

struct Kept {
  context: WebContext,
  /// Where cookies are kept; taken when that was told, which starts the network process.
  cookies: RefCell<Option<PathBuf>>,
}

impl Session {
  /// A session on disk in a folder, or in memory.
  fn new(folder: Option<&Path>, extensions: Option<&Path>) -> Self {
    let context = match folder {
      Some(folder) => {
        let folder = folder.to_string_lossy();
        let manager = WebsiteDataManager::builder().base_cache_directory(&*folder).base_data_directory(&*folder).build();
        WebContext::builder().website_data_manager(&manager).build()
      }
      None => WebContext::new_ephemeral(),
    };
    // The page draws its scrollbars, not the desktop.
    context.set_use_system_appearance_for_scrollbars(false);
    if let Some(extensions) = extensions {
      context.set_web_extensions_directory(&extensions.to_string_lossy());
    }
    Self(Rc::new(Kept { context, cookies: RefCell::new(folder.map(|folder| folder.join("cookies"))) }))
  }

  pub(super) fn context(&self) -> &WebContext {
    &self.0.context
  }

  /// Has cookies kept on disk. To be called before the first load.
  pub(super) fn keep_cookies(&self) {
    let Some(file) = self.0.cookies.take() else { return };
    if let Some(cookies) = self.0.context.website_data_manager().and_then(|manager| manager.cookie_manager()) {
      cookies.set_persistent_storage(&file.to_string_lossy(), CookiePersistentStorage::Text);
    }
  }

  pub(super) fn is(&self, other: &Self) -> bool {
    Rc::ptr_eq(&self.0, &other.0)
  }
}

/// Keys of sessions in memory begin with this, those of the others are absolute paths.
const IN_MEMORY: &str = "memory ";

/// The sessions in use, by folder, and by partition where there is none; then which schemes are served in which context.
#[derive(Default)]
pub(crate) struct Sessions(RefCell<HashMap<String, Session>>, RefCell<Vec<(WebContext, &'static str)>>);

impl Sessions {
  /// The session of a partition; `data_directory` is the folder of the default one.
  pub(crate) fn get(&self, partition: &str, data_directory: &str, extensions: Option<&Path>) -> Session {
    let folder = partition::folder(partition, data_directory);
    // Two contexts over one folder would write each other's files, and two names may come to one folder.
    let key = folder.as_ref().map_or_else(|| format!("{IN_MEMORY}{partition}"), |folder| folder.to_string_lossy().into_owned());
    if let Some(session) = self.0.borrow().get(&key) {
      return session.clone();
    }
    let session = Session::new(folder.as_deref(), extensions);
    self.0.borrow_mut().insert(key, session.clone());
    session
  }

  /// Lets go of the sessions on disk that no view uses.
  pub(crate) fn forget_unused(&self) {
    self.0.borrow_mut().retain(|key, session| Rc::strong_count(&session.0) > 1 || key.starts_with(IN_MEMORY));
  }

  /// Whether a context has nobody yet who serves a scheme: that can be said only once.
  pub(super) fn first_use(&self, context: &WebContext, scheme: &'static str) -> bool {
    let mut served = self.1.borrow_mut();
    let first = !served.iter().any(|(other, name)| other == context && *name == scheme);
    if first {
      served.push((context.clone(), scheme));
    }
    first
  }
}
