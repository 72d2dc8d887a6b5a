//! The apps of `tests/apps/`, one test each.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use super::running_app::{RunningApp, app_folder};

#[test]
fn commonjs_main_talks_to_its_page() {
  let mut app = RunningApp::start_with("cjs", &["--flag", "word"], tempfile::tempdir().expect("temporary folder"));
  let main = app.expect("main");
  assert_eq!(main["isReady"], false);
  assert_eq!(main["name"], "app-cjs");
  assert_eq!(main["version"], "0.1.0");
  assert_eq!(main["defaultApp"], true);
  assert_eq!(main["argv"], json!(["--flag", "word"]));
  assert_eq!(main["type"], "browser");
  assert_eq!(main["electron"], "string");
  assert_eq!(main["ownFile"], "main.js");

  let page = app.expect("page");
  assert_eq!(page["report"], json!({ "sum": 6.5, "require": "undefined", "process": "undefined", "title": "CommonJS" }));
  assert!(page["url"].as_str().is_some_and(|url| url.starts_with("file://") && url.ends_with("/index.html")), "{page}");
  assert_eq!(app.expect("heard")["text"], "goodbye");

  app.signal(libc::SIGTERM);
  app.expect("before-quit");
  app.expect("will-quit");
  assert_eq!(app.expect("quit")["code"], 0);
  assert_eq!(app.expect("exit")["code"], 0);
  assert_eq!(app.wait().code, Some(0));
}

#[test]
fn module_main_is_awaited_before_ready() {
  let mut app = RunningApp::start("esm");
  let main = app.expect("main");
  assert_eq!(main["wasReady"], false);
  assert_eq!(main["name"], "app-esm");
  assert_eq!(main["isMain"], true);
  assert_eq!(main["greeting"], "hello from a module");
  assert_eq!(main["sameApp"], true);
  assert_eq!(main["sameRequired"], true);
  assert_eq!(main["dirname"], true);
  assert_eq!(app.expect("loaded")["title"], "ESM");
  app.expect_quit();
}

#[test]
fn typescript_main_runs() {
  let mut app = RunningApp::start("typescript");
  let main = app.expect("main");
  assert_eq!(main["step"], 1);
  assert_eq!(main["shape"], "square of 3");
  assert_eq!(app.expect("loaded")["step"], 2);
  app.expect_quit();
}

#[test]
fn registry_packages_work() {
  assert!(app_folder("npm").join("node_modules").is_dir(), "the packages are missing: scripts/setup.sh installs them");
  let mut app = RunningApp::start("npm");
  let store = app.expect("store");
  assert_eq!(store["starts"], 1);
  assert_eq!(store["inUserData"], true);
  assert_eq!(app.expect("log")["written"], true);
  assert_eq!(app.expect("page")["result"], "result:42:echo hello");
  app.expect_quit();
}

/// Addons that are prebuilt for Node-API, as the registry has them: work on other threads, calls from them, the same addon in a worker thread.
#[test]
fn native_addons_work() {
  assert!(app_folder("addons").join("node_modules").is_dir(), "the packages are missing: scripts/setup.sh installs them");
  let mut app = RunningApp::start("addons");
  let sharp = app.expect("sharp");
  assert_eq!((&sharp["width"], &sharp["height"], &sharp["format"]), (&json!(20), &json!(10), &json!("png")));
  assert_eq!(app.expect("lightningcss")["code"], ".a{color:red}");
  let argon2 = app.expect("argon2");
  assert_eq!((&argon2["right"], &argon2["wrong"]), (&json!(true), &json!(false)));
  assert_eq!(app.expect("bufferutil")["masked"], json!([254, 253, 252, 251]));
  assert_eq!(app.expect("watcher")["name"], "news.txt");
  assert_eq!(app.expect("worker")["right"], true);
  // sharp brings a GLib of its own, and ours is in the same process.
  let ended = app.expect_quit();
  assert!(!ended.stderr.contains("CRITICAL"), "{}", ended.stderr);
}

#[test]
fn legacy_pages_and_preloads_use_node() {
  assert!(app_folder("npm").join("node_modules").is_dir(), "the packages are missing: scripts/setup.sh installs them");
  let mut app = RunningApp::start("legacy");
  let files = app.expect("files");
  assert_eq!((&files["text"], &files["list"], &files["here"]), (&json!("from the page"), &json!(["note.txt"]), &json!(true)));
  let child = app.expect("child");
  assert_eq!((&child["lines"], &child["code"]), (&json!(["line 1", "line 2", "line 3", "and this"]), &json!(0)));
  assert_eq!(app.expect("server")["name"], "app-legacy");
  let packages = app.expect("packages");
  assert_eq!((&packages["sum"], &packages["echoed"], &packages["semver"]), (&json!(6), &json!("echo hello"), &json!(true)));
  assert_eq!(app.expect("settings")["heard"], json!(["theme", "darker"]));
  let bridge = app.expect("bridge");
  assert_eq!(
    (&bridge["size"], &bridge["list"], &bridge["node"]),
    (&json!(true), &json!(["bridge.html", "index.html"]), &json!("undefined"))
  );
  assert_eq!(app.expect("stored")["theme"], "darker");
  app.expect_quit();
}

#[test]
fn worker_thread_runs_beside_the_window() {
  let mut app = RunningApp::start("worker");
  let sum = app.expect("sum");
  assert_eq!(sum["sum"], 500_500);
  assert_eq!(sum["shared"], 42);
  assert_eq!(sum["isMainThread"], false);
  assert_eq!(sum["hasId"], true);
  assert_eq!(app.expect("worker-exit")["code"], 3);
  app.expect_quit();
}

#[test]
fn children_run() {
  let mut app = RunningApp::start("fork");
  let child = app.expect("child");
  assert_eq!(child["args"], json!(["one", "two"]));
  assert_eq!(app.expect("child-exit")["code"], 5);
  let as_node = app.expect("as-node");
  assert_eq!(as_node["error"], json!(null));
  assert_eq!(as_node["out"], "string 1");
  assert_eq!(app.expect("program")["out"], "hello");
  app.expect_quit();
}

#[test]
fn two_windows_talk() {
  let mut app = RunningApp::start("two-windows");
  assert_eq!(app.expect("open")["windows"], 2);
  for (from, to, text) in [("left", "right", "l"), ("right", "left", "lr"), ("left", "right", "lrl")] {
    let passed = app.expect("passed");
    assert_eq!((&passed["from"], &passed["to"], &passed["text"]), (&json!(from), &json!(to), &json!(text)));
  }
  assert_eq!(app.expect("done")["words"], "lrlr");
  app.expect("window-all-closed");
  app.expect_quit();
}

#[test]
fn failing_preload_is_reported_and_the_page_loads() {
  let mut app = RunningApp::start("preload-throws");
  let events = app.expect_all(&["before-failure", "preload-error", "console"]);
  assert_eq!(events[1]["file"], "preload.js");
  assert_eq!(events[1]["message"], "the preload failed on purpose");
  assert_eq!(events[1]["isError"], true);
  let loaded = app.expect("loaded");
  assert_eq!(loaded["title"], "unharmed");
  assert_eq!(loaded["api"], "object");
  assert_eq!(events[2]["level"], "error");
  assert!(events[2]["message"].as_str().is_some_and(|text| text.contains("Unable to load preload script")), "{}", events[2]);
  app.expect_quit();
}

#[test]
fn close_can_be_prevented() {
  let mut app = RunningApp::start("prevent-close");
  assert_eq!(app.expect("close"), json!({ "event": "close", "asked": 1, "prevented": true }));
  assert_eq!(app.expect("still-here"), json!({ "event": "still-here", "windows": 1, "destroyed": false }));
  app.expect("before-quit");
  assert_eq!(app.expect("close"), json!({ "event": "close", "asked": 2, "prevented": false }));
  assert_eq!(app.expect("closed")["destroyed"], true);
  // `window-all-closed` is not emitted while the app quits.
  app.expect("will-quit");
  app.expect_quit();
}

#[test]
fn app_ends_with_its_last_window() {
  let mut app = RunningApp::start("quits-itself");
  let quit = app.expect("quit");
  assert_eq!(quit["code"], 0);
  let order: Vec<_> = quit["order"].as_array().expect("array").iter().filter_map(|name| name.as_str()).collect();
  let created = ["web-contents-created", "browser-window-created"];
  let rest: Vec<_> = order.iter().copied().filter(|name| !created.contains(name)).collect();
  assert_eq!(rest, ["will-finish-launching", "whenReady", "ready", "ready-to-show", "before-quit", "will-quit", "quit"]);
  assert!(created.iter().all(|name| order.contains(name)), "{order:?}");
  assert_eq!(app.expect("exit")["code"], 0);
  assert_eq!(app.wait().code, Some(0));
}

#[test]
fn exit_skips_the_questions() {
  let mut app = RunningApp::start("exit-code");
  assert_eq!(app.expect("quit")["code"], 7);
  assert_eq!(app.wait().code, Some(7));
}

#[test]
fn uncaught_exceptions_reach_a_listener() {
  let mut app = RunningApp::start("uncaught");
  assert_eq!(app.expect("uncaught")["message"], "thrown in a timer");
  assert_eq!(app.expect("unhandled")["message"], "rejected in a timer");
  app.expect("alive");
  app.expect_quit();
}

/// An instance of the app that allows one, in a folder that all of them share.
fn start_instance(folder: &Path, arguments: &[&str]) -> RunningApp {
  let own_home = tempfile::tempdir().expect("temporary folder");
  let mut command = super::running_app::shell(own_home.path());
  command.arg(app_folder("single-instance")).args(arguments).env("APP_USER_DATA", folder.join("shared-user-data")).current_dir(folder);
  RunningApp::spawn(command, own_home)
}

#[test]
fn second_instance_hands_over() {
  let home = tempfile::tempdir().expect("temporary folder");
  let mut first = start_instance(home.path(), &[]);
  assert_eq!(first.expect("first")["has"], true);
  let mut second = start_instance(home.path(), &["hello"]);
  second.expect("second");
  assert_eq!(second.wait().code, Some(0));
  let event = first.expect("second-instance");
  assert_eq!(event["hasArgument"], true);
  assert_eq!(event["from"], json!(["hello"]));
  assert_eq!(event["isDate"], true);
  let folder = home.path().canonicalize().expect("the folder is there");
  assert_eq!(event["cwd"].as_str(), folder.to_str());
  let ended = first.wait();
  assert_eq!(ended.code, Some(0));
  assert!(ended.took < Duration::from_secs(20));
}

/// S41: what a second instance was started with is data to the first. No switch in it does anything there, and an argument that looks like one is still
/// one argument.
#[test]
fn s41_arguments_of_a_second_instance_are_data() {
  let home = tempfile::tempdir().expect("temporary folder");
  let mut first = start_instance(home.path(), &[]);
  first.expect("first");
  // The system passes no more than 128 KB in one argument.
  let long = "x".repeat(100_000);
  let mut hostile = vec![
    "app://two\nlines",
    "-app://like-a-switch",
    "--no-sandbox",
    "--inspect=0",
    "--load-extension=/tmp",
    "--",
    "\u{1f41a}\r\t\"' ${HOME}",
  ];
  hostile.extend([long.as_str(); 10]);
  let mut second = start_instance(home.path(), &hostile);
  second.expect("second");
  assert_eq!(second.wait().code, Some(0));
  let event = first.expect("second-instance");
  assert!(event["argv"] == json!(hostile), "{}", event["argv"].to_string().chars().take(1000).collect::<String>());
  assert_eq!(event["from"], event["argv"]);
  let ended = first.wait();
  assert_eq!(ended.code, Some(0));
  assert!(!ended.stderr.contains("Debugger listening"), "{}", ended.stderr);
}

/// R35: none of the user's folders can be written, and there is no session bus: pages still get their preload, and answers.
#[test]
fn r35_no_folder_of_the_user_can_be_written() {
  let home = tempfile::tempdir().expect("temporary folder");
  let mut command = super::running_app::shell(home.path());
  command.arg(app_folder("packaged"));
  for name in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"] {
    command.env(name, "/proc/nowhere");
  }
  command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/proc/nowhere").env("TMPDIR", home.path());
  let mut app = RunningApp::spawn(command, home);
  assert_eq!(app.expect("main")["first"], true);
  assert_eq!(app.expect("page")["doubled"], 42);
}

/// R35: the folder of the app's data cannot be made. As in Electron the lock is not held then, and the user reads why the app ends.
#[test]
fn r35_user_data_that_cannot_be_made() {
  let home = tempfile::tempdir().expect("temporary folder");
  let mut command = super::running_app::shell(home.path());
  command.arg(app_folder("packaged")).env("APP_USER_DATA", "/proc/nowhere/data");
  let mut app = RunningApp::spawn(command, home);
  assert_eq!(app.expect("main")["first"], false);
  let ended = app.wait();
  assert_eq!(ended.code, Some(0));
  assert!(ended.stderr.contains("error: the single-instance lock in /proc/nowhere/data cannot be taken: "), "{}", ended.stderr);
}

/// A folder as an installer makes it: the executable, and beside it the app in an archive.
fn package(root: &Path, app: &str) -> std::path::PathBuf {
  let resources = root.join("resources");
  std::fs::create_dir_all(&resources).expect("folder");
  // Without a copy of its hundreds of megabytes.
  let executable = root.join("shell");
  std::fs::hard_link(env!("CARGO_BIN_EXE_shell"), &executable).expect("a link in the same file system");
  let packed = Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(["asar", "pack"])
    .args([app_folder(app), resources.join("app.asar")])
    .status()
    .expect("the shell starts");
  assert!(packed.success());
  executable
}

#[test]
fn packaged_app_starts_out_of_its_archive() {
  let near = Path::new(env!("CARGO_BIN_EXE_shell")).parent().expect("a folder");
  let root = tempfile::tempdir_in(near).expect("temporary folder");
  let executable = package(root.path(), "archived");
  // The archive comes before a folder.
  std::fs::create_dir(root.path().join("resources/app")).expect("folder");
  let home = tempfile::tempdir().expect("temporary folder");
  let mut command = super::running_app::shell_at(&executable, home.path());
  command.arg("--own");
  let mut app = RunningApp::spawn(command, home);
  let main = app.expect("main");
  assert_eq!((&main["packaged"], &main["defaultApp"], &main["version"]), (&json!(true), &json!(false), &json!("2.3.4")));
  assert_eq!((&main["appPath"], &main["file"], &main["argv"]), (&json!("app.asar"), &json!("app.asar/src/main.js"), &json!(["--own"])));
  let page = app.expect("page");
  assert_eq!((&page["title"], &page["seven"]), (&json!("packaged"), &json!("7 of its own")));
  app.expect_quit();
}

#[test]
fn damaged_archive_is_one_clear_error() {
  let near = Path::new(env!("CARGO_BIN_EXE_shell")).parent().expect("a folder");
  let root = tempfile::tempdir_in(near).expect("temporary folder");
  let executable = package(root.path(), "archived");
  let archive = root.path().join("resources/app.asar");
  let whole = std::fs::read(&archive).expect("archive");
  let start = |bytes: &[u8]| {
    std::fs::write(&archive, bytes).expect("written");
    let home = tempfile::tempdir().expect("temporary folder");
    let output = super::running_app::shell_at(&executable, home.path()).output().expect("the shell starts");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
  };
  // S37: an archive that is cut, or whose main script was changed, is refused before anything runs.
  let (code, text) = start(&whole[..whole.len() / 2]);
  assert_eq!(code, Some(1), "{text}");
  assert!(text.contains("app.asar"), "{text}");
  let mut changed = whole.clone();
  let at = changed.windows(12).position(|part| part == b"app-archived").expect("its name");
  changed[at] ^= 1;
  let (code, text) = start(&changed);
  assert_eq!(code, Some(1), "{text}");
  assert!(text.contains("was changed") && text.contains("package.json"), "{text}");
}
