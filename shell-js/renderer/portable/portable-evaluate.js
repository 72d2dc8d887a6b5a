// Runs scripts of the main process in the page's world, where the engine does not do it: the page's policy has a say then.

import { uncurry } from '../../common/codec-format.js';

const promiseThen = uncurry(Promise.prototype.then);
const ErrorCtor = Error;
const indirectEval = eval;
const SCRIPT_FAILED =
  'Script failed to execute, this normally means an error was thrown. Check the renderer console for the error.';
export const NO_EVAL =
  "The content security policy of the frame forbids 'unsafe-eval', and on this platform scripts can be run in a sub-frame in no other way.";

export function mayEvaluate() {
  try {
    return indirectEval('true');
  } catch {
    return false;
  }
}

function textOf(value) {
  try {
    return `${value}`;
  } catch {
    return 'Error';
  }
}

/**
 * Takes a script of the main process where the engine does not run it.
 * @param {string} code
 * @param {(failed: boolean, value: unknown) => void} answer
 * @param {(level: number, line: number, message: string, source: string) => void} tell
 */
export function evaluateFor(code, answer, tell) {
  if (!mayEvaluate()) return void answer(true, new ErrorCtor(NO_EVAL));
  let value;
  try {
    value = indirectEval(code);
  } catch (error) {
    tell(3, 0, textOf(error), '');
    answer(true, new ErrorCtor(SCRIPT_FAILED));
    return;
  }
  settle(value, answer);
}

/** A promise's value is what it gives. @param {any} value @param {(failed: boolean, value: unknown) => void} answer */
export function settle(value, answer) {
  if (typeof value === 'object' && value !== null) {
    try {
      promiseThen(value, (result) => { answer(false, result); }, (error) => { answer(true, error); });
      return;
    } catch {
      // It is none.
    }
  }
  answer(false, value);
}
