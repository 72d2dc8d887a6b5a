//! `shell new`: makes an app from a template, after asking what was not said.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;
use clap::builder::PossibleValuesParser;
use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, Select};
use serde_json::json;

use super::failure::{Failure, Result};
use super::interrupt;
use super::package_manager::PackageManager;
use crate::printer;
use crate::template::{self, Names, Template};

/// What is taken for what was not said.
const DEFAULT_NAME: &str = "my-app";
const DEFAULT_TEMPLATE: &str = "vanilla-ts";

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shell new                                 asks
  shell new notes --template react-ts       asks whether packages are to be installed
  shell new notes --yes                     asks nothing: vanilla-ts, packages installed
  shell new notes --yes --no-install --json for a script")]
pub(super) struct New {
  /// Folder that is made; its last part names the app
  name: Option<PathBuf>,
  /// What to start from
  #[arg(short, long, value_name = "TEMPLATE", value_parser = PossibleValuesParser::new(template::ALL.iter().map(|template| template.name)))]
  template: Option<String>,
  /// What installs the app's packages
  #[arg(short, long, value_name = "NAME", value_enum)]
  package_manager: Option<PackageManager>,
  /// Ask nothing and take the defaults
  #[arg(short, long)]
  yes: bool,
  /// Leave the installation of the packages for later
  #[arg(long)]
  no_install: bool,
  /// Print what was made as JSON
  #[arg(long)]
  json: bool,
}

/// Does what the command says.
pub(super) fn run(command: New) -> Result<()> {
  let asks = !command.yes && io::stdin().is_terminal() && io::stderr().is_terminal();
  let folder = match command.name {
    Some(name) => name,
    None if asks => ask_name()?,
    None if command.yes => DEFAULT_NAME.into(),
    None => return Err(nobody_to_ask("no folder was named", "shell new <folder>")),
  };
  let names = check_folder(&folder)?;
  let template = match command.template.as_deref() {
    Some(name) => name.to_owned(),
    None if asks => ask_template()?,
    None if command.yes => DEFAULT_TEMPLATE.to_owned(),
    None => return Err(nobody_to_ask("no template was named", "shell new <folder> --template <template>")),
  };
  let template =
    Template::named(&template).ok_or_else(|| Failure::new(format_args!("there is no template {template}"), "shell new --help"))?;
  let manager = command.package_manager.unwrap_or_else(PackageManager::detect);
  // Without a terminal and without `--yes` nobody has agreed to a download.
  let install = !command.no_install && (command.yes || (asks && ask_install(manager)?));

  template.write(&folder, &names).map_err(Failure::writing(&folder))?;
  if install {
    install_packages(manager, &folder)?;
  }
  if command.json {
    let made = json!({
      "folder": std::path::absolute(&folder).unwrap_or(folder),
      "name": names.package,
      "productName": names.title,
      "template": template.name,
      "packageManager": manager.command(),
      "installed": install,
    });
    printer::output(&format!("{made:#}\n"));
  } else {
    let enter = if folder == Path::new(".") { String::new() } else { format!("  cd {}\n", folder.display()) };
    let install = if install { String::new() } else { format!("  {} install\n", manager.command()) };
    printer::output(&format!("{} is an app now:\n\n{enter}{install}  {} run dev\n", folder.display(), manager.command()));
  }
  Ok(())
}

fn nobody_to_ask(what: &str, example: &str) -> Failure {
  Failure::new(format_args!("{what}, and there is no terminal to ask on"), format_args!("{example}, or --yes for the defaults"))
}

/// The names of an app in this folder, if one may be made there.
fn check_folder(folder: &Path) -> Result<Names> {
  let absolute = std::path::absolute(folder).map_err(|source| Failure::new(source, "name a folder: shell new <folder>"))?;
  let last = absolute.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
  let fit = Names::of_folder(&last).filter(|_| !last.chars().any(char::is_control));
  let names = fit.ok_or_else(|| {
    Failure::new(
      format_args!("{last:?} is no name for an app: nothing of it can stand in the \"name\" of package.json"),
      "take Latin letters and digits, such as my-app; the name that people see is \"productName\", where anything goes",
    )
  })?;
  match folder.read_dir().map(|mut entries| entries.next().is_none()) {
    Ok(true) => Ok(names),
    Ok(false) => Err(Failure::new(format_args!("{} exists and is not empty", folder.display()), "name a folder that does not exist yet")),
    Err(error) if error.kind() == io::ErrorKind::NotFound => match absolute.parent() {
      Some(parent) if !parent.is_dir() => {
        Err(Failure::new(format_args!("{} is no folder", parent.display()), "make it first, or name another one"))
      }
      _ => Ok(names),
    },
    Err(error) => Err(Failure::new(format_args!("{}: {error}", folder.display()), "name a folder that does not exist yet")),
  }
}

fn ask_name() -> Result<PathBuf> {
  let name: String = asked(|| {
    Input::with_theme(&ColorfulTheme::default())
      .with_prompt("Name of the app's folder")
      .default(DEFAULT_NAME.into())
      .validate_with(|name: &String| check_folder(Path::new(name.trim())).map(drop).map_err(|failure| failure.to_string()))
      .interact_text()
  })?;
  Ok(name.trim().into())
}

fn ask_template() -> Result<String> {
  let lines: Vec<_> = template::ALL.iter().map(|template| format!("{:<11} {}", template.name, template.description)).collect();
  let default = template::ALL.iter().position(|template| template.name == DEFAULT_TEMPLATE).unwrap_or(0);
  let chosen = asked(|| Select::with_theme(&ColorfulTheme::default()).with_prompt("Template").items(&lines).default(default).interact())?;
  Ok(template::ALL[chosen].name.into())
}

fn ask_install(manager: PackageManager) -> Result<bool> {
  let question = format!("Install the app's packages with {}?", manager.command());
  asked(|| Confirm::with_theme(&ColorfulTheme::default()).with_prompt(question).default(true).interact())
}

/// The answer to a question, or why there is none.
fn asked<T>(ask: impl FnOnce() -> dialoguer::Result<T>) -> Result<T> {
  interrupt::ends_process(ask).map_err(|dialoguer::Error::IO(error)| {
    Failure::new(format_args!("the terminal does not answer: {error}"), "say everything on the command line: shell new --help")
  })
}

/// Standard output is for what a script reads: the package manager speaks to standard error.
fn install_packages(manager: PackageManager, folder: &Path) -> Result<()> {
  let retry = format!("the app is whole: run `{} install` in {} again", manager.command(), folder.display());
  let program = manager.find().ok_or_else(|| Failure::new(format_args!("{} is not installed", manager.command()), &retry))?;
  let status = Command::new(program).arg("install").current_dir(folder).stdin(Stdio::null()).stdout(io::stderr()).status();
  match status {
    Ok(status) if status.success() => Ok(()),
    Ok(status) => Err(Failure::new(format_args!("`{} install` failed: {status}", manager.command()), retry)),
    Err(error) => Err(Failure::new(format_args!("{} does not start: {error}", manager.command()), retry)),
  }
}
