'use strict';

// What several specs need. Everything here uses only the public API.

const { BrowserWindow } = require('electron');
const http = require('node:http');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

/**
 * Resolves with the arguments of the next `event`; rejects with its first argument's error when `emitter` says so first.
 * @param {import('node:events').EventEmitter} emitter
 * @param {string} event
 * @returns {Promise<any[]>}
 */
function once(emitter, event) {
  return new Promise((resolve) => {
    emitter.once(event, (...args) => resolve(args));
  });
}

/** Destroys a window and waits until it is gone. @param {Electron.BrowserWindow | null | undefined} window */
async function closeWindow(window) {
  if (!window || window.isDestroyed()) return;
  const closed = once(window, 'closed');
  window.destroy();
  await closed;
}

/** For `afterEach`. */
async function closeAllWindows() {
  for (const window of BrowserWindow.getAllWindows()) await closeWindow(window);
}

/**
 * A hidden window with a page whose body is `html`.
 * @param {string} [html]
 * @param {Electron.BrowserWindowConstructorOptions} [options]
 */
async function openPage(html = '', options = {}) {
  const window = new BrowserWindow({ show: false, ...options });
  await window.loadURL(`data:text/html,${encodeURIComponent(`<!doctype html><body>${html}</body>`)}`);
  return window;
}

/** Path of a file below `fixtures/`. @param {...string} parts */
function fixture(...parts) {
  return path.join(__dirname, 'fixtures', ...parts);
}

/** The same as a `file:` address. @param {...string} parts */
function fixtureUrl(...parts) {
  return pathToFileURL(fixture(...parts)).href;
}

/**
 * An HTTP server on a free port of the loopback interface.
 * @param {http.RequestListener} listener
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
async function serve(listener) {
  const server = http.createServer(listener);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}

/** @param {number} ms */
function delay(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Waits until `condition` holds: for what has no event.
 * @param {() => unknown} condition
 * @param {number} [limit]
 */
async function waitUntil(condition, limit = 50_000) {
  const end = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`still not true after ${limit} ms: ${condition}`);
    await delay(20);
  }
}

module.exports = { closeAllWindows, closeWindow, delay, fixture, fixtureUrl, once, openPage, serve, waitUntil };
