//! A web process that was taken over.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, thread, time};

use super::running_app::{PATIENCE, RunningApp, app_folder, shell};

/// Compiles an extension that stands beside an app of `tests/apps/` into `folder`.
fn compile_extension(source: &Path, folder: &Path) {
  let flags = Command::new("pkg-config").args(["--cflags", "--libs", "webkit2gtk-web-extension-4.1"]).output().expect("pkg-config");
  let flags = String::from_utf8_lossy(&flags.stdout).into_owned();
  let status = Command::new("cc")
    .args(["-shared", "-fPIC", "-O1", "-o"])
    .arg(folder.join("hostile.so"))
    .arg(source)
    .args(flags.split_whitespace())
    .status()
    .expect("cc");
  assert!(status.success());
}

/// The folder that the shell's own extension was put into, once it is there.
fn extension_folder(cache: &Path) -> PathBuf {
  let end = time::Instant::now() + PATIENCE;
  loop {
    let found = fs::read_dir(cache.join("shell")).ok().into_iter().flatten().flatten().map(|entry| entry.path());
    if let Some(folder) = found.into_iter().find(|path| path.join("libshell-lane.so").is_file()) {
      return folder;
    }
    assert!(time::Instant::now() < end, "no extension below {}", cache.display());
    thread::sleep(time::Duration::from_millis(50));
  }
}

#[test]
fn s19_a_web_process_that_was_taken_over_harms_nobody_else() {
  let home = tempfile::tempdir().expect("temporary folder");
  let cache = home.path().join("cache");
  let start = || {
    let mut command = shell(home.path());
    command.env("XDG_CACHE_HOME", &cache).env("HOSTILE_PROOF", home.path().join("proof")).arg(app_folder("hostile-process"));
    RunningApp::spawn(command, tempfile::tempdir().expect("temporary folder"))
  };
  let survived = |app: &mut RunningApp| {
    app.expect("opened");
    for how in ["frames", "messages", "everything", "node"] {
      assert_eq!(app.expect("survived")["how"], how);
    }
  };
  let mut honest = start();
  survived(&mut honest);
  let (alive, node) = (honest.expect("alive"), honest.expect("node"));
  assert_eq!((&node["answer"], &node["ran"]), (&serde_json::json!(true), &serde_json::json!(false)));
  let reference = (alive, honest.expect("kept apart"), honest.expect("after"));
  assert_eq!(honest.wait().code, Some(0));
  assert_eq!(reference.0["answers"], serde_json::json!([true, true]));

  compile_extension(&app_folder("hostile-process").join("hostile.c"), &extension_folder(&cache));
  let mut app = start();
  survived(&mut app);
  assert_eq!(app.expect("alive")["answers"], serde_json::json!([true, true]));
  // S19: among all that it said to its Node context was one sound question, and that was answered. Contexts are bounded, those of other pages live on.
  let node = app.expect("node");
  assert_eq!((&node["answer"], &node["ran"]), (&serde_json::json!(true), &serde_json::json!(true)));
  let threads = node["threads"].as_i64().expect("a number");
  assert!(threads < 100, "{threads} threads more than before");
  // S1, S9: nothing that it says is taken for a word of another page, nor of a frame that has no preload.
  let apart = app.expect("kept apart");
  assert_eq!(apart["pending"], "honest");
  assert!(apart["senders"].as_array().is_some_and(|senders| senders.iter().all(|sender| sender == true)), "{apart}");
  assert_eq!((&apart["fromFrames"], &apart["fromPage"]), (&serde_json::json!(false), &serde_json::json!(true)));
  assert_eq!(apart["frames"], serde_json::json!([1, 1]));
  let most = apart["most"].as_u64().expect("a number");
  assert!((2000..=2050).contains(&most), "{most} frames");
  let after = app.expect("after");
  assert_eq!(after["answer"], true);
  let ended = app.wait();
  assert_eq!(ended.code, Some(0), "{}", ended.stderr);
  let of = |value: &serde_json::Value, name: &str| value[name].as_f64().expect("a number");
  let grown = of(&after, "grown") - of(&reference.2, "grown");
  assert!(grown < 300.0, "the main process grew by {grown} MB");
  let descriptors = of(&after, "descriptors") - of(&reference.2, "descriptors");
  assert!(descriptors < 40.0, "{descriptors} descriptors are left open");
}

#[test]
fn r24_messages_in_pieces_arrive_whole_or_not_at_all() {
  let home = tempfile::tempdir().expect("temporary folder");
  let cache = home.path().join("cache");
  let start = || {
    let mut command = shell(home.path());
    command.env("XDG_CACHE_HOME", &cache).arg(app_folder("pieces"));
    RunningApp::spawn(command, tempfile::tempdir().expect("temporary folder"))
  };
  // A first start puts the shell's own extension where the other one has to lie.
  let mut app = start();
  let folder = extension_folder(&cache);
  drop(app);
  compile_extension(&app_folder("pieces").join("pieces.c"), &folder);
  app = start();
  let event = app.expect("heard");
  let ended = app.wait();
  assert_eq!(ended.code, Some(0), "{}", ended.stderr);
  let heard = event["heard"].as_array().expect("a list");
  let (last, heard) = heard.split_last().expect("messages");
  assert_eq!(*last, serde_json::json!([99, 10, true]));
  // Lengths of 1, 23, 463 and so on, up to 400 times the size of the pieces.
  let lengths: Vec<_> = heard.iter().map(|message| message[1].as_u64().expect("a length")).collect();
  let series = [1, 23, 463, 9263, 185_263];
  assert_eq!(lengths, [&series[..2], &series, &series, &series].concat());
  for (number, message) in heard.iter().enumerate() {
    assert_eq!((&message[0], &message[2]), (&serde_json::json!(number), &serde_json::json!(true)), "{message}");
  }
  // R23: 768 MB were promised.
  let grown = event["grown"].as_f64().expect("a number");
  assert!(grown < 200.0, "the main process grew by {grown} MB");
}
