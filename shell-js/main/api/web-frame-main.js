/**
 * `webFrameMain`: the frames of pages as the main process sees them. The shell knows main frames; sub-frames run no preload and have no
 * channel.
 */
import { EventEmitter } from 'node:events';

import { serializeOrThrow } from '../../common/serialize.js';
import { TO_PAGE } from '../../common/lane-frames.js';
import { IpcMainImpl } from '../ipc-main-impl.js';
import { allCurrentDocuments, askEvaluation, currentDocument } from '../lane-documents.js';
import { webContents } from '../object-registry.js';
import { completeClass } from '../unimplemented.js';

const GONE = 'Render frame was disposed before WebFrameMain could be accessed';

/** A frame with one document in it: the next document gets a new one. */
export class WebFrameMain extends EventEmitter {
  #document;
  #ipc = new IpcMainImpl();
  #token = globalThis.crypto.randomUUID();

  /** @param {any} contents @param {import('../lane-documents.js').LaneDocument | null} document null before the first document */
  constructor(contents, document) {
    super();
    this.#document = document;
    this._contentsId = contents.id;
  }

  #alive() {
    if (this.isDestroyed()) throw new Error(GONE);
    return this.#document;
  }

  /** For `ipc-dispatch.js`. */
  _document() {
    return this.#document;
  }

  get ipc() {
    return this.#ipc;
  }

  get url() {
    return this.#alive()?.url ?? '';
  }

  get origin() {
    return this.#alive()?.origin ?? '';
  }

  get processId() {
    return this.#document?.processId ?? 0;
  }

  get osProcessId() {
    return this.#alive()?.processId ?? 0;
  }

  get routingId() {
    return this.#document?.routingId ?? 0;
  }

  get frameTreeNodeId() {
    return this._contentsId;
  }

  get frameToken() {
    return this.#token;
  }

  get name() {
    this.#alive();
    return '';
  }

  get detached() {
    return this.#document?.gone ?? false;
  }

  get top() {
    return this.isDestroyed() ? null : this;
  }

  get parent() {
    return null;
  }

  isDestroyed() {
    return (this.#document?.gone ?? false) || !webContents.has(this._contentsId);
  }

  /** @param {string} channel @param {...any} args */
  send(channel, ...args) {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
    try {
      this._send(channel, args);
    } catch (error) {
      console.error('Error sending from webFrameMain: ', error);
    }
  }

  /** As `send`, but throws what cannot be cloned. @param {string} channel @param {any[]} args */
  _send(channel, args) {
    const document = this.#alive();
    const bytes = serializeOrThrow([channel, ...args]);
    document?.send(TO_PAGE.message, 0, bytes);
  }

  /** @param {string} code @param {boolean} [_userGesture] */
  async executeJavaScript(code, _userGesture) {
    if (typeof code !== 'string') throw new TypeError('Error processing argument at index 0, conversion failure');
    const document = this.#alive();
    if (document === null) throw new Error(GONE);
    return askEvaluation(document, serializeOrThrow([code, '']));
  }

  reload() {
    const contents = this.isDestroyed() ? undefined : webContents.get(this._contentsId);
    contents?.reload();
    return contents !== undefined;
  }
}
completeClass('webFrameMain', WebFrameMain);

/** Frames of web contents that have no document yet. @type {WeakMap<object, WebFrameMain>} */
const blankFrames = new WeakMap();

/** @param {any} contents @returns {WebFrameMain} */
export function mainFrameOf(contents) {
  const document = currentDocument(contents.id);
  if (document !== null) {
    document.frame ??= new WebFrameMain(contents, document);
    return document.frame;
  }
  const blank = blankFrames.get(contents) ?? new WebFrameMain(contents, null);
  blankFrames.set(contents, blank);
  return blank;
}

/** @param {(frame: WebFrameMain) => boolean} wanted */
function find(wanted) {
  for (const { contentsId } of allCurrentDocuments()) {
    const contents = webContents.get(contentsId);
    const frame = contents === undefined ? undefined : mainFrameOf(contents);
    if (frame !== undefined && wanted(frame)) return frame;
  }
  return null;
}

export const webFrameMain = {
  /** @param {number} processId @param {number} routingId */
  fromId: (processId, routingId) => find((frame) => frame.processId === processId && frame.routingId === routingId) ?? undefined,
  /** @param {number} processId @param {string} token */
  fromFrameToken: (processId, token) => find((frame) => frame.processId === processId && frame.frameToken === token),
};
