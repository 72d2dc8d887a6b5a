/**
 * `BrowserWindow`: a window that one web contents fills.
 */
import { send } from '../binding.js';
import { webContents as allContents } from '../object-registry.js';
import { guardDestroyed } from './arguments.js';
import { BaseWindow } from './base-window.js';
import { parseColor } from './color.js';
import { emitNative, emitWith } from './event.js';
import { peers } from '../object-registry.js';
import { WebContents, createWebContents } from './web-contents.js';

/** How long a page that was asked to close may be silent before the window counts as unresponsive, in milliseconds. */
const CLOSE_PATIENCE = 5000;
/** The web process's own report is held back a moment, in case it recovers. */
const UNRESPONSIVE_DELAY = 50;

export class BrowserWindow extends BaseWindow {
  /** @type {any} */
  #contents = null;
  /** @type {ReturnType<typeof setTimeout> | null} */
  #unresponsive = null;

  /** @param {any} [options] */
  constructor(options = {}) {
    if (typeof options !== 'object' || options === null) options = {};
    super(options);
    const preferences = { ...(options.webPreferences ?? {}) };
    if (typeof options.backgroundColor === 'string') preferences.backgroundColor = options.backgroundColor;
    else if (options.transparent) preferences.backgroundColor = '#00000000';
    this.#contents = createWebContents(this, preferences, options.webContents);
    this.#forwardResponsiveness();
    this.on('focus', (event) => peers.app.emit('browser-window-focus', event, this));
    this.on('blur', (event) => peers.app.emit('browser-window-blur', event, this));
    emitWith(peers.app, 'browser-window-created', undefined, this);
    this._firstShow();
  }

  get webContents() {
    return this.#contents;
  }

  #forwardResponsiveness() {
    const clear = () => {
      if (this.#unresponsive !== null) clearTimeout(this.#unresponsive);
      this.#unresponsive = null;
    };
    this.#contents._observe('unresponsive', () => this.#becomesUnresponsive(UNRESPONSIVE_DELAY));
    this.#contents._observe('responsive', () => {
      clear();
      emitNative(this, 'responsive');
    });
    this.#contents._observe('destroyed', clear);
  }

  /** @param {number} delay */
  #becomesUnresponsive(delay) {
    if (this.#unresponsive !== null) return;
    this.#unresponsive = setTimeout(() => {
      this.#unresponsive = null;
      if (!this.isDestroyed() && this._model.enabled) this.emit('unresponsive');
    }, delay);
    // A timer of ours must not keep a process alive that has nothing else to do.
    this.#unresponsive.unref?.();
  }

  // Life: the page is asked first, and the window goes with it.

  _closeContent() {
    const contents = this.#contents;
    if (contents === null || contents.isDestroyed()) {
      this._destroyNow(true);
      return;
    }
    this.#becomesUnresponsive(CLOSE_PATIENCE);
    contents._askToClose((/** @type {boolean} */ mayClose) => {
      if (this.#unresponsive !== null) clearTimeout(this.#unresponsive);
      this.#unresponsive = null;
      if (!mayClose) {
        peers.app._closeCancelled();
        return;
      }
      // The page ends before its window when it was asked, after it when the window is destroyed.
      contents._destroyNow();
      this._destroyNow(true);
    });
  }

  _afterClosed() {
    this.#contents?._destroyNow();
  }

  /** The page's `window.close()`. */
  _pageCloseAsked() {
    const contents = this.#contents;
    contents._destroyNow();
    this._destroyNow(true);
  }

  /** @param {string} title @param {boolean} explicitSet */
  _pageTitleUpdated(title, explicitSet) {
    if (!emitNative(this, 'page-title-updated', title, explicitSet) && !this.isDestroyed()) /** @type {any} */ (this).setTitle(title);
  }

  /** @param {string} color */
  setBackgroundColor(color) {
    /** @type {any} */ (BaseWindow.prototype).setBackgroundColor.call(this, color);
    send({ type: 'webViewSetBackground', webContents: this.#contents.id, color: parseColor(color) });
  }

  focusOnWebView() {
    send({ type: 'webViewFocus', webContents: this.#contents.id });
  }

  blurWebView() {
    this._act('blur');
  }

  // Shorthands for methods of the web contents.

  /** @param {[string, any?]} args */
  loadURL(...args) {
    return this.#contents.loadURL(...args);
  }

  /** @param {[string, any?]} args */
  loadFile(...args) {
    return this.#contents.loadFile(...args);
  }

  getURL() {
    return this.#contents.getURL();
  }

  reload() {
    return this.#contents.reload();
  }

  /** @param {[any?, any?]} args */
  capturePage(...args) {
    return this.#contents.capturePage(...args);
  }

  // Statics.

  static getAllWindows() {
    return BaseWindow.getAllWindows().filter((window) => window instanceof BrowserWindow);
  }

  static getFocusedWindow() {
    for (const window of BrowserWindow.getAllWindows()) {
      if (window.isFocused()) return window;
    }
    return null;
  }

  /** @param {number} id */
  static fromId(id) {
    const window = BaseWindow.fromId(id);
    return window instanceof BrowserWindow ? window : null;
  }

  /** @param {any} contents */
  static fromWebContents(contents) {
    if (!(contents instanceof WebContents)) throw new TypeError('Expected a WebContents');
    const window = allContents.get(contents.id)?.getOwnerBrowserWindow();
    return window instanceof BrowserWindow ? window : null;
  }
}

guardDestroyed(BrowserWindow.prototype, (window) => window.isDestroyed(), []);
