//! Rules that a machine can keep: they are tests, so that nobody has to remember them.

use std::fs;
use std::path::PathBuf;

/// Every file of the project; not git's list, so that an exported tree and another user's clone are checked too.
fn files() -> Vec<PathBuf> {
  let mut found = Vec::new();
  let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR"))];
  while let Some(folder) = folders.pop() {
    for entry in fs::read_dir(&folder).expect("a folder of the project").flatten() {
      let path = entry.path();
      if path.is_dir() {
        if !["target", "node_modules", ".git"].iter().any(|name| entry.file_name() == *name) {
          folders.push(path);
        }
      } else {
        found.push(path);
      }
    }
  }
  found.sort();
  found
}

/// Name relative to the top folder and text of every text file whose name ends with one of `endings`.
fn texts(endings: &[&str]) -> Vec<(String, String)> {
  files()
    .into_iter()
    .filter_map(|path| {
      let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).ok()?.to_str()?.to_owned();
      if !endings.iter().any(|ending| name.ends_with(ending)) {
        return None;
      }
      Some((name, fs::read_to_string(&path).ok()?))
    })
    .collect()
}

#[track_caller]
fn expect_none(what: &str, found: &[String]) {
  assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

const SOURCES: &[&str] = &[".rs", ".js", ".mjs", ".cjs", ".ts", ".c", ".h", ".sh", ".html", ".css", ".md", ".toml", ".json", "Makefile"];

#[test]
fn lines_end_cleanly() {
  let mut found = Vec::new();
  for (name, text) in texts(SOURCES) {
    for (index, line) in text.lines().enumerate() {
      if line.ends_with([' ', '\t', '\r']) {
        found.push(format!("{name}:{}", index + 1));
      }
    }
    if !text.is_empty() && !text.ends_with('\n') {
      found.push(format!("{name}: no newline at the end"));
    }
  }
  expect_none("white space at line ends", &found);
}

/// The snapshot and the page's bundle take ASCII only.
#[test]
fn shell_js_is_ascii() {
  let found: Vec<_> =
    texts(&[".js"]).into_iter().filter(|(name, text)| name.starts_with("shell-js/") && !text.is_ascii()).map(|(name, _)| name).collect();
  expect_none("characters outside ASCII", &found);
}

/// A file of clearly more than 500 lines says at its top why it is one: by the word "long" in its first 15 lines.
#[test]
fn files_stay_short() {
  let found: Vec<_> = texts(&[".rs", ".js", ".c", ".h"])
    .into_iter()
    .filter(|(name, _)| name.starts_with("src/") || name.starts_with("shell-js/"))
    .filter(|(_, text)| text.lines().count() > 530 && !text.lines().take(15).any(|line| line.contains("long")))
    .map(|(name, text)| format!("{name}: {} lines", text.lines().count()))
    .collect();
  expect_none("long files without a reason", &found);
}

/// JS reaches native code by one file only.
#[test]
fn binding_is_the_only_door() {
  let found: Vec<_> = texts(&[".js"])
    .into_iter()
    .filter(|(name, _)| name.starts_with("shell-js/") && name != "shell-js/main/binding.js")
    .filter(|(_, text)| text.contains("core.ops") || text.contains("ext:core/ops"))
    .map(|(name, _)| name)
    .collect();
  expect_none("files that touch ops", &found);
}

/// The bridge imports neither side; V8 and Deno stay in `runtime` and `ops`, the toolkit stays in `ui`; the lane has neither.
#[test]
fn layers_hold() {
  let rules: &[(&str, &[&str])] = &[
    ("src/bridge/", &["crate::ui", "crate::runtime", "crate::ops", "deno_", "v8::", "tao::", "wry::", "gtk::", "rfd::"]),
    ("src/ui/", &["crate::runtime", "crate::ops", "deno_", "v8::"]),
    ("src/runtime/", &["crate::ui", "tao::", "wry::", "gtk::", "rfd::"]),
    ("src/ops/", &["crate::ui", "tao::", "wry::", "gtk::", "rfd::"]),
    ("src/asar/", &["crate::", "deno_", "v8::", "tao::", "wry::", "gtk::"]),
    (
      "src/bundle/",
      &["crate::ui", "crate::runtime", "crate::ops", "crate::app", "crate::printer", "deno_", "v8::", "tao::", "wry::", "gtk::"],
    ),
    ("src/dev/", &["crate::ui", "crate::runtime", "crate::ops", "crate::app", "deno_", "v8::", "tao::", "wry::", "gtk::"]),
    ("src/template/", &["crate::", "deno_", "v8::", "tao::", "wry::", "gtk::"]),
    ("src/cli/", &["crate::ui", "crate::runtime", "crate::ops", "deno_", "v8::", "tao::", "wry::", "gtk::"]),
    ("src/lane/", &["crate::ui", "crate::runtime", "deno_", "v8::", "tao::", "wry::", "gtk::"]),
  ];
  let mut found = Vec::new();
  for (name, text) in texts(&[".rs"]) {
    for (folder, forbidden) in rules.iter().filter(|(folder, _)| name.starts_with(folder)) {
      for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
        for word in forbidden.iter().filter(|word| line.contains(**word)) {
          found.push(format!("{name}:{}: {word} in {folder}", index + 1));
        }
      }
    }
  }
  expect_none("layers are crossed", &found);
}

/// A text that names a place of one machine is of no use on another.
#[test]
fn no_machine_paths() {
  // Put together here, so that this file does not find itself.
  let forbidden = [["/ro", "ot/"].concat(), ["/wo", "rk/"].concat()];
  let mut found = Vec::new();
  for (name, text) in texts(SOURCES) {
    for (index, line) in text.lines().enumerate() {
      if forbidden.iter().any(|path| line.contains(path.as_str())) {
        found.push(format!("{name}:{}", index + 1));
      }
    }
  }
  expect_none("paths of one machine", &found);
}

/// A lock file that names a registry's host would bind every machine to that host.
#[test]
fn lock_files_name_no_host() {
  let found: Vec<_> =
    texts(&["package-lock.json"]).into_iter().filter(|(_, text)| text.contains("\"resolved\"")).map(|(name, _)| name).collect();
  expect_none("lock files with hosts (npm: omit-lockfile-registry-resolved=true)", &found);
}
