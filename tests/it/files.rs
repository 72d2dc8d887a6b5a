//! `fs`, beside Node.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::beside_node::case;

/// A program says the same of a folder as in Node. Gives what that is.
fn same(program: &str) -> String {
  let case = case(&[("program.cjs", program)]);
  // The program may become another user.
  for folder in ["", "ours", "nodes"] {
    let path = case.folder.path().join(folder);
    fs::create_dir_all(&path).expect("folder");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
  }
  case.check_same("program.cjs", ["ours", "nodes"])
}

#[test]
fn access_is_what_node_says() {
  assert!(same(include_str!("file_access.cjs")).contains("of a group, 4: "));
}

#[test]
fn errors_are_those_of_node() {
  assert!(same(include_str!("file_errors.cjs")).contains("symlink(file,folder), promise: Error, EEXIST, -17, symlink, file, folder, "));
}
