// Start of the renderer's side in a new document, before any script of the page.

import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { deserialize } from '../common/serialize.js';
import { createContextBridge, refusingContextBridge } from './context-bridge.js';
import { createElectronModule } from './electron-module.js';
import { createIpcRenderer } from './ipc-renderer.js';
import { createPreloadLoader } from './preload-loader.js';
import { createProcess } from './process.js';
import { createTransport } from './transport.js';
import { createWebFrame } from './web-frame.js';

const SCRIPT_FAILED =
  'Script failed to execute, this normally means an error was thrown. Check the renderer console for the error.';

/**
 * @param {any} natives The extension's functions.
 * @param {any} page What page-bridge.js exports, of the page's world.
 * @param {object} pageGlobal
 * @param {Uint8Array} configBytes
 * @returns {(kind: number, id: number, bytes: Uint8Array) => void} Takes each frame for this document.
 */
export function start(natives, page, pageGlobal, configBytes) {
  const config = deserialize(configBytes);
  const transport = createTransport(natives);
  const isolated = config.process.contextIsolated;
  const bridge = createContextBridge(page, pageGlobal, (value, toPage) => natives.rewrap(value, toPage), evaluateRaw);

  // A value of the page as it is. It must not be given to a promise's `resolve`: were it a thenable of the page, the page would be handed
  // functions of this world.
  function evaluateRaw(code) {
    const holder = { __proto__: null, value: undefined, error: undefined };
    natives.evaluate(code, '', true, holder);
    if (holder.error !== undefined) throw new Error(holder.error);
    return holder.value;
  }

  // A value of the page, with promises awaited.
  function evaluateInPage(code, url, onValue, onError) {
    const holder = { __proto__: null, value: undefined, error: undefined };
    natives.evaluate(code, url, true, holder);
    if (holder.error !== undefined) {
      console.error(holder.error);
      onError(new Error(SCRIPT_FAILED));
      return;
    }
    const { value } = holder;
    if (!(bridge.isPagePromise(value) && page.then(value, onValue, onError))) onValue(value);
  }

  // The same for preloads, which get a copy.
  function evaluateForPreload(code) {
    return new Promise((resolve, reject) => {
      const copied = (settle) => (value) => {
        try {
          settle(bridge.fromPage(value));
        } catch (error) {
          reject(error);
        }
      };
      evaluateInPage(code, '', copied(resolve), copied(reject));
    });
  }

  function evaluateHere(code, url) {
    const holder = { __proto__: null, value: undefined, error: undefined };
    natives.evaluate(code, url, false, holder);
    if (holder.error !== undefined) throw new SyntaxError(holder.error);
    return holder.value;
  }

  // The result goes to the main process as it is, by the codec; it reads values of any world.
  function answerEvaluation(id, bytes) {
    const [code, url] = deserialize(bytes);
    const answer = (failed) => (value) => {
      try {
        transport.post(FROM_PAGE.evaluated, id, [failed, value]);
      } catch (error) {
        transport.post(FROM_PAGE.evaluated, id, [true, error]);
      }
    };
    evaluateInPage(code, url, answer(false), answer(true));
  }

  const process = createProcess(config.process);
  const electron = createElectronModule({
    contextBridge: isolated
      ? {
          exposeInMainWorld: bridge.exposeInMainWorld,
          exposeInIsolatedWorld: bridge.exposeInIsolatedWorld,
          executeInMainWorld: bridge.executeInMainWorld
        }
      : refusingContextBridge,
    ipcRenderer: createIpcRenderer(transport),
    webFrame: createWebFrame(config, evaluateForPreload)
  });
  const runPreload = createPreloadLoader(electron, process, evaluateHere);

  for (const preload of config.preloads) {
    try {
      runPreload(preload);
    } catch (error) {
      console.error(`Unable to load preload script: ${preload.path}`);
      console.error(error instanceof Error ? `${error}\n${error.stack}` : String(error));
      try {
        transport.post(FROM_PAGE.preloadError, 0, [preload.path, error]);
      } catch {
        transport.post(FROM_PAGE.preloadError, 0, [preload.path, new Error(String(error))]);
      }
    }
  }
  process.emit('loaded');

  // By way of an event that nobody else can see: when its listener returns, the engine settles promises at once. After a call from native
  // code it would do so only in its next turn.
  const turn = new EventTarget();
  const news = new Event('frame');
  let frame = null;
  turn.addEventListener('frame', () => {
    const { kind, id, bytes } = frame;
    frame = null;
    try {
      if (kind === TO_PAGE.evaluate) answerEvaluation(id, bytes);
      else transport.receive(kind, id, bytes);
    } catch (error) {
      console.error(`Uncaught ${error instanceof Error ? `${error}\n${error.stack}` : String(error)}`);
    }
  });
  return (kind, id, bytes) => {
    frame = { kind, id, bytes };
    turn.dispatchEvent(news);
  };
}
