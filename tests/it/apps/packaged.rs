//! An app that is started from its bundles, as people would start it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::shared;

use super::running_app::{RunningApp, app_folder, shell};

/// The bundles, made once: the runtime of a debug build is large.
fn bundles() -> &'static Path {
  static MADE: OnceLock<PathBuf> = OnceLock::new();
  MADE.get_or_init(|| {
    let folder = shared::folder();
    let output = Command::new(env!("CARGO_BIN_EXE_shell"))
      .args(["bundle", "--target", "tar.gz,deb,AppImage", "--output"])
      .args([&folder, &app_folder("packaged")])
      .output()
      .expect("the shell starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
  })
}

/// A folder with what a command makes of a bundle, whose path stands last.
fn unpacked(command: &[&str], bundle: &str) -> TempDir {
  let folder = tempfile::tempdir().expect("temporary folder");
  let status = Command::new(command[0]).args(&command[1..]).arg(bundles().join(bundle)).current_dir(folder.path()).status();
  assert!(status.expect("the command starts").success(), "{command:?}");
  folder
}

/// Starts a program of an installation with a home folder of its own.
fn start(program: &Path, arguments: &[&str], user_data: &Path) -> RunningApp {
  let home = tempfile::tempdir().expect("temporary folder");
  let settings = shell(home.path());
  let mut command = Command::new(program);
  command.args(arguments).envs(settings.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("APP_USER_DATA", user_data);
  // An AppImage leaves there what it unpacked.
  command.env("TMPDIR", user_data);
  // Cargo sets it for tests; the app tells whether its start does.
  command.env_remove("LD_LIBRARY_PATH");
  RunningApp::spawn(command, home)
}

/// Starts it, asks it everything, and brings it an address by a second start.
#[track_caller]
fn check(program: &Path, arguments: &[&str]) {
  check_with(program, arguments, &json!("beside the app"));
}

/// The same, where this is what lies beside the app.
#[track_caller]
fn check_with(program: &Path, arguments: &[&str], beside: &Value) {
  let data = tempfile::tempdir().expect("temporary folder");
  let mut app = start(program, arguments, data.path());
  let main = app.expect("main");
  let expected = json!({
    "event": "main",
    "first": true,
    "packaged": true,
    "defaultApp": false,
    "name": "Packaged App",
    "version": "0.1.0",
    "argv": [],
    "app": "resources/app.asar",
    "resources": "resources",
    "data": beside,
    "files": ["data.txt", "index.html", "main.js", "package.json", "page.js", "preload.js"],
    "library": null,
  });
  assert_eq!(main, expected);
  assert_eq!(app.expect("page"), json!({ "event": "page", "doubled": 42, "title": "Packaged", "file": "index.html" }));
  let class = Command::new("sh")
    // It fails when a window of another test goes while it looks.
    .args(["-c", "timeout 60 sh -c 'until xdotool search --onlyvisible --class com.example.PackagedApp; do sleep 0.1; done'"])
    .output()
    .expect("xdotool");
  assert!(!class.stdout.is_empty(), "no window has the class of the desktop entry");
  // What a desktop does with a link.
  let mut second = start(program, &[arguments, &["packaged-app://open/me"]].concat(), data.path());
  assert_eq!(second.expect("main")["first"], false);
  assert_eq!(second.wait().code, Some(0));
  assert_eq!(app.expect("second-instance")["addresses"], json!(["packaged-app://open/me"]));
  assert_eq!(app.wait().code, Some(0));
}

#[test]
fn starts_from_its_archive() {
  let folder = unpacked(&["tar", "-xzf"], "app-packaged-0.1.0-x64.tar.gz");
  check(&folder.path().join("app-packaged-0.1.0/app-packaged"), &[]);
}

#[test]
fn starts_from_its_deb() {
  let folder = unpacked(&["sh", "-c", "dpkg-deb -x \"$0\" ."], "app-packaged_0.1.0_amd64.deb");
  // By the command that the package puts into the path.
  check(&folder.path().join("usr/bin/app-packaged"), &[]);
}

#[test]
fn starts_from_its_app_image() {
  let image: PathBuf = bundles().join("app-packaged-0.1.0-x86_64.AppImage");
  check(&image, &["--appimage-extract-and-run"]);
  assert!(fs::metadata(image).expect("the image").is_file());
}

#[test]
fn starts_from_a_single_file() {
  let place = tempfile::tempdir().expect("temporary folder");
  let app = place.path().join("app");
  assert!(Command::new("cp").arg("-a").args([&app_folder("packaged"), &app]).status().expect("cp").success());
  let mut package: Value = serde_json::from_slice(&fs::read(app.join("package.json")).expect("package.json")).expect("JSON");
  package["shell"].as_object_mut().expect("the settings").remove("extraResources");
  fs::write(app.join("package.json"), package.to_string()).expect("written");
  let output =
    Command::new(env!("CARGO_BIN_EXE_shell")).args(["bundle", "--target", "exe", "--output"]).args([place.path(), &app]).output();
  let output = output.expect("the shell starts");
  assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
  check_with(&place.path().join("app-packaged-0.1.0-x64"), &[], &Value::Null);
}
