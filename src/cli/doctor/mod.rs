//! `shell doctor`: what is installed, what is missing, and what mends it.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod platform;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod platform;

use std::env;
use std::process::{Command, ExitCode};

use clap::Args;
use console::{Color, style};
use serde::Serialize;
use serde_json::json;

use super::package_manager::{PackageManager, find_program};
use crate::app::ELECTRON_VERSION;
use crate::printer;

/// The Node that Vite and its tools run on.
const NODE: (u32, u32) = (20, 19);

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  shell doctor
  shell doctor --json      for a script: a list of checks, each with name, state, found and hint

The exit code is 1 when something is missing that apps cannot run without.")]
pub(super) struct Doctor {
  /// Print the checks as JSON
  #[arg(long)]
  json: bool,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
  Ok,
  /// Apps run, but something does not work, or works slowly.
  Warning,
  /// Apps do not run.
  Missing,
}

/// What was looked for, and what was found.
#[derive(Debug, Serialize)]
struct Check {
  name: &'static str,
  state: State,
  found: String,
  #[serde(skip_serializing_if = "Option::is_none")]
  hint: Option<String>,
}

impl Check {
  fn ok(name: &'static str, found: impl Into<String>) -> Self {
    Self { name, state: State::Ok, found: found.into(), hint: None }
  }

  fn warning(name: &'static str, found: impl Into<String>, hint: impl Into<String>) -> Self {
    Self { name, state: State::Warning, found: found.into(), hint: Some(hint.into()) }
  }

  #[cfg(target_os = "linux")]
  fn missing(name: &'static str, found: impl Into<String>, hint: impl Into<String>) -> Self {
    Self { name, state: State::Missing, found: found.into(), hint: Some(hint.into()) }
  }
}

/// Does what the command says.
pub(super) fn run(command: &Doctor) -> ExitCode {
  let executable = env::current_exe().map(|path| path.display().to_string()).unwrap_or_default();
  let mut checks = platform::checks();
  checks.push(node());
  checks.push(package_manager());
  if command.json {
    let report = json!({ "version": env!("CARGO_PKG_VERSION"), "electron": ELECTRON_VERSION, "executable": executable, "checks": checks });
    printer::output(&format!("{report:#}\n"));
  } else {
    printer::output(&format!("shell {}, the API of Electron {ELECTRON_VERSION}\n{executable}\n\n", env!("CARGO_PKG_VERSION")));
    checks.iter().for_each(show);
  }
  if checks.iter().any(|check| check.state == State::Missing) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn show(check: &Check) {
  let (word, color) = match check.state {
    State::Ok => ("ok", Color::Green),
    State::Warning => ("warning", Color::Yellow),
    State::Missing => ("missing", Color::Red),
  };
  printer::output(&format!("{} {:<16} {}\n", style(format!("{word:<8}")).fg(color), check.name, check.found));
  if let Some(hint) = &check.hint {
    printer::output(&format!("{:<26}{} {hint}\n", "", style("hint:").cyan()));
  }
}

/// Node runs what apps are built with, never the apps.
fn node() -> Check {
  let hint = format!("install Node {}.{} or later, see https://nodejs.org; apps run without it, Vite does not", NODE.0, NODE.1);
  let Some(version) = version_of("node") else {
    return Check::warning("Node", "not installed", hint);
  };
  let mut numbers = version.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
  let have = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
  if have < NODE { Check::warning("Node", version, hint) } else { Check::ok("Node", version) }
}

fn package_manager() -> Check {
  let found: Vec<_> = PackageManager::ALL
    .iter()
    .filter_map(|manager| version_of(manager.command()).map(|version| format!("{} {version}", manager.command())))
    .collect();
  match found.is_empty() {
    true => Check::warning("package manager", "none of npm, pnpm, yarn, bun", "install Node, which brings npm, see https://nodejs.org"),
    false => Check::ok("package manager", found.join(", ")),
  }
}

/// The version that a program tells.
fn version_of(program: &str) -> Option<String> {
  let output = Command::new(find_program(program)?).arg("--version").output().ok().filter(|output| output.status.success())?;
  let text = String::from_utf8_lossy(&output.stdout);
  text.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}
