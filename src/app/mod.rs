//! From the process's arguments to a running app.

mod assemble;
mod faults;
pub mod manifest;
pub mod node_options;
pub(crate) mod paths;
pub mod role;
pub mod single_instance;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod thread_exit;

use std::process::ExitCode;

use crate::runtime::child::Kind;
use crate::{cli, printer};

pub use assemble::{AppConfig, ELECTRON_VERSION};
pub use role::Role;

/// The program. Decides what this process is to be and becomes it.
pub fn main() -> ExitCode {
  faults::end_on_panic();
  let arguments: Vec<String> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
  let environment = |name: &str| std::env::var(name).ok();
  let executable = std::env::current_exe().unwrap_or_else(|_| arguments.first().map(Into::into).unwrap_or_default());
  if let Err(error) = assemble::mount_own_archive(&executable) {
    return exit_code(Err(error));
  }
  let result = match Role::decide(&arguments, &environment, executable.parent()) {
    Role::Node(arguments) => crate::runtime::child::run(&arguments, Kind::Node),
    Role::Utility(arguments) => crate::runtime::child::run(&arguments, Kind::Utility),
    Role::Packaged { resources, app } => assemble::run_packaged(&resources, &app, &arguments),
    Role::CommandLine => return cli::run(&arguments),
  };
  exit_code(result)
}

/// Prints what went wrong, if anything, and gives the process's exit code.
pub(crate) fn exit_code(result: crate::error::Result<i32>) -> ExitCode {
  match result {
    // The system keeps the low eight bits, as it does for `exit`.
    Ok(code) => ExitCode::from(code as u8),
    Err(error) => {
      printer::error(&format!("error: {error}"));
      ExitCode::FAILURE
    }
  }
}

pub(crate) use assemble::run_app;
