//! `child_process`, beside Node.

use std::fs;

use crate::beside_node::case;

#[test]
fn what_cannot_be_started_is_told_in_every_way() {
  let program = r#"
    const { execFileSync, spawn, spawnSync } = require('node:child_process');
    const fs = require('node:fs');
    const words = (error) => error && [error.code, error.errno, error.syscall, error.path, error.message, error.status, error.signal];
    const cases = [['nothing'], ['./plain'], ['./folder'], ['true', { cwd: 'nothing' }], ['true', { stdio: [0, 1, 99999] }]];
    (async () => {
      for (const [file, options = {}] of cases) {
        const { error, status, signal, output, stdout, stderr } = spawnSync(file, [], options);
        console.log(file, words(error), status, signal, output, stdout, stderr);
        try {
          console.log(execFileSync(file, options));
        } catch (thrown) {
          console.log(file, words(thrown));
        }
        if (options.stdio) continue;
        const child = spawn(file, [], options);
        child.on('error', (told) => console.log(file, words(told), child.connected));
        await new Promise((resolve) => child.on('close', (code, by) => resolve(console.log(file, code, by))));
      }
      console.log(spawnSync('sh', ['-c', 'kill $$']).output.slice(0, 1), spawnSync('true').status);
    })();
  "#;
  let case = case(&[("program.cjs", program), ("plain", "")]);
  fs::create_dir(case.folder.path().join("folder")).expect("folder");
  let said = case.check_same("program.cjs", ["ours", "nodes"]);
  assert!(said.contains("'EACCES'") && said.contains("'EBADF'"), "{said}");
}
