/**
 * `MessageChannelMain` and `MessagePortMain`.
 */
import { createPortClass } from '../../common/message-port-main.js';
import { attach, closeEnd, detach, discard, makeChannel, post, sendPortsTo } from '../lane-ports.js';
import { completeClass } from '../unimplemented.js';
import { emitSafely } from './event.js';

export const { MessagePortMain, readMessage, packMessage } = createPortClass({
  attach,
  closeEnd,
  detach,
  discard,
  closedEnd() {
    const [closed, left] = makeChannel();
    closeEnd(closed);
    return left;
  },
  post: (end, message) => post(end, message, false),
  emitSafely,
});
completeClass('MessagePortMain', MessagePortMain);

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
  /** @type {import('../lane-documents.js').LaneDocument | null} */
  let document = null;
  const packed = packMessage([channel, message], transfer, () => {
    document = receiver();
  });
  sendPortsTo(document, packed);
}

/** @param {unknown} value */
function nameOf(value) {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}
