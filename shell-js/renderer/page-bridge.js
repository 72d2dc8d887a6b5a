// A world's side of contextBridge: the only code of ours that runs in the page's world and in each further one.
//
// Everything that a world gets from us is made here, with that world's own constructors, which were captured before any script of it ran.
// Were it made in the preload's world, `f.constructor('...')` would be a way into that world. Functions of the preload's world are only ever
// held in closures: they are called, but never passed on, stored in an object or used as `this`, because all of that can be intercepted by a
// page that has changed its prototypes. What they throw (the stack may end anywhere) is caught here and never gets out.

import { getterOf, reflectApply, uncurry } from '../common/codec-format.js';
import { deserialize } from '../common/deserialize.js';
import { pagePorts } from './page-ports.js';
import { replaceWindowFunctions } from './page-windows.js';
import { replaceWorkers } from './page-workers.js';

/** @type {any} */
const defineProperty = Reflect.defineProperty;
const [ErrorCtor, TypeErrorCtor, PromiseCtor, BytesCtor] = [Error, TypeError, Promise, Uint8Array];
const promiseThen = uncurry(Promise.prototype.then);
const indexOf = uncurry(String.prototype.indexOf);
const slice = uncurry(String.prototype.slice);
/** @type {any} */
const { CustomEvent: CustomEventCtor, Document: DocumentCtor, document } = globalThis;
const createElement = uncurry(DocumentCtor.prototype.createElement);
const addEventListener = uncurry(EventTarget.prototype.addEventListener);
const dispatchEvent = uncurry(EventTarget.prototype.dispatchEvent);
const detailOf = getterOf(CustomEventCtor.prototype, 'detail');
const UNKNOWN =
  'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.';

// Stands for a call that failed; what was thrown waits in `thrown`. Whoever gets it takes that at once.
const failure = { __proto__: null };
let thrown;
let received;

// Only calls of the page's own are left in the stack of an error that we make.
function withoutOurCalls(error) {
  const { stack } = error;
  if (typeof stack !== 'string') return error;
  let rest = '';
  for (let at = 0; at < stack.length;) {
    let end = indexOf(stack, '\n', at);
    if (end < 0) end = stack.length;
    const line = slice(stack, at, end);
    if (indexOf(line, '@shell:') < 0) rest += rest === '' ? line : `\n${line}`;
    at = end + 1;
  }
  defineProperty(error, 'stack', { __proto__: null, value: rest, writable: true, enumerable: false, configurable: true });
  return error;
}

function failed(error) {
  thrown = error;
  return failure;
}

export const pageSide = {
  __proto__: null,
  ports: pagePorts,
  objectPrototype: Object.prototype,
  arrayPrototype: Array.prototype,
  failure,
  takeThrown() {
    const error = thrown;
    thrown = undefined;
    return error;
  },
  replaceWindowFunctions,
  replaceWorkers,

  // For worlds other than the page's. The engine keeps one registry of custom elements for all worlds and hands out what is in it as it is:
  // a page could ask for a preload's class. As in Electron there is none.
  seclude() {
    defineProperty(globalThis, 'customElements', { __proto__: null, value: null, writable: true, enumerable: true, configurable: true });
  },

  newObject: () => ({}),
  newArray: () => [],
  // As a literal's property is made: no setter of a prototype is asked.
  put(object, key, value) {
    if (key in object) defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
    else object[key] = value;
  },
  newError: (message) => withoutOurCalls(new ErrorCtor(message)),
  fail: (message, isTypeError) => failed(withoutOurCalls(isTypeError ? new TypeErrorCtor(message) : new ErrorCtor(message))),
  newBytes: (length) => new BytesCtor(length),
  decode: (bytes) => deserialize(bytes),
  text(value) {
    try {
      return `${value}`;
    } catch {
      return undefined;
    }
  },

  // `call` gets the arguments, of this world, and answers a value of this world or what `fail` gave.
  newFunction: (call) => (...args) => {
    let value;
    try {
      value = call(args);
    } catch {
      throw new ErrorCtor(UNKNOWN);
    }
    if (value === failure) {
      const error = thrown;
      thrown = undefined;
      throw error;
    }
    return value;
  },

  // `take` runs after the constructor: what it throws must not become the promise's reason.
  newPromise(take) {
    let resolve;
    let reject;
    const promise = new PromiseCtor((...functions) => {
      resolve = functions[0];
      reject = functions[1];
    });
    take((value) => { resolve(value); }, (value) => { reject(value); });
    return promise;
  },

  // False if the value is no promise. The reactions are functions of this world, because a page can listen to its own promises.
  then(promise, onValue, onError) {
    const reaction = (call) => (value) => {
      try {
        call(value);
      } catch {
        // An error of another world.
      }
    };
    try {
      promiseThen(promise, reaction(onValue), reaction(onError));
      return true;
    } catch {
      return false;
    }
  },

  // Calls a function of this world from here: a proxy's trap is handed an array that the engine makes in the world of the caller.
  call(target, receiver, ...args) {
    try {
      return reflectApply(target, receiver, args);
    } catch (error) {
      return failed(error);
    }
  },

  // Objects of the browser that are no nodes cross as the detail of an event at a node that nobody else has: the engine gives the other
  // world a clone of its own.
  newCarrier: () => createElement(document, 'a'),
  receive(node) {
    addEventListener(node, 'carry', (event) => {
      received = detailOf(event);
    });
  },
  offer(node, value) {
    dispatchEvent(node, new CustomEventCtor('carry', { __proto__: null, detail: value }));
  },
  takeReceived() {
    const value = received;
    received = undefined;
    return value;
  }
};
