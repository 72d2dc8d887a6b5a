/**
 * Options of Node's command line that concern each thread of a headless child, its main one and its workers. The native side evaluates this function, a classic
 * script, before any module, in processes that were given one of them.
 *
 * @param {{switches: Record<string, boolean>, values: Record<string, string[]>}} options
 */
({ switches, values }) => {
  const { op_inspector_connect, op_inspector_dispatch } = globalThis.__shellNative;
  /** @type {any} */
  const process = globalThis.process;
  const path = process.getBuiltinModule('path');
  /** @param {string} name */
  const lastOf = (name) => values[name]?.at(-1);
  /** Whichever folder the program goes to, what it writes for us lies where it began. @param {string} file */
  const place = (file) => path.resolve(file);

  /** Written at once, as the process may be about to end. @param {string} text */
  const report = (text) => {
    try {
      process.getBuiltinModule('fs').writeSync(2, text);
    } catch {
      // There is no other place to say it.
    }
  };

  const threadOf = () => process.getBuiltinModule('worker_threads').threadId;

  // --- Warnings

  /** What Node prints of a warning. @param {any} warning */
  function textOfWarning(warning) {
    const isDeprecation = warning.name === 'DeprecationWarning';
    const traced = process.traceProcessWarnings || (isDeprecation && process.traceDeprecation);
    const code = warning.code ? `[${warning.code}] ` : '';
    const detail = typeof warning.detail === 'string' ? `\n${warning.detail}` : '';
    return `(${process.release.name}:${process.pid}) ${code}${(traced && warning.stack) || String(warning)}${detail}\n`;
  }

  /** Warnings go to a file, each as it comes. Where it cannot be written they are printed, so that none is lost. @param {string} target */
  function redirectWarnings(target) {
    const [print] = process.listeners('warning');
    if (print === undefined) return;
    process.off('warning', print);
    process.on('warning', (/** @type {any} */ warning) => {
      if (!(warning instanceof Error) || (warning.name === 'DeprecationWarning' && process.noDeprecation)) return;
      try {
        process.getBuiltinModule('fs').appendFileSync(target, textOfWarning(warning));
      } catch {
        print.call(process, warning);
      }
    });
  }

  /** `--trace-exit`: says where `process.exit` was called. */
  function traceExit() {
    const end = process.reallyExit;
    /** @param {number} code */
    process.reallyExit = function reallyExit(code) {
      const here = /** @type {{stack: string}} */ ({});
      Error.captureStackTrace(here, reallyExit);
      const thread = threadOf();
      const who = `${process.release.name}:${process.pid}${thread === 0 ? '' : `, thread:${thread}`}`;
      report(`(${who}) WARNING: Exited the environment with code ${code ?? 0}\n${here.stack.replace(/^.*\n/, '')}\n`);
      return end.call(process, code);
    };
  }

  // --- The language and HTTP

  /** `--disable-proto`, in this context and those of `vm`. @param {string} mode */
  function disableProto(mode) {
    const refuse = () => {
      const error = new Error('Accessing Object.prototype.__proto__ has been disallowed with --disable-proto=throw');
      throw Object.assign(error, { code: 'ERR_PROTO_ACCESS' });
    };
    const { defineProperty, deleteProperty } = Reflect;
    /** @param {any} prototype */
    const disable = (prototype) => {
      if (mode === 'delete') deleteProperty(prototype, '__proto__');
      else defineProperty(prototype, '__proto__', { get: refuse, set: refuse });
    };
    disable(Object.prototype);
    const vm = process.getBuiltinModule('vm');
    const { createContext, runInContext } = vm;
    vm.createContext = function (/** @type {unknown[]} */ ...args) {
      const context = createContext.apply(this, args);
      disable(runInContext('Object.prototype', context));
      return context;
    };
    vm.runInNewContext = (/** @type {string} */ code, /** @type {any} */ object, /** @type {any} */ settings) => vm.runInContext(code, vm.createContext(object ?? {}), settings);
    vm.Script.prototype.runInNewContext = function (/** @type {any} */ object, /** @type {any} */ settings) {
      return this.runInContext(vm.createContext(object ?? {}), settings);
    };
  }

  /** `--max-http-header-size`: what a parser takes that was told no other size. @param {number} bytes */
  function limitHeaders(bytes) {
    process.getBuiltinModule('http').maxHeaderSize = bytes;
    const { prototype } = process.binding('http_parser').HTTPParser;
    const { initialize } = prototype;
    prototype.initialize = function (/** @type {unknown} */ type, /** @type {unknown} */ resource, /** @type {number} */ size, /** @type {unknown[]} */ ...rest) {
      return initialize.call(this, type, resource, size || bytes, ...rest);
    };
  }

  // --- Profiles and snapshots

  /**
   * A session with this thread's inspector. Its answers are there when a call returns, which those of `node:inspector` are not: they come as ticks, and
   * a process that ends has no more of them.
   * @returns {(method: string, params?: object) => any} gives the result of a command
   */
  function inspectSelf() {
    /** @type {Map<number, any>} */
    const answers = new Map();
    let last = 0;
    const session = op_inspector_connect(false, (/** @type {string} */ message) => {
      const { id, result, error } = JSON.parse(message);
      if (id !== undefined) answers.set(id, { result, error });
    });
    return (method, params = {}) => {
      const id = ++last;
      op_inspector_dispatch(session, JSON.stringify({ id, method, params }));
      const { result, error } = answers.get(id) ?? { error: { message: 'no answer' } };
      answers.delete(id);
      if (error !== undefined) throw new Error(`${method}: ${error.message}`);
      return result;
    };
  }

  /** The interval is in microseconds or bytes. */
  const PROFILERS = [
    {
      option: '--cpu-prof',
      prefix: 'CPU',
      extension: 'cpuprofile',
      standard: 1000,
      begin(/** @type {ReturnType<typeof inspectSelf>} */ post, /** @type {number} */ interval) {
        post('Profiler.enable');
        post('Profiler.setSamplingInterval', { interval });
        post('Profiler.start');
      },
      end: 'Profiler.stop',
    },
    {
      option: '--heap-prof',
      prefix: 'Heap',
      extension: 'heapprofile',
      standard: 512 * 1024,
      begin(/** @type {ReturnType<typeof inspectSelf>} */ post, /** @type {number} */ samplingInterval) {
        post('HeapProfiler.enable');
        post('HeapProfiler.startSampling', { samplingInterval });
      },
      end: 'HeapProfiler.stopSampling',
    },
  ];

  /** `yyyymmdd.hhmmss` of now, here. */
  function moment() {
    const now = new Date();
    const digits = (/** @type {number} */ value, width = 2) => String(value).padStart(width, '0');
    const day = `${digits(now.getFullYear(), 4)}${digits(now.getMonth() + 1)}${digits(now.getDate())}`;
    return `${day}.${digits(now.getHours())}${digits(now.getMinutes())}${digits(now.getSeconds())}`;
  }

  /** What has begun and is to be written. @type {(() => void)[]} */
  const unwritten = [];
  const writeProfiles = () => {
    for (const write of unwritten.splice(0)) write();
  };

  /** Watches the program until it ends, then writes what was seen. */
  function startProfiles() {
    for (const { option, prefix, extension, standard, begin, end } of PROFILERS) {
      if (!switches[option]) continue;
      const folder = place(lastOf(`${option}-dir`) ?? lastOf('--diagnostic-dir') ?? '.');
      const begun = moment();
      const post = inspectSelf();
      begin(post, Number(lastOf(`${option}-interval`) ?? standard));
      unwritten.push(() => {
        const fs = process.getBuiltinModule('fs');
        const named = lastOf(`${option}-name`)?.replaceAll('${pid}', String(process.pid));
        const file = path.join(folder, named ?? `${prefix}.${begun}.${process.pid}.${threadOf()}.001.${extension}`);
        try {
          fs.mkdirSync(path.dirname(file), { recursive: true });
          fs.writeFileSync(file, JSON.stringify(post(end).profile));
        } catch (error) {
          report(`${process.execPath}: the profile of ${option} is lost: ${/** @type {Error} */ (error).message}\n`);
        }
      });
    }
    if (unwritten.length === 0) return;
    process.on('exit', writeProfiles);
    endBySignal();
  }

  /** A process that sends itself the signal that ends it has no `exit`. */
  function endBySignal() {
    const send = process.kill;
    const { signals } = process.getBuiltinModule('os').constants;
    process.kill = function kill(/** @type {number} */ pid, /** @type {string | number} */ signal = 'SIGTERM') {
      const ends = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGKILL'].find((name) => name === signal || signals[name] === signal);
      if (pid === process.pid && ends !== undefined && process.listenerCount(ends) === 0) writeProfiles();
      return send.call(process, pid, signal);
    };
  }

  /** `--heapsnapshot-signal`: a signal has the heap written to a file. @param {string} signal */
  function snapshotAtSignal(signal) {
    const folder = place(lastOf('--diagnostic-dir') ?? '.');
    process.on(signal, () => {
      const file = `Heap.${moment()}.${process.pid}.0.001.heapsnapshot`;
      process.getBuiltinModule('v8').writeHeapSnapshot(path.join(folder, file));
    });
  }

  const redirected = lastOf('--redirect-warnings');
  if (redirected) redirectWarnings(place(redirected));
  if (switches['--trace-exit']) traceExit();
  const proto = lastOf('--disable-proto');
  if (proto !== undefined) disableProto(proto);
  const headers = lastOf('--max-http-header-size');
  if (headers !== undefined) limitHeaders(Number(headers));
  const signal = lastOf('--heapsnapshot-signal');
  if (signal !== undefined && process.getBuiltinModule('worker_threads').isMainThread) snapshotAtSignal(signal);
  startProfiles();
};
