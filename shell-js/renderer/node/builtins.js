// Node's modules as a page gets them: some run here, the rest is asked of the page's Node context.

import { createAssert } from './assert.js';
import { createEvents } from './events.js';
import { format } from './inspect.js';
import { legacyUrl } from './legacy-url.js';
import { createBufferModule } from './node-buffer.js';
import { createPath } from './path.js';
import { querystring } from './querystring.js';
import { dataClasses } from './remote.js';
import { createStream, streamPromises } from './stream.js';
import { StringDecoder } from './string-decoder.js';
import { timers, timersPromises } from './timers.js';
import { createUtil, types } from './util.js';

/** Without `node:` in front. */
export const BUILTINS = [
  'assert', 'assert/strict', 'async_hooks', 'buffer', 'child_process', 'cluster', 'console', 'constants', 'crypto', 'dgram', 'diagnostics_channel', 'dns',
  'dns/promises', 'domain', 'events', 'fs', 'fs/promises', 'http', 'http2', 'https', 'inspector', 'inspector/promises', 'module', 'net', 'os', 'path', 'path/posix',
  'path/win32', 'perf_hooks', 'process', 'punycode', 'querystring', 'readline', 'readline/promises', 'repl', 'stream', 'stream/consumers', 'stream/promises',
  'stream/web', 'string_decoder', 'sys', 'timers', 'timers/promises', 'tls', 'trace_events', 'tty', 'url', 'util', 'util/types', 'v8', 'vm', 'wasi',
  'worker_threads', 'zlib'
];
const PREFIXED = ['node:sea', 'node:sqlite', 'node:test', 'node:test/reporters'];
const known = new Set(BUILTINS);

/** @param {string} id @returns {string | null} the name of a module of Node's, without `node:` where it can be */
export function builtinName(id) {
  if (PREFIXED.includes(id)) return id;
  const name = id.startsWith('node:') ? id.slice(5) : id === 'original-fs' ? 'fs' : id;
  return known.has(name) ? name : null;
}

const WEB_STREAMS = [
  'ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader', 'ReadableStreamBYOBRequest', 'ReadableByteStreamController',
  'ReadableStreamDefaultController', 'TransformStream', 'TransformStreamDefaultController', 'WritableStream', 'WritableStreamDefaultWriter',
  'WritableStreamDefaultController', 'ByteLengthQueuingStrategy', 'CountQueuingStrategy', 'TextEncoderStream', 'TextDecoderStream', 'CompressionStream', 'DecompressionStream'
];

async function collect(source) {
  const parts = [];
  for await (const part of source) parts.push(part);
  return parts;
}

/**
 * @param {any} remote
 * @param {any} process
 * @param {(code: string, url: string) => any} evaluate
 * @param {() => any} moduleClass
 * @returns {(name: string) => any}
 */
export function createBuiltins(remote, process, evaluate, moduleClass) {
  const loaded = new Map();
  const fetched = (name) => remote.ask('builtin', name);
  const builtin = (name) => {
    if (!loaded.has(name)) loaded.set(name, (Object.hasOwn(local, name) ? local[name] : fetched)(name));
    return loaded.get(name);
  };

  function path() {
    const posix = createPath(() => process.cwd());
    Object.defineProperty(posix, 'remote', { value: () => builtin(':path') });
    Object.assign(posix, { posix });
    Object.defineProperty(posix, 'win32', { get: () => builtin(':path').win32, enumerable: true, configurable: true });
    return posix;
  }

  // The context's module, with the classes whose instances come over as copies.
  function fs() {
    const module = fetched('fs');
    Object.assign(module, dataClasses);
    // One object, whichever way it is asked for.
    Object.defineProperty(module, 'promises', { get: () => builtin('fs/promises'), enumerable: true, configurable: true });
    return module;
  }

  function vm() {
    const runInThisContext = (code, options) => evaluate(String(code), typeof options === 'string' ? options : options?.filename ?? 'evalmachine');
    class Script {
      constructor(code, options) {
        // What cannot be parsed is told at once.
        new Function(String(code));
        this._code = String(code);
        this._options = options;
      }

      runInThisContext() {
        return runInThisContext(this._code, this._options);
      }

      runInContext(context, options) {
        return builtin(':vm').runInContext(this._code, context, options);
      }

      runInNewContext(context, options) {
        return builtin(':vm').runInNewContext(this._code, context, options);
      }
    }
    return { ...builtin(':vm'), runInThisContext, Script };
  }

  function Console(options, errors) {
    const out = options?.stdout ?? options;
    const err = options?.stderr ?? errors ?? out;
    const to = (stream) => (...args) => {
      stream.write(`${format(...args)}\n`);
    };
    Object.assign(this, console, { log: to(out), info: to(out), debug: to(out), dir: to(out), error: to(err), warn: to(err), trace: to(err) });
  }

  const local = {
    assert: createAssert,
    'assert/strict': () => builtin('assert').strict,
    buffer: createBufferModule,
    console: () => Object.assign(Object.create(console), { Console, console }),
    events: createEvents,
    fs,
    module: () => moduleClass(),
    path: () => (process.platform === 'win32' ? builtin(':path') : path()),
    ':path': () => fetched('path'),
    'path/posix': () => (process.platform === 'win32' ? builtin('path').posix : builtin('path')),
    'path/win32': () => builtin('path').win32,
    perf_hooks: () => ({ performance, PerformanceObserver: globalThis.PerformanceObserver, constants: {}, monitorEventLoopDelay: () => fetched('perf_hooks').monitorEventLoopDelay() }),
    process: () => process,
    querystring: () => querystring,
    stream: createStream,
    'stream/consumers': () => ({
      arrayBuffer: async (source) => builtin('stream/consumers').buffer(source).then((bytes) => new Uint8Array(bytes).buffer),
      blob: async (source) => new Blob(await collect(source)),
      buffer: async (source) => builtin('buffer').Buffer.concat((await collect(source)).map((part) => builtin('buffer').Buffer.from(part))),
      json: async (source) => JSON.parse(await builtin('stream/consumers').text(source)),
      async text(source) {
        const decoder = new StringDecoder('utf8');
        return (await collect(source)).map((part) => decoder.write(part)).join('') + decoder.end();
      }
    }),
    'stream/promises': () => streamPromises,
    'stream/web': () => Object.fromEntries(WEB_STREAMS.filter((name) => name in globalThis).map((name) => [name, globalThis[name]])),
    string_decoder: () => ({ StringDecoder }),
    sys: () => builtin('util'),
    timers: () => timers,
    'timers/promises': () => timersPromises,
    url: () => legacyUrl,
    util: () => createUtil(() => process, () => builtin(':util')),
    ':util': () => fetched('util'),
    'util/types': () => types,
    vm,
    ':vm': () => fetched('vm'),
    // To the page's own scripts the page is the main thread.
    worker_threads: () => Object.assign(fetched('worker_threads'), { isMainThread: true, parentPort: null, workerData: null, threadId: 0 })
  };
  return builtin;
}
