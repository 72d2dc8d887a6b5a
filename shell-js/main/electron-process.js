/**
 * Electron's additions to `process` that ask the system or V8. Sizes are in kilobytes, as Electron documents them.
 */
import process from 'node:process';
import { builtin } from './builtin.js';

const kilobytes = (bytes) => Math.round(bytes / 1024);

/** The values of a table of `/proc` whose lines are `Name:  number kB`. @param {string} path @returns {Map<string, number>} */
function readTable(path) {
  const table = new Map();
  for (const [, name, value] of builtin.fs.readFileSync(path, 'utf8').matchAll(/^(\w+):\s+(\d+)/gm)) table.set(name, Number(value));
  return table;
}

/** Guards what only Linux answers so far. @template {Function} F @param {string} name @param {F} work @returns {F} */
function onLinux(name, work) {
  if (process.platform === 'linux') return work;
  return /** @type {any} */ (() => {
    throw new Error(`process.${name} is not implemented on ${process.platform} yet`);
  });
}

/** Processor time when it was last asked for. @type {NodeJS.CpuUsage | undefined} */
let lastUsage;
let lastTime = 0;

/** When the process began, in milliseconds since 1970; 0 until it is asked for. */
let started = 0;

export const members = {
  getCreationTime() {
    started ||= Date.now() - process.uptime() * 1000;
    return started;
  },

  getHeapStatistics() {
    const found = builtin.v8.getHeapStatistics();
    return {
      totalHeapSize: kilobytes(found.total_heap_size),
      totalHeapSizeExecutable: kilobytes(found.total_heap_size_executable),
      totalPhysicalSize: kilobytes(found.total_physical_size),
      totalAvailableSize: kilobytes(found.total_available_size),
      usedHeapSize: kilobytes(found.used_heap_size),
      heapSizeLimit: kilobytes(found.heap_size_limit),
      mallocedMemory: kilobytes(found.malloced_memory),
      peakMallocedMemory: kilobytes(found.peak_malloced_memory),
      doesZapGarbage: Boolean(found.does_zap_garbage),
    };
  },

  getProcessMemoryInfo: onLinux('getProcessMemoryInfo', async () => {
    const status = readTable('/proc/self/status');
    const shared = (status.get('RssFile') ?? 0) + (status.get('RssShmem') ?? 0);
    return { residentSet: status.get('VmRSS') ?? 0, private: status.get('RssAnon') ?? 0, shared };
  }),

  getSystemMemoryInfo: onLinux('getSystemMemoryInfo', () => {
    const info = readTable('/proc/meminfo');
    return {
      total: info.get('MemTotal') ?? 0,
      free: info.get('MemFree') ?? 0,
      swapTotal: info.get('SwapTotal') ?? 0,
      swapFree: info.get('SwapFree') ?? 0,
    };
  }),

  getSystemVersion: () => builtin.os.release(),

  /** The share of all processors since the last call, in percent; 0 the first time. */
  getCPUUsage() {
    const now = performance.now();
    const isFirst = lastUsage === undefined;
    const used = process.cpuUsage(lastUsage);
    const seconds = (now - lastTime) / 1000;
    lastUsage = process.cpuUsage();
    lastTime = now;
    const cumulativeCPUUsage = (lastUsage.user + lastUsage.system) / 1e6;
    const percentCPUUsage = !isFirst && seconds > 0 ? ((used.user + used.system) / 1e6 / seconds / builtin.os.cpus().length) * 100 : 0;
    return { percentCPUUsage, idleWakeupsPerSecond: 0, cumulativeCPUUsage };
  },

  /** @param {string} path */
  takeHeapSnapshot(path) {
    try {
      builtin.v8.writeHeapSnapshot(String(path));
      return true;
    } catch {
      return false;
    }
  },

  /** Ends the process with a signal, as a fault in native code would. */
  crash() {
    process.kill(process.pid, 'SIGSEGV');
  },

  /** Stops the main process's JavaScript for good. */
  hang() {
    for (;;);
  },

  // Limits on open files are the system's; Node raises them by itself.
  setFdLimit() {},
};
