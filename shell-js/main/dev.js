/**
 * The app's end of `shell dev`: tells what pages write to their consoles, reloads pages, shows developer tools, and knows which files
 * only a new start can take up. Lines of JSON go both ways; `src/dev/channel.rs` is the other end.
 */
import { connect } from 'node:net';

import { app } from './api/app.js';
import { webContents } from './api/web-contents.js';
import { host, isLoaded } from './binding.js';

/** What a page may be made of. Data is not among it: an app that writes its own would reload itself. */
const PAGE_FILE = /\.(html?|css|[cm]?[jt]sx?|vue|svelte|wasm|svg|png|jpe?g|gif|webp|avif|ico|woff2?|ttf|otf|mp[34]|webm|ogg|wav)$/i;

/** A message of a page's console is cut after so many letters. */
const LONGEST = 20_000;

const [, hostName, port, token] = /^(.*):(\d+):(.*)$/.exec(host.devChannel ?? '') ?? [];
const socket = connect(Number(port), hostName);
socket.setNoDelay(true);
// It must not keep the process, which decides by itself when it ends.
socket.unref();
socket.on('error', () => {});
// The terminal is gone, and with it whoever watches this app.
socket.on('close', () => app.quit());

/** @param {Record<string, unknown>} message */
const say = (message) => socket.write(`${JSON.stringify(message)}\n`);

say({ type: 'app', token });

/** @returns {any[]} */
const pages = () => webContents.getAllWebContents().filter((/** @type {any} */ contents) => !contents.isDestroyed());

/** A page's address as people know it. @param {string} source */
function shown(source) {
  if (source.startsWith('file://')) {
    const path = decodeURIComponent(new URL(source).pathname);
    return path.startsWith(`${host.appPath}/`) ? path.slice(host.appPath.length + 1) : path;
  }
  // What dev servers add to tell versions of a file apart.
  return source.replace(/^https?:\/\/[^/]+\//, '').replace(/\?.*$/, '');
}

app.on('web-contents-created', (/** @type {any} */ _event, /** @type {any} */ contents) => {
  contents.on('console-message', (/** @type {any} */ details) => {
    const { level, message, lineNumber, sourceId } = details;
    say({ type: 'console', page: contents.id, level, message: String(message).slice(0, LONGEST), source: shown(sourceId ?? ''), line: lineNumber });
  });
  contents.on('render-process-gone', (/** @type {any} */ _gone, /** @type {any} */ details) => {
    say({ type: 'console', page: contents.id, level: 'error', message: `the page's process is gone: ${details.reason}`, source: '', line: 0 });
  });
});

/** Whether a file is a preload of a page. @param {any} contents @param {string} path */
function isPreload(contents, path) {
  return contents._preferences.preload === path || contents.session.getPreloadScripts().some((/** @type {any} */ script) => script.filePath === path);
}

/**
 * Files have changed: what the main process is made of takes a new start, what pages are made of a reload.
 * @param {string[]} paths
 * @param {boolean} served  whether a dev server brings pages up to date
 */
function changed(paths, served) {
  if (paths.some((path) => isLoaded(path))) return say({ type: 'restart' });
  const stale = served ? pages().filter((contents) => paths.some((path) => isPreload(contents, path))) : pages();
  if (stale.length === 0 || !paths.some((path) => PAGE_FILE.test(path))) return say({ type: 'unchanged' });
  for (const contents of stale) contents.reloadIgnoringCache();
  return say({ type: 'reloaded' });
}

/** Shows the tools of the window that has the focus, else of all windows; hides them where they are shown. */
function toggleDevTools() {
  const focused = webContents.getFocusedWebContents();
  for (const contents of focused ? [focused] : pages()) contents.toggleDevTools();
}

/** @param {any} message */
function take(message) {
  switch (message.type) {
    case 'changed':
      return changed(message.paths, message.served);
    case 'devtools':
      return toggleDevTools();
    default:
      return undefined;
  }
}

let rest = '';
socket.setEncoding('utf8');
socket.on('data', (text) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) take(JSON.parse(line));
});
