/**
 * Which documents may use Node, and the Node context of each that does: a worker thread with Node's API. What the document asks goes
 * there past this thread, so a page that waits for a slow call holds up nobody but itself.
 *
 * Every document is judged by its own address when it is loaded, not its page: what a window shows next may be somebody else's.
 */
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { serialize } from '../common/serialize.js';
import { host, pageNodeClose, pageNodeOpen, pageNodePush } from './binding.js';
import { builtin } from './builtin.js';
import { ADDRESS } from './portable-lane.js';
import { nodeScript } from './renderer-bundle.js';

const MAIN = "data:text/javascript,import 'shell:///page-node/main.js'";
/** So many contexts of one web contents run at a time. A page has fewer frames; one that was taken over may tell of as many documents as it likes. */
const MAX_CONTEXTS = 32;
/** Contexts that run, by web contents. @type {Map<number, number>} */
const running = new Map();
let lastHold = 0;
const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether an address is the app's own content. A server's never is, with one exception: while a developer runs `shell dev`, the server on
 * the same machine that it develops with. `about:blank` is not either: whoever opened it writes its content.
 * @param {string} url
 * @param {any} contents
 * @returns {boolean}
 */
export function isOwnContent(url, contents) {
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    return false;
  }
  switch (parsed.protocol) {
    // On another machine it is a share of the network.
    case 'file:': return parsed.host === '';
    case 'data:': return contents._loader.isAppData(url);
    case 'http:':
    case 'https:': return host.dev && LOCAL_HOSTS.has(parsed.hostname);
    default: return false;
  }
}

/** Also what holds a frame must be the app's own. @param {import('./lane-documents.js').LaneDocument} document @param {any} contents */
function isOwnDocument(document, contents) {
  const { parent } = document.node;
  // A web process that was taken over may name any address as its own.
  if (parent === null ? !contents._loader.isExpected(document.url) : !document.url.startsWith('file:')) return false;
  for (let at = document.node; at.parent !== null; at = at.parent) {
    if (at.parent.document === null || !isOwnContent(at.parent.document.url, contents)) return false;
  }
  return isOwnContent(document.url, contents);
}

/**
 * What a document gets: `null`, or the settings of its Node side.
 * @param {any} contents
 * @param {import('./lane-documents.js').LaneDocument} document
 * @returns {any}
 */
export function nodeSettings(contents, document) {
  const preferences = contents._preferences;
  if (preferences.sandbox) return null;
  const own = isOwnDocument(document, contents);
  const wantsPage = Boolean(preferences.nodeIntegration) && !preferences.contextIsolation;
  if (!own) {
    const { preload } = preferences;
    return wantsPage || preload ? { refused: refusalText(document.url) } : null;
  }
  document.pageNode = new PageNode(document);
  document.hold = ++lastHold;
  document.startsWorkers = Boolean(preferences.nodeIntegrationInWorker);
  return {
    ...nodeOfFile(document.url),
    script: nodeScript(),
    page: wantsPage,
    workers: document.startsWorkers,
    held: `${ADDRESS}hold/${document.hold}`,
    warning: wantsPage && warnsOfIntegration() ? INTEGRATION : null,
  };
}

/** What a page's or a worker's Node begins with. @param {string} url its own address */
export function nodeOfFile(url) {
  return { page: true, cwd: process.cwd(), title: process.title, ppid: process.pid, ...placeOf(url) };
}

/** As in Electron: not for the users of a packaged app. */
function warnsOfIntegration() {
  const { ELECTRON_ENABLE_SECURITY_WARNINGS: enable, ELECTRON_DISABLE_SECURITY_WARNINGS: disable } = process.env;
  return Boolean(enable) || (!disable && !host.isPackaged);
}

const INTEGRATION =
  'Security Warning (Node.js integration): this page and every script that it loads can read and change files, start programs and use the network ' +
  'with all rights of the user. Show content of the app itself only; a preload with contextBridge is the safe way.';

/** @param {string} url */
function refusalText(url) {
  const shown = url.length > 200 ? `${url.slice(0, 200)}...` : url;
  return (
    `Security Warning (Node.js integration with remote content): ${shown} is not content of the app itself, so neither this page nor its preload gets Node's ` +
    "modules, whatever its webPreferences say. A preload has the sandboxed 'require'."
  );
}

/** Where the `require` of a page or a worker begins. @param {string} url */
function placeOf(url) {
  if (url.startsWith('file:')) {
    try {
      const filename = fileURLToPath(url.replace(/[?#].*$/s, ''));
      return { filename, dirname: path.dirname(filename), base: path.dirname(filename) };
    } catch {
      // An address that names no file of this system.
    }
  }
  const filename = path.join(host.resourcesPath, 'electron.asar', 'renderer', 'init.js');
  return { filename, dirname: path.dirname(filename), base: host.appPath };
}

/** The Node context of a document. It starts with the first question: many preloads never ask one. */
export class PageNode {
  /** @type {any} */
  #worker = null;
  #name = '';
  #ended = false;

  /** @param {import('./lane-documents.js').LaneDocument} document */
  constructor(document) {
    this.document = document;
  }

  /** Takes a frame that came to this thread. @param {import('./binding.js').LaneFrame} frame */
  take({ kind, id, data }) {
    if (this.#ended) {
      refuseNode(this.document, kind, id, 'The Node context of this page has ended');
      return;
    }
    if (this.#worker === null && !this.#start()) {
      refuseNode(this.document, kind, id, `No more than ${MAX_CONTEXTS} documents of a page can use Node at a time`);
      return;
    }
    pageNodePush(this.document.connection, this.document.number, kind, id, data);
  }

  /** @returns {boolean} false if there are too many */
  #start() {
    const { connection, number, frameNumber, contentsId } = this.document;
    const others = running.get(contentsId) ?? 0;
    if (others >= MAX_CONTEXTS) return false;
    running.set(contentsId, others + 1);
    this.#name = globalThis.crypto.randomUUID();
    pageNodeOpen(connection, number, frameNumber, this.#name);
    const { Worker } = builtin.workerThreads;
    this.#worker = new Worker(new URL(MAIN), { name: this.#name });
    // What it writes has gone out already.
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on('error', (/** @type {unknown} */ error) => console.error('The Node context of a page failed:', error));
    this.#worker.on('exit', () => {
      const rest = (running.get(contentsId) ?? 1) - 1;
      if (rest > 0) running.set(contentsId, rest);
      else running.delete(contentsId);
      this.end();
    });
    return true;
  }

  /** Ends it with all that it has open. */
  end() {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#worker === null) return;
    const waiting = pageNodeClose(this.document.connection, this.document.number, this.#name);
    // A page that waits for an answer is not left waiting.
    if (waiting !== 0) refuseNode(this.document, FROM_PAGE.nodeAsk, waiting, 'The Node context of this page has ended');
    this.#worker.terminate();
  }
}

/**
 * Answers a document that has no Node context.
 * @param {import('./lane-documents.js').LaneDocument} document
 * @param {number} kind
 * @param {number} id
 * @param {string} [text]
 */
export function refuseNode(document, kind, id, text = 'This page may not use Node') {
  if (kind === FROM_PAGE.nodeAsk) document.send(TO_PAGE.syncReply, id, serialize(['t', ['e', 0, 'Error', 'Error', text, '']]));
}
