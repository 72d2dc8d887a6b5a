/**
 * `navigationHistory`, and the older methods of `webContents` that it replaced.
 */
import process from 'node:process';

import { callSync, send } from '../binding.js';
import { refusal } from '../unimplemented.js';
import { check } from './arguments.js';

/**
 * @param {any} contents
 * @returns {any} Electron's `NavigationHistory` of a web contents
 */
export function createNavigationHistory(contents) {
  const read = () => {
    if (contents.isDestroyed()) throw new TypeError('Object has been destroyed');
    return callSync({ type: 'webViewHistory', webContents: contents.id });
  };
  const go = (/** @type {number} */ offset) => {
    // Electron restarts a page that is gone and ignores a step that leads nowhere.
    const { index, entries } = read();
    if (offset !== 0 && entries[index + offset] === undefined) return;
    if (offset === 0) contents.reload();
    else {
      contents._loader.stepTo(entries[index + offset].url);
      send({ type: 'webViewGo', webContents: contents.id, offset });
    }
  };
  const history = {
    canGoBack: () => history.canGoToOffset(-1),
    canGoForward: () => history.canGoToOffset(1),
    /** @param {number} offset */
    canGoToOffset(offset) {
      check(arguments, 'int');
      const { index, entries } = read();
      return entries[index + offset] !== undefined;
    },
    clear: refusal('NavigationHistory.clear'),
    getActiveIndex: () => read().index,
    getAllEntries: () => read().entries.map(entry),
    /** @param {number} index */
    getEntryAtIndex(index) {
      check(arguments, 'int');
      const found = read().entries[index];
      return found === undefined ? null : entry(found);
    },
    goBack: () => go(-1),
    goForward: () => go(1),
    /** @param {number} index */
    goToIndex(index) {
      check(arguments, 'int');
      const { index: active, entries } = read();
      if (entries[index] !== undefined) go(index - active);
    },
    /** @param {number} offset */
    goToOffset(offset) {
      check(arguments, 'int');
      go(offset);
    },
    length: () => read().entries.length,
    removeEntryAtIndex: refusal('NavigationHistory.removeEntryAtIndex'),
    restore: refusal('NavigationHistory.restore'),
  };
  return history;
}

/** @param {{url: string, title: string}} entry */
const entry = ({ url, title }) => ({ url, title });

/** Deprecated methods and what replaced them. @type {Record<string, string>} */
const REPLACED = {
  canGoBack: 'canGoBack',
  canGoForward: 'canGoForward',
  canGoToOffset: 'canGoToOffset',
  clearHistory: 'clear',
  goBack: 'goBack',
  goForward: 'goForward',
  goToIndex: 'goToIndex',
  goToOffset: 'goToOffset',
};

const warned = new Set();

/**
 * Puts the deprecated methods on the prototype of `WebContents`; each warns once.
 * @param {any} prototype
 */
export function installDeprecatedHistory(prototype) {
  for (const [old, current] of Object.entries(REPLACED)) {
    const value = {
      /** @this {any} @param {...any} args */
      [old](...args) {
        if (!warned.has(old) && !process.noDeprecation) {
          warned.add(old);
          const text = `'webContents.${old}' is deprecated and will be removed. Please use 'webContents.navigationHistory.${current}' instead.`;
          process.emitWarning(text, 'DeprecationWarning');
        }
        return this.navigationHistory[current](...args);
      },
    }[old];
    Object.defineProperty(prototype, old, { value, writable: true, configurable: true });
  }
}
