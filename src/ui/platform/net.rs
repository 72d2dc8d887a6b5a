//! What all engines' news of loads are told in: Chromium's names and numbers of failures, which Electron apps compare, and addresses.

/// A load's failure in Chromium's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NetError {
  pub(crate) code: i32,
  pub(crate) name: &'static str,
}

pub(crate) const fn net_error(code: i32, name: &'static str) -> NetError {
  NetError { code, name }
}

pub(crate) const FAILED: NetError = net_error(-2, "ERR_FAILED");
pub(crate) const ABORTED: NetError = net_error(-3, "ERR_ABORTED");
pub(crate) const INVALID_URL: NetError = net_error(-300, "ERR_INVALID_URL");
pub(crate) const TIMED_OUT: NetError = net_error(-7, "ERR_TIMED_OUT");
pub(crate) const FILE_NOT_FOUND: NetError = net_error(-6, "ERR_FILE_NOT_FOUND");
pub(crate) const ACCESS_DENIED: NetError = net_error(-10, "ERR_ACCESS_DENIED");
pub(crate) const BLOCKED_BY_CLIENT: NetError = net_error(-20, "ERR_BLOCKED_BY_CLIENT");
pub(crate) const CONNECTION_CLOSED: NetError = net_error(-100, "ERR_CONNECTION_CLOSED");
pub(crate) const CONNECTION_RESET: NetError = net_error(-101, "ERR_CONNECTION_RESET");
pub(crate) const CONNECTION_REFUSED: NetError = net_error(-102, "ERR_CONNECTION_REFUSED");
pub(crate) const CONNECTION_FAILED: NetError = net_error(-104, "ERR_CONNECTION_FAILED");
pub(crate) const NAME_NOT_RESOLVED: NetError = net_error(-105, "ERR_NAME_NOT_RESOLVED");
pub(crate) const SSL_PROTOCOL_ERROR: NetError = net_error(-107, "ERR_SSL_PROTOCOL_ERROR");
pub(crate) const ADDRESS_UNREACHABLE: NetError = net_error(-109, "ERR_ADDRESS_UNREACHABLE");
pub(crate) const PROXY_CONNECTION_FAILED: NetError = net_error(-130, "ERR_PROXY_CONNECTION_FAILED");
pub(crate) const INTERNET_DISCONNECTED: NetError = net_error(-106, "ERR_INTERNET_DISCONNECTED");
pub(crate) const UNKNOWN_URL_SCHEME: NetError = net_error(-302, "ERR_UNKNOWN_URL_SCHEME");
pub(crate) const TOO_MANY_REDIRECTS: NetError = net_error(-310, "ERR_TOO_MANY_REDIRECTS");
pub(crate) const EMPTY_RESPONSE: NetError = net_error(-324, "ERR_EMPTY_RESPONSE");
pub(crate) const INVALID_RESPONSE: NetError = net_error(-320, "ERR_INVALID_RESPONSE");
pub(crate) const CERT_COMMON_NAME_INVALID: NetError = net_error(-200, "ERR_CERT_COMMON_NAME_INVALID");
pub(crate) const CERT_DATE_INVALID: NetError = net_error(-201, "ERR_CERT_DATE_INVALID");
pub(crate) const CERT_AUTHORITY_INVALID: NetError = net_error(-202, "ERR_CERT_AUTHORITY_INVALID");
pub(crate) const CERT_REVOKED: NetError = net_error(-206, "ERR_CERT_REVOKED");
pub(crate) const CERT_INVALID: NetError = net_error(-207, "ERR_CERT_INVALID");
pub(crate) const CERT_WEAK_SIGNATURE_ALGORITHM: NetError = net_error(-208, "ERR_CERT_WEAK_SIGNATURE_ALGORITHM");

/// The usual text of an HTTP status; engines hand on the number only.
pub(crate) fn reason_phrase(status: u32) -> &'static str {
  match status {
    200 => "OK",
    201 => "Created",
    202 => "Accepted",
    203 => "Non-Authoritative Information",
    204 => "No Content",
    206 => "Partial Content",
    300 => "Multiple Choices",
    301 => "Moved Permanently",
    302 => "Found",
    303 => "See Other",
    304 => "Not Modified",
    307 => "Temporary Redirect",
    308 => "Permanent Redirect",
    400 => "Bad Request",
    401 => "Unauthorized",
    403 => "Forbidden",
    404 => "Not Found",
    405 => "Method Not Allowed",
    406 => "Not Acceptable",
    408 => "Request Timeout",
    409 => "Conflict",
    410 => "Gone",
    413 => "Payload Too Large",
    415 => "Unsupported Media Type",
    418 => "I'm a Teapot",
    422 => "Unprocessable Entity",
    429 => "Too Many Requests",
    500 => "Internal Server Error",
    501 => "Not Implemented",
    502 => "Bad Gateway",
    503 => "Service Unavailable",
    504 => "Gateway Timeout",
    _ => "",
  }
}

/// Whether the engine's address is the one that was asked for, which it writes in its own way.
pub(crate) fn same_target(engine: &str, asked: &str) -> bool {
  let canonical = |text: &str| url::Url::parse(text).map_or_else(|_| text.to_owned(), String::from);
  canonical(engine) == canonical(asked)
}

pub(crate) fn only_fragment_differs(current: &str, next: &str) -> bool {
  let base = |text: &str| text.split_once('#').map_or(text.to_owned(), |(base, _)| base.to_owned());
  next.contains('#') && base(current) == base(next)
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn a_fragment_stays_in_the_page() {
    assert!(only_fragment_differs("file:///a.html", "file:///a.html#x"));
    assert!(only_fragment_differs("file:///a.html#y", "file:///a.html#x"));
    assert!(!only_fragment_differs("file:///a.html", "file:///a.html"));
    assert!(!only_fragment_differs("file:///a.html", "file:///b.html#x"));
  }

  #[test]
  fn the_engine_writes_addresses_its_own_way() {
    assert!(same_target("http://localhost:8080/", "http://localhost:8080"));
    assert!(!same_target("http://localhost:8080/a", "http://localhost:8080"));
  }
}
