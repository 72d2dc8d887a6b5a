//! The project's own scripts.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// CI makes the first check of other platforms, which takes a quarter of an hour, nowhere by itself.
#[test]
fn nothing_counts_as_checked_for_other_platforms_before_it_was() {
  let folder = tempfile::tempdir().expect("temporary folder");
  let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/check-cross.sh");
  // As on a machine that has none of the tools.
  let query = folder.path().join("dpkg-query");
  fs::write(&query, "#!/bin/sh\nexit 1\n").expect("file");
  fs::set_permissions(&query, fs::Permissions::from_mode(0o755)).expect("executable");
  let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
  let status = Command::new(script).arg("--is-warm").env("PATH", path).env("SHELL_CROSS_DIR", folder.path().join("cross")).status();
  assert_eq!(status.expect("the script starts").code(), Some(1));
}
