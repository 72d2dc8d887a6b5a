/**
 * The one place where news of the UI thread enters: it finds the object that an event is about and hands it over.
 */
import { webContents, windows } from './object-registry.js';

/** @type {Map<string, (event: any) => void>} */
const handlers = new Map();

/**
 * Registers who handles the events of a type that concern neither one window nor one web contents.
 * @param {string} type
 * @param {(event: any) => void} handler
 */
export function onUiEvent(type, handler) {
  handlers.set(type, handler);
}

/**
 * Hands one event of the UI thread to its object. An event about an object that is gone is dropped: the UI had sent it before it
 * learned of the end.
 * @param {{type: string, window?: number, webContents?: number}} event
 */
export function dispatchUiEvent(event) {
  const handler = handlers.get(event.type);
  if (handler !== undefined) return handler(event);
  if (event.webContents !== undefined) return webContents.get(event.webContents)?._uiEvent(event);
  if (event.window !== undefined) return windows.get(event.window)?._uiEvent(event);
}
