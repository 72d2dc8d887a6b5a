//! `--inspect` and the options like it, asked over the socket by a debugger: a script that the shell runs, too.

use std::process::{Command, Stdio};

use serde_json::Value;

/// Starts a child with the option that it is given, and talks to it as a debugger does.
const DEBUGGER: &str = r#"
const { spawn } = require('node:child_process');
const [option, ...app] = process.argv.slice(1);
const code = 'globalThis.answer = 41;\nconsole.log("ran"); setInterval(() => {}, 1000)';
const child = spawn(process.execPath, [`${option}=0`, ...(app.length > 0 ? app : ['-e', code])], { stdio: ['ignore', 'pipe', 'pipe'] });
const told = (stream, pattern) => new Promise((resolve) => {
  let text = '';
  stream.on('data', (part) => {
    text += part;
    const found = pattern.exec(text);
    if (found) resolve(found[0]);
  });
});
const ran = told(child.stdout, /ran/);
let isRunning = false;
ran.then(() => { isRunning = true; });

(async () => {
  const url = await told(child.stderr, /ws:\/\/\S+/);
  const { host } = new URL(url);
  const list = await (await fetch(`http://${host}/json/list`)).json();
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
  const answers = new Map();
  const heard = new Map();
  const events = new Map();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.id !== undefined) return answers.get(message.id)(message);
    events.set(message.method, (events.get(message.method) ?? 0) + 1);
    heard.get(message.method)?.(message.params);
  };
  const ask = (method, params = {}) => new Promise((resolve) => {
    answers.set(answers.size, ({ result }) => resolve(result));
    socket.send(JSON.stringify({ id: answers.size - 1, method, params }));
  });
  const event = (method) => new Promise((resolve) => heard.set(method, resolve));
  await ask('Runtime.enable');
  await ask('Debugger.enable');
  const report = { listed: list.map((each) => each.webSocketDebuggerUrl === url), early: option === '--inspect' ? null : isRunning };
  const paused = event('Debugger.paused');
  await ask('Runtime.runIfWaitingForDebugger');
  if (option === '--inspect-brk') {
    const { callFrames } = await paused;
    report.pausedAt = callFrames[0].location.lineNumber;
    report.beforeFirstLine = (await ask('Debugger.evaluateOnCallFrame', { callFrameId: callFrames[0].callFrameId, expression: 'typeof answer' })).result.value;
    await ask('Debugger.resume');
  }
  await ran;
  report.value = (await ask('Runtime.evaluate', { expression: 'answer + 1' })).result.value;
  const hit = event('Debugger.paused');
  await ask('Runtime.evaluate', { expression: 'setTimeout(function late() { debugger; }, 1)' });
  report.breakpoint = (await hit).callFrames[0].functionName;
  await ask('Debugger.resume');
  await ask('Profiler.enable');
  await ask('Profiler.start');
  report.profiled = (await ask('Profiler.stop')).profile.nodes.length > 0;
  await ask('HeapProfiler.takeHeapSnapshot');
  report.snapshot = events.get('HeapProfiler.addHeapSnapshotChunk') > 0;
  console.log(JSON.stringify(report));
  child.kill('SIGKILL');
  process.exit();
})();
"#;

fn debug(option: &str) -> Value {
  let output = Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(["-e", DEBUGGER, "--", option])
    .env("ELECTRON_RUN_AS_NODE", "1")
    .stdin(Stdio::null())
    .output()
    .expect("the shell starts");
  let text = String::from_utf8_lossy(&output.stdout);
  serde_json::from_str(text.trim()).unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)))
}

#[track_caller]
fn check_session(report: &Value) {
  assert_eq!(report["listed"], serde_json::json!([true]), "{report}");
  assert_eq!((&report["value"], &report["breakpoint"]), (&42.into(), &"late".into()), "{report}");
  assert_eq!((&report["profiled"], &report["snapshot"]), (&true.into(), &true.into()), "{report}");
}

#[test]
fn debuggers_evaluate_break_profile_and_take_snapshots() {
  check_session(&debug("--inspect"));
}

#[test]
fn a_script_waits_for_its_debugger() {
  let report = debug("--inspect-wait");
  assert_eq!(report["early"], false, "{report}");
  check_session(&report);
}

#[test]
fn a_script_stops_at_its_first_line() {
  let report = debug("--inspect-brk");
  assert_eq!(
    (&report["early"], &report["pausedAt"], &report["beforeFirstLine"]),
    (&false.into(), &0.into(), &"undefined".into()),
    "{report}"
  );
  check_session(&report);
}

#[test]
fn addresses_that_are_none_are_refused() {
  let run = |arguments: &[&str]| {
    let output =
      Command::new(env!("CARGO_BIN_EXE_shell")).args(arguments).env("ELECTRON_RUN_AS_NODE", "1").output().expect("the shell starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
  };
  let (code, text) = run(&["--inspect=80", "-e", "1"]);
  assert_eq!(code, Some(9));
  assert!(text.contains("must be 0 or in range 1024 to 65535"), "{text}");
  let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
  let address = format!("--inspect={}", taken.local_addr().expect("its address"));
  let (code, text) = run(&[&address, "-e", "1"]);
  assert_eq!(code, Some(12));
  assert!(text.contains("Starting inspector on") && text.contains("in use"), "{text}");
}
