// `timers` of a page: Node's timer objects around the page's own timers.

import { clearImmediate, setImmediate } from '../immediate.js';

class Timeout {
  constructor(callback, delay, args, repeat) {
    if (typeof callback !== 'function') {
      throw Object.assign(new TypeError('The "callback" argument must be of type function.'), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    this._run = () => callback.apply(this, args);
    this._delay = delay;
    this._repeat = repeat;
    this._referenced = true;
    this.refresh();
  }

  refresh() {
    this.close();
    this._id = this._repeat ? setInterval(this._run, this._delay) : setTimeout(this._run, this._delay);
    return this;
  }

  close() {
    clearTimeout(this._id);
    return this;
  }

  // A page lives until it is closed, whatever timers it has.
  ref() {
    this._referenced = true;
    return this;
  }

  unref() {
    this._referenced = false;
    return this;
  }

  hasRef() {
    return this._referenced;
  }

  [Symbol.toPrimitive]() {
    return this._id;
  }
}

const clear = (timer) => {
  if (timer instanceof Timeout) timer.close();
  else clearTimeout(timer);
};

const later = (start) => (delay, value, options) =>
  new Promise((resolve, reject) => {
    const { signal } = options ?? {};
    const fail = () => reject(Object.assign(new Error('The operation was aborted', { cause: signal.reason }), { name: 'AbortError', code: 'ABORT_ERR' }));
    if (signal?.aborted) return fail();
    const cancel = start(() => {
      signal?.removeEventListener('abort', stop);
      resolve(value);
    }, delay);
    const stop = () => {
      cancel();
      fail();
    };
    signal?.addEventListener('abort', stop, { once: true });
    return undefined;
  });

const sleep = later((run, delay) => {
  const id = setTimeout(run, delay);
  return () => clearTimeout(id);
});
const turn = later((run) => {
  const id = setImmediate(run);
  return () => clearImmediate(id);
});

export const timersPromises = {
  setTimeout: (delay, value, options) => sleep(delay, value, options),
  setImmediate: (value, options) => turn(0, value, options),
  async *setInterval(delay, value, options) {
    for (;;) yield await sleep(delay, value, options);
  },
  scheduler: { wait: (delay, options) => sleep(delay, undefined, options), yield: () => turn(0) }
};

const promised = Symbol.for('nodejs.util.promisify.custom');
const timeout = (callback, delay, ...args) => new Timeout(callback, delay, args, false);
const immediate = (callback, ...args) => setImmediate(callback, ...args);
timeout[promised] = timersPromises.setTimeout;
immediate[promised] = timersPromises.setImmediate;

export const timers = {
  setTimeout: timeout,
  clearTimeout: clear,
  setInterval: (callback, delay, ...args) => new Timeout(callback, delay, args, true),
  clearInterval: clear,
  setImmediate: immediate,
  clearImmediate,
  promises: timersPromises
};
