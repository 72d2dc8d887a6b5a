//! Folders of the user on Linux and what is like it: those of the freedesktop specifications.

use std::path::{Path, PathBuf};

pub(super) fn user_folder(name: &str) -> Option<PathBuf> {
  user_path(name, &|name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from))
}

fn user_path(name: &str, variable: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
  let home = variable("HOME").unwrap_or_else(|| PathBuf::from("/"));
  let config = variable("XDG_CONFIG_HOME").filter(|path| path.is_absolute()).unwrap_or_else(|| home.join(".config"));
  let (xdg, fallback) = match name {
    "home" => return Some(home),
    "appData" => return Some(config),
    "cache" => return Some(variable("XDG_CACHE_HOME").filter(|path| path.is_absolute()).unwrap_or_else(|| home.join(".cache"))),
    "temp" => return Some(variable("TMPDIR").unwrap_or_else(std::env::temp_dir)),
    "desktop" => ("DESKTOP", "Desktop"),
    "documents" => ("DOCUMENTS", "Documents"),
    "downloads" => ("DOWNLOAD", "Downloads"),
    "music" => ("MUSIC", "Music"),
    "pictures" => ("PICTURES", "Pictures"),
    "videos" => ("VIDEOS", "Videos"),
    _ => return None,
  };
  let listed = std::fs::read_to_string(config.join("user-dirs.dirs")).ok().and_then(|text| user_directory(&text, xdg, &home));
  Some(listed.unwrap_or_else(|| home.join(fallback)))
}

/// The folder of `XDG_<name>_DIR` in the text of `user-dirs.dirs`: shell assignments of an absolute path or one that begins with `$HOME`.
fn user_directory(text: &str, name: &str, home: &Path) -> Option<PathBuf> {
  let key = format!("XDG_{name}_DIR=");
  let value = text.lines().rev().find_map(|line| line.trim().strip_prefix(&key))?;
  let value = value.trim().trim_matches('"').replace('\\', "");
  match value.strip_prefix("$HOME") {
    Some(rest) => Some(home.join(rest.trim_start_matches('/'))),
    None => Some(PathBuf::from(value)).filter(|path| path.is_absolute()),
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn user_directories_are_read() {
    let text = "# comment\nXDG_DESKTOP_DIR=\"$HOME/Schreibtisch\"\nXDG_MUSIC_DIR=\"/srv/music\"\nXDG_VIDEOS_DIR=\"relative\"\n";
    let home = Path::new("/home/a");
    assert_eq!(user_directory(text, "DESKTOP", home), Some("/home/a/Schreibtisch".into()));
    assert_eq!(user_directory(text, "MUSIC", home), Some("/srv/music".into()));
    assert_eq!(user_directory(text, "VIDEOS", home), None);
    assert_eq!(user_directory(text, "PICTURES", home), None);
  }
}
