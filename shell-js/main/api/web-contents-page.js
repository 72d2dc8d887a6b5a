/**
 * Small controls of a page: zoom, user agent, scripts of other worlds, style sheets, editing, sound, developer tools.
 */
import { call, callSync, send } from '../binding.js';
import { evaluate } from '../ipc-dispatch.js';
import { webContents as registry } from '../object-registry.js';
import { check, conversionError } from './arguments.js';
import { defineAccessors, defineMethods } from './members.js';

/** More elements of a page are not counted. */
const MOST_PLAYING = 1000;

/** One zoom level is a fifth more. */
const ZOOM_STEP = 1.2;

const EDITS = ['undo', 'redo', 'cut', 'copy', 'paste', 'pasteAndMatchStyle', 'delete', 'selectAll', 'unselect'];

/** Zoom factors by session and host: as in Electron, all pages of a host have the same. @type {WeakMap<object, Map<string, number>>} */
const zoomOfHosts = new WeakMap();

/** @param {any} contents */
function zoomTable(contents) {
  let table = zoomOfHosts.get(contents.session);
  if (!table) zoomOfHosts.set(contents.session, (table = new Map()));
  return table;
}

/** @param {string} url */
function zoomKey(url) {
  try {
    const { protocol, host, pathname } = new URL(url);
    return host === '' ? `${protocol}${pathname}` : host;
  } catch {
    return url;
  }
}

/** @param {any} contents */
const defaultZoom = (contents) => (contents._preferences.zoomFactor > 0 ? contents._preferences.zoomFactor : 1);

/** @param {any} contents @returns {number} */
const zoomOf = (contents) => zoomTable(contents).get(zoomKey(contents.getURL())) ?? defaultZoom(contents);

/** @type {Record<string, any>} */
const members = {
  // Zoom.

  getZoomFactor() {
    return zoomOf(this);
  },

  /** @param {number} factor */
  setZoomFactor(factor) {
    check(arguments, 'number');
    if (!(factor > 0)) throw new Error("'zoomFactor' must be a double greater than 0.0");
    const key = zoomKey(this.getURL());
    zoomTable(this).set(key, factor);
    for (const other of registry.values()) {
      if (other.session === this.session && zoomKey(other.getURL()) === key) other._applyZoom();
    }
  },

  getZoomLevel() {
    // The factor is what is kept; without rounding a level of 0.5 would come back as 0.4999999999999997.
    return Math.round((Math.log(zoomOf(this)) / Math.log(ZOOM_STEP)) * 1e9) / 1e9;
  },

  /** @param {number} level */
  setZoomLevel(level) {
    check(arguments, 'number');
    this.setZoomFactor(ZOOM_STEP ** level);
  },

  /** Gives the page the zoom of its host; a new document may be of another one. */
  _applyZoom() {
    const factor = zoomOf(this);
    if (this._page.zoom === factor) return;
    this._page.zoom = factor;
    send({ type: 'webViewSetZoom', webContents: this.id, factor });
  },

  // User agent.

  getUserAgent() {
    return this._page.userAgent ?? this.session.getUserAgent();
  },

  /** @param {string} userAgent */
  setUserAgent(userAgent) {
    check(arguments, 'string');
    this._page.userAgent = userAgent;
    send({ type: 'webViewSetUserAgent', webContents: this.id, userAgent });
  },

  // Scripts of the app.

  /**
   * The value is the first script's, as in Electron.
   * @param {number} worldId @param {{code: string, url?: string}[]} scripts @param {boolean} [userGesture]
   */
  async executeJavaScriptInIsolatedWorld(worldId, scripts, userGesture) {
    check(arguments, 'int', 'object');
    if (!Array.isArray(scripts)) throw conversionError(1, scripts);
    const sources = scripts.map((script) => {
      if (typeof script?.code !== 'string') throw new Error("Invalid 'code'");
      return { code: script.code, url: typeof script.url === 'string' ? script.url : '' };
    });
    await this._loader.scriptable();
    return evaluate(this.id, sources, worldId, userGesture === true);
  },

  // Style sheets of the app.

  /** @param {string} css @param {{cssOrigin?: string}} [options] */
  async insertCSS(css, options) {
    const key = `css-${this.id}-${++this._page.cssKeys}`;
    const userOrigin = options?.cssOrigin === 'user';
    await call({ type: 'webViewInsertCss', webContents: this.id, key, css: String(css), userOrigin });
    return key;
  },

  /** @param {string} key */
  async removeInsertedCSS(key) {
    await call({ type: 'webViewRemoveCss', webContents: this.id, key: String(key) });
  },

  /**
   * Types at the caret, as far as the focused element takes text.
   * @param {string} text
   */
  async insertText(text) {
    check(arguments, 'string');
    await evaluate(this.id, `document.execCommand('insertText', false, ${JSON.stringify(text)}); null`);
  },

  scrollToTop() {
    evaluate(this.id, 'window.scrollTo(window.scrollX, 0); null').catch(() => {});
  },

  scrollToBottom() {
    evaluate(this.id, 'window.scrollTo(window.scrollX, document.documentElement.scrollHeight); null').catch(() => {});
  },

  // Sound.

  isAudioMuted() {
    return this._page.muted;
  },

  /** @param {boolean} muted */
  setAudioMuted(muted) {
    check(arguments, 'boolean');
    this._page.muted = Boolean(muted);
    send({ type: 'webViewSetMuted', webContents: this.id, muted: this._page.muted });
  },

  // Developer tools.

  /** @param {{mode?: string}} [options] */
  openDevTools(options) {
    if (!this._preferences.devTools) return;
    const detached = options?.mode === 'detach' || options?.mode === 'undocked';
    send({ type: 'webViewOpenDevTools', webContents: this.id, detached });
  },

  closeDevTools() {
    send({ type: 'webViewCloseDevTools', webContents: this.id });
  },

  isDevToolsOpened() {
    return callSync({ type: 'webViewDevToolsOpen', webContents: this.id });
  },

  toggleDevTools() {
    if (this.isDevToolsOpened()) this.closeDevTools();
    else this.openDevTools();
  },
};

/** Accessor properties. @type {Record<string, [string, string]>} */
const accessors = {
  audioMuted: ['isAudioMuted', 'setAudioMuted'],
  userAgent: ['getUserAgent', 'setUserAgent'],
  zoomFactor: ['getZoomFactor', 'setZoomFactor'],
  zoomLevel: ['getZoomLevel', 'setZoomLevel'],
};

/**
 * An element of the page starts or stops to play. A page that leaves takes its elements along without a word.
 * @param {any} contents @param {boolean} plays
 */
export function mediaChanged(contents, plays) {
  const { playing } = contents._page;
  if (plays ? playing >= MOST_PLAYING : playing === 0) return;
  contents._page.playing += plays ? 1 : -1;
  contents._emit(plays ? 'media-started-playing' : 'media-paused', undefined);
}

/** The document is gone, and what played in it. @param {any} contents */
export function mediaGone(contents) {
  while (contents._page.playing > 0) mediaChanged(contents, false);
}

/**
 * Puts the members on the prototype of `WebContents`.
 * @param {any} prototype
 */
export function installPageMembers(prototype) {
  defineMethods(prototype, members);
  for (const action of EDITS) {
    defineMethods(prototype, {
      /** @this {any} */
      [action]() {
        send({ type: 'webViewEdit', webContents: this.id, action });
      },
    });
  }
  defineAccessors(prototype, accessors, { enumerable: true });
}
