/**
 * What a child of `utilityProcess.fork` has besides Node: `process.parentPort`, ports of the app's other processes, and `electron`.
 */
import { EventEmitter } from 'node:events';
import process from 'node:process';

import { installElectron } from '../common/electron-module.js';
import { createPortClass } from '../common/message-port-main.js';
import { createNet } from '../common/net/module.js';
import { packPorts, valueOf } from '../common/port-payload.js';
import { deserialize, serializeOrThrow } from '../common/serialize.js';
import { completeModule } from '../main/unimplemented.js';
import { setElectronNames } from './binding.js';
import { openLane, portEnds, takeFrame } from './lane-ports.js';

const { MessagePortMain, readMessage } = createPortClass({
  ...portEnds,
  // What a listener throws is an uncaught exception, whoever called it.
  emitSafely: (emitter, name, ...args) => {
    emitter.emit(name, ...args);
  },
});
void MessagePortMain;

/** The port to the process that has started this one. */
class ParentPort extends EventEmitter {
  /** @type {any} */
  #end;
  #receiver = {
    deliver: (/** @type {any} */ message) => this.emit('message', readMessage(message)),
    // The main process keeps its side as long as this process lives.
    closed() {},
    awaitsClose: () => false,
  };

  /** @param {any} end */
  constructor(end) {
    super();
    this.#end = end;
    this.pause();
    this.on('newListener', (name) => {
      if (name === 'message' && this.listenerCount('message') === 0) this.start();
    });
    this.on('removeListener', (name) => {
      if (name === 'message' && this.listenerCount('message') === 0) this.pause();
    });
  }

  start() {
    portEnds.attach(this.#end, this.#receiver, true);
  }

  pause() {
    portEnds.attach(this.#end, this.#receiver, false);
  }

  /** @param {any} message */
  postMessage(message) {
    portEnds.post(this.#end, { bytes: packPorts([], serializeOrThrow(message)), ends: [], sender: null });
  }
}

/** Takes the channel to the main process away from Node, whose own a utility process does not have. @returns {Promise<any>} the first message */
async function openChannel() {
  /** @type {any} */
  const node = process;
  const write = node.send.bind(node);
  openLane((kind, id, bytes) => write([kind, id, bytes]));
  process.once('disconnect', () => node.reallyExit(0));
  const first = await new Promise((resolve) => {
    process.on('message', (/** @type {any} */ [kind, id, bytes]) => {
      const message = takeFrame(kind, id, bytes);
      if (message !== undefined) resolve(message);
    });
  });
  delete node.send;
  // The Node layer goes on using the others, the last one when the main process is gone.
  for (const name of ['channel', 'connected', 'disconnect']) Object.defineProperty(node, name, { enumerable: false });
  return first;
}

/** Modules of `electron` in a utility process; those that are not done refuse. */
const modules = ['net', 'systemPreferences'];

/** @type {Record<string, any>} */
const done = { net: createNet({ ensureUsable() {}, userAgentOf: () => undefined }, false).net };

/** Makes the process one, before its script runs. */
export async function becomeUtility() {
  const message = await openChannel();
  const { resourcesPath, versions } = deserialize(valueOf(message.bytes));
  const define = (/** @type {string} */ name, /** @type {unknown} */ value) => {
    Object.defineProperty(process, name, { value, enumerable: true, configurable: true, writable: false });
  };
  define('type', 'utility');
  define('resourcesPath', resourcesPath);
  define('versions', Object.freeze(versions));
  define('parentPort', new ParentPort(message.ends[0]));
  const made = new Map();
  const load = (/** @type {string} */ name) => {
    if (!made.has(name)) made.set(name, completeModule(name, done[name]));
    return made.get(name);
  };
  installElectron(Object.fromEntries(modules.map((name) => [name, { load: () => load(name) }])));
  setElectronNames(modules);
}
