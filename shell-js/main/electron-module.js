/**
 * The module `electron` of the main process: an object with one getter for each API module, given to `require('electron')` and, through
 * a facade that the native side generates, to `import ... from 'electron'`.
 */
import { Module as NodeModule } from 'node:module';

import { moduleList } from './api/module-list.js';
import { setElectronNames } from './binding.js';

/** With the members that Node does not document, but that Electron builds on too. @type {any} */
const Module = NodeModule;

/** Names that mean this module in the main process. */
const NAMES = new Set(['electron', 'electron/main', 'electron/common', 'electron/renderer', 'electron/utility']);
const KEY = 'electron';

/** What the module exports: getters, as in Electron. @type {Record<string, any>} */
export const electron = {};
for (const [name, { load }] of Object.entries(moduleList)) {
  Object.defineProperty(electron, name, { get: load, enumerable: true, configurable: true });
}
setElectronNames(Object.keys(electron));

const electronModule = new Module('electron', null);
electronModule.id = KEY;
electronModule.loaded = true;
electronModule.filename = KEY;
electronModule.exports = electron;
Module._cache[KEY] = electronModule;

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (/** @type {string} */ request, /** @type {any[]} */ ...rest) {
  if (NAMES.has(request)) return KEY;
  if (request === 'original-fs' || request === 'node:original-fs') return 'fs';
  return resolveFilename.call(this, request, ...rest);
};
