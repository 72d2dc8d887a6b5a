/**
 * What frames with a preload ask the shell itself, for their `webFrame` and `process`. Requests come from web processes and are not trusted: a
 * frame can only ask about its own page.
 */
import process from 'node:process';

import { processUsage } from './api/app-metrics.js';
import { evaluateIn } from './api/web-frame-main.js';
import { call, lanePlace, send } from './binding.js';
import { members as processMembers } from './electron-process.js';
import { answerImage } from './image-requests.js';
import { mainNode } from './lane-documents.js';
import { closeWorker, openWorker } from './node-workers.js';

/** @typedef {import('./lane-documents.js').LaneDocument} LaneDocument */

/** More style sheets than a page is ever given. */
const MAX_STYLES = 1000;

/** Processor time of each document's process when it last asked. @type {WeakMap<LaneDocument, {busy: number, at: number}>} */
const usages = new WeakMap();
/** Number of style sheets that each document has. @type {WeakMap<LaneDocument, Set<string>>} */
const styles = new WeakMap();
let lastStyle = 0;

function onLinux() {
  if (process.platform !== 'linux') throw new Error(`It is not implemented on ${process.platform} yet`);
}

/** @param {unknown} value @returns {number} */
function number(value) {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError('a number was expected');
  return value;
}

/** The frames of a page with a document, parents first. @param {LaneDocument} document */
function framesOf({ contentsId }) {
  return mainNode(contentsId)
    .subtree()
    .flatMap(({ document, parent, name }) => {
      if (document === null) return [];
      const above = parent?.document ?? null;
      return [{ token: document.token, routingId: document.routingId, number: document.frameNumber, parent: above?.token ?? null, parentNumber: above?.frameNumber ?? 0, name, way: lanePlace(document.connection, document.frameNumber) }];
    });
}

/** @type {Record<string, (contents: any, document: LaneDocument, args: any[]) => unknown>} */
const requests = {
  getZoomLevel: (contents) => contents.getZoomLevel(),
  setZoomLevel: (contents, _document, [level]) => contents.setZoomLevel(number(level)),
  getZoomFactor: (contents) => contents.getZoomFactor(),
  setZoomFactor: (contents, _document, [factor]) => contents.setZoomFactor(number(factor)),

  insertCSS(_contents, document, [css, userOrigin]) {
    // The engine's style sheets are of a page's main frame, or of all frames.
    if (document.node.parent !== null) throw new Error('webFrame.insertCSS is not implemented in sub-frames yet');
    const known = styles.get(document) ?? new Set();
    styles.set(document, known);
    if (known.size >= MAX_STYLES) throw new Error('The page has too many style sheets');
    const key = `frame-css-${++lastStyle}`;
    known.add(key);
    send({ type: 'webViewInsertCss', webContents: document.contentsId, key, css: String(css), userOrigin: userOrigin === true });
    return key;
  },
  removeInsertedCSS(_contents, document, [key]) {
    if (styles.get(document)?.delete(key)) send({ type: 'webViewRemoveCss', webContents: document.contentsId, key });
  },

  frames: (_contents, document) => framesOf(document),
  image: (_contents, _document, question) => answerImage(question),

  cpu(_contents, document) {
    onLinux();
    const usage = processUsage(document.processId, usages.get(document) ?? null);
    usages.set(document, usage);
    return { percentCPUUsage: usage.percent, idleWakeupsPerSecond: 0, cumulativeCPUUsage: usage.busy };
  },
  memory(_contents, document) {
    onLinux();
    return processUsage(document.processId, null).memory;
  },
  created(_contents, document) {
    onLinux();
    return processUsage(document.processId, null).created;
  },
  systemMemory: () => processMembers.getSystemMemoryInfo(),
  systemVersion: () => processMembers.getSystemVersion(),
  crash: (contents) => contents.forcefullyCrashRenderer(),

  openWorker: (contents, document, [url]) => openWorker(contents, document, url),
  closeWorker: (_contents, document, [number]) => closeWorker(document, number),
};
/** Those that are not about frames. */
const FOR_WORKERS = new Set(['cpu', 'memory', 'created', 'systemMemory', 'systemVersion', 'crash', 'openWorker', 'closeWorker']);

/** Those that take their time. @type {typeof requests} */
const works = {
  /** The engine takes what it is asked to run for the user's wish; the extension's world for that calls the document back. */
  gesture(_contents, document, [id]) {
    const code = `run(${document.number}, ${number(id) >>> 0})`;
    return call({ type: 'laneEvaluate', webContents: document.contentsId, code, url: '', world: 'shell-gesture' });
  },
  /** A script in another frame of the page. */
  executeJavaScript(_contents, document, [token, code, userGesture]) {
    const target = mainNode(document.contentsId).subtree().find((node) => node.document?.token === token)?.document;
    if (!target) throw new Error('WebFrame was removed before script could run. This normally means the underlying frame was destroyed');
    return evaluateIn(target, String(code), 0, userGesture === true);
  },
};

/** @param {typeof requests} table @param {any[] | null} request */
function workOf(table, request) {
  const name = request?.[0];
  if (typeof name !== 'string' || !Object.hasOwn(table, name)) throw new Error('The request could not be read');
  return table[name];
}

/** @param {any} contents @param {LaneDocument} document @param {any[] | null} request @returns {{error: string, value?: unknown}} */
export function answerFrame(contents, document, request) {
  try {
    return { error: '', value: workOf(requests, request)(contents, document, /** @type {any[]} */ (request).slice(1)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {any} contents @param {LaneDocument} worker @param {any[] | null} request */
export const answerWorker = (contents, worker, request) => answerFrame(contents, worker, FOR_WORKERS.has(request?.[0]) ? request : null);

/** @param {any} contents @param {LaneDocument} document @param {any[] | null} request @returns {Promise<unknown>} */
export async function workForFrame(contents, document, request) {
  return workOf(works, request)(contents, document, /** @type {any[]} */ (request).slice(1));
}
