/**
 * `BaseWindow`: a native window, its life and its state. Methods that change or read one property are in `window-properties.js`.
 */
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';

import { callSync, send } from '../binding.js';
import { nextId, peers, windows } from '../object-registry.js';
import { check, conversionError, guardDestroyed } from './arguments.js';
import { emitNative, hideInternals } from './event.js';
import { installWindowProperties } from './window-properties.js';
import { resolveWindowOptions } from './window-options.js';

/** Events of the UI thread that become an Electron event as they are. @type {Record<string, string>} */
const PLAIN_EVENTS = {
  windowShown: 'show',
  windowHidden: 'hide',
  windowMinimized: 'minimize',
  windowRestored: 'restore',
  windowMaximized: 'maximize',
  windowUnmaximized: 'unmaximize',
  windowEnteredFullScreen: 'enter-full-screen',
  windowLeftFullScreen: 'leave-full-screen',
  windowMoved: 'move',
  windowResized: 'resize',
};

export class BaseWindow extends EventEmitter {
  /** @type {number} */
  #id = 0;
  #destroyed = false;
  #closing = false;
  #focused = false;
  /** @type {BaseWindow | null} */
  #parent = null;
  /** @type {Set<BaseWindow>} */
  #children = new Set();

  /** @param {any} [options] */
  constructor(options = {}) {
    super();
    const isBrowserWindow = this instanceof peers.BrowserWindow;
    if (!peers.app.isReady()) throw new Error(`Cannot create ${isBrowserWindow ? 'BrowserWindow' : 'BaseWindow'} before app is ready`);
    if (typeof options !== 'object' || options === null) options = {};
    if (options.parent !== undefined && options.parent !== null) {
      if (!(options.parent instanceof BaseWindow) || options.parent.isDestroyed()) throw conversionError(0, options);
    }
    this.#id = nextId('window');
    const { command, model, show } = resolveWindowOptions(options);
    /** @type {import('./window-options.js').WindowModel} */
    this._model = model;
    windows.set(this.#id, this);
    if (command.parent !== null) this.#adopt(options.parent);
    send({ type: 'windowCreate', window: this.#id, options: command });
    peers.menu.attachApplicationMenu(this);
    // The keys of the menu work in a window without a frame too, but it has no bar.
    if (!command.frame) this._set('menuBarVisible', false);
    this._showAtFirst = show;
    hideInternals(this);
    // A window with a page is shown once it has its page.
    if (!isBrowserWindow) this._firstShow();
  }

  _firstShow() {
    if (this._showAtFirst && !this.#destroyed) this.show();
  }

  /** @returns {number} */
  get id() {
    return this.#id;
  }

  isDestroyed() {
    return this.#destroyed;
  }

  /** The UI thread's view of the window. @returns {any} */
  _state() {
    return callSync({ type: 'windowState', window: this.#id });
  }

  /** @param {string} property @param {any} value */
  _set(property, value) {
    send({ type: 'windowSet', window: this.#id, set: { property, value } });
  }

  /** @param {string} action */
  _act(action) {
    send({ type: 'windowAct', window: this.#id, action });
  }

  // Life.

  close() {
    if (this._model.closable) this._closeAsked();
    else peers.app._closeCancelled();
  }

  destroy() {
    this._destroyNow(true);
  }

  /** The way that `close()`, the title bar's button and a quitting app take: `close` may prevent it. */
  _closeAsked() {
    if (this.#destroyed || this.#closing) return;
    if (emitNative(this, 'close')) {
      peers.app._closeCancelled();
      return;
    }
    if (!this.#destroyed) this._closeContent();
  }

  /** Closes what the window shows, then the window. */
  _closeContent() {
    this._destroyNow(true);
  }

  /**
   * Ends the window. Electron marks it as destroyed before `closed`, so that listeners already see methods throw.
   * @param {boolean} tellUi false if the native window is gone already
   */
  _destroyNow(tellUi) {
    if (this.#destroyed || this.#closing) return;
    this.#closing = true;
    for (const child of [...this.#children]) child._destroyNow(true);
    this._beforeDestroyed();
    this.#destroyed = true;
    windows.delete(this.#id);
    if (tellUi) send({ type: 'windowDestroy', window: this.#id });
    emitNative(this, 'closed');
    this._afterClosed();
    this.#parent?._removeChild(this);
    this.#parent = null;
    peers.app._windowClosed();
  }

  _beforeDestroyed() {}

  _afterClosed() {}

  // Events.

  /** @param {any} event */
  _uiEvent(event) {
    const plain = PLAIN_EVENTS[event.type];
    if (plain !== undefined) {
      emitNative(this, plain);
      return;
    }
    switch (event.type) {
      case 'windowCloseAsked':
        if (this._model.closable) this._closeAsked();
        break;
      case 'windowClosed':
        this._destroyNow(false);
        break;
      case 'windowFocused':
        this.#focused = true;
        emitNative(this, 'focus');
        break;
      case 'windowBlurred':
        this.#focused = false;
        emitNative(this, 'blur');
        break;
    }
  }

  // Showing.

  show() {
    this._act('show');
  }

  showInactive() {
    // A modal window that does not take the focus would lock its parent for no visible reason.
    if (!this._model.modal) this._act('showInactive');
  }

  hide() {
    this._act('hide');
  }

  focus() {
    this._act('focus');
  }

  blur() {
    this._act('blur');
  }

  isVisible() {
    return this._state().visible;
  }

  isFocused() {
    return this.#focused && this._state().focused;
  }

  maximize() {
    if (!this._state().visible) this._act('showInactive');
    this._act('maximize');
  }

  unmaximize() {
    this._act('unmaximize');
  }

  isMaximized() {
    return this._state().maximized;
  }

  minimize() {
    this._act('minimize');
  }

  restore() {
    this._act('restore');
  }

  isMinimized() {
    return this._state().minimized;
  }

  /** @param {boolean} flag */
  setFullScreen(flag) {
    check(arguments, 'boolean');
    if (this._model.fullscreenable) this._set('fullScreen', Boolean(flag));
  }

  isFullScreen() {
    return this._state().fullScreen;
  }

  isNormal() {
    const { maximized, minimized, fullScreen } = this._state();
    return !maximized && !minimized && !fullScreen;
  }

  center() {
    this._act('center');
  }

  moveTop() {
    this._act('moveTop');
  }

  /** @param {string} mediaSourceId as of `getMediaSourceId`, of any window of the screen */
  moveAbove(mediaSourceId) {
    check(arguments, 'string');
    const other = Number(/^window:(\d{1,10}):-?\d+$/.exec(mediaSourceId)?.[1] ?? 0);
    const known = other > 0 && other <= 0xffffffff;
    if (!known || !callSync({ type: 'windowMoveAbove', window: this.#id, other })) throw new Error('Invalid media source id');
  }

  /** @param {boolean} flag */
  flashFrame(flag) {
    check(arguments, 'boolean');
    this._act(flag ? 'flashStart' : 'flashStop');
  }

  // Parent and children.

  /** @param {BaseWindow} parent */
  #adopt(parent) {
    this.#parent = parent;
    parent.#children.add(this);
  }

  /** @param {BaseWindow} child */
  _removeChild(child) {
    this.#children.delete(child);
  }

  getParentWindow() {
    return this.#parent;
  }

  getChildWindows() {
    return [...this.#children];
  }

  /** @param {BaseWindow | null} parent */
  setParentWindow(parent) {
    if (arguments.length === 0) throw new TypeError('Insufficient number of arguments.');
    if (this._model.modal) throw new Error('Can not be called for modal window');
    if (parent !== null && parent !== undefined && !(parent instanceof BaseWindow)) throw new Error('Must pass BaseWindow instance or null');
    this.#parent?._removeChild(this);
    this.#parent = null;
    if (parent) this.#adopt(parent);
    this._set('parent', parent ? parent.id : null);
  }

  isModal() {
    return this._model.modal;
  }

  // Menu.

  /** @param {any} menu */
  setMenu(menu) {
    if (arguments.length === 0 || (menu !== null && typeof menu !== 'object')) throw new TypeError('Invalid Menu');
    peers.menu.setWindowMenu(this, menu);
  }

  removeMenu() {
    peers.menu.setWindowMenu(this, null);
  }

  // Native identity.

  /** The X11 window's id as eight bytes, as Electron answers on Linux. */
  getNativeWindowHandle() {
    const handle = Buffer.alloc(8);
    handle.writeBigUInt64LE(BigInt(this._state().nativeHandle));
    return handle;
  }

  getMediaSourceId() {
    return `window:${this._state().nativeHandle}:0`;
  }

  // Statics.

  static getAllWindows() {
    return [...windows.values()];
  }

  /** @returns {BaseWindow | null} */
  static getFocusedWindow() {
    for (const window of windows.values()) {
      if (window.isFocused()) return window;
    }
    return null;
  }

  /** @param {number} id @returns {BaseWindow | null} */
  static fromId(id) {
    check(arguments, 'int');
    return windows.get(id) ?? null;
  }
}

installWindowProperties(BaseWindow.prototype);
guardDestroyed(BaseWindow.prototype, (window) => window.isDestroyed(), ['id', 'isDestroyed']);
