// `stream.Readable` of a page.
//
// Functions and not classes: old packages call them without `new`.

import { Buffer } from '../buffer.js';
import { EventEmitter } from '../event-emitter.js';
import { StringDecoder } from './string-decoder.js';
import { Stream, addAbort, coded, construct, destroy, markOf, nextTick, toChunk } from './stream-base.js';

/** @type {any} */
export const Readable = function Readable(options) {
  if (!(this instanceof Readable)) return Reflect.construct(Readable, [options]);
  Stream.call(this);
  initReadable(this, options);
  construct(this, () => {
    if (this._readableState.needReadable || this._readableState.flowing) fill(this);
  });
  return undefined;
};
Object.setPrototypeOf(Readable.prototype, Stream.prototype);
Object.setPrototypeOf(Readable, Stream);

export function initReadable(stream, options) {
  const objectMode = Boolean(options?.objectMode || options?.readableObjectMode);
  const state = {
    objectMode, highWaterMark: markOf(options, 'readable', objectMode), buffer: [], length: 0, flowing: null, ended: false, endEmitted: false,
    reading: false, sync: false, needReadable: false, emittedReadable: false, readableListening: false, resumeScheduled: false, destroyed: false, errored: null,
    closed: false, closeEmitted: false, emitClose: options?.emitClose !== false, autoDestroy: options?.autoDestroy !== false, pipes: [],
    awaiting: new Set(), decoder: null, encoding: null, dataEmitted: false
  };
  Object.defineProperty(stream, '_readableState', { value: state, writable: true, configurable: true });
  if (typeof options?.read === 'function') stream._read = options.read;
  if (typeof options?.destroy === 'function') stream._destroy = options.destroy;
  if (typeof options?.construct === 'function') stream._construct = options.construct;
  if (options?.encoding) stream.setEncoding(options.encoding);
  if (options?.signal) addAbort(options.signal, stream);
}

function sizeOf(state, chunk) {
  return state.objectMode ? 1 : chunk.length;
}

// Asks for more when there is room for it.
function fill(stream) {
  const state = stream._readableState;
  if (state.reading || state.ended || state.destroyed || state.errored || stream._constructing) return;
  if (state.length >= state.highWaterMark && state.length > 0) return;
  state.reading = true;
  state.sync = true;
  try {
    stream._read(state.highWaterMark);
  } catch (error) {
    destroy(stream, error);
  }
  state.sync = false;
}

function add(stream, chunk, encoding, front) {
  const state = stream._readableState;
  if (chunk === null) {
    if (!front) state.reading = false;
    finish(stream);
    return false;
  }
  if (state.destroyed || state.errored) return false;
  let data = chunk;
  try {
    if (!state.objectMode && !(typeof chunk === 'string' && state.encoding !== null && state.encoding === encoding)) data = toChunk(chunk, encoding, false);
  } catch (error) {
    destroy(stream, error);
    return false;
  }
  if (state.ended && !front) {
    destroy(stream, coded(Error, 'ERR_STREAM_PUSH_AFTER_EOF', 'stream.push() after EOF'));
    return false;
  }
  if (state.endEmitted) {
    destroy(stream, coded(Error, 'ERR_STREAM_UNSHIFT_AFTER_END_EVENT', 'stream.unshift() after end event'));
    return false;
  }
  if (!front) state.reading = false;
  if (!state.objectMode && state.decoder !== null && typeof data !== 'string' && !front) data = state.decoder.write(data);
  if (state.objectMode || data.length > 0) {
    if (state.flowing && state.length === 0 && !state.sync && stream.listenerCount('data') > 0) {
      state.dataEmitted = true;
      stream.emit('data', data);
    } else {
      state.length += sizeOf(state, data);
      if (front) state.buffer.unshift(data);
      else state.buffer.push(data);
      if (state.needReadable) emitReadable(stream);
    }
  }
  if (!front) nextTick(() => keepReading(stream));
  return !state.ended && (state.length < state.highWaterMark || state.length === 0);
}

function keepReading(stream) {
  const state = stream._readableState;
  if (state.flowing) flow(stream);
  else if (state.length < state.highWaterMark || state.needReadable) fill(stream);
}

function finish(stream) {
  const state = stream._readableState;
  if (state.ended) return;
  const rest = state.decoder?.end();
  if (rest) {
    state.buffer.push(rest);
    state.length += sizeOf(state, rest);
  }
  state.ended = true;
  if (state.sync) nextTick(() => emitReadable(stream));
  else emitReadable(stream);
}

function emitReadable(stream) {
  const state = stream._readableState;
  state.needReadable = false;
  if (state.emittedReadable) return;
  state.emittedReadable = true;
  nextTick(() => {
    state.emittedReadable = false;
    if (state.destroyed || state.errored) return;
    if (state.length > 0 || state.ended) {
      if (state.readableListening) stream.emit('readable');
    }
    state.needReadable = !state.flowing && !state.ended && state.length <= state.highWaterMark;
    flow(stream);
    if (state.ended && state.length === 0 && !state.readableListening) endReadable(stream);
  });
}

function flow(stream) {
  const state = stream._readableState;
  while (state.flowing && !state.destroyed && stream.read() !== null);
}

export function endReadable(stream) {
  const state = stream._readableState;
  if (state.endEmitted || state.endScheduled || !state.ended) return;
  state.endScheduled = true;
  nextTick(() => {
    state.endScheduled = false;
    if (state.endEmitted || state.length > 0 || state.errored || state.closeEmitted) return;
    state.endEmitted = true;
    stream.emit('end');
    const writable = stream._writableState;
    if (writable && stream.allowHalfOpen === false && !writable.ending) stream.end();
    else if (state.autoDestroy && (!writable || (writable.autoDestroy && (writable.finished || writable.destroyed)))) destroy(stream, null);
  });
}

Readable.prototype._read = function () {
  throw coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _read() method is not implemented');
};
Readable.prototype._destroy = function (error, callback) {
  callback(error);
};
Readable.prototype.destroy = function (error, callback) {
  return destroy(this, error, callback);
};
Readable.prototype.push = function (chunk, encoding) {
  return add(this, chunk, encoding, false);
};
Readable.prototype.unshift = function (chunk, encoding) {
  return add(this, chunk, encoding, true);
};
Readable.prototype.isPaused = function () {
  return this._readableState.flowing === false;
};
Readable.prototype.setEncoding = function (encoding) {
  const state = this._readableState;
  state.decoder = new StringDecoder(encoding);
  state.encoding = state.decoder.encoding;
  const text = state.buffer.map((chunk) => (typeof chunk === 'string' ? chunk : state.decoder.write(chunk))).join('');
  state.buffer = text === '' ? [] : [text];
  state.length = text.length;
  return this;
};

function take(state, count) {
  if (state.objectMode) return state.buffer.shift();
  let data;
  if (count >= state.length) {
    data = state.buffer.length === 1 ? state.buffer[0] : state.decoder ? state.buffer.join('') : Buffer.concat(state.buffer);
    state.buffer = [];
    return data;
  }
  const parts = [];
  let missing = count;
  while (missing > 0) {
    const first = state.buffer[0];
    if (first.length <= missing) {
      parts.push(state.buffer.shift());
    } else {
      parts.push(first.slice(0, missing));
      state.buffer[0] = first.slice(missing);
    }
    missing -= parts[parts.length - 1].length;
  }
  return state.decoder ? parts.join('') : parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

Readable.prototype.read = function (count) {
  const state = this._readableState;
  let wanted = count === undefined ? NaN : Math.trunc(count);
  if (wanted === 0) {
    if (state.ended) {
      if (state.length === 0) endReadable(this);
      else emitReadable(this);
    } else {
      state.needReadable = true;
      fill(this);
    }
    return null;
  }
  if (Number.isNaN(wanted)) wanted = state.objectMode ? 1 : state.flowing && state.length > 0 ? state.buffer[0].length : state.length;
  if (wanted > state.highWaterMark) state.highWaterMark = Math.max(state.highWaterMark, Math.min(wanted, 1 << 30));
  if (state.ended && wanted > state.length) wanted = state.length;
  if (state.length === 0 || state.length - wanted < state.highWaterMark) fill(this);
  if (state.objectMode ? state.length === 0 : wanted === 0 || wanted > state.length) {
    if (!state.ended) state.needReadable = true;
    if (state.ended && state.length === 0) endReadable(this);
    return null;
  }
  const data = take(state, wanted);
  state.length -= state.objectMode ? 1 : data.length;
  if (state.length === 0) {
    if (!state.ended) state.needReadable = true;
    else endReadable(this);
  }
  if (!state.destroyed && !state.errored) {
    state.dataEmitted = true;
    this.emit('data', data);
  }
  return data;
};

Readable.prototype.on = function (name, listener) {
  EventEmitter.prototype.on.call(this, name, listener);
  const state = this._readableState;
  if (name === 'data') {
    state.readableListening = this.listenerCount('readable') > 0;
    if (state.flowing !== false && !state.readableListening) this.resume();
  } else if (name === 'readable' && !state.endEmitted && !state.readableListening) {
    state.readableListening = true;
    state.needReadable = true;
    state.flowing = false;
    if (state.length > 0) emitReadable(this);
    else if (!state.reading) nextTick(() => this.read(0));
  }
  return this;
};
Readable.prototype.addListener = Readable.prototype.on;
Readable.prototype.removeListener = function (name, listener) {
  EventEmitter.prototype.removeListener.call(this, name, listener);
  if (name === 'readable') updateListening(this);
  return this;
};
Readable.prototype.off = Readable.prototype.removeListener;
Readable.prototype.removeAllListeners = function (name) {
  EventEmitter.prototype.removeAllListeners.call(this, name);
  if (name === 'readable' || name === undefined) updateListening(this);
  return this;
};

function updateListening(stream) {
  nextTick(() => {
    const state = stream._readableState;
    state.readableListening = stream.listenerCount('readable') > 0;
    if (state.resumeScheduled && state.flowing !== true) return;
    if (!state.readableListening && stream.listenerCount('data') > 0 && state.flowing !== true) stream.resume();
  });
}

Readable.prototype.resume = function () {
  const state = this._readableState;
  if (!state.flowing) {
    state.flowing = !state.readableListening;
    if (!state.resumeScheduled) {
      state.resumeScheduled = true;
      nextTick(() => {
        state.resumeScheduled = false;
        if (!state.reading) this.read(0);
        this.emit('resume');
        flow(this);
        if (state.flowing && !state.reading) this.read(0);
      });
    }
  }
  return this;
};
Readable.prototype.pause = function () {
  const state = this._readableState;
  if (state.flowing !== false) {
    state.flowing = false;
    this.emit('pause');
  }
  return this;
};

Readable.prototype.pipe = function (target, options) {
  const state = this._readableState;
  state.pipes.push(target);
  const onData = (chunk) => {
    if (target.write(chunk) === false) {
      state.awaiting.add(target);
      this.pause();
    }
  };
  const onDrain = () => {
    state.awaiting.delete(target);
    if (state.awaiting.size === 0 && this.listenerCount('data') > 0) {
      state.flowing = true;
      flow(this);
      fill(this);
    }
  };
  const onEnd = () => target.end();
  const onError = (error) => {
    this.unpipe(target);
    target.removeListener('error', onError);
    if (target.listenerCount('error') === 0) {
      if (target._writableState && !target._errorEmitted) destroy(target, error);
      else target.emit('error', error);
    }
  };
  const onClose = () => this.unpipe(target);
  const onUnpipe = (source) => {
    if (source === this) clean();
  };
  const clean = () => {
    this.removeListener('data', onData);
    this.removeListener('end', onEnd);
    target.removeListener('drain', onDrain);
    target.removeListener('error', onError);
    target.removeListener('close', onClose);
    target.removeListener('unpipe', onUnpipe);
    if (state.awaiting.has(target)) onDrain();
  };
  const ends = options?.end !== false;
  if (ends) {
    if (state.endEmitted) nextTick(onEnd);
    else this.once('end', onEnd);
  }
  target.on('unpipe', onUnpipe);
  target.on('drain', onDrain);
  target.on('close', onClose);
  if (typeof target.prependListener === 'function') target.prependListener('error', onError);
  else target.on('error', onError);
  target.emit('pipe', this);
  this.on('data', onData);
  if (target.writableNeedDrain === true) {
    state.awaiting.add(target);
    this.pause();
  } else if (!state.flowing) {
    this.resume();
  }
  return target;
};
Readable.prototype.unpipe = function (target) {
  const state = this._readableState;
  const gone = target === undefined ? state.pipes : state.pipes.filter((item) => item === target);
  state.pipes = target === undefined ? [] : state.pipes.filter((item) => item !== target);
  if (state.pipes.length === 0 && gone.length > 0) this.pause();
  for (const item of gone) item.emit('unpipe', this, { hasUnpiped: false });
  return this;
};

Readable.prototype.wrap = function (old) {
  old.on('data', (chunk) => {
    if (!this.push(chunk)) old.pause?.();
  });
  old.on('end', () => this.push(null));
  old.on('error', (error) => destroy(this, error));
  old.on('close', () => destroy(this, null));
  this._read = () => old.resume?.();
  return this;
};

Readable.prototype[Symbol.asyncIterator] = function () {
  return iterate(this);
};
Readable.prototype.iterator = function (options) {
  return iterate(this, options);
};

async function* iterate(stream, options) {
  let wake = () => {};
  const next = () => wake();
  let failure = null;
  const onError = (error) => {
    failure = error;
    wake();
  };
  stream.on('readable', next);
  stream.on('end', next);
  stream.on('close', next);
  stream.on('error', onError);
  try {
    for (;;) {
      const state = stream._readableState;
      const chunk = state.destroyed ? null : stream.read();
      if (chunk !== null) {
        yield chunk;
      } else if (failure ?? state.errored) {
        throw failure ?? state.errored;
      } else if (state.endEmitted) {
        return;
      } else if (state.closeEmitted) {
        throw coded(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close');
      } else {
        await new Promise((resolve) => {
          wake = () => resolve(undefined);
        });
      }
    }
  } finally {
    stream.removeListener('readable', next);
    stream.removeListener('end', next);
    stream.removeListener('close', next);
    stream.removeListener('error', onError);
    if (options?.destroyOnReturn !== false && !stream._readableState.destroyed) {
      stream.on('error', () => {});
      destroy(stream, null);
    }
  }
}

Readable.from = (source, options) => {
  if (typeof source === 'string' || Buffer.isBuffer(source)) {
    return new Readable({
      objectMode: true,
      ...options,
      read() {
        this.push(source);
        this.push(null);
      }
    });
  }
  const iterator = source[Symbol.asyncIterator] ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  let busy = false;
  return new Readable({
    objectMode: true,
    highWaterMark: 1,
    ...options,
    async read() {
      if (busy) return;
      busy = true;
      try {
        for (;;) {
          const { value, done } = await iterator.next();
          if (done) {
            this.push(null);
            return;
          }
          const item = await value;
          if (item === null) throw coded(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
          if (!this.push(item)) {
            busy = false;
            return;
          }
        }
      } catch (error) {
        destroy(this, error);
      }
    },
    destroy(error, callback) {
      Promise.resolve(iterator.return?.()).then(() => callback(error), (reason) => callback(error ?? reason));
    }
  });
};

const readableState = (name, read) => Object.defineProperty(Readable.prototype, name, { get: read, configurable: true });
readableState('readable', function () {
  const state = this._readableState;
  return this._noReadable !== true && !state.destroyed && !state.endEmitted && !state.errored;
});
Object.defineProperty(Readable.prototype, 'destroyed', {
  get() {
    return Boolean((this._readableState ?? this._writableState)?.destroyed);
  },
  set(value) {
    if (this._readableState) this._readableState.destroyed = value;
    if (this._writableState) this._writableState.destroyed = value;
  },
  configurable: true
});
readableState('readableEnded', function () { return this._readableState.endEmitted; });
readableState('readableFlowing', function () { return this._readableState.flowing; });
readableState('readableHighWaterMark', function () { return this._readableState.highWaterMark; });
readableState('readableLength', function () { return this._readableState.length; });
readableState('readableObjectMode', function () { return this._readableState.objectMode; });
readableState('readableEncoding', function () { return this._readableState.encoding; });
readableState('readableAborted', function () { return (this._readableState.destroyed || Boolean(this._readableState.errored)) && !this._readableState.endEmitted; });
readableState('readableDidRead', function () { return this._readableState.dataEmitted; });
readableState('errored', function () { return this._readableState?.errored ?? this._writableState?.errored ?? null; });
readableState('closed', function () { return Boolean((this._readableState ?? this._writableState)?.closed); });
