// The start of a worker with Node: before the app's own script, which the text behind this one loads (renderer/page-workers.js).

import { FROM_PAGE } from '../../common/lane-frames.js';
import { deserialize, serialize } from '../../common/serialize.js';
import { createLink } from '../portable/portable-link.js';
import { startNode } from '../node/start.js';
import { replaceWorkers } from '../page-workers.js';
import { createProcess } from '../process.js';
import { createReceiver } from '../receiver.js';
import { placeWorker } from './worker-address.js';

const indirectEval = eval;

/** What `require('electron')` gives. As in Electron, which has none of its modules outside of the main thread of a page. */
function refuseElectron() {
  throw new Error("Electron's modules cannot be used in a worker. Have the page ask, by postMessage.");
}

/** @param {any} config What node-workers.js of the main process says. */
export function startWorker(config) {
  const scope = /** @type {any} */ (globalThis);
  // A worker whose first script came by the page's blob needs it no longer.
  const entry = scope.location.href;
  if (entry.startsWith('blob:')) URL.revokeObjectURL(entry);
  const link = createLink('', config.address, null);
  link.adopt(config.token);
  // As a policy names the lane.
  const source = config.address.replace(/^(shell-lane:)?.*/s, (whole, scheme) => scheme ?? new URL(whole).origin);
  let listens = false;
  // Nothing is sent to a worker that has not asked.
  function listen() {
    if (listens) return;
    listens = true;
    link.takeNews();
  }
  const natives = {
    send(kind, id, bytes) {
      listen();
      return link.send(kind, id, bytes);
    },
    ask(kind, bytes) {
      listen();
      const answer = link.ask(kind, bytes);
      if (answer === null) throw new Error(`The worker's Node cannot be reached. A policy of the page needs 'connect-src ${source}'.`);
      return answer;
    }
  };
  const askHost = (name, ...args) => {
    const [{ error, value }] = deserialize(natives.ask(FROM_PAGE.hostAsked, serialize([name, ...args])));
    if (error) throw new Error(error);
    return value;
  };

  const process = createProcess(config.process, { ask: askHost });
  process.type = 'worker';
  const evaluate = (code, url) => indirectEval(url ? `${code}\n//# sourceURL=${encodeURI(url)}` : code);
  const node = startNode(natives, config.node, { process, electron: refuseElectron, isolated: false, evaluate });
  link.setListener(createReceiver((kind, _id, bytes) => node.receive(kind, bytes)));

  replaceWorkers(
    (url) => {
      const opened = askHost('openWorker', url);
      return opened === null ? null : `${opened.number}:${opened.script}`;
    },
    (number) => { askHost('closeWorker', number); },
    () => config.url
  );
  const close = scope.close.bind(scope);
  scope.close = () => {
    // Also where nobody can be told.
    try {
      askHost('closeWorker', null);
    } finally {
      close();
    }
  };
  placeWorker(config.url);
}
