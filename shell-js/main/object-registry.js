/**
 * The tables of everything that has an id on both sides of the bridge, and the meeting place of modules that need each other.
 *
 * Invariant: this file imports nothing. Windows, web contents, `app` and menus know each other only through it, so no circle of
 * imports can make the order in which modules are evaluated matter.
 */

/** Windows by id, from their construction until they are destroyed. @type {Map<number, any>} */
export const windows = new Map();

/** Web contents by id, from their construction until they are destroyed. @type {Map<number, any>} */
export const webContents = new Map();

const lastIds = new Map();

/**
 * The next free id of a kind. Electron numbers windows and web contents apart, each from 1, and apps rely on small numbers.
 * @param {string} kind
 * @returns {number}
 */
export function nextId(kind) {
  const id = (lastIds.get(kind) ?? 0) + 1;
  lastIds.set(kind, id);
  return id;
}

/**
 * Modules that are used by modules they themselves depend on. `module-list.js` fills it in once all of them are evaluated; it is only
 * to be read inside functions.
 * @type {Record<'app' | 'BaseWindow' | 'BrowserWindow' | 'menu' | 'dialog' | 'session' | 'nativeImage' | 'webFrameMain', any>}
 */
export const peers = {
  app: null,
  BaseWindow: null,
  BrowserWindow: null,
  menu: null,
  dialog: null,
  session: null,
  nativeImage: null,
  webFrameMain: null,
};
