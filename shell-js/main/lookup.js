/**
 * Windows, web contents and the app as the smaller modules need them. Everything is looked up when it is used: menus, dialogs, windows
 * and the app refer to each other.
 */
import { session as sessionModule } from './api/session.js';
import { peers, webContents, windows } from './object-registry.js';

export const app = () => peers.app;
export const session = () => sessionModule;

/** @param {any} value @returns {boolean} whether it is a window, open or destroyed */
export const isWindow = (value) => value instanceof peers.BaseWindow;

export const allWindows = () => [...windows.values()];
/** @param {number} id */
export const windowOf = (id) => windows.get(id) ?? null;
export const focusedWindow = () => peers.BaseWindow?.getFocusedWindow() ?? null;

export const allWebContents = () => [...webContents.values()];
/** The page that has the keyboard: that of the focused window, or the one of it that says so. */
export const focusedWebContents = () => allWebContents().find((contents) => contents.isFocused()) ?? null;
