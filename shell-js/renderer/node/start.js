// The start of a document with Node: `sandbox: false` preloads, and pages with `nodeIntegration`. Sent to such documents only.

import { clearImmediate, setImmediate } from '../immediate.js';
import { installCallSites } from './call-sites.js';
import { createLoader } from './module-loader.js';
import { extendProcess } from './node-process.js';
import { NodeBuffer } from './node-buffer.js';
import { createRemote } from './remote.js';

/**
 * @param {any} natives The extension's functions.
 * @param {any} config
 * @param {object} base What documents without Node have too.
 * @param {any} base.process
 * @param {() => any} base.electron
 * @param {boolean} base.isolated Whether this world is not the page's.
 * @param {(code: string, url: string) => any} base.evaluate Runs code in this world.
 */
export function startNode(natives, config, { process, electron, isolated, evaluate }) {
  const report = (error) => {
    // A worker's own error handlers hear of it, and those of the page.
    if (globalThis.window === undefined) return globalThis.reportError(error);
    const text = `Uncaught ${error instanceof Error ? `${error}\n${error.stack}` : String(error)}`;
    // Not reportError: the engine hides errors of scripts that it takes for another origin's. In a world of its own an event would be the
    // page's to see.
    const event = isolated ? null : new ErrorEvent('error', { message: text.split('\n')[0], error, cancelable: true });
    if (event === null || globalThis.dispatchEvent(event)) console.error(text);
  };
  installCallSites();
  const remote = createRemote(natives, process, report);
  let remoteProcess = null;
  let connected = false;
  const changes = {};
  const ask = (name, ...args) => {
    if (!connected) {
      connected = true;
      if (Object.keys(changes).length > 0) remote.ask('env', changes);
    }
    return remote.ask(name, ...args);
  };
  // The context starts with the first question, so changes of the environment wait for it.
  const tellEnv = (change) => {
    if (connected) ask('env', change);
    else Object.assign(changes, change);
  };
  extendProcess(process, config, () => (remoteProcess ??= ask('process')), tellEnv);
  const loader = createLoader({ ask }, process, electron, evaluate, isolated);

  const globals = { process, Buffer: NodeBuffer, setImmediate, clearImmediate, global: globalThis };
  const put = (name, value) => Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  for (const [name, value] of Object.entries(globals)) put(name, value);

  if (config.page) {
    const module = new loader.Module(config.filename);
    module.filename = config.filename;
    module.path = config.base;
    put('module', module);
    put('require', loader.makeRequire(module));
    put('__filename', config.filename);
    put('__dirname', config.dirname);
  }

  return {
    receive: remote.receive,
    counts: remote.counts,
    runPreload: ({ path, source }) => loader.run(path, source),
    /** After the last preload: a page without `nodeIntegration` keeps nothing. */
    finish() {
      if (isolated || config.page) return;
      for (const name of Object.keys(globals)) delete globalThis[name];
    }
  };
}
