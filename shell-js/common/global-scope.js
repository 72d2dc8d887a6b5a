/**
 * Makes the global scope of the main process, of headless children and of worker threads look like Node's. The native side evaluates this function, a classic
 * script, before any module; what it must do first, hiding the runtime's own interface, is in the guard extension.
 *
 * @param {boolean} eventSource whether `--experimental-eventsource` was given
 */
(eventSource) => {
  /** What `Object.keys(globalThis)` shows in Node. */
  const enumerable = new Set([
    'global', 'clearImmediate', 'setImmediate', 'clearInterval', 'clearTimeout', 'setInterval', 'setTimeout', 'queueMicrotask',
    'structuredClone', 'atob', 'btoa', 'performance', 'fetch', 'navigator', 'crypto',
  ]);

  /**
   * Globals of a browser window or of the runtime that Node does not have; packages detect their surroundings by them. The event methods
   * stay, on the prototype: the runtime reports uncaught exceptions and rejections by events of the global object. So do those of messages in a
   * worker thread, whose `parentPort` is made of them; they do not show.
   */
  const foreign = [
    'window', 'self', 'Window', 'name', 'close', 'closed', 'alert', 'confirm', 'prompt', 'location', 'Location', 'onerror', 'onload',
    'onbeforeunload', 'onunload', 'onunhandledrejection', 'caches', 'Cache', 'CacheStorage', 'localStorage', 'sessionStorage', 'Storage',
    'Worker', 'ImageBitmap', 'ImageData', 'createImageBitmap', 'OffscreenCanvas', 'OffscreenCanvasRenderingContext2D', 'nodeBootstrap',
    'FileReader', 'ProgressEvent', 'WorkerGlobalScope', 'DedicatedWorkerGlobalScope', 'WorkerLocation', 'WorkerNavigator', 'importScripts',
    'ImageBitmapRenderingContext', 'DOMMatrix', 'DOMMatrixReadOnly', 'DOMPoint', 'DOMPointReadOnly', 'DOMQuad', 'DOMRect', 'DOMRectReadOnly',
    'PromiseRejectionEvent', ...(eventSource ? [] : ['EventSource']), ...Object.getOwnPropertyNames(globalThis).filter((name) => name.startsWith('GPU')),
  ];

  const hide = (name) => {
    const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
    if (descriptor?.configurable) Object.defineProperty(globalThis, name, { ...descriptor, enumerable: false });
  };

  // For its effect: it adds a global when it is first loaded.
  process.getBuiltinModule('module');
  for (const name of foreign) {
    // One that cannot be deleted stays, but does not show.
    if (!Reflect.deleteProperty(globalThis, name)) hide(name);
  }
  Reflect.deleteProperty(Intl, 'v8BreakIterator');
  for (const name of Object.keys(globalThis)) {
    if (!enumerable.has(name)) hide(name);
  }

  // What the global object has from `EventTarget` would show in `for (name in globalThis)`: what lies nearer and does not show is in its way.
  const nearer = Object.getPrototypeOf(globalThis);
  for (const name of Object.keys(EventTarget.prototype)) {
    Object.defineProperty(nearer, name, { value: EventTarget.prototype[name], writable: true, enumerable: false, configurable: true });
  }

  // As in Node, a signal's timeout does not keep the program; the runtime's does while somebody listens.
  const timeout = function timeout(/** @type {any} */ delay) {
    if (typeof delay !== 'number') {
      const { inspect } = process.getBuiltinModule('util');
      throw Object.assign(new TypeError(`The "delay" argument must be of type number. Received ${inspect(delay)}`), { code: 'ERR_INVALID_ARG_TYPE' });
    }
    if (!Number.isInteger(delay) || delay < 0 || delay > 0xffff_ffff) {
      const wanted = Number.isInteger(delay) ? '>= 0 && <= 4294967295' : 'an integer';
      throw Object.assign(new RangeError(`The value of "delay" is out of range. It must be ${wanted}. Received ${delay}`), { code: 'ERR_OUT_OF_RANGE' });
    }
    const controller = new AbortController();
    const expire = () => controller.abort(new globalThis.DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    process.getBuiltinModule('timers').setTimeout(expire, delay).unref();
    return controller.signal;
  };
  Object.defineProperty(AbortSignal, 'timeout', { value: timeout, writable: true, enumerable: true, configurable: true });
  Object.defineProperty(globalThis, Symbol.toStringTag, { value: 'global', writable: false, enumerable: false, configurable: true });
};
