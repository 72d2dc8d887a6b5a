// The membrane between the worlds of a document where they share no values: the same code runs on both sides.
//
// The sides dispatch events on a node that only they have, and what an event carries is copied by the engine. A value therefore travels as a
// tape of primitives, in the order of a walk over it; functions and promises are numbers in it, for which the other side makes proxies, and DOM
// nodes go ahead as the related targets of events of their own. Everything a side gives out is made by its own constructors, so nothing of one
// world can be reached from the other. All of it is synchronous: an event is answered before its dispatch returns.
//
// On the page's side this runs beside a page that may have changed every prototype, hence the primordials, and tapes without a prototype. On the
// isolated side nothing on a tape is believed: numbers are looked up in tables of what was given out.

import { BytesCtor, uncurry, getterOf, probe } from '../../common/codec-format.js';
import { deserialize, serialize, tagOf } from '../../common/serialize.js';
import { messageOf, thrownText, uncaughtText, withoutOurCalls } from './portable-errors.js';
import { CLONED_BY_ENGINE, OP, Reader, SYMBOL_KEY, T, Tape, WELL_KNOWN, wellKnownNames } from './portable-tape.js';
import { classify, isPrimitive, newCache, put, tapeOf } from './portable-tape.js';

const MAX_DEPTH = 1000;
const TOO_DEEP = 'Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.';
const UNKNOWN =
  'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.';
const RELEASED = 'IPC method called after context was released';
const UNCLONEABLE = 'An object could not be cloned.';

/** @type {any} */
const { apply } = Reflect;
const objectKeys = Object.keys;
const { freeze, getOwnPropertySymbols } = Object;
const isEnumerable = uncurry(Object.prototype.propertyIsEnumerable);
const isView = ArrayBuffer.isView;
const world = globalThis;
const ErrorCtor = Error;
const TypeErrorCtor = TypeError;
const PromiseCtor = Promise;
const MapCtor = Map;
const WeakMapCtor = WeakMap;
const SymbolFor = Symbol.for;
const SymbolCtor = Symbol;
const StringOf = String;
const symbolKey = Symbol.keyFor;
const symbolDescription = getterOf(Symbol.prototype, 'description');
const promiseThen = uncurry(Promise.prototype.then);
const mapGet = uncurry(Map.prototype.get);
const mapSet = uncurry(Map.prototype.set);
const mapDelete = uncurry(Map.prototype.delete);
const weakGet = uncurry(WeakMap.prototype.get);
const weakSet = uncurry(WeakMap.prototype.set);
const registryAdd = uncurry(FinalizationRegistry.prototype.register);
/** @type {any} */
const { CustomEvent: CustomEventCtor, Document: DocumentCtor, FocusEvent: FocusEventCtor, Node: NodeCtor } = globalThis;
const nodeType = getterOf(NodeCtor.prototype, 'nodeType');
const addListener = uncurry(EventTarget.prototype.addEventListener);
const dispatchEvent = uncurry(EventTarget.prototype.dispatchEvent);
const viewOf = getterOf(DocumentCtor.prototype, 'defaultView');
const shownDocument = document;
const detailOf = getterOf(CustomEventCtor.prototype, 'detail');
const relatedTarget = getterOf(FocusEventCtor.prototype, 'relatedTarget');

/**
 * @param {any} node
 * @param {string} inbox Name of the events for this side.
 * @param {string} outbox Name of the events for the other side.
 * @param {Record<number, (reader: any) => any>} handlers What this side does for an operation beyond those of the membrane; the
 *   result is the reply's value.
 */
export function createMembrane(node, inbox, outbox, handlers) {
  /** What was given to the other side: functions with the object that they were found in. */
  const given = new MapCtor();
  const givenSymbols = new MapCtor();
  const symbolNumbers = new MapCtor();
  const theirSymbols = new MapCtor();
  const symbolsOfNumbers = new MapCtor();
  /** Numbers of the other side's functions, by the proxies that stand for them. */
  const numbers = new WeakMapCtor();
  /** How promises of the other side are settled. */
  const waiting = new MapCtor();
  let lastNumber = 0;
  let arrivedNodes = { __proto__: null };
  let arrivedCount = 0;
  let reply;

  const collected = new FinalizationRegistry((number) => {
    try {
      post(new Tape(OP.drop).put(number));
    } catch {
      // The other side is gone, and its table with it.
    }
  });

  // Sending.

  function post(tape) {
    for (let i = 0; i < tape.nodeCount; i++) {
      dispatchEvent(node, new FocusEventCtor(`${outbox}-node`, { __proto__: null, relatedTarget: tape.nodes[i] }));
    }
    dispatchEvent(node, new CustomEventCtor(outbox, { __proto__: null, detail: tape.items }));
  }

  /** Gives the reader of the answer; throws what the other side failed with. */
  function ask(tape) {
    const before = reply;
    reply = undefined;
    post(tape);
    const answer = reply;
    reply = before;
    // Nobody hears in a document that is not shown any more; and an exhausted stack may end in the middle of it.
    if (answer === undefined) throw new ErrorCtor(viewOf(shownDocument) === null ? RELEASED : UNKNOWN);
    if (answer.items[0] !== OP.failure) return answer;
    const message = StringOf(answer.items[1]);
    throw withoutOurCalls(answer.items[2] === true ? new TypeErrorCtor(message) : new ErrorCtor(message));
  }

  function write(tape, value, cache, depth, parent) {
    const type = typeof value;
    if (type === 'symbol') return writeSymbol(tape, value);
    if (isPrimitive(value)) return tape.put(T.primitive).put(value);
    if (depth >= MAX_DEPTH) throw new TypeErrorCtor(TOO_DEEP);
    const known = mapGet(cache.seen, value);
    if (known !== undefined) return tape.put(T.ref).put(known);
    // The other side numbers what it makes in the same order.
    mapSet(cache.seen, value, cache.count++);
    return type === 'function' ? writeFunction(tape, value, parent) : writeObject(tape, value, cache, depth);
  }

  /** A value that is on its own: the result of a call, what a promise holds. */
  const writeOne = (tape, value) => write(tape, value, newCache(), 0, world);

  function writeObject(tape, value, cache, depth) {
    switch (classify(value)) {
      case 'plain':
        return writePlain(tape, value, cache, depth);
      case 'array': {
        const { length } = value;
        tape.put(T.array).put(length);
        for (let i = 0; i < length; i++) write(tape, value[i], cache, depth + 1, value);
        return tape;
      }
      case 'error':
        return tape.put(T.error).put(messageOf(value) ?? '');
      case 'promise': {
        const number = ++lastNumber;
        if (!watch(value, number)) break;
        return tape.put(T.promise).put(number);
      }
      case 'platform': {
        if (probe(nodeType, value) !== undefined) {
          if (!isCarried(value)) throw new ErrorCtor(UNCLONEABLE);
          tape.nodes[tape.nodeCount] = value;
          return tape.put(T.node).put(tape.nodeCount++);
        }
        const tag = tagOf(value);
        if (CLONED_BY_ENGINE[tag]) return tape.put(T.engine).put(value);
        // Its members are too many, and of no use in a copy.
        if (tag === '[object Window]') throw new ErrorCtor(UNCLONEABLE);
        return writePlain(tape, value, cache, depth);
      }
      default:
    }
    let bytes;
    try {
      // A copy, because the codec uses its memory again.
      bytes = new BytesCtor(serialize(value));
    } catch {
      throw new ErrorCtor(UNCLONEABLE);
    }
    return tape.put(T.clone).put(bytes);
  }

  function writePlain(tape, value, cache, depth) {
    const keys = objectKeys(value);
    const symbols = getOwnPropertySymbols(value);
    tape.put(T.plain);
    // How many members there are is known at their end.
    const at = tape.count;
    tape.put(0);
    let count = 0;
    for (; count < keys.length; count++) {
      tape.put(keys[count]);
      write(tape, value[keys[count]], cache, depth + 1, value);
    }
    for (let i = 0; i < symbols.length; i++) {
      if (!isEnumerable(value, symbols[i])) continue;
      writeSymbol(tape.put(SYMBOL_KEY), symbols[i]);
      write(tape, value[symbols[i]], cache, depth + 1, value);
      count += 1;
    }
    tape.items[at] = count;
    return tape;
  }

  function writeSymbol(tape, value) {
    const key = symbolKey(value);
    if (key !== undefined) return tape.put(T.symbolFor).put(key);
    for (let i = 0; i < wellKnownNames.length; i++) {
      if (WELL_KNOWN[wellKnownNames[i]] === value) return tape.put(T.symbolNamed).put(wellKnownNames[i]);
    }
    const theirs = mapGet(theirSymbols, value);
    if (theirs !== undefined) return tape.put(T.symbolYours).put(theirs);
    let number = mapGet(symbolNumbers, value);
    if (number === undefined) {
      number = ++lastNumber;
      mapSet(symbolNumbers, value, number);
      mapSet(givenSymbols, number, value);
    }
    return tape.put(T.symbolMine).put(number).put(symbolDescription(value));
  }

  function writeFunction(tape, value, parent) {
    const theirs = weakGet(numbers, value);
    if (theirs !== undefined) return tape.put(T.yours).put(theirs);
    const number = ++lastNumber;
    mapSet(given, number, { __proto__: null, target: value, parent });
    return tape.put(T.mine).put(number);
  }

  // A node in a shadow tree would arrive as its host: events hide those trees.
  let carried;
  addListener(node, `${outbox}-try`, (event) => {
    carried = relatedTarget(event);
  });
  function isCarried(value) {
    carried = undefined;
    dispatchEvent(node, new FocusEventCtor(`${outbox}-try`, { __proto__: null, relatedTarget: value }));
    return carried === value;
  }

  function watch(promise, number) {
    const settle = (failed) => (value) => {
      try {
        let tape;
        try {
          tape = writeOne(new Tape(OP.settle).put(number).put(failed), value);
        } catch (error) {
          tape = new Tape(OP.settle).put(number).put(true).put(T.error).put(uncaughtText(error));
        }
        post(tape);
      } catch {
        // Nobody waits any more.
      }
    };
    try {
      promiseThen(promise, settle(false), settle(true));
      return true;
    } catch {
      return false;
    }
  }

  // Receiving.

  function read(reader, made, frozen) {
    const tag = reader.next();
    switch (tag) {
      case T.primitive:
        return reader.next();
      case T.symbolFor:
        return SymbolFor(StringOf(reader.next()));
      case T.symbolNamed:
        return WELL_KNOWN[reader.next()];
      case T.symbolYours:
        return mapGet(givenSymbols, reader.next());
      case T.symbolMine:
        return readSymbol(reader.next(), reader.next());
      case T.ref:
        return made[reader.next()];
      default:
    }
    const place = made.count++;
    const value = readObject(tag, reader, made, frozen, place);
    made[place] = value;
    if (frozen !== null && !(tag === T.clone && isView(value)) && tag !== T.promise && tag !== T.node && tag !== T.engine) {
      frozen[frozen.count++] = value;
    }
    return value;
  }

  function readObject(tag, reader, made, frozen, place) {
    switch (tag) {
      case T.array: {
        const length = reader.next();
        const array = [];
        made[place] = array;
        for (let i = 0; i < length; i++) put(array, i, read(reader, made, frozen));
        return array;
      }
      case T.plain: {
        const count = reader.next();
        const object = {};
        made[place] = object;
        for (let i = 0; i < count; i++) {
          const key = reader.next();
          put(object, key === SYMBOL_KEY ? read(reader, made, null) : key, read(reader, made, frozen));
        }
        return object;
      }
      case T.error:
        return withoutOurCalls(new ErrorCtor(StringOf(reader.next())));
      case T.mine:
        return proxyOf(reader.next());
      case T.yours: {
        const entry = mapGet(given, reader.next());
        return entry === undefined ? undefined : entry.target;
      }
      case T.promise: {
        const number = reader.next();
        return new PromiseCtor((resolve, reject) => {
          mapSet(waiting, number, { __proto__: null, resolve, reject });
        });
      }
      case T.node:
        return reader.nodes[reader.next()];
      case T.clone:
        return deserialize(reader.next());
      case T.engine:
        return reader.next();
      default:
        throw new ErrorCtor(UNKNOWN);
    }
  }

  function readSymbol(number, description) {
    const known = mapGet(symbolsOfNumbers, number);
    if (known !== undefined) return known;
    const symbol = SymbolCtor(description);
    mapSet(theirSymbols, symbol, number);
    mapSet(symbolsOfNumbers, number, symbol);
    return symbol;
  }

  function proxyOf(number) {
    const proxy = (...args) => {
      const tape = new Tape(OP.call).put(number).put(args.length);
      try {
        const cache = newCache();
        for (let i = 0; i < args.length; i++) write(tape, args[i], cache, 0, world);
      } catch (error) {
        const message = messageOf(error) ?? UNKNOWN;
        throw withoutOurCalls(message === TOO_DEEP ? new TypeErrorCtor(message) : new ErrorCtor(message));
      }
      return readOne(ask(tape));
    };
    weakSet(numbers, proxy, number);
    registryAdd(collected, proxy, number);
    return proxy;
  }

  function readOne(reader, frozen = null) {
    return read(reader, { __proto__: null, count: 0 }, frozen);
  }

  function readList(reader) {
    const count = reader.next();
    const list = [];
    const made = { __proto__: null, count: 0 };
    for (let i = 0; i < count; i++) put(list, i, read(reader, made, null));
    return list;
  }

  const failure = (message, isTypeError = false) => new Tape(OP.failure).put(message).put(isTypeError);

  /** The answer to a call. `describe` says what is told of something that the function throws. */
  function called(target, receiver, args, describe, describeResult) {
    let value;
    try {
      value = apply(target, receiver, args);
    } catch (error) {
      return failure(describe(error));
    }
    try {
      return writeOne(new Tape(OP.reply), value);
    } catch (error) {
      return failure(describeResult(error));
    }
  }

  function settle(reader) {
    const number = reader.next();
    const settled = mapGet(waiting, number);
    mapDelete(waiting, number);
    if (settled === undefined) return;
    const failed = reader.next();
    let value;
    try {
      value = readOne(reader);
    } catch (error) {
      settled.reject(new ErrorCtor(uncaughtText(error)));
      return;
    }
    if (failed) settled.reject(value);
    else settled.resolve(value);
  }

  /** @returns {Tape} the answer */
  function handle(reader) {
    switch (reader.items[0]) {
      case OP.call: {
        const entry = mapGet(given, reader.next());
        // What is not ours any more, or never was, is not called.
        if (entry === undefined) return failure(UNKNOWN);
        return called(entry.target, entry.parent, readList(reader), thrownText, uncaughtText);
      }
      case OP.settle:
        settle(reader);
        return new Tape(OP.reply).put(T.primitive).put(undefined);
      case OP.drop:
        mapDelete(given, reader.next());
        return new Tape(OP.reply).put(T.primitive).put(undefined);
      default: {
        const handler = handlers[reader.items[0]];
        if (handler === undefined) return failure(UNKNOWN);
        const answer = handler(reader);
        return answer instanceof Tape ? answer : writeOne(new Tape(OP.reply), answer);
      }
    }
  }

  addListener(node, `${inbox}-node`, (event) => {
    arrivedNodes[arrivedCount++] = relatedTarget(event);
  });
  addListener(node, inbox, (event) => {
    const nodes = arrivedNodes;
    arrivedNodes = { __proto__: null };
    arrivedCount = 0;
    const items = detailOf(event);
    if (typeof items !== 'object' || items === null) return;
    const reader = new Reader(items, nodes);
    if (items[0] === OP.reply || items[0] === OP.failure) {
      reply = reader;
      return;
    }
    let answer;
    try {
      answer = handle(reader);
    } catch (error) {
      answer = failure(messageOf(error) ?? UNKNOWN);
    }
    post(answer);
  });

  return {
    /** A message of primitives and bytes, without an answer that counts. */
    post: (op, ...items) => post(tapeOf(op, items)),
    /** The same, with an answer. */
    ask: (op, ...items) => readOne(ask(tapeOf(op, items))),
    /** The same with a value behind the items. */
    askWith: (op, items, value) => readOne(ask(writeOne(tapeOf(op, items), value))),
    /** The same with several values, in which what is there twice is one object. */
    askWithList(op, items, values) {
      const tape = tapeOf(op, items).put(values.length);
      const cache = newCache();
      for (let i = 0; i < values.length; i++) write(tape, values[i], cache, 0, world);
      return readOne(ask(tape));
    },
    readOne,
    readList,
    called,
    failure,
    /** Reads a value and freezes everything that was made for it, as far as it can be. */
    readFrozen(reader) {
      const frozen = { __proto__: null, count: 0 };
      const value = readOne(reader, frozen);
      for (let i = 0; i < frozen.count; i++) freeze(frozen[i]);
      return value;
    }
  };
}
