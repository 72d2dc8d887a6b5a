//! `fs.access`, beside Node.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::beside_node::case;

#[test]
fn access_is_what_node_says() {
  let case = case(&[("access.cjs", include_str!("file_access.cjs"))]);
  let open = |folder: &str| {
    let path = case.folder.path().join(folder);
    fs::create_dir(&path).expect("folder");
    for path in [case.folder.path(), &path] {
      fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
  };
  open("ours");
  open("nodes");
  let ours = case.shell(&["access.cjs", "ours"]);
  let nodes = case.start("node", &["access.cjs", "nodes"]);
  assert_eq!((ours.code, nodes.code), (Some(0), Some(0)), "{}{}", ours.err, nodes.err);
  assert!(nodes.out.contains("EACCES") || nodes.out.starts_with("0, "), "{}", nodes.out);
  assert_eq!(ours.out.replace("ours/", "nodes/"), nodes.out);
}
