//! Pages out of archives (`app.asar`). The engine reads `file:` addresses by itself and knows no archives.
//!
//! The load of a main document fails, and takes the place of its own failure, as an error page would, but with the document: so it has its `file:` address
//! and origin, and the history and reloads treat it like any other. What it loads is asked of us by a scheme of our own, which the extension in the web
//! process puts in place of `file:` (`src/lane/extension/archives.c`).

use std::path::Path;
use std::rc::Rc;

use gtk::{gio, glib};
use soup::{MessageHeaders, MessageHeadersType};
use webkit2gtk::{
  SecurityManagerExt, URISchemeRequest, URISchemeRequestExt, URISchemeResponse, URISchemeResponseExt, WebContext, WebContextExt, WebViewExt,
};

use super::Ui;
use super::webview::WebView;

/// Stands for `file` in addresses of what lies in an archive.
const SCHEME: &str = "shell-asar";

/// Types of what pages are made of. A system without a database of types would know less, and scripts have to be known as such.
const TYPES: &[(&str, &str)] = &[
  ("html", "text/html"),
  ("htm", "text/html"),
  ("xhtml", "application/xhtml+xml"),
  ("js", "text/javascript"),
  ("mjs", "text/javascript"),
  ("cjs", "text/javascript"),
  ("css", "text/css"),
  ("json", "application/json"),
  ("map", "application/json"),
  ("svg", "image/svg+xml"),
  ("wasm", "application/wasm"),
  ("woff", "font/woff"),
  ("woff2", "font/woff2"),
  ("txt", "text/plain"),
];

fn type_of(path: &Path) -> String {
  let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
  if let Some((_, known)) = TYPES.iter().find(|(known, _)| *known == extension) {
    return (*known).into();
  }
  let (guessed, _) = gio::content_type_guess(Some(path), &[]);
  gio::content_type_get_mime_type(&guessed).map_or_else(|| "application/octet-stream".into(), Into::into)
}

/// What lies under a `file:` address in an archive; `None` when that does not lead into one, or there is nothing.
fn contents(ui: &Ui, url: &str) -> Option<(Vec<u8>, String)> {
  let path = url::Url::parse(url).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()?;
  Some((ui.config.read_archived.and_then(|read| read(&path))?, type_of(&path)))
}

/// Answers what pages of a session load out of archives, from its first view on.
pub(super) fn serve(ui: &Rc<Ui>, context: &WebContext) {
  if !ui.sessions.first_use(context, SCHEME) {
    return;
  }
  if let Some(security) = context.security_manager() {
    // Pages of servers can neither show nor read it, as with files.
    security.register_uri_scheme_as_local(SCHEME);
    security.register_uri_scheme_as_secure(SCHEME);
    security.register_uri_scheme_as_cors_enabled(SCHEME);
  }
  let ui = Rc::downgrade(ui);
  context.register_uri_scheme(SCHEME, move |request| {
    let url = request.uri().and_then(|url| url.strip_prefix(SCHEME).map(|rest| format!("file{rest}")));
    match ui.upgrade().zip(url).and_then(|(ui, url)| contents(&ui, &url)) {
      Some((bytes, kind)) => answer(request, bytes, &kind),
      None => request.finish_error(&mut glib::Error::new(gio::IOErrorEnum::NotFound, "there is no such file in the archive")),
    }
  });
}

fn answer(request: &URISchemeRequest, bytes: Vec<u8>, kind: &str) {
  let length = i64::try_from(bytes.len()).unwrap_or(-1);
  let response = URISchemeResponse::new(&gio::MemoryInputStream::from_bytes(&glib::Bytes::from_owned(bytes)), length);
  response.set_status(200, None);
  response.set_content_type(kind);
  let headers = MessageHeaders::new(MessageHeadersType::Response);
  // Modules and fonts are asked for across origins, because the page's is that of files.
  if let Some(origin) = request.http_headers().and_then(|headers| headers.one("Origin")).filter(|origin| is_local(origin)) {
    headers.append("Access-Control-Allow-Origin", &origin);
  }
  response.set_http_headers(headers);
  request.finish_with_response(&response);
}

fn is_local(origin: &str) -> bool {
  origin == "file://" || origin.strip_prefix(SCHEME) == Some("://") || origin == "null"
}

impl WebView {
  /// Shows a document out of an archive in the place of a load that has just failed. False when there is none under this address.
  pub(super) fn show_archived(&self, url: &str) -> bool {
    let Some((bytes, kind)) = self.ui.upgrade().and_then(|ui| contents(&ui, url)) else { return false };
    self.load.archived.set(true);
    self.load.approved.set(true);
    if kind != "text/html" {
      self.view.load_bytes(&glib::Bytes::from_owned(bytes), Some(&kind), None, Some(url));
      return true;
    }
    let text = String::from_utf8_lossy(&bytes);
    // The engine takes a text that ends at the first NUL; the parser of HTML would put this into its place.
    self.view.load_alternate_html(&text.replace('\0', "\u{fffd}"), url, Some(url));
    true
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn pages_are_made_of_known_types() {
    for (name, kind) in [("a/index.html", "text/html"), ("b.MJS", "text/javascript"), ("c.css", "text/css"), ("d.wasm", "application/wasm")]
    {
      assert_eq!(type_of(Path::new(name)), kind);
    }
  }

  #[test]
  fn only_local_pages_are_answered_across_origins() {
    for (origin, is) in
      [("file://", true), ("shell-asar://", true), ("null", true), ("https://example.org", false), ("shell-asar://x", false)]
    {
      assert_eq!(is_local(origin), is, "{origin}");
    }
  }
}
