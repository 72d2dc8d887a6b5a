/**
 * The table of listeners and handlers behind `ipcMain`, `webContents.ipc` and `webFrameMain.ipc`.
 */
import { EventEmitter } from 'node:events';

export class IpcMainImpl extends EventEmitter {
  /** Read by `ipc-dispatch.js`. @type {Map<string, Function>} */
  _invokeHandlers = new Map();

  constructor() {
    super();
    // `error` is a channel like any other: without a listener it must not throw.
    this.on('error', () => {});
  }

  /** @param {string} channel @param {Function} listener */
  handle(channel, listener) {
    if (this._invokeHandlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    if (typeof listener !== 'function') throw new TypeError(`Expected handler to be a function, but found type '${typeof listener}'`);
    this._invokeHandlers.set(channel, listener);
  }

  /** @param {string} channel @param {Function} listener */
  handleOnce(channel, listener) {
    if (typeof listener !== 'function') throw new TypeError(`Expected handler to be a function, but found type '${typeof listener}'`);
    this.handle(channel, (/** @type {any[]} */ ...args) => {
      this.removeHandler(channel);
      return listener(...args);
    });
  }

  /** @param {string} channel */
  removeHandler(channel) {
    this._invokeHandlers.delete(channel);
  }
}
