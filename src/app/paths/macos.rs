//! Folders of the user on macOS, which have the same names in every language: only the Finder shows others.

use std::path::PathBuf;

pub(super) fn user_folder(name: &str) -> Option<PathBuf> {
  let home = PathBuf::from(std::env::var_os("HOME").filter(|home| !home.is_empty())?);
  let folder = match name {
    "home" => return Some(home),
    "temp" => return Some(std::env::temp_dir()),
    "appData" => "Library/Application Support",
    "cache" => "Library/Caches",
    "desktop" => "Desktop",
    "documents" => "Documents",
    "downloads" => "Downloads",
    "music" => "Music",
    "pictures" => "Pictures",
    "videos" => "Movies",
    _ => return None,
  };
  Some(home.join(folder))
}
