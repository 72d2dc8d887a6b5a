//! R34: whatever goes wrong in the main process, it ends with a documented code, or lives on whole, and nothing is left behind. The app `ends` has a
//! window, a page and a forked child by the time at which it acts, where it does not act before.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::processes::expect_nothing_left;
use super::running_app::{Ended, RunningApp};

/// Starts the app, which acts in this way at this time.
fn start(way: &str, time: &str, more: &[&str]) -> RunningApp {
  let arguments: Vec<&str> = [way, time].into_iter().chain(more.iter().copied()).collect();
  RunningApp::start_with("ends", &arguments, tempfile::tempdir().expect("temporary folder"))
}

/// Its end, after the lines of `events`.
#[track_caller]
fn end(way: &str, time: &str, more: &[&str], events: &[&str]) -> Ended {
  let mut app = start(way, time, more);
  for event in events {
    app.expect(event);
  }
  let ended = app.wait();
  expect_nothing_left(&app);
  ended
}

#[test]
fn r34_process_exit_in_every_phase() {
  for time in ["main", "ready", "timer", "close", "before-quit", "will-quit", "quit", "uncaught"] {
    let ended = end("exit", time, &[], &["acts", "exit"]);
    assert_eq!(ended.code, Some(7), "{time}: {}", ended.stderr);
  }
  let ended = end("exit", "exit", &[], &["acts"]);
  assert_eq!(ended.code, Some(7), "{}", ended.stderr);
}

#[test]
fn r34_process_exit_of_a_worker_ends_the_worker() {
  let mut app = start("exit", "worker", &[]);
  assert_eq!(app.expect("worker")["code"], 7);
  assert_eq!(app.expect("alive")["answer"], 42);
  app.expect("exit");
  assert_eq!(app.wait().code, Some(0));
  expect_nothing_left(&app);
}

#[test]
fn r34_exceptions_leave_the_app_whole() {
  for (way, said) in [
    ("throw", "Uncaught Exception:\nError: nobody catches this"),
    ("reject", "UnhandledPromiseRejectionWarning: Error: nobody catches this"),
    ("stack", "Uncaught Exception:\nRangeError: Maximum call stack size exceeded"),
    ("nested", ""),
  ] {
    for time in ["main", "timer"] {
      let mut app = start(way, time, &[]);
      app.expect("acts");
      let alive = app.expect("alive");
      if time == "timer" {
        assert_eq!(alive["answer"], 42, "{way}");
      }
      app.expect("exit");
      let ended = app.wait();
      assert_eq!(ended.code, Some(0), "{way} {time}: {}", ended.stderr);
      assert!(ended.stderr.contains(said), "{way} {time}: {}", ended.stderr);
      expect_nothing_left(&app);
    }
  }
}

#[test]
fn r34_an_exhausted_heap_ends_by_a_signal() {
  let ended = end("heap", "timer", &["--js-flags=--max-old-space-size=60"], &["acts"]);
  assert_eq!(ended.signal, Some(libc::SIGABRT), "{}", ended.stderr);
  assert!(ended.stderr.contains("JavaScript heap out of memory"), "{}", ended.stderr);
}

#[test]
fn r34_aborts_leave_nothing() {
  let folder = tempfile::tempdir().expect("temporary folder");
  let addon = aborting_addon(folder.path().to_path_buf());
  for (way, more) in [("abort", ""), ("addon", addon.to_str().expect("a path"))] {
    for time in ["main", "timer"] {
      let ended = end(way, time, &[more], &["acts"]);
      assert_eq!(ended.signal, Some(libc::SIGABRT), "{way} {time}: {}", ended.stderr);
    }
  }
}

/// A native addon that ends the process when it is loaded.
fn aborting_addon(folder: PathBuf) -> PathBuf {
  compile(folder.join("abort"), "#include <stdlib.h>\nvoid *napi_register_module_v1(void *env, void *exports) { abort(); }\n")
}

fn compile(path: PathBuf, text: &str) -> PathBuf {
  let (source, addon) = (path.with_extension("c"), path.with_extension("node"));
  std::fs::write(&source, text).expect("written");
  let compiled = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&addon).arg(&source).status().expect("a C compiler");
  assert!(compiled.success());
  addon
}

/// The same of a process without a user interface.
#[test]
fn r34_children_end_as_node_does() {
  use std::os::unix::process::ExitStatusExt;
  let folder = tempfile::tempdir().expect("temporary folder");
  let addon = aborting_addon(folder.path().to_path_buf());
  let load = format!("require({:?})", addon.display());
  let fatal = "#include <stddef.h>\nvoid napi_fatal_error(const char *, size_t, const char *, size_t);\n\
    void *napi_register_module_v1(void *env, void *exports) { napi_fatal_error(\"here\", 4, \"no use\", 6); return NULL; }\n";
  let fatal = format!("require({:?})", compile(folder.path().join("fatal"), fatal).display());
  let of_v8 = "void _ZN2v87Isolate10GetCurrentEv(void);\nvoid *napi_register_module_v1(void *env, void *exports) { _ZN2v87Isolate10GetCurrentEv(); return 0; }\n";
  let of_v8 = format!("require({:?})", compile(folder.path().join("of_v8"), of_v8).display());
  let fill = "for (const kept = []; ; ) kept.push(new Array(10_000).fill(kept.length));";
  type Case<'a> = (&'a str, &'a str, Option<i32>, Option<i32>, &'a str);
  let cases: &[Case<'_>] = &[
    ("exit", "setTimeout(() => process.exit(7), 1)", Some(7), None, ""),
    ("exit in exit", "process.on('exit', () => process.exit(7))", Some(7), None, ""),
    ("throw", "throw new Error('no')", Some(1), None, "Error: no"),
    ("reject", "Promise.reject(new Error('no')); setInterval(() => {}, 1000)", Some(1), None, "Error: no"),
    ("stack", "const recurse = () => recurse() + 1; recurse()", Some(1), None, "RangeError: Maximum call stack size exceeded"),
    ("heap", fill, None, Some(libc::SIGABRT), "JavaScript heap out of memory"),
    ("abort", "process.abort()", None, Some(libc::SIGABRT), ""),
    ("addon", &load, None, Some(libc::SIGABRT), ""),
    ("fatal error of an addon", &fatal, None, Some(libc::SIGABRT), "FATAL ERROR: here no use"),
    ("addon of V8's own interface", &of_v8, Some(1), None, "was compiled for the V8 of one version of Node or Electron"),
  ];
  for (name, code, exit, signal, said) in cases {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shell"));
    command.args(["--max-old-space-size=60", "-e", code]).env("ELECTRON_RUN_AS_NODE", "1").stdin(Stdio::null());
    let output = command.output().expect("the shell starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), output.status.signal()), (*exit, *signal), "{name}: {text}");
    assert!(text.contains(said), "{name}: {text}");
  }
}

/// A worker thread that outgrows its limit ends alone.
#[test]
fn r34_an_exhausted_worker_ends_alone() {
  let fill = "for (const kept = []; ; ) kept.push(new Array(10_000).fill(kept.length));";
  let code = format!(
    "const worker = new (require('worker_threads').Worker)({fill:?}, {{ eval: true, resourceLimits: {{ maxOldGenerationSizeMb: 30 }} }});
    worker.on('error', (error) => console.log(error.code));
    worker.on('exit', (code) => console.log('exit', code));"
  );
  let mut command = Command::new(env!("CARGO_BIN_EXE_shell"));
  let output = command.args(["-e", &code]).env("ELECTRON_RUN_AS_NODE", "1").stdin(Stdio::null()).output().expect("the shell starts");
  assert_eq!(String::from_utf8_lossy(&output.stdout), "ERR_WORKER_OUT_OF_MEMORY\nexit 1\n");
  assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
