/**
 * What pages tell of their frames: documents that come, move and go. It comes from web processes and is not trusted: what it says of
 * frames is only ever about those of its own connection.
 */
import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { frameOf, mainFrameOf } from './api/web-frame-main.js';
import { laneSend } from './binding.js';
import { LaneDocument, addDocument, documentOf, nodeOf, removeDocument, removeNode } from './lane-documents.js';
import { webContents } from './object-registry.js';
import { isPortable } from './portable-lane.js';
import { evaluateOnlyPayload, loadedPayload } from './renderer-payload.js';

const GONE = Object.freeze({ withFrame: 1, maybeWithFrame: 2, frameStays: 3 });
const STATE = Object.freeze({ domReady: 1, loaded: 2, focused: 3 });
const decoder = new TextDecoder();

/** A reader of the simple payloads that the extension makes itself. @param {Uint8Array} bytes */
export function payloadReader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const number = () => {
    at += 4;
    return view.getUint32(at - 4, true);
  };
  const text = () => {
    const length = number();
    if (length > bytes.length - at) throw new RangeError('The payload is malformed');
    at += length;
    return decoder.decode(bytes.subarray(at - length, at));
  };
  return { number, text };
}

/**
 * Takes a frame of the lane if it is of this kind.
 * @param {import('./binding.js').LaneFrame} frame
 * @returns {boolean}
 */
export function frameNews(frame) {
  if (frame.kind === FROM_PAGE.load || frame.kind === FROM_PAGE.frameThere) {
    documentThere(frame);
    return true;
  }
  if (frame.kind === FROM_PAGE.gone) {
    documentGone(frame);
    return true;
  }
  const news = NEWS.get(frame.kind);
  if (news === undefined) return false;
  const document = documentOf(frame);
  const contents = document && webContents.get(document.contentsId);
  if (document !== undefined && contents !== undefined) news(contents, document, frame);
  return true;
}

/** @type {Map<number, (contents: any, document: LaneDocument, frame: import('./binding.js').LaneFrame) => void>} */
const NEWS = new Map()
  .set(FROM_PAGE.domReady, mainFrameReady)
  .set(FROM_PAGE.frameMoved, documentMoved)
  .set(FROM_PAGE.frameState, stateChanged);

/** @param {Uint8Array} data */
function readDocument(data) {
  const read = { url: '', name: '', hidden: false, origin: '', opaque: false, scriptless: false, parent: 0 };
  try {
    const { number, text } = payloadReader(data);
    read.url = text();
    read.name = text();
    read.hidden = number() !== 0;
    read.origin = text();
    const flags = number();
    read.opaque = (flags & 1) !== 0;
    read.scriptless = (flags & 2) !== 0;
    read.parent = number() + number() * 2 ** 32;
  } catch {
    // It is answered nevertheless: the page waits.
  }
  return read;
}

/**
 * A new document. One of a main frame runs preloads, one of a sub-frame only if the app wants that; what the page's process asked for does
 * not count.
 * @param {import('./binding.js').LaneFrame} frame
 */
function documentThere(frame) {
  const asked = frame.kind === FROM_PAGE.load;
  /** @type {Uint8Array} */
  let answer = new Uint8Array(0);
  try {
    const { url, name, hidden, origin, opaque, scriptless, parent } = readDocument(frame.data);
    const document = new LaneDocument(frame, url, origin);
    document.scriptless = scriptless;
    const contents = webContents.get(frame.webContents);
    if (contents === undefined) return;
    mainFrameOf(contents);
    const isNew = addDocument(document, parent);
    if (isNew === null) return;
    const { node } = document;
    Object.assign(node, { name, hidden });
    document.origin = shownOrigin(document, opaque);
    if (isNew) contents._laneEvent('frame-created', { frame: frameOf(node) });
    if (node.parent !== null && !document.gone) contents._frameLoads.committed(frameOf(node));
    document.hasIpc = asked && (parent === 0 || contents._rendererConfig().nodeIntegrationInSubFrames);
    // The portable lane's scripts of a window that a page opened are its opener's, which may want preloads where this one does not.
    document.hasBundle = document.hasIpc || (asked && isPortable(document));
    if (document.hasIpc) answer = loadedPayload(contents, document);
    else if (document.hasBundle) answer = evaluateOnlyPayload();
  } finally {
    // Also when the settings cannot be sent: a page that waits forever helps nobody.
    if (asked) laneSend(frame.connection, TO_PAGE.loaded, frame.id, frame.document, frame.frame, answer);
  }
}

/**
 * To WebKit every file is an origin of its own and opaque; Electron names them all alike, and so what inherits it.
 * @param {LaneDocument} document @param {boolean} opaque
 */
function shownOrigin({ url, origin, node }, opaque) {
  if (origin !== 'null' || opaque) return origin;
  if (url.startsWith('file:')) return 'file://';
  const inherits = url === 'about:srcdoc' || url === 'about:blank';
  return inherits ? (node.parent?.document?.origin ?? origin) : origin;
}

/** @param {import('./binding.js').LaneFrame} frame */
function documentGone(frame) {
  const document = documentOf(frame);
  const node = document?.node ?? nodeOf(frame);
  if (frame.id === GONE.maybeWithFrame || frame.id === GONE.frameStays) {
    // Its last words are still heard.
    if (node?.parent) node.leaving = frame.id === GONE.maybeWithFrame;
    return;
  }
  if (node !== undefined && frame.id === GONE.withFrame) removeNode(node, frame.connection);
  if (document !== undefined) removeDocument(document);
}

/** @param {any} contents @param {LaneDocument} document @param {{data: Uint8Array}} frame */
function mainFrameReady(contents, document, { data }) {
  if (document.node.parent !== null) return;
  let title = '';
  try {
    title = payloadReader(data).text();
  } catch {
    // The page's process may send anything.
  }
  contents._laneEvent('dom-ready', { title });
  if (!document.gone) frameOf(document.node).emit('dom-ready');
}

/** @param {any} contents @param {LaneDocument} document @param {{data: Uint8Array}} frame */
function documentMoved(contents, document, { data }) {
  let url, name, hidden;
  try {
    const reader = payloadReader(data);
    url = reader.text();
    name = reader.text();
    hidden = reader.number() !== 0;
  } catch {
    return;
  }
  const { node } = document;
  Object.assign(node, { name, hidden });
  if (url === document.url) return;
  document.url = url;
  // The engine tells of the main frame's itself.
  if (node.parent !== null) contents._frameLoads.moved(frameOf(node));
}

/** @param {any} contents @param {LaneDocument} document @param {{id: number}} frame */
function stateChanged(contents, document, { id }) {
  const { node } = document;
  if (id === STATE.focused) {
    contents._laneEvent('frame-focused', { node });
  } else if (node.parent !== null && id === STATE.domReady) {
    frameOf(node).emit('dom-ready');
  } else if (id === STATE.loaded) {
    document.loaded = true;
    if (node.parent === null) contents._laneEvent('loaded', undefined);
    else contents._frameLoads.finished(frameOf(node));
  }
}
