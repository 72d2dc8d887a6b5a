// What the engine does not tell about message ports and the relay must know: the two ports of a channel, whether a port was started, how many
// messages it posted and got. The methods of this world's MessagePort are wrapped for it, and get Electron's `close` event with `onclose`.
// The page's own world is left as it is, unless it is this one.

import { reflectApply } from '../common/codec-format.js';
import { isNative, isPort, nativeChannel, nativeClose, nativeListen, nativeOnMessage, nativePost } from './port-natives.js';
import { closeEvent, nativeDispatch, nativeStart, portPrototype, sourceOf, stateOf } from './port-natives.js';

const { construct, defineProperty } = Reflect;
const isArray = Array.isArray;

/**
 * @param {object} hooks
 * @param {(port: any, args: any[]) => boolean} hooks.post Sends a message another way than the engine's; false for what it does not send.
 * @param {(port: any) => void} hooks.close After the port was closed.
 * @param {(port: any) => void} hooks.sent After the port was sent away by the engine.
 * @param {(args: any[], list: any[]) => boolean} hooks.toPage Does `window.postMessage`; false if the engine shall.
 */
export function watchPorts(hooks) {
  const peers = new WeakMap();
  const started = new WeakSet();
  const posted = new WeakMap();
  const heard = new WeakMap();
  const closeHandlers = new WeakMap();
  const awaitsClose = new WeakSet();
  // For ports whose other end is gone: how many messages they still have to get.
  const ending = new WeakMap();

  const count = (table, port) => table.get(port) ?? 0;
  const add = (table, port) => table.set(port, count(table, port) + 1);

  function tryEnd(port) {
    const left = ending.get(port);
    if (left === undefined || left() > 0 || !(started.has(port) || awaitsClose.has(port))) return;
    ending.delete(port);
    if (stateOf(port) !== 'usable') return;
    nativeDispatch(port, closeEvent());
    // The engine would keep a started port for good, not knowing that its other end is gone.
    nativeClose(port);
  }

  function onHeard(event) {
    // Not for what was dispatched by a script, ours among them.
    if (!isNative(event)) return;
    add(heard, this);
    if (ending.has(this)) setTimeout(tryEnd, 0, this);
  }

  function begin(port) {
    if (started.has(port)) return;
    started.add(port);
    nativeListen(port, 'message', onHeard);
    nativeListen(port, 'messageerror', onHeard);
    if (ending.has(port)) setTimeout(tryEnd, 0, port);
  }

  function expectClose(port) {
    awaitsClose.add(port);
    if (ending.has(port)) setTimeout(tryEnd, 0, port);
  }

  const methods = {
    postMessage(...args) {
      if (args.length > 0 && isPort(this) && hooks.post(this, args)) return;
      reflectApply(nativePost, this, args);
      add(posted, this);
      noteSent(args);
    },
    start() {
      if (isPort(this)) begin(this);
      nativeStart(this);
    },
    close() {
      const usable = isPort(this) && stateOf(this) === 'usable';
      nativeClose(this);
      if (usable) hooks.close(this);
    },
    addEventListener(...args) {
      nativeListen(this, ...args);
      if (args[0] === 'close' && isPort(this)) expectClose(this);
    }
  };
  for (const name of ['postMessage', 'start', 'close', 'addEventListener']) {
    defineProperty(portPrototype, name, { value: methods[name], writable: true, enumerable: true, configurable: true });
  }

  function transferOf(args) {
    for (let i = args.length - 1; i > 0; i--) {
      const arg = args[i];
      if (isArray(arg)) return arg;
      if (typeof arg === 'object' && arg !== null && isArray(arg.transfer)) return arg.transfer;
    }
    return [];
  }

  function noteSent(args) {
    const list = transferOf(args);
    for (let i = 0; i < list.length; i++) if (isPort(list[i]) && stateOf(list[i]) === 'sent') hooks.sent(list[i]);
  }

  function watchTransfers(owner, name) {
    const native = owner[name];
    const watched = {
      [name](...args) {
        const list = owner === globalThis && name === 'postMessage' ? transferOf(args) : [];
        const result = list.length > 0 && hooks.toPage(args, list) ? undefined : reflectApply(native, this, args);
        noteSent(args);
        return result;
      }
    }[name];
    defineProperty(owner, name, { value: watched, writable: true, enumerable: true, configurable: true });
  }
  watchTransfers(globalThis, 'postMessage');
  watchTransfers(globalThis, 'structuredClone');
  watchTransfers(globalThis.Worker.prototype, 'postMessage');

  const handlers = {
    get onmessage() {
      return reflectApply(nativeOnMessage.get, this, []);
    },
    set onmessage(handler) {
      if (isPort(this)) begin(this);
      reflectApply(nativeOnMessage.set, this, [handler]);
    },
    get onclose() {
      return closeHandlers.get(this)?.handler ?? null;
    },
    set onclose(handler) {
      if (!isPort(this)) return;
      const usable = typeof handler === 'function' || (typeof handler === 'object' && handler !== null) ? handler : null;
      const known = closeHandlers.get(this);
      if (known !== undefined) {
        known.handler = usable;
      } else if (usable !== null) {
        const holder = { handler: usable };
        closeHandlers.set(this, holder);
        nativeListen(this, 'close', function (event) {
          if (typeof holder.handler === 'function') reflectApply(holder.handler, this, [event]);
        });
      }
      if (usable !== null) expectClose(this);
    }
  };
  for (const name of ['onmessage', 'onclose']) {
    defineProperty(portPrototype, name, Object.getOwnPropertyDescriptor(handlers, name));
  }

  globalThis.MessageChannel = new Proxy(nativeChannel, {
    construct(target, args, newTarget) {
      const channel = construct(target, args, newTarget);
      const { port1, port2 } = channel;
      pair(port1, port2);
      return channel;
    }
  });

  function pair(first, second) {
    peers.set(first, new WeakRef(second));
    peers.set(second, new WeakRef(first));
  }

  return {
    peerOf: (port) => peers.get(port)?.deref(),
    isStarted: (port) => started.has(port),
    posted: (port) => count(posted, port),
    heard: (port) => count(heard, port),
    /** The other end of a port is gone: it gets `close` after as many messages as `left` says. */
    end(port, left) {
      ending.set(port, left);
      tryEnd(port);
    }
  };
}

/** Calls back when this world gets to know another window: one that it opens, or one that writes to it. */
export function watchWindows(found) {
  const nativeOpen = globalThis.open;
  globalThis.open = function open(...args) {
    const opened = reflectApply(nativeOpen, this, args);
    if (opened !== null) found();
    return opened;
  };
  nativeListen(globalThis, 'message', (event) => {
    const source = sourceOf(event);
    if (source !== null && source !== globalThis.window) found();
  }, true);
}
