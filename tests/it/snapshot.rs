//! What the snapshot holds of the Node layer.

use std::fs;
use std::process::Command;

/// Names all scripts whose text is not what was compiled: V8 reads the text of a function when it is called for the first time.
const SCRIPT: &str = r"
const { Session } = require('node:inspector');
const session = new Session();
session.connect();
const scripts = [];
session.on('Debugger.scriptParsed', ({ params }) => scripts.push(params));
session.post('Debugger.enable', () => {
  for (const { scriptId, url } of scripts) {
    session.post('Debugger.getScriptSource', { scriptId }, (error, found) => {
      if (error || found.scriptSource.includes('\0')) console.log('broken:', url);
    });
  }
  console.log(scripts.filter(({ url }) => url.startsWith('ext:deno_node/')).length > 50);
});
";

#[test]
fn scripts_of_the_snapshot_have_their_text() {
  let folder = tempfile::tempdir().expect("temporary folder");
  let script = folder.path().join("scripts.js");
  fs::write(&script, SCRIPT).expect("script");
  let output = Command::new(env!("CARGO_BIN_EXE_shell")).arg(&script).env("ELECTRON_RUN_AS_NODE", "1").output().expect("the shell starts");
  assert_eq!(String::from_utf8_lossy(&output.stdout), "true\n", "{}", String::from_utf8_lossy(&output.stderr));
}
