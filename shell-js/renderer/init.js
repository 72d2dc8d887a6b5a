// Start of the renderer's side in a document: before any script of the page, or later in a frame that runs no preload.

import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { host } from '../common/codec-format.js';
import { deserialize } from '../common/serialize.js';
import { bundled } from './bundle.js';
import { createContextBridge, refusingContextBridge } from './context-bridge.js';
import { createElectronModule } from './electron-module.js';
import { createGestures } from './gestures.js';
import { holdPage } from './hold-page.js';
import { createIpcRenderer } from './ipc-renderer.js';
import { createNativeImage } from './native-image.js';
import { watchPage } from './page-news.js';
import { createPreloadLoader } from './preload-loader.js';
import { watchNavigations } from './navigating-frame.js';
import { createProcess } from './process.js';
import { createReceiver } from './receiver.js';
import { createScripts } from './scripts.js';
import { createTransport } from './transport.js';
import { createWebFrame } from './web-frame.js';
import { connectWindowOpen } from './window-open.js';
import { connectWorkers } from './workers.js';
import { createWorlds } from './worlds.js';

/**
 * @param {any} natives The extension's functions.
 * @param {any} page What page-bridge.js exports, of the page's world.
 * @param {object} pageGlobal
 * @param {Uint8Array} configBytes
 * @returns {(kind: number, id: number, bytes: Uint8Array) => void} Takes each frame of the lane for this document.
 */
export function start(natives, page, pageGlobal, configBytes) {
  // Only the native lane has these.
  if (typeof natives.anyProxy === 'function') host.anyProxy = natives.anyProxy;
  if (typeof natives.encodeText === 'function') host.encodeText = natives.encodeText;
  if (typeof natives.decodeText === 'function') host.decodeText = natives.decodeText;
  const config = deserialize(configBytes);
  const transport = createTransport(natives, config.isolated ? page.ports ?? null : null);
  // Where the worlds share no values, the lane brings what is between them.
  const worlds = natives.worlds ?? createWorlds(natives, page, pageGlobal, config.isolated);
  const bridge = natives.bridge ?? createContextBridge(worlds);
  const scripts = natives.scripts ?? createScripts(worlds, bridge);
  if (config.isMainFrame) connectWindowOpen(page, natives);
  if (config.node?.workers) connectWorkers(page, transport);
  if (config.isMainFrame) watchPage(transport);
  const whoNavigates = config.isMainFrame ? watchNavigations() : () => 'unknown';
  const gestures = createGestures(transport, !config.evaluateOnly && natives.worlds === undefined);
  const node = config.evaluateOnly ? null : runPreloads({ config, transport, worlds, bridge, scripts, gestures, natives });
  return createReceiver((kind, id, bytes) => {
    if (kind === TO_PAGE.evaluate) answerEvaluation(transport, scripts, gestures, id, bytes);
    else if (kind === TO_PAGE.gesture) gestures.granted(id);
    else if (kind === TO_PAGE.runFailed) scripts.failed(id, deserialize(bytes)[0]);
    else if (kind === TO_PAGE.whoNavigates) transport.post(FROM_PAGE.evaluated, id, [false, whoNavigates(deserialize(bytes))]);
    else if (kind === TO_PAGE.nodeAsk || kind === TO_PAGE.nodePost) node?.receive(kind, bytes);
    else transport.receive(kind, id, bytes);
  });
}

/** As in Electron; the page's own is replaced in page-windows.js. */
function replacePrompt() {
  globalThis.prompt = () => {
    throw new Error('prompt() is not supported.');
  };
}

/** Makes what preloads may use, and runs them. Gives the document's Node, if it has one. */
function runPreloads({ config, transport, worlds, bridge, scripts, gestures, natives }) {
  const process = createProcess(config.process, transport);
  replacePrompt();
  const electron = createElectronModule({
    contextBridge: config.isolated ? bridge.api : refusingContextBridge,
    ipcRenderer: createIpcRenderer(transport),
    nativeImage: createNativeImage(transport),
    webFrame: createWebFrame(config, scripts, worlds, transport, gestures)
  });
  const node = startNode(config, { process, electron, worlds, natives });
  const runPreload = node === null ? createPreloadLoader(electron, process, worlds.evaluateHere, config.isolated) : node.runPreload;

  const failed = (path) => (error) => {
    console.error(`Unable to load preload script: ${path}`);
    console.error(error instanceof Error ? `${error}\n${error.stack}` : String(error));
    try {
      transport.post(FROM_PAGE.preloadError, 0, [path, error]);
    } catch {
      transport.post(FROM_PAGE.preloadError, 0, [path, new Error(String(error))]);
    }
  };
  const modules = [];
  for (const preload of config.preloads) {
    try {
      const running = runPreload(preload);
      if (running) modules.push(running.catch(failed(preload.path)));
    } catch (error) {
      failed(preload.path)(error);
    }
  }
  if (modules.length > 0) holdPage(Promise.all(modules), config.node.held, () => natives.send(FROM_PAGE.preloaded, 0, new Uint8Array(0)));
  process.emit('loaded');
  node?.finish();
  return node;
}

function startNode(config, { process, electron, worlds, natives }) {
  const { refused, warning, script } = config.node ?? {};
  if (refused || warning) console.warn(refused ?? warning);
  if (script === undefined) return null;
  const start = worlds.evaluateHere(script, 'shell:renderer-node')(bundled);
  return start(natives, config.node, { process, electron: () => electron, isolated: config.isolated, evaluate: worlds.evaluateHere });
}

/** A script of the main process. Its result goes there as it is, by the codec; it reads values of any world. */
function answerEvaluation(transport, scripts, gestures, id, bytes) {
  const [code, url, worldId, userGesture] = deserialize(bytes);
  const answer = (failed) => (value) => {
    try {
      transport.post(FROM_PAGE.evaluated, id, [failed, value]);
    } catch (error) {
      transport.post(FROM_PAGE.evaluated, id, [true, error]);
    }
  };
  const evaluate = () => scripts.evaluate(code, url, worldId, answer(false), answer(true));
  if (userGesture === true) gestures.run(evaluate).catch(answer(true));
  else evaluate();
}
