// What the engine itself would hand from the preload's world to the page. The native lane does the same in worlds.c, for every frame.

import { getOwnPropertyDescriptor, getPrototypeOf, reflectApply } from '../../common/codec-format.js';

/** @type {any} */
const { defineProperty } = Reflect;
/** @type {any} */
const page = globalThis;

// WebKit gives an unhandled rejection of any world to the listeners of all, with the promise as it is.
export function narrowRejections() {
  const events = page.PromiseRejectionEvent.prototype;
  const ours = Object.prototype;
  const promiseOf = getOwnPropertyDescriptor(events, 'promise').get;
  const reasonOf = getOwnPropertyDescriptor(events, 'reason').get;
  const ofThisWorld = (value) => {
    let below = value;
    for (let at = value; at !== null && at !== undefined; at = getPrototypeOf(at)) below = at;
    return below === ours;
  };
  const read = (event, get) => (ofThisWorld(reflectApply(promiseOf, event, [])) ? reflectApply(get, event, []) : undefined);
  const narrowed = { get promise() { return read(this, promiseOf); }, get reason() { return read(this, reasonOf); } };
  for (const name of ['promise', 'reason']) {
    const { get } = getOwnPropertyDescriptor(narrowed, name);
    defineProperty(events, name, { __proto__: null, get, set: undefined, enumerable: true, configurable: true });
  }
}

// The registry of custom elements is one for all worlds, and what is in it is handed out as it is. As in Electron, a preload has none.
export function hideRegistry() {
  defineProperty(page, 'customElements', { __proto__: null, value: null, writable: true, enumerable: true, configurable: true });
}
