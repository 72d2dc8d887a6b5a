//! Both ways between `shell asar` and `@electron/asar`.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use serde_json::Value;

use super::*;

/// What there is in a folder: for each path its kind, whether it is executable, and its contents or target. Long contents stand there as
/// their length: each is one byte again and again.
fn tree(folder: &Path) -> BTreeMap<String, (char, bool, String)> {
  let mut found = BTreeMap::new();
  let mut folders = vec![folder.to_path_buf()];
  while let Some(next) = folders.pop() {
    for entry in fs::read_dir(&next).expect("a folder") {
      let path = entry.expect("an entry").path();
      let name = path.strip_prefix(folder).expect("below the folder").to_str().expect("UTF-8").to_owned();
      let metadata = fs::symlink_metadata(&path).expect("metadata");
      if metadata.is_symlink() {
        found.insert(name, ('l', false, fs::read_link(&path).expect("a link").to_string_lossy().into_owned()));
      } else if metadata.is_dir() {
        found.insert(name, ('d', false, String::new()));
        folders.push(path);
      } else {
        let contents = fs::read(&path).expect("a file");
        let text =
          if contents.len() > 100 { format!("{} x {}", contents.len(), contents[0]) } else { String::from_utf8_lossy(&contents).into() };
        assert!(contents.len() <= 100 || contents.iter().all(|byte| *byte == contents[0]));
        found.insert(name, ('f', metadata.permissions().mode() & 0o100 != 0, text));
      }
    }
  }
  found
}

/// An app with all that an archive can hold.
fn sample(folder: &Path) {
  write(folder, "app/package.json", r#"{"main": "main.js"}"#);
  write(folder, "app/main.js", "main");
  write(folder, "app/empty", "");
  write(folder, "app/.hidden/file", "hidden");
  write(folder, "app/ünïcode/☃.txt", "snow");
  write(folder, "app/same", "main");
  write(folder, "app/node_modules/native/build/addon.node", "native");
  write(folder, "app/node_modules/native/index.js", "index");
  write(folder, "app/assets/deep/picture.png", "picture");
  let tool = write(folder, "app/bin/tool", "tool");
  fs::set_permissions(tool, fs::Permissions::from_mode(0o755)).expect("permissions");
  symlink("../main.js", folder.join("app/bin/link")).expect("a link");
  symlink("bin", folder.join("app/folder-link")).expect("a link");
}

fn sorted(text: &str) -> Vec<String> {
  let mut lines: Vec<_> = text.lines().map(Into::into).collect();
  lines.sort();
  lines
}

/// Packs with one program, reads with the other, for these options.
#[track_caller]
fn check(options: &[&str]) {
  let place = folder();
  sample(place.path());
  if options.is_empty() {
    // Over a block, so that its checksums have two.
    write(place.path(), "app/large", vec![3; (4 << 20) + 5]);
    // A block to its last byte, for which version 3 adds the checksum of nothing.
    write(place.path(), "app/block", vec![4; 4 << 20]);
  }
  let pack = |output: &'static str| [&["pack", "app", output][..], options].concat();
  succeeded(shell(place.path(), &pack("ours.asar")));
  succeeded(npm(place.path(), &pack("theirs.asar")));
  // Each lists the other's archive as its own.
  let lists = ["ours.asar", "theirs.asar"].map(|name| {
    let list = ["list", "--is-pack", name];
    let ours = sorted(&succeeded(shell(place.path(), &list)));
    assert_eq!(ours, sorted(&succeeded(npm(place.path(), &list))), "{name}");
    ours
  });
  assert_eq!(lists[0], lists[1], "{options:?}");
  // What lies beside is the same.
  let beside = ["ours.asar.unpacked", "theirs.asar.unpacked"].map(|name| {
    let path = place.path().join(name);
    if path.is_dir() { tree(&path) } else { BTreeMap::new() }
  });
  assert_eq!(beside[0], beside[1], "{options:?}");
  // Each extracts the other's.
  succeeded(npm(place.path(), &["extract", "ours.asar", "from-ours"]));
  succeeded(shell(place.path(), &["extract", "theirs.asar", "from-theirs"]));
  succeeded(shell(place.path(), &["extract", "ours.asar", "ours-from-ours"]));
  let extracted = tree(&place.path().join("from-theirs"));
  assert_eq!(extracted, tree(&place.path().join("ours-from-ours")), "{options:?}");
  // Theirs forgets that a file beside the archive is executable.
  let mut from_ours = tree(&place.path().join("from-ours"));
  from_ours.iter_mut().filter(|(path, _)| beside[0].contains_key(*path)).for_each(|(path, file)| file.1 = extracted[path].1);
  assert_eq!(extracted, from_ours, "{options:?}");
  if options.is_empty() {
    assert_eq!(extracted, tree(&place.path().join("app")));
  }
  // Files that are the same in both carry the same checksums.
  let checksums = ["ours.asar", "theirs.asar"].map(|name| entries(&place.path().join(name)));
  for (path, ours) in &checksums[0] {
    let theirs = &checksums[1][path];
    for property in ["size", "unpacked", "executable", "link"] {
      assert_eq!(ours.get(property), theirs.get(property), "{path}: {property}");
    }
    assert_eq!(ours["integrity"]["hash"], theirs["integrity"]["hash"], "{path}");
  }
}

/// The entries of the header as they are written, by path.
fn entries(archive: &Path) -> BTreeMap<String, Value> {
  let bytes = fs::read(archive).expect("the archive");
  let length = u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes")) as usize;
  let header: Value = serde_json::from_slice(&bytes[16..16 + length]).expect("JSON");
  let mut found = BTreeMap::new();
  let mut folders = vec![(String::new(), header)];
  while let Some((above, folder)) = folders.pop() {
    for (name, entry) in folder["files"].as_object().expect("a folder") {
      let path = format!("{above}/{name}");
      if entry.get("files").is_some() { folders.push((path, entry.clone())) } else { drop(found.insert(path, entry.clone())) }
    }
  }
  found
}

#[test]
fn whole_folders_are_packed_alike() {
  check(&[]);
}

#[test]
fn files_stay_outside_alike() {
  check(&["--unpack", "*.node"]);
  check(&["--unpack", "**/*.{node,png}"]);
}

#[test]
fn folders_stay_outside_alike() {
  check(&["--unpack-dir", "assets"]);
  check(&["--unpack-dir", "{assets/deep,bin}"]);
  check(&["--unpack", "main.js", "--unpack-dir", "**/build"]);
}

#[test]
fn hidden_files_are_left_out_alike() {
  check(&["--exclude-hidden"]);
}

#[test]
fn contents_lie_in_the_order_that_is_asked_for() {
  let place = folder();
  sample(place.path());
  write(place.path(), "order", "first: /same\nmain.js\nassets/deep/picture.png\n");
  succeeded(shell(place.path(), &["pack", "app", "app.asar", "--ordering", "order"]));
  let entries = entries(&place.path().join("app.asar"));
  let offset = |path: &str| entries[path]["offset"].as_str().and_then(|text| text.parse::<u64>().ok()).expect("an offset");
  // Equal contents are stored once.
  assert_eq!((offset("/same"), offset("/main.js"), offset("/assets/deep/picture.png")), (0, 0, 4));
}

#[test]
fn one_file_is_taken_out() {
  let place = folder();
  sample(place.path());
  succeeded(npm(place.path(), &["pack", "app", "app.asar", "--unpack", "*.node"]));
  for (name, contents) in [("bin/link", "main"), ("folder-link/tool", "tool"), ("node_modules/native/build/addon.node", "native")] {
    succeeded(shell(place.path(), &["extract-file", "app.asar", name]));
    let file = place.path().join(Path::new(name).file_name().expect("a name"));
    assert_eq!(fs::read_to_string(file).expect("the file"), contents, "{name}");
  }
  assert!(refused(&shell(place.path(), &["extract-file", "app.asar", "gone"])).contains("gone is not in app.asar"));
  assert!(refused(&shell(place.path(), &["extract-file", "app.asar", "bin"])).contains("bin in app.asar is not a file"));
}

#[test]
fn two_runs_give_the_same_bytes() {
  let place = folder();
  sample(place.path());
  succeeded(shell(place.path(), &["pack", "app", "one.asar", "--unpack", "*.node"]));
  succeeded(shell(place.path(), &["pack", "./app", "two.asar", "--unpack", "*.node"]));
  assert!(fs::read(place.path().join("one.asar")).expect("one") == fs::read(place.path().join("two.asar")).expect("two"));
}

/// An archive that is packed anew keeps nothing of the folder beside the old one.
#[test]
fn packing_replaces_the_folder_beside() {
  let place = folder();
  sample(place.path());
  succeeded(shell(place.path(), &["pack", "app", "app.asar", "--unpack", "{main.js,*.node}"]));
  assert!(place.path().join("app.asar.unpacked/main.js").is_file());
  succeeded(shell(place.path(), &["pack", "app", "app.asar", "--unpack", "*.node"]));
  assert!(!place.path().join("app.asar.unpacked/main.js").exists());
  succeeded(shell(place.path(), &["pack", "app", "app.asar"]));
  assert!(!place.path().join("app.asar.unpacked").exists());
}

#[test]
fn what_cannot_be_packed_leaves_nothing() {
  let check = |prepare: &dyn Fn(&Path), part: &str| {
    let place = folder();
    write(place.path(), "app/main.js", "main");
    prepare(&place.path().join("app"));
    let text = refused(&shell(place.path(), &["pack", "app", "app.asar"]));
    assert!(text.contains(part), "{part:?} is missing in {text}");
    let left: Vec<_> = fs::read_dir(place.path()).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["app"]);
  };
  check(&|app| symlink("../outside", app.join("link")).expect("a link"), "it links out of the folder, to ../outside");
  check(&|app| symlink("/etc/passwd", app.join("link")).expect("a link"), "it links out of the folder, to /etc/passwd");
  check(
    &|app| {
      std::os::unix::net::UnixListener::bind(app.join("socket")).expect("a socket");
    },
    "socket cannot be packed: it is neither a file nor a folder nor a link",
  );
  check(&|app| drop(write(app, "back\\slash", "")), "an archive cannot hold this name");
  let place = folder();
  assert!(refused(&shell(place.path(), &["pack", "gone", "app.asar"])).contains("gone cannot be read"));
  write(place.path(), "app/main.js", "main");
  assert!(refused(&shell(place.path(), &["pack", "app", "app.asar", "--unpack", "!(x)"])).contains("!("));
  assert!(refused(&shell(place.path(), &["pack", "app", "/proc/app.asar"])).contains("/proc cannot be written"));
}
