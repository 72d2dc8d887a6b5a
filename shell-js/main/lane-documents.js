/**
 * The documents that pages have told of, and what may be sent to them. A document is known by its connection and the number that the
 * extension gave it; a number alone, which a page could guess, names nothing.
 */
import { TO_PAGE } from '../common/lane-frames.js';
import { laneClose, lanePeer, laneSend } from './binding.js';

let lastRoutingId = 0;

/** A main-frame document. */
export class LaneDocument {
  /** @param {{webContents: number, connection: number, document: number, frame: number}} frame @param {string} url @param {string} origin */
  constructor(frame, url, origin) {
    this.contentsId = frame.webContents;
    this.connection = frame.connection;
    this.number = frame.document;
    this.frameNumber = frame.frame;
    this.url = url;
    this.origin = origin;
    this.routingId = ++lastRoutingId;
    this.processId = 0;
    this.gone = false;
    /** Evaluations that the page has not answered. @type {Map<number, {resolve: (value: any) => void, reject: (error: any) => void}>} */
    this.evaluations = new Map();
    /** Made by `web-frame-main.js`. @type {any} */
    this.frame = null;
  }

  /** @param {number} kind @param {number} id @param {Uint8Array} bytes @returns {boolean} */
  send(kind, id, bytes) {
    if (this.gone) return false;
    if (laneSend(this.connection, kind, id, this.number, this.frameNumber, bytes)) return true;
    // The connection may have ended a moment ago; else the page has left so much unread that no more is kept for it.
    if (lanePeer(this.connection) !== 0) console.error(`WebContents #${this.contentsId} does not read its messages: one was dropped.`);
    return false;
  }
}

/** Documents of each connection. @type {Map<number, Map<number, LaneDocument>>} */
const byConnection = new Map();
/** The document that each web contents shows. @type {Map<number, LaneDocument>} */
const current = new Map();
let lastEvaluation = 0;

/** @param {{connection: number, document: number}} frame @returns {LaneDocument | undefined} */
export const documentOf = (frame) => byConnection.get(frame.connection)?.get(frame.document);

/** @param {number} contentsId @returns {LaneDocument | null} */
export const currentDocument = (contentsId) => current.get(contentsId) ?? null;

/** @returns {LaneDocument[]} */
export const allCurrentDocuments = () => [...current.values()];

/** @param {LaneDocument} document the one that its web contents shows from now on */
export function addDocument(document) {
  const previous = current.get(document.contentsId);
  if (previous !== undefined) removeDocument(previous);
  current.set(document.contentsId, document);
  const table = byConnection.get(document.connection) ?? new Map();
  table.set(document.number, document);
  byConnection.set(document.connection, table);
}

/** @param {LaneDocument} document */
export function removeDocument(document) {
  document.gone = true;
  if (current.get(document.contentsId) === document) current.delete(document.contentsId);
  byConnection.get(document.connection)?.delete(document.number);
  for (const { reject } of document.evaluations.values()) {
    reject(new Error('The page went away before the script had a result'));
  }
  document.evaluations.clear();
}

/**
 * Ends the connections of web contents that are going: a page that waits for an answer would hold its process up.
 * @param {number} contentsId
 */
export function closeConnections(contentsId) {
  for (const [connection, documents] of byConnection) {
    if ([...documents.values()].some((document) => document.contentsId === contentsId)) laneClose(connection);
  }
}

/** @param {number} connection */
export function removeConnection(connection) {
  for (const document of [...(byConnection.get(connection)?.values() ?? [])]) removeDocument(document);
  byConnection.delete(connection);
}

/**
 * Asks a document to run code in the page's world.
 * @param {LaneDocument} document
 * @param {Uint8Array} bytes the encoded question
 * @returns {Promise<any>}
 */
export function askEvaluation(document, bytes) {
  return new Promise((resolve, reject) => {
    lastEvaluation = (lastEvaluation % 0xffffffff) + 1;
    const id = lastEvaluation;
    document.evaluations.set(id, { resolve, reject });
    if (!document.send(TO_PAGE.evaluate, id, bytes)) {
      document.evaluations.delete(id);
      reject(new Error('The page went away before the script could run'));
    }
  });
}
