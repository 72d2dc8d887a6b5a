/**
 * Exceptions and rejections that nobody caught: the program's listeners hear of them, else they are printed and end the process, as in Node.
 */
import process from 'node:process';

import { isOn, lastOf } from './binding.js';
import { placeOf } from './place.js';

/** Node's exit codes. */
const EXIT = Object.freeze({ uncaught: 1, noHandler: 6, handlerThrew: 7 });

/** @type {any} */
const nodeProcess = process;

/** Written at once, and whether or not anybody reads it. @param {string} text */
function report(text) {
  try {
    process.getBuiltinModule('fs').writeSync(2, text);
  } catch {
    // There is no other place to say it.
  }
}

/** What Node prints of an exception. @param {unknown} error */
function describe(error) {
  const { inspect } = process.getBuiltinModule('util');
  const options = { colors: Boolean(process.stderr?.isTTY) };
  const end = `\n\nNode.js ${process.version}\n`;
  if (!(error instanceof Error)) {
    return `Uncaught:\n${inspect(error, options)}\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)${end}`;
  }
  const place = placeOf(error);
  // Who reads it is not helped by how our own modules came to call the program's.
  const text = inspect(error, options).replace(/\n +at [^\n]*\bshell:\/\/\/[^\n{]*?(?= \{|\n|$)/g, '');
  return `${place === null ? '' : `${place}\n\n`}${text}${end}`;
}

/** Ends the process; its listeners for that are asked first, once. @param {number} code @returns {never} */
function end(code) {
  if (!nodeProcess._exiting) {
    nodeProcess._exiting = true;
    process.exitCode = code;
    try {
      process.emit('exit', code);
    } catch (error) {
      report(describe(error));
      process.exitCode = EXIT.handlerThrew;
    }
  }
  nodeProcess.reallyExit(process.exitCode ?? code);
  throw new Error('the process has ended');
}

/**
 * Takes an exception that nobody caught. It returns if a listener took it.
 * @param {unknown} error
 * @param {boolean} [fromPromise]
 */
export function fatal(error, fromPromise = false) {
  if (typeof nodeProcess._fatalException !== 'function') {
    report(describe(error));
    end(EXIT.noHandler);
  }
  let taken;
  try {
    taken = nodeProcess._fatalException(error, fromPromise);
  } catch (thrown) {
    report(describe(thrown));
    end(EXIT.handlerThrew);
  }
  if (taken) return;
  report(describe(error));
  if (isOn('--abort-on-uncaught-exception')) process.abort();
  end(EXIT.uncaught);
}

globalThis.addEventListener('error', (event) => {
  event.preventDefault();
  // The Node layer has a listener too while the program has one, and would call that a second time.
  event.stopImmediatePropagation();
  // `process.exit` ends the code that runs by an exception, and it has come to its end already.
  if (!nodeProcess._exiting) fatal(event.error);
});

/** What a rejection with something else than an error is reported as. @param {unknown} reason */
function asError(reason) {
  if (reason instanceof Error) return reason;
  const { inspect } = process.getBuiltinModule('util');
  const shown = typeof reason === 'object' && reason !== null ? inspect(reason) : String(reason);
  const error = /** @type {any} */ (new Error(
    'This error originated either by throwing inside of an async function without a catch block, or by rejecting a promise which was not ' +
      `handled with .catch(). The promise rejected with the reason "${shown}".`,
  ));
  Object.defineProperty(error, 'name', { value: 'UnhandledPromiseRejection', writable: true, configurable: true });
  error.stack = error.stack.replace(/^Error/, error.name);
  error.code = 'ERR_UNHANDLED_REJECTION';
  return error;
}

/** @param {unknown} reason */
function warnOfRejection(reason) {
  const warning = new Error(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
  warning.name = 'UnhandledPromiseRejectionWarning';
  process.emitWarning(warning);
}

/** What `--unhandled-rejections` chooses between. @type {Record<string, (reason: unknown, promise: Promise<unknown>) => void>} */
const MODES = {
  strict(reason, promise) {
    fatal(asError(reason), true);
    process.emit('unhandledRejection', reason, promise);
  },
  throw(reason, promise) {
    if (!process.emit('unhandledRejection', reason, promise)) fatal(asError(reason), true);
  },
  warn(reason, promise) {
    process.emit('unhandledRejection', reason, promise);
    warnOfRejection(reason);
  },
  none(reason, promise) {
    process.emit('unhandledRejection', reason, promise);
  },
  'warn-with-error-code'(reason, promise) {
    if (process.emit('unhandledRejection', reason, promise)) return;
    warnOfRejection(reason);
    process.exitCode = EXIT.uncaught;
  },
};
const onRejection = MODES[lastOf('--unhandled-rejections') ?? 'throw'] ?? MODES.throw;

globalThis.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  if (nodeProcess._exiting) return;
  onRejection(event.reason, event.promise);
});
