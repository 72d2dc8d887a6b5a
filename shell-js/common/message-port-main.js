/**
 * The class `MessagePortMain`, for every process that has one. How messages travel is the process's own matter: it hands over what works on the
 * ends of its channels, such as `main/lane-ports.js`.
 */
import { EventEmitter } from 'node:events';

import { packPorts, valueOf } from './port-payload.js';
import { deserialize, serializeOrThrow } from './serialize.js';

/**
 * @typedef {{bytes: Uint8Array, ends: any[], sender: any}} PortMessage
 * @typedef {object} Ends
 * @property {(end: any, receiver: object, started: boolean, held?: boolean) => void} attach
 * @property {(end: any) => void} closeEnd
 * @property {(end: any) => any} detach
 * @property {(message: PortMessage) => void} discard
 * @property {() => any} closedEnd an end whose other side is gone
 * @property {(end: any, message: PortMessage) => void} post
 * @property {(emitter: EventEmitter, name: string, ...args: any[]) => void} emitSafely
 */

/** @param {Ends} ends */
export function createPortClass({ attach, closeEnd, detach, discard, closedEnd, post, emitSafely }) {
  // A port that was never started and that nobody knows any more is closed. One that was started, or that waits for its end, is held by its channel: else
  // what awaits that event could go away together with the port.
  const forgotten = new FinalizationRegistry((/** @type {any} */ end) => closeEnd(end));

  /** The ports of a transfer list, none of them taken yet. @type {(list: any, source: MessagePortMain | null) => MessagePortMain[]} */
  let checkPorts;
  /** Takes the end away from a port, which is of no more use then. @type {(port: MessagePortMain) => any} */
  let takePort;

  class MessagePortMain extends EventEmitter {
    /** Null once the port was closed or sent away. @type {any} */
    #end;
    #started = false;
    #sent = false;
    // Electron's name; it also keeps the port from being cloned.
    _internalPort = {
      deliver: (/** @type {PortMessage} */ message) => this.#deliver(message),
      closed: () => this.#closed(),
      awaitsClose: () => this.listenerCount('close') > 0,
    };

    /** @param {any} end */
    constructor(end) {
      super();
      this.#end = end;
      attach(end, this._internalPort, false);
      forgotten.register(this, end, this);
    }

    /** @param {string | symbol} name @param {(...args: any[]) => void} listener */
    on(name, listener) {
      super.on(name, listener);
      this.#hold(name);
      return this;
    }

    /** @param {string | symbol} name @param {(...args: any[]) => void} listener */
    addListener(name, listener) {
      return this.on(name, listener);
    }

    /** @param {string | symbol} name @param {(...args: any[]) => void} listener */
    prependListener(name, listener) {
      super.prependListener(name, listener);
      this.#hold(name);
      return this;
    }

    /** @param {string | symbol} name of what is listened to */
    #hold(name) {
      if (name === 'close' && this.#end !== null && !this.#started) attach(this.#end, this._internalPort, false, true);
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
      post(this.#end, makeMessage(value, takePorts(checkPorts(transfer, this))));
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
      return undefined;
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
        // A closed port arrives as one.
        return end === null ? closedEnd() : detach(end);
      };
    }
  }

  /** @param {MessagePortMain[]} ports which have been checked @returns {any[]} */
  const takePorts = (ports) => ports.map(takePort);

  /** @param {Uint8Array} value @param {any[]} ends @returns {PortMessage} */
  const makeMessage = (value, ends) => ({ bytes: packPorts(ends.map(() => ({ id: 0, received: 0 })), value), ends, sender: null });

  /**
   * What listeners get of a message.
   * @param {PortMessage} message
   * @returns {{data: any, ports: MessagePortMain[]}} `data` is null for what cannot be read
   */
  function readMessage({ bytes, ends }) {
    const ports = ends.map((end) => new MessagePortMain(end));
    let data = null;
    try {
      data = deserialize(valueOf(bytes), ports);
    } catch {
      // Of a page, which may send anything.
    }
    return { data, ports };
  }

  /**
   * A message with ports, which are of no more use afterwards.
   * @param {any} value
   * @param {any} transfer
   * @param {() => void} [onChecked] called before the ports are taken; if it throws, they stay
   * @returns {PortMessage}
   */
  function packMessage(value, transfer, onChecked) {
    const bytes = serializeOrThrow(value);
    const ports = checkPorts(transfer, null);
    onChecked?.();
    return makeMessage(bytes, takePorts(ports));
  }

  return { MessagePortMain, readMessage, packMessage };
}
