/**
 * The Node context of one page: a worker thread that answers what the page's JavaScript asks of Node, and calls the page's functions.
 *
 * It has the rights of the app, and so has the page; legacy-node.js of the main process decides which pages get one.
 */
import { ready, send, takePiece, wait } from './door.js';
import { createRequire } from 'node:module';
import process from 'node:process';

import { FROM_PAGE, TO_PAGE } from '../common/lane-frames.js';
import { createMembrane } from '../common/membrane.js';
import { deserialize, serialize } from '../common/serialize.js';
import { makeExtra } from './answers.js';
import { toData } from './data.js';

const require = createRequire('file:///');
const { Buffer } = require('buffer');
const { EventEmitter } = require('events');
const stream = require('stream');

/**
 * The questions of the page that it waits for, the innermost last, each with the number of the frame to answer. While there is one the page
 * stands still and serves what it is asked.
 * @typedef {{id: number, called: boolean, letGo: boolean}} Place
 * @type {Place[]}
 */
const waiting = [];

const membrane = createMembrane({
  ask,
  post: (news) => {
    send(TO_PAGE.nodePost, 0, serialize(news));
  },
  Buffer,
  known: knownObjects(),
  extra: (question) => extra(question),
  toData,
});
const extra = makeExtra(membrane, require);

/** What pages have too; `renderer/node/remote.js` names the same. */
function knownObjects() {
  return {
    Object: Object.prototype,
    Function: Function.prototype,
    Array: Array.prototype,
    Error: Error.prototype,
    globalThis,
    process,
    Buffer,
    'Buffer.prototype': Buffer.prototype,
    EventEmitter,
    'EventEmitter.prototype': EventEmitter.prototype,
    ...Object.fromEntries(
      ['Stream', 'Readable', 'Writable', 'Duplex', 'Transform', 'PassThrough'].flatMap((name) => [
        [name, stream[name]],
        [`${name}.prototype`, stream[name].prototype],
      ]),
    ),
  };
}

/** Answers the page's question. @param {number} id @param {any[]} question */
function answer(id, question) {
  const place = { id, called: false, letGo: false };
  waiting.push(place);
  let bytes = null;
  try {
    bytes = serialize(membrane.serve(question));
  } catch {
    // More than goes in one message.
  } finally {
    waiting.pop();
  }
  if (bytes !== null && send(TO_PAGE.syncReply, place.id, bytes)) return;
  // The page waits. If it is gone nobody hears it.
  send(TO_PAGE.syncReply, place.id, serialize(['t', membrane.pack(new RangeError('The answer is too big to be passed between a page and its Node context'))]));
}

/**
 * Asks the page and blocks until it has answered. A page that waits for us gets the question in place of its answer, and asks on with what
 * came out. One that is free is called, and stands still from then on until this turn is over: what a listener leaves for later must not
 * run before the code that called the listener has come to its end.
 * @param {any[]} question
 * @returns {any[]}
 */
function ask(question) {
  const known = waiting.at(-1);
  const place = known ?? { id: 0, called: true, letGo: false };
  const sent = known ? send(TO_PAGE.syncReply, place.id, serialize(['q', question])) : send(TO_PAGE.nodeAsk, 0, serialize(question));
  for (;;) {
    const piece = sent ? wait() : null;
    if (piece === null) throw new Error('The page is gone');
    const [kind, id, data] = piece;
    if (kind !== FROM_PAGE.nodeAsk) {
      take(kind, id, data);
      continue;
    }
    const asked = deserialize(data);
    if (asked?.[0] !== 'R') {
      // It began to ask before our question reached it.
      answer(id, asked);
      continue;
    }
    place.id = id;
    if (known === undefined) waiting.push(place);
    if (place.called && !place.letGo) {
      place.letGo = true;
      queueMicrotask(() => release(place));
    }
    return asked[1];
  }
}

/** Lets a page go on that stands still since we called it. @param {Place} place */
function release(place) {
  place.letGo = false;
  // Native code may run what is left for later in the middle of a turn, while the page asks or is asked; the end of that comes back to `ask`.
  if (waiting.at(-1) !== place) return;
  waiting.pop();
  send(TO_PAGE.syncReply, place.id, serialize(['z']));
}

/** @param {number} kind @param {number} id @param {Uint8Array} data */
function take(kind, id, data) {
  if (kind === FROM_PAGE.nodeAsk) answer(id, deserialize(data));
  else if (kind === FROM_PAGE.nodePost && !membrane.receive(deserialize(data))) held = false;
}

/** Tells the page of an exception that nobody here caught. @param {string} kind @param {unknown} error */
function tell(kind, error) {
  let packed;
  try {
    packed = membrane.pack(error);
  } catch {
    packed = String(error);
  }
  send(TO_PAGE.nodePost, 0, serialize([kind, packed]));
}
process.on('uncaughtException', (error) => tell('uncaught', error));
process.on('unhandledRejection', (error) => tell('rejected', error));

/** Whether a turn of the page goes on in which it has asked something. */
let held = false;

/** @param {[number, number, Uint8Array]} piece */
function handle([kind, id, data]) {
  try {
    take(kind, id, data);
  } catch (error) {
    // A page of another make may send anything; the next frame may be sound.
    tell('uncaught', error);
  }
}

/** Takes frames until the document is gone. Who ended it, ends this thread too. */
async function serve() {
  while (await ready()) {
    // Taken only here: code that ran since then may have waited for the page, and served this frame.
    const piece = takePiece();
    if (piece === null) continue;
    handle(piece);
    // No event of the system comes between two questions of one turn of the page, as none would in one program.
    held = piece[0] === FROM_PAGE.nodeAsk;
    while (held) {
      const following = wait();
      if (following === null) return;
      handle(following);
    }
  }
}
serve();
