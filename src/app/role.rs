//! What this process is to be: the command line, a packaged app, or a headless Node child.

use std::path::{Path, PathBuf};

use crate::asar::mounted;

/// The duty of this process.
#[derive(Debug, PartialEq, Eq)]
pub enum Role {
  /// A child without a user interface that runs a script as Node would.
  Node(NodeStart),
  /// The executable lies beside its app's resources, or has them in itself.
  Packaged { resources: PathBuf },
  /// A person or a script called us.
  CommandLine,
}

/// What a headless child runs.
#[derive(Debug, PartialEq, Eq)]
pub struct NodeStart {
  /// Options of Node before the script (`--expose-gc`), as `process.execArgv` shows them.
  pub exec_arguments: Vec<String>,
  /// The script; `None` when only `-e` or nothing was given.
  pub script: Option<String>,
  /// Code given with `-e` or `--eval`; the flag says whether its value is printed (`-p`).
  pub eval: Option<(String, bool)>,
  /// What follows the script.
  pub arguments: Vec<String>,
}

/// Set by `child_process.fork` in the runtime crates: the module that the child runs.
pub const FORK_ENTRY_VARIABLE: &str = "DENO_INTERNAL_CHILD_ENTRYPOINT";
/// Electron's switch for a headless child of the same executable.
pub const RUN_AS_NODE_VARIABLE: &str = "ELECTRON_RUN_AS_NODE";

impl Role {
  /// Decides from the arguments (the program first), the environment and the executable's folder.
  pub fn decide(arguments: &[String], environment: &dyn Fn(&str) -> Option<String>, folder: Option<&Path>) -> Self {
    let given = |name: &str| environment(name).filter(|value| !value.is_empty());
    let rest = arguments.get(1..).unwrap_or_default();
    if let Some(module) = given(FORK_ENTRY_VARIABLE)
      && given("NODE_CHANNEL_FD").is_some()
    {
      // The script stands among the arguments too, after the options of Node.
      let at = rest.iter().position(|argument| *argument == module);
      return Self::Node(NodeStart {
        exec_arguments: at.map(|at| rest[..at].to_vec()).unwrap_or_default(),
        arguments: at.map(|at| rest[at + 1..].to_vec()).unwrap_or_default(),
        script: Some(module),
        eval: None,
      });
    }
    if given(RUN_AS_NODE_VARIABLE).is_some() {
      return Self::Node(NodeStart::parse(rest));
    }
    if rest.first().is_some_and(|first| first == "--run-as-node") {
      return Self::Node(NodeStart::parse(&rest[1..]));
    }
    if let Some(resources) = folder.map(|folder| folder.join("resources"))
      && (mounted(&resources.join("app.asar")).is_some() || resources.join("app").is_dir() || resources.join("app.asar").is_file())
    {
      return Self::Packaged { resources };
    }
    Self::CommandLine
  }
}

impl NodeStart {
  /// Reads arguments as Node does: options up to the first other argument, which is the script.
  fn parse(arguments: &[String]) -> Self {
    let mut start = Self { exec_arguments: Vec::new(), script: None, eval: None, arguments: Vec::new() };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
      match argument.as_str() {
        "-e" | "--eval" | "-p" | "--print" | "-pe" => {
          let print = argument.starts_with("-p") || argument == "--print";
          start.eval = rest.next().map(|code| (code.clone(), print));
          start.arguments = rest.cloned().collect();
          return start;
        }
        "-r" | "--require" | "--import" | "--conditions" | "-C" => {
          start.exec_arguments.push(argument.clone());
          start.exec_arguments.extend(rest.next().cloned());
        }
        "--" => {}
        option if option.starts_with('-') && option != "-" => start.exec_arguments.push(argument.clone()),
        _ => {
          start.script = Some(argument.clone());
          start.arguments = rest.cloned().collect();
          return start;
        }
      }
    }
    start
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

  fn node(exec_arguments: &[&str], script: Option<&str>, arguments: &[&str]) -> Role {
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_string()).collect();
    Role::Node(NodeStart { exec_arguments: owned(exec_arguments), script: script.map(Into::into), eval: None, arguments: owned(arguments) })
  }

  #[test]
  fn a_folder_is_for_the_command_line() {
    assert_eq!(decide(&["app", "--flag"], &[]), Role::CommandLine);
    assert_eq!(decide(&[], &[(RUN_AS_NODE_VARIABLE, "")]), Role::CommandLine);
  }

  #[test]
  fn run_as_node_takes_options_then_a_script() {
    let expected = node(&["--expose-gc", "-r", "x"], Some("a.js"), &["--own"]);
    assert_eq!(decide(&["--expose-gc", "-r", "x", "a.js", "--own"], &[(RUN_AS_NODE_VARIABLE, "1")]), expected);
    assert_eq!(decide(&["--run-as-node", "--expose-gc", "-r", "x", "a.js", "--own"], &[]), expected);
  }

  #[test]
  fn eval_takes_code() {
    let Role::Node(start) = decide(&["-p", "1 + 1", "x"], &[(RUN_AS_NODE_VARIABLE, "1")]) else { panic!() };
    assert_eq!(start.eval, Some(("1 + 1".into(), true)));
    assert_eq!(start.arguments, ["x"]);
  }

  #[test]
  fn a_forked_child_needs_its_channel() {
    let fork = (FORK_ENTRY_VARIABLE, "child.js");
    assert_eq!(
      decide(&["--no-warnings", "child.js", "a"], &[fork, ("NODE_CHANNEL_FD", "3")]),
      node(&["--no-warnings"], Some("child.js"), &["a"])
    );
    assert_eq!(decide(&["child.js"], &[fork]), Role::CommandLine);
  }
}
