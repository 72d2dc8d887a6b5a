//! How an app is bundled: the section "shell" of package.json, and what electron-builder's section "build" says beside it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::electron_builder;
use super::error::{Error, Result};
use super::schema::Schema;

/// The settings, with the meaning that `docs/bundle.schema.json` describes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct Config {
  #[serde(rename = "$schema")]
  pub(super) _schema: Option<String>,
  pub(super) app_id: Option<String>,
  pub(super) product_name: Option<String>,
  pub(super) executable_name: Option<String>,
  pub(super) copyright: Option<String>,
  pub(super) artifact_name: Option<String>,
  pub(super) icon: Option<String>,
  pub(super) output: Option<String>,
  pub(super) build_resources: Option<String>,
  pub(super) compression: Compression,
  pub(super) asar: Option<bool>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) asar_unpack: Vec<String>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) files: Vec<FileSet>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) extra_resources: Vec<FileSet>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) extra_files: Vec<FileSet>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) protocols: Vec<Protocol>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) file_associations: Vec<FileAssociation>,
  pub(super) linux: Linux,
  pub(super) deb: Package,
  pub(super) rpm: Package,
  pub(super) pacman: Package,
  pub(super) app_image: AppImage,
  pub(super) flatpak: Flatpak,
  pub(super) snap: Snap,
}

/// How long a format's compressor may take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Compression {
  Store,
  #[default]
  Normal,
  Maximum,
}

/// Some files: a pattern, or a place with patterns below it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum FileSet {
  Pattern(String),
  Set {
    from: Option<String>,
    to: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    filter: Vec<String>,
  },
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Protocol {
  #[serde(deserialize_with = "one_or_many")]
  pub(super) schemes: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileAssociation {
  #[serde(deserialize_with = "one_or_many")]
  pub(super) ext: Vec<String>,
  pub(super) name: Option<String>,
  pub(super) description: Option<String>,
  pub(super) mime_type: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct Linux {
  #[serde(deserialize_with = "one_or_many")]
  pub(super) target: Vec<String>,
  pub(super) category: Option<String>,
  pub(super) synopsis: Option<String>,
  pub(super) description: Option<String>,
  pub(super) maintainer: Option<String>,
  pub(super) vendor: Option<String>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) mime_types: Vec<String>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) executable_args: Vec<String>,
  pub(super) desktop: BTreeMap<String, Value>,
  /// Groups of lines, in the order of the menu.
  pub(super) desktop_actions: Map<String, Value>,
}

/// What is particular to one kind of package.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct Package {
  pub(super) artifact_name: Option<String>,
  pub(super) package_name: Option<String>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) depends: Vec<String>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) recommends: Vec<String>,
  pub(super) section: Option<String>,
  pub(super) priority: Option<String>,
  pub(super) after_install: Option<String>,
  pub(super) after_remove: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct AppImage {
  pub(super) artifact_name: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct Flatpak {
  pub(super) artifact_name: Option<String>,
  pub(super) runtime_version: Option<String>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) finish_args: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(super) struct Snap {
  pub(super) artifact_name: Option<String>,
  pub(super) base: Option<String>,
  pub(super) grade: Option<String>,
  pub(super) confinement: Option<String>,
  #[serde(deserialize_with = "one_or_many")]
  pub(super) plugs: Vec<String>,
}

/// A value alone stands for a list of one.
fn one_or_many<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> std::result::Result<Vec<T>, D::Error> {
  let list = match Value::deserialize(deserializer)? {
    Value::Array(list) => list,
    value => vec![value],
  };
  list.into_iter().map(|value| T::deserialize(value).map_err(serde::de::Error::custom)).collect()
}

/// Reads package.json in the app's folder: the whole of it, the settings, and a line for everything of electron-builder's that has no
/// counterpart.
///
/// # Errors
/// The file cannot be read, or a setting is unknown or of the wrong kind.
pub(super) fn load(folder: &Path) -> Result<(Map<String, Value>, Config, Vec<String>)> {
  let path = folder.join("package.json");
  if !path.exists() {
    return Err(Error::refused(
      format!("{} has no package.json", folder.display()),
      "give the folder of an app, which holds its package.json",
    ));
  }
  let text = fs::read_to_string(&path).map_err(Error::reading(&path))?;
  let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
  let value: Value = serde_json::from_str(text)
    .map_err(|error| Error::config(path.display(), format!("it is not valid JSON: {error}"), "correct the file at this place"))?;
  let Value::Object(package) = value else {
    return Err(Error::config(path.display(), "it is not an object", "package.json holds one JSON object"));
  };
  let schema = Schema::load();
  let (mut settings, notes) = match package.get("build") {
    Some(Value::Object(build)) => electron_builder::translate(build, &schema),
    _ => (Map::new(), Vec::new()),
  };
  // What another tool wrote for itself may be of any kind; only then is a wrong kind not a mistake in our section.
  schema.check(&Value::Object(settings.clone()), "package.json: build")?;
  if let Some(own) = package.get("shell") {
    schema.check(own, "package.json: shell")?;
    merge(&mut settings, own.as_object().cloned().unwrap_or_default());
  }
  let config = Config::deserialize(Value::Object(settings))
    .map_err(|error| Error::config("package.json: shell", error, "docs/bundle.md describes every setting"))?;
  Ok((package, config, notes))
}

/// Lays `over` on `under`: objects key by key, everything else whole.
fn merge(under: &mut Map<String, Value>, over: Map<String, Value>) {
  for (key, value) in over {
    match (under.get_mut(&key), value) {
      (Some(Value::Object(below)), Value::Object(above)) => merge(below, above),
      (_, value) => drop(under.insert(key, value)),
    }
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[track_caller]
  fn load_text(text: &str) -> Result<(Config, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("package.json"), text).unwrap();
    load(folder.path()).map(|(_, config, notes)| (config, notes))
  }

  /// Gives each property of the schema a value, so that a key which only one side knows fails here.
  fn sample(schema: &Value, root: &Value) -> Value {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
      return sample(&root["definitions"][name.trim_start_matches("#/definitions/")], root);
    }
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
      return sample(&choices[choices.len() - 1], root);
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
      return choices[0].clone();
    }
    match schema["type"].as_str() {
      Some("string") => "text".into(),
      Some("boolean") => false.into(),
      Some("array") => vec![sample(&schema["items"], root)].into(),
      _ => {
        let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        Value::Object(properties.iter().map(|(key, schema)| (key.clone(), sample(schema, root))).collect())
      }
    }
  }

  #[test]
  fn every_key_of_the_schema_has_a_field() {
    let root: Value = serde_json::from_str(super::super::schema::SCHEMA).unwrap();
    let value = sample(&root, &root);
    Schema::load().check(&value, "sample").unwrap();
    let config = Config::deserialize(value).unwrap();
    assert_eq!(config.app_id.as_deref(), Some("text"));
    assert_eq!(config.protocols[0].schemes, ["text"]);
    assert_eq!((config.asar, config.linux.target.len()), (Some(false), 1));
  }

  #[test]
  fn unknown_and_wrong_settings_are_refused() {
    let check = |section: &str, parts: &[&str]| {
      let text = load_text(&format!(r#"{{"shell": {section}}}"#)).unwrap_err().to_string();
      parts.iter().for_each(|part| assert!(text.contains(part), "{part:?} is missing in {text}"));
    };
    check(r#"{"apId": "x"}"#, &["package.json: shell.apId", "no such setting", r#"did you mean "appId"?"#]);
    check(r#"{"linux": {"categroy": "x"}}"#, &["shell.linux.categroy", r#"did you mean "category"?"#]);
    check(r#"{"zzz": 1}"#, &["known are appId"]);
    check(r#"{"appId": 1}"#, &["shell.appId: it is a number, not a string", "com.example.app"]);
    check(r#"{"files": 1}"#, &["shell.files: it is a number, not a string or an object or an array"]);
    check(r#"{"files": ["a", 1]}"#, &["shell.files[1]: it is a number"]);
    check(r#"{"linux": {"target": "dep"}}"#, &[r#""dep" is not one of"#, r#"did you mean "deb"?"#]);
    check(r#"{"protocols": {"name": "x"}}"#, &[r#"shell.protocols: "schemes" is missing"#]);
    check("[]", &["package.json: shell: it is an array, not an object"]);
  }

  /// R36: a package.json that was cut at any place is refused with one message, or is whole.
  #[test]
  fn r36_a_file_that_was_cut_is_refused() {
    let text = r#"{"name": "\u00e9", "shell": {"appId": "com.example.a", "files": ["a", {"from": "b"}], "asar": true}, "n": -1.5e3}"#;
    for length in 0..text.len() {
      let error = load_text(&text[..length]).map(drop).unwrap_err().to_string();
      assert!(error.contains("package.json: it is not valid JSON") && error.lines().count() == 2, "{length}: {error}");
    }
    load_text(text).unwrap();
  }

  #[test]
  fn own_settings_lie_over_those_of_electron_builder() {
    let (config, notes) = load_text(
      r#"{
        "build": {
          "appId": "com.example.old", "productName": "Old", "linux": {"category": "Game", "synopsis": "kept"}, "nsis": {},
          "directories": {"output": "made", "app": "x"}
        },
        "shell": {"appId": "com.example.new", "linux": {"category": "Office"}}
      }"#,
    )
    .unwrap();
    assert_eq!(config.app_id.as_deref(), Some("com.example.new"));
    assert_eq!(config.product_name.as_deref(), Some("Old"));
    assert_eq!((config.linux.category.as_deref(), config.linux.synopsis.as_deref()), (Some("Office"), Some("kept")));
    assert_eq!(config.output.as_deref(), Some("made"));
    assert_eq!(notes.len(), 2, "{notes:?}");
  }
}
