//! Chromium's names and numbers for what WKWebView and the URL loading system report.

use objc2_foundation::{
  NSError, NSURLErrorAppTransportSecurityRequiresSecureConnection, NSURLErrorBadServerResponse, NSURLErrorBadURL, NSURLErrorCancelled,
  NSURLErrorCannotConnectToHost, NSURLErrorCannotDecodeContentData, NSURLErrorCannotFindHost, NSURLErrorCannotParseResponse,
  NSURLErrorClientCertificateRejected, NSURLErrorClientCertificateRequired, NSURLErrorDNSLookupFailed, NSURLErrorDataLengthExceedsMaximum,
  NSURLErrorDomain, NSURLErrorFileDoesNotExist, NSURLErrorFileIsDirectory, NSURLErrorHTTPTooManyRedirects, NSURLErrorNetworkConnectionLost,
  NSURLErrorNoPermissionsToReadFile, NSURLErrorNotConnectedToInternet, NSURLErrorRedirectToNonExistentLocation,
  NSURLErrorSecureConnectionFailed, NSURLErrorServerCertificateHasBadDate, NSURLErrorServerCertificateHasUnknownRoot,
  NSURLErrorServerCertificateNotYetValid, NSURLErrorServerCertificateUntrusted, NSURLErrorTimedOut, NSURLErrorUnsupportedURL,
  NSURLErrorZeroByteResource,
};

use super::super::net::*;

/// The engine's own errors: a policy stopped the load, or it became a download.
const ENGINE_DOMAIN: &str = "WebKitErrorDomain";
/// `FrameLoadInterruptedByPolicyChange`.
const INTERRUPTED: isize = 102;
/// `CannotShowURL`.
const CANNOT_SHOW_URL: isize = 101;

/// Maps the error of a navigation that failed.
#[expect(non_upper_case_globals, reason = "the names are the system's")]
pub(super) fn from_error(error: &NSError) -> NetError {
  let (domain, code) = (error.domain(), error.code());
  if domain.to_string() == ENGINE_DOMAIN {
    return match code {
      CANNOT_SHOW_URL => UNKNOWN_URL_SCHEME,
      INTERRUPTED => ABORTED,
      _ => FAILED,
    };
  }
  // SAFETY: the constant is the system's and lives as long as the process.
  if *domain != *unsafe { NSURLErrorDomain } {
    return FAILED;
  }
  match code {
    NSURLErrorCancelled => ABORTED,
    NSURLErrorBadURL => INVALID_URL,
    NSURLErrorTimedOut => TIMED_OUT,
    NSURLErrorUnsupportedURL => UNKNOWN_URL_SCHEME,
    NSURLErrorCannotFindHost | NSURLErrorDNSLookupFailed => NAME_NOT_RESOLVED,
    NSURLErrorCannotConnectToHost => CONNECTION_REFUSED,
    NSURLErrorNetworkConnectionLost => CONNECTION_CLOSED,
    NSURLErrorNotConnectedToInternet => INTERNET_DISCONNECTED,
    NSURLErrorHTTPTooManyRedirects => TOO_MANY_REDIRECTS,
    NSURLErrorRedirectToNonExistentLocation => net_error(-376, "ERR_INVALID_REDIRECT"),
    NSURLErrorBadServerResponse | NSURLErrorCannotParseResponse => INVALID_RESPONSE,
    NSURLErrorCannotDecodeContentData => net_error(-330, "ERR_CONTENT_DECODING_FAILED"),
    NSURLErrorZeroByteResource => EMPTY_RESPONSE,
    NSURLErrorDataLengthExceedsMaximum => net_error(-8, "ERR_FILE_TOO_BIG"),
    NSURLErrorFileDoesNotExist | NSURLErrorFileIsDirectory => FILE_NOT_FOUND,
    NSURLErrorNoPermissionsToReadFile => ACCESS_DENIED,
    NSURLErrorSecureConnectionFailed => SSL_PROTOCOL_ERROR,
    NSURLErrorServerCertificateHasBadDate | NSURLErrorServerCertificateNotYetValid => CERT_DATE_INVALID,
    NSURLErrorServerCertificateUntrusted | NSURLErrorServerCertificateHasUnknownRoot => CERT_AUTHORITY_INVALID,
    NSURLErrorClientCertificateRejected => net_error(-117, "ERR_BAD_SSL_CLIENT_AUTH_CERT"),
    NSURLErrorClientCertificateRequired => net_error(-110, "ERR_SSL_CLIENT_AUTH_CERT_NEEDED"),
    NSURLErrorAppTransportSecurityRequiresSecureConnection => BLOCKED_BY_CLIENT,
    _ => FAILED,
  }
}
