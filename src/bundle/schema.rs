//! Checks a configuration against the JSON schema that the project ships, so that the documented keys and the accepted ones cannot differ.

use serde_json::{Map, Value};

use super::error::{Error, Result};

/// The schema of the section "shell" of package.json.
pub(super) const SCHEMA: &str = include_str!("../../docs/bundle.schema.json");

/// The part of JSON schema that ours is written in: `type`, `properties`, `additionalProperties`, `items`, `enum`, `anyOf`, `$ref`.
pub(super) struct Schema {
  root: Value,
}

impl Schema {
  pub(super) fn load() -> Self {
    Self { root: serde_json::from_str(SCHEMA).expect("the schema of the project is JSON") }
  }

  /// Refuses what the schema does not know. `place` names the value in messages.
  pub(super) fn check(&self, value: &Value, place: &str) -> Result<()> {
    self.check_against(&self.root, value, place)
  }

  /// Takes out of `section`, which stands at `at` in the schema, every key that the schema does not have there, and answers their names.
  pub(super) fn take_unknown(&self, section: &mut Map<String, Value>, at: &[&str]) -> Vec<String> {
    let mut schema = &self.root;
    for name in at {
      schema = self.resolve(&schema["properties"][name]);
    }
    take_unknown_to(schema, section)
  }

  /// The same for an object that is described under `definitions`.
  pub(super) fn take_unknown_of(&self, definition: &str, object: &mut Map<String, Value>) -> Vec<String> {
    take_unknown_to(&self.root["definitions"][definition], object)
  }

  fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix("#/definitions/"));
    name.map_or(schema, |name| &self.root["definitions"][name])
  }

  fn check_against(&self, schema: &Value, value: &Value, place: &str) -> Result<()> {
    let schema = self.resolve(schema);
    if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
      return self.check_any(choices, value, place);
    }
    if let Some(kind) = schema.get("type").and_then(Value::as_str)
      && !is_of(value, kind)
    {
      let hint = schema.get("description").and_then(Value::as_str).unwrap_or("see docs/bundle.md");
      return Err(Error::config(place, format!("it is {}, not {}", kind_of(value), with_article(kind)), hint));
    }
    if let Some(choices) = schema.get("enum").and_then(Value::as_array)
      && !choices.contains(value)
    {
      let names: Vec<_> = choices.iter().filter_map(Value::as_str).collect();
      let given = value.as_str().unwrap_or_default();
      return Err(Error::config(place, format!("{value} is not one of {}", names.join(", ")), did_you_mean(given, names.iter().copied())));
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
      for (index, item) in list.iter().enumerate() {
        self.check_against(items, item, &format!("{place}[{index}]"))?;
      }
    }
    if let Some(object) = value.as_object() {
      self.check_object(schema, object, place)?;
    }
    Ok(())
  }

  fn check_object(&self, schema: &Value, object: &Map<String, Value>, place: &str) -> Result<()> {
    let empty = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    for (key, value) in object {
      let at = format!("{place}.{key}");
      match (properties.get(key), schema.get("additionalProperties")) {
        (Some(property), _) => self.check_against(property, value, &at)?,
        (None, Some(Value::Object(other))) => self.check_against(&Value::Object(other.clone()), value, &at)?,
        (None, _) => {
          let known = properties.keys().map(String::as_str);
          return Err(Error::config(at, "there is no such setting", did_you_mean(key, known)));
        }
      }
    }
    let mut required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    if let Some(name) = required.find(|name| !object.contains_key(*name)) {
      return Err(Error::config(place, format!("{name:?} is missing"), "add it; docs/bundle.md says what it is"));
    }
    Ok(())
  }

  /// One of the choices must fit. When the kind fits one of them, that one's fault is the one to tell.
  fn check_any(&self, choices: &[Value], value: &Value, place: &str) -> Result<()> {
    let mut kinds = Vec::new();
    for choice in choices.iter().map(|choice| self.resolve(choice)) {
      let kind = choice.get("type").and_then(Value::as_str).unwrap_or("object");
      if is_of(value, kind) {
        return self.check_against(choice, value, place);
      }
      kinds.push(with_article(kind));
    }
    Err(Error::config(place, format!("it is {}, not {}", kind_of(value), kinds.join(" or ")), "see docs/bundle.md"))
  }
}

fn take_unknown_to(schema: &Value, object: &mut Map<String, Value>) -> Vec<String> {
  let unknown: Vec<String> = object.keys().filter(|key| schema["properties"].get(key.as_str()).is_none()).cloned().collect();
  for key in &unknown {
    object.shift_remove(key);
  }
  unknown
}

fn is_of(value: &Value, kind: &str) -> bool {
  match kind {
    "string" => value.is_string(),
    "boolean" => value.is_boolean(),
    "integer" => value.is_u64(),
    "array" => value.is_array(),
    "object" => value.is_object(),
    "null" => value.is_null(),
    _ => true,
  }
}

fn kind_of(value: &Value) -> &'static str {
  match value {
    Value::Null => "null",
    Value::Bool(_) => "a boolean",
    Value::Number(_) => "a number",
    Value::String(_) => "a string",
    Value::Array(_) => "an array",
    Value::Object(_) => "an object",
  }
}

fn with_article(kind: &str) -> String {
  let vowel = kind.starts_with(['a', 'i', 'o']);
  if kind == "null" { kind.into() } else { format!("{} {kind}", if vowel { "an" } else { "a" }) }
}

/// Names the known word that is nearest, or all of them.
fn did_you_mean<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
  let known: Vec<&str> = known.filter(|name| !name.starts_with('$')).collect();
  let nearest = known
    .iter()
    .map(|name| (strsim::jaro_winkler(&word.to_lowercase(), &name.to_lowercase()), name))
    .filter(|(likeness, _)| *likeness > 0.8)
    .max_by(|one, other| one.0.total_cmp(&other.0));
  match nearest {
    Some((_, name)) => format!("did you mean {name:?}?"),
    None => format!("known are {}", known.join(", ")),
  }
}
