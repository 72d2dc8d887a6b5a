/**
 * Workers of pages whose workers have Node (`nodeIntegrationInWorker`). The engine runs no script of the host in a worker, so each begins with a text of ours
 * and asks by requests of the portable lane's scheme, whichever lane its page has. To all others here it is a document in no frame.
 */
import { laneOpenWorker } from './binding.js';
import { LaneDocument, addWorker, removeDocument } from './lane-documents.js';
import { PageNode, isOwnContent, nodeOfFile } from './legacy-node.js';
import { ADDRESS, portableConnection } from './portable-lane.js';
import { workerScript } from './renderer-bundle.js';
import { processSettings } from './renderer-payload.js';

/**
 * What a page or a worker starts another one with: its number and its first script; null if it gets no Node.
 * @param {any} contents
 * @param {LaneDocument} owner the document that it is started by
 * @param {unknown} url
 * @returns {{number: number, script: string} | null}
 */
export function openWorker(contents, owner, url) {
  if (!owner.startsWorkers || typeof url !== 'string' || !mayHaveNode(contents, url)) return null;
  const connection = portableConnection(contents.id);
  const opened = connection === null ? null : laneOpenWorker(connection);
  if (opened === null) throw new Error('The page has too many workers');
  const { number, token } = opened;
  const document = new LaneDocument({ webContents: contents.id, connection: /** @type {number} */ (connection), document: number, frame: 0 }, url, owner.origin);
  document.owner = owner;
  document.processId = owner.processId;
  document.startsWorkers = true;
  document.pageNode = new PageNode(document);
  addWorker(document);
  const script = workerScript({
    address: ADDRESS,
    token,
    url,
    node: nodeOfFile(url),
    process: processSettings(contents, document),
  });
  return { number, script };
}

/** Scripts of the page's own making are the app's as much as those of its files. @param {any} contents @param {string} url */
function mayHaveNode(contents, url) {
  return /^(?:blob|data):/.test(url) || isOwnContent(url, contents);
}

/**
 * A worker has ended: one of its maker's, or itself.
 * @param {LaneDocument} document who says so
 * @param {unknown} number
 */
export function closeWorker(document, number) {
  const worker = number === null ? document : [...document.workers].find((each) => each.number === number);
  if (!worker?.owner) return;
  // One that ends itself waits for the answer.
  queueMicrotask(() => removeDocument(worker));
}
