//! Packages an app: its production files and the runtime, in the formats that people install.
//!
//! The app is staged once ([`context`]); each format of [`linux`] writes the same tree. Nothing is downloaded, no other program is called, and
//! two runs give the same bytes.

mod config;
mod context;
mod date;
mod dependencies;
mod desktop;
mod electron_builder;
mod elf;
mod error;
mod files;
mod icon;
mod linux;
mod macros;
mod schema;
mod tree;

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

pub use error::{Error, Result};
pub use linux::Target;
pub use linux::exe::embedded_archive;

use context::Context;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Options {
  /// The folder of the app.
  pub folder: PathBuf,
  /// What is made; what the configuration says when it is empty.
  pub targets: Vec<Target>,
  /// The executable that the app runs on.
  pub runtime: PathBuf,
  /// The folder for artefacts; what the configuration says when there is none.
  pub output: Option<PathBuf>,
  /// The time of everything in the artefacts, as `SOURCE_DATE_EPOCH` has it; the app's newest file otherwise.
  pub source_date: Option<u64>,
}

/// What came of one target.
#[derive(Debug, Clone)]
pub struct Artefact {
  pub target: Target,
  pub path: PathBuf,
  pub bytes: u64,
  pub took: Duration,
}

/// What happens meanwhile.
#[derive(Debug)]
pub enum Progress<'a> {
  /// A remark that the user should know of.
  Note(&'a str),
  /// The files are together.
  Staged { name: &'a str, version: &'a str, files: usize, bytes: u64 },
  /// A format is written, but not yet in its place.
  Written(&'a Artefact),
}

/// Bundles an app. Artefacts come to their place when all are made: after a failure there is none that was not there before.
///
/// # Errors
/// The configuration is wrong, or a file cannot be read or written.
pub fn run(options: &Options, progress: &(dyn Fn(Progress<'_>) + Sync)) -> Result<Vec<Artefact>> {
  let (package, config, notes) = config::load(&options.folder)?;
  notes.iter().for_each(|note| progress(Progress::Note(note)));
  let targets = chosen(&options.targets, &config)?;
  let context = Context::prepare(options, config, package, &|note| progress(Progress::Note(note)))?;
  let files = context.program.files().count();
  let (name, version) = (&context.app.product_name, &context.app.version);
  progress(Progress::Staged { name, version, files, bytes: context.program.size()? });
  check_names(&context, &targets)?;
  let written = write_all(&context, &targets, progress)?;
  written.into_iter().map(|draft| draft.finish()).collect()
}

fn chosen(asked: &[Target], config: &config::Config) -> Result<Vec<Target>> {
  let mut targets = asked.to_vec();
  if targets.is_empty() {
    targets = config.linux.target.iter().filter_map(|name| Target::parse(name)).collect();
  }
  if targets.is_empty() {
    targets = Target::DEFAULT.to_vec();
  }
  targets.sort_unstable();
  targets.dedup();
  Ok(targets)
}

/// Two artefacts of one name would lie over each other.
fn check_names(context: &Context, targets: &[Target]) -> Result<()> {
  let mut known: Vec<(String, Target)> = Vec::new();
  for target in targets {
    for (name, ..) in target.artefacts(context)? {
      if let Some((_, other)) = known.iter().find(|(of_other, _)| *of_other == name) {
        return Err(Error::config(
          "artifactName",
          format!("{} and {} would both be named {name}", other.name(), target.name()),
          "put ${ext} into it, or give one of them its own under its section",
        ));
      }
      known.push((name, *target));
    }
  }
  Ok(())
}

/// Writes every target, as many at a time as there are processors: each is one thread's work, most of it compression.
fn write_all(context: &Context, targets: &[Target], progress: &(dyn Fn(Progress<'_>) + Sync)) -> Result<Vec<Draft>> {
  let left = Mutex::new(targets.iter().copied());
  let done = Mutex::new(Vec::new());
  let next = || left.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
  let workers = std::thread::available_parallelism().map_or(1, usize::from).min(targets.len());
  std::thread::scope(|scope| {
    for _ in 0..workers {
      scope.spawn(|| {
        while let Some(target) = next() {
          let result = write_one(context, target);
          if let Ok(drafts) = &result {
            drafts.iter().for_each(|draft| progress(Progress::Written(&draft.artefact)));
          }
          let failed = result.is_err();
          done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(result);
          if failed {
            // Nobody waits for the rest.
            while next().is_some() {}
          }
        }
      });
    }
  });
  let results = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
  let mut drafts: Vec<Draft> = results.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
  drafts.sort_by_key(|draft| draft.artefact.target);
  Ok(drafts)
}

/// An artefact that is written under another name.
struct Draft {
  artefact: Artefact,
  file: tempfile::TempPath,
}

impl Draft {
  fn finish(self) -> Result<Artefact> {
    let path = &self.artefact.path;
    self.file.persist(path).map_err(|error| Error::writing(path)(error.error))?;
    Ok(self.artefact)
  }
}

fn write_one(context: &Context, target: Target) -> Result<Vec<Draft>> {
  let started = Instant::now();
  let output = &context.output;
  let mut drafts = Vec::new();
  for (name, executable, write) in target.artefacts(context)? {
    let path = output.join(&name);
    let draft = tempfile::Builder::new().prefix(".bundle-").tempfile_in(output).map_err(Error::writing(output))?;
    let (mut file, draft) = draft.into_parts();
    write(context, &mut file).map_err(|error| about(error, &path))?;
    set_mode(&file, executable).map_err(Error::writing(&path))?;
    let bytes = fs::metadata(&draft).map_err(Error::writing(&path))?.len();
    drafts.push(Draft { artefact: Artefact { target, path, bytes, took: started.elapsed() }, file: draft });
  }
  Ok(drafts)
}

/// What went wrong while the artefact was written has its name, not that of the draft.
fn about(error: Error, path: &std::path::Path) -> Error {
  match error {
    Error::Io { path: of, what, hint, source } if of.as_os_str().is_empty() => Error::Io { path: path.into(), what, hint, source },
    error => error,
  }
}

#[cfg(unix)]
fn set_mode(file: &fs::File, executable: bool) -> std::io::Result<()> {
  use std::os::unix::fs::PermissionsExt;
  file.set_permissions(fs::Permissions::from_mode(if executable { 0o755 } else { 0o644 }))
}

#[cfg(not(unix))]
fn set_mode(_file: &fs::File, _executable: bool) -> std::io::Result<()> {
  Ok(())
}
