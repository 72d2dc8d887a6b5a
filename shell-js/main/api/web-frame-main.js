/**
 * `webFrameMain`: the frames of pages as the main process sees them. A frame stays the same object while documents come and go in it; what it
 * says is about the document that it shows now.
 */
import { EventEmitter } from 'node:events';

import { TO_PAGE } from '../../common/lane-frames.js';
import { serializeOrThrow } from '../../common/serialize.js';
import { IpcMainImpl } from '../ipc-main-impl.js';
import { allNodes, askEvaluation, mainNode, removeContents } from '../lane-documents.js';
import { webContents } from '../object-registry.js';
import { evaluateByHost, runsItself } from '../portable-lane.js';
import { attachedPayload } from '../renderer-payload.js';
import { completeClass } from '../unimplemented.js';
import { postToFrame } from './message-channel.js';

const GONE = 'Render frame was disposed before WebFrameMain could be accessed';

/** Only this module makes frames. */
const KEY = Symbol('frame');

export class WebFrameMain extends EventEmitter {
  #node;
  /** @type {IpcMainImpl | null} */
  #ipc = null;

  /** @param {symbol} key @param {import('../lane-documents.js').FrameNode} node */
  constructor(key, node) {
    super();
    if (key !== KEY) throw new TypeError('Illegal constructor');
    this.#node = node;
  }

  #alive() {
    if (this.isDestroyed()) throw new Error(GONE);
    return this.#node;
  }

  #contents() {
    return webContents.get(this.#alive().contentsId);
  }

  /** The document that it shows, null while there is none. For our own modules. */
  _document() {
    return this.#node.document;
  }

  get ipc() {
    this.#ipc ??= new IpcMainImpl();
    return this.#ipc;
  }

  /** A main frame that runs no scripts has no channel that could tell its address; the engine does. */
  get url() {
    const { document, parent } = this.#alive();
    return document?.url ?? (parent === null ? this.#contents().getURL() : '');
  }

  get origin() {
    return this.#alive().document?.origin ?? '';
  }

  get name() {
    return this.#alive().name;
  }

  get visibilityState() {
    return this.#alive().hidden ? 'hidden' : 'visible';
  }

  /** The number that tells web processes apart; ours is the system's. */
  get processId() {
    return this.#alive().document?.processId ?? 0;
  }

  get osProcessId() {
    return this.#alive().document?.processId ?? 0;
  }

  get routingId() {
    return this.#alive().document?.routingId ?? 0;
  }

  get frameToken() {
    return this.#alive().document?.token ?? '';
  }

  get frameTreeNodeId() {
    return this.#alive().treeNodeId;
  }

  /** No frame outlives its place in the tree here. */
  get detached() {
    return this.#node.gone || this.#node.leaving;
  }

  get top() {
    return frameOf(mainNode(this.#alive().contentsId));
  }

  get parent() {
    const { parent } = this.#alive();
    return parent === null ? null : frameOf(parent);
  }

  get frames() {
    return this.#alive().frames().map(frameOf);
  }

  get framesInSubtree() {
    return this.#alive().subtree().map(frameOf);
  }

  isDestroyed() {
    return this.detached || !webContents.has(this.#node.contentsId);
  }

  /** @param {string} channel @param {...any} args */
  send(channel, ...args) {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
    try {
      const { document } = this.#alive();
      const bytes = serializeOrThrow([channel, ...args]);
      // A frame without IPC has nobody who listens.
      if (document?.hasIpc) document.send(TO_PAGE.message, 0, bytes);
    } catch (error) {
      console.error('Error sending from webFrameMain: ', error);
    }
  }

  /** @param {[channel: string, message: any, transfer?: any[]]} args */
  postMessage(...args) {
    postToFrame(() => this.#alive().document, args);
  }

  /** @param {string} code @param {boolean} [userGesture] */
  async executeJavaScript(code, userGesture) {
    if (typeof code !== 'string') throw new TypeError('Error processing argument at index 0, conversion failure');
    return evaluateIn(this.#alive().document, code, 0, userGesture === true);
  }

  /** Only the whole page can be loaded anew by the engine; another frame is asked to do it itself. */
  reload() {
    if (this.isDestroyed()) return false;
    if (this.#node.parent === null) {
      this.#contents().reload();
      return true;
    }
    if (this.#node.document === null) return false;
    evaluateIn(this.#node.document, 'location.reload()').catch(() => {});
    return true;
  }
}
completeClass('webFrameMain', WebFrameMain);

/**
 * Runs code in a world of a document (its page's, if none is named) and gives its value, with promises awaited.
 * @param {import('../lane-documents.js').LaneDocument | null} document
 * @param {string | {code: string, url: string}[]} code of several scripts the first one's value counts
 * @param {number} [worldId]
 * @param {boolean} [userGesture]
 */
export async function evaluateIn(document, code, worldId = 0, userGesture = false) {
  if (document === null) throw new Error(GONE);
  if (document.scriptless) throw new Error('The document of the frame may not run scripts');
  if (!document.hasBundle) {
    document.hasBundle = true;
    document.send(TO_PAGE.attach, 0, attachedPayload());
  }
  return runsItself(document, worldId) ? askEvaluation(document, serializeOrThrow([code, '', worldId, userGesture])) : evaluateByHost(document, code, worldId);
}

/** @param {import('../lane-documents.js').FrameNode} node @returns {WebFrameMain} */
export function frameOf(node) {
  node.frame ??= new WebFrameMain(KEY, node);
  return node.frame;
}

/** Whose end is watched. @type {WeakSet<object>} */
const watched = new WeakSet();

/** @param {any} contents @returns {WebFrameMain} */
export function mainFrameOf(contents) {
  if (!watched.has(contents)) {
    watched.add(contents);
    contents._observe('destroyed', () => removeContents(contents.id));
  }
  return frameOf(mainNode(contents.id));
}

/** @param {(node: import('../lane-documents.js').FrameNode) => boolean} wanted */
function find(wanted) {
  const node = allNodes().find((each) => each.document !== null && webContents.has(each.contentsId) && wanted(each));
  return node === undefined ? undefined : frameOf(node);
}

export const webFrameMain = {
  /** @param {number} processId @param {number} routingId */
  fromId: (processId, routingId) => find(({ document }) => document?.processId === processId && document?.routingId === routingId),
  /** @param {number} processId @param {string} token */
  fromFrameToken: (processId, token) => find(({ document }) => document?.processId === processId && document?.token === token) ?? null,
};
