/**
 * `navigationHistory`, and the older methods of `webContents` that it replaced.
 */
import process from 'node:process';

import { callSync, send } from '../binding.js';
import { check } from './arguments.js';

/**
 * @param {any} contents
 * @returns {any} Electron's `NavigationHistory` of a web contents
 */
export function createNavigationHistory(contents) {
  const ask = (/** @type {any} */ command) => {
    if (contents.isDestroyed()) throw new TypeError('Object has been destroyed');
    return callSync({ ...command, webContents: contents.id });
  };
  const read = (pageStates = false) => ask({ type: 'webViewHistory', pageStates });
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
    clear() {
      ask({ type: 'webViewRemoveHistory', index: null });
    },
    getActiveIndex: () => read().index,
    getAllEntries: () => read(true).entries.map(entry),
    /** @param {number} index */
    getEntryAtIndex(index) {
      check(arguments, 'int');
      const found = read(true).entries[index];
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
    /** @param {number} index */
    removeEntryAtIndex(index) {
      check(arguments, 'int');
      return index >= 0 && ask({ type: 'webViewRemoveHistory', index });
    },
    /** @param {{index?: number, entries: any[]}} options */
    restore({ index, entries }) {
      const active = index === undefined ? entries.length - 1 : index;
      if (active < 0 || !entries[active]) {
        throw new Error('Invalid index. Index must be a positive integer and within the bounds of the entries length.');
      }
      if (contents.isDestroyed()) throw new TypeError('Object has been destroyed');
      try {
        if (contents.getURL() !== '') throw new Error('Cannot restore history on webContents that have previously loaded a page.');
        ask({ type: 'webViewRestoreHistory', index: active, entries: entries.map(given) });
      } catch (error) {
        const refused = Promise.reject(error);
        refused.catch(() => {});
        return refused;
      }
      // What the engine tells of it comes in a later turn.
      contents._loader.stepTo(entries[active].url);
      return contents._loader.awaitNext(entries[active].url);
    },
  };
  return history;
}

/** @param {{url: string, title: string, pageState: string | null}} entry */
const entry = ({ url, title, pageState }) => ({ url, title, ...(pageState === null ? {} : { pageState }) });

/** @param {any} entry what an app hands back @param {number} index */
function given(entry, index) {
  if (typeof entry?.url !== 'string' || typeof entry.title !== 'string') {
    throw new Error(`Failed to restore navigation history: Invalid navigation entry at index ${index}.`);
  }
  return { url: entry.url, title: entry.title, pageState: typeof entry.pageState === 'string' ? entry.pageState : null };
}

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
