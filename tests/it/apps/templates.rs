//! The templates of `shell new`: each is made, built, tested, started and bundled as its README says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::running_app::{RunningApp, shell};

/// The packages of all templates, which scripts/setup.sh installs once.
pub(super) fn packages() -> PathBuf {
  Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/templates/node_modules")
}

/// The main script that a test puts in front of an app's own: it tells what the page shows once the machine's data is there, clicks, and ends the app.
const WATCHER: &str = r"
const { app } = require('electron');
const seen = `new Promise((resolve) => {
  const look = () => {
    const shown = document.querySelectorAll('#system dd').length;
    const button = document.querySelector('button#count, #more');
    if (shown === 0 || !button) return void setTimeout(look, 20);
    button.click();
    setTimeout(() => resolve({ title: document.title, shown, text: document.body.innerText }), 100);
  };
  look();
})`;
app.on('web-contents-created', (_event, contents) => {
  contents.once('did-finish-load', async () => {
    console.log(JSON.stringify({ event: 'page', ...(await contents.executeJavaScript(seen)) }));
    app.quit();
  });
  contents.on('console-message', ({ level, message }) => console.error(`page ${level}: ${message}`));
});
require(process.env.TEST_APP_MAIN);
";

/// A new app of a template, with its packages.
pub(super) fn new_app(template: &str) -> (TempDir, PathBuf) {
  let place = tempfile::tempdir().expect("temporary folder");
  let output = Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(["new", "my-notes", "--yes", "--no-install", "--package-manager", "npm", "--json", "--template", template])
    .current_dir(place.path())
    .output()
    .expect("the shell starts");
  assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
  let made: Value = serde_json::from_slice(&output.stdout).expect("JSON");
  let app = place.path().join("my-notes");
  assert_eq!(
    made,
    json!({
      "folder": app, "name": "my-notes", "productName": "My Notes", "template": template, "packageManager": "npm", "installed": false,
    })
  );
  std::os::unix::fs::symlink(packages(), app.join("node_modules")).expect("a link");
  (place, app)
}

/// Runs one of the app's scripts, as `npm run` does.
pub(super) fn npm_run(app: &Path, script: &str) {
  let output = Command::new("npm").args(["run", script]).current_dir(app).env("NO_COLOR", "1").output().expect("npm starts");
  let said = [output.stdout, output.stderr].concat();
  assert!(output.status.success(), "npm run {script} in {}:\n{}", app.display(), String::from_utf8_lossy(&said));
}

#[track_caller]
fn check(template: &str) {
  let (place, app) = new_app(template);
  let package: Value = serde_json::from_slice(&fs::read(app.join("package.json")).expect("package.json")).expect("JSON");
  for script in ["check", "build"] {
    if package["scripts"][script].is_string() {
      npm_run(&app, script);
    }
  }
  // The others have the same unit test as vanilla-ts.
  if template.starts_with("vanilla") {
    npm_run(&app, "test");
  }

  let output = Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(["bundle", "--json", "--runtime", crate::bundle::RUNTIME, "--target", "tar.gz"])
    .arg(&app)
    .output()
    .expect("the shell starts");
  let said = String::from_utf8_lossy(&output.stderr);
  assert!(output.status.success(), "{said}");
  assert!(!said.contains("my-app"), "{said}");
  let made: Value = serde_json::from_slice(&output.stdout).expect("JSON");
  let archive = made[0]["path"].as_str().expect("a path");
  assert_eq!(Path::new(archive).parent(), Some(app.join("release").as_path()), "not where the README says");
  let listed =
    Command::new("sh").args(["-c", "tar -xzf \"$0\" -O --wildcards '*/app.asar' > app.asar", archive]).current_dir(place.path()).status();
  assert!(listed.expect("tar starts").success());
  let output = Command::new(env!("CARGO_BIN_EXE_shell")).args(["asar", "list"]).arg(place.path().join("app.asar")).output();
  let list = String::from_utf8_lossy(&output.expect("the shell starts").stdout).into_owned();
  let main = format!("/{}", package["main"].as_str().unwrap_or_default().trim_start_matches("./"));
  assert!(list.lines().any(|line| line == main), "{main} is not in\n{list}");
  for left_out in ["node_modules", "/src", "/test", ".ts\n", "README"] {
    assert!(!list.contains(left_out), "{left_out} is in\n{list}");
  }
  start(template, &app, package);
}

/// Starts the app with the watcher in front of its main script, and clicks its button.
#[track_caller]
fn start(template: &str, app: &Path, mut package: Value) {
  let main = std::mem::replace(&mut package["main"], "watcher.js".into());
  fs::write(app.join("watcher.js"), WATCHER).expect("written");
  fs::write(app.join("package.json"), package.to_string()).expect("written");
  let home = tempfile::tempdir().expect("temporary folder");
  let mut command = shell(home.path());
  command.arg(app).env("TEST_APP_MAIN", app.join(main.as_str().expect("a main")));
  let mut running = RunningApp::spawn(command, home);
  let page = running.expect("page");
  assert_eq!(page["title"], "My Notes");
  let text = page["text"].as_str().unwrap_or_default();
  assert!(page["shown"].as_u64().is_some_and(|shown| shown >= 3), "{page}");
  assert!(text.contains(if template == "vanilla" { "\n1\n" } else { "Clicked 1 times" }), "a click does nothing: {text}");
  let ended = running.wait();
  assert_eq!(ended.code, Some(0), "{}", ended.stderr);
  assert!(!ended.stderr.contains("page "), "the page complains: {}", ended.stderr);
}

#[test]
fn vanilla() {
  check("vanilla");
}

#[test]
fn vanilla_ts() {
  check("vanilla-ts");
}

#[test]
fn react_ts() {
  check("react-ts");
}

#[test]
fn vue_ts() {
  check("vue-ts");
}

#[test]
fn svelte_ts() {
  check("svelte-ts");
}

#[test]
fn solid_ts() {
  check("solid-ts");
}

/// What the tests install is what the templates ask for.
#[test]
fn the_tests_install_what_the_templates_need() {
  let root = Path::new(env!("CARGO_MANIFEST_DIR"));
  let needed = |path: &Path| -> BTreeMap<String, String> {
    let package: Value = serde_json::from_slice(&fs::read(path).expect("a package.json")).expect("JSON");
    assert!(package.get("dependencies").is_none(), "{} has dependencies that this test does not know", path.display());
    serde_json::from_value(package["devDependencies"].clone()).expect("packages")
  };
  let mut all = BTreeMap::new();
  for template in fs::read_dir(root.join("templates")).expect("the templates").flatten() {
    all.extend(needed(&template.path().join("package.json")));
  }
  assert_eq!(all, needed(&root.join("tests/it/templates/package.json")));
}
