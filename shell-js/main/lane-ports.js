/**
 * Message channels, wherever their two ends are: in the main process, in documents, in utility processes, or in a message that nobody has taken yet.
 * What is said here of documents and pages is true of utility processes too.
 *
 * Each channel is a pair of ends. What is posted at one goes to where the other is: a frame to its document, an event of its
 * `MessagePortMain`, or the queue that travels with it. A message between two pages passes as the bytes that came; only the numbers of the
 * ports in it are replaced.
 *
 * Pages are not trusted. A port's number means something in the table of its document only, a page numbers the ports that it makes with odd
 * numbers that rise, and what does not fit is dropped. How many ports a document may hold and how much of what it sent may wait is limited.
 */
import { setImmediate } from 'node:timers';

import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { replacePort, unpackPorts } from '../common/port-payload.js';

/** Ports that a document may hold at a time. */
const MAX_PORTS = 16384;
/** Bytes of a document's messages that may wait until somebody takes them; each message and each port in one counts for some more. */
const MAX_WAITING = 256 << 20;
const MESSAGE_COST = 256;
const PORT_COST = 4096;
/** Messages that wait behind those that a page has to send back, before it is believed that it never will. */
const MAX_BEHIND = 10_000;

/**
 * @typedef {object} PortMessage
 * @property {Uint8Array} bytes the payload of a frame, see port-payload.js
 * @property {PortEnd[]} ends the ports that go along
 * @property {PageTable | null} sender the page whose account it is on while it waits
 *
 * @typedef {object} Receiver what a `MessagePortMain` shows of itself
 * @property {(message: PortMessage) => void} deliver
 * @property {() => void} closed
 * @property {() => boolean} awaitsClose
 */

/**
 * Who may hold ends: a document of a page, or a utility process.
 * @typedef {object} PortHolder
 * @property {string} label what warnings call it
 * @property {boolean} gone
 * @property {boolean} hasIpc
 * @property {(kind: number, id: number, bytes: Uint8Array) => boolean} send
 */

/** One end of a channel. */
export class PortEnd {
  /** Null once either side was closed. @type {PortEnd | null} */
  other = null;
  /** The other side was closed; told after what waits. */
  ended = false;
  /** This side was closed. */
  closed = false;
  /** @type {PortMessage[]} */
  waiting = [];
  /** Where the waiting messages begin. */
  head = 0;
  /** The document that holds this end. @type {PageTable | null} */
  table = null;
  id = 0;
  /** Messages that this document was sent. */
  sent = 0;
  /** Messages that the last document has to send back, where they are expected, and those that came. */
  missing = 0;
  /** @type {{table: PageTable, id: number} | null} */
  debt = null;
  /** @type {PortMessage[]} */
  returned = [];
  /** The port in the main process, held once it was started. @type {Receiver | null} */
  receiver = null;
  /** The same before: a port that nobody knows any more goes away, unless it waits for its end. @type {{deref: () => Receiver | undefined} | null} */
  idle = null;
  scheduled = false;

  get empty() {
    return this.head === this.waiting.length;
  }

  /** @returns {PortMessage | undefined} */
  shift() {
    if (this.empty) return undefined;
    const message = this.waiting[this.head];
    this.waiting[this.head++] = /** @type {any} */ (undefined);
    if (this.empty || this.head > 1024) {
      this.waiting.splice(0, this.head);
      this.head = 0;
    }
    uncharge(message);
    return message;
  }
}

/** What one document, or another holder of ends, may name. */
class PageTable {
  /** @param {PortHolder} document */
  constructor(document) {
    this.document = document;
    /** @type {Map<number, PortEnd>} */
    this.ends = new Map();
    /** Ends that the document handed back while messages were on their way to it. @type {Map<number, PortEnd>} */
    this.returning = new Map();
    this.lastOfPage = 0;
    this.lastOfMain = 0;
    this.waiting = 0;
    this.warned = false;
  }

  /** @param {string} what */
  warn(what) {
    if (!this.warned) console.warn(`${this.document.label}: ${what}. Its further messages of that kind are dropped.`);
    this.warned = true;
  }
}

/** @type {WeakMap<PortHolder, PageTable>} */
const tables = new WeakMap();

/** @param {PortHolder} document */
function tableOf(document) {
  let table = tables.get(document);
  if (table === undefined) {
    table = new PageTable(document);
    tables.set(document, table);
  }
  return table;
}

/** @param {PortMessage} message */
const costOf = ({ bytes, ends }) => bytes.length + MESSAGE_COST + ends.length * PORT_COST;

/** Puts a message on the account of the page that sent it. @param {PortMessage} message @returns {boolean} false if it is overdrawn */
function charge(message) {
  const { sender } = message;
  if (sender === null) return true;
  const cost = costOf(message);
  if (sender.waiting + cost > MAX_WAITING) {
    sender.warn('more messages wait at ports than are kept');
    return false;
  }
  sender.waiting += cost;
  return true;
}

/** @param {PortMessage} message */
function uncharge(message) {
  if (message.sender !== null) message.sender.waiting -= costOf(message);
}

/** @returns {[PortEnd, PortEnd]} */
export function makeChannel() {
  const [first, second] = [new PortEnd(), new PortEnd()];
  first.other = second;
  second.other = first;
  return [first, second];
}

/**
 * Posts a message at an end, towards the other one.
 * @param {PortEnd} from
 * @param {PortMessage} message
 * @param {boolean} now whether a port of the main process may hear of it at once; else it does in a later turn
 */
export function post(from, message, now) {
  const to = from.other;
  if (to === null) return discard(message);
  if (to.missing === 0 && to.empty) {
    if (to.table !== null) return sendToPage(to.table, TO_PAGE.portMessage, to, message);
    if (now && to.receiver !== null) return to.receiver.deliver(message);
  }
  if (!charge(message)) return discard(message);
  to.waiting.push(message);
  if (to.missing > 0 && to.waiting.length > MAX_BEHIND) settle(to);
  else schedule(to);
  return undefined;
}

/** Goes on with what waits at an end, if it is where somebody takes it. @param {PortEnd} end */
function schedule(end) {
  if (end.missing > 0) return;
  if (end.table !== null) return flush([end]);
  if (end.receiver !== null) {
    if (end.scheduled || (end.empty && !end.ended)) return;
    end.scheduled = true;
    setImmediate(step, end);
    return;
  }
  // A port that was not started has its messages kept, but may hear of the end at once.
  if (end.ended && end.empty && end.idle?.deref()?.awaitsClose()) setImmediate(() => end.idle?.deref()?.closed());
}

/** A turn for each message, as for those that come from pages. @param {PortEnd} end */
function step(end) {
  end.scheduled = false;
  if (end.receiver === null || end.missing > 0) return;
  const { receiver } = end;
  const message = end.shift();
  if (message === undefined) {
    if (end.ended) receiver.closed();
    return;
  }
  try {
    receiver.deliver(message);
  } finally {
    schedule(end);
  }
}

/** Sends documents what has waited for their ends to get there, also for ends inside of those messages. @param {PortEnd[]} ends */
function flush(ends) {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    if (end.table === null || end.missing > 0) continue;
    for (let message = end.shift(); message !== undefined; message = end.shift()) transmit(end.table, TO_PAGE.portMessage, end, message, ends);
    // The page answers; until then it may still hand the port over.
    if (end.ended) end.table.document.send(TO_PAGE.portClosed, end.id, new Uint8Array(0));
  }
}

/** @param {PageTable} table @param {number} kind @param {PortEnd | null} to @param {PortMessage} message @param {PortEnd[]} arrived */
function transmit(table, kind, to, message, arrived) {
  const { bytes, ends } = message;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i];
    table.lastOfMain += 2;
    end.table = table;
    end.id = table.lastOfMain;
    end.sent = 0;
    table.ends.set(end.id, end);
    replacePort(bytes, i, end.id);
  }
  if (!table.document.send(kind, to === null ? 0 : to.id, bytes)) return discard(message);
  if (to !== null) to.sent += 1;
  for (const end of ends) arrived.push(end);
  return undefined;
}

/** @param {PageTable} table @param {number} kind @param {PortEnd | null} to @param {PortMessage} message */
function sendToPage(table, kind, to, message) {
  /** @type {PortEnd[]} */
  const arrived = [];
  transmit(table, kind, to, message, arrived);
  if (arrived.length > 0) flush(arrived);
}

/**
 * Sends a document a message that carries ports. Where nobody can listen the ports go nowhere, and their other sides hear of it.
 * @param {PortHolder | null} document
 * @param {PortMessage} message
 */
export function sendPortsTo(document, message) {
  if (document === null || document.gone || !document.hasIpc) discard(message);
  else sendToPage(tableOf(document), TO_PAGE.postMessage, null, message);
}

/** The ports of a message that nobody gets are closed. @param {PortMessage} message */
export function discard({ ends }) {
  for (const end of ends) closeEnd(end);
}

/**
 * Closes an end from its own side. What waits at it is lost, with the ports in it; the other side hears of it after what it was sent before.
 * @param {PortEnd} first
 */
export function closeEnd(first) {
  const ends = [first];
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
    if (end.closed) continue;
    end.closed = true;
    const { other, table } = end;
    if (table !== null && table.ends.get(end.id) === end) table.ends.delete(end.id);
    end.table = null;
    end.receiver = null;
    for (let message = end.shift(); message !== undefined; message = end.shift()) ends.push(...message.ends);
    for (const message of end.returned) {
      uncharge(message);
      ends.push(...message.ends);
    }
    end.returned = [];
    end.other = null;
    if (other === null) continue;
    other.other = null;
    other.ended = true;
    schedule(other);
  }
}

/** Takes an end away from whoever holds it, to put it into a message. @param {PortEnd} end */
export function detach(end) {
  end.receiver = null;
  end.idle = null;
  return end;
}

/**
 * Gives an end to a port of the main process.
 * @param {PortEnd} end
 * @param {Receiver} receiver
 * @param {boolean} started
 * @param {boolean} [held] whether the channel keeps the port even though it was not started
 */
export function attach(end, receiver, started, held = false) {
  end.receiver = started ? receiver : null;
  end.idle = started ? null : held ? { deref: () => receiver } : new WeakRef(receiver);
  if (started) schedule(end);
}

/** All that the last document had to send back is here, or it is no longer waited for. @param {PortEnd} end */
function settle(end) {
  end.missing = 0;
  end.debt?.table.returning.delete(end.debt.id);
  end.debt = null;
  end.waiting = end.returned.concat(end.waiting.slice(end.head));
  end.head = 0;
  end.returned = [];
  schedule(end);
}

/**
 * Reads a message of a page. Ports that it names for the first time are new ones; others it had from us and hands back.
 * @param {PageTable} table
 * @param {Uint8Array} bytes
 * @param {number} carrier the port that the message came through, which cannot be in it
 * @returns {PortMessage | null} null, and nothing is done, for what does not fit
 */
function readMessage(table, bytes, carrier) {
  const read = unpackPorts(bytes);
  if (read === null) return null;
  const { ports } = read;
  if (ports.length === 0) return { bytes, ends: [], sender: table };
  let last = table.lastOfPage;
  let made = 0;
  const seen = new Set();
  for (const { id } of ports) {
    if (id === 0) continue;
    if (id === carrier || seen.has(id)) return null;
    seen.add(id);
    if (id % 2 === 0) {
      if (id > table.lastOfMain) return null;
    } else if (id > last) {
      last = id;
      made += 1;
    }
  }
  if (made > 0 && table.ends.size + made > MAX_PORTS) {
    table.warn(`the page has more than ${MAX_PORTS} message ports`);
    return null;
  }
  return { bytes, ends: ports.map((port) => takeEnd(table, port)), sender: table };
}

/** @param {PageTable} table @param {{id: number, received: number}} port @returns {PortEnd} */
function takeEnd(table, { id, received }) {
  const known = table.ends.get(id);
  if (known !== undefined) {
    table.ends.delete(id);
    known.table = null;
    known.missing = Math.max(0, known.sent - received);
    if (known.missing > 0) {
      known.debt = { table, id };
      table.returning.set(id, known);
    }
    return known;
  }
  const [theirs, ours] = makeChannel();
  if (id % 2 === 1 && id > table.lastOfPage) {
    table.lastOfPage = id;
    theirs.table = table;
    theirs.id = id;
    table.ends.set(id, theirs);
  } else {
    // One that is closed by now, on this side or on that.
    closeEnd(theirs);
  }
  return ours;
}

/**
 * Reads what came with `ipcRenderer.postMessage`.
 * @param {PortHolder} document
 * @param {Uint8Array} bytes
 * @returns {PortMessage | null}
 */
export const readPosted = (document, bytes) => readMessage(tableOf(document), bytes, 0);

/**
 * Takes a frame about a port.
 * @param {PortHolder} document
 * @param {{kind: number, id: number, data: Uint8Array}} frame
 */
export function portFrame(document, { kind, id, data }) {
  const table = tables.get(document);
  if (table === undefined) return;
  if (kind === FROM_PAGE.portReturned) return messageReturned(table, id, data);
  const end = table.ends.get(id);
  if (end === undefined) return;
  if (kind === FROM_PAGE.portClosed) return closeEnd(end);
  const message = readMessage(table, data, id);
  if (message !== null) post(end, message, true);
}

/** @param {PageTable} table @param {number} id @param {Uint8Array} data */
function messageReturned(table, id, data) {
  const end = table.returning.get(id);
  const message = end === undefined ? null : readMessage(table, data, id);
  if (end === undefined || message === null) return;
  if (end.closed || !charge(message)) discard(message);
  else end.returned.push(message);
  end.missing -= 1;
  if (end.missing === 0) settle(end);
}

/** A document is gone, with all ports that it held. @param {PortHolder} document */
export function closePortsOf(document) {
  const table = tables.get(document);
  if (table === undefined) return;
  tables.delete(document);
  for (const end of [...table.ends.values()]) closeEnd(end);
  for (const end of [...table.returning.values()]) settle(end);
}
