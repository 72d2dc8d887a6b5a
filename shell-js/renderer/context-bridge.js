// contextBridge, the preload's side: values are copied between the worlds, functions and promises become proxies.
//
// Objects of other worlds are only read here, with this world's own primitives, so that nothing of this world reaches a page's getter, proxy
// trap or changed prototype. What another world shall get is built by its own page-bridge.js.

import { getPrototypeOf } from '../common/codec-format.js';
import { kindOf, serialize, tagOf } from '../common/serialize.js';

const MAX_DEPTH = 1000;
const TOO_DEEP = 'Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.';
const UNKNOWN =
  'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.';
const NOT_CLONED = 'An object could not be cloned.';
/** @type {any} */
const { apply, defineProperty, has } = Reflect;
const { freeze, getOwnPropertySymbols, keys: objectKeys } = Object;
const { isArray } = Array;
const isView = ArrayBuffer.isView;
const isEnumerable = Object.prototype.propertyIsEnumerable;
const functionToString = Function.prototype.toString;
const promiseThen = Promise.prototype.then;
const bytesSet = Uint8Array.prototype.set;
// Objects of the browser that cross as what they are; others arrive as plain objects, as in Electron.
const CLONED_BY_ENGINE = new Set(['[object Blob]', '[object File]', '[object VideoFrame]']);

/** @param {any} worlds What worlds.js makes. */
export function createContextBridge(worlds) {
  const { own } = worlds;

  // One conversion from a world to another; what is in it twice is one object in the copy too. `made` collects the new objects if they shall
  // be frozen.
  const passing = (from, to, made) => ({ from, to, cache: new Map(), made });

  function convert(value, pass, depth, parent) {
    if (isPrimitive(value)) return value;
    if (depth >= MAX_DEPTH) throw new TypeError(TOO_DEEP);
    const known = pass.cache.get(value);
    if (known !== undefined) return known;
    return typeof value === 'function' ? convertFunction(value, pass, parent) : convertObject(value, pass, depth);
  }

  /** A value that is on its own: the result of a call, what a promise holds. */
  const convertOne = (value, from, to) => (isPrimitive(value) ? value : convert(value, passing(from, to), 0, from.global));

  function remember(value, copy, pass) {
    pass.cache.set(value, copy);
    if (pass.made !== undefined) pass.made.push(copy);
    return copy;
  }

  function classify(value, world) {
    const prototype = getPrototypeOf(value);
    if (prototype === world.side.objectPrototype && tagOf(value) === '[object Object]') return 'plain';
    if (prototype === world.side.arrayPrototype && isArray(value)) return 'array';
    return kindOf(value);
  }

  function convertObject(value, pass, depth) {
    const { from, to } = pass;
    switch (classify(value, from)) {
      case 'plain': return convertPlain(value, pass, depth);
      case 'array': {
        const { put, newArray } = to.side;
        const copy = remember(value, newArray(), pass);
        const { length } = value;
        for (let i = 0; i < length; i++) put(copy, i, convert(value[i], pass, depth + 1, value));
        return copy;
      }
      case 'error': return remember(value, to.side.newError(messageOf(value) ?? ''), pass);
      case 'promise': {
        const copy = promiseProxy(value, from, to);
        if (copy === undefined) break;
        return remember(value, copy, pass);
      }
      case 'platform': {
        const node = worlds.rewrap(value, to);
        if (node !== null) return node;
        const tag = tagOf(value);
        if (CLONED_BY_ENGINE.has(tag)) return remember(value, carry(value, from, to), pass);
        // Its members are too many, and of no use in a copy.
        if (tag === '[object Window]') throw new Error(NOT_CLONED);
        return convertPlain(value, pass, depth);
      }
      default:
    }
    const copy = decoded(encode(value), to);
    pass.cache.set(value, copy);
    if (pass.made !== undefined && !isView(copy)) pass.made.push(copy);
    return copy;
  }

  function convertPlain(value, pass, depth) {
    const { put, newObject } = pass.to.side;
    const copy = remember(value, newObject(), pass);
    const keys = objectKeys(value);
    for (let i = 0; i < keys.length; i++) {
      const item = value[keys[i]];
      put(copy, keys[i], isPrimitive(item) ? item : convert(item, pass, depth + 1, value));
    }
    const symbols = getOwnPropertySymbols(value);
    for (let i = 0; i < symbols.length; i++) {
      if (apply(isEnumerable, value, [symbols[i]])) put(copy, symbols[i], convert(value[symbols[i]], pass, depth + 1, value));
    }
    return copy;
  }

  function convertFunction(value, pass, parent) {
    const { from, to } = pass;
    const original = from.originals.get(value);
    // A proxy of a third world's function is bridged like any other.
    if (original !== undefined && original.world === to) return original.target;
    const proxy = from === own ? functionFor(to, value, parent) : functionForUs(from, value, parent);
    to.originals.set(proxy, { world: from, target: value });
    return remember(value, proxy, pass);
  }

  // A function of ours for another world. `this` is the object that it was exposed in.
  function functionFor(world, target, parent) {
    const { fail, newFunction } = world.side;
    return newFunction((given) => {
      let value;
      try {
        const { length } = given;
        const args = [];
        let pass;
        for (let i = 0; i < length; i++) {
          const item = given[i];
          args[i] = isPrimitive(item) ? item : convert(item, (pass ??= passing(world, own)), 0, world.global);
        }
        try {
          value = apply(target, parent, args);
        } catch (error) {
          return fail(thrownText(error), false);
        }
      } catch (error) {
        return fail(messageOf(error) ?? UNKNOWN, error instanceof TypeError);
      }
      if (isPrimitive(value)) return value;
      try {
        return convert(value, passing(own, world), 0, own.global);
      } catch (error) {
        return fail(uncaughtText(error), false);
      }
    });
  }

  // A function of another world for us.
  function functionForUs(world, target, parent) {
    const { side } = world;
    return (...args) => {
      let pass;
      for (let i = 0; i < args.length; i++) {
        if (!isPrimitive(args[i])) args[i] = convert(args[i], (pass ??= passing(own, world)), 0, own.global);
      }
      const value = side.call(target, parent, ...args);
      if (value === side.failure) throw new Error(thrownText(side.takeThrown()));
      return convertResult(value, world);
    };
  }

  function convertResult(value, world) {
    try {
      return convertOne(value, world, own);
    } catch (error) {
      throw new Error(uncaughtText(error));
    }
  }

  /** @returns {object | undefined} nothing if the value only looks like a promise */
  function promiseProxy(promise, from, to) {
    const { newError, newPromise } = to.side;
    let isPromise = false;
    const copy = newPromise((resolve, reject) => {
      const settle = (done) => (value) => {
        let copied;
        try {
          copied = convertOne(value, from, to);
        } catch (error) {
          reject(newError(uncaughtText(error)));
          return;
        }
        done(copied);
      };
      isPromise = from === own ? thenOfOurs(promise, settle(resolve), settle(reject)) : from.side.then(promise, settle(resolve), settle(reject));
    });
    return isPromise ? copy : undefined;
  }

  // A Blob or the like, cloned by the engine on its way.
  function carry(value, from, to) {
    if (from === to) return value;
    const node = from.side.newCarrier();
    to.side.receive(worlds.rewrap(node, to));
    from.side.offer(node, value);
    const copy = to.side.takeReceived();
    if (typeof copy !== 'object' || copy === null) throw new Error(NOT_CLONED);
    return copy;
  }

  function decoded(bytes, world) {
    const copy = world.side.newBytes(bytes.length);
    apply(bytesSet, copy, [bytes]);
    return world.side.decode(copy);
  }

  function expose(id, key, api) {
    if (typeof key !== 'string') throw conversionError(1, key);
    const world = worlds.get(id);
    if (has(world.global, key)) throw new Error('Cannot bind an API on top of an existing property on the window object');
    const pass = passing(own, world, []);
    const value = convert(api, pass, 0, own.global);
    for (let i = 0; i < pass.made.length; i++) freeze(pass.made[i]);
    defineProperty(world.global, key, { __proto__: null, value, writable: false, enumerable: true, configurable: false });
  }

  return {
    api: {
      exposeInMainWorld: (key, api) => expose(0, key, api),
      exposeInIsolatedWorld(id, key, api) {
        if (typeof id !== 'number') throw conversionError(0, id);
        expose(id, key, api);
      },
      executeInMainWorld(script) {
        if ((typeof script !== 'object' && typeof script !== 'function') || script === null) throw new TypeError('Invalid script');
        if (typeof script.func !== 'function') throw new TypeError("Function 'func' is required in script");
        if ('args' in script && !isArray(script.args)) throw new TypeError("'args' must be an array");
        const { main } = worlds;
        const { side } = main;
        const holder = worlds.evaluate(`(${apply(functionToString, script.func, [])})`, '', main);
        if (holder.error !== undefined) throw new Error(holder.error);
        if (typeof holder.value !== 'function') {
          throw new Error('Expected script to result in a function but a non-function type was found');
        }
        const pass = passing(own, main);
        const args = [];
        for (let i = 0; i < (script.args?.length ?? 0); i++) args[i] = convert(script.args[i], pass, 0, own.global);
        const value = side.call(holder.value, null, ...args);
        if (value === side.failure) throw new Error(side.text(side.takeThrown()) ?? 'Unknown error during function execution');
        try {
          return convertOne(value, main, own);
        } catch (error) {
          throw new Error(`${error}`);
        }
      }
    },
    /** A copy for us of a value of another world. Throws errors of ours only. */
    fromWorld: (value, world) => (world === own ? value : convertResult(value, world)),
    isPromise: (value) => !isPrimitive(value) && typeof value !== 'function' && kindOf(value) === 'promise'
  };
}

function isPrimitive(value) {
  switch (typeof value) {
    case 'object': return value === null;
    case 'function': return false;
    // `document.all` says that it is undefined, and is an object.
    case 'undefined': return value === undefined;
    default: return true;
  }
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

/** @returns {boolean} false for what only looks like a promise */
function thenOfOurs(promise, onValue, onError) {
  try {
    apply(promiseThen, promise, [onValue, onError]);
    return true;
  } catch {
    return false;
  }
}

function encode(value) {
  try {
    return serialize(value);
  } catch {
    throw new Error(NOT_CLONED);
  }
}

/** Electron's words for an argument of a wrong type. */
function conversionError(index, value) {
  return new TypeError(`Error processing argument at index ${index}, conversion failure from ${shown(value)}`);
}

function shown(value) {
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

// The message of an error of any world, or undefined for what is no error. A page's error may be a trap.
function messageOf(error) {
  try {
    if (typeof error !== 'object' || error === null || kindOf(error) !== 'error') return undefined;
    const { message } = error;
    return typeof message === 'string' ? message : '';
  } catch {
    return undefined;
  }
}

// What the other side is told of something that was thrown: the message of any object that has one.
function thrownText(error) {
  try {
    if ((typeof error !== 'object' && typeof error !== 'function') || error === null) return UNKNOWN;
    const { message } = error;
    return typeof message === 'string' ? message : UNKNOWN;
  } catch {
    return UNKNOWN;
  }
}

// The same for what was thrown while a value was copied.
function uncaughtText(error) {
  try {
    const message = messageOf(error);
    if (message === undefined) return isPrimitive(error) ? `Uncaught ${shown(error)}` : UNKNOWN;
    const { name } = error;
    return `Uncaught ${typeof name === 'string' ? name : 'Error'}: ${message}`;
  } catch {
    return UNKNOWN;
  }
}
