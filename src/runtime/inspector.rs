//! `--inspect` and the options like it: a server for debuggers, which speak the protocol of Chrome's DevTools. It is opened only when it was asked for: by an
//! option, by SIGUSR1 or by `inspector.open()` of the program itself.

use std::cell::RefCell;
use std::net::{SocketAddr, ToSocketAddrs};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use deno_core::futures::task::noop_waker;
use deno_core::url::Url;
use deno_core::{JsRuntimeInspector, OpState, v8};
use deno_runtime::deno_inspector_server::{
  InspectPublishUid, InspectorServerUrl, create_inspector_server, default_inspector_host, get_inspector_server,
};
use deno_runtime::worker::MainWorker;

use super::{platform, worker};
use crate::app::node_options::Options;
use crate::printer;

/// When the server is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
  /// When a signal asks for it.
  OnSignal,
  Never,
  AtOnce,
  /// At once, and the program waits until a debugger lets it run.
  Waiting,
  /// And the main script stops at its beginning.
  Breaking,
}

/// What the options say of debuggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debugging {
  address: SocketAddr,
  start: Start,
  publish: InspectPublishUid,
}

impl Debugging {
  /// Reads the options.
  ///
  /// # Errors
  /// An address that is none.
  pub(crate) fn wanted(options: &Options) -> Result<Self, String> {
    let names = [("--inspect-brk", Start::Breaking), ("--inspect-wait", Start::Waiting), ("--inspect", Start::AtOnce)];
    let default = if options.is_on("--disable-sigusr1") { Start::Never } else { Start::OnSignal };
    let given: Vec<_> = names.into_iter().filter(|(name, _)| options.last(name).is_some()).collect();
    let start = given.first().map_or(default, |(_, start)| *start);
    let mut address = default_inspector_host();
    let addresses = given.iter().map(|(name, _)| *name).chain(["--inspect-port"]);
    for (name, text) in addresses.filter_map(|name| options.last(name).filter(|text| !text.is_empty()).map(|text| (name, text))) {
      address = parse(text, address)
        .ok_or_else(|| format!("{name}={text}: port must be 0 or in range 1024 to 65535, host a name or an address"))?;
    }
    Ok(Self { address, start, publish: published(options.last("--inspect-publish-uid"))? })
  }

  /// The same for an app, where the web engine takes SIGUSR1 to stop its own threads.
  #[must_use]
  pub(crate) fn without_signal(self) -> Self {
    Self { start: if self.start == Start::OnSignal { Start::Never } else { self.start }, ..self }
  }

  /// Whether the main script stops at its beginning.
  pub(crate) fn breaks(&self) -> bool {
    self.start == Start::Breaking
  }

  /// The port where debuggers will be listened for, if it is another than Node's.
  pub(crate) fn later_port(&self) -> Option<u16> {
    let at_once = !matches!(self.start, Start::OnSignal | Start::Never);
    Some(self.address.port()).filter(|port| !at_once && *port != default_inspector_host().port())
  }

  /// Opens the server if it is to be there from the beginning. Workers that are made from now on are found there.
  ///
  /// # Errors
  /// The address is in use, or nobody may listen there.
  pub(crate) fn listen(&self) -> Result<(), String> {
    if matches!(self.start, Start::OnSignal | Start::Never) { Ok(()) } else { self.open() }
  }

  fn open(&self) -> Result<(), String> {
    // The server says by itself where it is, but later, when a short program is over already.
    let opened = create_inspector_server(self.address, NAME, InspectPublishUid { console: false, ..self.publish });
    opened.map(drop).map_err(|error| {
      let source = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<std::io::Error>());
      let reason = match source {
        Some(source) if source.kind() == std::io::ErrorKind::AddrInUse => "address already in use".into(),
        Some(source) => source.to_string(),
        None => error.to_string(),
      };
      format!("Starting inspector on {} failed: {reason}", self.address)
    })
  }
}

/// What debuggers are told that this is.
const NAME: &str = concat!("shell/", env!("CARGO_PKG_VERSION"));

/// Where the address that debuggers need is shown.
fn published(text: Option<&str>) -> Result<InspectPublishUid, String> {
  let Some(text) = text else { return Ok(InspectPublishUid::default()) };
  let mut places = InspectPublishUid { console: false, http: false };
  for place in text.split(',') {
    match place {
      "stderr" => places.console = true,
      "http" => places.http = true,
      other => return Err(format!("--inspect-publish-uid={text}: destination can be stderr or http, not {other:?}")),
    }
  }
  Ok(places)
}

/// A port, a host, or both; what is missing is taken from `default`.
fn parse(text: &str, default: SocketAddr) -> Option<SocketAddr> {
  let (host, port) = match text.rsplit_once(':').filter(|_| !text.ends_with(']')) {
    Some((host, port)) => (host.trim_start_matches('[').trim_end_matches(']').to_owned(), port.parse().ok()?),
    None => match text.parse() {
      Ok(port) => (default.ip().to_string(), port),
      Err(_) if text.bytes().all(|byte| byte.is_ascii_digit()) => return None,
      Err(_) => (text.trim_start_matches('[').trim_end_matches(']').to_owned(), default.port()),
    },
  };
  let allowed = port == 0 || port >= 1024;
  (host.as_str(), port).to_socket_addrs().ok()?.next().filter(|_| allowed)
}

/// Prepares a worker for debuggers, and waits for one if that was asked for. Must be called in the runtime of the worker's thread.
pub(super) fn attach(worker: &mut MainWorker, debugging: &Debugging) {
  let state = worker.js_runtime.op_state();
  let inspector = worker.js_runtime.inspector();
  if let Some(url) = state.borrow().try_borrow::<InspectorServerUrl>().filter(|_| debugging.publish.console) {
    announce(url);
  }
  if debugging.start == Start::OnSignal {
    open_on_signal(worker, debugging);
  }
  if matches!(debugging.start, Start::Waiting | Start::Breaking) {
    // Blocks until a debugger has set its breakpoints and says so.
    inspector.wait_for_runtime_run_if_waiting_for_debugger();
  }
}

/// Debuggers that are there when the process ends may first look at it: as with Node, it waits until they leave.
pub(super) fn wait_at_exit(worker: &mut MainWorker) {
  let inspector = Rc::downgrade(&worker.js_runtime.inspector());
  worker::at_exit(worker, move || {
    if let Some(inspector) = inspector.upgrade() {
      wait_for_disconnect(&inspector);
    }
  });
}

/// Returns when no debugger is connected.
pub(super) fn wait_for_disconnect(inspector: &JsRuntimeInspector) {
  if !inspector.sessions_state().has_nonblocking_wait_for_disconnect {
    return;
  }
  inspector.broadcast_context_destroyed();
  inspector.broadcast_waiting_for_disconnect();
  printer::error("Waiting for the debugger to disconnect...");
  // What it says meanwhile comes from the server's thread.
  while inspector.sessions_state().has_nonblocking_wait_for_disconnect {
    inspector.poll_sessions_from_event_loop(&mut Context::from_waker(&noop_waker()));
    std::thread::sleep(Duration::from_millis(10));
  }
}

fn announce(url: &InspectorServerUrl) {
  printer::error(&listening(&url.0));
}

/// What Node says of a server that was opened.
pub(super) fn listening(url: &str) -> String {
  format!("Debugger listening on {url}\nFor help, see: https://nodejs.org/en/docs/inspector")
}

/// What it takes to open the server while the program runs.
struct Opener {
  debugging: Debugging,
  inspector: Weak<JsRuntimeInspector>,
  state: Rc<RefCell<OpState>>,
}

impl Opener {
  fn open(&self) {
    let Some(inspector) = self.inspector.upgrade().filter(|_| get_inspector_server().is_none()) else { return };
    if let Err(fault) = self.debugging.open() {
      return printer::error(&fault);
    }
    let Some(server) = get_inspector_server() else { return };
    let Ok(mut state) = self.state.try_borrow_mut() else { return };
    let url = server.register_inspector(state.borrow::<Url>().to_string(), inspector, false);
    announce(&url);
    state.put(url);
  }
}

/// The server is opened on the worker's thread: by a task while that waits, by an interrupt while it is busy with a script.
fn open_on_signal(worker: &mut MainWorker, debugging: &Debugging) {
  let state = worker.js_runtime.op_state();
  let opener = Box::leak(Box::new(Opener { debugging: *debugging, inspector: Rc::downgrade(&worker.js_runtime.inspector()), state }));
  let asked = Arc::new(tokio::sync::Notify::new());
  let isolate = worker.js_runtime.v8_isolate().thread_safe_handle();
  let address = std::ptr::from_ref(opener) as usize;
  let waked = asked.clone();
  platform::on_debug_signal(move || {
    waked.notify_one();
    isolate.request_interrupt(interrupted, address as *mut std::ffi::c_void);
  });
  let opener = &*opener;
  deno_core::unsync::spawn(async move {
    loop {
      asked.notified().await;
      opener.open();
    }
  });
}

unsafe extern "C" fn interrupted(_: v8::UnsafeRawIsolatePtr, opener: *mut std::ffi::c_void) {
  // SAFETY: it was leaked above, and V8 calls this on the thread of the isolate, which is the only one that uses it.
  unsafe { &*opener.cast::<Opener>() }.open();
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn addresses_are_ports_hosts_or_both() {
    let address = |text: &str| parse(text, default_inspector_host()).map(|address| address.to_string());
    assert_eq!(address("9230").as_deref(), Some("127.0.0.1:9230"));
    assert_eq!(address("0").as_deref(), Some("127.0.0.1:0"));
    assert_eq!(address("127.0.0.2:0").as_deref(), Some("127.0.0.2:0"));
    assert_eq!(address("[::1]:9000").as_deref(), Some("[::1]:9000"));
    assert_eq!(address("[::1]").as_deref(), Some("[::1]:9229"));
    assert_eq!(address("127.0.0.3").as_deref(), Some("127.0.0.3:9229"));
    for bad in ["80", "70000", "x:y", "99999999"] {
      assert_eq!(address(bad), None, "{bad}");
    }
  }
}
