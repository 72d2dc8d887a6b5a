// Node's EventEmitter for preloads: the part of it that does not need Node.

let defaultMaxListeners = 10;

/** Listeners to this hear of errors before those of `error`, and do not count as such. */
export const errorMonitor = Symbol('events.errorMonitor');

function checkListener(listener) {
  if (typeof listener === 'function') return;
  const type = listener === null ? 'null' : `type ${typeof listener}`;
  throw Object.assign(new TypeError(`The "listener" argument must be of type function. Received ${type}`), { code: 'ERR_INVALID_ARG_TYPE' });
}

function tableOf(emitter) {
  if (!Object.hasOwn(emitter, '_events') || !emitter._events) {
    Object.defineProperty(emitter, '_events', { value: new Map(), writable: true, configurable: true });
  }
  return emitter._events;
}

function add(emitter, name, listener, first) {
  checkListener(listener);
  const table = tableOf(emitter);
  if (table.has('newListener')) emitter.emit('newListener', name, listener.listener ?? listener);
  const list = table.get(name) ?? [];
  // A copy, because an emit that runs now goes through the old list.
  table.set(name, first ? [listener, ...list] : [...list, listener]);
  return emitter;
}

function onceWrapper(emitter, name, listener) {
  checkListener(listener);
  const wrapper = function (...args) {
    emitter.removeListener(name, wrapper);
    return Reflect.apply(listener, this, args);
  };
  wrapper.listener = listener;
  return wrapper;
}

/**
 * A function and not a class: old code calls it without `new`.
 * @type {any}
 */
export const EventEmitter = function EventEmitter() {};

EventEmitter.prototype = {
  constructor: EventEmitter,
  on(name, listener) {
    return add(this, name, listener, false);
  },
  addListener(name, listener) {
    return add(this, name, listener, false);
  },
  prependListener(name, listener) {
    return add(this, name, listener, true);
  },
  once(name, listener) {
    return add(this, name, onceWrapper(this, name, listener), false);
  },
  prependOnceListener(name, listener) {
    return add(this, name, onceWrapper(this, name, listener), true);
  },
  off(name, listener) {
    return this.removeListener(name, listener);
  },
  removeListener(name, listener) {
    checkListener(listener);
    const table = tableOf(this);
    const list = table.get(name) ?? [];
    const index = list.findLastIndex((item) => item === listener || item.listener === listener);
    if (index < 0) return this;
    if (list.length === 1) table.delete(name);
    else table.set(name, list.toSpliced(index, 1));
    if (table.has('removeListener')) this.emit('removeListener', name, listener);
    return this;
  },
  removeAllListeners(name) {
    if (name === undefined) tableOf(this).clear();
    else tableOf(this).delete(name);
    return this;
  },
  emit(name, ...args) {
    if (name === 'error') this.rawListeners(errorMonitor).forEach((listener) => Reflect.apply(listener, this, args));
    const list = tableOf(this).get(name);
    if (list === undefined) {
      if (name !== 'error') return false;
      if (args[0] instanceof Error) throw args[0];
      throw Object.assign(new Error(`Unhandled error. (${String(args[0])})`), { code: 'ERR_UNHANDLED_ERROR', context: args[0] });
    }
    for (const listener of list) Reflect.apply(listener, this, args);
    return true;
  },
  listeners(name) {
    return (tableOf(this).get(name) ?? []).map((item) => item.listener ?? item);
  },
  rawListeners(name) {
    return [...(tableOf(this).get(name) ?? [])];
  },
  listenerCount(name, listener) {
    const list = this.listeners(name);
    return listener === undefined ? list.length : list.filter((item) => item === listener).length;
  },
  eventNames() {
    return [...tableOf(this).keys()];
  },
  setMaxListeners(count) {
    Object.defineProperty(this, '_maxListeners', { value: count, writable: true, configurable: true });
    return this;
  },
  getMaxListeners() {
    return this._maxListeners ?? defaultMaxListeners;
  }
};
Object.defineProperty(EventEmitter.prototype, 'constructor', { enumerable: false });

Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
  get: () => defaultMaxListeners,
  set(value) {
    defaultMaxListeners = value;
  }
});
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.once = (emitter, name) =>
  new Promise((resolve, reject) => {
    const onEvent = (...args) => {
      emitter.removeListener('error', onError);
      resolve(args);
    };
    const onError = (error) => {
      emitter.removeListener(name, onEvent);
      reject(error);
    };
    emitter.once(name, onEvent);
    if (name !== 'error') emitter.once('error', onError);
  });
EventEmitter.listenerCount = (emitter, name) => emitter.listenerCount(name);
