/**
 * Makes the global scope of the main process look like Node's inside Electron: `process` with Electron's additions, and none of the
 * globals that only the runtime below has.
 */
// For its effect: it adds a global when it is first loaded, which is hidden below.
import 'node:module';
import process from 'node:process';

import { host } from './binding.js';

/** What `Object.keys(globalThis)` shows in Node. */
const ENUMERABLE = new Set([
  'global', 'clearImmediate', 'setImmediate', 'clearInterval', 'clearTimeout', 'setInterval', 'setTimeout', 'queueMicrotask',
  'structuredClone', 'atob', 'btoa', 'performance', 'fetch', 'navigator', 'crypto',
]);

/**
 * Globals of a browser window or of the runtime that Node does not have; packages detect their surroundings by them. The event methods
 * stay, on the prototype: the runtime reports uncaught exceptions and rejections by events of the global object.
 */
const FOREIGN = [
  'window', 'self', 'Window', 'name', 'close', 'closed', 'alert', 'confirm', 'prompt', 'location', 'Location', 'onerror', 'onload',
  'onbeforeunload', 'onunload', 'caches', 'Cache', 'CacheStorage', 'localStorage', 'sessionStorage', 'Storage', 'Worker',
  'ImageBitmap', 'ImageData', 'createImageBitmap', 'OffscreenCanvas',
  'OffscreenCanvasRenderingContext2D', 'nodeBootstrap', 'reportError', 'FileReader', 'ProgressEvent',
];

for (const name of FOREIGN) {
  // One that cannot be deleted stays, but does not show.
  if (!Reflect.deleteProperty(globalThis, name)) hide(name);
}
for (const name of Object.keys(globalThis)) {
  if (!ENUMERABLE.has(name)) hide(name);
}
/** @param {string} name */
function hide(name) {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  if (descriptor?.configurable) Object.defineProperty(globalThis, name, { ...descriptor, enumerable: false });
}

/** Adds a property to `process` that apps cannot change. @param {string} name @param {unknown} value */
function addToProcess(name, value) {
  Object.defineProperty(process, name, { value, enumerable: true, configurable: true, writable: false });
}

const { versions } = process;
const shown = { ...versions, electron: host.version, chrome: CHROME_VERSION(), shell: host.shellVersion };
delete shown.deno;
delete shown.typescript;
addToProcess('versions', Object.freeze(shown));
addToProcess('type', 'browser');
addToProcess('resourcesPath', host.resourcesPath);
if (host.defaultApp) addToProcess('defaultApp', true);
process.argv.splice(0, process.argv.length, host.execPath, ...host.argv);
process.execPath = host.execPath;
process.title = host.packageJson.productName ?? host.packageJson.name ?? 'Electron';

/** The Chromium version that the kept Electron version is built on; pages see the system's web view, whatever its version is. */
function CHROME_VERSION() {
  return '152.0.7935.0';
}

/**
 * Puts `app.exit` in place of `process.exit`, as Electron does: windows are destroyed first and `quit` is emitted.
 * @param {(code: number) => void} exitApp
 */
export function replaceExit(exitApp) {
  process.exit = (code) => exitApp(Number(code ?? process.exitCode ?? 0));
  process.reallyExit = process.exit;
}
