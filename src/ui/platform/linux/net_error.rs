//! Chromium's names and numbers for what WebKit, GIO and TLS report. Electron apps compare them.

use gtk::{gio, glib};
use webkit2gtk::{NetworkError, PolicyError};

use super::super::net::*;
pub(crate) use super::super::net::{INVALID_URL, NetError};

/// Maps what `load-failed` tells.
pub(crate) fn from_glib(error: &glib::Error, url: &str) -> NetError {
  if let Some(kind) = error.kind::<NetworkError>() {
    return match kind {
      NetworkError::Cancelled => ABORTED,
      NetworkError::UnknownProtocol => UNKNOWN_URL_SCHEME,
      NetworkError::FileDoesNotExist => FILE_NOT_FOUND,
      // "Transport" and "failed" are what everything without a number of its own becomes: the text is all that tells more.
      _ => from_text(error.message(), url),
    };
  }
  if let Some(kind) = error.kind::<PolicyError>() {
    return match kind {
      PolicyError::CannotShowUri => UNKNOWN_URL_SCHEME,
      PolicyError::FrameLoadInterruptedByPolicyChange => ABORTED,
      PolicyError::CannotUseRestrictedPort => net_error(-312, "ERR_UNSAFE_PORT"),
      PolicyError::CannotShowMimeType => ABORTED,
      _ => BLOCKED_BY_CLIENT,
    };
  }
  if let Some(kind) = error.kind::<gio::IOErrorEnum>() {
    use gio::IOErrorEnum as E;
    return match kind {
      E::NotFound | E::IsDirectory | E::NotDirectory => FILE_NOT_FOUND,
      E::PermissionDenied => ACCESS_DENIED,
      E::TimedOut => TIMED_OUT,
      E::Cancelled => ABORTED,
      E::ConnectionRefused => CONNECTION_REFUSED,
      E::HostNotFound => NAME_NOT_RESOLVED,
      E::HostUnreachable => ADDRESS_UNREACHABLE,
      E::NetworkUnreachable => INTERNET_DISCONNECTED,
      // "Connection closed" is the same number.
      E::BrokenPipe if error.message().contains("reset") => CONNECTION_RESET,
      E::BrokenPipe => CONNECTION_CLOSED,
      E::ProxyFailed | E::ProxyAuthFailed => PROXY_CONNECTION_FAILED,
      _ => from_text(error.message(), url),
    };
  }
  if let Some(kind) = error.kind::<gio::ResolverError>() {
    return match kind {
      gio::ResolverError::NotFound => NAME_NOT_RESOLVED,
      _ => net_error(-137, "ERR_NAME_RESOLUTION_FAILED"),
    };
  }
  if error.kind::<gio::TlsError>().is_some() {
    return SSL_PROTOCOL_ERROR;
  }
  from_text(error.message(), url)
}

/// Maps an error of soup or the system, which WebKit hands on as text only.
fn from_text(message: &str, url: &str) -> NetError {
  let text = message.to_ascii_lowercase();
  let says = |part: &str| text.contains(part);
  if url.starts_with("file:") && (says("no such file") || says("not found") || says("does not exist") || says("is a directory")) {
    FILE_NOT_FOUND
  } else if says("permission denied") {
    ACCESS_DENIED
  } else if says("connection refused") {
    CONNECTION_REFUSED
  } else if says("reset by peer") {
    CONNECTION_RESET
  } else if says("resolving") || says("name or service") || says("no address associated") || says("temporary failure in name") {
    NAME_NOT_RESOLVED
  } else if says("timed out") || says("timeout") {
    TIMED_OUT
  } else if says("terminated unexpectedly") || says("connection closed") {
    EMPTY_RESPONSE
  } else if says("unacceptable tls") || says("tls") {
    SSL_PROTOCOL_ERROR
  } else if says("too many redirects") {
    TOO_MANY_REDIRECTS
  } else if says("unreachable") {
    ADDRESS_UNREACHABLE
  } else if says("could not connect") || says("connect to") {
    CONNECTION_FAILED
  } else if says("unparseable") || says("could not parse") || says("not understood") || says("malformed") {
    INVALID_RESPONSE
  } else {
    FAILED
  }
}

/// Maps what is wrong with a certificate; the worst counts.
pub(crate) fn from_certificate(flags: gio::TlsCertificateFlags) -> NetError {
  use gio::TlsCertificateFlags as F;
  if flags.contains(F::REVOKED) {
    CERT_REVOKED
  } else if flags.contains(F::BAD_IDENTITY) {
    CERT_COMMON_NAME_INVALID
  } else if flags.contains(F::UNKNOWN_CA) {
    CERT_AUTHORITY_INVALID
  } else if flags.intersects(F::EXPIRED | F::NOT_ACTIVATED) {
    CERT_DATE_INVALID
  } else if flags.contains(F::INSECURE) {
    CERT_WEAK_SIGNATURE_ALGORITHM
  } else {
    CERT_INVALID
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn engine_errors_become_chromium_names() {
    let check = |error: glib::Error, url: &str, name: &str| assert_eq!(from_glib(&error, url).name, name);
    check(glib::Error::new(NetworkError::Cancelled, "Load request cancelled"), "http://a/", "ERR_ABORTED");
    check(glib::Error::new(gio::IOErrorEnum::ConnectionRefused, "Could not connect"), "http://a/", "ERR_CONNECTION_REFUSED");
    check(glib::Error::new(gio::ResolverError::NotFound, "Error resolving"), "http://a/", "ERR_NAME_NOT_RESOLVED");
    check(glib::Error::new(NetworkError::Failed, "Error opening file: No such file or directory"), "file:///a", "ERR_FILE_NOT_FOUND");
    check(glib::Error::new(PolicyError::CannotShowUri, "URL cannot be shown"), "foo:bar", "ERR_UNKNOWN_URL_SCHEME");
  }
}
