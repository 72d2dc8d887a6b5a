/**
 * `MessageChannelMain` and `MessagePortMain`.
 */
import { EventEmitter } from 'node:events';

import { packPorts, valueOf } from '../../common/port-payload.js';
import { deserialize, serializeOrThrow } from '../../common/serialize.js';
import { attach, closeEnd, detach, discard, makeChannel, post, sendPortsTo } from '../lane-ports.js';
import { completeClass } from '../unimplemented.js';
import { emitSafely } from './event.js';

/** @typedef {import('../lane-ports.js').PortEnd} PortEnd @typedef {import('../lane-ports.js').PortMessage} PortMessage */

// A port that was never started and that nobody knows any more is closed. One that was started is held by its channel.
const forgotten = new FinalizationRegistry((/** @type {PortEnd} */ end) => closeEnd(end));

/** The ports of a transfer list, none of them taken yet. @type {(list: any, source: MessagePortMain | null) => MessagePortMain[]} */
let checkPorts;
/** Takes the end away from a port, which is of no more use then. @type {(port: MessagePortMain) => PortEnd} */
let takePort;

export class MessagePortMain extends EventEmitter {
  /** Null once the port was closed or sent away. @type {PortEnd | null} */
  #end;
  #started = false;
  #sent = false;
  // Electron's name; it also keeps the port from being cloned.
  _internalPort = {
    deliver: (/** @type {PortMessage} */ message) => this.#deliver(message),
    closed: () => this.#closed(),
    awaitsClose: () => this.listenerCount('close') > 0,
  };

  /** @param {PortEnd} end */
  constructor(end) {
    super();
    this.#end = end;
    attach(end, this._internalPort, false);
    forgotten.register(this, end, this);
  }

  start() {
    if (this.#end === null || this.#started) return;
    this.#started = true;
    attach(this.#end, this._internalPort, true);
  }

  close() {
    const end = this.#end;
    if (end === null) return;
    this.#release();
    closeEnd(end);
    emitSafely(this, 'close');
  }

  /** @param {any} message @param {MessagePortMain[]} [transfer] */
  postMessage(message, transfer) {
    if (this.#end === null) return;
    const value = serializeOrThrow(message);
    post(this.#end, makeMessage(value, takePorts(checkPorts(transfer, this))), false);
  }

  #release() {
    this.#end = null;
    forgotten.unregister(this);
  }

  #closed() {
    if (this.#end === null) return;
    const end = this.#end;
    this.#release();
    closeEnd(end);
    emitSafely(this, 'close');
  }

  /** @param {PortMessage} message */
  #deliver(message) {
    if (this.listenerCount('message') === 0) return discard(message);
    emitSafely(this, 'message', readMessage(message));
  }

  static {
    checkPorts = (list, source) => {
      if (list === undefined) return [];
      if (!Array.isArray(list)) throw new TypeError('transferables must be an array of MessagePorts');
      list.forEach((port, i) => {
        if (typeof port !== 'object' || port === null || !(#end in port)) throw new TypeError(`Port at index ${i} is not a valid port`);
      });
      list.forEach((port, i) => {
        if (port === source) throw new Error(`Port at index ${i} contains the source port.`);
      });
      list.forEach((port, i) => {
        if (port.#sent) throw new Error(`Port at index ${i} is already neutered.`);
        if (list.indexOf(port) !== i) throw new Error(`Port at index ${i} is a duplicate.`);
      });
      return list;
    };

    takePort = (port) => {
      const end = port.#end;
      port.#sent = true;
      port.#release();
      if (end !== null) return detach(end);
      // A closed port arrives as one.
      const [closed, left] = makeChannel();
      closeEnd(closed);
      return left;
    };
  }
}
completeClass('MessagePortMain', MessagePortMain);

/** @param {MessagePortMain[]} ports which have been checked @returns {PortEnd[]} */
const takePorts = (ports) => ports.map(takePort);

/** @param {Uint8Array} value @param {PortEnd[]} ends @returns {PortMessage} */
const makeMessage = (value, ends) => ({ bytes: packPorts(ends.map(() => ({ id: 0, received: 0 })), value), ends, sender: null });

/**
 * What listeners get of a message.
 * @param {PortMessage} message
 * @returns {{data: any, ports: MessagePortMain[]}} `data` is null for what cannot be read
 */
export function readMessage({ bytes, ends }) {
  const ports = ends.map((end) => new MessagePortMain(end));
  let data = null;
  try {
    data = deserialize(valueOf(bytes), ports);
  } catch {
    // Of a page, which may send anything.
  }
  return { data, ports };
}

/** A channel with both of its ports in the main process. */
export class MessageChannelMain {
  constructor() {
    const [first, second] = makeChannel();
    this.port1 = new MessagePortMain(first);
    this.port2 = new MessagePortMain(second);
  }
}

/**
 * `postMessage` of web contents and frames: a message with ports. Throws Electron's errors for bad arguments.
 * @param {() => import('../lane-documents.js').LaneDocument | null} receiver asked after the arguments were checked
 * @param {any[]} args channel, message, transfer list
 */
export function postToFrame(receiver, args) {
  const [channel, message, transfer] = args;
  if (args.length === 0) throw new TypeError('Insufficient number of arguments.');
  if (typeof channel !== 'string') throw new TypeError(`Error processing argument at index 0, conversion failure from ${nameOf(channel)}`);
  if (args.length === 1) throw new TypeError('Insufficient number of arguments.');
  if (transfer !== undefined && !Array.isArray(transfer)) throw new TypeError('Invalid value for transfer');
  const value = serializeOrThrow([channel, message]);
  const ports = checkPorts(transfer, null);
  const document = receiver();
  sendPortsTo(document, makeMessage(value, takePorts(ports)));
}

/** @param {unknown} value */
function nameOf(value) {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}
