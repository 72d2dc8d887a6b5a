'use strict';

// What the specs of IPC, contextBridge and preloads share: windows with a preload given as text.

const { BrowserWindow } = require('electron');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-preloads-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** Writes a preload script. @param {string | Function} code text, or a function whose body it is @returns {string} its path */
function preloadFile(code) {
  const file = path.join(folder, `preload-${++count}.js`);
  fs.writeFileSync(file, typeof code === 'function' ? `(${code})();` : code);
  return file;
}

/** Writes a page. @param {string} html @returns {string} its path */
function pageFile(html) {
  const file = path.join(folder, `page-${++count}.html`);
  fs.writeFileSync(file, `<!doctype html><meta charset="utf-8"><title>page</title>${html}`);
  return file;
}

/**
 * A hidden window with a page that was loaded to the end.
 * @param {{ preload?: string | Function, html?: string, webPreferences?: object }} [options]
 */
async function openWithPreload({ preload, html = '', webPreferences = {} } = {}) {
  const window = new BrowserWindow({
    show: false,
    webPreferences: { ...(preload === undefined ? {} : { preload: preloadFile(preload) }), ...webPreferences },
  });
  await window.loadFile(pageFile(html));
  return window;
}

/**
 * Exposes what `make` gives as `api` and runs `look` in the page. Both run elsewhere and see nothing of the spec.
 * @param {Function} make @param {Function} look @param {string} [html]
 */
async function bridged(make, look, html = '') {
  const preload = `const { contextBridge, ipcRenderer, webFrame } = require('electron');
    const made = (${make})({ contextBridge, ipcRenderer, webFrame });
    if (made !== undefined) contextBridge.exposeInMainWorld('api', made);`;
  const window = await openWithPreload({ preload, html });
  return window.webContents.executeJavaScript(`(${look})()`);
}

const portable = process.env.SHELL_RENDERER_LANE === 'portable';

module.exports = { bridged, openWithPreload, pageFile, portable, preloadFile };
