//! Folders of the user.

#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
mod xdg;

use std::path::PathBuf;

#[cfg(target_os = "macos")]
use macos as system;
#[cfg(target_os = "windows")]
use windows as system;
#[cfg(not(any(target_os = "macos", target_os = "windows")))]
use xdg as system;

/// A folder of the user by Electron's name (`home`, `appData`, `cache`, `temp`, `desktop`, `documents`, `downloads`, `music`, `pictures`,
/// `videos`), `None` for a name that is no folder of the system.
pub(crate) fn user_folder(name: &str) -> Option<PathBuf> {
  system::user_folder(name)
}
