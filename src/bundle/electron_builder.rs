//! electron-builder's section "build": what has a counterpart becomes our settings, everything else a line for the user.

use serde_json::{Map, Value, json};

use super::schema::Schema;

/// Names of targets that are written in another way, or in more than one.
const TARGETS: &[(&str, &str)] = &[
  ("appimage", "AppImage"),
  ("deb", "deb"),
  ("rpm", "rpm"),
  ("tar.gz", "tar.gz"),
  ("pacman", "pacman"),
  ("flatpak", "flatpak"),
  ("snap", "snap"),
];

/// Settings of its section "linux" that ours has at the top, because they concern every system.
const OF_ALL_SYSTEMS: &[&str] =
  &["icon", "artifactName", "executableName", "asarUnpack", "files", "extraResources", "extraFiles", "protocols", "fileAssociations"];

/// Sections that ours has too.
const SECTIONS: &[&str] = &["linux", "deb", "rpm", "pacman", "flatpak", "snap"];

/// Our settings, and a line for each field that is not among them.
pub(super) fn translate(build: &Map<String, Value>, schema: &Schema) -> (Map<String, Value>, Vec<String>) {
  let mut notes = Vec::new();
  let mut note = |field: &str| notes.push(format!("build.{field} of electron-builder has no counterpart and is ignored"));
  let mut settings = build.clone();
  // Its artefacts are in dist where nothing else is said.
  settings.insert("output".into(), "dist".into());
  if let Some(Value::Object(directories)) = settings.shift_remove("directories") {
    for (key, value) in directories {
      match key.as_str() {
        "output" | "buildResources" => drop(settings.insert(key, value)),
        _ => note(&format!("directories.{key}")),
      }
    }
  }
  if let Some(Value::Object(linux)) = settings.get_mut("linux") {
    let moved: Vec<_> = OF_ALL_SYSTEMS.iter().filter_map(|name| linux.shift_remove(*name).map(|value| (*name, value))).collect();
    translate_linux(linux, &mut note);
    for (name, value) in moved {
      // Patterns of one system come to those of all; what is one value takes the other's place.
      match (settings.get_mut(name), value) {
        (Some(all), value) if all.is_array() || value.is_array() => *all = joined(all.take(), value),
        (_, value) => drop(settings.insert(name.into(), value)),
      }
    }
  }
  if let Some(asar) = settings.get_mut("asar")
    && asar.is_object()
  {
    note("asar.*");
    *asar = true.into();
  }
  for name in SECTIONS {
    if let Some(Value::Object(section)) = settings.get_mut(*name) {
      schema.take_unknown(section, &[name]).iter().for_each(|key| note(&format!("{name}.{key}")));
    }
  }
  schema.take_unknown(&mut settings, &[]).iter().for_each(|key| note(key));
  settings.retain(|_, value| !value.is_null());
  (settings, notes)
}

fn translate_linux(linux: &mut Map<String, Value>, note: &mut dyn FnMut(&str)) {
  if let Some(target) = linux.shift_remove("target") {
    let mut known = Vec::new();
    for target in as_list(target) {
      // { "target": "deb", "arch": ["x64"] }: what is bundled has the runtime's architecture.
      let name = target.get("target").and_then(Value::as_str).or_else(|| target.as_str()).unwrap_or_default().to_owned();
      match TARGETS.iter().find(|(theirs, _)| name.eq_ignore_ascii_case(theirs)) {
        Some((_, ours)) => known.push(Value::from(*ours)),
        None => note(&format!("linux.target {name:?}")),
      }
    }
    if !known.is_empty() {
      linux.insert("target".into(), known.into());
    }
  }
  // Newer versions nest the lines, and have actions beside them.
  if let Some(Value::Object(desktop)) = linux.get_mut("desktop")
    && let Some(entry) = desktop.shift_remove("entry")
  {
    desktop.keys().for_each(|key| note(&format!("linux.desktop.{key}")));
    linux.insert("desktop".into(), entry);
  }
}

fn as_list(value: Value) -> Vec<Value> {
  match value {
    Value::Array(list) => list,
    Value::Null => Vec::new(),
    value => vec![value],
  }
}

fn joined(one: Value, other: Value) -> Value {
  json!([as_list(one), as_list(other)].concat())
}

#[cfg(test)]
mod tests {
  use super::*;

  #[track_caller]
  fn check(build: Value, expected: Value, fields: &[&str]) {
    let (settings, notes) = translate(build.as_object().unwrap(), &Schema::load());
    assert_eq!(Value::Object(settings), expected);
    let expected: Vec<_> =
      fields.iter().map(|field| format!("build.{field} of electron-builder has no counterpart and is ignored")).collect();
    assert_eq!(notes, expected);
  }

  #[test]
  fn what_has_a_counterpart_is_taken_and_the_rest_is_named() {
    check(
      json!({ "appId": "a", "asar": { "smartUnpack": false }, "mac": {}, "nsis": null, "deb": { "depends": ["x"], "fpm": [] } }),
      json!({ "appId": "a", "asar": true, "deb": { "depends": ["x"] }, "output": "dist" }),
      &["asar.*", "deb.fpm", "mac", "nsis"],
    );
  }

  #[test]
  fn settings_of_linux_go_where_ours_are() {
    check(
      json!({
        "files": ["a"],
        "icon": "all.png",
        "linux": {
          "files": "b",
          "icon": "linux.png",
          "target": ["appimage", { "target": "deb", "arch": ["x64"] }, "freebsd"],
          "desktop": { "entry": { "Keywords": "x" }, "desktopActions": {} },
          "syncDesktopName": true,
        },
      }),
      json!({
        "files": ["a", "b"],
        "icon": "linux.png",
        "linux": { "target": ["AppImage", "deb"], "desktop": { "Keywords": "x" } },
        "output": "dist",
      }),
      &["linux.target \"freebsd\"", "linux.desktop.desktopActions", "linux.syncDesktopName"],
    );
  }
}
