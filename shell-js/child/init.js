/**
 * The start of a headless child, in the order in which it must happen.
 */

// First: it closes the door to native code before anything else is evaluated.
import { isOn, lastOf, start, valuesOf } from './binding.js';
// Before any code of the program: an exception in its first line must already be reported.
import { fatal } from './fatal.js';
import { applyOptions } from './options.js';
import { checkSyntax, preloadModules, preloadScripts, runCode, runScript } from './programs.js';
import process from 'node:process';
import { setImmediate } from 'node:timers';

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

const failed = (/** @type {unknown} */ error) => fatal(error, true);

// Nothing here is awaited: a program that awaits forever at its top level must not keep this module, and with it the runtime's event loop, from ending.
/** @param {() => Promise<void>} program */
function run(program) {
  program().catch(failed);
}

/** What comes before the program and takes its time. */
async function prepare() {
  if (start.isUtility) await (await import('./utility.js')).becomeUtility();
  preloadScripts();
  await preloadModules();
}

// The program must not begin in a promise reaction: its ticks and its reactions would then come in another order than Node's.
applyOptions();
if (start.isUtility || valuesOf('--import').length > 0) {
  prepare().then(() => setImmediate(run, choose()), failed);
} else {
  try {
    preloadScripts();
    run(choose());
  } catch (error) {
    fatal(error);
  }
}
