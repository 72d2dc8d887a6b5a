//! What the snapshot of headless children holds of the Node layer. That of the main process, which only release builds have, is looked at by `make test-dist`.

use std::path::Path;
use std::process::Command;

// A part of the build script, which has no tests of its own.
#[path = "../../src/runtime/snapshot/squeeze.rs"]
mod squeeze;

#[test]
fn scripts_of_the_snapshot_have_their_text() {
  let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshot-scripts.cjs");
  let output = Command::new(env!("CARGO_BIN_EXE_shell")).arg(&script).env("ELECTRON_RUN_AS_NODE", "1").output().expect("the shell starts");
  assert_eq!(String::from_utf8_lossy(&output.stdout), "true false\n", "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn squeezed_scripts_keep_their_tokens_and_lines() {
  let source = "// words\nconst  text = `a  ${ /* c */ x + +y }  // kept\n   z`, /* gone */ re = /a  \\/\\/ b/g;\n\n\n  let q = a / b / c  // d\n  q++\nreturn_: for (;;) { break  return_ }\n";
  let expected =
    "\nconst text=`a  ${x + +y}  // kept\n   z`,re=/a  \\/\\/ b/g;\n\n\nlet q=a / b / c\nq++\nreturn_:for(;;){break return_}\n";
  assert_eq!(squeeze::squeeze(source).expect("it can be parsed"), expected);
}

#[test]
fn squeezed_scripts_are_ascii() {
  assert_eq!(squeeze::squeeze("x = 'ä \u{1F600}'; // ö").expect("it can be parsed"), "x='\\u00e4 \\ud83d\\ude00';\n");
}

#[test]
fn what_is_no_script_is_not_squeezed() {
  assert!(squeeze::squeeze("const = 1").is_err());
}
