//! `--inspect` and the options like it, asked over the socket by a debugger: `client.js`, which the shell runs, too.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What `run`, a function of JavaScript that gets the started program, reports of a program with these arguments.
#[track_caller]
pub(crate) fn scenario(folder: &Path, arguments: &[&str], environment: &Value, run: &str) -> Value {
  let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/inspector/client.js");
  let code = format!(
    "const {{ connect, scenario, workerOf }} = require({client}); scenario({arguments}, {environment}, {run});",
    client = json!(client),
    arguments = json!(arguments)
  );
  let mut command = Command::new(env!("CARGO_BIN_EXE_shell"));
  command.args(["-e", &code]).current_dir(folder).env("ELECTRON_RUN_AS_NODE", "1").stdin(Stdio::null());
  let output = command.output().expect("the shell starts");
  let text = String::from_utf8_lossy(&output.stdout);
  serde_json::from_str(text.trim()).unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

fn folder(files: &[(&str, &str)]) -> TempDir {
  let folder = tempfile::tempdir().expect("temporary folder");
  for (name, text) in files {
    fs::write(folder.path().join(name), text).expect("file");
  }
  folder
}

#[track_caller]
fn check(files: &[(&str, &str)], arguments: &[&str], run: &str, expected: Value) {
  let folder = folder(files);
  assert_eq!(scenario(folder.path(), arguments, &json!({}), run), expected);
}

const LIVES: &str = "globalThis.answer = 41;\nfunction late() {\n  const inner = answer + 2;\n  return inner;\n}\nsetInterval(late, 10);\nglobalThis.busy = function busy() {\n  for (const end = Date.now() + 100; Date.now() < end; );\n}\nconsole.log('ran');";

#[test]
fn debuggers_evaluate_break_profile_and_take_snapshots() {
  let run = r"async (it) => {
    const session = await it.connect();
    const { host } = new URL(session.url);
    const get = async (path) => (await fetch(`http://${host}${path}`)).json();
    const [listed] = await get('/json/list');
    const version = await get('/json/version');
    await it.said('err', /Debugger attached\.\n/);
    await it.said('out', /ran/);
    await session.begin();
    const report = {
      listed: [listed.type, listed.url.split('/').pop(), listed.webSocketDebuggerUrl === session.url],
      version: [version['Protocol-Version'], /^shell\/\d/.test(version.Browser)],
      value: await session.evaluate('answer + 1'),
      port: await session.evaluate('process.debugPort') === Number(new URL(session.url).port),
      known: await session.evaluate(`process.getBuiltinModule('inspector').url()`) === session.url,
    };
    const { breakpointId, locations } = await session.ask('Debugger.setBreakpointByUrl', { urlRegex: 'main\\.js$', lineNumber: 3 });
    report.place = locations.length;
    report.stopped = await session.stop('inner');
    await session.ask('Debugger.removeBreakpoint', { breakpointId });
    await session.ask('Profiler.enable');
    await session.ask('Profiler.start');
    await session.evaluate('busy()');
    report.profiled = (await session.ask('Profiler.stop')).profile.nodes.some((node) => node.callFrame.functionName === 'busy');
    await session.ask('HeapProfiler.enable');
    const chunk = session.event('HeapProfiler.addHeapSnapshotChunk');
    await session.ask('HeapProfiler.takeHeapSnapshot');
    report.snapshot = (await chunk).chunk.startsWith('{\x22snapshot\x22:');
    return report;
  }";
  let expected = json!({
    "listed": ["node", "main.js", true], "version": ["1.3", true], "value": 42, "port": true, "known": true, "place": 1,
    "stopped": ["main.js", 3, 43], "profiled": true, "snapshot": true,
  });
  check(&[("main.js", LIVES)], &["--inspect=0", "main.js"], run, expected);
}

#[test]
fn a_script_waits_for_its_debugger() {
  let run = r"async (it) => {
    const session = await it.connect();
    await session.ask('Runtime.enable');
    const before = await session.evaluate('typeof answer');
    await session.begin();
    await it.said('out', /ran/);
    return [before, it.err.includes('Debugger attached.'), await session.evaluate('answer')];
  }";
  check(&[("main.js", LIVES)], &["--inspect-wait=0", "main.js"], run, json!(["undefined", true, 41]));
}

/// CommonJS, ES modules by name and by their syntax, TypeScript, a file that begins with `#!`, and code without a file.
#[test]
fn a_main_script_stops_at_its_first_line() {
  let run = "async (it) => {
    const session = await it.connect();
    await session.begin();
    const place = await session.stop('typeof globalThis.answer');
    await it.said('out', /ran/);
    return place;
  }";
  let plain = "globalThis.answer = 1; console.log('ran'); setInterval(() => {}, 1000);";
  let module = "import './other.js'; globalThis.answer = 1; console.log('ran'); setInterval(() => {}, 1000); export {};";
  let typed = "globalThis.answer = 1 as number; console.log('ran'); setInterval(() => {}, 1000);";
  let program = "#!/usr/bin/env node\nglobalThis.answer = 1; console.log('ran'); setInterval(() => {}, 1000);";
  for (name, source) in [("main.js", plain), ("main.mjs", module), ("esm.js", module), ("main.ts", typed), ("program", program)] {
    check(&[(name, source), ("other.js", "0")], &["--inspect-brk=0", name], run, json!([name, 0, "undefined"]));
  }
  check(&[], &["--inspect-brk=0", "-e", plain], run, json!(["[eval]", 0, "undefined"]));
  // What is loaded before the main script does not stop.
  check(
    &[("main.js", plain), ("first.js", "0")],
    &["-r", "./first.js", "--inspect-brk=0", "main.js"],
    run,
    json!(["main.js", 0, "undefined"]),
  );
}

#[test]
fn forked_children_have_a_debugger_of_their_own() {
  let main = "const child = require('node:child_process').fork('child.js', { execArgv: ['--inspect-brk=0'] });\nchild.on('message', (text) => console.log(text, 'ran'));";
  let run = "async (it) => {
    const session = await it.connect();
    await session.begin();
    const place = await session.stop();
    await it.said('out', /ran/);
    return [place, it.out.trim(), await session.evaluate('process.connected')];
  }";
  let child = "process.send('child'); process.on('disconnect', () => process.exit())";
  check(&[("main.js", main), ("child.js", child)], &["main.js"], run, json!([["child.js", 0, null], "child ran", true]));
}

#[test]
fn worker_threads_are_reached_through_their_process() {
  let main = "const { Worker } = require('node:worker_threads');\nglobalThis.start = () => { new Worker('./worker.js').on('message', (text) => console.log(text, 'ran')); };\nsetInterval(() => {}, 1000);";
  let worker = "const { parentPort } = require('node:worker_threads');\nconst two = 2;\ndebugger;\nparentPort.postMessage(two);\nsetInterval(() => {}, 1000);";
  let run = r"async (it) => {
    const session = await it.connect();
    await session.begin();
    await session.ask('NodeWorker.enable', { waitForDebuggerOnStart: true });
    await session.evaluate('start()');
    const { sessionId, workerInfo } = await session.event('NodeWorker.attachedToWorker');
    const worker = await workerOf(session, sessionId);
    await worker.ask('Debugger.enable');
    const before = it.out;
    await worker.ask('Runtime.runIfWaitingForDebugger');
    const stopped = await worker.stop('two');
    await it.said('out', /2 ran/);
    return [workerInfo.url.split('/').pop(), before, stopped, await worker.evaluate('1 + 2')];
  }";
  check(&[("main.js", main), ("worker.js", worker)], &["--inspect=0", "main.js"], run, json!(["worker.js", "", ["worker.js", 2, 2], 3]));
}

#[test]
fn a_program_opens_and_closes_its_inspector() {
  let main = "const inspector = require('node:inspector');\nglobalThis.end = () => { inspector.close(); console.log('closed', inspector.url()); };\nsetInterval(() => {}, 1000);\ninspector.open(0);";
  let run = "async (it) => {
    const session = await it.connect();
    void session.evaluate('setTimeout(end, 1)');
    await it.said('out', /closed undefined/);
    return await connect(session.url).then(() => 'there', () => 'gone');
  }";
  check(&[("main.js", main)], &["main.js"], run, json!("gone"));
}

#[test]
fn a_session_within_the_program() {
  let main = "const { Session } = require('node:inspector/promises');
    (async () => {
      const session = new Session();
      session.connect();
      await session.post('Profiler.enable');
      await session.post('Profiler.start');
      const { result } = await session.post('Runtime.evaluate', { expression: '6 * 7' });
      const { profile } = await session.post('Profiler.stop');
      console.log(result.value, profile.nodes.length > 0);
      session.disconnect();
    })();";
  let folder = folder(&[("main.js", main)]);
  let (code, out, err) = run_as_node(folder.path(), &["main.js"]);
  assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "42 true\n", ""));
}

#[test]
fn a_program_ends_when_its_debugger_leaves() {
  for (source, code) in [("setTimeout(() => {}, 20)", 0), ("setTimeout(() => process.exit(3), 20)", 3)] {
    let run = "async (it) => {
      const session = await it.connect();
      await session.begin();
      await it.said('err', /Waiting for the debugger to disconnect\\.\\.\\.\\n$/);
      session.close();
      return await it.ended;
    }";
    check(&[("main.js", source)], &["--inspect-wait=0", "main.js"], run, json!({ "code": code, "signal": null }));
  }
}

/// With the port that the options name, whether the program waits or is busy; and without a debugger the signal ends it, if that was asked for.
#[cfg(unix)]
#[test]
fn a_signal_opens_the_inspector() {
  for source in ["console.log('ran'); setInterval(() => {}, 1000)", "console.log('ran'); for (;;);"] {
    let run = "async (it) => {
      await it.said('out', /ran/);
      it.child.kill('SIGUSR1');
      const session = await it.connect();
      const { host } = new URL(session.url);
      return (await (await fetch(`http://${host}/json/list`)).json()).length;
    }";
    check(&[("main.js", source)], &["--inspect-port=0", "main.js"], run, json!(1));
  }
  let run = "async (it) => {
    await it.said('out', /ran/);
    it.child.kill('SIGUSR1');
    return await it.ended;
  }";
  let lives = [("main.js", "console.log('ran'); setInterval(() => {}, 1000)")];
  check(&lives, &["--disable-sigusr1", "main.js"], run, json!({ "code": null, "signal": "SIGUSR1" }));
}

fn run_as_node(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
  let mut command = Command::new(env!("CARGO_BIN_EXE_shell"));
  let output = command.args(arguments).current_dir(folder).env("ELECTRON_RUN_AS_NODE", "1").stdin(Stdio::null()).output();
  let output = output.expect("the shell starts");
  let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
  (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_port_that_was_named_is_told() {
  let folder = folder(&[]);
  let port = |arguments: &[&str]| run_as_node(folder.path(), arguments).1;
  assert_eq!(port(&["-p", "process.debugPort"]), "9229\n");
  assert_eq!(port(&["--inspect-port=9555", "-p", "process.debugPort"]), "9555\n");
}

#[test]
fn only_where_it_was_asked_for_the_address_is_told() {
  let folder = folder(&[]);
  let told = |places: &str| run_as_node(folder.path(), &["--inspect=0", places, "-e", "0"]);
  assert_eq!(told("--inspect-publish-uid=http"), (Some(0), String::new(), String::new()));
  assert!(told("--inspect-publish-uid=stderr").2.starts_with("Debugger listening on ws://127.0.0.1:"));
  let (code, _, err) = told("--inspect-publish-uid=elsewhere");
  assert_eq!((code, err.contains("destination can be stderr or http")), (Some(9), true), "{err}");
}

#[test]
fn addresses_that_are_none_are_refused() {
  let folder = folder(&[]);
  let (code, _, err) = run_as_node(folder.path(), &["--inspect=80", "-e", "1"]);
  assert_eq!((code, err.contains("must be 0 or in range 1024 to 65535")), (Some(9), true), "{err}");
  let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
  let address = taken.local_addr().expect("its address");
  let (code, _, err) = run_as_node(folder.path(), &[&format!("--inspect={address}"), "-e", "1"]);
  assert_eq!((code, err), (Some(12), format!("Starting inspector on {address} failed: address already in use\n")));
}
