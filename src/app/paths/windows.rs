//! Folders of the user on Windows, which may be anywhere: the shell knows.

use std::path::PathBuf;

use windows::Win32::System::Com::CoTaskMemFree;
use windows::Win32::UI::Shell::{
  FOLDERID_Desktop, FOLDERID_Documents, FOLDERID_Downloads, FOLDERID_LocalAppData, FOLDERID_Music, FOLDERID_Pictures, FOLDERID_Profile,
  FOLDERID_RoamingAppData, FOLDERID_Videos, KF_FLAG_DEFAULT, SHGetKnownFolderPath,
};

pub(super) fn user_folder(name: &str) -> Option<PathBuf> {
  let id = match name {
    "temp" => return Some(std::env::temp_dir()),
    "home" => &FOLDERID_Profile,
    "appData" => &FOLDERID_RoamingAppData,
    "cache" => &FOLDERID_LocalAppData,
    "desktop" => &FOLDERID_Desktop,
    "documents" => &FOLDERID_Documents,
    "downloads" => &FOLDERID_Downloads,
    "music" => &FOLDERID_Music,
    "pictures" => &FOLDERID_Pictures,
    "videos" => &FOLDERID_Videos,
    _ => return None,
  };
  // SAFETY: the id is one of the system's; the text that the call gives ends with a zero and is freed once.
  unsafe {
    let text = SHGetKnownFolderPath(id, KF_FLAG_DEFAULT, None).ok()?;
    let path = text.to_string().ok().map(PathBuf::from);
    CoTaskMemFree(Some(text.as_ptr().cast()));
    path
  }
}
