// The page's side of message ports that a preload has handed over: the `close` event that Electron adds to MessagePort and WebKit lacks.
//
// The relay of such a port is in the preload's world. What must not overtake the messages goes between the two as a message itself: a secret
// text that the page never sees. Nothing is changed before the first port comes; then `close` is wrapped and `onclose` is added.

import { getOwnPropertyDescriptor, getterOf, reflectApply, uncurry } from '../common/codec-format.js';

const { defineProperty, setPrototypeOf } = Reflect;
const page = globalThis;
const PortPrototype = page.MessagePort.prototype;
const nativePost = PortPrototype.postMessage;
const nativeClose = PortPrototype.close;
const portsOf = getterOf(page.MessageEvent.prototype, 'ports');
const dataOf = getterOf(page.MessageEvent.prototype, 'data');
const isTrusted = getterOf(new page.Event('x'), 'isTrusted');
const stop = uncurry(page.Event.prototype.stopImmediatePropagation);
const listen = uncurry(page.EventTarget.prototype.addEventListener);
const dispatch = uncurry(page.EventTarget.prototype.dispatchEvent);
const weakHas = uncurry(WeakMap.prototype.has);
const weakGet = uncurry(WeakMap.prototype.get);
const weakSet = uncurry(WeakMap.prototype.set);
const mapGet = uncurry(Map.prototype.get);
const mapSet = uncurry(Map.prototype.set);
const mapDelete = uncurry(Map.prototype.delete);
const deref = uncurry(WeakRef.prototype.deref);
const [EventCtor, WeakRefCtor, ProxyCtor] = [page.Event, WeakRef, Proxy];

const known = new WeakMap();
const byId = new Map();
const closeHandlers = new WeakMap();
let token = '';
let expected = 0;
let last = [];
// Ports of `last` that the page has closed before it was known where they lead.
let closedEarly = [];
let installed = false;

// A port that was sent away takes itself as a transfer, without an effect; one of use refuses.
function isUsable(port) {
  try {
    reflectApply(nativePost, port, [undefined, [port]]);
    return false;
  } catch {
    return true;
  }
}

function includes(list, item) {
  for (let i = 0; i < list.length; i++) if (list[i] === item) return true;
  return false;
}

const stopEvent = (event) => stop(event);

// What the engine asks of it shall not be looked up on the page's prototypes.
function withoutPrototype(object) {
  setPrototypeOf(object, null);
  return object;
}

function replace(key, descriptor) {
  defineProperty(PortPrototype, key, { __proto__: null, enumerable: true, configurable: true, ...descriptor });
}

function install() {
  if (installed) return;
  installed = true;
  const { value } = getOwnPropertyDescriptor(PortPrototype, 'close') ?? { value: undefined };
  // What a page has put in its place is left to the page.
  if (value === nativeClose) {
    const close = new ProxyCtor(nativeClose, withoutPrototype({
      apply(target, port, args) {
        if (weakHas(known, port)) {
          if (isUsable(port)) reflectApply(nativePost, port, [token]);
        } else if (includes(last, port) && isUsable(port)) {
          // It is closed in a moment, after the other side was told through it.
          closedEarly[closedEarly.length] = port;
          listen(port, 'message', stopEvent, true);
          return undefined;
        }
        return reflectApply(target, port, args);
      }
    }));
    replace('close', { value: close, writable: true });
  }
  if (!('onclose' in PortPrototype)) {
    replace('onclose', {
      get() {
        const holder = weakGet(closeHandlers, this);
        return holder === undefined ? null : holder.handler;
      },
      set(handler) {
        const usable = typeof handler === 'function' || (typeof handler === 'object' && handler !== null) ? handler : null;
        const holder = weakGet(closeHandlers, this);
        if (holder !== undefined) {
          holder.handler = usable;
          return;
        }
        const made = { handler: usable };
        listen(this, 'close', (event) => {
          if (typeof made.handler === 'function') reflectApply(made.handler, this, [event]);
        });
        weakSet(closeHandlers, this, made);
      }
    });
  }
}

export const pagePorts = {
  __proto__: null,

  /** Before the preload may hand over a port, and before any script of the page. */
  connect(secret) {
    token = secret;
    listen(page, 'message', (event) => {
      if (expected > 0 && isTrusted(event)) {
        const ports = portsOf(event);
        if (ports.length > 0) last = ports;
      }
    }, true);
  },

  /** The preload is about to send ports. */
  expect() {
    install();
    expected++;
  },

  /** It could not, or all that came was marked. */
  settle() {
    const closed = closedEarly;
    expected--;
    last = [];
    closedEarly = [];
    for (let i = 0; i < closed.length; i++) {
      if (weakHas(known, closed[i])) reflectApply(nativePost, closed[i], [token]);
      reflectApply(nativeClose, closed[i], []);
    }
  },

  /** The port of the last message at a place in its list is that of a lane. */
  mark(index, id) {
    const port = last[index];
    if (port === undefined) return;
    weakSet(known, port, id);
    mapSet(byId, id, new WeakRefCtor(port));
  },

  /** The other side is gone. True if the relay shall post the secret, after which the page hears of it. */
  end(id) {
    const reference = mapGet(byId, id);
    mapDelete(byId, id);
    const port = reference === undefined ? undefined : deref(reference);
    if (port === undefined || !isUsable(port)) return false;
    listen(port, 'message', (event) => {
      if (!isTrusted(event) || dataOf(event) !== token) return;
      stop(event);
      // In this order: the engine takes a closed port's listeners away.
      dispatch(port, new EventCtor('close'));
      reflectApply(nativeClose, port, []);
    }, true);
    return true;
  },

  /** The page has closed it. */
  forget(id) {
    mapDelete(byId, id);
  }
};
