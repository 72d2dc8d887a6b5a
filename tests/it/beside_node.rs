//! A program in the shell and in the real Node, one beside the other.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a program did.
pub(crate) struct Ended {
  pub(crate) code: Option<i32>,
  pub(crate) out: String,
  pub(crate) err: String,
}

/// A program in a folder with some files.
pub(crate) struct Case {
  pub(crate) folder: TempDir,
  variables: Vec<(&'static str, &'static str)>,
  input: &'static str,
}

pub(crate) fn case(files: &[(&str, &str)]) -> Case {
  let folder = tempfile::tempdir().expect("temporary folder");
  for (name, text) in files {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folder");
    fs::write(path, text).expect("file");
  }
  Case { folder, variables: Vec::new(), input: "" }
}

impl Case {
  pub(crate) fn with_variable(mut self, name: &'static str, value: &'static str) -> Self {
    self.variables.push((name, value));
    self
  }

  pub(crate) fn with_input(mut self, input: &'static str) -> Self {
    self.input = input;
    self
  }

  pub(crate) fn start(&self, program: &str, arguments: &[&str]) -> Ended {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(self.folder.path()).env_remove("NODE_OPTIONS").env("ELECTRON_RUN_AS_NODE", "1");
    command.envs(self.variables.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    // It may end without reading.
    let _ = child.stdin.take().expect("piped").write_all(self.input.as_bytes());
    let output = child.wait_with_output().expect("output");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
  }

  pub(crate) fn shell(&self, arguments: &[&str]) -> Ended {
    self.start(env!("CARGO_BIN_EXE_shell"), arguments)
  }

  /// Output and exit code are those of Node, and are what the test expects.
  #[track_caller]
  pub(crate) fn check(&self, arguments: &[&str], code: i32, out: &str) {
    let ours = self.shell(arguments);
    assert_eq!((ours.code, ours.out.as_str()), (Some(code), out), "{arguments:?}, standard error:\n{}", ours.err);
    let nodes = self.start("node", arguments);
    assert_eq!((nodes.code, nodes.out.as_str()), (Some(code), out), "Node itself differs for {arguments:?}:\n{}", nodes.err);
  }

  /// Both succeed and say the same, each of its own last argument. Gives what Node says.
  #[track_caller]
  pub(crate) fn check_same(&self, program: &str, [own, nodes]: [&str; 2]) -> String {
    let (ours, theirs) = (self.shell(&[program, own]), self.start("node", &[program, nodes]));
    assert_eq!((ours.code, theirs.code), (Some(0), Some(0)), "{}{}", ours.err, theirs.err);
    let said: Vec<_> = ours.out.lines().map(|line| line.replace(&format!("{own}/"), &format!("{nodes}/"))).collect();
    let expected: Vec<_> = theirs.out.lines().collect();
    let differing: Vec<_> = said.iter().zip(&expected).filter(|(said, expected)| said != *expected).collect();
    assert!(differing.is_empty() && said.len() == expected.len(), "{} lines, Node has {}: {differing:#?}", said.len(), expected.len());
    theirs.out
  }

  /// The program fails with this exit code, Node's too, and says all of `parts`.
  #[track_caller]
  pub(crate) fn check_fails(&self, arguments: &[&str], code: i32, parts: &[&str]) {
    let ours = self.shell(arguments);
    assert_eq!(ours.code, Some(code), "{arguments:?}\n{}{}", ours.out, ours.err);
    for part in parts {
      assert!(ours.err.contains(part), "{part:?} is missing for {arguments:?} in:\n{}", ours.err);
    }
    let nodes = self.start("node", arguments);
    assert_eq!(nodes.code, Some(code), "Node itself differs for {arguments:?}:\n{}", nodes.err);
  }
}
