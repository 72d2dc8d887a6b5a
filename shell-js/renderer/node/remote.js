// The page's end of the membrane to its Node context, and what comes over it as a copy with methods.

import { FROM_PAGE, TO_PAGE } from '../../common/lane-frames.js';
import { createMembrane } from '../../common/membrane.js';
import { deserialize, serialize } from '../../common/serialize.js';
import { EventEmitter } from '../event-emitter.js';
import { NodeBuffer } from './node-buffer.js';
import { Stream } from './stream-base.js';
import { Readable } from './stream-readable.js';
import { Duplex, PassThrough, Transform, Writable } from './stream.js';

const KINDS = ['isFile', 'isDirectory', 'isSymbolicLink', 'isFIFO', 'isSocket', 'isBlockDevice', 'isCharacterDevice'];

function withKinds(Class) {
  for (const kind of KINDS) {
    Object.defineProperty(Class.prototype, kind, {
      value() {
        return this._kind === kind;
      },
      writable: true,
      configurable: true
    });
  }
  return Class;
}

export const dataClasses = {
  Stats: withKinds(class Stats {}),
  BigIntStats: withKinds(class BigIntStats {}),
  Dirent: withKinds(class Dirent {}),
  StatFs: class StatFs {}
};

function fromData(name, { kind, fields, ...own }) {
  if (!Object.hasOwn(dataClasses, name)) throw new TypeError('Malformed data');
  const object = Object.assign(new dataClasses[name](), fields ?? own);
  return Object.defineProperty(object, '_kind', { value: kind });
}

function encoded(question) {
  try {
    return serialize(question);
  } catch {
    throw new RangeError('The call has more data than can be passed between a page and its Node context');
  }
}

/**
 * @param {any} natives
 * @param {any} process
 * @param {(error: unknown) => void} report Shows an exception that nobody caught.
 */
export function createRemote(natives, process, report) {
  function exchange(question) {
    const bytes = natives.ask(FROM_PAGE.nodeAsk, encoded(question));
    const answer = bytes === null ? null : deserialize(bytes);
    // The document is gone, or was never known.
    if (typeof answer?.[0] !== 'string') throw new Error('Node was called after context was released');
    return answer;
  }

  let inTurn = false;
  const membrane = createMembrane({
    ask(question) {
      // Until this turn is over the context does nothing of its own: an event must not come between a call and the listener after it.
      if (!inTurn) {
        inTurn = true;
        queueMicrotask(() => {
          inTurn = false;
          natives.send(FROM_PAGE.nodePost, 0, serialize(['over']));
        });
      }
      let answer = exchange(question);
      // The context calls back before it answers.
      while (answer[0] === 'q') answer = exchange(['R', membrane.serve(answer[1])]);
      return answer;
    },
    post: (news) => natives.send(FROM_PAGE.nodePost, 0, serialize(news)),
    Buffer: NodeBuffer,
    known: {
      Object: Object.prototype,
      Function: Function.prototype,
      Array: Array.prototype,
      Error: Error.prototype,
      globalThis,
      process,
      Buffer: NodeBuffer,
      'Buffer.prototype': NodeBuffer.prototype,
      EventEmitter,
      'EventEmitter.prototype': EventEmitter.prototype,
      ...Object.fromEntries(
        Object.entries({ Stream, Readable, Writable, Duplex, Transform, PassThrough }).flatMap(([name, value]) => [[name, value], [`${name}.prototype`, value.prototype]])
      )
    },
    fromData,
    tracksViews: true
  });

  // A rejection that nobody hears of is an exception, as in Node.
  function uncaught(kind, error) {
    if (kind === 'rejected' && process.emit('unhandledRejection', error, Promise.resolve())) return;
    if (!process.emit('uncaughtException', error, kind === 'rejected' ? 'unhandledRejection' : 'uncaughtException')) report(error);
  }

  return {
    /** Asks for something by its name: a module, a file. @param {string} name @param {...any} args @returns {any} */
    ask: (name, ...args) => membrane.request(['x', name, ...membrane.packList(args)]),
    counts: membrane.counts,
    isRemote: membrane.isRemote,

    /** Takes a frame of the context. */
    receive(kind, bytes) {
      const message = deserialize(bytes);
      if (kind === TO_PAGE.nodeAsk) {
        // Until the context's turn is over: nothing else of the page runs meanwhile.
        for (let next = ['q', message]; next[0] === 'q';) next = exchange(['R', membrane.serve(next[1])]);
      } else if (!membrane.receive(message)) {
        uncaught(message[0], membrane.unpack(message[1]));
      }
    }
  };
}
