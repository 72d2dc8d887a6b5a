//! The command line: arguments into one settings struct for each command.

mod asar;
mod bundle;
mod dev;
mod doctor;
mod failure;
mod interrupt;
mod new;
mod package_manager;

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::{app, printer};

/// The exit code of a bad command line.
const MISUSED: u8 = 2;
/// The exit code of a command that the user stopped, as shells have it.
#[cfg(unix)]
const INTERRUPTED: u8 = 130;

/// Runs Electron apps on the system's web view.
#[derive(Debug, Parser)]
#[command(
  name = "shell",
  version,
  about,
  args_conflicts_with_subcommands = true,
  disable_help_subcommand = true,
  after_help = "\
Examples:
  shell new my-app              makes an app, asking what it is to be made with
  shell dev my-app              runs it and follows its sources
  shell bundle my-app           packages it for people to install
  shell my-app --own-flag       runs it as it is; what follows is for the app

Exit codes: 0 done, 1 failed, 2 not a command line, 130 stopped by Ctrl-C; where an app runs, its own.
NO_COLOR=1 keeps colours off a terminal."
)]
struct Arguments {
  #[command(subcommand)]
  command: Option<Command>,
  /// Folder of an app, or a script, and what the app gets as its arguments
  #[arg(value_name = "APP", trailing_var_arg = true, allow_hyphen_values = true)]
  app: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
  /// Make an app from a template
  New(new::New),
  /// Run the app of a folder while it is being developed
  Dev(dev::Dev),
  /// Package an app for people to install
  Bundle(bundle::Bundle),
  /// Pack, list and extract asar archives
  #[command(subcommand)]
  Asar(asar::Command),
  /// Say what is installed, what is missing and how to mend it
  Doctor(doctor::Doctor),
  /// Print a script that completes this command line: shell completions bash > ~/.local/share/bash-completion/completions/shell
  Completions {
    /// The shell that is to run it
    shell: clap_complete::Shell,
  },
}

/// Does what the arguments (the program first) say.
pub fn run(arguments: &[String]) -> ExitCode {
  if is_electron(arguments) {
    return run_as_electron(arguments.get(1..).unwrap_or_default());
  }
  // Switches may stand before the app, as in `electron --no-sandbox folder`: only a known option in front is ours.
  let parsed = match Arguments::try_parse_from(arguments) {
    Ok(parsed) => parsed,
    Err(error) => {
      let text = error.render().to_string();
      if error.use_stderr() {
        printer::error(text.trim_end());
        return ExitCode::from(MISUSED);
      }
      printer::output(&text);
      return ExitCode::SUCCESS;
    }
  };
  match parsed.command {
    Some(Command::Dev(command)) => dev::run(command),
    Some(Command::New(command)) => ended(new::run(command)),
    Some(Command::Bundle(command)) => ended(bundle::run(command)),
    Some(Command::Asar(command)) => ended(asar::run(command)),
    Some(Command::Doctor(command)) => doctor::run(&command),
    Some(Command::Completions { shell }) => {
      let mut script = Vec::new();
      clap_complete::generate(shell, &mut Arguments::command(), "shell", &mut script);
      printer::output(&String::from_utf8_lossy(&script));
      ExitCode::SUCCESS
    }
    None if parsed.app.is_empty() => {
      printer::output(&Arguments::command().render_help().to_string());
      ExitCode::SUCCESS
    }
    None => run_app(&parsed.app),
  }
}

/// Whether the program was called by Electron's name, as in a folder that `ELECTRON_OVERRIDE_DIST_PATH` names.
fn is_electron(arguments: &[String]) -> bool {
  arguments.first().is_some_and(|program| Path::new(program).file_stem().is_some_and(|name| name == "electron"))
}

/// Electron has no commands, so that an app may lie in a folder called `dev`.
fn run_as_electron(arguments: &[String]) -> ExitCode {
  if matches!(arguments, [only] if only == "--version" || only == "-v") {
    printer::output(&format!("v{}\n", app::ELECTRON_VERSION));
    return ExitCode::SUCCESS;
  }
  // A tool that `shell dev` has started takes us for Electron.
  match crate::dev::hand_over(arguments) {
    Some(code) => ExitCode::from(code as u8),
    None => run_app(arguments),
  }
}

/// Runs the app that the first argument which is no switch names.
fn run_app(arguments: &[String]) -> ExitCode {
  match arguments.iter().find(|argument| !argument.starts_with('-')) {
    Some(app) => app::exit_code(app::run_app(app.as_ref(), arguments.to_vec())),
    None => {
      printer::error("error: no app was named\nhint: shell <folder of the app>");
      ExitCode::from(MISUSED)
    }
  }
}

/// Prints what went wrong, if anything, and gives the process's exit code.
fn ended<E: std::fmt::Display>(result: Result<(), E>) -> ExitCode {
  match result {
    Ok(()) => ExitCode::SUCCESS,
    Err(error) => {
      printer::error(&format!("error: {error}"));
      ExitCode::FAILURE
    }
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  #[test]
  fn the_definition_is_consistent() {
    Arguments::command().debug_assert();
  }

  #[test]
  fn switches_before_the_app_go_to_the_app() {
    let parsed = Arguments::try_parse_from(["shell", "--no-sandbox", "folder", "--own", "dev"]).unwrap();
    assert_eq!(parsed.app, ["--no-sandbox", "folder", "--own", "dev"]);
    assert!(parsed.command.is_none());
  }

  #[test]
  fn dev_takes_a_folder_and_arguments() {
    let parsed = Arguments::try_parse_from(["shell", "dev", "folder", "--own"]).unwrap();
    assert!(matches!(parsed.command, Some(Command::Dev(dev)) if dev.arguments == ["--own"]));
  }
}
