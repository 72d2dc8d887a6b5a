/**
 * Ends of channels in a utility process. Their other ends are where the main process says; to it a utility process is what a page is, see
 * `main/lane-ports.js`, save that it makes no ports of its own.
 *
 * A message waits at an end as it came, so that an end that is sent on can give back what nobody here has taken.
 */
import { setImmediate } from 'node:timers';

import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { packPorts, unpackPorts, valueOf } from '../common/port-payload.js';

const NOTHING = new Uint8Array(0);

/** @typedef {import('../common/message-port-main.js').PortMessage} PortMessage */

/** One end of a channel. */
class ChildEnd {
  /** @param {number} id the main process's number, 0 for an end that is closed from the beginning */
  constructor(id) {
    this.id = id;
    /** Messages that were taken. */
    this.taken = 0;
    /** @type {PortMessage[]} */
    this.waiting = [];
    /** This side is of no more use: closed, or sent on. */
    this.gone = id === 0;
    /** The other side was closed. */
    this.ended = id === 0;
    /** @type {any} */
    this.receiver = null;
    /** The same before it was started: a port that nobody knows any more goes away, unless it waits for its end. @type {{deref: () => any} | null} */
    this.idle = null;
    this.scheduled = false;
  }
}

/** By their numbers. @type {Map<number, ChildEnd>} */
const ends = new Map();
/** Numbers of ends that were sent on: what still comes for them goes back. @type {Set<number>} */
const handedBack = new Set();
/** @type {(kind: number, id: number, bytes: Uint8Array) => void} */
let send;

/** @param {{id: number}} entry of a message */
function accept({ id }) {
  const end = new ChildEnd(id);
  if (id !== 0) ends.set(id, end);
  return end;
}

/** @param {ChildEnd} end */
function schedule(end) {
  if (end.receiver !== null) {
    if (end.scheduled || (end.waiting.length === 0 && !end.ended)) return;
    end.scheduled = true;
    setImmediate(step, end);
  } else if (end.ended && end.waiting.length === 0 && end.idle?.deref()?.awaitsClose()) {
    // A port that was not started may hear of the end at once when nothing waits.
    setImmediate(() => end.idle?.deref()?.closed());
  }
}

/** A turn for each message. @param {ChildEnd} end */
function step(end) {
  end.scheduled = false;
  if (end.receiver === null) return;
  const { receiver } = end;
  const message = end.waiting.shift();
  if (message === undefined) {
    if (end.ended) receiver.closed();
    return;
  }
  end.taken += 1;
  try {
    receiver.deliver(message);
  } finally {
    schedule(end);
  }
}

/** What waits at an end that was sent on goes back, as it came. @param {ChildEnd} end */
function giveBack(end) {
  end.gone = true;
  end.receiver = null;
  ends.delete(end.id);
  handedBack.add(end.id);
  for (const { bytes, ends: inner } of end.waiting.splice(0)) {
    send(FROM_PAGE.portReturned, end.id, bytes);
    inner.forEach(giveBack);
  }
}

/** @param {ChildEnd} end @param {PortMessage} message */
function post(end, message) {
  if (end.gone || end.ended) {
    discard(message);
    return;
  }
  const entries = message.ends.map(({ id, gone, taken }) => (gone ? { id: 0, received: 0 } : { id, received: taken }));
  send(FROM_PAGE.portMessage, end.id, packPorts(entries, valueOf(message.bytes)));
  for (const inner of message.ends) if (!inner.gone) giveBack(inner);
}

/** @param {ChildEnd} end */
function closeEnd(end) {
  if (end.gone) return;
  end.gone = true;
  end.receiver = null;
  ends.delete(end.id);
  for (const message of end.waiting.splice(0)) discard(message);
  send(FROM_PAGE.portClosed, end.id, NOTHING);
}

/** The ports of a message that nobody gets are closed. @param {PortMessage} message */
function discard(message) {
  message.ends.forEach(closeEnd);
}

/** What `createPortClass` builds on. */
export const portEnds = {
  post,
  closeEnd,
  discard,
  closedEnd: () => new ChildEnd(0),
  /** @param {ChildEnd} end */
  detach(end) {
    end.receiver = null;
    end.idle = null;
    return end;
  },
  /** @param {ChildEnd} end @param {any} receiver @param {boolean} started @param {boolean} [held] */
  attach(end, receiver, started, held = false) {
    end.receiver = started ? receiver : null;
    end.idle = started ? null : held ? { deref: () => receiver } : new WeakRef(receiver);
    if (started) schedule(end);
  },
};

/** @param {(kind: number, id: number, bytes: Uint8Array) => void} way to the main process */
export function openLane(way) {
  send = way;
}

/**
 * Takes a frame of the main process.
 * @param {number} kind
 * @param {number} id
 * @param {Uint8Array} bytes
 * @returns {PortMessage | undefined} what was not sent to a port
 */
export function takeFrame(kind, id, bytes) {
  const end = ends.get(id);
  if (kind === TO_PAGE.portClosed) {
    if (end === undefined) return undefined;
    end.ended = true;
    ends.delete(id);
    send(FROM_PAGE.portClosed, id, NOTHING);
    schedule(end);
    return undefined;
  }
  const entries = unpackPorts(bytes)?.ports ?? [];
  if (kind === TO_PAGE.portMessage && end === undefined) {
    if (handedBack.has(id)) {
      for (const entry of entries) handedBack.add(entry.id);
      send(FROM_PAGE.portReturned, id, bytes);
    } else {
      for (const entry of entries) send(FROM_PAGE.portClosed, entry.id, NOTHING);
    }
    return undefined;
  }
  const message = { bytes, ends: entries.map(accept), sender: null };
  if (kind !== TO_PAGE.portMessage || end === undefined) return message;
  end.waiting.push(message);
  schedule(end);
  return undefined;
}
