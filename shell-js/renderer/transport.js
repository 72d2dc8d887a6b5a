// Messages of one document to and from the main process, over the extension's natives.

import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { deserialize, serializeOrThrow } from '../common/serialize.js';
import { createMessagePorts } from './message-ports.js';

const RELEASED = 'IPC method called after context was released';

/**
 * @param {{send(kind: number, id: number, bytes: Uint8Array): boolean, request(bytes: Uint8Array): Uint8Array | null, ask(kind: number, bytes: Uint8Array): Uint8Array | null, frames?: (see: (window: any, number: number) => void) => void}} natives
 * @param {any} page The page's side of ports; null if its world is this one.
 */
export function createTransport(natives, page) {
  const pending = new Map();
  let lastId = 0;
  // Not for frames that run no preload.
  let ports = null;
  /** @type {(channel: string, args: any[], ports: MessagePort[]) => boolean} */
  let onMessage = () => false;

  function send(kind, id, bytes) {
    if (!natives.send(kind, id, bytes)) throw new Error(RELEASED);
  }

  // What this engine cannot read (a bigint that is too long for it) arrives as null, as in Electron.
  function decoded(bytes) {
    try {
      return deserialize(bytes);
    } catch {
      return [null, null];
    }
  }

  function settle(id, bytes) {
    const call = pending.get(id);
    if (call === undefined) return;
    pending.delete(id);
    const [error, value] = decoded(bytes);
    if (error) call.reject(new Error(call.channel === null ? error : `Error invoking remote method '${call.channel}': ${error}`));
    else call.resolve(value);
  }

  return {
    send(channel, args) {
      send(FROM_PAGE.send, 0, serializeOrThrow([channel, ...args]));
    },
    sendToHost(channel, args) {
      send(FROM_PAGE.toHost, 0, serializeOrThrow([channel, ...args]));
    },
    sendSync(channel, args) {
      const answer = natives.request(serializeOrThrow([channel, ...args]));
      if (answer === null) throw new Error(RELEASED);
      return decoded(answer)[0];
    },
    invoke(channel, args) {
      const bytes = serializeOrThrow([channel, ...args]);
      return new Promise((resolve, reject) => {
        lastId = (lastId % 0xffffffff) + 1;
        send(FROM_PAGE.invoke, lastId, bytes);
        pending.set(lastId, { channel, resolve, reject });
      });
    },
    // Of the shell itself.
    ask(name, ...args) {
      const answer = natives.ask(FROM_PAGE.hostAsked, serializeOrThrow([name, ...args]));
      if (answer === null) throw new Error(RELEASED);
      const [{ error, value }] = deserialize(answer);
      if (error) throw new Error(error);
      return value;
    },
    /** Calls `see(window, number)` for each frame of the page, where the lane can. */
    eachFrame(see) {
      natives.frames?.(see);
    },
    invokeHost(name, ...args) {
      return new Promise((resolve, reject) => {
        lastId = (lastId % 0xffffffff) + 1;
        send(FROM_PAGE.hostInvoked, lastId, serializeOrThrow([name, ...args]));
        pending.set(lastId, { channel: null, resolve, reject });
      });
    },
    postMessage(channel, message, transfer) {
      if (!ports.post(channel, message, transfer)) throw new Error(RELEASED);
    },
    // For frames that only we know of: the result of an evaluation, a preload that failed.
    post(kind, id, value) {
      return natives.send(kind, id, serializeOrThrow(value));
    },
    setMessageListener(listener) {
      onMessage = listener;
      ports = createMessagePorts(natives, listener, page);
    },
    /** Takes a frame of kind `message` or `invokeReply`, or about ports. */
    receive(kind, id, bytes) {
      if (kind === TO_PAGE.invokeReply) return settle(id, bytes);
      if (kind === TO_PAGE.message) {
        const [channel, ...args] = deserialize(bytes);
        onMessage(channel, args, []);
        return undefined;
      }
      return ports?.receive(kind, id, bytes);
    }
  };
}
