// Two JavaScript worlds that call each other: the page's and that of its Node context. The same code runs at both ends.
//
// Plain data, bytes, errors and dates go over as copies. Functions and instances of classes go over as references: the other side gets a
// proxy, and what is done to it is asked for in messages. A proxy that comes back is the object itself again. Calls are synchronous in
// both directions, like those of one program: while one side waits for an answer it serves what the other side asks.
//
// What is packed is a primitive, or an array whose first entry says what it is; `pack` and `unpack` show all kinds side by side. The file is long because
// both read and write the same tables.

import { packKey, unpackKey } from './membrane-keys.js';
import { makeProxy } from './membrane-proxy.js';

/** So many objects of one side may be known to the other. */
export const MAX_HANDLES = 200_000;
/** So many characters may tell of the members of what is known of the other side. */
const MAX_DESCRIBED = 128 * 2 ** 20;
/** So deep may data be nested. */
const MAX_DEPTH = 500;
const VIEWS = ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'Float16Array', 'DataView'];
const ERRORS = ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError', 'AggregateError'];
const tagOf = (value) => Object.prototype.toString.call(value);

/**
 * @param {object} side What the two sides do differently.
 * @param {(question: any[]) => any[]} side.ask Sends a question and gives the other side's answer.
 * @param {(news: any[]) => void} side.post Sends what needs no answer.
 * @param {any} side.Buffer Node's class for bytes.
 * @param {Record<string, any>} side.known Objects that have the same name and the same meaning at both sides.
 * @param {(question: any[]) => any} [side.extra] Answers questions of a kind that is not known here.
 * @param {(value: object) => [string, object] | undefined} [side.toData] Takes instances apart that go over as copies, with working methods.
 * @param {(name: string, fields: any) => any} [side.fromData] Puts them together.
 * @param {boolean} [side.tracksViews] Whether bytes that went over are still this side's when the other side writes to them.
 */
export function createMembrane(side) {
  const { Buffer, known } = side;
  const names = new Map(Object.entries(known).map(([name, value]) => [value, name]));

  // What the other side may name. Counted: a reference may be on its way here to be released while it is sent again.
  const exported = new Map();
  const exportIds = new WeakMap();
  let lastId = 0;
  // What we know of the other side's.
  const imported = new Map();
  const records = new WeakMap();
  const shapes = new Map();
  const ownShapes = new WeakMap();
  const prototypes = new Map();
  let lastShape = 0;
  let describedLength = 0;
  const promises = new Map();
  const controllers = new Map();
  // Views of ours that the other side has a copy of, and copies of ours of the other side's views.
  const views = new Map();
  const viewIds = new WeakMap();
  const copies = new WeakMap();
  let lastView = 0;
  const lost = new FinalizationRegistry((id) => views.delete(id));
  // The same for errors: one that comes back is the one that was thrown.
  const errors = new Map();
  const errorIds = new WeakMap();
  const errorCopies = new WeakMap();
  let lastError = 0;
  const lostErrors = new FinalizationRegistry((id) => errors.delete(id));

  let released = [];
  const collected = new FinalizationRegistry((record) => {
    if (imported.get(record.id) === record) imported.delete(record.id);
    describedLength -= record.described;
    released.push(record.id, record.count);
    if (released.length > 2) return;
    // Garbage comes in heaps.
    queueMicrotask(() => {
      const list = released;
      released = [];
      side.post(['rel', ...list]);
    });
  });

  function exportId(value) {
    let id = exportIds.get(value);
    if (id === undefined || !exported.has(id)) {
      if (exported.size >= MAX_HANDLES) throw new RangeError(`More than ${MAX_HANDLES} objects are shared between the page and its Node context`);
      id = ++lastId;
      exportIds.set(value, id);
      exported.set(id, { value, count: 0 });
    }
    exported.get(id).count++;
    counted?.push(id);
    return id;
  }

  function release(id, count) {
    const entry = exported.get(id);
    if (entry === undefined) return;
    entry.count -= count;
    // Not a number, if the other side says so.
    if (!(entry.count > 0)) exported.delete(id);
  }

  // What a message names that cannot be packed to its end is not sent, and nobody would ever give it back.
  let counted = null;
  function together(work) {
    const outer = counted;
    counted = [];
    try {
      return work();
    } catch (error) {
      takeBack(0);
      throw error;
    } finally {
      counted = outer;
    }
  }

  function takeBack(from) {
    for (const id of counted.splice(from)) release(id, 1);
  }

  function valueOf(id) {
    const entry = exported.get(id);
    if (entry === undefined) throw new ReferenceError('The object is not known any more');
    return entry.value;
  }

  // The methods of a class, told once: a call of one of them is then a single message.
  function shapeOf(value) {
    const prototype = Object.getPrototypeOf(value);
    const found = prototype === null ? undefined : ownShapes.get(prototype);
    if (found !== undefined) return [found];
    const id = ++lastShape;
    const methods = [];
    const symbols = [];
    for (let owner = prototype; owner !== null && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
      for (const key of Reflect.ownKeys(owner)) {
        const descriptor = Reflect.getOwnPropertyDescriptor(owner, key);
        if (typeof descriptor?.value !== 'function' || key === 'constructor') continue;
        const packed = packKey(key);
        if (typeof key === 'string') methods.push(key);
        else if (packed !== undefined) symbols.push(packed);
      }
    }
    if (prototype !== null) ownShapes.set(prototype, id);
    prototypes.set(id, prototype);
    return [id, { name: nameOf(prototype?.constructor), methods, symbols }];
  }

  function nameOf(constructor) {
    const name = typeof constructor === 'function' ? constructor.name : '';
    return typeof name === 'string' ? name : '';
  }

  function packFunction(value) {
    const keys = [];
    for (let owner = value; owner !== null && owner !== Function.prototype; owner = Object.getPrototypeOf(owner)) {
      for (const key of Reflect.ownKeys(owner)) {
        if (key === 'length' || key === 'name' || key === 'prototype' || key === 'arguments' || key === 'caller') continue;
        const packed = packKey(key);
        if (packed !== undefined) keys.push(packed);
      }
    }
    return ['f', exportId(value), nameOf(value), Number(value.length) || 0, keys];
  }

  function packError(value, depth) {
    const prototypeName = ERRORS.findLast((name) => value instanceof globalThis[name]) ?? 'Error';
    const fields = [];
    for (const key of new Set([...Object.keys(value), 'cause', 'errors'])) {
      if (key === 'stack' || key === 'message' || key === 'name' || !Object.hasOwn(value, key)) continue;
      fields.push(key, packOr(value[key], depth + 1, undefined));
    }
    const theirs = errorCopies.get(value);
    let id = theirs ?? errorIds.get(value);
    if (id === undefined) {
      id = ++lastError;
      errorIds.set(value, id);
      errors.set(id, new WeakRef(value));
      lostErrors.register(value, id);
    }
    return [theirs === undefined ? 'e' : 'E', id, prototypeName, String(value.name), String(value.message), typeof value.stack === 'string' ? value.stack : '', ...fields];
  }

  // Numbered on its own, because what fails in the middle has used numbers up.
  function packOr(value, depth, otherwise) {
    const from = counted.length;
    try {
      return pack(value, { map: undefined, count: 0 }, depth);
    } catch {
      takeBack(from);
      return otherwise;
    }
  }

  function packBytes(value) {
    const name = value instanceof Buffer ? 'Buffer' : value instanceof ArrayBuffer ? 'ArrayBuffer' : VIEWS.find((view) => tagOf(value) === `[object ${view}]`);
    if (name === undefined) throw new TypeError('Shared memory cannot be passed between a page and its Node context');
    // A copy of just these bytes: the codec would send all memory behind a view.
    const bytes = value instanceof ArrayBuffer ? new Uint8Array(value.slice(0)) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
    const theirs = copies.get(value);
    if (theirs !== undefined) return ['b', name, bytes, theirs, 1];
    if (!side.tracksViews) return ['b', name, bytes];
    let id = viewIds.get(value);
    if (id === undefined) {
      id = ++lastView;
      viewIds.set(value, id);
      views.set(id, new WeakRef(value));
      lost.register(value, id);
    }
    return ['b', name, bytes, id];
  }

  function packPromise(value) {
    const id = ++lastId;
    const settle = (kind) => (result) => {
      try {
        side.post([kind, id, packAll(result)]);
      } catch (error) {
        side.post(['no', id, packAll(error)]);
      }
    };
    value.then(settle('ok'), settle('no'));
    return ['P', id];
  }

  function packSignal(value) {
    const id = ++lastId;
    if (!value.aborted) value.addEventListener('abort', () => side.post(['abort', id, packAll(value.reason)]), { once: true });
    return ['A', id, value.aborted, value.aborted ? packAll(value.reason) : undefined];
  }

  function packSlots(value, seen, depth) {
    switch (tagOf(value)) {
      case '[object Date]': return value instanceof Date ? ['d', value.getTime()] : undefined;
      case '[object RegExp]': return value instanceof RegExp ? ['x', value.source, value.flags] : undefined;
      case '[object Map]': return value instanceof Map ? ['m', ...[...value].flat(1).map((item) => pack(item, seen, depth + 1))] : undefined;
      case '[object Set]': return value instanceof Set ? ['s', ...[...value].map((item) => pack(item, seen, depth + 1))] : undefined;
      case '[object URL]': return value instanceof URL ? ['u', value.href] : undefined;
      case '[object AbortSignal]': return value instanceof AbortSignal ? packSignal(value) : undefined;
      default: return undefined;
    }
  }

  function packAll(value) {
    return packList([value])[0];
  }

  // Each by itself, all or none.
  function packList(values) {
    return together(() => values.map((value) => pack(value, { map: undefined, count: 0 }, 0)));
  }

  function pack(value, seen, depth) {
    switch (typeof value) {
      case 'symbol': {
        const key = packKey(value);
        if (key === undefined) throw new TypeError(`${String(value)} cannot be passed between a page and its Node context`);
        return key;
      }
      case 'function':
        break;
      case 'object':
        if (value !== null) break;
        return value;
      default:
        return value;
    }
    if (depth > MAX_DEPTH) throw new RangeError(`Data that is nested deeper than ${MAX_DEPTH} cannot be passed between a page and its Node context`);
    const theirs = records.get(value);
    if (theirs !== undefined) return ['o', theirs.id];
    const name = names.get(value);
    if (name !== undefined) return ['w', name];
    if (typeof value === 'function') return packFunction(value);
    const earlier = seen.map?.get(value);
    if (earlier !== undefined) return ['#', earlier];
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return packBytes(value);
    const prototype = Object.getPrototypeOf(value);
    const isArray = Array.isArray(value);
    if (isArray || prototype === Object.prototype || (prototype === null && tagOf(value) !== '[object Module]')) {
      seen.map ??= new Map();
      seen.map.set(value, seen.count++);
      if (isArray) {
        const packed = ['a'];
        for (let i = 0; i < value.length; i++) packed.push(pack(value[i], seen, depth + 1));
        return packed;
      }
      return packFields(value, Object.keys(value), seen, depth);
    }
    if (value instanceof Error) return packError(value, depth);
    if (value instanceof Promise) return packPromise(value);
    const data = side.toData?.(value);
    if (data !== undefined) return ['D', data[0], pack(data[1], seen, depth + 1)];
    const slots = packSlots(value, seen, depth);
    if (slots !== undefined) return slots;
    return ['r', exportId(value), ...shapeOf(value)];
  }

  function packFields(value, keys, seen, depth) {
    const packed = ['p'];
    for (const key of keys) packed.push(key, pack(value[key], seen, depth + 1));
    return packed;
  }

  function unpackAll(packed) {
    return unpack(packed, { list: [], changed: undefined });
  }

  function unpack(packed, seen) {
    if (typeof packed !== 'object' || packed === null) return packed;
    switch (packed[0]) {
      case 'y': return unpackKey(packed);
      case 'o': return valueOf(packed[1]);
      case 'w':
        if (!Object.hasOwn(known, packed[1])) throw new TypeError(`${packed[1]} is not known`);
        return known[packed[1]];
      case '#': return seen.list[packed[1]];
      case 'a': {
        const array = [];
        seen.list.push(array);
        for (let i = 1; i < packed.length; i++) array.push(unpack(packed[i], seen));
        return array;
      }
      case 'p': {
        const object = {};
        seen.list.push(object);
        for (let i = 1; i + 1 < packed.length; i += 2) define(object, packed[i], unpack(packed[i + 1], seen));
        return object;
      }
      case 'b': return unpackBytes(packed, seen);
      case 'e': return unpackError(packed);
      case 'E': return errors.get(packed[1])?.deref() ?? unpackError(packed);
      case 'd': return new Date(packed[1]);
      case 'x': return new RegExp(packed[1], packed[2]);
      case 'm': {
        const map = new Map();
        for (let i = 1; i + 1 < packed.length; i += 2) map.set(unpack(packed[i], seen), unpack(packed[i + 1], seen));
        return map;
      }
      case 's': return new Set(packed.slice(1).map((item) => unpack(item, seen)));
      case 'u': return new URL(packed[1]);
      case 'D': return side.fromData(packed[1], unpack(packed[2], seen));
      case 'P':
        if (promises.size >= MAX_HANDLES) throw new RangeError('Too many promises wait for the other side');
        return new Promise((resolve, reject) => {
          promises.set(packed[1], { resolve, reject });
        });
      case 'A': {
        if (controllers.size >= MAX_HANDLES) throw new RangeError('Too many signals wait for the other side');
        const controller = new AbortController();
        if (packed[2]) controller.abort(unpackAll(packed[3]));
        else controllers.set(packed[1], controller);
        return controller.signal;
      }
      case 'f':
      case 'r': return unpackReference(packed);
      default: throw new TypeError('Malformed message');
    }
  }

  function define(object, key, value) {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  }

  // What the other side wrote into its copy of a view of ours.
  function writeBack(id, bytes) {
    const view = views.get(id)?.deref();
    if (view === undefined || view.byteLength !== bytes.length) return undefined;
    const whole = view instanceof ArrayBuffer ? new Uint8Array(view) : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    whole.set(bytes);
    return view;
  }

  function unpackBytes([, name, bytes, id, ours], seen) {
    const view = ours ? writeBack(id, bytes) : undefined;
    if (view !== undefined) return view;
    if (!(bytes instanceof Uint8Array)) throw new TypeError('Malformed bytes');
    let value;
    if (name === 'Buffer') value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    else if (name === 'ArrayBuffer') value = bytes.buffer;
    else if (name === 'Uint8Array') value = bytes;
    else if (VIEWS.includes(name)) value = new globalThis[name](bytes.buffer);
    else throw new TypeError('Malformed bytes');
    if (id !== undefined && !ours && bytes.length > 0) {
      copies.set(value, id);
      seen.changed?.push([id, value, bytes, bytes.slice()]);
    }
    return value;
  }

  function unpackError([kind, id, type, name, message, stack, ...fields]) {
    const Constructor = ERRORS.includes(type) ? globalThis[type] : Error;
    const error = type === 'AggregateError' ? new AggregateError([], message) : new Constructor(message);
    const hidden = (key, value) => Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false });
    if (kind === 'e') errorCopies.set(error, id);
    if (error.name !== name) hidden('name', name);
    if (stack !== '') hidden('stack', stack);
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const value = unpackAll(fields[i + 1]);
      if (fields[i] === 'cause' || fields[i] === 'errors') hidden(fields[i], value);
      else define(error, fields[i], value);
    }
    return error;
  }

  function unpackReference(packed) {
    const id = packed[1];
    // Also when the object is here already: it was forgotten and is sent again.
    if (packed[0] === 'r' && packed[3] !== undefined) {
      const { name, methods, symbols } = packed[3];
      describe(name, methods, symbols);
      shapes.set(packed[2], { id: packed[2], name, methods: new Set(methods), symbols: new Set(symbols.map(unpackKey)), stubs: new Map() });
    }
    const earlier = imported.get(id);
    const alive = earlier?.proxy.deref();
    if (alive !== undefined) {
      earlier.count++;
      return alive;
    }
    if (imported.size >= MAX_HANDLES) throw new RangeError(`More than ${MAX_HANDLES} objects are shared between the page and its Node context`);
    const record = { id, count: 1, proxy: null, described: packed[0] === 'f' ? describe(packed[2], packed[4]) : 0 };
    const shape = packed[0] === 'r' ? shapes.get(packed[2]) : undefined;
    if (packed[0] === 'r' && shape === undefined) throw new TypeError('Malformed reference');
    const described = shape ?? { name: packed[2], length: packed[3], keys: new Set(packed[4].map(unpackKey)) };
    const proxy = makeProxy(id, packed[0] === 'f', described, { request, packList, records });
    record.proxy = new WeakRef(proxy);
    imported.set(id, record);
    records.set(proxy, record);
    collected.register(proxy, record);
    return proxy;
  }

  // What is kept of names is bounded: a message may bring a lot of them.
  function describe(name, ...lists) {
    let length = 16 + String(name).length;
    for (const key of lists.flat()) length += 16 + String(key).length;
    if (!(describedLength + length <= MAX_DESCRIBED)) throw new RangeError('The objects that are shared between the page and its Node context have too many members');
    describedLength += length;
    return length;
  }

  /** Asks the other side; gives its value or throws its error. @param {any[]} question */
  function request(question) {
    const answer = side.ask(question);
    for (const [id, bytes] of answer[2] ?? []) writeBack(id, bytes);
    const value = unpackAll(answer[1]);
    if (answer[0] === 't') throw value;
    return value;
  }

  function run(question, seen) {
    const item = (packed) => unpack(packed, seen);
    const [kind, id, key, rest] = question;
    switch (kind) {
      case 'g': return valueOf(id)[unpackKey(key)];
      case 's':
        valueOf(id)[unpackKey(key)] = item(rest);
        return undefined;
      case 'c': return Reflect.apply(valueOf(id), item(key), rest.map(item));
      case 'm': {
        const target = valueOf(id);
        const method = target[unpackKey(key)];
        if (typeof method !== 'function') throw new TypeError(`${String(unpackKey(key))} is not a function`);
        return Reflect.apply(method, target, rest.map(item));
      }
      case 'n': return Reflect.construct(valueOf(id), key.map(item));
      case 'k': return Reflect.ownKeys(valueOf(id)).filter((name) => typeof name === 'string');
      case 'h': return unpackKey(key) in valueOf(id);
      case 'd': return Reflect.deleteProperty(valueOf(id), unpackKey(key));
      case 'p': return Object.getPrototypeOf(valueOf(id));
      case 'b': return prototypes.get(id)?.[unpackKey(key)];
      case 'D': {
        const target = valueOf(id);
        const descriptor = Reflect.getOwnPropertyDescriptor(target, unpackKey(key));
        return descriptor && [target[unpackKey(key)], Boolean(descriptor.enumerable)];
      }
      default:
        if (side.extra === undefined) throw new TypeError('Malformed question');
        return side.extra(question);
    }
  }

  return {
    request,
    pack: packAll,
    packList,
    unpack: unpackAll,
    /** Answers a question of the other side. @param {any[]} question @returns {any[]} */
    serve(question) {
      const seen = { list: [], changed: [] };
      let answer;
      try {
        const value = run(question, seen);
        answer = ['v', value instanceof Packed ? value.packed : packAll(value)];
      } catch (error) {
        answer = ['t', together(() => packOr(error, 0, 'The error cannot be passed'))];
      }
      // What was written into bytes that the other side passed.
      const changed = seen.changed.filter(([, , now, before]) => Buffer.compare(now, before) !== 0);
      if (changed.length > 0) answer.push(changed.map(([id, , now]) => [id, now.slice()]));
      return answer;
    },

    /** Takes what the other side posted. @param {any[]} news @returns {boolean} false if it is for somebody else */
    receive(news) {
      const [kind, id, packed] = news;
      switch (kind) {
        case 'rel':
          for (let i = 1; i + 1 < news.length; i += 2) release(news[i], news[i + 1]);
          return true;
        case 'ok':
        case 'no': {
          const waiting = promises.get(id);
          promises.delete(id);
          if (waiting === undefined) return true;
          let value;
          try {
            value = unpackAll(packed);
          } catch (error) {
            waiting.reject(error);
            return true;
          }
          if (kind === 'ok') waiting.resolve(value);
          else waiting.reject(value);
          return true;
        }
        case 'abort':
          controllers.get(id)?.abort(unpackAll(packed));
          controllers.delete(id);
          return true;
        default:
          return false;
      }
    },

    isRemote: (value) => records.has(value),
    counts: () => ({ exported: exported.size, imported: imported.size })
  };
}

/** Marks what an answer shall hold as it is. */
export class Packed {
  constructor(packed) {
    this.packed = packed;
  }
}
