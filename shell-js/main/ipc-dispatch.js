/**
 * The only entry of what pages send: new documents, messages, results.
 *
 * Frames come from web processes and are not trusted. The hub has checked their form; here the document that a frame names must be one of
 * its connection that is alive, and what cannot be decoded is dropped.
 */
import { types } from 'node:util';

import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { deserialize, serialize, serializeOrThrow } from '../common/serialize.js';
import { ipcMain } from './api/ipc-main.js';
import { readMessage } from './api/message-channel.js';
import { evaluateIn, frameOf } from './api/web-frame-main.js';
import { laneSend, send } from './binding.js';
import { frameNews, payloadReader } from './frame-dispatch.js';
import { answerFrame, answerWorker, workForFrame } from './frame-requests.js';
import { askEvaluation, currentDocument, documentOf, removeConnection } from './lane-documents.js';
import { portFrame, readPosted } from './lane-ports.js';
import { refuseNode } from './legacy-node.js';
import { webContents } from './object-registry.js';
import { connected, isPortable, runForPreload, wantWorld } from './portable-lane.js';
import { announceScripts } from './renderer-payload.js';
import { onUiEvent } from './ui-dispatch.js';

/** What documents send that run no preload. @type {Set<number>} */
const WITHOUT_IPC = new Set([FROM_PAGE.console, FROM_PAGE.evaluated]);
/** What a page waits for. @type {Set<number>} */
const BLOCKING = new Set([FROM_PAGE.sync, FROM_PAGE.windowOpen, FROM_PAGE.nodeAsk, FROM_PAGE.hostAsked]);
/** The memory of longer payloads is given back as soon as they are read, for the next one: the engine would collect it much later. */
const LONG_PAYLOAD = 16 << 10;
const { transfer } = ArrayBuffer.prototype;
const NEVER_SENT = 'reply was never sent';
/** WebKit's levels of console messages: info, log, warning, error, debug. */
const CONSOLE_LEVELS = ['info', 'info', 'warning', 'error', 'debug'];

export { currentDocument };

/** @param {import('./binding.js').LaneFrame} frame */
export function dispatchFrame(frame) {
  if (frameNews(frame)) return undefined;
  const document = documentOf(frame);
  const contents = document && webContents.get(document.contentsId);
  if (document === undefined || contents === undefined) {
    // A blocked page is never left blocked.
    if (BLOCKING.has(frame.kind)) {
      laneSend(frame.connection, TO_PAGE.syncReply, frame.id, frame.document, frame.frame, serialize([{ error: NEVER_SENT }]));
    }
    return undefined;
  }
  if (document.owner !== null) return workerFrame(contents, document, frame);
  // A frame without IPC has been given nothing that could send this.
  if (!document.hasIpc && !WITHOUT_IPC.has(frame.kind)) {
    if (BLOCKING.has(frame.kind)) document.send(TO_PAGE.syncReply, frame.id, serialize([{ error: NEVER_SENT }]));
    return undefined;
  }
  switch (frame.kind) {
    case FROM_PAGE.console:
      return consoleMessage(contents, frame.data);
    case FROM_PAGE.evaluated:
      return evaluated(document, frame);
    case FROM_PAGE.preloadError:
      return preloadError(contents, frame.data);
    case FROM_PAGE.send:
      return messageSent(contents, document, frame);
    case FROM_PAGE.invoke:
      // It settles by itself, whatever the handler does.
      invoked(contents, document, frame);
      return undefined;
    case FROM_PAGE.sync:
      return askedSync(contents, document, frame);
    case FROM_PAGE.toHost:
      return sentToHost(contents, document, frame);
    case FROM_PAGE.postMessage:
      return posted(contents, document, frame);
    case FROM_PAGE.portMessage:
    case FROM_PAGE.portClosed:
    case FROM_PAGE.portReturned:
      return portFrame(document, frame);
    case FROM_PAGE.windowOpen:
      return windowAsked(contents, document, frame);
    case FROM_PAGE.windowOpened:
      return contents._opener.opened();
    case FROM_PAGE.news: {
      const [what, value] = decode(frame.data) ?? [];
      return document.node.parent === null ? contents._pageNews(what, value) : undefined;
    }
    case FROM_PAGE.hostAsked:
      return document.send(TO_PAGE.syncReply, frame.id, serialize([answerFrame(contents, document, decode(frame.data))]));
    case FROM_PAGE.hostInvoked:
      hostInvoked(contents, document, frame);
      return undefined;
    case FROM_PAGE.preloaded:
      if (document.hold !== 0) send({ type: 'laneRelease', webContents: document.contentsId, key: document.hold });
      return undefined;
    case FROM_PAGE.runInPage:
      return isPortable(document) ? runForPreload(document, frame.id, decode(frame.data)) : undefined;
    case FROM_PAGE.worldWanted:
      return isPortable(document) ? wantWorld(document, frame.id) : undefined;
    case FROM_PAGE.nodeAsk:
    case FROM_PAGE.nodePost:
      return document.pageNode === null ? refuseNode(document, frame.kind, frame.id) : document.pageNode.take(frame);
    default:
      return undefined;
  }
}

/** What a worker asks: of its Node, and what any document may ask of itself. @param {any} contents @param {import('./lane-documents.js').LaneDocument} worker @param {import('./binding.js').LaneFrame} frame */
function workerFrame(contents, worker, frame) {
  if (frame.kind === FROM_PAGE.hostAsked) worker.send(TO_PAGE.syncReply, frame.id, serialize([answerWorker(contents, worker, decode(frame.data))]));
  else if (frame.kind === FROM_PAGE.nodeAsk || frame.kind === FROM_PAGE.nodePost) worker.pageNode?.take(frame);
  else if (BLOCKING.has(frame.kind)) worker.send(TO_PAGE.syncReply, frame.id, serialize([{ error: NEVER_SENT }]));
}

onUiEvent('laneOpened', (opened) => {
  if (isPortable(opened)) connected(opened);
  else announceScripts(opened.connection, webContents.get(opened.webContents)?.isLoading() === true);
});
onUiEvent('laneClosed', ({ connection }) => removeConnection(connection));

/** @param {any} contents @param {Uint8Array} data */
function consoleMessage(contents, data) {
  let detail;
  try {
    const reader = payloadReader(data);
    detail = { level: CONSOLE_LEVELS[reader.number()] ?? 'info', line: reader.number(), message: reader.text(), source: reader.text() };
  } catch {
    // Not what the extension sends: an error of the page's process must not become one of the app.
    return;
  }
  contents._laneEvent('console-message', detail);
}

/** @param {import('./lane-documents.js').LaneDocument} document @param {{id: number, data: Uint8Array}} frame */
function evaluated(document, { id, data }) {
  const waiting = document.evaluations.get(id);
  if (waiting === undefined) return;
  document.evaluations.delete(id);
  const answer = decode(data);
  if (answer === null) waiting.reject(new Error('The result of the script could not be read'));
  else if (answer[0]) waiting.reject(answer[1]);
  else waiting.resolve(answer[1]);
}

/** @param {any} contents @param {Uint8Array} data */
function preloadError(contents, data) {
  const answer = decode(data);
  if (answer !== null) contents._laneEvent('preload-error', { path: String(answer[0]), error: answer[1] });
}

/** @param {Uint8Array} data @returns {any[] | null} what a page sent, which is always an array */
function decode(data) {
  try {
    const value = deserialize(data);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  } finally {
    if (data.length >= LONG_PAYLOAD) transfer.call(data.buffer, 0);
  }
}

/** @param {Uint8Array} data @returns {{channel: string, args: any[]} | null} */
function decodeMessage(data) {
  const message = decode(data);
  if (message === null || typeof message[0] !== 'string') return null;
  return { channel: message[0], args: message.slice(1) };
}

/** @param {any} contents @param {import('./lane-documents.js').LaneDocument} document @param {{id: number, data: Uint8Array}} frame */
async function hostInvoked(contents, document, { id, data }) {
  let answer;
  try {
    answer = serializeOrThrow([null, await workForFrame(contents, document, decode(data))]);
  } catch (error) {
    answer = serialize([error instanceof Error ? error.message : String(error), undefined]);
  }
  document.send(TO_PAGE.invokeReply, id, answer);
}

/** The event object of a message that has ports and can be replied to. @param {any} contents @param {import('./lane-documents.js').LaneDocument} document @param {any[]} [ports] */
function makeMessageEvent(contents, document, ports = []) {
  const event = makeEvent(contents, document);
  event.ports = ports;
  event.reply = (/** @type {string} */ channel, /** @type {any[]} */ ...args) => {
    // What came after the document that asked must not get the answer.
    if (!document.gone) frameOf(document.node).send(channel, ...args);
  };
  return event;
}

/** The event object of an invocation, and the common part of all. @param {any} contents @param {import('./lane-documents.js').LaneDocument} document @returns {any} */
function makeEvent(contents, document) {
  const frame = frameOf(document.node);
  let prevented = false;
  return {
    type: 'frame',
    sender: contents,
    frameId: document.routingId,
    processId: document.processId,
    frameTreeNodeId: document.node.treeNodeId,
    preventDefault() {
      prevented = true;
    },
    get defaultPrevented() {
      return prevented;
    },
    // Null as soon as the document is gone: an answer must not reach the page that came after it.
    get senderFrame() {
      return document.gone || frame.isDestroyed() ? null : frame;
    },
  };
}

/** Whoever listens to messages of a document, in the order in which they get them. @param {any} contents @param {import('./lane-documents.js').LaneDocument} document */
function targetsOf(contents, document) {
  return [frameOf(document.node).ipc, contents.ipc, ipcMain];
}

/** @param {any} contents @param {import('./lane-documents.js').LaneDocument} document @param {{data: Uint8Array}} frame */
function messageSent(contents, document, { data }) {
  const message = decodeMessage(data);
  if (message === null) return;
  const event = makeMessageEvent(contents, document);
  const targets = targetsOf(contents, document);
  contents.emit('ipc-message', event, message.channel, ...message.args);
  for (const target of targets) target.emit(message.channel, event, ...message.args);
}

/** For the page that holds the sender in a webview; Electron tells of it whether or not there is one. @param {any} contents @param {import('./lane-documents.js').LaneDocument} document @param {{data: Uint8Array}} frame */
function sentToHost(contents, document, { data }) {
  const message = decodeMessage(data);
  if (message !== null) contents.emit('ipc-message-host', makeEvent(contents, document), message.channel, message.args);
}

/**
 * A message that may carry ports. Electron has no event of the web contents for it.
 * @param {any} contents @param {import('./lane-documents.js').LaneDocument} document @param {{data: Uint8Array}} frame
 */
function posted(contents, document, { data }) {
  const message = readPosted(document, data);
  if (message === null) return;
  const { data: value, ports } = readMessage(message);
  let heard = false;
  if (Array.isArray(value) && typeof value[0] === 'string') {
    const event = makeMessageEvent(contents, document, ports);
    for (const target of targetsOf(contents, document)) heard = target.emit(value[0], event, value[1]) || heard;
  }
  // What nobody hears of closes its ports, as they would be when they are collected.
  if (!heard) for (const port of ports) port.close();
}

// Answers an invocation whose promise was dropped by everybody who could settle it.
const abandoned = new FinalizationRegistry((/** @type {{document: import('./lane-documents.js').LaneDocument, id: number, answered: boolean}} */ { document, id, answered }) => {
  if (!answered) document.send(TO_PAGE.invokeReply, id, serialize([NEVER_SENT, undefined]));
});

/** @param {any} contents @param {import('./lane-documents.js').LaneDocument} document @param {{id: number, data: Uint8Array}} frame */
async function invoked(contents, document, { id, data }) {
  const message = decodeMessage(data);
  const request = { document, id, answered: false };
  const answer = (/** @type {any[]} */ value) => {
    document.send(TO_PAGE.invokeReply, id, serializeOrThrow(value));
    request.answered = true;
  };
  // Not what our own encoder makes, so nobody in the app is to blame or to be told.
  if (message === null) return answer(['Error: The message could not be read', undefined]);
  const { channel } = message;
  try {
    const handler = targetsOf(contents, document)
      .find((target) => target._invokeHandlers.has(channel))
      ?._invokeHandlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    const event = makeEvent(contents, document);
    const result = handler(event, ...message.args);
    if (types.isPromise(result)) abandoned.register(result, request);
    answer([null, await result]);
  } catch (error) {
    const text = textOf(error);
    // A trap of what was thrown may throw: the page is answered all the same.
    try {
      console.error(`Error occurred in handler for '${channel}':`, error);
    } catch {
      console.error(`Error occurred in handler for '${channel}': ${text}`);
    }
    answer([text, undefined]);
  }
}

/** @param {any} error @returns {string} */
function textOf(error) {
  // Electron's own conversion throws for `undefined`, and its page waits forever; ours learns that it failed.
  for (const convert of [() => error.toString(), () => String(error)]) {
    try {
      const text = convert();
      if (typeof text === 'string') return text;
    } catch {}
  }
  return 'Error: what was thrown cannot be told';
}

// Answers a synchronous request whose event was dropped by everybody: a page must not hang for good.
const forgotten = new FinalizationRegistry((/** @type {{answered: boolean, answer: (value: unknown) => void}} */ request) => {
  if (!request.answered) request.answer({ error: NEVER_SENT });
});

/** @param {any} contents @param {import('./lane-documents.js').LaneDocument} document @param {{id: number, data: Uint8Array}} frame */
function askedSync(contents, document, { id, data }) {
  const request = {
    answered: false,
    answer(/** @type {unknown} */ value) {
      if (request.answered) return;
      request.answered = true;
      let bytes;
      try {
        bytes = serializeOrThrow([value]);
      } catch (error) {
        document.send(TO_PAGE.syncReply, id, serialize([{ error: NEVER_SENT }]));
        throw error;
      }
      document.send(TO_PAGE.syncReply, id, bytes);
    },
  };
  const message = decodeMessage(data);
  if (message === null) return request.answer({ error: NEVER_SENT });
  const { channel, args } = message;
  const event = makeMessageEvent(contents, document);
  Object.defineProperty(event, 'returnValue', { enumerable: true, get: () => undefined, set: request.answer });
  const targets = targetsOf(contents, document);
  if (!targets.some((target) => target.listenerCount(channel) > 0)) {
    console.warn(`WebContents #${contents.id} called ipcRenderer.sendSync() with '${channel}' channel without listeners.`);
    if (contents.listenerCount('ipc-message-sync') === 0) return request.answer({ error: NEVER_SENT });
  }
  forgotten.register(event, request);
  contents.emit('ipc-message-sync', event, channel, ...args);
  for (const target of targets) target.emit(channel, event, ...args);
  return undefined;
}

/** @param {any} contents @param {import('./lane-documents.js').LaneDocument} document @param {{id: number, data: Uint8Array}} frame */
function windowAsked(contents, document, { id, data }) {
  let verdict = 0;
  try {
    const [url, target, features, modifiers] = decode(data) ?? [];
    const texts = [url, target, features].every((value) => typeof value === 'string');
    if (texts && Number.isInteger(modifiers)) verdict = contents._opener.asked({ from: document.url, url, target, features, modifiers });
  } finally {
    document.send(TO_PAGE.syncReply, id, serialize([verdict]));
  }
}

/**
 * Sends a message to a page. Throws what cannot be cloned; a page without a document gets nothing.
 * @param {number} contentsId
 * @param {any} frame a WebFrameMain, or null for the current document
 * @param {string} channel
 * @param {any[]} args
 */
export function sendToFrame(contentsId, frame, channel, args) {
  if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
  const document = frame === null ? currentDocument(contentsId) : frame._document();
  const bytes = serializeOrThrow([channel, ...args]);
  if (document?.hasIpc) document.send(TO_PAGE.message, 0, bytes);
}

/**
 * Runs code in a world of the page (its own, if none is named) and gives its value, with promises awaited.
 * @param {number} contentsId
 * @param {string | {code: string, url: string}[]} code of several scripts the first one's value counts
 * @param {number} [worldId]
 * @param {boolean} [userGesture]
 * @returns {Promise<any>}
 */
export function evaluate(contentsId, code, worldId = 0, userGesture = false) {
  const document = currentDocument(contentsId);
  if (document === null) return Promise.reject(new Error('The page has no document to run the script in'));
  return evaluateIn(document, code, worldId, userGesture);
}

/**
 * Which frame of a page is about to go elsewhere. What the page says is no word to rely on: whoever is not asked now is asked when the answer
 * of the server is there.
 * @param {number} contentsId
 * @param {string} kind
 * @param {string} url
 * @returns {Promise<'main' | 'sub' | 'unknown'>}
 */
export async function whoNavigates(contentsId, kind, url) {
  const document = currentDocument(contentsId);
  // A page without scripts tells nothing; a link or a form is then the main frame's.
  const likely = kind === 'other' ? 'unknown' : 'main';
  if (document === null) return likely;
  try {
    const answer = await askEvaluation(document, serializeOrThrow([kind, url]), TO_PAGE.whoNavigates);
    return ['main', 'sub', 'unknown'].includes(answer) ? answer : likely;
  } catch {
    return likely;
  }
}

/**
 * Tells that the document's address changed without a load. The page's channel says the same, later if the page is quiet. The engine may have
 * meant a document that is still to come; a document cannot leave its origin.
 * @param {number} contentsId
 * @param {string} url
 */
export function documentMoved(contentsId, url) {
  const document = currentDocument(contentsId);
  if (document !== null && siteOf(document.url) === siteOf(url)) document.url = url;
}

/** @param {string} url scheme and host, all of it where there is no host */
function siteOf(url) {
  try {
    const { protocol, host } = new URL(url);
    return protocol === 'file:' || host !== '' ? `${protocol}//${host}` : url.replace(/#.*$/s, '');
  } catch {
    return url;
  }
}
