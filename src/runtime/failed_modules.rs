//! What `import()` is rejected with when a module cannot be found or loaded. The runtime makes an error without a code of what a loader says; so a module
//! stands in its place that throws the error which Node's loader would. What is imported before it has been evaluated by then, which in Node it has not.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use deno_core::url::Url;
use deno_error::{JsErrorBox, JsErrorClass, PropertyValue};

/// An app can import from this scheme only what is kept here.
const SCHEME: &str = "electron";

/// The modules of the graphs that `import()` asked for, and those of them that could not be found.
#[derive(Clone, Default)]
pub(super) struct FailedModules(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
  /// Not the shell's own, nor those that are required.
  asked: HashSet<Url>,
  /// What was not found, by the address of the module that throws it. It is not the address of what was asked for, because the next attempt may succeed.
  failures: HashMap<Url, Rc<Failure>>,
  /// The same by what is thrown: an attempt that is made again and again fills no memory.
  addresses: HashMap<String, Url>,
}

/// Why a module was not found.
pub(super) struct Failure {
  error: JsErrorBox,
  /// The source of the module that throws it.
  pub(super) source: String,
}

impl Failure {
  /// The error for whoever asked for something else than a script.
  pub(super) fn error(&self) -> JsErrorBox {
    JsErrorBox::new(self.error.get_class(), self.error.get_message().into_owned())
  }
}

impl FailedModules {
  /// The module that is asked for, or the one that throws.
  pub(super) fn resolved(&self, resolved: Result<Url, JsErrorBox>) -> Result<Url, JsErrorBox> {
    match resolved {
      Ok(url) => {
        self.0.borrow_mut().asked.insert(url.clone());
        Ok(url)
      }
      Err(error) => self.keep(error),
    }
  }

  /// The source of a module that was asked for and could not be loaded; the failure again for any other.
  pub(super) fn loaded(&self, url: &Url, error: JsErrorBox) -> Result<String, JsErrorBox> {
    if !self.is_asked_for(url) {
      return Err(error);
    }
    Ok(format!("import '{}';", self.keep(error)?))
  }

  fn keep(&self, error: JsErrorBox) -> Result<Url, JsErrorBox> {
    let mut state = self.0.borrow_mut();
    let source = source(&error);
    if let Some(url) = state.addresses.get(&source) {
      return Ok(url.clone());
    }
    let Ok(url) = Url::parse(&format!("{SCHEME}:failed/{}", state.failures.len())) else { return Err(error) };
    state.addresses.insert(source.clone(), url.clone());
    state.failures.insert(url.clone(), Rc::new(Failure { error, source }));
    Ok(url)
  }

  /// Whether it was found once: then it is what it was, whatever became of the file.
  pub(super) fn is_asked_for(&self, url: &Url) -> bool {
    self.0.borrow().asked.contains(url)
  }

  /// What is thrown by the module of this address.
  pub(super) fn failure(&self, url: &Url) -> Option<Rc<Failure>> {
    self.0.borrow().failures.get(url).cloned()
  }
}

/// The module that throws this error.
fn source(error: &JsErrorBox) -> String {
  let code = error.get_additional_properties().find_map(|(key, value)| match value {
    PropertyValue::String(code) if key == "code" => Some(code.into_owned()),
    _ => None,
  });
  let message = error.get_message();
  // The resolver says the code in its texts, too, and sometimes only there.
  let (code, message) = match message.strip_prefix("[ERR_").and_then(|rest| rest.split_once("] ")) {
    Some((told, rest)) => (code.or_else(|| Some(format!("ERR_{told}"))), rest),
    None => (code, message.as_ref()),
  };
  // What the reader of package.json stumbled over is no fault of the program's syntax.
  let name = if code.as_deref() == Some("ERR_INVALID_PACKAGE_CONFIG") { "Error".into() } else { error.get_class() };
  let said = serde_json::json!({ "name": name, "code": code, "message": with_paths(message) });
  format!("import {{ fail }} from 'shell:///common/module-errors.js';\nfail({said});\n")
}

/// Node names files by their paths, the resolver by their addresses.
fn with_paths(message: &str) -> String {
  let message = message.replacen("Could not find package ", "Cannot find package ", 1).replacen(" from referrer '", " imported from '", 1);
  let mut rest = message.as_str();
  let mut text = String::with_capacity(message.len());
  while let Some((before, quoted)) = rest.split_once("'file://") {
    text.push_str(before);
    let Some((address, after)) = quoted.split_once('\'') else {
      text.push_str("'file://");
      rest = quoted;
      break;
    };
    let path = Url::parse(&format!("file://{address}")).ok().and_then(|url| url.to_file_path().ok());
    let path = path.map_or_else(|| format!("file://{address}"), |path| path.display().to_string());
    // Who imports stands at the end, and without quotes.
    let (path, after) = match before.ends_with("imported from ") {
      true => (path, after.strip_suffix('.').unwrap_or(after)),
      false => (format!("'{path}'"), after),
    };
    text.push_str(&path);
    rest = after;
  }
  text.push_str(rest);
  // So does a package that says what it exports.
  match text.split_once("\" in '").and_then(|(before, quoted)| Some((before, quoted.split_once('\'')?))) {
    Some((before, (path, after))) => format!("{before}\" in {path}{after}"),
    None => text,
  }
}

#[cfg(test)]
mod tests {
  use super::with_paths;

  #[test]
  fn texts_name_paths() {
    let package = with_paths("Could not find package 'dep' from referrer 'file:///a%20b/c.mjs'.");
    assert_eq!(package, "Cannot find package 'dep' imported from /a b/c.mjs");
    let module = with_paths("Cannot find module 'file:///x/y.mjs' imported from 'file:///x/z.mjs'");
    assert_eq!(module, "Cannot find module '/x/y.mjs' imported from /x/z.mjs");
    let package = with_paths("Package subpath './x' is not defined by \"exports\" in '/p/package.json' imported from 'file:///z.mjs'");
    assert_eq!(package, "Package subpath './x' is not defined by \"exports\" in /p/package.json imported from /z.mjs");
    assert_eq!(with_paths("an open 'file:///x"), "an open 'file:///x");
    assert_eq!(with_paths("nothing of it."), "nothing of it.");
  }
}
