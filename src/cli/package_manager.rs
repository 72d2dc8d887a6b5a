//! The program that installs an app's packages.

use std::env;
use std::path::PathBuf;

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum PackageManager {
  Npm,
  Pnpm,
  Yarn,
  Bun,
}

impl PackageManager {
  pub(super) const ALL: &[Self] = &[Self::Npm, Self::Pnpm, Self::Yarn, Self::Bun];

  /// Its command.
  pub(super) fn command(self) -> &'static str {
    match self {
      Self::Npm => "npm",
      Self::Pnpm => "pnpm",
      Self::Yarn => "yarn",
      Self::Bun => "bun",
    }
  }

  /// Where it is installed, if it is.
  pub(super) fn find(self) -> Option<PathBuf> {
    find_program(self.command())
  }

  /// The one that started this program, else the first that is installed.
  pub(super) fn detect() -> Self {
    let agent = env::var("npm_config_user_agent").unwrap_or_default();
    let started_by = Self::ALL.iter().find(|manager| agent.starts_with(&format!("{}/", manager.command())));
    started_by.or_else(|| Self::ALL.iter().find(|manager| manager.find().is_some())).copied().unwrap_or(Self::Npm)
  }
}

/// The executable that a command names, looked up as the system does.
pub(super) fn find_program(name: &str) -> Option<PathBuf> {
  let names: &[String] = if cfg!(windows) { &[format!("{name}.exe"), format!("{name}.cmd")] } else { &[name.to_owned()] };
  let path = env::var_os("PATH")?;
  env::split_paths(&path).flat_map(|folder| names.iter().map(move |name| folder.join(name))).find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &std::path::Path) -> bool {
  use std::os::unix::fs::PermissionsExt as _;
  file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &std::path::Path) -> bool {
  file.is_file()
}
