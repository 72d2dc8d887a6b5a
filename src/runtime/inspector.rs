//! `--inspect` and the options like it: a server for debuggers, which speak the protocol of Chrome's DevTools. It is opened only when it was asked for.

use std::net::{SocketAddr, ToSocketAddrs};

use deno_runtime::deno_inspector_server::{InspectPublishUid, InspectorServerUrl, create_inspector_server, default_inspector_host};
use deno_runtime::worker::MainWorker;

use crate::app::node_options::Options;
use crate::printer;

/// What a debugger finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Debugging {
  address: SocketAddr,
  /// The first script waits until a debugger lets it run.
  pub waits: bool,
  /// And it stops at its beginning.
  pub breaks: bool,
}

/// What the options ask for.
///
/// # Errors
/// An address that is none.
pub(crate) fn wanted(options: &Options) -> Result<Option<Debugging>, String> {
  let names = ["--inspect", "--inspect-wait", "--inspect-brk"];
  let Some(name) = names.iter().rev().find(|name| options.last(name).is_some()) else { return Ok(None) };
  let text = options.last("--inspect-port").or(options.last(name).filter(|text| !text.is_empty()));
  let address = match text {
    Some(text) => parse(text).ok_or_else(|| format!("{name}= must be 0 or in range 1024 to 65535."))?,
    None => default_inspector_host(),
  };
  Ok(Some(Debugging { address, waits: *name != "--inspect", breaks: *name == "--inspect-brk" }))
}

/// A port, a host, or both.
fn parse(text: &str) -> Option<SocketAddr> {
  let default = default_inspector_host();
  let (host, port) = match text.rsplit_once(':') {
    Some((host, port)) => (host.trim_start_matches('[').trim_end_matches(']').to_owned(), port.parse().ok()?),
    None => match text.parse() {
      Ok(port) => (default.ip().to_string(), port),
      Err(_) if text.bytes().all(|byte| byte.is_ascii_digit()) => return None,
      Err(_) => (text.to_owned(), default.port()),
    },
  };
  let allowed = port == 0 || port >= 1024;
  (host.as_str(), port).to_socket_addrs().ok()?.next().filter(|_| allowed)
}

/// Opens the server. Workers that are made from now on are found there.
///
/// # Errors
/// The address is in use, or nobody may listen there.
pub(crate) fn listen(debugging: &Debugging) -> Result<(), String> {
  let opened = create_inspector_server(debugging.address, "shell", InspectPublishUid::default());
  opened.map(drop).map_err(|error| {
    let reason = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
    format!("Starting inspector on {} failed: {reason}", debugging.address)
  })
}

/// Says where a worker is found.
pub(super) fn announce(worker: &mut MainWorker) {
  if let Some(url) = worker.js_runtime.op_state().borrow().try_borrow::<InspectorServerUrl>() {
    printer::error(&format!("Debugger listening on {}\nFor help, see: https://nodejs.org/en/docs/inspector", url.0));
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn addresses_are_ports_hosts_or_both() {
    let address = |text: &str| parse(text).map(|address| address.to_string());
    assert_eq!(address("9230").as_deref(), Some("127.0.0.1:9230"));
    assert_eq!(address("0").as_deref(), Some("127.0.0.1:0"));
    assert_eq!(address("127.0.0.2:0").as_deref(), Some("127.0.0.2:0"));
    assert_eq!(address("[::1]:9000").as_deref(), Some("[::1]:9000"));
    assert_eq!(address("127.0.0.3").as_deref(), Some("127.0.0.3:9229"));
    for bad in ["80", "70000", "x:y", "99999999"] {
      assert_eq!(address(bad), None, "{bad}");
    }
  }
}
