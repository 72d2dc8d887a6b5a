//! `shell dev`: runs an app while it is being developed.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::ended;
use crate::app::manifest::Manifest;
use crate::dev::{self, Options};
use crate::error::Error;
use crate::{app, printer};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shell dev                     the app of this folder, with the Vite that it is developed with
  shell dev app --own-flag      another folder; what follows is for the app
  shell dev --inspect app       with a debugger for the main process

Keys: r restarts the app, d shows developer tools, q quits.")]
pub(super) struct Dev {
  /// Folder of the app, or its main script
  #[arg(default_value = ".")]
  pub(super) app: PathBuf,
  /// What the app gets as its arguments
  #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
  pub(super) arguments: Vec<String>,
  /// Let a debugger attach to the main process
  #[arg(long, value_name = "[HOST:]PORT", num_args = 0..=1, require_equals = true, default_missing_value = "")]
  inspect: Option<String>,
  /// The same, and wait for it before the first line
  #[arg(long, value_name = "[HOST:]PORT", num_args = 0..=1, require_equals = true, default_missing_value = "")]
  inspect_brk: Option<String>,
}

/// Does what the command says. The exit code is the app's.
pub(super) fn run(command: Dev) -> ExitCode {
  // What is built first may have no main script yet; everything else can be said before anything is started.
  if let Err(error) = Manifest::load(&command.app)
    && !matches!(error, Error::MainMissing { .. })
  {
    return app::exit_code(Err(error));
  }
  let Ok(executable) = std::env::current_exe() else {
    printer::error("error: the shell does not find its own executable\nhint: call it by its path");
    return ExitCode::FAILURE;
  };
  let switch =
    |name: &str, value: Option<String>| value.map(|value| if value.is_empty() { name.into() } else { format!("{name}={value}") });
  let switches = [switch("--inspect", command.inspect), switch("--inspect-brk", command.inspect_brk)].into_iter().flatten().collect();
  match dev::run(Options { app: command.app, arguments: command.arguments, switches, executable }) {
    Ok(code) => ExitCode::from(code as u8),
    Err(error) => ended(Err(error)),
  }
}
