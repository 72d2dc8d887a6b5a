// What travels between the worlds of a document: tapes, which the engine copies, and what stands on them.

import { getPrototypeOf } from '../../common/codec-format.js';
import { kindOf, tagOf } from '../../common/serialize.js';

/** @type {any} */
const defineProperty = Reflect.defineProperty;
const objectKeys = Object.keys;
const ObjectPrototype = Object.prototype;
const ArrayPrototype = Array.prototype;
const isArray = Array.isArray;
const MapCtor = Map;

// The well-known symbols are the same in both worlds by their names.
export const WELL_KNOWN = { __proto__: null };
for (const name of Object.getOwnPropertyNames(Symbol)) {
  if (typeof Symbol[name] === 'symbol') WELL_KNOWN[name] = Symbol[name];
}
export const wellKnownNames = objectKeys(WELL_KNOWN);
// Objects of the browser that cross as what they are; others arrive as plain objects, as in Electron.
export const CLONED_BY_ENGINE = { __proto__: null, '[object Blob]': true, '[object File]': true, '[object VideoFrame]': true };

export const T = {
  primitive: 0, symbolFor: 1, symbolNamed: 2, symbolMine: 3, symbolYours: 4, ref: 5, array: 6, plain: 7, error: 8, mine: 9, yours: 10,
  promise: 11, node: 12, clone: 13, engine: 14
};

/** What a message is about: the first entry of a tape. */
export const OP = {
  reply: 0, failure: 1, call: 2, settle: 3, drop: 4, has: 5, expose: 6, execute: 7, run: 8, evaluated: 9, console: 10, start: 11, send: 12,
  request: 13, frame: 14, windowOpen: 15, windowOpened: 16, windowClose: 17, ports: 18, evaluate: 19, replaceWorkers: 20, workerOpen: 21, workerClose: 22
};

// Stands where a key is, if the key is a symbol, which then follows.
export const SYMBOL_KEY = 0;

export class Tape {
  constructor(op) {
    // Without a prototype: an index that is not there is nobody's setter.
    this.items = { __proto__: null, 0: op };
    this.count = 1;
    this.nodes = { __proto__: null };
    this.nodeCount = 0;
  }

  put(item) {
    this.items[this.count++] = item;
    return this;
  }
}

export class Reader {
  constructor(items, nodes) {
    this.items = items;
    this.at = 1;
    this.nodes = nodes;
  }

  next() {
    return this.items[this.at++];
  }
}

// A page's setters on `Object.prototype` shall not be asked for their members.
Object.setPrototypeOf(Tape.prototype, null);
Object.setPrototypeOf(Reader.prototype, null);

export function isPrimitive(value) {
  switch (typeof value) {
    case 'object': return value === null;
    case 'function': return false;
    // `document.all` says that it is undefined, and is an object.
    case 'undefined': return value === undefined;
    default: return true;
  }
}

export function classify(value) {
  const prototype = getPrototypeOf(value);
  if (prototype === ObjectPrototype && tagOf(value) === '[object Object]') return 'plain';
  if (prototype === ArrayPrototype && isArray(value)) return 'array';
  return kindOf(value);
}

export function newCache() {
  return { __proto__: null, seen: new MapCtor(), count: 0 };
}

export function tapeOf(op, items) {
  const tape = new Tape(op);
  for (let i = 0; i < items.length; i++) tape.put(items[i]);
  return tape;
}

// An own property, whatever the prototype says about the key (`__proto__` among them).
export function put(object, key, value) {
  if (key in object) defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}
