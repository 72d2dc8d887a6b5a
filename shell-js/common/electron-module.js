/**
 * The module `electron` of processes with Node: an object with one getter for each API module, given to `require('electron')` and, through
 * a facade that the native side generates, to `import ... from 'electron'`.
 */
import { Module as NodeModule } from 'node:module';

/** With the members that Node does not document, but that Electron builds on too. @type {any} */
const Module = NodeModule;

/** Names that mean this module. */
const NAMES = new Set(['electron', 'electron/main', 'electron/common', 'electron/renderer', 'electron/utility']);
const KEY = 'electron';

/** What the module exports: getters, as in Electron. @type {Record<string, any>} */
export const electron = {};

/**
 * Puts the module where `require` finds it.
 * @param {Record<string, {load: () => any}>} modules
 */
export function installElectron(modules) {
  for (const [name, { load }] of Object.entries(modules)) {
    Object.defineProperty(electron, name, { get: load, enumerable: true, configurable: true });
  }
  const electronModule = new Module('electron', null);
  electronModule.id = KEY;
  electronModule.loaded = true;
  electronModule.filename = KEY;
  electronModule.exports = electron;
  Module._cache[KEY] = electronModule;

  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (/** @type {string} */ request, /** @type {any[]} */ ...rest) {
    if (NAMES.has(request)) return KEY;
    return resolveFilename.call(this, request, ...rest);
  };
}
