/**
 * The documents that pages have told of, the frames that hold them, and what may be sent to them. A document is known by its connection and
 * the number that the extension gave it; a number alone, which a page could guess, names nothing. The same is true of frames.
 */
import { TO_PAGE } from '../common/lane-frames.js';
import { laneClose, laneCloseWorker, lanePeer, laneSend } from './binding.js';
import { closePortsOf } from './lane-ports.js';

/** The engine gives a page half as many; only a hostile web process tells of more. */
const MAX_FRAMES = 2000;

let lastRoutingId = 0;
let lastTreeNode = 0;
let lastEvaluation = 0;

/** A document of a frame. */
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
    this.token = globalThis.crypto.randomUUID();
    this.processId = lanePeer(frame.connection);
    /** Whether messages are taken from it: it was given the renderer's side with IPC. */
    this.hasIpc = false;
    /** Whether it runs the renderer's bundle at all. */
    this.hasBundle = false;
    /** Whether neither the page's nor the app's scripts run in it, as far as that was told. */
    this.scriptless = false;
    /** Whether its page's process has told of the end of the load. */
    this.loaded = false;
    /** Set when its frame shows another one, or is gone. */
    this.gone = false;
    /** Evaluations that the page has not answered. @type {Map<number, {resolve: (value: any) => void, reject: (error: any) => void}>} */
    this.evaluations = new Map();
    /** What gives it Node, if it may have that. @type {import('./legacy-node.js').PageNode | null} */
    this.pageNode = null;
    /** The key of what it waits for while its module preloads run; 0 if it may have none. */
    this.hold = 0;
    /** Whether workers that it starts have Node, and those that run. */
    this.startsWorkers = false;
    /** @type {Set<LaneDocument>} */
    this.workers = new Set();
    /** What started it, if it is a worker and in no frame. @type {LaneDocument | null} */
    this.owner = null;
    /** Null for a worker. @type {FrameNode} */
    this.node = /** @type {any} */ (null);
  }

  /** What warnings call it. */
  get label() {
    return `WebContents #${this.contentsId}`;
  }

  /** @param {number} kind @param {number} id @param {Uint8Array} bytes @returns {boolean} */
  send(kind, id, bytes) {
    if (this.gone) return false;
    if (laneSend(this.connection, kind, id, this.number, this.frameNumber, bytes)) return true;
    // The connection may have ended a moment ago; else the page has left so much unread that no more is kept for it.
    if (lanePeer(this.connection) !== 0) console.error(`${this.label} does not read its messages: one was dropped.`);
    return false;
  }
}

/** A place in a page's tree of frames. It stays while documents come and go; that of a main frame stays as long as its web contents. */
export class FrameNode {
  /** @param {number} contentsId @param {FrameNode | null} parent @param {number} number WebKit's; 0 for a main frame, which may change its process */
  constructor(contentsId, parent, number) {
    this.contentsId = contentsId;
    this.parent = parent;
    this.number = number;
    this.treeNodeId = ++lastTreeNode;
    this.name = '';
    this.hidden = false;
    this.gone = false;
    /** It may be gone: its document is about to go, and has not said that the frame stays. */
    this.leaving = false;
    /** @type {LaneDocument | null} */
    this.document = null;
    /** In the order in which they came. @type {Set<FrameNode>} */
    this.children = new Set();
    /** Made by `web-frame-main.js`. @type {any} */
    this.frame = null;
  }

  /** Those in its document. @returns {FrameNode[]} */
  frames() {
    return [...this.children].filter((node) => !node.leaving);
  }

  /** Itself and all below it, parents first. @returns {FrameNode[]} */
  subtree() {
    const nodes = [/** @type {FrameNode} */ (this)];
    for (let at = 0; at < nodes.length; at++) nodes.push(...nodes[at].frames());
    return nodes;
  }
}

/**
 * Documents and sub-frames of each connection.
 * @type {Map<number, {contentsId: number, documents: Map<number, LaneDocument>, nodes: Map<number, FrameNode>}>}
 */
const byConnection = new Map();
/** The main frame of each web contents. @type {Map<number, FrameNode>} */
const mainNodes = new Map();

/** @param {LaneDocument} document */
function tablesOf({ connection, contentsId }) {
  const tables = byConnection.get(connection) ?? { contentsId, documents: new Map(), nodes: new Map() };
  byConnection.set(connection, tables);
  return tables;
}

/** @param {{connection: number, document: number}} frame @returns {LaneDocument | undefined} */
export const documentOf = (frame) => byConnection.get(frame.connection)?.documents.get(frame.document);

/** A sub-frame. @param {{connection: number, frame: number}} frame @returns {FrameNode | undefined} */
export const nodeOf = (frame) => byConnection.get(frame.connection)?.nodes.get(frame.frame);

/** The main frame of a web contents, which exists before its first document. @param {number} contentsId @returns {FrameNode} */
export function mainNode(contentsId) {
  const node = mainNodes.get(contentsId) ?? new FrameNode(contentsId, null, 0);
  mainNodes.set(contentsId, node);
  return node;
}

/** The document of the main frame. @param {number} contentsId @returns {LaneDocument | null} */
export const currentDocument = (contentsId) => mainNodes.get(contentsId)?.document ?? null;

/** Of all web contents. @returns {FrameNode[]} */
export const allNodes = () => [...mainNodes.values()].flatMap((node) => node.subtree());

/**
 * Puts a document into its frame.
 * @param {LaneDocument} document
 * @param {number} parent number of the parent's frame, 0 for a main frame
 * @returns {boolean | null} whether the frame is a new one; null when the document cannot be one of this page
 */
export function addDocument(document, parent) {
  const { documents, nodes } = tablesOf(document);
  let node = parent === 0 ? mainNode(document.contentsId) : nodes.get(document.frameNumber);
  const isNew = parent === 0 ? node?.document?.connection !== document.connection : node === undefined;
  // A web process that the page has left stays left, whatever it says.
  if (parent === 0 && (node?.document?.connection ?? 0) > document.connection) return null;
  if (node === undefined) {
    const main = mainNode(document.contentsId);
    if (nodes.size >= MAX_FRAMES || main.document?.connection !== document.connection) return null;
    node = new FrameNode(document.contentsId, nodes.get(parent) ?? main, document.frameNumber);
    node.parent?.children.add(node);
    nodes.set(document.frameNumber, node);
  }
  if (node.document !== null) removeDocument(node.document);
  document.node = node;
  node.document = document;
  node.leaving = false;
  documents.set(document.number, document);
  return isNew;
}

/** Takes a worker in. @param {LaneDocument} worker */
export function addWorker(worker) {
  worker.owner?.workers.add(worker);
  tablesOf(worker).documents.set(worker.number, worker);
}

/** @param {LaneDocument} document */
export function removeDocument(document) {
  if (document.gone) return;
  document.gone = true;
  document.pageNode?.end();
  for (const worker of [...document.workers]) removeDocument(worker);
  if (document.owner !== null) {
    document.owner.workers.delete(document);
    laneCloseWorker(document.connection, document.number);
  }
  byConnection.get(document.connection)?.documents.delete(document.number);
  const { node } = document;
  if (node?.document === document) {
    node.document = null;
    // What it held goes with it.
    for (const child of [...node.children]) removeNode(child, document.connection);
  }
  for (const { reject } of document.evaluations.values()) {
    reject(new Error('The page went away before the script had a result'));
  }
  document.evaluations.clear();
  closePortsOf(document);
}

/** Ends a sub-frame and all below it. @param {FrameNode} node @param {number} connection */
export function removeNode(node, connection) {
  if (node.parent === null || node.gone) return;
  const nodes = byConnection.get(connection)?.nodes;
  const below = [node];
  for (let at = 0; at < below.length; at++) below.push(...below[at].children);
  // The innermost first, and not by recursion: how deep they are nested is the page's choice.
  for (const each of below.reverse()) {
    each.gone = true;
    each.parent?.children.delete(each);
    if (nodes?.get(each.number) === each) nodes.delete(each.number);
    if (each.document !== null) removeDocument(each.document);
  }
}

/**
 * Ends the connections of web contents that are going: a page that waits for an answer would hold its process up.
 * @param {number} contentsId
 */
export function closeConnections(contentsId) {
  for (const [connection, tables] of byConnection) if (tables.contentsId === contentsId) laneClose(connection);
}

/** @param {number} connection */
export function removeConnection(connection) {
  const tables = byConnection.get(connection);
  if (tables === undefined) return;
  for (const document of [...tables.documents.values()]) removeDocument(document);
  for (const node of [...tables.nodes.values()]) removeNode(node, connection);
  byConnection.delete(connection);
}

/** A web contents was destroyed. @param {number} contentsId */
export function removeContents(contentsId) {
  const node = mainNodes.get(contentsId);
  mainNodes.delete(contentsId);
  if (node === undefined) return;
  node.gone = true;
  if (node.document !== null) removeDocument(node.document);
}

/**
 * Asks a document to run code in the page's world, or another question that is answered in the same way.
 * @param {LaneDocument} document
 * @param {Uint8Array} bytes the encoded question
 * @param {number} [kind]
 * @returns {Promise<any>}
 */
export function askEvaluation(document, bytes, kind = TO_PAGE.evaluate) {
  return expectEvaluation(document, (id) => {
    if (document.send(kind, id, bytes)) return;
    document.evaluations.get(id)?.reject(new Error('The page went away before the script could run'));
    document.evaluations.delete(id);
  });
}

/**
 * Waits for what a document evaluates.
 * @param {LaneDocument} document
 * @param {(id: number) => void} ask has it evaluated under a number
 * @returns {Promise<any>}
 */
export function expectEvaluation(document, ask) {
  return new Promise((resolve, reject) => {
    lastEvaluation = (lastEvaluation % 0x7fffffff) + 1;
    document.evaluations.set(lastEvaluation, { resolve, reject });
    ask(lastEvaluation);
  });
}
