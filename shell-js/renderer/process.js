// `process` of a sandboxed preload.

import { EventEmitter } from './event-emitter.js';
import { refuseAll } from './refusal.js';

const NOT_DONE = [
  'crash', 'hang', 'getBlinkMemoryInfo', 'getCPUUsage', 'getHeapStatistics', 'getProcessMemoryInfo', 'getSystemMemoryInfo',
  'getSystemVersion'
];

/** @param {Record<string, unknown>} config Plain values from the main process. */
export function createProcess(config) {
  const process = Object.assign(Object.create(EventEmitter.prototype), config, {
    type: 'renderer',
    sandboxed: true,
    mas: false,
    windowsStore: false
  });
  Object.freeze(process.versions);
  process.uptime = () => performance.now() / 1000;
  process.getCreationTime = () => performance.timeOrigin;
  process.nextTick = (callback, ...args) => queueMicrotask(() => callback(...args));
  return refuseAll(process, 'process', NOT_DONE);
}
