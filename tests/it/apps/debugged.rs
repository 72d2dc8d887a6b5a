//! A debugger at an app's main script.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::running_app::{app_folder, shell};
use crate::inspector::scenario;

/// What a debugger reports of the app `debugged`, started with these arguments.
#[track_caller]
fn debug(arguments: &[&str], run: &str) -> Value {
  let home = tempfile::tempdir().expect("temporary folder");
  let path = |name: &str| home.path().join(name);
  let environment = json!({
    "ELECTRON_RUN_AS_NODE": "", "HOME": home.path(), "XDG_CONFIG_HOME": path("config"), "XDG_CACHE_HOME": path("cache"),
  });
  scenario(&app_folder(""), arguments, &environment, run)
}

#[test]
fn the_main_script_stops_at_its_first_line() {
  let run = "async (it) => {
    const session = await it.connect();
    await session.begin();
    const stopped = await session.stop('typeof started');
    await it.said('out', /ready/);
    const windows = await session.evaluate(`process.getBuiltinModule('module')._load('electron').BrowserWindow.getAllWindows().length`);
    void session.evaluate(`setTimeout(() => process.getBuiltinModule('module')._load('electron').app.exit(7), 1)`);
    return [stopped, windows, await it.ended];
  }";
  let expected = json!([["main.js", 0, "undefined"], 1, { "code": 7, "signal": null }]);
  assert_eq!(debug(&["--inspect-brk=0", "debugged"], run), expected);
  // Behind the app as well, as in Electron.
  assert_eq!(debug(&["debugged", "--inspect-brk=0"], run), expected);
  assert_eq!(debug(&["dev", "debugged", "--inspect-brk=0"], run), expected);
}

#[test]
fn the_app_itself_opens_its_inspector() {
  let run = "async (it) => {
    const session = await it.connect();
    const { host } = new URL(session.url);
    const [listed] = await (await fetch(`http://${host}/json/list`)).json();
    return [await session.evaluate('started'), listed.url.split('/').slice(-2)];
  }";
  assert_eq!(debug(&["debugged", "--open"], run), json!([true, ["debugged", "main.js"]]));
}

#[test]
fn a_taken_port_is_a_clear_error() {
  let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
  let address = taken.local_addr().expect("its address");
  let home = tempfile::tempdir().expect("temporary folder");
  let output = shell(home.path()).arg(format!("--inspect={address}")).arg(app_folder("debugged")).output().expect("the shell starts");
  let text = String::from_utf8_lossy(&output.stderr);
  assert_eq!(output.status.code(), Some(1), "{text}");
  let error = format!("error: Starting inspector on {address} failed: address already in use\nhint: ");
  assert!(text.starts_with(&error), "{text}");
}
