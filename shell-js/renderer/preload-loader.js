// Runs preload scripts as Electron's sandboxed ones: CommonJS functions with a `require` of a few modules.

import { Buffer } from './buffer.js';
import { EventEmitter } from './event-emitter.js';
import { clearImmediate, setImmediate } from './immediate.js';
import { urlModule } from './url-module.js';

// A page can reach whoever called a function of its own by `arguments.callee.caller`, unless the caller is strict code. Code of a preload calls
// the page's when it writes to the document: `element.innerHTML = '<x-y>'` runs the constructor of a custom element. Preloads are therefore
// strict code, as what bundlers make is; text that cannot be (`with`, octal numbers) still runs.
export function asStrictCode(compile) {
  try {
    return compile("'use strict';");
  } catch {
    return compile('');
  }
}

const PARAMETERS = 'require, process, exports, module, Buffer, global, setImmediate, clearImmediate';

/**
 * @param {object} electron What `require('electron')` gives.
 * @param {object} process
 * @param {(code: string, url: string) => any} evaluate Runs code in this world; throws what went wrong.
 * @param {boolean} isolated
 */
export function createPreloadLoader(electron, process, evaluate, isolated) {
  const timers = {
    setTimeout: (/** @type {[any, number?, ...any]} */ ...args) => setTimeout(...args),
    clearTimeout: (id) => clearTimeout(id),
    setInterval: (/** @type {[any, number?, ...any]} */ ...args) => setInterval(...args),
    clearInterval: (id) => clearInterval(id),
    setImmediate,
    clearImmediate
  };
  const modules = new Map([
    ['electron', electron],
    ['electron/common', electron],
    ['electron/renderer', electron],
    ['events', EventEmitter],
    ['timers', timers],
    ['url', urlModule]
  ]);
  for (const name of ['events', 'timers', 'url']) modules.set(`node:${name}`, modules.get(name));

  function require(name) {
    const found = modules.get(name);
    if (found === undefined) throw new Error(`module not found: ${name}`);
    return found;
  }

  function compiled(path, compile) {
    try {
      return compile();
    } catch (error) {
      if (!/\.m[jt]s$/.test(path)) throw error;
      throw new SyntaxError(`Cannot use import statement outside a module: a preload that is an ES module needs 'sandbox: false' and a page of the app itself (${path})`);
    }
  }

  return function runPreload({ path, source }) {
    // The first line stays the first line, so that positions in messages are right.
    const compile = (strict) => evaluate(`(function (${PARAMETERS}) {${strict}${source}\n})`, path);
    const wrapper = compiled(path, () => (isolated ? asStrictCode(compile) : compile('')));
    const module = { exports: {} };
    wrapper.call(globalThis, require, process, module.exports, module, Buffer, globalThis, setImmediate, clearImmediate);
  };
}
