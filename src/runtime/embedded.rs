//! The JavaScript that belongs to the shell. Release builds carry it; debug builds read it from disk, so that a change needs no build.

use std::borrow::Cow;

/// The scheme of these modules: `shell:///main/init.js`. Only modules of the same scheme may import them.
pub(super) const SCHEME: &str = "shell";

#[cfg(not(debug_assertions))]
include!(concat!(env!("OUT_DIR"), "/shell_js.rs"));

/// The source of `main/init.js` and the like.
#[cfg(not(debug_assertions))]
pub(super) fn source(path: &str) -> Option<Cow<'static, str>> {
  SHELL_JS.iter().find(|(name, _)| *name == path).map(|(_, source)| Cow::Borrowed(*source))
}

/// The source of `main/init.js` and the like.
#[cfg(debug_assertions)]
pub(super) fn source(path: &str) -> Option<Cow<'static, str>> {
  use std::path::PathBuf;
  use std::sync::LazyLock;

  static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    std::env::var_os("SHELL_JS_DIR").map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/shell-js").into(), PathBuf::from)
  });
  std::fs::read_to_string(FOLDER.join(path)).ok().map(Cow::Owned)
}

/// The source of a file that is one function expression, called with what `argument` (JavaScript code) says.
pub(super) fn call(path: &str, argument: &str) -> String {
  let source = source(path).unwrap_or_default();
  // A formatter ends the file with a semicolon.
  format!("({}\n)({argument})", source.trim_end().trim_end_matches(';'))
}

/// The script that puts Electron's version into `process.versions` of a child or a worker thread.
pub(super) fn process_versions() -> String {
  call("common/process-versions.js", &serde_json::Value::from(crate::app::ELECTRON_VERSION).to_string())
}
