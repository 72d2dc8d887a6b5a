//! Which files of an app's folder change.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::News;

/// A save is often several changes: those that come so soon after one another are one.
const PAUSE: Duration = Duration::from_millis(30);

/// More folders than this are no app's sources; each costs the system a watch.
const MOST_FOLDERS: usize = 4096;

/// Watches a folder and what is below it, without packages, hidden folders and artefacts.
pub(super) struct Watch {
  watcher: RecommendedWatcher,
  folders: usize,
}

impl Watch {
  /// Sends the changed files, by their real paths, from now on.
  pub(super) fn start(folder: &Path, news: UnboundedSender<News>) -> notify::Result<Self> {
    let (sender, changes) = unbounded_channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
      if let Ok(event) = event
        && is_change(event.kind)
      {
        let _ = sender.send(event.paths);
      }
    })?;
    let mut watch = Self { watcher, folders: 0 };
    watch.add(&folder.canonicalize().map_err(notify::Error::io)?)?;
    tokio::spawn(collect(changes, news));
    Ok(watch)
  }

  /// Takes a folder in, with those below it. One that is gone again is no fault.
  pub(super) fn add(&mut self, folder: &Path) -> notify::Result<()> {
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(folder) = waiting.pop() {
      if self.folders == MOST_FOLDERS {
        return Err(notify::Error::generic("there are too many folders"));
      }
      if !folder.exists() {
        continue;
      }
      self.watcher.watch(&folder, RecursiveMode::NonRecursive)?;
      self.folders += 1;
      let below = folder.read_dir().into_iter().flatten().flatten();
      waiting.extend(
        below.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).filter(|path| is_source(path)),
      );
    }
    Ok(())
  }
}

fn is_change(kind: EventKind) -> bool {
  matches!(
    kind,
    EventKind::Create(_) | EventKind::Remove(_) | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Name(_) | ModifyKind::Any)
  )
}

/// Whether a path can be one of the app's own sources.
pub(super) fn is_source(path: &Path) -> bool {
  let name = path.file_name().unwrap_or_default().to_string_lossy();
  !(name.starts_with('.') || name.ends_with('~') || name == "node_modules" || name == "release")
}

/// Joins what belongs to one save.
async fn collect(mut changes: UnboundedReceiver<Vec<PathBuf>>, news: UnboundedSender<News>) {
  while let Some(first) = changes.recv().await {
    let mut paths: BTreeSet<_> = first.into_iter().collect();
    while let Ok(Some(more)) = tokio::time::timeout(PAUSE, changes.recv()).await {
      paths.extend(more);
    }
    paths.retain(|path| is_source(path));
    if !paths.is_empty() && news.send(News::Changed(paths.into_iter().collect())).is_err() {
      break;
    }
  }
}
