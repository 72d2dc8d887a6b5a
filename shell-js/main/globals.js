/**
 * Makes `process` what it is inside Electron.
 */
import process from 'node:process';

import { host } from './binding.js';
import { members } from './electron-process.js';

/** Adds a property to `process` that apps cannot change. @param {string} name @param {unknown} value */
function addToProcess(name, value) {
  Object.defineProperty(process, name, { value, enumerable: true, configurable: true, writable: false });
}

/** The Chromium version of the kept Electron version. Pages see the system's web view, whatever its version is. */
const CHROME_VERSION = '156.0.8078.100';

/** Gives `process` what it has inside Electron. */
export function completeProcess() {
  const { versions } = process;
  /** @type {Record<string, string | undefined>} */
  const shown = { ...versions, electron: host.version, chrome: CHROME_VERSION, shell: host.shellVersion };
  delete shown.deno;
  delete shown.typescript;
  addToProcess('versions', Object.freeze(shown));
  addToProcess('type', 'browser');
  addToProcess('sandboxed', false);
  for (const [name, member] of Object.entries(members)) addToProcess(name, member);
  addToProcess('resourcesPath', host.resourcesPath);
  if (host.defaultApp) addToProcess('defaultApp', true);
  process.argv.splice(0, process.argv.length, host.execPath, ...host.argv);
  process.execPath = host.execPath;
  process.title = host.packageJson.productName ?? host.packageJson.name ?? 'Electron';
}

/**
 * Puts `app.exit` in place of `process.exit`, as Electron does: windows are destroyed first and `quit` is emitted.
 * @param {(code: number) => void} exitApp
 */
export function replaceExit(exitApp) {
  const exit = (/** @type {any} */ code) => exitApp(Number(code ?? process.exitCode ?? 0));
  // It returns when the windows must be destroyed first, as Electron's does.
  Object.assign(process, { exit, reallyExit: exit });
}
