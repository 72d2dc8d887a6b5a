//! Options of Node's command line that change what a process is or leaves behind: profiles, warnings in a file, limits. Beside the real Node where its output is the same.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::beside_node::{Case, case};

/// Allocates and computes in functions that a profile can name.
const WORK: &str = "const kept = [];\nfunction work() { let sum = 0; for (let i = 0; i < 3e6; i++) sum += i % 7; kept.push(String(sum).repeat(1000)); return sum; }\nfor (let i = 0; i < 20; i++) work();\n";

fn profiles(folder: &Path, extension: &str) -> Vec<PathBuf> {
  let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
  let mut found: Vec<_> = entries.filter(|path| path.extension().is_some_and(|own| own == extension)).collect();
  found.sort();
  found
}

/// Whether the profile in a file is one, and has a function of this name.
#[track_caller]
fn check_profile(file: &Path, function: &str) {
  let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
  let profile: Value = serde_json::from_str(&text).expect("a profile is JSON");
  assert!(profile.get("nodes").or(profile.get("head")).is_some(), "{text:.200}");
  assert!(text.contains(&format!("\"functionName\":\"{function}\"")), "{function} is missing in {}", file.display());
}

#[track_caller]
fn run(case: &Case, arguments: &[&str]) {
  let ended = case.shell(arguments);
  assert_eq!(ended.code, Some(0), "{arguments:?}\n{}", ended.err);
}

#[test]
fn profiles_lie_where_node_puts_them() {
  let case = case(&[("work.js", WORK), ("exit.js", &format!("{WORK}process.exit(0);"))]);
  run(&case, &["--cpu-prof", "work.js"]);
  let found = profiles(case.folder.path(), "cpuprofile");
  assert_eq!(found.len(), 1);
  let name = found[0].file_name().unwrap().to_string_lossy().into_owned();
  // CPU, day, time, process, thread, number.
  let parts: Vec<_> = name.split('.').collect();
  assert!(matches!(parts[..], ["CPU", day, time, _, "0", "001", "cpuprofile"] if day.len() == 8 && time.len() == 6), "{name}");
  check_profile(&found[0], "work");

  run(
    &case,
    &["--heap-prof", "--heap-prof-interval=128", "--heap-prof-dir=deep/er", "--heap-prof-name", "h-${pid}.heapprofile", "exit.js"],
  );
  let found = profiles(&case.folder.path().join("deep/er"), "heapprofile");
  assert_eq!(found.len(), 1);
  assert!(!found[0].to_string_lossy().contains("${pid}"));
  check_profile(&found[0], "work");
}

#[test]
fn workers_have_profiles_of_their_own_and_a_signal_loses_none() {
  let main = "const { Worker } = require('worker_threads');\nfunction ofMain() { return 'x'.repeat(1e5); }\nofMain();\nnew Worker('./work.js').on('exit', () => process.kill(process.pid, 'SIGTERM'));\n";
  let case = case(&[("work.js", WORK), ("main.js", main)]);
  let ended = case.shell(&["--cpu-prof", "--cpu-prof-interval=100", "--diagnostic-dir=d", "main.js"]);
  assert_eq!(ended.code, None, "a signal ends it: {}", ended.err);
  let found = profiles(&case.folder.path().join("d"), "cpuprofile");
  assert_eq!(found.len(), 2, "{found:?}");
  let of_worker = found.iter().find(|path| !path.to_string_lossy().contains(".0.001.")).expect("a thread's number is in the name");
  check_profile(of_worker, "work");
}

#[test]
fn options_that_need_another_or_have_no_such_value() {
  let case = case(&[("a.js", "")]);
  for (option, value, needed) in
    [("--cpu-prof-name", "x", "--cpu-prof"), ("--cpu-prof-dir", "x", "--cpu-prof"), ("--heap-prof-interval", "9", "--heap-prof")]
  {
    case.check_fails(&[option, value, "a.js"], 9, &[&format!("{option} must be used with {needed}")]);
  }
  let ended = case.shell(&["--disable-proto=no", "a.js"]);
  assert_eq!(ended.code, Some(9));
  assert!(ended.err.contains("invalid mode passed to --disable-proto"), "{}", ended.err);
  let ended = case.shell(&["--max-http-header-size=many", "a.js"]);
  assert_eq!(ended.code, Some(9));
  assert!(ended.err.contains("--max-http-header-size must be a positive number, not \"many\""), "{}", ended.err);
}

#[test]
fn warnings_go_to_a_file() {
  let code = "process.emitWarning('first', { code: 'C', detail: 'more' }); process.emitWarning('old', 'DeprecationWarning');";
  let file = |case: &Case| fs::read_to_string(case.folder.path().join("w.txt")).expect("the file");
  let case = case(&[]);
  case.check(&["--redirect-warnings=w.txt", "--no-deprecation", "-e", code], 0, "");
  let text = file(&case);
  assert!(text.contains(") [C] Warning: first\nmore\n") && !text.contains("old"), "{text}");
  let case = crate::beside_node::case(&[]).with_variable("NODE_REDIRECT_WARNINGS", "w.txt");
  let ended = case.shell(&["-e", code]);
  assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
  assert!(file(&case).contains(") DeprecationWarning: old\n"));
  // Where there is no such folder they are printed.
  let ended = case.shell(&["--redirect-warnings=no/w.txt", "-e", code]);
  assert!(ended.err.contains("Warning: first"), "{}", ended.err);
}

#[test]
fn the_place_of_an_exit_is_told() {
  let case = case(&[("e.js", "function leave() { process.exit(3); }\nleave();\n")]);
  case.check_fails(&["--trace-exit", "e.js"], 3, &["WARNING: Exited the environment with code 3", "at leave (", "e.js:1"]);
  assert_eq!(case.shell(&["--trace-exit", "-e", "0"]).err, "");
}

#[test]
fn the_prototype_accessor_is_off() {
  let case = case(&[]);
  case.check(&["--disable-proto=delete", "-p", "'__proto__' in {} || '__proto__' in require('vm').runInNewContext('({})')"], 0, "false\n");
  let code = "try { ({}).__proto__ } catch (error) { error.code }";
  case.check(&["--disable-proto=throw", "-p", code], 0, "ERR_PROTO_ACCESS\n");
}

#[test]
fn headers_may_be_longer() {
  let code = "const http = require('http'); const server = http.createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1', () => {\
    http.get({ port: server.address().port, headers: { big: 'x'.repeat(20000) } }, (response) => { console.log(response.statusCode, http.maxHeaderSize); server.close(); response.resume(); }); });";
  let case = case(&[]);
  case.check(&["-e", code], 0, "431 16384\n");
  case.check(&["--max-http-header-size=40000", "-e", code], 0, "200 40000\n");
}

#[test]
fn a_signal_has_the_heap_written() {
  let code = "process.kill(process.pid, 'SIGUSR2'); setTimeout(() => {}, 300);";
  let case = case(&[]);
  run(&case, &["--heapsnapshot-signal=SIGUSR2", "-e", code]);
  let found = profiles(case.folder.path(), "heapsnapshot");
  assert_eq!(found.len(), 1);
  let text = fs::read_to_string(&found[0]).expect("the snapshot");
  assert!(text.starts_with("{\"snapshot\":"), "{text:.100}");
}

#[test]
fn what_the_process_says_of_itself() {
  let case = case(&[]);
  case.check(&["-p", "const { v8_enable_i18n_support: intl, v8_enable_webassembly: wasm, node_shared: shared } = process.config.variables; [intl, wasm, shared, Object.isFrozen(process.config)].join()"], 0, "1,1,false,true\n");
  let ended = case.shell(&["-p", "process.features.typescript"]);
  assert_eq!(ended.out, "transform\n");
  // A window's, which packages take for a page.
  case.check(
    &["-p", "[typeof EventSource, typeof DOMMatrix, typeof PromiseRejectionEvent, 'v8BreakIterator' in Intl].join()"],
    0,
    "undefined,undefined,undefined,false\n",
  );
  assert_eq!(case.shell(&["--experimental-eventsource", "-p", "typeof EventSource"]).out, "function\n");
}

#[test]
fn a_timeout_of_a_signal_keeps_no_program() {
  let code = "AbortSignal.timeout(60000).addEventListener('abort', () => {}); try { AbortSignal.timeout(1.5) } catch (error) { console.log(error.code) }";
  case(&[]).check(&["-e", code], 0, "ERR_OUT_OF_RANGE\n");
  let code =
    "AbortSignal.timeout(1).addEventListener('abort', (event) => console.log(event.target.reason.name)); setTimeout(() => {}, 200);";
  case(&[]).check(&["-e", code], 0, "TimeoutError\n");
}

#[test]
fn a_folder_that_is_gone_and_a_handler_that_is_none() {
  let case = case(&[("gone/x", "")]);
  let code = "const fs = require('fs'); process.chdir('gone'); fs.rmSync('../gone', { recursive: true }); require('child_process').spawn(process.execPath, ['-e', '0']).on('exit', (code) => console.log(code));";
  // Node 20 has no folder to begin with there.
  assert_eq!(case.shell(&["-e", code]).out, "0\n");
  case.check_fails(&["-e", "process._fatalException = undefined; throw new Error('lost');"], 6, &["lost"]);
  // Nothing of ours asks the program what a stack is to look like.
  case.check(&["-e", "Error.prepareStackTrace = () => console.log('asked'); setTimeout(() => {}, 20);"], 0, "");
}

#[test]
fn hooks_see_nothing_but_the_program() {
  let code = "const fs = require('fs'); require('async_hooks').createHook({ before() { fs.writeSync(1, 'before\\n'); } }).enable();";
  case(&[("a.js", code)]).check(&["a.js"], 0, "");
}
