/**
 * Node's modules that cost milliseconds to load. They are loaded when they are first needed, not before the first line of the app:
 * an import of one of them would bring it into every start. Nor can all of them be evaluated when the snapshot is made.
 */
import process from 'node:process';

/** Property by property, so that nothing is loaded that is not asked for. */
export const builtin = {
  /** @returns {typeof import('node:child_process')} */
  get childProcess() {
    return process.getBuiltinModule('node:child_process');
  },
  /** @returns {typeof import('node:fs')} */
  get fs() {
    return process.getBuiltinModule('node:fs');
  },
  /** @returns {typeof import('node:os')} */
  get os() {
    return process.getBuiltinModule('node:os');
  },
  /** @returns {typeof import('node:v8')} */
  get v8() {
    return process.getBuiltinModule('node:v8');
  },
  /** @returns {typeof import('node:vm')} */
  get vm() {
    return process.getBuiltinModule('node:vm');
  },
  /** @returns {typeof import('node:worker_threads')} */
  get workerThreads() {
    return process.getBuiltinModule('node:worker_threads');
  },
};
