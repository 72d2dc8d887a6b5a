//! What the snapshot of headless children holds of the Node layer. That of the main process, which only release builds have, is looked at by `make test-dist`.

use std::path::Path;
use std::process::Command;

#[test]
fn scripts_of_the_snapshot_have_their_text() {
  let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshot-scripts.cjs");
  let output = Command::new(env!("CARGO_BIN_EXE_shell")).arg(&script).env("ELECTRON_RUN_AS_NODE", "1").output().expect("the shell starts");
  assert_eq!(String::from_utf8_lossy(&output.stdout), "true false\n", "{}", String::from_utf8_lossy(&output.stderr));
}
