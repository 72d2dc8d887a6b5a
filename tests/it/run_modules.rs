//! Modules of programs beside the real Node: ES modules, CommonJS, TypeScript, and what each says when it cannot be loaded.

use std::fs;

use crate::beside_node::case;

/// The runtime makes an error of its own of what such a module throws; the program must see the thrown value.
#[test]
fn what_a_required_es_module_throws_is_what_require_throws() {
  let it = case(&[
    ("throws.mjs", "export const kept = 1; throw Object.assign(new RangeError('no', { cause: new Error('n') }), { code: 'MINE', more: [1] });"),
    ("text.mjs", "throw 'a text';"),
    ("nothing.mjs", "throw undefined;"),
    ("frozen.mjs", "export const same = globalThis.same = Object.freeze(Object.assign(new Error(''), { name: '' })); throw same;"),
    ("syntax.mjs", "export const = 1;"),
    ("deep.mjs", "import './throws.mjs';"),
    ("own.mjs", "class Mine extends Error { name = 'Mine' } throw new Mine('own', { cause: new Error('of own') });"),
    ("catches.cjs", "try { require('./throws.mjs') } catch (error) { module.exports = error; }"),
    ("inner.mjs", "import error from './catches.cjs'; throw new Error('outer', { cause: error });"),
    ("gone.mjs", "import './not-there.mjs';"),
    (
      "main.js",
      "const tell = (name) => { try { require(name); return 'nothing' } catch (error) { return error } };
       const first = tell('./throws.mjs');
       console.log(first instanceof RangeError, first.message, first.code, first.more, first.cause.message, first === tell('./throws.mjs'), first === tell('./deep.mjs'));
       console.log(tell('./text.mjs'), tell('./nothing.mjs'), tell('./frozen.mjs') === globalThis.same, tell('./own.mjs').name, tell('./own.mjs').message);
       const syntax = tell('./syntax.mjs');
       console.log(syntax instanceof SyntaxError, syntax.name, syntax.message);
       const outer = tell('./inner.mjs');
       console.log(outer.message, outer.cause === first, tell('./gone.mjs').code, tell('./gone.mjs').name);
       import('./throws.mjs').catch((error) => console.log(error === first));",
    ),
    ("one.mjs", "import './two.cjs';"),
    ("two.cjs", "require('./one.mjs');"),
    ("uncaught.js", "require('./throws.mjs');"),
  ]);
  it.check(
    &["main.js"],
    0,
    "true no MINE [ 1 ] n true true\na text undefined true Mine own\ntrue SyntaxError Unexpected token '='\nouter true ERR_MODULE_NOT_FOUND Error\ntrue\n",
  );
  it.check_fails(&["one.mjs"], 1, &["ERR_REQUIRE_CYCLE_MODULE"]);
  it.check_fails(&["uncaught.js"], 1, &["RangeError: no", "MINE", "throws.mjs:1"]);
}

/// Whoever imports a file by two names must not get two of what is in it.
#[test]
#[cfg(unix)]
fn an_es_module_is_one_by_whatever_link() {
  let it = case(&[
    ("real/a.mjs", "export const object = {}; export const { url } = import.meta; export { default as dep } from 'dep';"),
    ("real/node_modules/dep/package.json", r#"{"name": "dep", "exports": "./index.mjs"}"#),
    ("real/node_modules/dep/index.mjs", "export default 'of the real folder';"),
    (
      "main.mjs",
      "import * as real from './real/a.mjs';
       import * as folder from './folder/a.mjs';
       import * as file from './file.mjs';
       const dynamic = await import(new URL('./folder/a.mjs', import.meta.url));
       console.log([folder, file, dynamic].map(({ object }) => object === real.object), file.url.endsWith('/real/a.mjs'), file.dep);
       console.log((await import('./folder/a.mjs?query')).object === real.object, (await import('./folder/a.mjs?query')).url.endsWith('/real/a.mjs?query'));",
    ),
  ]);
  std::os::unix::fs::symlink("real", it.folder.path().join("folder")).expect("link");
  std::os::unix::fs::symlink("real/a.mjs", it.folder.path().join("file.mjs")).expect("link");
  it.check(&["main.mjs"], 0, "[ true, true, true ] true of the real folder\nfalse true\n");
}

/// Programs look at the code of what `import()` is rejected with, to do without a module.
#[test]
fn what_import_is_rejected_with_is_nodes_error() {
  let it = case(&[
    ("x.unknown", "x"),
    ("folder/index.js", ""),
    ("child.mjs", "import './gone.mjs';"),
    ("data.json", "{}"),
    ("node_modules/broken/package.json", "{"),
    (
      "ours.mjs",
      "const code = (name) => import(name).catch((error) => error.code);
       console.log(await code('./data.json'), await code('data:application/json,1'), await code('broken'));
       const missing = () => code('./missing.json');
       console.log(await missing(), await import('./missing.json', { with: { type: 'json' } }).catch((error) => error.code), await missing());
       console.log((await import('./data.json', { with: { type: 'json' } })).default, (await import('data:text/javascript,export default \\'a?b\\'')).default);",
    ),
    ("node_modules/closed/package.json", r#"{"name": "closed", "exports": {"./open": "./open.js"}}"#),
    (
      "main.mjs",
      "import { writeFileSync } from 'node:fs';
       const tell = async (name) => {
         try {
           await import(name);
           console.log('loaded', name);
         } catch (error) {
           const text = error.message.replaceAll(import.meta.dirname, '');
           console.log(error.name, error.code, text.split('\\n')[0], Object.keys(error).includes('code'), error.stack.startsWith(`${error.name} [${error.code}]: `));
         }
       };
       await tell('not-a-package');
       await tell('./missing.mjs');
       await tell(new URL('missing.mjs', import.meta.url).href);
       await tell('node:nope');
       await tell('http://x/y.js');
       await tell('./x.unknown');
       await tell('./x.unknown');
       await tell('./folder');
       await tell('data:text/css,a');
       await tell('closed/shut');
       await tell('#none');
       await tell('./child.mjs');
       await tell('./later.mjs');
       await tell('./later.mjs');
       writeFileSync(new URL('./later.mjs', import.meta.url), '');
       await tell('./later.mjs');",
    ),
  ]);
  let ours = it.shell(&["main.mjs"]);
  std::fs::remove_file(it.folder.path().join("later.mjs")).expect("made by the program");
  let nodes = it.start("node", &["main.mjs"]);
  assert_eq!(ours.out, nodes.out, "{}", ours.err);
  assert_eq!(ours.out.matches(" true true\n").count(), 14, "{}", ours.out);
  // Node 20 has other names for it.
  let ours = it.shell(&["ours.mjs"]);
  let missing = "ERR_MODULE_NOT_FOUND";
  let expected = format!(
    "ERR_IMPORT_ATTRIBUTE_MISSING ERR_IMPORT_ATTRIBUTE_MISSING ERR_INVALID_PACKAGE_CONFIG\n{missing} {missing} {missing}\n{{}} a?b\n"
  );
  assert_eq!(ours.out, expected, "{}", ours.err);
  it.check_fails(
    &["child.mjs"],
    1,
    &["Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/", "child.mjs {\n  code: 'ERR_MODULE_NOT_FOUND'\n}"],
  );
}

#[test]
fn typescript_without_a_file() {
  let ended = case(&[]).shell(&["--input-type=module-typescript", "-e", "const n: number = 4; console.log(n); export {}"]);
  assert_eq!((ended.code, ended.out.as_str()), (Some(0), "4\n"), "{}", ended.err);
}

#[test]
fn unsettled_top_level_await() {
  let it = case(&[("waits.mjs", "process.on('exit', (code) => console.log('exit', code));\nawait new Promise(() => {});")]);
  it.check_fails(&["waits.mjs"], 13, &[]);
  let ended = it.shell(&["waits.mjs"]);
  // As in newer versions of Node than the one beside us may be.
  assert_eq!(ended.out, "exit 13\n");
  assert_eq!(ended.err.matches("Warning: Detected unsettled top-level await at").count(), 1, "{}", ended.err);
  assert!(ended.err.contains("waits.mjs:2"), "{}", ended.err);
}

#[test]
fn conditions_of_packages() {
  let it = case(&[
    ("node_modules/p/package.json", r#"{"exports": {"mine": "./mine.js", "node": "./node.js"}}"#),
    ("node_modules/p/mine.js", "module.exports = 'mine'"),
    ("node_modules/p/node.js", "module.exports = 'node'"),
  ]);
  it.check(&["-p", "require('p')"], 0, "node\n");
  it.check(&["-C", "mine", "-p", "require('p')"], 0, "mine\n");
  it.check(&["--conditions=mine", "--input-type=module", "-e", "import p from 'p'; console.log(p)"], 0, "mine\n");
}

#[test]
fn code_that_is_a_module_has_the_builtin_modules() {
  let it = case(&[]);
  it.check(&["--input-type=module", "-e", "console.log(typeof assert.ok, typeof fs.readFileSync)"], 0, "function function\n");
}

#[test]
fn modules_and_scripts_beside_each_other() {
  let it = case(&[
    ("package.json", r#"{ "type": "module" }"#),
    // No package of its own: not of the type of the package around `node_modules`.
    ("node_modules/lone/index.js", "module.exports = { alone: typeof module };"),
    ("node_modules/lone/named.js", "exports.named = 1;"),
    (
      "main.js",
      "import lone from './node_modules/lone/index.js'; import { named } from './node_modules/lone/named.js'; console.log(lone.alone, named);",
    ),
    ("all.cjs", "module.exports = require('./names.mjs');"),
    ("names.mjs", "export const one = 1; export default 2;"),
    ("again.mjs", "import { one } from './all.cjs'; console.log(one);"),
    ("file.unknown", "export {};"),
    ("unknown.mjs", "import './file.unknown';"),
  ]);
  it.check(&["main.js"], 0, "object 1\n");
  // Node of the version that is beside us needs an option for it.
  let ended = it.shell(&["again.mjs"]);
  assert_eq!((ended.code, ended.out.as_str()), (Some(0), "1\n"), "{}", ended.err);
  it.check_fails(&["unknown.mjs"], 1, &["Unknown file extension \".unknown\" for ", "file.unknown"]);
}

#[test]
fn the_main_module_knows_itself() {
  // Node 20 has no `import.meta.main`.
  let print = "import './other.mjs';\nconsole.log(import.meta.main);\n";
  let files = [
    ("main.mjs", print),
    ("other.mjs", "console.log(import.meta.main);\n"),
    ("bin", &*format!("#!/usr/bin/env node\n{print}")),
    ("untold.js", print),
    ("main.mts", print),
  ];
  let case = case(&files);
  for script in ["main.mjs", "untold.js", "main.mts"] {
    assert_eq!(case.shell(&[script]).out, "false\ntrue\n", "{script}");
  }
  fs::write(case.folder.path().join("package.json"), "{\"type\":\"module\"}").expect("file");
  assert_eq!(case.shell(&["bin"]).out, "false\ntrue\n");
  assert_eq!(case.shell(&["--input-type=module", "-e", "console.log(import.meta.main)"]).out, "true\n");
  // Another program's main module is not this one's.
  assert_eq!(case.shell(&["--input-type=module", "-e", "import './main.mjs'"]).out, "false\nfalse\n");
  // Who does not ask finds the text as it was written.
  let place = "throw new Error('here');\n";
  fs::write(case.folder.path().join("place.mjs"), place).expect("file");
  assert!(case.shell(&["place.mjs"]).err.contains("place.mjs:1:7"));
}
