//! File dialogs: rfd's. What it has no setting for on a system, the dialog does without.

use std::path::{Path, PathBuf};
use std::pin::Pin;

use crate::bridge::{FileDialog, FileDialogKind};

use super::tasks::spawn_local;
use super::window::Window;

/// Opens a file dialog. rfd has no settings for the button's label, hidden files and the question before a file is overwritten: the system's
/// own dialogs ask that question always.
pub(crate) fn file_dialog(parent: Option<&Window>, options: FileDialog, answer: impl FnOnce(Vec<String>) + 'static) {
  let mut dialog = rfd::AsyncFileDialog::new().set_can_create_directories(options.kind == FileDialogKind::Save || options.create_directory);
  if let Some(title) = &options.title {
    dialog = dialog.set_title(title.replace('\0', ""));
  }
  let (folder, name) = start_of(options.default_path.as_deref());
  if let Some(folder) = folder {
    dialog = dialog.set_directory(folder);
  }
  if let Some(name) = name {
    dialog = dialog.set_file_name(name);
  }
  for filter in &options.filters {
    let extensions: Vec<String> = filter.extensions.iter().map(|extension| extension.replace('\0', "")).collect();
    dialog = dialog.add_filter(filter.name.replace('\0', ""), &extensions);
  }
  if let Some(parent) = parent {
    dialog = dialog.set_parent(parent.tao());
  }
  let picked: Pin<Box<dyn Future<Output = Vec<PathBuf>>>> = match options.kind {
    FileDialogKind::OpenFile => one(dialog.pick_file()),
    FileDialogKind::OpenDirectory => one(dialog.pick_folder()),
    FileDialogKind::Save => one(dialog.save_file()),
    FileDialogKind::OpenFiles => many(dialog.pick_files()),
    FileDialogKind::OpenDirectories => many(dialog.pick_folders()),
  };
  spawn_local(async move {
    let paths = picked.await;
    answer(paths.into_iter().map(|path| path.to_string_lossy().into_owned()).collect());
  });
}

fn one(picked: impl Future<Output = Option<rfd::FileHandle>> + 'static) -> Pin<Box<dyn Future<Output = Vec<PathBuf>>>> {
  Box::pin(async move { picked.await.iter().map(|file| file.path().to_owned()).collect() })
}

fn many(picked: impl Future<Output = Option<Vec<rfd::FileHandle>>> + 'static) -> Pin<Box<dyn Future<Output = Vec<PathBuf>>>> {
  Box::pin(async move { picked.await.unwrap_or_default().iter().map(|file| file.path().to_owned()).collect() })
}

/// Folder and file name that a dialog starts with.
fn start_of(default_path: Option<&str>) -> (Option<PathBuf>, Option<String>) {
  let Some(path) = default_path.filter(|path| !path.is_empty() && !path.contains('\0')).map(Path::new) else { return (None, None) };
  if path.is_dir() {
    return (Some(path.to_owned()), None);
  }
  let folder = path.parent().filter(|folder| folder.is_dir()).map(Path::to_owned);
  (folder, path.file_name().map(|name| name.to_string_lossy().into_owned()))
}
