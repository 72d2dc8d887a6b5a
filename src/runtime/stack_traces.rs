//! Stack traces as Node writes them: CommonJS modules by their paths, ES modules by their addresses, and both by the places in their sources where a
//! source map tells them.
//!
//! TypeScript is always told by its source. The source maps that scripts name themselves count from when the program asks for it
//! (`--enable-source-maps`, `process.setSourceMapsEnabled`), as in Node.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use deno_ast::MediaType;
use deno_core::error::{JsError, prepare_stack_trace_callback};
use deno_core::url::Url;
use deno_core::v8;
use deno_runtime::fmt_errors::format_js_error;

use super::module_loader::{data_content, source_text};
use super::{archives, typescript};

/// What stands before each frame.
const FRAME: &str = "\n    at ";

/// How a script names its source map, in its last line.
const NAMES: [&str; 2] = ["//# sourceMappingURL=", "//@ sourceMappingURL="];

/// Whether the source maps of scripts count in threads that have not said otherwise.
static ENABLED: AtomicBool = AtomicBool::new(false);

thread_local! {
  /// Whether they count in this thread.
  static ENABLED_HERE: Cell<bool> = Cell::new(ENABLED.load(Ordering::Relaxed));
  /// The addresses of this thread's CommonJS modules, and of the sources of those.
  static PATHS: RefCell<HashSet<String>> = RefCell::default();
}

/// Has the source maps of scripts count in all threads. Called before any of them runs JavaScript.
pub(super) fn enable_source_maps() {
  ENABLED.store(true, Ordering::Relaxed);
}

/// Has the source maps of scripts count in this thread, or not.
pub(crate) fn set_source_maps(enabled: bool) {
  ENABLED_HERE.set(enabled);
}

/// Whether they count in this thread.
pub(super) fn source_maps_count() -> bool {
  ENABLED_HERE.get()
}

/// Notes that a script is a CommonJS module.
pub(super) fn note_common_js(specifier: &Url) {
  if specifier.scheme() == "file" {
    PATHS.with_borrow_mut(|paths| paths.insert(specifier.to_string()));
  }
}

/// Has the traces of a thread written like this.
pub(super) fn attach(isolate: &mut v8::Isolate) {
  isolate.set_prepare_stack_trace_callback(prepare);
}

/// What `stack` of an error becomes when it is asked for the first time.
fn prepare<'s, 'i>(
  scope: &mut v8::PinScope<'s, 'i>,
  error: v8::Local<'s, v8::Value>,
  sites: v8::Local<'s, v8::Array>,
) -> v8::Local<'s, v8::Value> {
  let prepared = prepare_stack_trace_callback(scope, error, sites);
  // A function of the program makes what it likes, and got paths.
  let Ok(text) = prepared.try_cast::<v8::String>() else { return prepared };
  if is_custom(scope) {
    return prepared;
  }
  match by_path(&text.to_rust_string_lossy(scope)).and_then(|text| v8::String::new(scope, &text)) {
    Some(text) => text.into(),
    None => prepared,
  }
}

/// Whether the program has set `Error.prepareStackTrace`.
fn is_custom(scope: &mut v8::PinScope<'_, '_>) -> bool {
  let global = scope.get_current_context().global(scope);
  let class = property(scope, global, "Error").and_then(|class| class.try_cast::<v8::Object>().ok());
  class.and_then(|class| property(scope, class, "prepareStackTrace")).is_some_and(|value| value.is_function())
}

fn property<'s>(scope: &mut v8::PinScope<'s, '_>, object: v8::Local<'s, v8::Object>, name: &str) -> Option<v8::Local<'s, v8::Value>> {
  let name = v8::String::new(scope, name)?;
  object.get(scope, name.into())
}

/// The same trace with the paths of CommonJS modules; `None` where there are none in it.
fn by_path(trace: &str) -> Option<String> {
  let (message, mut rest) = trace.split_at(trace.find(FRAME)?);
  let mut written = message.to_owned();
  let mut changed = false;
  while let Some(at) = rest.find("file://") {
    let (before, from) = rest.split_at(at);
    let (address, after) = from.split_at(address_length(from));
    let path = path_of(address);
    changed |= path.is_some();
    written.extend([before, path.as_deref().unwrap_or(address)]);
    rest = after;
  }
  written.push_str(rest);
  changed.then_some(written)
}

/// How long the address is that a text begins with: up to line and column, or to the end of its line.
fn address_length(text: &str) -> usize {
  let line = text.find('\n').unwrap_or(text.len());
  let mut colons = text[..line].match_indices(':').map(|(at, _)| at);
  colons.find(|at| text[at + 1..line].starts_with(|first: char| first.is_ascii_digit())).unwrap_or(line)
}

/// The path of a CommonJS module.
fn path_of(address: &str) -> Option<String> {
  // The runtime writes some characters of it as they are.
  let address = Url::parse(address).ok()?;
  let is_known = PATHS.with_borrow(|paths| paths.contains(address.as_str()));
  is_known.then(|| address.to_file_path().ok().map(|path| path.display().to_string())).flatten()
}

/// An exception that nobody caught, as text.
pub(super) fn describe(error: &JsError) -> String {
  let mut error = error.clone();
  name_by_path(&mut error);
  format_js_error(&error, None)
}

fn name_by_path(error: &mut JsError) {
  for frame in &mut error.frames {
    if let Some(path) = frame.file_name.as_deref().and_then(path_of) {
      frame.file_name = Some(path);
    }
  }
  for inner in error.aggregated.iter_mut().flatten() {
    name_by_path(inner);
  }
  if let Some(cause) = &mut error.cause {
    name_by_path(cause);
  }
}

/// The source map of a script, as JSON.
pub(super) fn source_map(script: &str) -> Option<Vec<u8>> {
  let specifier = Url::parse(script).ok()?;
  let media_type = MediaType::from_specifier(&specifier);
  // Most scripts are not even opened.
  if !media_type.is_emittable() && !ENABLED_HERE.get() {
    return None;
  }
  let text = source_text(&specifier)?;
  if media_type.is_emittable() {
    return typescript::source_map(&specifier, media_type, text);
  }
  let last = text.trim_end().lines().next_back()?;
  let name = NAMES.iter().find_map(|name| last.split_once(name))?.1.trim();
  let map = match name.strip_prefix("data:") {
    Some(data) => data_content(data).ok()?.1,
    None => read_map(&specifier.join(name).ok()?)?,
  };
  if PATHS.with_borrow(|paths| paths.contains(script)) {
    note_sources(&specifier, &map);
  }
  Some(map)
}

/// The source map of an ES module that names it, at its address.
pub(super) fn external_source_map(address: &str) -> Option<Vec<u8>> {
  if !ENABLED_HERE.get() {
    return None;
  }
  read_map(&Url::parse(address).ok()?)
}

fn read_map(address: &Url) -> Option<Vec<u8>> {
  archives::read(&address.to_file_path().ok()?).ok()
}

/// The sources of a CommonJS module are told by their paths, too.
fn note_sources(script: &Url, map: &[u8]) {
  let Ok(map) = serde_json::from_slice::<serde_json::Value>(map) else { return };
  let sources = map.get("sources").and_then(|sources| sources.as_array());
  for source in sources.into_iter().flatten().filter_map(|source| script.join(source.as_str()?).ok()) {
    note_common_js(&source);
  }
}

/// Whether a source that a map names is there.
pub(super) fn is_source(address: &str) -> bool {
  Url::parse(address).ok().and_then(|address| address.to_file_path().ok()).is_some_and(|path| archives::is_file(&path))
}

/// A line of a source, counted from 0.
pub(super) fn source_line(address: &str, line: usize) -> Option<String> {
  source_text(&Url::parse(address).ok()?)?.lines().nth(line).map(str::to_owned)
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn frames_of_common_js_modules_have_paths() {
    note_common_js(&Url::parse("file:///app/a%20b.js").expect("an address"));
    let trace = "Error: file:///app/a%20b.js:1:1\n    at f (file:///app/a%20b.js:1:21)\n    at file:///app/a b.js:2:3\n    at g (file:///app/m.mjs:4:1)\n    at eval (eval at f (file:///app/a%20b.js:1:2), <anonymous>:1:1)\n    at async Promise.all (index 0)";
    let told = "Error: file:///app/a%20b.js:1:1\n    at f (/app/a b.js:1:21)\n    at /app/a b.js:2:3\n    at g (file:///app/m.mjs:4:1)\n    at eval (eval at f (/app/a b.js:1:2), <anonymous>:1:1)\n    at async Promise.all (index 0)";
    assert_eq!(by_path(trace).as_deref(), Some(told));
    assert_eq!(by_path("Error: x\n    at g (file:///app/m.mjs:4:1)"), None);
    assert_eq!(by_path("Error: file:///app/a%20b.js:1:1"), None);
  }
}
