// Texts of errors that cross between the worlds, and the stacks of those that we make.

import { uncurry } from '../../common/codec-format.js';
import { kindOf } from '../../common/serialize.js';
import { isOurs } from './portable-console.js';

/** @type {any} */
const defineProperty = Reflect.defineProperty;
const StringOf = String;
const indexOf = uncurry(String.prototype.indexOf);
const slice = uncurry(String.prototype.slice);
const UNKNOWN =
  'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.';

/** The message of an error, or undefined for what is no error. A page's error may be a trap. */
export function messageOf(error) {
  try {
    if (typeof error !== 'object' || error === null || kindOf(error) !== 'error') return undefined;
    const { message } = error;
    return typeof message === 'string' ? message : '';
  } catch {
    return undefined;
  }
}

/** What the other side is told of something that was thrown: the message of any object that has one. */
export function thrownText(error) {
  try {
    if ((typeof error !== 'object' && typeof error !== 'function') || error === null) return UNKNOWN;
    const { message } = error;
    return typeof message === 'string' ? message : UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}

/** The same for what was thrown while a value was copied. */
export function uncaughtText(error) {
  try {
    const message = messageOf(error);
    if (message === undefined) {
      return (typeof error === 'object' && error !== null) || typeof error === 'function' ? UNKNOWN : `Uncaught ${StringOf(error)}`;
    }
    const { name } = error;
    return `Uncaught ${typeof name === 'string' ? name : 'Error'}: ${message}`;
  } catch {
    return UNKNOWN;
  }
}

/** Only calls of the page's own are left in the stack of an error that we make. */
export function withoutOurCalls(error) {
  const { stack } = error;
  if (typeof stack !== 'string') return error;
  let rest = '';
  for (let at = 0; at < stack.length;) {
    let end = indexOf(stack, '\n', at);
    if (end < 0) end = stack.length;
    const line = slice(stack, at, end);
    if (!isOurs(slice(line, indexOf(line, '@') + 1))) rest += rest === '' ? line : `\n${line}`;
    at = end + 1;
  }
  defineProperty(error, 'stack', { __proto__: null, value: rest, writable: true, enumerable: false, configurable: true });
  return error;
}
