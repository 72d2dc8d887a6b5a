// `process` of a sandboxed preload.

import { EventEmitter } from './event-emitter.js';
import { refuseAll } from './refusal.js';

// The page's engine is not Blink, and tells nobody of its heap.
const NOT_DONE = ['getBlinkMemoryInfo', 'getHeapStatistics'];

/**
 * @param {Record<string, unknown>} config Plain values from the main process.
 * @param {any} host What transport.js makes.
 */
export function createProcess(config, host) {
  const process = Object.assign(Object.create(EventEmitter.prototype), config, {
    type: 'renderer',
    sandboxed: true,
    mas: false,
    windowsStore: false
  });
  Object.freeze(process.versions);
  let created;
  Object.assign(process, {
    nextTick: (callback, ...args) => queueMicrotask(() => callback(...args)),
    getCreationTime: () => (created ??= host.ask('created')),
    uptime: () => (Date.now() - process.getCreationTime()) / 1000,
    getCPUUsage: () => host.ask('cpu'),
    getProcessMemoryInfo: async () => host.ask('memory'),
    getSystemMemoryInfo: () => host.ask('systemMemory'),
    getSystemVersion: () => host.ask('systemVersion'),
    crash() {
      host.ask('crash');
      process.hang();
    },
    hang() {
      for (;;);
    }
  });
  return refuseAll(process, 'process', NOT_DONE);
}
