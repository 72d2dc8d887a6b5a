//! Where the pages of a partition keep what they store.

use std::path::{Path, PathBuf};

/// The folder of a partition, `None` for one in memory.
pub(crate) fn folder(partition: &str, data_directory: &str) -> Option<PathBuf> {
  let base = Path::new(data_directory);
  if data_directory.is_empty() || !base.is_absolute() {
    return None;
  }
  if partition.is_empty() {
    return Some(base.to_owned());
  }
  let name = partition.strip_prefix("persist:")?;
  // Names come from the app and may hold anything: what could leave the folder is written as its code.
  let mut safe = String::new();
  for character in name.chars() {
    if character.is_ascii_alphanumeric() || matches!(character, '-' | '_') {
      safe.push(character.to_ascii_lowercase());
    } else {
      safe.push_str(&format!("%{:x}.", u32::from(character)));
    }
  }
  Some(base.join("Partitions").join(safe))
}

#[cfg(test)]
mod tests {
  use super::folder;
  use std::path::PathBuf;

  #[test]
  fn partitions_stay_inside_of_the_folder() {
    assert_eq!(folder("", "/data"), Some(PathBuf::from("/data")));
    assert_eq!(folder("memory", "/data"), None);
    assert_eq!(folder("persist:mail", "/data"), Some(PathBuf::from("/data/Partitions/mail")));
    assert_eq!(folder("persist:../up", "/data"), Some(PathBuf::from("/data/Partitions/%2e.%2e.%2f.up")));
  }
}
