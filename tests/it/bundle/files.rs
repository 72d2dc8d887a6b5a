//! Which files go into a bundle, and where they lie in it.

use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

/// Bundles as a plain archive and unpacks it; the answer is its folder.
#[track_caller]
fn unpacked(app: &Path) -> (TempDir, PathBuf, String) {
  let place = tempfile::tempdir().expect("a temporary folder");
  let output = place.path().join("out");
  let (_, notes) = succeeded(bundle(app, &["--target", "tar.gz", "--output", output.to_str().expect("UTF-8")]));
  let [archive] = &names(&output)[..] else { panic!("{:?}", names(&output)) };
  run("tar", &["xf", archive], &output);
  fs::remove_file(output.join(archive)).expect("removed");
  let folder = output.join(&names(&output)[0]);
  (place, folder, notes)
}

/// What is in the app's archive of an unpacked bundle.
#[track_caller]
fn packed(folder: &Path) -> Vec<String> {
  let list = run(env!("CARGO_BIN_EXE_shell"), &["asar", "list", "--is-pack", "resources/app.asar"], folder);
  list.lines().map(Into::into).collect()
}

#[test]
fn only_what_the_patterns_take_goes_along() {
  let app = app(json!({
    "files": ["dist", "*.js", "!dist/**/*.map", { "from": "assets", "to": "static", "filter": "*.png" }],
    "extraResources": ["data/**", { "from": "tools/${arch}", "to": "bin" }],
    "extraFiles": { "from": "NOTICE" },
  }));
  for name in ["dist/a.js", "dist/a.js.map", "dist/deep/b.js", "src/c.ts", "assets/x.png", "assets/x.txt", ".git/HEAD", "package-lock.json"]
  {
    write(app.path(), name, name);
  }
  for name in ["data/one", "tools/x64/tool", "tools/arm64/tool", "NOTICE", "release/old.deb", "build/icon.txt"] {
    write(app.path(), name, name);
  }
  let (_place, folder, _) = unpacked(app.path());
  let expected = [
    "pack   : /dist",
    "pack   : /dist/a.js",
    "pack   : /dist/deep",
    "pack   : /dist/deep/b.js",
    "pack   : /main.js",
    "pack   : /package.json",
    "pack   : /static",
    "pack   : /static/x.png",
  ];
  assert_eq!(packed(&folder), expected);
  assert_eq!(tree(&folder), ["LICENSE.shell", "NOTICE", "bundled", "resources/app.asar", "resources/bin/tool", "resources/data/one"]);
}

#[test]
fn everything_but_development_goes_along_without_patterns() {
  let app = app(json!({}));
  for name in
    ["a.txt", "deep/.hidden", "release/old", "build/icon.txt", "yarn.lock", "node_modules/unused/package.json", ".gitignore", "x.swp"]
  {
    write(app.path(), name, "");
  }
  let (_place, folder, _) = unpacked(app.path());
  let expected = ["/a.txt", "/deep", "/deep/.hidden", "/main.js", "/package.json"].map(|path| format!("pack   : {path}"));
  assert_eq!(packed(&folder), expected);
}

#[test]
fn package_json_is_that_of_a_running_app() {
  let app = app(json!({ "appId": "com.example.bundled", "productName": "Its Name" }));
  let (_place, folder, _) = unpacked(app.path());
  run(env!("CARGO_BIN_EXE_shell"), &["asar", "extract", "resources/app.asar", "app"], &folder);
  let package: Value = serde_json::from_slice(&fs::read(folder.join("app/package.json")).expect("the file")).expect("JSON");
  assert_eq!((&package["productName"], &package["desktopName"]), (&json!("Its Name"), &json!("com.example.bundled.desktop")));
  assert!(package.get("shell").is_none() && package.get("main").is_some(), "{package}");
}

#[test]
fn native_code_and_what_is_asked_for_lies_outside() {
  let app = app(json!({ "asarUnpack": ["*.wasm", "views"] }));
  for name in ["lib/addon.node", "a.wasm", "views/page.html", "plain.js"] {
    write(app.path(), name, name);
  }
  // Programs and libraries are known by what they are, whatever their names.
  fs::copy(RUNTIME, app.path().join("helper")).expect("copied");
  fs::copy(RUNTIME, app.path().join("lib/libx.so.1")).expect("copied");
  let (_place, folder, _) = unpacked(app.path());
  let unpacked: Vec<_> = packed(&folder).into_iter().filter_map(|line| line.strip_prefix("unpack : ").map(String::from)).collect();
  assert_eq!(unpacked, ["/a.wasm", "/helper", "/lib/addon.node", "/lib/libx.so.1", "/views/page.html"].map(String::from));
  let outside = folder.join("resources/app.asar.unpacked");
  assert_eq!(tree(&outside), ["a.wasm", "helper", "lib/addon.node", "lib/libx.so.1", "views/page.html"]);
  assert_ne!(fs::metadata(outside.join("helper")).expect("the file").permissions().mode() & 0o111, 0);
}

#[test]
fn links_stay_links_and_lead_to_what_goes_along() {
  let app = app(json!({ "files": ["*.js", "real/**", "folder", "!left/**", "copy.txt"] }));
  write(app.path(), "real/file", "x");
  write(app.path(), "left/file.txt", "y");
  symlink("real", app.path().join("folder")).expect("a link");
  symlink("main.js", app.path().join("other.js")).expect("a link");
  symlink("left/file.txt", app.path().join("copy.txt")).expect("a link");
  let (_place, folder, _) = unpacked(app.path());
  run(env!("CARGO_BIN_EXE_shell"), &["asar", "extract", "resources/app.asar", "app"], &folder);
  let expected = ["copy.txt", "folder -> real", "main.js", "other.js -> main.js", "package.json", "real/file"];
  assert_eq!(tree(&folder.join("app")), expected);
}

/// What npm leaves when development's packages are pruned is what a bundle has.
#[test]
fn packages_are_those_that_npm_would_leave() {
  let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/bundle/app");
  let place = tempfile::tempdir().expect("a temporary folder");
  run("cp", &["-a", source.to_str().expect("UTF-8"), "app"], place.path());
  let app = place.path().join("app");
  let (_place, folder, _) = unpacked(&app);
  let of_bundle: BTreeSet<_> = packed(&folder)
    .iter()
    .filter_map(|line| line.split(" : /").nth(1)?.strip_suffix("/package.json").map(String::from))
    .filter(|path| is_package(path))
    .collect();
  run("npm", &["prune", "--omit=dev", "--offline", "--no-audit", "--no-fund"], &app);
  let of_npm: BTreeSet<_> =
    tree(&app).iter().filter_map(|path| path.strip_suffix("/package.json").map(String::from)).filter(|path| is_package(path)).collect();
  assert!(of_npm.len() > 50 && of_npm.contains("node_modules/ws"), "{of_npm:?}");
  assert_eq!(of_bundle, of_npm);
}

/// Whether a path is that of an installed package, not of a folder within one.
fn is_package(path: &str) -> bool {
  let last = path.rsplit("node_modules/").next().unwrap_or_default();
  path.starts_with("node_modules/") && last.split('/').count() == if last.starts_with('@') { 2 } else { 1 }
}

#[test]
fn a_folder_in_place_of_the_archive() {
  let app = app(json!({ "asar": false }));
  write(app.path(), "lib/x.js", "");
  let (_place, folder, _) = unpacked(app.path());
  let expected =
    ["LICENSE.shell", "bundled", "resources/app/lib/x.js", "resources/app/main.js", "resources/app/package.json"].map(String::from);
  assert_eq!(tree(&folder), expected);
}

#[test]
fn names_of_artefacts_are_made_of_what_is_known() {
  let app = app(json!({
    "artifactName": "${productName}_${version}_${channel}_${author}_${env.BUNDLE_TEST}_${os}-${arch}.${ext}",
    "deb": { "artifactName": "own.${ext}" },
    "appImage": { "artifactName": "${name}.AppImage" },
    "files": ["main.js", { "from": "of-${name}-${os}", "to": "x" }],
  }));
  write(app.path(), "of-bundled-linux/file", "");
  let output = Command::new(env!("CARGO_BIN_EXE_shell"))
    .args(["bundle", "--runtime", RUNTIME, "--target", "deb,appimage,tar.gz,rpm"])
    .arg(app.path())
    .env("BUNDLE_TEST", "set")
    .output();
  succeeded(output.expect("the shell starts"));
  let common = "Bundled_1.0.0_latest_Jane Doe_set_linux";
  let expected = [format!("{common}-x64.tar.gz"), format!("{common}-x86_64.rpm"), "bundled.AppImage".into(), "own.deb".into()];
  assert_eq!(names(&app.path().join("release")), expected);
}

#[test]
fn settings_of_electron_builder_are_understood() {
  let app = app(json!({}));
  let package = json!({
    "name": "bundled",
    "version": "1.0.0",
    "author": "Jane Doe <jane@example.com>",
    "main": "main.js",
    "build": {
      "appId": "com.example.builder",
      "productName": "Builder",
      "directories": { "output": "made" },
      "artifactName": "${productName}-${version}.${ext}",
      "files": ["main.js"],
      "asarUnpack": "**/*.node",
      "linux": { "target": [{ "target": "deb", "arch": ["x64"] }, "tar.gz"], "category": "Office" },
      "mac": { "category": "x" },
      "nsis": { "oneClick": false },
    },
  });
  write(app.path(), "package.json", package.to_string());
  write(app.path(), "unused.js", "");
  let (stdout, stderr) = succeeded(bundle(app.path(), &[]));
  let notes: Vec<_> = stderr.lines().filter(|line| line.starts_with("note: build.")).collect();
  let ignored = |field: &str| format!("note: build.{field} of electron-builder has no counterpart and is ignored");
  assert_eq!(notes, [ignored("mac"), ignored("nsis")]);
  assert_eq!(names(&app.path().join("made")), ["Builder-1.0.0.deb", "Builder-1.0.0.tar.gz"]);
  assert_eq!(stdout.lines().count(), 2, "{stdout}");
  run("dpkg-deb", &["-x", "made/Builder-1.0.0.deb", "root"], app.path());
  let entry = fs::read_to_string(app.path().join("root/usr/share/applications/com.example.builder.desktop")).expect("the entry");
  assert!(entry.contains("Name=Builder\n") && entry.contains("Categories=Office;\n"), "{entry}");
}

#[test]
fn scripts_read_what_was_made() {
  let app = app(json!({ "linux": { "target": "tar.gz" } }));
  let (stdout, _) = succeeded(bundle(app.path(), &["--json"]));
  let list: Value = serde_json::from_str(&stdout).expect("JSON");
  let path = app.path().canonicalize().expect("the folder").join("release/bundled-1.0.0-x64.tar.gz");
  assert_eq!((&list[0]["target"], &list[0]["path"]), (&json!("tar.gz"), &json!(path)));
  assert_eq!(list[0]["bytes"], fs::metadata(path).expect("the archive").len());
  let output = bundle(app.path(), &["--target", "msi"]);
  assert_eq!(output.status.code(), Some(2));
  assert!(String::from_utf8_lossy(&output.stderr).contains("known are tar.gz, deb, rpm, AppImage"));
}

/// The runtime for another machine is taken from where it is kept.
#[test]
fn another_machine_has_its_own_runtime() {
  let app = app(json!({}));
  let cache = tempfile::tempdir().expect("a temporary folder");
  let command = || {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shell"));
    command.args(["bundle", "--arch", "arm64", "--target", "tar.gz", "--json"]).arg(app.path()).env("XDG_CACHE_HOME", cache.path());
    command
  };
  let refused = command().output().expect("the shell starts");
  let text = String::from_utf8_lossy(&refused.stderr);
  assert_eq!(refused.status.code(), Some(1), "{text}");
  assert!(text.contains("there is no runtime for arm64") && text.contains("linux-arm64/electron") && text.contains("hint:"), "{text}");

  // A program that says it is for that machine.
  let mut program = fs::read(RUNTIME).expect("a program");
  program[18..20].copy_from_slice(&183u16.to_le_bytes());
  let place = format!("shell/runtimes/{}/linux-arm64/electron", env!("CARGO_PKG_VERSION"));
  write(cache.path(), &place, program);
  let (made, _) = succeeded(command().output().expect("the shell starts"));
  assert!(made.contains("bundled-1.0.0-arm64.tar.gz"), "{made}");
}
