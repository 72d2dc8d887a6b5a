//! Scripts that add style sheets to a page. A constructed sheet is, unlike an element, not subject to the page's content security policy.

use serde_json::Value;

/// Adds a sheet, in place of an older one with the same key.
pub(crate) fn insert(key: &str, css: &str) -> String {
  let (key, css) = (Value::from(key), Value::from(css));
  format!(
    "{{ const sheet = new CSSStyleSheet(); sheet.replaceSync({css}); Object.defineProperty(sheet, 'shellKey', {{ value: {key} }}); \
     document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((other) => other.shellKey !== {key}), sheet]; }}"
  )
}

pub(crate) fn remove(key: &str) -> String {
  format!("document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet.shellKey !== {});", Value::from(key))
}
