/**
 * What an app takes from a page: places where a text stands, the page as a file, the page on paper.
 */
import path from 'node:path';
import process from 'node:process';

import { call, callSync, send } from '../binding.js';
import { builtin } from '../builtin.js';
import { evaluate } from '../ipc-dispatch.js';
import { check, conversionError } from './arguments.js';
import { defineMethods } from './members.js';
import { pdfOptions } from './print-options.js';

const STOP_ACTIONS = ['clearSelection', 'keepSelection', 'activateSelection'];

/** A search: its text, the place that is shown, and who asked last. @typedef {{text: string, matchCase: boolean, ordinal: number}} Search */

/** @type {WeakMap<object, {last: number, search: Search | null, steps: Map<number, number>, printing: Promise<any>}>} */
const states = new WeakMap();

/** @param {any} contents */
function stateOf(contents) {
  let state = states.get(contents);
  if (!state) states.set(contents, (state = { last: 0, search: null, steps: new Map(), printing: Promise.resolve() }));
  return state;
}

/** The page selects the place that is shown. */
const SELECTION = `(() => {
  const selection = getSelection();
  if (selection === null || selection.rangeCount === 0) return null;
  const { x, y, width, height } = selection.getRangeAt(0).getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
})()`;

const ACTIVATE = `(() => {
  const node = getSelection()?.anchorNode;
  const element = node instanceof Element ? node : node?.parentElement;
  const target = element?.closest('a[href], button, [tabindex]');
  target?.focus();
  if (target?.matches('a[href]')) target.click();
})()`;

/** @type {Record<string, any>} */
const members = {
  /** @param {string} text @param {{forward?: boolean, findNext?: boolean, matchCase?: boolean}} [options] */
  findInPage(text, options = {}) {
    check(arguments, 'string');
    if (text === '') throw new Error('Must provide a non-empty search content');
    const state = stateOf(this);
    const { forward = true, findNext = false, matchCase = false } = options;
    const request = ++state.last;
    const { search } = state;
    const begin = findNext || search === null || search.text !== text || search.matchCase !== matchCase;
    callSync({ type: 'webViewFind', webContents: this.id, request, text, begin, forward, matchCase });
    if (begin) state.search = { text, matchCase, ordinal: 0 };
    // The first place of a search from behind is the last one.
    state.steps.set(request, begin && !forward ? 0 : forward ? 1 : -1);
    return request;
  },

  /** @param {string} action */
  stopFindInPage(action) {
    check(arguments, 'string');
    if (!STOP_ACTIONS.includes(action)) throw conversionError(0, action);
    const state = stateOf(this);
    state.search = null;
    send({ type: 'webViewStopFind', webContents: this.id });
    if (action === 'clearSelection') this.unselect();
    if (action === 'activateSelection') evaluate(this.id, ACTIVATE).catch(() => {});
  },

  /** @param {string} fullPath @param {string} saveType */
  async savePage(fullPath, saveType) {
    check(arguments, 'string', 'string');
    if (!path.isAbsolute(fullPath)) throw new Error('Path must be absolute');
    if (saveType === 'HTMLComplete') throw new Error(`webContents.savePage with HTMLComplete is not implemented on ${process.platform} yet`);
    if (saveType !== 'HTMLOnly' && saveType !== 'MHTML') throw conversionError(1, saveType);
    try {
      await call({ type: 'webViewSavePage', webContents: this.id, path: fullPath, whole: saveType === 'MHTML' });
    } catch (error) {
      throw new Error('Failed to save the page', { cause: error });
    }
  },

  /** @param {any} options */
  async printToPDF(options) {
    const settings = pdfOptions(options);
    const state = stateOf(this);
    // The engine prints one thing at a time.
    const printed = state.printing.then(async () => {
      const { mkdtemp, readFile, rm } = builtin.fs.promises;
      const folder = await mkdtemp(path.join(builtin.os.tmpdir(), 'shell-print-'));
      try {
        const file = path.join(folder, 'page.pdf');
        await call({ type: 'webViewPrintToPdf', webContents: this.id, path: file, options: settings });
        return await readFile(file);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
    state.printing = printed.catch(() => {});
    return printed;
  },
};

/**
 * The outcome of a search.
 * @param {any} contents
 * @param {{request: number, matches: number}} event of the UI thread
 */
export async function found(contents, { request, matches }) {
  const state = stateOf(contents);
  const step = state.steps.get(request) ?? 1;
  state.steps.delete(request);
  let ordinal = 0;
  if (matches > 0) {
    const before = state.search?.ordinal ?? 0;
    ordinal = ((((before + step - 1) % matches) + matches) % matches) + 1;
    if (state.search !== null) state.search.ordinal = ordinal;
  }
  const area = matches > 0 ? await evaluate(contents.id, SELECTION).catch(() => null) : null;
  if (contents.isDestroyed()) return;
  const [x, y, width, height] = Array.isArray(area) && area.length === 4 && area.every(Number.isInteger) ? area : [0, 0, 0, 0];
  const result = { requestId: request, activeMatchOrdinal: ordinal, matches, selectionArea: { x, y, width, height }, finalUpdate: true };
  contents._emit('found-in-page', undefined, result);
}

/**
 * Puts the members on the prototype of `WebContents`.
 * @param {any} prototype
 */
export function installOutputMembers(prototype) {
  defineMethods(prototype, members);
}
