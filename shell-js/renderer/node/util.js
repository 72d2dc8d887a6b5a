// `util` of a page.

import { Buffer } from '../buffer.js';
import { format, formatWithOptions, inspect } from './inspect.js';

const promised = Symbol.for('nodejs.util.promisify.custom');
const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1);
const isObject = (value) => typeof value === 'object' && value !== null;
const hasTag = (...tags) => (value) => isObject(value) && tags.includes(tagOf(value));
const boxed = (type) => (value) => isObject(value) && tagOf(value) === type && typeof value.valueOf() !== 'object';
const AsyncFunction = (async () => {}).constructor;
const GeneratorFunction = (function* () {}).constructor;

export const types = {
  isAnyArrayBuffer: hasTag('ArrayBuffer', 'SharedArrayBuffer'),
  isArgumentsObject: hasTag('Arguments'),
  isArrayBuffer: hasTag('ArrayBuffer'),
  isArrayBufferView: (value) => ArrayBuffer.isView(value),
  isAsyncFunction: (value) => value instanceof AsyncFunction,
  isBigIntObject: boxed('BigInt'),
  isBooleanObject: boxed('Boolean'),
  isBoxedPrimitive: (value) => ['BigInt', 'Boolean', 'Number', 'String', 'Symbol'].some((type) => boxed(type)(value)),
  isDataView: hasTag('DataView'),
  isDate: (value) => value instanceof Date,
  isExternal: () => false,
  isGeneratorFunction: (value) => value instanceof GeneratorFunction,
  isGeneratorObject: hasTag('Generator'),
  isMap: (value) => value instanceof Map,
  isMapIterator: hasTag('Map Iterator'),
  isModuleNamespaceObject: hasTag('Module'),
  isNativeError: (value) => value instanceof Error,
  isNumberObject: boxed('Number'),
  isPromise: (value) => value instanceof Promise,
  isProxy: () => false,
  isRegExp: (value) => value instanceof RegExp,
  isSet: (value) => value instanceof Set,
  isSetIterator: hasTag('Set Iterator'),
  isSharedArrayBuffer: hasTag('SharedArrayBuffer'),
  isStringObject: boxed('String'),
  isSymbolObject: boxed('Symbol'),
  isTypedArray: (value) => ArrayBuffer.isView(value) && !(value instanceof DataView),
  isWeakMap: (value) => value instanceof WeakMap,
  isWeakSet: (value) => value instanceof WeakSet
};
for (const name of ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float16', 'Float32', 'Float64', 'BigInt64', 'BigUint64']) {
  types[`is${name}Array`] = (value) => ArrayBuffer.isView(value) && tagOf(value) === `${name}Array`;
}

function equal(a, b, strict, seen) {
  if (strict ? Object.is(a, b) : a == b || (Number.isNaN(a) && Number.isNaN(b))) return true; // eslint-disable-line eqeqeq
  if (!isObject(a) || !isObject(b)) return typeof a === 'function' || typeof b === 'function' ? a === b : false;
  if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (tagOf(a) !== tagOf(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (a instanceof Date && b instanceof Date) {
    if (a.getTime() !== b.getTime()) return false;
  } else if (a instanceof RegExp && b instanceof RegExp) {
    if (String(a) !== String(b) || a.lastIndex !== b.lastIndex) return false;
  } else if (a instanceof Error && b instanceof Error) {
    if (a.message !== b.message || a.name !== b.name) return false;
  } else if (types.isBoxedPrimitive(a) && !Object.is(a.valueOf(), b.valueOf())) {
    return false;
  } else if (types.isAnyArrayBuffer(a)) {
    return equal(new Uint8Array(a), new Uint8Array(b), strict, seen);
  } else if (a instanceof Map) {
    if (a.size !== b.size) return false;
    for (const [key, value] of a) {
      if (b.has(key) ? !equal(value, b.get(key), strict, seen) : ![...b].some(([other, item]) => equal(key, other, strict, seen) && equal(value, item, strict, seen))) return false;
    }
  } else if (a instanceof Set) {
    if (a.size !== b.size) return false;
    for (const value of a) if (!b.has(value) && ![...b].some((other) => equal(value, other, strict, seen))) return false;
  }
  const keys = enumerableKeys(a, strict);
  if (keys.length !== enumerableKeys(b, strict).length) return false;
  if ((Array.isArray(a) || ArrayBuffer.isView(a)) && /** @type {any} */ (a).length !== b.length) return false;
  return keys.every((key) => Object.prototype.propertyIsEnumerable.call(b, key) && equal(a[key], b[key], strict, seen));
}

function enumerableKeys(value, symbols) {
  const keys = /** @type {any[]} */ (Object.keys(value));
  if (symbols) keys.push(...Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key)));
  return keys;
}

/** @param {any} a @param {any} b @param {boolean} [strict] */
export const isDeepEqual = (a, b, strict = true) => equal(a, b, strict, new Map());

function checkFunction(value, name) {
  if (typeof value === 'function') return;
  const received = value === null || value === undefined ? String(value) : `type ${typeof value}`;
  throw Object.assign(new TypeError(`The "${name}" argument must be of type function. Received ${received}`), { code: 'ERR_INVALID_ARG_TYPE' });
}

function promisify(original) {
  checkFunction(original, 'original');
  if (original[promised]) return original[promised];
  const result = function (...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, ...values) => (error ? reject(error) : resolve(values[0]))]);
    });
  };
  Object.defineProperty(result, promised, { value: result });
  return Object.defineProperty(result, 'name', { value: original.name, configurable: true });
}
promisify.custom = promised;

function callbackify(original) {
  checkFunction(original, 'original');
  return function (...args) {
    const callback = args.pop();
    checkFunction(callback, 'last argument');
    Reflect.apply(original, this, args).then(
      (value) => queueMicrotask(() => callback(null, value)),
      (reason) => queueMicrotask(() => callback(reason || Object.assign(new Error('Promise was rejected with a falsy value'), { code: 'ERR_FALSY_VALUE_REJECTION', reason })))
    );
  };
}

function inherits(constructor, parent) {
  checkFunction(constructor, 'ctor');
  checkFunction(parent, 'superCtor');
  Object.defineProperty(constructor, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

const deprecations = new Set();

/** @param {() => any} process @param {() => any} remote The `util` of the page's Node context. */
export function createUtil(process, remote) {
  function deprecate(target, message, code) {
    let warned = false;
    return function (...args) {
      if (!warned && !deprecations.has(code ?? target)) {
        deprecations.add(code ?? target);
        process().emitWarning(message, 'DeprecationWarning', code);
      }
      warned = true;
      return new.target ? Reflect.construct(target, args, new.target) : Reflect.apply(target, this, args);
    };
  }

  function debuglog(section) {
    const wanted = String(process().env.NODE_DEBUG ?? '').toLowerCase().split(',');
    const enabled = wanted.some((pattern) => new RegExp(`^${pattern.trim().replaceAll('*', '.*')}$`).test(section.toLowerCase()));
    const log = (...args) => {
      if (enabled) console.error(`${section.toUpperCase()} ${process().pid}: ${format(...args)}`);
    };
    return Object.defineProperty(log, 'enabled', { get: () => enabled });
  }

  const util = {
    format, formatWithOptions, inspect, types, promisify, callbackify, inherits, deprecate, debuglog,
    debug: debuglog,
    isDeepStrictEqual: (a, b) => isDeepEqual(a, b),
    isArray: Array.isArray,
    isBuffer: (value) => Buffer.isBuffer(value),
    _extend: (target, source) => Object.assign(target, source),
    log: (...args) => console.log(format(...args)),
    toUSVString: (text) => String(text).toWellFormed(),
    stripVTControlCharacters: (text) => text.replace(/[\u001b\u009b][[\]()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]/g, ''), // eslint-disable-line no-control-regex
    aborted: (signal) => new Promise((resolve) => {
      if (signal.aborted) resolve(undefined);
      else signal.addEventListener('abort', () => resolve(undefined), { once: true });
    }),
    TextEncoder,
    TextDecoder
  };
  // Seldom called, and pure: what goes in and what comes out is data.
  for (const name of ['parseArgs', 'styleText', 'getSystemErrorName', 'getSystemErrorMap', 'getSystemErrorMessage', 'parseEnv', 'getCallSites', 'diff']) {
    util[name] = (...args) => remote()[name](...args);
  }
  return util;
}
