//! `shell bundle`: packages an app and reports what came of it.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::bundle::{self, Artefact, Options, Progress, Target};
use crate::printer;

/// Environment variable with the time of everything that is made, in seconds since 1970.
const SOURCE_DATE: &str = "SOURCE_DATE_EPOCH";

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shell bundle                              what package.json names, or deb, rpm and AppImage
  shell bundle --target deb,tar.gz          these two
  shell bundle app --output out             another app, another folder
  shell bundle --arch arm64                 for another machine, whose runtime is installed
  shell bundle --runtime ./arm64/shell      the same with a runtime from elsewhere

The settings are in package.json under \"shell\"; docs/bundle.md describes them.")]
pub(super) struct Bundle {
  /// Folder of the app
  #[arg(default_value = ".")]
  folder: PathBuf,
  /// What to make: tar.gz, deb, rpm, AppImage, pacman, exe, flatpak, snap
  #[arg(short, long, value_delimiter = ',', value_parser = target)]
  target: Vec<Target>,
  /// Executable that the app runs on; this one when it is left out
  #[arg(long, value_name = "FILE", conflicts_with = "arch")]
  runtime: Option<PathBuf>,
  /// Machine that the app runs on; its runtime lies beside this one or in the cache
  #[arg(long, value_name = "ARCH", value_parser = ["x64", "arm64"])]
  arch: Option<String>,
  /// Folder for what is made
  #[arg(short, long, value_name = "FOLDER")]
  output: Option<PathBuf>,
  /// Print what was made as JSON
  #[arg(long)]
  json: bool,
}

fn target(name: &str) -> Result<Target, String> {
  Target::parse(name).ok_or_else(|| {
    let names: Vec<_> = Target::ALL.iter().map(|target| target.name()).collect();
    format!("known are {}", names.join(", "))
  })
}

/// Does what the command says.
pub(super) fn run(command: Bundle) -> bundle::Result<()> {
  let source_date = env::var(SOURCE_DATE).ok().filter(|text| !text.is_empty());
  let source_date = source_date.map(|text| {
    text.parse().map_err(|_| bundle::Error::Refused {
      reason: format!("{SOURCE_DATE} is {text:?}, not a number of seconds"),
      hint: "set it as `git log -1 --format=%ct` prints it, or unset it".into(),
    })
  });
  let options = Options {
    folder: command.folder,
    targets: command.target,
    runtime: match (command.runtime, command.arch) {
      (Some(runtime), _) => runtime,
      (None, Some(arch)) => runtime_for(&arch)?,
      (None, None) => own_executable()?,
    },
    output: command.output,
    source_date: source_date.transpose()?,
  };
  let artefacts = bundle::run(&options, &report)?;
  if command.json {
    let list: Vec<_> = artefacts.iter().map(as_json).collect();
    printer::output(&format!("{}\n", serde_json::to_string_pretty(&list).unwrap_or_default()));
  } else {
    let here = env::current_dir().unwrap_or_default();
    artefacts.iter().for_each(|artefact| printer::output(&format!("{}\n", shown(&artefact.path, &here).display())));
  }
  Ok(())
}

fn own_executable() -> bundle::Result<PathBuf> {
  env::current_exe().map_err(|source| bundle::Error::Refused {
    reason: format!("the shell does not find its own executable: {source}"),
    hint: "name a runtime: --runtime <file>".into(),
  })
}

/// The runtime for another machine: from the package beside this one's, as npm and `make dist` lay them out, or from the cache.
fn runtime_for(arch: &str) -> bundle::Result<PathBuf> {
  let own = own_executable()?;
  let own_arch = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
  if arch == own_arch {
    return Ok(own);
  }
  let folder = format!("linux-{arch}");
  let beside = own.parent().and_then(Path::parent).map(|above| above.join(&folder));
  let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
  let cached = cache.map(|cache| cache.join("shell/runtimes").join(env!("CARGO_PKG_VERSION")).join(&folder));
  let places: Vec<_> = [beside, cached].into_iter().flatten().map(|folder| folder.join("electron")).collect();
  places.iter().find(|file| file.is_file()).cloned().ok_or_else(|| bundle::Error::Refused {
    reason: format!(
      "there is no runtime for {arch}: {} is looked for",
      places.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(" or ")
    ),
    hint: format!("install its package (npm install --cpu={arch}), put the folder of its archive there, or name it: --runtime <file>"),
  })
}

/// A line for each thing that happens, on standard error: standard output holds what a script wants.
fn report(progress: Progress<'_>) {
  match progress {
    Progress::Note(text) => printer::error(&format!("note: {text}")),
    Progress::Staged { name, version, files, bytes } => {
      printer::error(&format!("bundling {name} {version}: {files} files, {}", size(bytes)));
    }
    Progress::Written(artefact) => {
      let name = artefact.path.file_name().unwrap_or_default().to_string_lossy();
      let took = artefact.took.as_secs_f64();
      printer::error(&format!("{:>9}  {name}, {}, {took:.1} s", artefact.target.name(), size(artefact.bytes)));
    }
  }
}

fn as_json(artefact: &Artefact) -> serde_json::Value {
  json!({
    "target": artefact.target.name(),
    "path": artefact.path,
    "bytes": artefact.bytes,
    "milliseconds": u64::try_from(artefact.took.as_millis()).unwrap_or(u64::MAX),
  })
}

/// A path as the user would write it.
fn shown<'a>(path: &'a Path, here: &Path) -> &'a Path {
  path.strip_prefix(here).unwrap_or(path)
}

fn size(bytes: u64) -> String {
  match bytes {
    0..1000 => format!("{bytes} bytes"),
    1000..1_000_000 => format!("{} kB", bytes / 1000),
    _ => format!("{:.1} MB", bytes as f64 / 1e6),
  }
}
