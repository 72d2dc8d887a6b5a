//! The JavaScript that belongs to the shell. Release builds carry it; debug builds read it from disk, so that a change needs no build.

use std::borrow::Cow;

/// The scheme of these modules: `shell:///main/init.js`. Only modules of the same scheme may import them.
pub const SCHEME: &str = "shell";

#[cfg(not(debug_assertions))]
include!(concat!(env!("OUT_DIR"), "/shell_js.rs"));

/// The source of `main/init.js` and the like.
#[cfg(not(debug_assertions))]
pub fn source(path: &str) -> Option<Cow<'static, str>> {
  SHELL_JS.iter().find(|(name, _)| *name == path).map(|(_, source)| Cow::Borrowed(*source))
}

/// The source of `main/init.js` and the like.
#[cfg(debug_assertions)]
pub fn source(path: &str) -> Option<Cow<'static, str>> {
  use std::path::PathBuf;
  use std::sync::LazyLock;

  static FOLDER: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::var_os("SHELL_JS_DIR").map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/shell-js").into(), PathBuf::from));
  std::fs::read_to_string(FOLDER.join(path)).ok().map(Cow::Owned)
}
