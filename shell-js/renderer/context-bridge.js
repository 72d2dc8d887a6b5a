// contextBridge, the isolated world's side: values are copied between the worlds, functions and promises become proxies.
//
// Page objects are only read here, with this world's own primitives, so that nothing of this world reaches a page's getter, proxy trap or
// changed prototype. What the page shall get is built by page-bridge.js.

import { deserialize, kindOf, serialize } from '../common/serialize.js';
import { refusal } from './refusal.js';

const MAX_DEPTH = 1000;
const TOO_DEEP = 'Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.';
const UNKNOWN =
  'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.';
const { apply, defineProperty, get, has } = Reflect;
const objectKeys = Object.keys;
const freeze = Object.freeze;
const isView = ArrayBuffer.isView;
const promiseThen = Promise.prototype.then;
const bytesSet = Uint8Array.prototype.set;

/**
 * @param {any} page What page-bridge.js exports.
 * @param {object} pageGlobal The page's `window`, of its own world.
 * @param {(value: object, toPage: boolean) => unknown} rewrap Gives a DOM object's wrapper of the other world, or undefined.
 * @param {(code: string) => any} evaluate Runs code in the page's world and gives its value as it is.
 */
export function createContextBridge(page, pageGlobal, rewrap, evaluate) {
  // `originals` names what a function proxy of the world stands for: a proxy that is sent back is the original again.
  const own = {
    other: () => pageWorld,
    originals: new WeakMap(),
    newObject: () => ({}),
    newArray: () => [],
    newError: (message) => new Error(message),
    decode: (bytes) => deserialize(bytes)
  };
  const pageWorld = {
    other: () => own,
    originals: new WeakMap(),
    newObject: page.newObject,
    newArray: page.newArray,
    newError: page.newError,
    decode: (bytes) => {
      const copy = page.newBytes(bytes.length);
      apply(bytesSet, copy, [bytes]);
      return page.decode(copy);
    }
  };

  // Gives the copy of a value for the world `to`. `made` collects the new objects if they shall be frozen.
  function convert(value, to, cache, depth, parent, made) {
    const type = typeof value;
    if (type !== 'function' && (type !== 'object' || value === null)) return value;
    if (depth >= MAX_DEPTH) throw new TypeError(TOO_DEEP);
    const known = cache.get(value);
    if (known !== undefined) return known;
    if (type === 'function') return convertFunction(value, to, cache, parent, made);
    switch (kindOf(value)) {
      case 'array': {
        const copy = to.newArray();
        cache.set(value, copy);
        if (made) made.push(copy);
        const length = value.length;
        for (let i = 0; i < length; i++) put(copy, i, convert(value[i], to, cache, depth + 1, value, made));
        return copy;
      }
      case 'plain': {
        const copy = to.newObject();
        cache.set(value, copy);
        if (made) made.push(copy);
        const keys = objectKeys(value);
        for (let i = 0; i < keys.length; i++) {
          put(copy, keys[i], convert(get(value, keys[i]), to, cache, depth + 1, value, made));
        }
        return copy;
      }
      case 'error': {
        const copy = to.newError(messageOf(value) ?? '');
        cache.set(value, copy);
        if (made) made.push(copy);
        return copy;
      }
      case 'promise': {
        const copy = to === own ? promiseForUs(value) : promiseForPage(value);
        if (copy !== undefined) {
          cache.set(value, copy);
          return copy;
        }
        break;
      }
      case 'platform': {
        const copy = rewrap(value, to === pageWorld);
        if (copy === undefined || copy === null) throw new Error('An object could not be cloned.');
        cache.set(value, copy);
        return copy;
      }
      default:
    }
    const copy = to.decode(encode(value));
    cache.set(value, copy);
    if (made && !isView(copy)) made.push(copy);
    return copy;
  }

  function convertFunction(value, to, cache, parent, made) {
    const original = to.other().originals.get(value);
    if (original !== undefined) return original;
    const proxy = to === pageWorld ? functionForPage(value, parent) : functionForUs(value, parent);
    to.originals.set(proxy, value);
    cache.set(value, proxy);
    if (made) made.push(proxy);
    return proxy;
  }

  // A function of ours for the page. `this` is the object that it was exposed in.
  function functionForPage(target, parent) {
    return page.newFunction((pageArgs) => {
      try {
        const cache = new Map();
        const args = [];
        const { length } = pageArgs;
        for (let i = 0; i < length; i++) args[i] = convert(pageArgs[i], own, cache, 0, undefined);
        const result = apply(target, parent, args);
        return { __proto__: null, failed: false, value: convert(result, pageWorld, new Map(), 0, undefined) };
      } catch (error) {
        return { __proto__: null, failed: true, value: page.newError(messageOf(error) ?? UNKNOWN) };
      }
    });
  }

  // A function of the page for us.
  function functionForUs(target, parent) {
    return (...args) => {
      const cache = new Map();
      const pageArgs = page.newArray();
      for (let i = 0; i < args.length; i++) put(pageArgs, i, convert(args[i], pageWorld, cache, 0, undefined));
      const outcome = page.call(target, parent, pageArgs);
      if (outcome.failed) throw new Error(messageOf(outcome.value) ?? UNKNOWN);
      return convert(outcome.value, own, new Map(), 0, undefined);
    };
  }

  function promiseForPage(promise) {
    return page.newPromise((resolve, reject) => {
      const fail = (error) => {
        try {
          reject(convert(error, pageWorld, new Map(), 0, undefined));
        } catch (failure) {
          reject(page.newError(messageOf(failure) ?? UNKNOWN));
        }
      };
      apply(promiseThen, promise, [
        (value) => {
          let copy;
          try {
            copy = convert(value, pageWorld, new Map(), 0, undefined);
          } catch (error) {
            return fail(error);
          }
          return resolve(copy);
        },
        fail
      ]);
    });
  }

  function promiseForUs(promise) {
    let isPromise = false;
    const copy = new Promise((resolve, reject) => {
      const settle = (done) => (value) => {
        try {
          done(convert(value, own, new Map(), 0, undefined));
        } catch (error) {
          reject(new Error(messageOf(error) ?? UNKNOWN));
        }
      };
      isPromise = page.then(promise, settle(resolve), settle(reject));
    });
    return isPromise ? copy : undefined;
  }

  function expose(key, api) {
    if (has(pageGlobal, key)) throw new Error('Cannot bind an API on top of an existing property on the window object');
    const made = [];
    const value = convert(api, pageWorld, new Map(), 0, undefined, made);
    for (let i = 0; i < made.length; i++) freeze(made[i]);
    defineProperty(pageGlobal, key, attributes(value, false));
  }

  return {
    exposeInMainWorld(key, api) {
      if (typeof key !== 'string' && typeof key !== 'number') throw new TypeError('Must pass apiKey as a string');
      expose(String(key), api);
    },
    exposeInIsolatedWorld: refusal('contextBridge.exposeInIsolatedWorld'),
    executeInMainWorld(script) {
      if (typeof script?.func !== 'function') throw new TypeError("'func' must be a function");
      if (script.args !== undefined && !Array.isArray(script.args)) throw new TypeError("'args' must be an array");
      const target = evaluate(`(${script.func})`);
      const args = script.args ?? [];
      return functionForUs(target, undefined)(...args);
    },
    // For code of ours that looks at the page's values, such as the results of executeJavaScript.
    fromPage: (value) => convert(value, own, new Map(), 0, undefined),
    isPagePromise: (value) => typeof value === 'object' && value !== null && kindOf(value) === 'promise'
  };
}

/** What stands for contextBridge in a page without an isolated world. */
export const refusingContextBridge = Object.fromEntries(
  ['exposeInMainWorld', 'exposeInIsolatedWorld', 'executeInMainWorld'].map((name) => [
    name,
    () => {
      throw new Error('contextBridge API can only be used when contextIsolation is enabled');
    }
  ])
);

function encode(value) {
  try {
    return serialize(value);
  } catch {
    throw new Error('An object could not be cloned.');
  }
}

// An own property, whatever the prototype says about the key (`__proto__` among them).
function put(object, key, value) {
  defineProperty(object, key, attributes(value, true));
}

/** @returns {any} a descriptor that inherits nothing */
function attributes(value, free) {
  return { __proto__: null, value, writable: free, enumerable: true, configurable: free };
}

// The message of an error of either world, or undefined for what is no error. A page's error may be a trap.
function messageOf(error) {
  try {
    if (typeof error !== 'object' || error === null || kindOf(error) !== 'error') return undefined;
    const { message } = error;
    return typeof message === 'string' ? message : '';
  } catch {
    return undefined;
  }
}
