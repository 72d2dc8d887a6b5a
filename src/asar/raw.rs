//! The header's JSON as it is written, before anything is believed: names that occur twice are seen here, because a map would hide them.

use std::cell::Cell;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::Number;

use super::MAX_ENTRIES;

/// An entry with every property that has a meaning.
#[derive(Debug, Default)]
pub(super) struct RawEntry {
  pub(super) files: Option<Vec<(Box<str>, RawEntry)>>,
  pub(super) size: Option<Number>,
  pub(super) offset: Option<String>,
  pub(super) link: Option<String>,
  pub(super) executable: bool,
  pub(super) unpacked: bool,
  pub(super) integrity: Option<RawIntegrity>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawIntegrity {
  pub(super) algorithm: String,
  pub(super) hash: String,
  pub(super) block_size: Number,
  pub(super) blocks: Vec<String>,
}

/// Reads the header's text.
pub(super) fn parse(text: &str) -> serde_json::Result<RawEntry> {
  let left = Cell::new(MAX_ENTRIES);
  let mut deserializer = serde_json::Deserializer::from_str(text);
  let entry = EntrySeed(&left).deserialize(&mut deserializer)?;
  deserializer.end()?;
  Ok(entry)
}

/// Reads one entry, and counts down how many may follow.
#[derive(Clone, Copy)]
struct EntrySeed<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for EntrySeed<'_> {
  type Value = RawEntry;

  fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RawEntry, D::Error> {
    deserializer.deserialize_map(self)
  }
}

impl<'de> Visitor<'de> for EntrySeed<'_> {
  type Value = RawEntry;

  fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_str("an entry")
  }

  fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawEntry, A::Error> {
    let mut entry = RawEntry::default();
    let mut seen = Vec::new();
    while let Some(key) = map.next_key::<String>()? {
      match key.as_str() {
        "files" => entry.files = Some(map.next_value_seed(FilesSeed(self.0))?),
        "size" => entry.size = Some(map.next_value()?),
        "offset" => entry.offset = Some(map.next_value()?),
        "link" => entry.link = Some(map.next_value()?),
        "executable" => entry.executable = map.next_value()?,
        "unpacked" => entry.unpacked = map.next_value()?,
        "integrity" => entry.integrity = Some(map.next_value()?),
        _ => {
          map.next_value::<IgnoredAny>()?;
          continue;
        }
      }
      if seen.contains(&key) {
        return Err(A::Error::custom(format!("an entry has {key:?} twice")));
      }
      seen.push(key);
    }
    Ok(entry)
  }
}

/// Reads the entries of one folder and sorts them by name.
struct FilesSeed<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for FilesSeed<'_> {
  type Value = Vec<(Box<str>, RawEntry)>;

  fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
    deserializer.deserialize_map(self)
  }
}

impl<'de> Visitor<'de> for FilesSeed<'_> {
  type Value = Vec<(Box<str>, RawEntry)>;

  fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_str("an object with the entries of a folder")
  }

  fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
    let mut files = Vec::new();
    while let Some(name) = map.next_key::<Box<str>>()? {
      let left = self.0.get().checked_sub(1);
      self.0.set(left.ok_or_else(|| A::Error::custom(format!("it has more than {MAX_ENTRIES} entries")))?);
      files.push((name, map.next_value_seed(EntrySeed(self.0))?));
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    match files.windows(2).find(|pair| pair[0].0 == pair[1].0) {
      Some(pair) => Err(A::Error::custom(format!("a folder has two entries {:?}", pair[0].0))),
      None => Ok(files),
    }
  }
}
