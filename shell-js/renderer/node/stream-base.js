// What all kinds of streams of a page share.

import { Buffer } from '../buffer.js';
import { EventEmitter } from '../event-emitter.js';

let byteMark = 64 * 1024;
let objectMark = 16;
export const getDefaultHighWaterMark = (objectMode) => (objectMode ? objectMark : byteMark);
export const setDefaultHighWaterMark = (objectMode, value) => {
  if (objectMode) objectMark = value;
  else byteMark = value;
};
export const nextTick = (callback, ...args) => queueMicrotask(() => callback(...args));
export const coded = (Type, code, message) => Object.assign(new Type(message), { code });
const invalidChunk = (chunk) => coded(TypeError, 'ERR_INVALID_ARG_TYPE', `The "chunk" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${chunk === null ? 'null' : `type ${typeof chunk}`}`);

export function markOf(options, side, objectMode) {
  return options?.[`${side}HighWaterMark`] ?? options?.highWaterMark ?? getDefaultHighWaterMark(objectMode);
}

/** @returns {any} a chunk as bytes unless the stream takes objects */
export function toChunk(chunk, encoding, objectMode) {
  if (objectMode) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk, encoding);
  if (Buffer.isBuffer(chunk)) return chunk;
  if (ArrayBuffer.isView(chunk)) return Buffer.from(/** @type {any} */ (chunk.buffer), chunk.byteOffset, chunk.byteLength);
  throw invalidChunk(chunk);
}

/** @type {any} */
export const Stream = function Stream() {
  EventEmitter.call(this);
};
Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Stream, EventEmitter);

/** Ends a stream of either kind: `_destroy`, then `error` if there is one, then `close`. */
export function destroy(stream, error, callback) {
  const readable = stream._readableState;
  const writable = stream._writableState;
  if (readable?.destroyed || writable?.destroyed) {
    callback?.(error);
    return stream;
  }
  for (const state of [readable, writable]) {
    if (!state) continue;
    state.destroyed = true;
    if (error) state.errored ??= error;
  }
  const done = (reason) => {
    const failure = reason ?? null;
    for (const state of [readable, writable]) {
      if (!state) continue;
      state.closed = true;
      if (failure) state.errored ??= failure;
    }
    callback?.(failure);
    nextTick(() => {
      if (failure && !stream._errorEmitted) {
        stream._errorEmitted = true;
        stream.emit('error', failure);
      }
      if (readable) readable.closeEmitted = true;
      if (writable) writable.closeEmitted = true;
      if (readable?.emitClose !== false && writable?.emitClose !== false) stream.emit('close');
    });
  };
  let called = false;
  const once = (reason) => {
    if (called) return;
    called = true;
    done(reason);
  };
  const run = () => {
    try {
      stream._destroy(error ?? null, once);
    } catch (reason) {
      once(reason);
    }
  };
  if (stream._constructing) stream.once('_constructed', run);
  else run();
  return stream;
}

/** Runs `_construct`, after which the stream begins. */
export function construct(stream, begin) {
  if (typeof stream._construct !== 'function') return;
  Object.defineProperty(stream, '_constructing', { value: true, writable: true, configurable: true });
  nextTick(() => {
    stream._construct((error) => {
      stream._constructing = false;
      stream.emit('_constructed');
      if (error) destroy(stream, error);
      else begin();
    });
  });
}

/** Destroys a stream when the signal says so. */
export function addAbort(signal, stream) {
  const stop = () => stream.destroy(Object.assign(coded(Error, 'ABORT_ERR', 'The operation was aborted'), { name: 'AbortError', cause: signal.reason }));
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return stream;
}
