//! What this process is to be: the command line, a packaged app, or a headless Node child.

use std::path::{Path, PathBuf};

use crate::asar::mounted;

/// The duty of this process.
#[derive(Debug, PartialEq, Eq)]
pub enum Role {
  /// A child without a user interface that behaves as Node. These are Node's arguments, the program not among them.
  Node(Vec<String>),
  /// A child of `utilityProcess.fork`, with the same arguments.
  Utility(Vec<String>),
  /// The executable lies beside its app's resources, or has them in itself.
  Packaged { resources: PathBuf, app: PathBuf },
  /// A person or a script called us.
  CommandLine,
}

/// Names of the app among the resources, in the order in which Electron looks for them.
const APPS: &[&str] = &["app.asar", "app", "default_app.asar"];

/// Set by `child_process.fork` in the runtime crates: the module that the child runs, which stands among the arguments too.
pub const FORK_ENTRY_VARIABLE: &str = "DENO_INTERNAL_CHILD_ENTRYPOINT";
/// Electron's switch for a headless child of the same executable.
pub const RUN_AS_NODE_VARIABLE: &str = "ELECTRON_RUN_AS_NODE";

/// Set by `utilityProcess.fork` for its child.
pub const UTILITY_VARIABLE: &str = "SHELL_UTILITY_PROCESS";

impl Role {
  /// Decides from the arguments (the program first), the environment and the executable's folder.
  pub fn decide(arguments: &[String], environment: &dyn Fn(&str) -> Option<String>, folder: Option<&Path>) -> Self {
    let given = |name: &str| environment(name).filter(|value| !value.is_empty());
    let rest = arguments.get(1..).unwrap_or_default();
    if given(UTILITY_VARIABLE).is_some() && given("NODE_CHANNEL_FD").is_some() {
      return Self::Utility(rest.to_vec());
    }
    let forked = given(FORK_ENTRY_VARIABLE).is_some() && given("NODE_CHANNEL_FD").is_some();
    if forked || given(RUN_AS_NODE_VARIABLE).is_some() {
      return Self::Node(rest.to_vec());
    }
    if rest.first().is_some_and(|first| first == "--run-as-node") {
      return Self::Node(rest[1..].to_vec());
    }
    let resources = folder.map(|folder| folder.join("resources"));
    let app = resources
      .as_ref()
      .and_then(|resources| APPS.iter().map(|name| resources.join(name)).find(|app| mounted(app).is_some() || app.exists()));
    match (resources, app) {
      (Some(resources), Some(app)) => Self::Packaged { resources, app },
      _ => Self::CommandLine,
    }
  }
}

#[cfg(test)]
mod tests {
  use super::*;

  fn decide(arguments: &[&str], environment: &[(&str, &str)]) -> Role {
    let arguments: Vec<String> = std::iter::once("shell").chain(arguments.iter().copied()).map(Into::into).collect();
    let environment = |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_string());
    Role::decide(&arguments, &environment, None)
  }

  fn node(arguments: &[&str]) -> Role {
    Role::Node(arguments.iter().map(|text| (*text).to_string()).collect())
  }

  #[test]
  fn a_folder_is_for_the_command_line() {
    assert_eq!(decide(&["app", "--flag"], &[]), Role::CommandLine);
    assert_eq!(decide(&[], &[(RUN_AS_NODE_VARIABLE, "")]), Role::CommandLine);
  }

  #[test]
  fn the_archive_comes_before_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let resources = folder.path().join("resources");
    let decide = || Role::decide(&["shell".into()], &|_| None, Some(folder.path()));
    assert_eq!(decide(), Role::CommandLine);
    for name in ["default_app.asar", "app", "app.asar"] {
      std::fs::create_dir_all(resources.join(name)).unwrap();
      assert_eq!(decide(), Role::Packaged { resources: resources.clone(), app: resources.join(name) });
    }
  }

  #[test]
  fn run_as_node_takes_all_arguments() {
    assert_eq!(decide(&["-r", "x", "a.js"], &[(RUN_AS_NODE_VARIABLE, "1")]), node(&["-r", "x", "a.js"]));
    assert_eq!(decide(&["--run-as-node", "-r", "x", "a.js"], &[]), node(&["-r", "x", "a.js"]));
  }

  #[test]
  fn a_utility_process_needs_its_channel() {
    let utility = (UTILITY_VARIABLE, "1");
    assert_eq!(decide(&["a.js"], &[utility, ("NODE_CHANNEL_FD", "3")]), Role::Utility(vec!["a.js".into()]));
    assert_eq!(decide(&["a.js"], &[utility]), Role::CommandLine);
  }

  #[test]
  fn a_forked_child_needs_its_channel() {
    let fork = (FORK_ENTRY_VARIABLE, "child.js");
    assert_eq!(decide(&["--no-warnings", "child.js", "a"], &[fork, ("NODE_CHANNEL_FD", "3")]), node(&["--no-warnings", "child.js", "a"]));
    assert_eq!(decide(&["child.js"], &[fork]), Role::CommandLine);
  }
}
