// The page's side of contextBridge: the only code of ours that runs in the page's world.
//
// Everything that a page gets from us is made here, with the page's own constructors, which were captured before any script of the page ran.
// Were it made in the isolated world, `f.constructor('...')` would be a way into that world. Functions of the isolated world are only ever
// held in closures: they are called, but never passed on, stored in an object or used as `this`, because all of that can be intercepted by a
// page that has changed its prototypes.

import { deserialize } from '../common/deserialize.js';

const { apply } = Reflect;
const ErrorCtor = Error;
const PromiseCtor = Promise;
const BytesCtor = Uint8Array;
const promiseThen = Promise.prototype.then;
const UNKNOWN =
  'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.';

export const pageSide = {
  __proto__: null,
  newObject: () => ({}),
  newArray: () => [],
  newError: (message) => new ErrorCtor(message),
  newBytes: (length) => new BytesCtor(length),
  decode: (bytes) => deserialize(bytes),

  // `call` gets the arguments and answers `{failed, value}`, both of this world. It does not throw, unless the stack ends in the middle of it:
  // an error that is thrown then belongs to the other world and must not get out.
  newFunction: (call) => (...args) => {
    let outcome;
    try {
      outcome = call(args);
    } catch {
      throw new ErrorCtor(UNKNOWN);
    }
    if (outcome.failed) throw outcome.value;
    return outcome.value;
  },

  newPromise: (take) =>
    new PromiseCtor((resolve, reject) => {
      take((value) => resolve(value), (value) => reject(value));
    }),

  // False if the value is no promise. The reactions are functions of this world, because a page can listen to its own promises.
  then: (promise, onValue, onError) => {
    const reactions = [(value) => { onValue(value); }, (error) => { onError(error); }];
    try {
      apply(promiseThen, promise, reactions);
      return true;
    } catch {
      return false;
    }
  },

  // Calls a function of the page from here: a proxy's trap is handed an array that the engine makes in the world of the caller.
  call: (target, receiver, args) => {
    try {
      return { __proto__: null, failed: false, value: apply(target, receiver, args) };
    } catch (error) {
      return { __proto__: null, failed: true, value: error };
    }
  },
};
