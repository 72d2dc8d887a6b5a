//! One clear message for what cannot be bundled, and nothing half-written left behind.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

/// Bundling fails with a message that holds `parts`, and leaves nothing in the folder of artefacts.
#[track_caller]
fn check(app: &Path, parts: &[&str]) {
  let output = bundle(app, &["--target", "tar.gz,deb,rpm,appimage,pacman"]);
  let text = String::from_utf8_lossy(&output.stderr);
  assert_eq!(output.status.code(), Some(1), "{text}");
  let lines: Vec<_> = text.lines().filter(|line| !line.starts_with("note: ") && !line.starts_with("bundling ")).collect();
  assert!(matches!(lines[..], [first, second] if first.starts_with("error: ") && second.starts_with("hint: ")), "{text}");
  for part in parts {
    assert!(text.contains(part), "{part:?} is missing in:\n{text}");
  }
  let left = app.join("release");
  assert!(!left.exists() || names(&left).is_empty(), "{:?}", names(&left));
}

#[test]
fn settings_that_are_unknown_or_wrong() {
  check(app(json!({ "protocls": [] })).path(), &["package.json: shell.protocls: there is no such setting", "did you mean \"protocols\"?"]);
  check(app(json!({ "linux": { "target": "msi" } })).path(), &["shell.linux.target: \"msi\" is not one of tar.gz, deb"]);
  check(app(json!({ "appId": "no id" })).path(), &["appId: \"no id\" is no id"]);
  check(app(json!({ "executableName": "../../x" })).path(), &["executableName: \"../../x\" cannot be a command"]);
  check(app(json!({ "artifactName": "../${name}" })).path(), &["artifactName: \"../bundled\" cannot be a file's name"]);
  check(app(json!({ "artifactName": "${nam}.${ext}" })).path(), &["artifactName: ${nam} is not known", "known are ${arch}, ${author}"]);
  check(app(json!({ "artifactName": "${env.NOT_SET_HERE}" })).path(), &["the environment has no NOT_SET_HERE"]);
  check(app(json!({ "artifactName": "same" })).path(), &["tar.gz and deb would both be named same", "put ${ext} into it"]);
  check(app(json!({ "linux": { "desktopActions": { "A": { "Name": "a" } } } })).path(), &["linux.desktopActions.A: Exec is missing"]);
  check(app(json!({ "linux": { "desktopActions": { "a]": {} } } })).path(), &["it cannot be the name of an action"]);
  check(app(json!({ "protocols": { "schemes": ["a b"] } })).path(), &["\"a b\" is no scheme"]);
  check(app(json!({ "files": ["src/@(a|b)"] })).path(), &["@("]);
  check(app(json!({ "linux": { "desktop": { "X": "a\nExec=evil" } } })).path(), &["linux.desktop.X: it is more than one line"]);
}

#[test]
fn what_is_no_app() {
  let folder = tempfile::tempdir().expect("a temporary folder");
  check(folder.path(), &["has no package.json"]);
  check(Path::new("/nowhere/at/all"), &["/nowhere/at/all has no package.json"]);
  write(folder.path(), "package.json", "{");
  check(folder.path(), &["package.json: it is not valid JSON"]);
  write(folder.path(), "package.json", "{}");
  write(folder.path(), "index.js", "");
  check(folder.path(), &["package.json: name: the app has no name"]);
  write(folder.path(), "package.json", r#"{"name": "app", "version": "x"}"#);
  check(folder.path(), &["\"x\" is no version"]);
}

#[test]
fn main_that_is_not_there() {
  let main = |main: &str, section: Value| {
    let app = app(section);
    write(app.path(), "package.json", json!({ "name": "app", "main": main, "shell": { "files": ["*.js"] } }).to_string());
    write(app.path(), "deep/other.js", "");
    app
  };
  check(main("gone.js", json!({})).path(), &["the main script gone.js does not exist"]);
  check(main("../main.js", json!({})).path(), &["the main script ../main.js lies outside of the app"]);
  check(main("/etc/hosts", json!({})).path(), &["the main script /etc/hosts lies outside of the app"]);
  check(main("deep/other.js", json!({})).path(), &["the main script deep/other.js is not among the files"]);
}

#[test]
fn icons_that_are_missing_or_unfit() {
  check(app(json!({ "icon": "gone.png" })).path(), &["gone.png does not exist", "256 x 256"]);
  let broken = app(json!({ "icon": "icon.png" }));
  write(broken.path(), "icon.png", "no picture");
  check(broken.path(), &["icon.png cannot be used"]);
  let other = app(json!({ "icon": "icon.ico" }));
  write(other.path(), "icon.ico", "x");
  check(other.path(), &["icon.ico is neither PNG nor SVG"]);
}

#[test]
fn files_that_cannot_be_taken() {
  let dangling = app(json!({}));
  symlink("gone", dangling.path().join("link")).expect("a link");
  check(dangling.path(), &["link cannot be read"]);
  let outside = app(json!({}));
  symlink("/etc/hostname", outside.path().join("link")).expect("a link");
  check(outside.path(), &["link links out of its folder, to /etc/hostname"]);
  let pipe = app(json!({}));
  run("mkfifo", &["pipe"], pipe.path());
  check(pipe.path(), &["pipe is neither a file nor a folder nor a link"]);
  check(app(json!({ "extraResources": "gone" })).path(), &["gone cannot be read"]);
  check(app(json!({ "extraResources": { "from": "../x" } })).path(), &["the path \"../x\" leads out of the app's folder"]);
  check(app(json!({ "extraFiles": { "from": "main.js", "to": "bundled" } })).path(), &["two things would be installed as bundled"]);
}

/// The command of the shell, without the administrator's right to read and write everything.
fn as_anybody() -> Command {
  let shell = env!("CARGO_BIN_EXE_shell");
  // SAFETY: `geteuid` cannot fail and touches no memory.
  if unsafe { libc::geteuid() } != 0 {
    return Command::new(shell);
  }
  let mut command = Command::new("setpriv");
  command.args(["--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search", shell]);
  command
}

#[test]
fn files_that_may_not_be_read_and_folders_that_may_not_be_written() {
  let forbid = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("changed");
  let check = |app: &Path, part: &str| {
    let output = as_anybody().args(["bundle", "--runtime", RUNTIME, "--target", "tar.gz,deb,rpm"]).arg(app).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains(part) && text.contains("Permission denied") && text.contains("\nhint: "), "{part:?} is missing in {text}");
    assert!(!app.join("release").exists() || names(&app.join("release")).is_empty(), "{:?}", names(&app.join("release")));
  };
  let secret = app(json!({}));
  forbid(&write(secret.path(), "deep/secret.js", ""), 0o000);
  check(secret.path(), "deep/secret.js");
  // A folder that nobody wants is not read either.
  let beside = app(json!({ "extraResources": "data" }));
  forbid(&write(beside.path(), "data/secret", ""), 0o000);
  check(beside.path(), "data/secret");
  let icon = app(json!({ "icon": "icon.png" }));
  forbid(&write(icon.path(), "icon.png", ""), 0o000);
  check(icon.path(), "icon.png cannot be read");
  let package = app(json!({}));
  forbid(&package.path().join("package.json"), 0o000);
  check(package.path(), "package.json cannot be read");
  let output = app(json!({}));
  fs::create_dir(output.path().join("release")).expect("a folder");
  forbid(&output.path().join("release"), 0o555);
  check(output.path(), "release cannot be written");
}

/// R35: no home folder, no cache, no display, no bus: packaging needs none of them.
#[test]
fn r35_an_empty_environment_is_enough() {
  let app = app(json!({}));
  let output = Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(["bundle", "--runtime", RUNTIME, "--target", "tar.gz,deb,rpm,appimage,pacman,exe,flatpak,snap"])
    .arg(app.path())
    .env_clear()
    .envs(["HOME", "XDG_CACHE_HOME", "TMPDIR"].map(|name| (name, "/proc/nowhere")))
    .output();
  succeeded(output.expect("the shell starts"));
  assert_eq!(names(&app.path().join("release")).len(), 10);
}

#[test]
fn packages_that_are_not_installed() {
  let app = app(json!({}));
  let package = json!({ "name": "app", "main": "main.js", "dependencies": { "left-pad": "1" } });
  write(app.path(), "package.json", package.to_string());
  check(app.path(), &["left-pad, which app depends on, is not installed", "npm install"]);
}

#[test]
fn a_runtime_that_is_none() {
  let app = app(json!({}));
  let output = bundle(app.path(), &["--runtime", "/bin/sh"]);
  // The option is given twice, which is a mistake of its own.
  assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
  let output = Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(["bundle", "--runtime"])
    .args([&app.path().join("main.js"), app.path()])
    .output()
    .expect("the shell starts");
  let text = String::from_utf8_lossy(&output.stderr);
  assert!(text.contains("main.js is not a program for Linux") && text.contains("--runtime"), "{text}");
}

/// A full disk: every file of this process may have 20 blocks of 512 bytes, and none is left half-written.
#[test]
fn a_disk_that_is_full() {
  let app = app(json!({}));
  write(app.path(), "noise", (0..40_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect::<Vec<_>>());
  for target in ["tar.gz", "deb", "rpm", "appimage", "pacman", "exe", "flatpak", "snap"] {
    let shell = env!("CARGO_BIN_EXE_shell");
    let line = format!("trap '' XFSZ; ulimit -f 20; exec {shell} bundle --runtime {RUNTIME} --target {target} .");
    let output = Command::new("sh").args(["-c", &line]).current_dir(app.path()).output().expect("sh starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{target}: {text}");
    assert!(text.contains("cannot be written: File too large") && text.contains("hint: check the free space"), "{target}: {text}");
    assert!(names(&app.path().join("release")).is_empty(), "{target}: {:?}", names(&app.path().join("release")));
  }
}

#[test]
fn a_single_file_has_no_place_for_more() {
  for section in [json!({ "extraResources": "main.js" }), json!({ "asar": false })] {
    let app = app(section);
    let output = bundle(app.path(), &["--target", "exe"]);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("a single file has no place for"), "{text}");
  }
}
