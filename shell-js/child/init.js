/**
 * The start of a headless child, in the order in which it must happen.
 */

// First: it closes the door to native code before anything else is evaluated.
import { isOn, lastOf, start } from './binding.js';
// Before any code of the program: an exception in its first line must already be reported.
import { fatal } from './fatal.js';
import { applyOptions } from './options.js';
import { checkSyntax, preload, runCode, runScript } from './programs.js';
import process from 'node:process';

/** What to do, as Node chooses it. @returns {() => Promise<void>} */
function choose() {
  const code = lastOf('--eval');
  if (code !== undefined && !isOn('--interactive')) return () => runCode(code, '[eval]');
  if (isOn('--check')) return checkSyntax;
  if (isOn('--test')) return async () => (await import('./test-runner.js')).runTests();
  if (start.script !== null && start.script !== '-') return () => runScript(/** @type {string} */ (start.script));
  if (isOn('--interactive') || process.getBuiltinModule('tty').isatty(0)) return async () => (await import('./repl.js')).startRepl(code);
  return async () => runCode(await readStandardInput(), '[stdin]');
}

/** @returns {Promise<string>} */
async function readStandardInput() {
  process.stdin.setEncoding('utf8');
  let code = '';
  for await (const part of process.stdin) code += part;
  return code;
}

// `node:test` leaves it to the runtime below to run what was registered. The host is loaded by the first test.
/** @type {any} */
const runtime = globalThis.Deno;
runtime.test = (/** @type {any} */ test) => {
  void import('./test-host.js').then(({ register }) => register(test));
};

async function run() {
  applyOptions();
  if (start.isUtility) await (await import('./utility.js')).becomeUtility();
  const program = choose();
  await preload();
  await program();
}

// Not awaited: a program that awaits forever at its top level must not keep this module, and with it the runtime's event loop, from ending.
run().catch((error) => fatal(error, true));
