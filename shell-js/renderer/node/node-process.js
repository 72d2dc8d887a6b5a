// `process` of a page with Node: what it has beyond the one of a sandboxed preload.

/**
 * @param {any} process The sandboxed one, which is changed.
 * @param {any} config
 * @param {() => any} remote Members of the context's `process`.
 * @param {(changes: Record<string, string | undefined>) => void} tellEnv
 */
export function extendProcess(process, config, remote, tellEnv) {
  let cwd = config.cwd;
  const start = performance.now();

  function hrtime(previous) {
    const now = performance.now();
    let seconds = Math.floor(now / 1000);
    let nanoseconds = Math.floor((now % 1000) * 1e6);
    if (previous !== undefined) {
      seconds -= previous[0];
      nanoseconds -= previous[1];
      if (nanoseconds < 0) {
        seconds--;
        nanoseconds += 1e9;
      }
    }
    return [seconds, nanoseconds];
  }
  hrtime.bigint = () => BigInt(Math.floor(performance.now() * 1e6));

  // As Node's: every value is text. The context hears of changes, for the sake of the children that it starts.
  const env = new Proxy({ ...process.env }, {
    set(target, key, value) {
      if (typeof key === 'string') {
        target[key] = String(value);
        tellEnv({ [key]: target[key] });
      }
      return true;
    },
    deleteProperty(target, key) {
      delete target[key];
      if (typeof key === 'string') tellEnv({ [key]: undefined });
      return true;
    },
    defineProperty(target, key, descriptor) {
      if (!('value' in descriptor)) throw new TypeError("'process.env' does not accept an accessor(getter/setter) descriptor");
      Object.defineProperty(target, key, { value: String(descriptor.value), writable: true, enumerable: true, configurable: true });
      if (typeof key === 'string') tellEnv({ [key]: target[key] });
      return true;
    }
  });

  Object.assign(process, {
    env,
    hrtime,
    sandboxed: false,
    title: config.title,
    ppid: config.ppid,
    argv0: process.argv[0],
    execArgv: [],
    exitCode: undefined,
    config: { target_defaults: {}, variables: {} },
    features: { inspector: false, ipv6: true, tls: true },
    release: { name: 'node' },
    versions: Object.freeze({ ...process.versions }),
    uptime: () => (performance.now() - start) / 1000,
    cwd: () => cwd,
    chdir(folder) {
      remote().chdir(folder);
      cwd = remote().cwd();
    },
    emitWarning(warning, type, code) {
      const options = typeof type === 'object' && type !== null ? type : { type, code };
      const error = typeof warning === 'string' ? Object.assign(new Error(warning), { name: options.type ?? 'Warning' }) : warning;
      if (options.code) error.code = options.code;
      if (error.name === 'DeprecationWarning' && process.noDeprecation) return;
      queueMicrotask(() => {
        if (!process.emit('warning', error)) console.warn(`(node:${process.pid}) ${error.code ? `[${error.code}] ` : ''}${error.name}: ${error.message}`);
      });
    },
    exit(code) {
      process.exitCode = code ?? process.exitCode ?? 0;
      process.emit('exit', process.exitCode);
      globalThis.close();
    },
    abort() {
      throw new Error('process.abort is not supported in pages');
    },
    binding(name) {
      throw new Error(`No such module: ${name}`);
    }
  });
  process.reallyExit = process.exit;
  const names = ['kill', 'memoryUsage', 'cpuUsage', 'resourceUsage', 'umask', 'constrainedMemory', 'availableMemory', 'loadEnvFile'];
  const users = process.platform === 'win32' ? [] : ['getuid', 'geteuid', 'getgid', 'getegid', 'getgroups'];
  for (const name of [...names, ...users]) process[name] = (...args) => remote()[name](...args);
  process.memoryUsage.rss = () => remote().memoryUsage().rss;
  for (const name of ['stdin', 'stdout', 'stderr']) {
    Object.defineProperty(process, name, { get: () => remote()[name], enumerable: true, configurable: true });
  }
  globalThis.addEventListener('unload', () => {
    if (process.exitCode === undefined) process.emit('exit', 0);
  });
  return process;
}
