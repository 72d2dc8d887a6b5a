//! `ELECTRON_RUN_AS_NODE=1` beside the real Node: the same arguments, the same standard input, the same output and exit code.

use std::fs;

use crate::beside_node::case;

#[test]
fn code_of_the_command_line() {
  let it = case(&[("lib.cjs", "exports.name = 'lib';"), ("lib.mjs", "export const name = 'module';")]);
  it.check(&["-p", "6 * 7"], 0, "42\n");
  it.check(&["-p", "({ a: 'x', b: [1, { c: 'y' }] })"], 0, "{ a: 'x', b: [ 1, { c: 'y' } ] }\n");
  it.check(&["-pe", "process.argv.slice(1)", "a", "b"], 0, "[ 'a', 'b' ]\n");
  it.check(&["-p", "-e", "process.execArgv"], 0, "[ '-p', '-e', 'process.execArgv' ]\n");
  it.check(&["-e", "console.log(process.argv.slice(1))", "--", "-a"], 0, "[ '-a' ]\n");
  it.check(&["-e", "console.log(require('./lib.cjs').name, __filename, fs.constants.R_OK, module.id)"], 0, "lib [eval] 4 [eval]\n");
  it.check(&["-e", "import('./lib.mjs').then((lib) => console.log(lib.name))"], 0, "module\n");
  it.check(&["-e", "import { name } from './lib.mjs'; console.log(name, typeof require)"], 0, "module undefined\n");
  it.check(&["--input-type=module", "-e", "console.log(await 3, import.meta.url.endsWith('/[eval1]'))"], 0, "3 true\n");
  it.check(&["--input-type=commonjs", "-e", "console.log(this === globalThis, typeof module)"], 0, "true object\n");
  // The global object is nobody's event target.
  it.check(
    &["-e", "const n = []; for (const k in globalThis) if (!Object.hasOwn(globalThis, k)) n.push(k); console.log(n, String(globalThis))"],
    0,
    "[] [object global]\n",
  );
}

/// Of a release build, which has less of that data, `make test-dist` asks the same.
#[test]
fn data_about_languages() {
  case(&[("languages.cjs", include_str!("languages.cjs"))]).check(&["languages.cjs"], 0, include_str!("languages.json"));
}

#[test]
fn code_of_standard_input() {
  let it = case(&[]).with_input("console.log(process.argv.length, process.argv.slice(1), __filename, require('os').EOL === '\\n')");
  it.check(&[], 0, "1 [] [stdin] true\n");
  it.check(&["-", "a", "-b"], 0, "4 [ '-', 'a', '-b' ] [stdin] true\n");
  case(&[]).with_input("export {}; console.log(await 1)").check(&[], 0, "1\n");
  case(&[]).with_input("export {}; console.log(await 1)").check(&["--input-type=module"], 0, "1\n");
}

#[test]
fn scripts() {
  let report = "console.log(require.main === module, process.argv.slice(2), process.execArgv, require('path').basename(process.argv[1]))";
  let it = case(&[
    ("main.js", report),
    ("folder/index.js", report),
    ("esm.mjs", "import { basename } from 'node:path'; console.log(await 1, basename(import.meta.filename), process.argv.slice(2));"),
    ("typed/package.json", "{\"type\": \"module\"}"),
    ("typed/main.js", "console.log(await 2, typeof require);"),
    ("ends.js", "process.on('exit', (code) => console.log('exit', code)); process.exitCode = 5;"),
  ]);
  it.check(&["main.js", "a", "--b"], 0, "true [ 'a', '--b' ] [] main.js\n");
  it.check(&["--no-warnings", "./main", "-e"], 0, "true [ '-e' ] [ '--no-warnings' ] main\n");
  it.check(&["folder"], 0, "true [] [] folder\n");
  it.check(&["esm.mjs", "x"], 0, "1 esm.mjs [ 'x' ]\n");
  it.check(&["typed/main.js"], 0, "2 undefined\n");
  it.check(&["ends.js"], 5, "exit 5\n");
}

#[test]
fn preloads_come_first_and_in_order() {
  let it = case(&[
    ("a.js", "console.log('a', process.argv.length)"),
    ("b.mjs", "await 1; console.log('b');"),
    ("c.mjs", "console.log('c');"),
    ("node_modules/pack/index.js", "console.log('pack')"),
    ("main.js", "console.log('main')"),
  ]);
  it.check(&["-r", "./a.js", "--require=pack", "--import", "./b.mjs", "--import", "./c.mjs", "main.js"], 0, "a 2\npack\nb\nc\nmain\n");
  it.check(&["-r", "pack", "-p", "1"], 0, "pack\n1\n");
  it.check_fails(&["-r", "./gone.js", "main.js"], 1, &["Cannot find module './gone.js'"]);
}

#[test]
fn options_of_the_environment() {
  let it =
    case(&[("a.js", "console.log('a')")]).with_variable("NODE_OPTIONS", "--require \"./a.js\" --no-warnings --max-old-space-size=300");
  it.check(&["-p", "process.execArgv.length + ' ' + (require('v8').getHeapStatistics().heap_size_limit > 290e6)"], 0, "a\n2 true\n");
  for (options, fault) in [
    ("-e 1", "-e is not allowed in NODE_OPTIONS"),
    ("--bogus", "--bogus is not allowed in NODE_OPTIONS"),
    ("--test", "--test is not allowed in NODE_OPTIONS"),
    ("\"x", "invalid value for NODE_OPTIONS (unterminated string)"),
  ] {
    case(&[]).with_variable("NODE_OPTIONS", options).check_fails(&["-p", "1"], 9, &[fault]);
  }
}

#[test]
fn files_of_variables() {
  let it = case(&[
    ("one.env", "A=1\nB='two words'\n# nothing\nSET=from file\nNODE_OPTIONS=--no-deprecation"),
    ("two.env", "B=over\nexport C=\"x\\ny\"\n"),
  ])
  .with_variable("SET", "from the environment");
  let show = "JSON.stringify([process.env.A, process.env.B, process.env.C, process.env.SET, process.noDeprecation])";
  it.check(&["--env-file=one.env", "--env-file", "two.env", "-p", show], 0, "[\"1\",\"over\",\"x\\ny\",\"from the environment\",true]\n");
  it.check_fails(&["--env-file=gone.env", "-p", "1"], 9, &["gone.env: not found"]);
  let ended = it.shell(&["--env-file-if-exists=gone.env", "-p", "1"]);
  assert_eq!((ended.code, ended.out.as_str()), (Some(0), "1\n"));
  assert!(ended.err.contains("gone.env not found. Continuing without it."), "{}", ended.err);
}

#[test]
fn bad_command_lines() {
  let it = case(&[]);
  it.check_fails(&["--no-such-option", "x.js"], 9, &["bad option: --no-such-option"]);
  it.check_fails(&["-e"], 9, &["-e requires an argument"]);
  it.check_fails(&["--require="], 9, &["--require= requires an argument"]);
  it.check_fails(&["--no-require", "x.js"], 9, &["--no-require is an invalid negation because it is not a boolean option"]);
  it.check_fails(&["--input-type=bad", "-e", "1"], 9, &["--input-type must be"]);
  it.check_fails(&["--unhandled-rejections=bad", "-e", "1"], 9, &["invalid value for --unhandled-rejections"]);
  it.check_fails(&["--check", "-e", "1"], 9, &["either --check or --eval can be used, not both"]);
  it.check_fails(&["gone.js"], 1, &["Error: Cannot find module", "gone.js", "code: 'MODULE_NOT_FOUND'"]);
  let ended = it.shell(&["--watch", "x.js"]);
  assert_eq!(ended.code, Some(9));
  assert!(ended.err.contains("--watch is an option of Node that is not supported"), "{}", ended.err);
  // What is off anyway.
  it.check(&["--no-preserve-symlinks", "--no-force-node-api-uncaught-exceptions-policy", "-p", "1"], 0, "1\n");
}

#[test]
fn versions() {
  let it = case(&[]);
  let ended = it.shell(&["--version"]);
  assert_eq!(ended.out.trim(), it.shell(&["-p", "process.version"]).out.trim());
  assert_eq!(it.shell(&["-v"]).code, Some(0));
}

#[test]
fn syntax_checks_run_nothing() {
  let it = case(&[
    ("good.js", "#!/usr/bin/env node\nconsole.log('ran'); return 1;"),
    ("good.mjs", "console.log('ran'); await 1; export default 1;"),
    ("bad.js", "const a = 1;\n  a b"),
    ("bad.mjs", "let x = ;"),
  ]);
  it.check(&["--check", "good.js"], 0, "");
  it.check(&["-c", "good.mjs"], 0, "");
  it.check_fails(&["-c", "bad.js"], 1, &["bad.js:2\n  a b\n    ^\n\nSyntaxError: Unexpected identifier 'b'"]);
  it.check_fails(&["-c", "bad.mjs"], 1, &["bad.mjs:1\nlet x = ;\n        ^\n\nSyntaxError: Unexpected token ';'"]);
  it.check_fails(&["-c", "gone.js"], 1, &["Cannot find module"]);
}

#[test]
fn uncaught_exceptions_end_the_process() {
  let it = case(&[
    ("throws.js", "process.on('exit', (code) => console.log('exit', code));\nfunction f() {\n\tthrow new TypeError('boom');\n}\nf();"),
    (
      "monitor.js",
      "process.on('uncaughtExceptionMonitor', (e, o) => console.log(e.message, o)); setTimeout(() => { throw new Error('late'); }, 1);",
    ),
    (
      "taken.js",
      "process.on('uncaughtException', (e, o) => console.log(e.message, o)); setTimeout(() => console.log('on'), 5); throw new Error('x');",
    ),
    ("once.js", "process.on('uncaughtException', (e, o) => console.log(e.message, o)); setTimeout(() => { throw new Error('x'); }, 1);"),
    ("again.js", "process.on('uncaughtException', () => { throw new Error('second'); }); throw new Error('first');"),
  ]);
  it.check(&["throws.js"], 1, "exit 1\n");
  it.check_fails(
    &["throws.js"],
    1,
    &["throws.js:3\n\tthrow new TypeError('boom');\n\t", "^\n\nTypeError: boom\n    at f (", "\n\nNode.js v"],
  );
  it.check(&["monitor.js"], 1, "late uncaughtException\n");
  it.check(&["taken.js"], 0, "x uncaughtException\non\n");
  it.check(&["once.js"], 0, "x uncaughtException\n");
  it.check_fails(&["again.js"], 7, &["second"]);
  it.check_fails(&["-e", "throw 5"], 1, &["5\n(Use `node --trace-uncaught ...` to show where the exception was thrown)\n\nNode.js v"]);
}

#[test]
fn unhandled_rejections() {
  let it = case(&[]);
  let reject = "setTimeout(() => console.log('on'), 20); Promise.reject(new Error('no'))";
  // The end comes long before, however slow it is.
  let ends = "setTimeout(() => console.log('on'), 20_000); Promise.reject(new Error('no'))";
  it.check(&["-e", ends], 1, "");
  it.check_fails(&["-e", "Promise.reject(3)"], 1, &["The promise rejected with the reason \"3\".", "code: 'ERR_UNHANDLED_REJECTION'"]);
  it.check(&["-e", &format!("process.on('unhandledRejection', (e) => console.log(e.message)); {reject}")], 0, "no\non\n");
  it.check(
    &["-e", &format!("process.on('uncaughtException', (e, o) => console.log(e.message, o)); {reject}")],
    0,
    "no unhandledRejection\non\n",
  );
  it.check(&["--unhandled-rejections=none", "-e", reject], 0, "on\n");
  it.check(&["--unhandled-rejections=warn", "-e", reject], 0, "on\n");
  it.check(&["--unhandled-rejections=warn-with-error-code", "-e", reject], 1, "on\n");
  it.check(
    &["--unhandled-rejections=strict", "-e", &format!("process.on('unhandledRejection', () => console.log('never')); {ends}")],
    1,
    "",
  );
  let warned = it.shell(&["--unhandled-rejections=warn", "-e", reject]);
  assert!(warned.err.contains("UnhandledPromiseRejectionWarning: Error: no"), "{}", warned.err);
}

#[test]
fn warnings() {
  let it = case(&[]);
  let warn = "process.emitWarning('careful', { code: 'W1' }); process.emitWarning('old', 'DeprecationWarning', 'DEP9');";
  let said = |options: &[&str]| {
    let ended = it.shell(&[options, &["-e", warn]].concat());
    (ended.code, ended.err.contains("careful"), ended.err.contains("old"))
  };
  assert_eq!(said(&[]), (Some(0), true, true));
  assert_eq!(said(&["--no-warnings"]), (Some(0), false, false));
  assert_eq!(said(&["--no-deprecation"]), (Some(0), true, false));
  assert_eq!(said(&["--disable-warning=W1"]), (Some(0), false, true));
  assert_eq!(said(&["--disable-warning=DeprecationWarning"]), (Some(0), true, false));
  it.check_fails(&["--throw-deprecation", "-e", warn], 1, &["DeprecationWarning: old"]);
  assert!(it.shell(&["--trace-warnings", "-e", warn]).err.contains("    at "));
  it.check(&["--title=my name", "-p", "process.title"], 0, "my name\n");
}

#[test]
fn signals_end_the_process_as_they_do_node() {
  let it = case(&[(
    "signal.js",
    "process.on('SIGTERM', () => { console.log('heard'); process.exit(4); }); setInterval(() => {}, 1000); process.kill(process.pid, 'SIGTERM');",
  )]);
  it.check(&["signal.js"], 4, "heard\n");
  let killed = it.shell(&["-e", "process.kill(process.pid, 'SIGKILL')"]);
  assert_eq!(killed.code, None, "a signal ended it");
}

#[test]
fn a_child_is_disconnected_by_a_parent_that_ends_with_a_message_unread() {
  for serialization in ["json", "advanced"] {
    let case = case(&[
      (
        "parent.js",
        "const fs = require('fs');
        const options = { serialization: process.argv[2], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] };
        require('child_process').fork('./child.js', options);
        setImmediate(() => {
          while (!fs.existsSync('sent'));
          process.kill(process.pid, 'SIGKILL');
        });",
      ),
      (
        "child.js",
        "process.on('disconnect', () => console.log('disconnected'));
        process.send('unread', () => require('fs').writeFileSync('sent', ''));",
      ),
    ]);
    for program in [env!("CARGO_BIN_EXE_shell"), "node"] {
      let _ = fs::remove_file(case.folder.path().join("sent"));
      // The child keeps the output open until it ends.
      let ended = case.start(program, &["parent.js", serialization]);
      assert_eq!((ended.code, ended.out.as_str()), (None, "disconnected\n"), "{program} {serialization}: {}", ended.err);
    }
  }
}

#[test]
fn children_are_nodes_too() {
  let it = case(&[
    (
      "child.js",
      "process.send({ argv: process.argv.slice(2), execArgv: process.execArgv, titles: [process.title] }); process.disconnect();",
    ),
    (
      "main.js",
      "const child = require('child_process').fork('./child.js', ['x'], { execArgv: ['--no-warnings', '--title=c'] });
       child.on('message', (m) => console.log(JSON.stringify(m))); child.on('exit', (code) => console.log(code));",
    ),
    ("exec.js", "console.log(require('child_process').execFileSync(process.execPath, ['-p', '1 + 1'], { encoding: 'utf8' }).trim())"),
  ]);
  it.check(&["main.js"], 0, "{\"argv\":[\"x\"],\"execArgv\":[\"--no-warnings\",\"--title=c\"],\"titles\":[\"c\"]}\n0\n");
  it.check(&["exec.js"], 0, "2\n");
}

#[test]
fn interactive_prompt() {
  let ended = case(&[]).with_input("const a = 20\na + 22\nawait Promise.resolve('later')\n.exit\n").shell(&["-i"]);
  assert_eq!(ended.code, Some(0), "{}", ended.err);
  for part in ["Welcome to Node.js v", "> ", "42", "'later'"] {
    assert!(ended.out.contains(part), "{part:?} is missing in {}", ended.out);
  }
}

const TESTS: &str = "
const test = require('node:test');
const assert = require('node:assert');
test('passes', () => {});
test('has parts', async (t) => { await t.test('inner', () => {}); });
test.skip('is skipped', () => {});
test('fails', () => { assert.strictEqual(1, 2); });
test.describe('suite', () => { test.it('is in it', () => {}); });
console.log('said by the file');
";

/// The lines of a report that hold counts.
fn totals(out: &str) -> Vec<&str> {
  let names = ["tests", "suites", "pass", "fail", "skipped"];
  out
    .lines()
    .filter_map(|line| line.strip_prefix("# "))
    .filter(|line| names.contains(&line.split(' ').next().unwrap_or_default()))
    .collect()
}

#[test]
fn test_runner_counts_as_node_does() {
  let it = case(&[
    ("a.test.js", TESTS),
    ("test/plain.js", "console.log('no test in here')"),
    ("test-typed.mjs", "import test from 'node:test'; await test('in a module', () => {});"),
    ("other.js", "throw new Error('this is no test')"),
    ("node_modules/x/a.test.js", "throw new Error('this is not ours')"),
  ]);
  let arguments = ["--test", "--test-reporter=tap"];
  let (ours, nodes) = (it.shell(&arguments), it.start("node", &arguments));
  assert_eq!(ours.code, Some(1), "{}{}", ours.out, ours.err);
  assert_eq!(totals(&ours.out), ["tests 8", "suites 1", "pass 6", "fail 1", "skipped 1"], "{}", ours.out);
  assert_eq!(totals(&ours.out), totals(&nodes.out), "{}", nodes.out);
  for part in
    ["TAP version 13\n", "# said by the file\n", "    ok 1 - inner\n", "not ok 4 - fails\n", "ok 3 - is skipped # SKIP\n", "1..7\n"]
  {
    assert!(ours.out.contains(part), "{part:?} is missing in\n{}", ours.out);
  }
}

#[test]
fn test_runner_chooses() {
  let it = case(&[("a.test.js", TESTS), ("b.test.js", "process.exit(3)")]);
  let ended = it.shell(&["--test", "--test-reporter=tap", "--test-name-pattern=inner|passes|is in", "a.test.js"]);
  assert_eq!(totals(&ended.out), ["tests 2", "suites 1", "pass 2", "fail 0", "skipped 0"], "{}", ended.out);
  assert_eq!(ended.code, Some(0));
  let ended = it.shell(&["--test", "--test-skip-pattern=/FAILS/i", "a.test.js"]);
  assert_eq!(ended.code, Some(0), "{}", ended.out);
  assert!(ended.out.contains("\u{25b6} has parts\n  \u{2714} inner "), "{}", ended.out);
  let ended = it.shell(&["--test", "b.test.js"]);
  assert_eq!(ended.code, Some(1));
  assert!(ended.out.contains("exit code 3"), "{}", ended.out);
  // A file alone runs its tests too.
  let ended = it.shell(&["a.test.js"]);
  assert_eq!(ended.code, Some(1));
  assert!(ended.out.contains("\u{2716} failing tests:"), "{}", ended.out);
}

/// Node of this version prints what a promise has become; older ones print that it waits.
#[test]
fn values_are_printed_at_the_end() {
  let it = case(&[]);
  let ended = it.shell(&["-p", "Promise.resolve().then(() => 42)"]);
  assert_eq!((ended.code, ended.out.as_str()), (Some(0), "Promise { 42 }\n"), "{}", ended.err);
}

#[test]
fn standard_input_that_nobody_ends_does_not_keep_a_process() {
  let it = case(&[("reads.js", "process.stdin.resume(); setTimeout(() => process.stdin.pause(), 10);")]);
  let start = "const child = require('child_process').spawn(process.execPath, ['reads.js'], { stdio: ['pipe', 'inherit', 'inherit'] });
    child.on('exit', (code) => { console.log('exit', code); process.exit(); });";
  it.check(&["-e", start], 0, "exit 0\n");
}

#[test]
fn methods_of_the_console_are_no_constructors() {
  let it = case(&[]);
  it.check(
    &["-e", "for (const name of ['log', 'dir', 'table']) try { new console[name](); } catch (e) { console.log(e.name); }"],
    0,
    "TypeError\nTypeError\nTypeError\n",
  );
}

/// A worker thread has the globals of Node, not those of a page's worker.
#[test]
fn globals_of_worker_threads() {
  let it = case(&[]);
  let start = "new (require('worker_threads').Worker)('console.log(String(globalThis), typeof self, typeof name, typeof close, typeof location, Object.keys(globalThis).includes(\"postMessage\"))', { eval: true })";
  it.check(&["-e", start], 0, "[object global] undefined undefined undefined undefined false\n");
}

/// Ticks before reactions, and nobody hears of a rejection that is handled in a tick.
#[test]
fn turns_of_the_first_script() {
  let script = "process.on('unhandledRejection', () => console.log('unhandled'));
    const late = Promise.reject(new Error('late'));
    Promise.resolve().then(() => console.log('reaction')).then(() => process.nextTick(() => late.catch(() => console.log('handled'))));
    process.nextTick(() => console.log('tick'));";
  let it = case(&[("main.js", script), ("first.js", "")]);
  let expected = "tick\nreaction\nhandled\n";
  it.check(&["main.js"], 0, expected);
  it.check(&["-r", "./first.js", "main.js"], 0, expected);
  it.check(&["-e", script], 0, expected);
}

/// The system's usual limit is 1,024 files; both programs take what they may have.
#[cfg(unix)]
#[test]
fn more_files_than_the_usual_limit() {
  let code = "const fs = require('fs'); for (let n = 0; n < 300; n += 1) fs.openSync('a.txt'); console.log('opened')";
  for program in [env!("CARGO_BIN_EXE_shell"), "node"] {
    let ended = case(&[("a.txt", "")]).start("sh", &["-c", "ulimit -Sn 128; exec \"$@\"", "sh", program, "-e", code]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), "opened\n"), "{program}: {}", ended.err);
  }
}

/// What a compiler of TypeScript makes of `src/fail.ts`.
const FAIL_TS: &str =
  "interface Shape {\n  name: string;\n}\n\nexport function fail(shape: Shape): never {\n  throw new Error(shape.name);\n}\n";
const FAIL_JS: &str =
  "\"use strict\";\nexports.fail = fail;\nfunction fail(shape) {\n    throw new Error(shape.name);\n}\n//# sourceMappingURL=";
const FAIL_MAP: &str = r#"{"version":3,"file":"fail.js","sourceRoot":"","sources":["../src/fail.ts"],"names":[],"mappings":";AAIA,oBAEC;AAFD,SAAgB,IAAI,CAAC,KAAY;IAC/B,MAAM,IAAI,KAAK,CAAC,KAAK,CAAC,IAAI,CAAC,CAAC;AAC9B,CAAC"}"#;

#[test]
fn source_maps_count_when_the_program_asks_for_them() {
  use base64::Engine as _;

  let inline = format!("{FAIL_JS}data:application/json;base64,{}", base64::engine::general_purpose::STANDARD.encode(FAIL_MAP));
  let it = case(&[
    ("src/fail.ts", FAIL_TS),
    ("out/fail.js", &format!("{FAIL_JS}fail.js.map\n")),
    ("out/fail.js.map", FAIL_MAP),
    ("inline/fail.js", &inline),
    ("out/none.js", &format!("{FAIL_JS}gone.js.map")),
    ("out/bad.js", &format!("{FAIL_JS}data:application/json;base64,bad")),
    (
      "main.js",
      "const show = (error) => console.log(error.stack.split('\\n')[1].trim().replaceAll(__dirname, '.'));
const run = (fail) => { try { fail({ name: 'x' }); } catch (error) { show(error); } };
for (const file of ['out/fail', 'inline/fail', 'out/none', 'out/bad']) run(require(`./${file}.js`).fail);",
    ),
    (
      "set.js",
      "const before = process.sourceMapsEnabled;
process.setSourceMapsEnabled(true);
console.log(before, process.sourceMapsEnabled);
require('./main.js');
try { process.setSourceMapsEnabled(1); } catch (error) { console.log(error.name, error.code, error.message); }
new (require('worker_threads').Worker)('console.log(process.sourceMapsEnabled)', { eval: true });",
    ),
  ]);
  let made = |folder: &str| format!("at fail (./{folder}.js:4:11)\n");
  let source = "at fail (./src/fail.ts:6:9)\n";
  let rest = [made("out/none"), made("out/bad")].concat();
  it.check(&["main.js"], 0, &[made("out/fail"), made("inline/fail"), rest.clone()].concat());
  it.check(&["--enable-source-maps", "main.js"], 0, &[source, source, &rest].concat());
  let refused = "TypeError ERR_INVALID_ARG_TYPE The \"val\" argument must be of type boolean. Received type number (1)\n";
  it.check(&["set.js"], 0, &["false true\n", source, source, &rest, refused, "false\n"].concat());
  it.check(
    &["--enable-source-maps", "-e", "new (require('worker_threads').Worker)('console.log(process.sourceMapsEnabled)', { eval: true })"],
    0,
    "true\n",
  );
}

#[test]
fn frames_of_typescript_name_its_lines() {
  let text = "interface Shape { name: string }\n\nenum Kind { a, b }\nfunction fail(shape: Shape): never { throw new Error(shape.name + Kind.b); }\n";
  let call = "try { fail({ name: 'x' }); } catch (error) { console.log((error as Error).stack!.split('\\n').slice(0, 2).join()); }\n";
  let it = case(&[
    ("a.cts", &[text, call].concat()),
    ("a.mts", &[text, call].concat()),
    ("uncaught.cts", &[text, "\nfail({ name: 'y' });"].concat()),
  ]);
  let folder = it.folder.path().display().to_string();
  assert_eq!(it.shell(&["a.cts"]).out.replace(&folder, ""), "Error: x1,    at fail (/a.cts:4:44)\n");
  assert_eq!(it.shell(&["a.mts"]).out.replace(&folder, ""), "Error: x1,    at fail (file:///a.mts:4:44)\n");
  let ended = it.shell(&["uncaught.cts"]);
  assert_eq!(ended.code, Some(1));
  for part in ["/uncaught.cts:4\nfunction fail(shape: Shape): never", "\n    at fail (/", "/uncaught.cts:4:44)\n", "/uncaught.cts:6:1)\n"] {
    assert!(ended.err.contains(part), "{part:?} is not in: {}", ended.err);
  }
}

#[test]
fn frames_of_common_js_modules_name_paths() {
  let lines = "const lines = (error) => error.stack.split('\\n').slice(1, 3).map((line) => line.trim().replaceAll(__dirname, '.'));";
  let it = case(&[
    ("a b.js", &[lines, "\nexports.f = (g) => g();\nexports.lines = lines;"].concat()),
    ("m.mjs", "export const g = () => { throw new Error('x'); };"),
    (
      "main.js",
      "const { f, lines } = require('./a b.js');
import('./m.mjs').then(({ g }) => { try { f(g); } catch (error) { console.log(lines(error)); } });
try { f(() => eval('null.x')); } catch (error) { console.log(lines(error)); }
Error.prepareStackTrace = (error, sites) => sites[0].getFileName() + ' file://' + __filename + ':1:1';
console.log(new Error('y').stack.replaceAll(__dirname, '.'));
Error.prepareStackTrace = undefined;",
    ),
  ]);
  let out =
    "[\n  'at eval (eval at <anonymous> (./main.js:3:15), <anonymous>:1:6)',\n  'at ./main.js:3:15'\n]\n./main.js file://./main.js:1:1\n";
  it.check(&["main.js"], 0, &[out, "[ 'at g (file://./m.mjs:1:32)', 'at exports.f (./a b.js:2:20)' ]\n"].concat());
}

#[test]
fn messages_of_a_child_come_before_its_end() {
  let main = "const { fork } = require('child_process');
let wrong = 0;
const one = () => new Promise((resolve) => {
  let received = 0;
  const child = fork('./child.js');
  child.on('message', () => { received += 1; });
  child.on('exit', () => { if (received !== 5) wrong += 1; resolve(); });
});
(async () => {
  for (let turn = 0; turn < 8; turn++) await Promise.all(Array.from({ length: 6 }, one));
  console.log(wrong);
})();";
  let it = case(&[("main.js", main), ("child.js", "for (let i = 0; i < 5; i++) process.send('x'.repeat(5000)); process.disconnect();")]);
  it.check(&["main.js"], 0, "0\n");
}
