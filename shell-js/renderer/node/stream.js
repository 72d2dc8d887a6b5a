// `stream` of a page: writable streams, those of both kinds, and the functions that join them.

import { EventEmitter } from '../event-emitter.js';
import { Stream, addAbort, coded, construct, destroy, markOf, nextTick, toChunk } from './stream-base.js';
import { getDefaultHighWaterMark, setDefaultHighWaterMark } from './stream-base.js';
import { Readable, endReadable, initReadable } from './stream-readable.js';

/** @type {any} */
export const Writable = function Writable(options) {
  if (!(this instanceof Writable) && !(this instanceof Duplex)) return Reflect.construct(Writable, [options]);
  Stream.call(this);
  initWritable(this, options);
  construct(this, () => work(this));
  return undefined;
};
Object.setPrototypeOf(Writable.prototype, Stream.prototype);
Object.setPrototypeOf(Writable, Stream);
// A duplex stream is one too, although it cannot inherit from both.
Object.defineProperty(Writable, Symbol.hasInstance, {
  value(value) {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    return this === Writable && typeof value === 'object' && value !== null && value instanceof Duplex;
  }
});

function initWritable(stream, options) {
  const objectMode = Boolean(options?.objectMode || options?.writableObjectMode);
  const state = {
    objectMode, highWaterMark: markOf(options, 'writable', objectMode), length: 0, buffered: [], writing: false, sync: false, corked: 0, ending: false, ended: false,
    finished: false, finishing: false, finalCalled: false, needDrain: false, destroyed: false, errored: null, closed: false, closeEmitted: false,
    emitClose: options?.emitClose !== false, autoDestroy: options?.autoDestroy !== false, decodeStrings: options?.decodeStrings !== false,
    defaultEncoding: options?.defaultEncoding ?? 'utf8'
  };
  Object.defineProperty(stream, '_writableState', { value: state, writable: true, configurable: true });
  for (const name of ['write', 'writev', 'final', 'destroy', 'construct']) {
    if (typeof options?.[name] === 'function') stream[`_${name}`] = options[name];
  }
  if (options?.signal) addAbort(options.signal, stream);
}

function write(stream, chunk, encoding, callback) {
  const state = stream._writableState;
  let done = callback;
  let name = encoding;
  if (typeof encoding === 'function') [done, name] = [encoding, undefined];
  name ||= state.defaultEncoding;
  if (chunk === null) throw coded(TypeError, 'ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
  let data = chunk;
  if (!state.objectMode && (typeof chunk !== 'string' || state.decodeStrings)) {
    data = toChunk(chunk, name, false);
    name = 'buffer';
  }
  let error = null;
  if (state.ending) error = coded(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
  else if (state.destroyed) error = coded(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
  if (error !== null) {
    nextTick(() => done?.(error));
    if (!state.destroyed) destroy(stream, error);
    return error;
  }
  const size = state.objectMode ? 1 : data.length;
  state.length += size;
  const room = state.length < state.highWaterMark;
  if (!room) state.needDrain = true;
  state.buffered.push({ chunk: data, encoding: name, callback: done, size });
  work(stream);
  return room && !state.errored && !state.destroyed;
}

// Hands the next chunk, or all that wait, to the implementation.
function work(stream) {
  const state = stream._writableState;
  while (!state.writing && state.corked === 0 && !state.destroyed && !stream._constructing && state.buffered.length > 0) {
    const many = typeof stream._writev === 'function' && state.buffered.length > 1;
    const items = state.buffered.splice(0, many ? state.buffered.length : 1);
    state.writing = true;
    let called = false;
    const done = (error) => {
      if (called) return destroy(stream, coded(Error, 'ERR_MULTIPLE_CALLBACK', 'Callback called multiple times'));
      called = true;
      return written(stream, items, error);
    };
    state.sync = true;
    try {
      if (many) stream._writev(items.map(({ chunk, encoding }) => ({ chunk, encoding })), done);
      else if (stream._write !== Writable.prototype._write || typeof stream._writev !== 'function') stream._write(items[0].chunk, items[0].encoding, done);
      else stream._writev(items.map(({ chunk, encoding }) => ({ chunk, encoding })), done);
    } catch (error) {
      state.sync = false;
      state.writing = false;
      throw error;
    }
    state.sync = false;
  }
  if (state.ending) finishWritable(stream);
}

function written(stream, items, error) {
  const state = stream._writableState;
  state.writing = false;
  for (const { size } of items) state.length -= size;
  const after = () => {
    for (const { callback } of items) callback?.(error ?? null);
    if (error) return;
    if (state.needDrain && state.length === 0 && !state.ending && !state.destroyed) {
      state.needDrain = false;
      stream.emit('drain');
    }
    if (state.ending) finishWritable(stream);
  };
  if (error) {
    state.errored ??= error;
    nextTick(() => {
      after();
      failBuffered(state);
      destroy(stream, error);
    });
    return;
  }
  if (state.sync) nextTick(after);
  else after();
  if (!state.sync) work(stream);
}

function failBuffered(state) {
  const error = state.errored ?? coded(Error, 'ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed');
  for (const { callback, size } of state.buffered.splice(0)) {
    state.length -= size;
    callback?.(error);
  }
}

function finishWritable(stream) {
  const state = stream._writableState;
  if (state.writing || state.buffered.length > 0 || state.length > 0 || state.finishing || state.destroyed || state.errored || stream._constructing) return;
  state.finishing = true;
  const done = (error) => {
    if (error) {
      for (const callback of state.onFinish?.splice(0) ?? []) callback(error);
      destroy(stream, error);
      return;
    }
    nextTick(() => {
      if (state.destroyed || state.errored) return;
      state.finished = true;
      for (const callback of state.onFinish?.splice(0) ?? []) callback();
      stream.emit('finish');
      const readable = stream._readableState;
      if (state.autoDestroy && (!readable || (readable.autoDestroy && (readable.endEmitted || stream._noReadable)))) destroy(stream, null);
    });
  };
  nextTick(() => {
    if (state.destroyed) return;
    stream.emit('prefinish');
    if (typeof stream._final !== 'function') return done(null);
    state.finalCalled = true;
    try {
      stream._final(done);
    } catch (error) {
      done(error);
    }
    return undefined;
  });
}

const writableMethods = {
  _write(_chunk, _encoding, callback) {
    callback(coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _write() method is not implemented'));
  },
  _destroy(error, callback) {
    callback(error);
  },
  write(chunk, encoding, callback) {
    return write(this, chunk, encoding, callback) === true;
  },
  end(chunk, encoding, callback) {
    const state = this._writableState;
    if (typeof chunk === 'function') [chunk, encoding, callback] = [null, null, chunk];
    else if (typeof encoding === 'function') [encoding, callback] = [null, encoding];
    if (chunk !== null && chunk !== undefined) write(this, chunk, encoding, undefined);
    if (state.corked > 0) {
      state.corked = 1;
      this.uncork();
    }
    let error = null;
    if (state.finished) error = coded(Error, 'ERR_STREAM_ALREADY_FINISHED', 'Cannot call end after a stream was finished');
    else if (state.destroyed) error = coded(Error, 'ERR_STREAM_DESTROYED', 'Cannot call end after a stream was destroyed');
    if (typeof callback === 'function') {
      if (error) nextTick(() => callback(state.finished ? undefined : error));
      else (state.onFinish ??= []).push(callback);
    }
    if (error === null && !state.ending) {
      state.ending = true;
      finishWritable(this);
      state.ended = true;
    }
    return this;
  },
  cork() {
    this._writableState.corked++;
  },
  uncork() {
    const state = this._writableState;
    if (state.corked > 0) state.corked--;
    if (state.corked === 0) work(this);
  },
  setDefaultEncoding(encoding) {
    this._writableState.defaultEncoding = String(encoding).toLowerCase();
    return this;
  }
};
Object.assign(Writable.prototype, writableMethods, {
  destroy(error, callback) {
    return destroyWritable(this, error, callback);
  },
  /** @this {any} */
  pipe() {
    this.emit('error', coded(Error, 'ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable'));
  }
});

function destroyWritable(stream, error, callback) {
  const state = stream._writableState;
  if (!state.destroyed && (state.buffered.length > 0 || state.onFinish?.length > 0)) {
    nextTick(() => {
      failBuffered(state);
      const reason = state.errored ?? coded(Error, 'ERR_STREAM_DESTROYED', 'Cannot call end after a stream was destroyed');
      for (const waiting of state.onFinish?.splice(0) ?? []) waiting(reason);
    });
  }
  return destroy(stream, error, callback);
}

const writableState = {
  writable() {
    const state = this._writableState;
    return this._noWritable !== true && !state.destroyed && !state.errored && !state.ending && !state.ended;
  },
  writableEnded() { return this._writableState.ending; },
  writableFinished() { return this._writableState.finished; },
  writableHighWaterMark() { return this._writableState.highWaterMark; },
  writableLength() { return this._writableState.length; },
  writableObjectMode() { return this._writableState.objectMode; },
  writableCorked() { return this._writableState.corked; },
  writableNeedDrain() {
    const state = this._writableState;
    return !state.destroyed && !state.ending && state.needDrain;
  },
  writableAborted() { return (this._writableState.destroyed || Boolean(this._writableState.errored)) && !this._writableState.finished; }
};
for (const name of ['destroyed', 'errored', 'closed']) {
  Object.defineProperty(Writable.prototype, name, Object.getOwnPropertyDescriptor(Readable.prototype, name));
}

/** @type {any} */
export const Duplex = function Duplex(options) {
  if (!(this instanceof Duplex)) return Reflect.construct(Duplex, [options]);
  Stream.call(this);
  initReadable(this, options);
  initWritable(this, options);
  this.allowHalfOpen = options?.allowHalfOpen !== false;
  if (options?.readable === false) {
    Object.defineProperty(this, '_noReadable', { value: true });
    Object.assign(this._readableState, { ended: true, endEmitted: true });
  }
  if (options?.writable === false) {
    Object.defineProperty(this, '_noWritable', { value: true });
    Object.assign(this._writableState, { ending: true, ended: true, finished: true });
  }
  construct(this, () => {
    work(this);
    if (this._readableState.needReadable || this._readableState.flowing) this.read(0);
  });
  return undefined;
};
Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
Object.setPrototypeOf(Duplex, Readable);
Object.assign(Duplex.prototype, writableMethods, {
  destroy(error, callback) {
    return destroyWritable(this, error, callback);
  }
});
for (const [name, get] of Object.entries(writableState)) {
  Object.defineProperty(Writable.prototype, name, { get, configurable: true });
  Object.defineProperty(Duplex.prototype, name, { get, configurable: true });
}

/** @type {any} */
export const Transform = function Transform(options) {
  if (!(this instanceof Transform)) return Reflect.construct(Transform, [options]);
  Duplex.call(this, options);
  // Not asked for before there is something to transform.
  this._readableState.sync = false;
  Object.defineProperty(this, '_pending', { value: null, writable: true });
  if (typeof options?.transform === 'function') this._transform = options.transform;
  if (typeof options?.flush === 'function') this._flush = options.flush;
  return undefined;
};
Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
Object.setPrototypeOf(Transform, Duplex);
Transform.prototype._transform = function () {
  throw coded(Error, 'ERR_METHOD_NOT_IMPLEMENTED', 'The _transform() method is not implemented');
};
Transform.prototype._write = function (chunk, encoding, callback) {
  const readable = this._readableState;
  const before = readable.length;
  this._transform(chunk, encoding, (error, value) => {
    if (error) return callback(error);
    if (value !== undefined && value !== null) this.push(value);
    if (readable.ended || before === readable.length || readable.length < readable.highWaterMark) return callback();
    // The reader has to catch up first.
    this._pending = callback;
    return undefined;
  });
};
Transform.prototype._read = function () {
  const callback = this._pending;
  this._pending = null;
  this._readableState.reading = false;
  callback?.();
};
Transform.prototype._final = function (callback) {
  const done = (error, value) => {
    if (error) return callback(error);
    if (value !== undefined && value !== null) this.push(value);
    this.push(null);
    return callback();
  };
  if (typeof this._flush === 'function') this._flush(done);
  else done(null);
};

/** @type {any} */
export const PassThrough = function PassThrough(options) {
  if (!(this instanceof PassThrough)) return Reflect.construct(PassThrough, [options]);
  Transform.call(this, options);
  return undefined;
};
Object.setPrototypeOf(PassThrough.prototype, Transform.prototype);
Object.setPrototypeOf(PassThrough, Transform);
PassThrough.prototype._transform = function (chunk, _encoding, callback) {
  callback(null, chunk);
};

const isStream = (value) => typeof value === 'object' && value !== null && typeof value.on === 'function' && (typeof value.pipe === 'function' || typeof value.write === 'function');
const isReadable = (stream) => typeof stream.read === 'function' && stream._noReadable !== true;
const isWritable = (stream) => typeof stream.write === 'function' && stream._noWritable !== true;

export function finished(stream, options, callback) {
  if (typeof options === 'function') [options, callback] = [{}, options];
  const wantsRead = options?.readable ?? isReadable(stream);
  const wantsWrite = options?.writable ?? isWritable(stream);
  let readDone = !wantsRead || stream.readableEnded === true;
  let writeDone = !wantsWrite || stream.writableFinished === true;
  let over = false;
  const done = (error) => {
    if (over) return;
    over = true;
    callback.call(stream, error);
  };
  const check = () => {
    if (readDone && writeDone) done(undefined);
  };
  const onEnd = () => {
    readDone = true;
    check();
  };
  const onFinish = () => {
    writeDone = true;
    check();
  };
  const onClose = () => {
    if (stream.errored) done(stream.errored);
    else if (!readDone && stream.readableEnded !== true) done(coded(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close'));
    else if (!writeDone && stream.writableFinished !== true) done(coded(Error, 'ERR_STREAM_PREMATURE_CLOSE', 'Premature close'));
    else done(undefined);
  };
  const onAbort = () => done(Object.assign(coded(Error, 'ABORT_ERR', 'The operation was aborted'), { name: 'AbortError' }));
  stream.on('end', onEnd);
  stream.on('finish', onFinish);
  if (options?.error !== false) stream.on('error', done);
  stream.on('close', onClose);
  if (stream.closed === true) nextTick(onClose);
  else if (readDone && writeDone) nextTick(check);
  if (options?.signal) {
    if (options.signal.aborted) nextTick(onAbort);
    else options.signal.addEventListener('abort', onAbort, { once: true });
  }
  return () => {
    stream.removeListener('end', onEnd);
    stream.removeListener('finish', onFinish);
    stream.removeListener('error', done);
    stream.removeListener('close', onClose);
    over = true;
  };
}

function toStream(value, source, index, last) {
  if (isStream(value)) return value;
  if (typeof value === 'function') {
    const result = index === 0 ? value() : value(source);
    if (typeof result?.then === 'function') {
      // The last one: it takes everything and answers with a value.
      const through = new PassThrough({ objectMode: true });
      result.then(
        (answer) => {
          through.result = answer;
          if (!last) through.write(answer);
          through.end();
          through.resume();
        },
        (error) => through.destroy(error)
      );
      return through;
    }
    return Readable.from(result);
  }
  if (value?.[Symbol.asyncIterator] || value?.[Symbol.iterator]) return Readable.from(value);
  throw coded(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "streams" argument must be streams, iterables or functions');
}

export function pipeline(...args) {
  const callback = typeof args[args.length - 1] === 'function' && (args.length > 2 || isStream(args[0])) ? args.pop() : () => {};
  const parts = args.length === 1 && Array.isArray(args[0]) ? args[0] : args;
  if (parts.length < 2) throw coded(TypeError, 'ERR_MISSING_ARGS', 'The "streams" argument must be specified');
  const streams = [];
  let failure;
  let left = 0;
  let over = false;
  const done = (error) => {
    if (error && !failure) failure = error;
    left--;
    if (failure) for (const stream of streams) if (!stream.destroyed) stream.destroy?.(failure);
    if (over || (left > 0 && !failure)) return;
    over = true;
    callback(failure, streams[streams.length - 1].result);
  };
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    const stream = toStream(part, streams[index - 1], index, last);
    streams.push(stream);
    if (index > 0 && isStream(part)) streams[index - 1].pipe(stream);
    left++;
    finished(stream, { readable: index < parts.length - 1, writable: index > 0 && isStream(part) }, (error) => {
      // A reader that was cut short by the end of what comes after it.
      done(error);
    });
    stream.on('error', () => {});
  }
  return streams[streams.length - 1];
}

export const streamPromises = {
  finished: (stream, options) =>
    new Promise((resolve, reject) => {
      finished(stream, options ?? {}, (error) => (error ? reject(error) : resolve(undefined)));
    }),
  pipeline: (...args) =>
    new Promise((resolve, reject) => {
      const last = args[args.length - 1];
      const options = typeof last === 'object' && last !== null && !isStream(last) && !last[Symbol.asyncIterator] && !last[Symbol.iterator] ? args.pop() : {};
      const end = pipeline(...args, (error, value) => (error ? reject(error) : resolve(value)));
      if (options.signal) addAbort(options.signal, end);
    })
};

/** What `require('stream')` gives. */
export function createStream() {
  // Streams of old that are no readable ones.
  Stream.prototype.pipe = function (target, options) {
    this.on('data', (chunk) => {
      if (target.write(chunk) === false) this.pause?.();
    });
    target.on('drain', () => this.resume?.());
    if (options?.end !== false) this.on('end', () => target.end());
    target.emit('pipe', this);
    return target;
  };
  for (const [name, target] of [['isReadable', (stream) => stream.readable === true], ['isErrored', (stream) => Boolean(stream.errored)], ['isDisturbed', (stream) => stream.readableDidRead === true || stream.readableAborted === true]]) {
    Stream[/** @type {string} */ (name)] = target;
  }
  const promised = Symbol.for('nodejs.util.promisify.custom');
  Object.defineProperty(pipeline, promised, { value: streamPromises.pipeline });
  Object.defineProperty(finished, promised, { value: streamPromises.finished });
  return Object.assign(Stream, {
    Stream, Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, promises: streamPromises, getDefaultHighWaterMark, setDefaultHighWaterMark,
    addAbortSignal: (signal, stream) => addAbort(signal, stream),
    destroy: (stream, error) => destroy(stream, error),
    EventEmitter,
    _isUint8Array: (value) => value instanceof Uint8Array,
    _endReadable: endReadable
  });
}
