// `events` of a page: what Node's module has beside the class.

import { EventEmitter, errorMonitor } from '../event-emitter.js';

function abortError(signal) {
  return Object.assign(new Error('The operation was aborted', { cause: signal.reason }), { name: 'AbortError', code: 'ABORT_ERR' });
}

function listen(target, name, listener) {
  if (typeof target.on === 'function') target.on(name, listener);
  else target.addEventListener(name, listener);
}

function unlisten(target, name, listener) {
  if (typeof target.removeListener === 'function') target.removeListener(name, listener);
  else target.removeEventListener(name, listener);
}

function once(target, name, options) {
  return new Promise((resolve, reject) => {
    const { signal } = options ?? {};
    if (signal?.aborted) return reject(abortError(signal));
    const done = () => {
      unlisten(target, name, onEvent);
      if (name !== 'error') unlisten(target, 'error', onError);
      signal?.removeEventListener('abort', onAbort);
    };
    const onEvent = (...args) => {
      done();
      resolve(args);
    };
    const onError = (error) => {
      done();
      reject(error);
    };
    const onAbort = () => onError(abortError(signal));
    listen(target, name, onEvent);
    if (name !== 'error' && typeof target.on === 'function') listen(target, 'error', onError);
    signal?.addEventListener('abort', onAbort);
    return undefined;
  });
}

function on(target, name, options) {
  const { signal, close = [] } = options ?? {};
  if (signal?.aborted) throw abortError(signal);
  const events = [];
  const waiting = [];
  let error = null;
  let ended = false;
  const fail = (reason) => {
    error = reason;
    const first = waiting.shift();
    if (first) {
      error = null;
      first.reject(reason);
    }
    finish();
  };
  const take = (...args) => {
    const first = waiting.shift();
    if (first) first.resolve({ value: args, done: false });
    else events.push(args);
  };
  const onAbort = () => fail(abortError(signal));
  function finish() {
    if (!ended) {
      ended = true;
      unlisten(target, name, take);
      if (name !== 'error') unlisten(target, 'error', fail);
      for (const event of close) unlisten(target, event, finish);
      signal?.removeEventListener('abort', onAbort);
    }
    for (const { resolve } of waiting.splice(0)) resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }
  listen(target, name, take);
  if (name !== 'error' && typeof target.on === 'function') listen(target, 'error', fail);
  for (const event of close) listen(target, event, finish);
  signal?.addEventListener('abort', onAbort);
  return {
    next() {
      if (events.length > 0) return Promise.resolve({ value: events.shift(), done: false });
      if (error !== null) {
        const reason = error;
        error = null;
        return Promise.reject(reason);
      }
      if (ended) return finish();
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
      });
    },
    return: finish,
    throw(reason) {
      fail(reason);
      return Promise.resolve({ value: undefined, done: true });
    },
    [Symbol.asyncIterator]() {
      return this;
    }
  };
}

export function createEvents() {
  const members = {
    once,
    on,
    errorMonitor,
    captureRejectionSymbol: Symbol.for('nodejs.rejection'),
    captureRejections: false,
    getEventListeners: (target, name) => (typeof target.listeners === 'function' ? target.listeners(name) : []),
    getMaxListeners: (target) => target.getMaxListeners?.() ?? 0,
    setMaxListeners(count = EventEmitter.defaultMaxListeners, ...targets) {
      if (targets.length === 0) EventEmitter.defaultMaxListeners = count;
      for (const target of targets) target.setMaxListeners?.(count);
    },
    addAbortListener(signal, listener) {
      if (signal.aborted) queueMicrotask(listener);
      else signal.addEventListener('abort', listener, { once: true });
      return { [Symbol.for('Symbol.dispose')]: () => signal.removeEventListener('abort', listener) };
    }
  };
  return Object.assign(EventEmitter, members);
}
