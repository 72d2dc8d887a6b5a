//! Stands in for the runtime's database, which Node does not have: `vendor/stubs/README.md`.

use deno_core as _;

/// Where the data would be.
pub mod dynamic {
  use std::path::PathBuf;

  use crate::remote::HttpOptions;

  /// What opens databases.
  pub trait DynamicDbHandler {}

  /// Opens none.
  pub struct MultiBackendDbHandler;

  impl MultiBackendDbHandler {
    /// Takes what another one would need.
    pub fn remote_or_sqlite<R, K>(_folder: Option<PathBuf>, _seed: Option<u64>, _options: HttpOptions<R, K>) -> Self {
      Self
    }
  }

  impl DynamicDbHandler for MultiBackendDbHandler {}
}

/// Databases elsewhere.
pub mod remote {
  use std::convert::Infallible;

  /// How they would be reached.
  pub struct HttpOptions<R, K> {
    pub user_agent: String,
    pub root_cert_store_provider: R,
    pub unsafely_ignore_certificate_errors: Option<Vec<String>>,
    pub client_cert_chain_and_key: K,
    pub proxy: Option<Infallible>,
  }
}

/// Databases in files.
pub mod sqlite {
  use std::path::PathBuf;

  use crate::dynamic::DynamicDbHandler;

  /// Opens none.
  pub struct SqliteDbHandler;

  impl SqliteDbHandler {
    /// Takes what another one would need.
    pub fn new(_folder: Option<PathBuf>, _seed: Option<u64>) -> Self {
      Self
    }
  }

  impl DynamicDbHandler for SqliteDbHandler {}
}

/// The limits of a database.
pub struct KvConfig;

/// Makes a [`KvConfig`].
pub struct KvConfigBuilder;

impl KvConfig {
  pub fn builder() -> KvConfigBuilder {
    KvConfigBuilder
  }
}

impl KvConfigBuilder {
  pub fn build(&self) -> KvConfig {
    KvConfig
  }
}

/// For another clone it is compiled anew: it names its scripts by their paths.
const _: Option<&str> = option_env!("SHELL_CHECKOUT");

deno_core::extension!(
  deno_kv,
  lazy_loaded_js = ["01_db.ts"],
  options = {
    handler: Box<dyn dynamic::DynamicDbHandler>,
    config: KvConfig,
  },
  state = |_state, options| {
    let KvConfig = options.config;
    drop(options.handler);
  }
);
