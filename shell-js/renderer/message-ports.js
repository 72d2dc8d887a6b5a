// Message ports that lead to the main process.
//
// A port that goes there is taken from its channel, and a relay listens in its place: what arrives at the relay goes over the lane, and what
// comes over the lane is posted at the relay. The app's own end stays a real MessagePort of the engine, so it can go on to the page, to a
// worker or into another frame.
//
// As long as that end is in this world and nothing is on its way through the engine, the relay is left out: a message goes over the lane in the
// moment in which it is posted and is dispatched in the moment in which it comes. So port messages and those of ipcRenderer keep one order.

import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { packPorts, unpackPorts } from '../common/port-payload.js';
import { deserialize, serialize, serializeOrThrow } from '../common/serialize.js';
import { dataOf, detachBuffers, isBuffer, isPort, messageEvent, nativeClose, nativeDispatch, nativeListen } from './port-natives.js';
import { nativePost, nativeStart, newChannel, portsOf, stateOf, takeAway } from './port-natives.js';
import { connectPage } from './port-handover.js';
import { watchPorts, watchWindows } from './port-watch.js';

const INVALID = 'Invalid value for transfer';
const { apply } = Reflect;
const isArray = Array.isArray;

/**
 * @param {{send(kind: number, id: number, bytes: Uint8Array): boolean}} natives
 * @param {(channel: string, args: any[], ports: MessagePort[]) => boolean} onMessage False if nobody listens.
 * @param {any} page The page's side of ports, of its own world; null if that is this one.
 */
export function createMessagePorts(natives, onMessage, page) {
  // By the number of the main process.
  const lanes = new Map();
  // By the port that the app has.
  const byPort = new WeakMap();
  const handedBack = new Set();
  const nothing = new Uint8Array(0);
  let lastId = -1;

  const watch = watchPorts({
    post: postDirectly,
    close: portClosed,
    sent(port) {
      const lane = byPort.get(port);
      if (lane !== undefined) lane.sent = true;
    },
    toPage(args, list) {
      const ids = [];
      let some = false;
      for (let i = 0; i < list.length; i++) {
        const lane = isPort(list[i]) && stateOf(list[i]) === 'usable' ? byPort.get(list[i]) : undefined;
        ids[i] = lane === undefined || lane.closed ? 0 : lane.id;
        if (ids[i] > 0) some = true;
      }
      if (!some || handover === null) return false;
      handover.send(args, ids);
      for (let i = 0; i < ids.length; i++) if (ids[i] > 0) lanes.get(ids[i]).inPage = true;
      return true;
    }
  });
  const handover = page === null ? null : connectPage(page);

  // A port that was not started and that nobody knows any more is closed. One that was sent away looks the same, and what another window was
  // given is not seen here: where this world may know one, and where it is the page's, a port lasts as long as its page.
  let others = page === null || window.parent !== window || window.opener !== null;
  const forgotten = new FinalizationRegistry((lane) => {
    if (!lane.closed && !lane.sent && !others && window.length === 0) finish(lane);
  });
  if (!others) {
    watchWindows(() => {
      others = true;
    });
  }

  /** Messages between the app's port and the relay that the engine has not delivered. */
  const comingFrom = (lane, port) => watch.posted(port) - lane.heard;
  const goingTo = (lane, port) => lane.posted - watch.heard(port);

  function openLane(id, relay, posted, heard) {
    const lane = { id, relay, user: null, received: 0, posted, heard, sent: false, inPage: false, closing: false, closed: false };
    lanes.set(id, lane);
    nativeListen(relay, 'message', (event) => {
      lane.heard++;
      const data = dataOf(event);
      if (lane.inPage && handover.isClose(data)) {
        handover.forget(id);
        finish(lane);
        return;
      }
      if (!lane.closed) forward(lane, data, portsOf(event));
      if (lane.closing) finish(lane);
    });
    nativeStart(relay);
    return lane;
  }

  function bind(lane, port) {
    lane.user = new WeakRef(port);
    byPort.set(port, lane);
    forgotten.register(port, lane);
  }

  /** What the message says of ports that it takes along. */
  function handOver(port, owned) {
    if (stateOf(port) === 'closed') return { id: 0, received: 0 };
    const lane = byPort.get(port);
    if (lane !== undefined && !lane.closed && comingFrom(lane, port) === 0 && goingTo(lane, port) === 0) {
      // The relay would be in between for nothing: the main process takes its own end back.
      nativeClose(takeAway(port));
      drop(lane);
      handedBack.add(lane.id);
      return lane;
    }
    const posted = watch.posted(port);
    const heard = watch.heard(port);
    const relay = owned ? port : takeAway(port);
    lastId += 2;
    const made = openLane(lastId, relay, posted, heard);
    const peer = watch.peerOf(port);
    if (peer !== undefined && !byPort.has(peer) && stateOf(peer) === 'usable') bind(made, peer);
    return made;
  }

  function drop(lane) {
    lane.closed = true;
    lanes.delete(lane.id);
    nativeClose(lane.relay);
  }

  function placesOf(ports) {
    if (ports.length === 0) return undefined;
    const places = new Map();
    for (let i = 0; i < ports.length; i++) places.set(ports[i], i);
    return places;
  }

  function pack(value, ports, owned) {
    const entries = [];
    for (let i = 0; i < ports.length; i++) entries[i] = handOver(ports[i], owned);
    return packPorts(entries, value);
  }

  /** From the relay to the main process. */
  function forward(lane, data, ports) {
    let value;
    try {
      value = serialize(data, placesOf(ports));
    } catch {
      console.warn('A message to a port was dropped: it holds an object that cannot leave the page.');
      for (let i = 0; i < ports.length; i++) nativeClose(ports[i]);
      return;
    }
    natives.send(FROM_PAGE.portMessage, lane.id, pack(value, ports, true));
  }

  /** `port.postMessage`: past the engine, where that makes no difference but for the order. */
  function postDirectly(port, [message, transfer]) {
    const lane = byPort.get(port);
    if (lane === undefined || lane.closed || comingFrom(lane, port) !== 0 || stateOf(port) !== 'usable') return false;
    const list = transferred(port, transfer);
    if (list === null) return false;
    let value;
    try {
      value = serialize(message, placesOf(list.ports));
    } catch {
      // The engine has an error of its own for it.
      return false;
    }
    detachBuffers(list.buffers);
    natives.send(FROM_PAGE.portMessage, lane.id, pack(value, list.ports, false));
    return true;
  }

  /** The parts of a transfer list; null for one that the engine shall judge. */
  function transferred(source, transfer) {
    const list = isArray(transfer) ? transfer : transfer === undefined || transfer === null ? [] : transfer.transfer ?? [];
    if (!isArray(list)) return null;
    const ports = [];
    const buffers = [];
    for (let i = 0; i < list.length; i++) {
      const item = list[i];
      if (isBuffer(item)) buffers.push(item);
      else if (isPort(item) && item !== source && !ports.includes(item) && stateOf(item) === 'usable') ports.push(item);
      else return null;
    }
    return { ports, buffers };
  }

  /** The app has closed a port. */
  function portClosed(port) {
    const lane = byPort.get(port);
    if (lane !== undefined) {
      lane.closing = true;
      finish(lane, port);
      return;
    }
    const peer = watch.peerOf(port);
    const sent = watch.posted(port);
    if (peer !== undefined) setTimeout(() => watch.end(peer, () => sent - watch.heard(peer)), 0);
  }

  /** Tells the main process that a port was closed, after the last message of it. */
  function finish(lane, port = lane.sent ? undefined : lane.user?.deref()) {
    if (lane.closed || (port !== undefined && comingFrom(lane, port) > 0)) return;
    drop(lane);
    natives.send(FROM_PAGE.portClosed, lane.id, nothing);
  }

  function accept({ id }) {
    const [port, relay] = newChannel();
    bind(openLane(id, relay, 0, 0), port);
    return port;
  }

  function refuse(entries) {
    for (let i = 0; i < entries.length; i++) natives.send(FROM_PAGE.portClosed, entries[i].id, nothing);
  }

  /** A message for one of our ports. */
  function receive(id, bytes) {
    const lane = lanes.get(id);
    const { ports: entries, value } = unpackPorts(bytes);
    if (lane === undefined) {
      if (!handedBack.has(id)) {
        refuse(entries);
        return;
      }
      for (let i = 0; i < entries.length; i++) handedBack.add(entries[i].id);
      natives.send(FROM_PAGE.portReturned, id, bytes);
      return;
    }
    lane.received++;
    const ports = entries.map(accept);
    let data;
    try {
      data = deserialize(value, ports);
    } catch {
      // Of another page, which may send anything.
      for (let i = 0; i < ports.length; i++) ports[i].close();
      return;
    }
    const user = lane.user?.deref();
    if (user !== undefined && watch.isStarted(user) && goingTo(lane, user) === 0 && stateOf(user) === 'usable') {
      nativeDispatch(user, messageEvent(data, ports));
      return;
    }
    lane.posted++;
    apply(nativePost, lane.relay, [data, ports]);
    // They are the receiver's from now on. That this world lets go of what was theirs here does not mean that nobody knows them.
    for (let i = 0; i < ports.length; i++) byPort.get(ports[i]).sent = true;
  }

  /** The other side of a port is gone. */
  function ended(id) {
    const lane = lanes.get(id);
    if (lane === undefined) return;
    natives.send(FROM_PAGE.portClosed, id, nothing);
    if (lane.inPage) handover.end(id, lane.relay);
    drop(lane);
    const user = lane.user?.deref();
    if (user !== undefined) watch.end(user, () => goingTo(lane, user));
  }

  return {
    /** `ipcRenderer.postMessage`. False when the context was released. */
    post(channel, message, transfer) {
      const list = transfer === undefined ? [] : transfer;
      if (!isArray(list)) throw new TypeError(INVALID);
      const ports = [];
      for (let i = 0; i < list.length; i++) {
        const port = list[i];
        if (!isPort(port) || ports.includes(port) || stateOf(port) === 'sent') throw new TypeError(INVALID);
        ports.push(port);
      }
      const value = serializeOrThrow([channel, message]);
      return natives.send(FROM_PAGE.postMessage, 0, pack(value, ports, false));
    },
    /** Takes a frame about ports. */
    receive(kind, id, bytes) {
      if (kind === TO_PAGE.portMessage) {
        receive(id, bytes);
      } else if (kind === TO_PAGE.portClosed) {
        ended(id);
      } else if (kind === TO_PAGE.postMessage) {
        const { ports: entries, value } = unpackPorts(bytes);
        const ports = entries.map(accept);
        const [channel, message] = deserialize(value);
        // Nobody gets the ports: the other sides hear of it.
        if (!onMessage(channel, [message], ports)) for (const port of ports) port.close();
      }
    }
  };
}
