//! Stands in for `caches`, which Node does not have: `vendor/stubs/README.md`.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use deno_error::JsErrorBox;

/// What makes a storage.
#[derive(Clone)]
pub struct CreateCache(pub Arc<dyn Fn() -> Result<CacheImpl, JsErrorBox>>);

/// The kinds of storage.
pub enum CacheImpl {
  Sqlite(SqliteBackedCache),
  Lsc(LscBackend),
}

/// A storage in a file.
pub struct SqliteBackedCache;

impl SqliteBackedCache {
  /// # Errors
  /// Always.
  pub fn new(_folder: PathBuf) -> Result<Self, JsErrorBox> {
    Err(JsErrorBox::not_supported())
  }
}

/// A storage elsewhere.
#[derive(Default)]
pub struct LscBackend;

impl LscBackend {
  pub fn set_shard(&self, _shard: Rc<CacheShard>) {}
}

/// Where that is.
pub struct CacheShard;

impl CacheShard {
  pub fn new(_endpoint: String, _token: String) -> Self {
    Self
  }
}

/// For another clone it is compiled anew: it names its scripts by their paths.
const _: Option<&str> = option_env!("SHELL_CHECKOUT");

deno_core::extension!(
  deno_cache,
  lazy_loaded_js = ["01_cache.js"],
  options = {
    maybe_create_cache: Option<CreateCache>,
  },
  state = |state, options| {
    if let Some(create_cache) = options.maybe_create_cache {
      state.put(create_cache);
    }
  }
);
