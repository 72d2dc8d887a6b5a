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
const OF_ALL_SYSTEMS: &[&str] = &["appId", "artifactName", "asar", "compression", "executableName", "icon"];

/// The same of those that are lists, or one entry of a list: what both places have is taken.
const LISTS_OF_ALL_SYSTEMS: &[&str] = &["asarUnpack", "files", "extraResources", "extraFiles", "protocols", "fileAssociations"];

/// Sections that ours has too.
const SECTIONS: &[&str] = &["linux", "deb", "rpm", "pacman", "appImage", "flatpak", "snap"];

/// Our settings, and a line for each field that is not among them.
pub(super) fn translate(build: &Map<String, Value>, schema: &Schema) -> (Map<String, Value>, Vec<String>) {
  let mut notes: Vec<String> = Vec::new();
  let mut note = |field: &str| {
    let line = format!("build.{field} of electron-builder has no counterpart and is ignored");
    if !notes.contains(&line) {
      notes.push(line);
    }
  };
  let mut settings = build.clone();
  settings.values_mut().for_each(without_nulls);
  // What is set to nothing is not set.
  settings.retain(|_, value| !value.is_null());
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
  // Targets of all systems are those of this one, unless it has its own.
  if let Some(target) = settings.shift_remove("target")
    && let Some(linux) = section(&mut settings, "linux")
  {
    linux.entry("target").or_insert(target);
  }
  let mut category = None;
  if let Some(Value::Object(linux)) = settings.get_mut("linux") {
    let mut take = |names: &[&'static str]| -> Vec<_> {
      names.iter().filter_map(|name| linux.shift_remove(*name).map(|value| (*name, value))).collect()
    };
    let (single, lists) = (take(OF_ALL_SYSTEMS), take(LISTS_OF_ALL_SYSTEMS));
    category = linux.shift_remove("packageCategory");
    translate_linux(linux, &mut note);
    settings.extend(single.into_iter().map(|(name, value)| (name.to_owned(), value)));
    for (name, value) in lists {
      let all = settings.shift_remove(name).map_or_else(Vec::new, as_list);
      settings.insert(name.into(), [all, as_list(value)].concat().into());
    }
  }
  // Only Debian's archive has sections.
  let own = settings.get_mut("deb").and_then(Value::as_object_mut).and_then(|deb| deb.shift_remove("packageCategory"));
  if let Some(category) = own.or(category)
    && let Some(deb) = section(&mut settings, "deb")
  {
    deb.insert("section".into(), category);
  }
  if let Some(Value::Object(asar)) = settings.get("asar") {
    asar.keys().for_each(|key| note(&format!("asar.{key}")));
    settings.insert("asar".into(), true.into());
  }
  for (name, definition) in [("fileAssociations", "association"), ("protocols", "protocol")] {
    let entries = match settings.get_mut(name) {
      Some(Value::Array(list)) => list.iter_mut().collect(),
      Some(one) => vec![one],
      None => Vec::new(),
    };
    for entry in entries.into_iter().filter_map(Value::as_object_mut) {
      schema.take_unknown_of(definition, entry).iter().for_each(|key| note(&format!("{name}.{key}")));
    }
  }
  if let Some(plugs) = settings.get_mut("snap").and_then(|snap| snap.get_mut("plugs")) {
    // An object describes a plug with its attributes.
    *plugs = as_list(plugs.take())
      .into_iter()
      .filter(|plug| {
        plug.is_string() || {
          note("snap.plugs with attributes");
          false
        }
      })
      .collect();
  }
  for name in SECTIONS {
    if let Some(Value::Object(section)) = settings.get_mut(*name) {
      schema.take_unknown(section, &[name]).iter().for_each(|key| note(&format!("{name}.{key}")));
    }
  }
  schema.take_unknown(&mut settings, &[]).iter().for_each(|key| note(key));
  (settings, notes)
}

/// Takes out what is set to null, however deep: it stands for what is not set.
fn without_nulls(value: &mut Value) {
  match value {
    Value::Object(object) => {
      object.retain(|_, value| !value.is_null());
      object.values_mut().for_each(without_nulls);
    }
    Value::Array(list) => {
      list.retain(|value| !value.is_null());
      list.iter_mut().for_each(without_nulls);
    }
    _ => {}
  }
}

/// A section, made if need be; `None` when something else has its name.
fn section<'a>(settings: &'a mut Map<String, Value>, name: &str) -> Option<&'a mut Map<String, Value>> {
  settings.entry(name).or_insert_with(|| json!({})).as_object_mut()
}

fn translate_linux(linux: &mut Map<String, Value>, note: &mut dyn FnMut(&str)) {
  if let Some(target) = linux.shift_remove("target") {
    let mut known = Vec::new();
    for target in as_list(target) {
      // { "target": "deb", "arch": ["x64"] } or "deb:x64": what is bundled has the runtime's architecture.
      let name = target.get("target").and_then(Value::as_str).or_else(|| target.as_str()).unwrap_or_default();
      let name = name.split(':').next().unwrap_or(name);
      match TARGETS.iter().find(|(theirs, _)| name.eq_ignore_ascii_case(theirs)) {
        // The same target for several architectures.
        Some((_, ours)) if known.contains(&Value::from(*ours)) => {}
        Some((_, ours)) => known.push(Value::from(*ours)),
        None => note(&format!("linux.target {name:?}")),
      }
    }
    if !known.is_empty() {
      linux.insert("target".into(), known.into());
    }
  }
  // Newer versions nest the lines, and have the actions beside them.
  if let Some(Value::Object(desktop)) = linux.get_mut("desktop") {
    let is_nested = |key: &str| matches!(key, "entry" | "desktopActions");
    if desktop.iter().any(|(key, value)| is_nested(key) && value.is_object()) {
      let (entry, actions) = (desktop.shift_remove("entry"), desktop.shift_remove("desktopActions"));
      desktop.keys().for_each(|key| note(&format!("linux.desktop.{key}")));
      *desktop = entry.and_then(|entry| entry.as_object().cloned()).unwrap_or_default();
      if let Some(actions) = actions {
        linux.insert("desktopActions".into(), actions);
      }
    }
  }
  for name in ["desktop", "desktopActions"] {
    linux.get_mut(name).into_iter().for_each(numbers_as_texts);
  }
}

/// Numbers as they are written: every value of a desktop entry is a text.
fn numbers_as_texts(value: &mut Value) {
  match value {
    Value::Number(number) => *value = number.to_string().into(),
    Value::Object(object) => object.values_mut().for_each(numbers_as_texts),
    _ => {}
  }
}

fn as_list(value: Value) -> Vec<Value> {
  match value {
    Value::Array(list) => list,
    Value::Null => Vec::new(),
    value => vec![value],
  }
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
      json!({ "appId": "a", "asar": { "smartUnpack": false }, "mac": {}, "publish": ["x"], "deb": { "depends": ["x"], "fpm": [] } }),
      json!({ "appId": "a", "asar": true, "deb": { "depends": ["x"] }, "output": "dist" }),
      &["asar.smartUnpack", "deb.fpm", "mac", "publish"],
    );
  }

  #[test]
  fn settings_of_linux_go_where_ours_are() {
    check(
      json!({
        "files": ["a"],
        "icon": "all.png",
        "protocols": { "schemes": ["one"] },
        "linux": {
          "appId": "b",
          "asar": false,
          "compression": "store",
          "files": "b",
          "icon": "linux.png",
          "protocols": { "schemes": ["two"] },
          "packageCategory": "office",
          "syncDesktopName": true,
        },
      }),
      json!({
        "appId": "b",
        "asar": false,
        "compression": "store",
        "files": ["a", "b"],
        "icon": "linux.png",
        "protocols": [{ "schemes": ["one"] }, { "schemes": ["two"] }],
        "linux": {},
        "deb": { "section": "office" },
        "output": "dist",
      }),
      &["linux.syncDesktopName"],
    );
  }

  #[test]
  fn targets_come_in_every_form() {
    for (target, expected, unknown) in [
      (json!("appimage"), json!(["AppImage"]), vec![]),
      (json!({ "target": "deb", "arch": ["x64"] }), json!(["deb"]), vec![]),
      (json!(["deb:x64", { "target": "deb", "arch": "arm64" }, "freebsd"]), json!(["deb"]), vec!["linux.target \"freebsd\""]),
      (json!(["rpm", "tar.gz", "snap", "flatpak", "pacman"]), json!(["rpm", "tar.gz", "snap", "flatpak", "pacman"]), vec![]),
    ] {
      check(json!({ "linux": { "target": target } }), json!({ "linux": { "target": expected }, "output": "dist" }), &unknown);
      check(json!({ "target": target }), json!({ "linux": { "target": expected }, "output": "dist" }), &unknown);
    }
    check(json!({ "target": "rpm", "linux": { "target": "deb" } }), json!({ "linux": { "target": ["deb"] }, "output": "dist" }), &[]);
  }

  #[test]
  fn desktop_entries_are_nested_or_flat() {
    let actions = json!({ "New": { "Name": "New", "Exec": "app --new" } });
    check(
      json!({ "linux": { "desktop": { "entry": { "Keywords": "x", "X-Number": 1 }, "desktopActions": actions, "other": 1 } } }),
      json!({ "linux": { "desktop": { "Keywords": "x", "X-Number": "1" }, "desktopActions": actions }, "output": "dist" }),
      &["linux.desktop.other"],
    );
    check(
      json!({ "linux": { "desktop": { "Keywords": "x", "Terminal": true } } }),
      json!({ "linux": { "desktop": { "Keywords": "x", "Terminal": true } }, "output": "dist" }),
      &[],
    );
  }

  #[test]
  fn what_only_other_systems_know_is_named_once() {
    let association = json!({ "ext": "a", "rank": "Owner", "isPackage": true });
    check(
      json!({ "fileAssociations": [association, association], "protocols": { "name": "a", "schemes": ["a"], "extra": 1 } }),
      json!({ "fileAssociations": [{ "ext": "a" }, { "ext": "a" }], "protocols": { "name": "a", "schemes": ["a"] }, "output": "dist" }),
      &["fileAssociations.rank", "fileAssociations.isPackage", "protocols.extra"],
    );
    check(
      json!({ "snap": { "plugs": ["home", { "browser-support": { "allow-sandbox": false } }], "layout": {} } }),
      json!({ "snap": { "plugs": ["home"] }, "output": "dist" }),
      &["snap.plugs with attributes", "snap.layout"],
    );
  }

  #[test]
  fn null_is_what_is_not_set() {
    check(
      json!({ "nsis": null, "icon": null, "linux": { "category": null, "target": null, "desktop": { "Keywords": null } }, "deb": { "depends": null } }),
      json!({ "linux": { "desktop": {} }, "deb": {}, "output": "dist" }),
      &[],
    );
  }

  #[test]
  fn sections_of_packages_go_to_debian() {
    check(
      json!({
        "linux": { "packageCategory": "office" },
        "deb": { "packageCategory": "games", "artifactName": "x.deb" },
        "rpm": { "packageCategory": "y" },
        "appImage": { "artifactName": "y", "license": "z" },
      }),
      json!({
        "linux": {},
        "deb": { "section": "games", "artifactName": "x.deb" },
        "rpm": {},
        "appImage": { "artifactName": "y" },
        "output": "dist",
      }),
      &["rpm.packageCategory", "appImage.license"],
    );
  }
}
