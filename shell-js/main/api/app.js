/**
 * `app`: the life of the app, from launch to exit, and what it knows of itself.
 *
 * The order of the life cycle's events is Electron's, and apps depend on it; each step that fixes a part of it says so.
 */
import { EventEmitter } from 'node:events';
import process from 'node:process';

import { exit as exitProcess, host, preferredLanguages, runReactions, send, systemLocale } from '../binding.js';
import { setDefaultApplicationMenu } from '../default-menu.js';
import { peers, webContents, windows } from '../object-registry.js';
import { onUiEvent } from '../ui-dispatch.js';
import { aboutMembers } from './app-about.js';
import { instanceMembers } from './app-instance.js';
import { processMetrics } from './app-metrics.js';
import { pathMembers } from './app-paths.js';
import { relaunchLater, startRelaunched } from './app-relaunch.js';
import { check } from './arguments.js';
import { commandLine } from './command-line.js';
import { emitNative } from './event.js';

const textOf = (/** @type {any} */ value) => (typeof value === 'string' && value !== '' ? value : null);

class App extends EventEmitter {
  /** What the app has set. @type {string | null} */
  #name = null;
  /** @type {string | null} */
  #desktopName = null;
  #ready = false;
  #quitting = false;
  #exiting = false;
  #shutDown = false;
  #exitCode = 0;
  #emptyCheckDue = false;
  #hardwareAcceleration = true;
  /** Set by `enableSandbox`. */
  _sandboxForced = false;
  /** @type {() => void} */
  #resolveReady = () => {};
  #readyPromise = new Promise((/** @type {(value: void) => void} */ resolve) => {
    this.#resolveReady = resolve;
  });
  /** @type {string | null} */
  #userAgent = null;

  constructor() {
    super();
    this.commandLine = commandLine;
    // Electron's own listener: it steps back as soon as the app has one.
    this.on('window-all-closed', () => {
      if (this.listenerCount('window-all-closed') === 1) this.quit();
    });
  }

  // What the app is.

  getName() {
    return this.#name ?? textOf(host.packageJson.productName) ?? textOf(host.packageJson.name) ?? 'Electron';
  }

  /** @param {string} name */
  setName(name) {
    check(arguments, 'string');
    this.#name = name;
  }

  /** @param {string} name of the desktop entry; only before the app is ready */
  setDesktopName(name) {
    check(arguments, 'string');
    this.#desktopName = name;
  }

  get name() {
    return this.getName();
  }

  set name(name) {
    this.setName(name);
  }

  getVersion() {
    return textOf(host.packageJson.version) ?? host.version;
  }

  get isPackaged() {
    return Boolean(host.isPackaged);
  }

  getLocale() {
    return commandLine.getSwitchValue('lang') || systemLocale();
  }

  getLocaleCountryCode() {
    return /[-_]([A-Z]{2})\b/.exec(systemLocale())?.[1] ?? '';
  }

  getSystemLocale() {
    return systemLocale();
  }

  getPreferredSystemLanguages() {
    const languages = preferredLanguages();
    return languages.length > 0 ? languages : [systemLocale()];
  }

  get userAgentFallback() {
    return this.#userAgent ?? defaultUserAgent(this.getName(), this.getVersion());
  }

  set userAgentFallback(userAgent) {
    this.#userAgent = String(userAgent);
  }

  get applicationMenu() {
    return peers.menu.Menu.getApplicationMenu();
  }

  set applicationMenu(menu) {
    peers.menu.Menu.setApplicationMenu(menu);
  }

  getAppMetrics() {
    return processMetrics([...webContents.values()]);
  }

  // Launch.

  isReady() {
    return this.#ready;
  }

  whenReady() {
    return this.#readyPromise;
  }

  /** @param {string} method */
  #beforeReadyOnly(method) {
    if (this.#ready) throw new Error(`app.${method}() can only be called before app is ready`);
  }

  enableSandbox() {
    this.#beforeReadyOnly('enableSandbox');
    this._sandboxForced = true;
  }

  disableHardwareAcceleration() {
    this.#beforeReadyOnly('disableHardwareAcceleration');
    this.#hardwareAcceleration = false;
  }

  isHardwareAccelerationEnabled() {
    return this.#hardwareAcceleration;
  }

  /** See `startLifecycle`. */
  _launch() {
    if (this.#shutDown) return;
    // Electron installs its menu from a listener of this event that is older than any of the app.
    setDefaultApplicationMenu();
    emitNative(this, 'will-finish-launching');
    // Windows carry the name of the app's desktop entry: that is how a desktop knows whose they are.
    send({ type: 'setAppIdentity', name: (this.#desktopName ?? textOf(host.packageJson.desktopName) ?? this.getName()).replace(/\.desktop$/, '') });
    /** @type {any} */ (this).getPath('userData');
    this.#ready = true;
    this.#resolveReady();
    // Reactions of `whenReady()` run before listeners of `ready`, and before anything else, timers included.
    runReactions();
    if (this.#shutDown) return;
    emitNative(this, 'ready', {});
    /** @type {any} */ (this)._launchedForInstances();
  }

  // End.

  quit() {
    if (this.#quitting) return;
    this.#quitting = true;
    if (emitNative(this, 'before-quit')) {
      this.#quitting = false;
      return;
    }
    if (windows.size === 0) {
      this.#willQuit();
      return;
    }
    for (const window of [...windows.values()]) {
      if (!window.isDestroyed()) window.close();
    }
  }

  /** @param {number} [code] */
  exit(code = 0) {
    this.#exitCode = Number.isInteger(code) ? code : 0;
    if (this.#shutDown) {
      // The end is under way; of listeners of `quit` and `exit` the last word counts.
      process.exitCode = this.#exitCode;
      return;
    }
    if (!this.#ready) {
      // Before the message loop there is nothing to take down.
      this.#end();
      return;
    }
    this.#quitting = true;
    this.#exiting = true;
    if (windows.size === 0) {
      this.#shutdown();
      return;
    }
    for (const window of [...windows.values()]) window._destroyNow(true);
  }

  /** @param {{args?: string[], execPath?: string}} [options] */
  relaunch(options) {
    return relaunchLater(options);
  }

  /** A window or its page wants to stay: so does the app. */
  _closeCancelled() {
    if (!this.#exiting) this.#quitting = false;
  }

  /** A window was destroyed. Electron looks for the last one a turn later, when listeners of `closed` may have opened another. */
  _windowClosed() {
    if (windows.size > 0 || this.#emptyCheckDue) return;
    this.#emptyCheckDue = true;
    setImmediate(() => {
      this.#emptyCheckDue = false;
      if (windows.size > 0 || this.#shutDown) return;
      if (this.#exiting) this.#shutdown();
      else if (this.#quitting) this.#willQuit();
      else emitNative(this, 'window-all-closed');
    });
  }

  #willQuit() {
    if (this.#shutDown) return;
    if (emitNative(this, 'will-quit')) {
      this.#quitting = false;
      return;
    }
    this.#shutdown();
  }

  #shutdown() {
    if (this.#shutDown) return;
    this.#shutDown = true;
    this.#quitting = true;
    emitNative(this, 'quit', this.#exitCode);
    // The code that asked for the end runs to its own.
    setImmediate(() => this.#end());
  }

  #end() {
    this.#shutDown = true;
    startRelaunched();
    exitProcess(this.#exitCode);
  }

  // Windows.

  focus() {
    for (const window of windows.values()) {
      if (!window.isVisible()) continue;
      window.focus();
      return;
    }
  }
}

/**
 * What pages say they are: the engine's own name, so that sites serve what it can show, and the app's and Electron's, which
 * apps look for.
 * @param {string} name @param {string} version
 */
function defaultUserAgent(name, version) {
  const product = name.replace(/\s/g, '');
  return `Mozilla/5.0 (X11; Linux ${process.arch === 'x64' ? 'x86_64' : process.arch}) AppleWebKit/605.1.15 (KHTML, like Gecko) ${product}/${version} Electron/${host.version} Version/16.6 Safari/605.1.15`;
}

/** Members from other files join the prototype, so that `app` is one object. @param {object} members */
function include(members) {
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(App.prototype, name, { value, writable: true, configurable: true });
  }
}

/** The one object of its kind. @type {any} */
export const app = new App();
include(pathMembers(() => app.getName()));
include(instanceMembers(app));
include(aboutMembers(app));
peers.app = app;

onUiEvent('quitAsked', () => app.quit());

/** Makes the app ready. To be called once the main script was evaluated and the toolkit is up. */
export function startLifecycle() {
  // In a turn of its own: the caller is a promise reaction, in which no others can be run.
  setImmediate(() => app._launch());
}
