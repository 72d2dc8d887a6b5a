/**
 * What pages ask of their Node context apart from what is done to objects: modules, files of modules, the process.
 */
import { builtinModules, Module } from 'node:module';
import path from 'node:path';
import process from 'node:process';

import { Packed } from '../common/membrane.js';
import { isModule, moduleGraph, resolveMeta, scriptOf, textOf } from './modules.js';

/** Members of `process` that pages call here. */
const PROCESS_FUNCTIONS = [
  'cwd', 'chdir', 'kill', 'memoryUsage', 'cpuUsage', 'resourceUsage', 'umask', 'getuid', 'geteuid', 'getgid', 'getegid', 'getgroups', 'uptime',
  'constrainedMemory', 'availableMemory', 'loadEnvFile',
];

/**
 * @param {any} membrane
 * @param {NodeJS.Require} require
 * @returns {(question: any[]) => any}
 */
export function makeExtra(membrane, require) {
  /** The members of a module, as data. @param {any} value */
  function asModule(value) {
    const isNamespace = Object.prototype.toString.call(value) === '[object Module]';
    const prototype = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
    if (!isNamespace && prototype !== Object.prototype && prototype !== null) return value;
    const packed = ['p'];
    for (const key of Object.getOwnPropertyNames(value)) {
      try {
        packed.push(...[key, membrane.pack(value[key])]);
      } catch {
        // What cannot be read or passed is missing.
      }
    }
    return new Packed(packed);
  }

  /** @param {string} folder */
  const requireFrom = (folder) => /** @type {any} */ (Module.createRequire(path.join(folder, 'noop.js')));

  /** @type {Record<string, (...args: any[]) => any>} */
  const answers = {
    builtin: (/** @type {string} */ name) => asModule(name === 'child_process' ? children(require(name)) : require(name)),
    isBuiltin: (/** @type {string} */ name) => builtinModules.includes(name.replace(/^node:/, '')) || (name.startsWith('node:') && Module.isBuiltin(name)),
    builtins: () => builtinModules,
    resolve(/** @type {string} */ id, /** @type {string} */ folder) {
      const found = requireFrom(folder).resolve(id);
      if (!path.isAbsolute(found)) return ['builtin', found];
      return [kindOfFile(found), found];
    },
    paths: (/** @type {string} */ folder) => /** @type {any} */ (Module)._nodeModulePaths(folder),
    read: textOf,
    script: scriptOf,
    isModule,
    modules: moduleGraph,
    resolveMeta,
    // What cannot run in the page: native addons.
    load: (/** @type {string} */ file) => asModule(requireFrom(path.dirname(file))(file)),
    process: () => ({
      ...Object.fromEntries(PROCESS_FUNCTIONS.filter((name) => typeof process[name] === 'function').map((name) => [name, process[name].bind(process)])),
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
    }),
    env(/** @type {Record<string, string | undefined>} */ changes) {
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    },
  };

  return ([kind, name, ...args]) => {
    if (kind !== 'x' || typeof name !== 'string' || !Object.hasOwn(answers, name)) throw new TypeError('Malformed question');
    return answers[name](...args.map(membrane.unpack));
  };
}

const promised = Symbol.for('nodejs.util.promisify.custom');

/**
 * `child_process`, whose children get the environment of this context: by itself a worker thread gives them the process's.
 * @param {any} module
 * @returns {any}
 */
function children(module) {
  const result = { ...module };
  for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
    const original = module[name];
    const complete = (/** @type {any[]} */ args) => {
      const hasList = !name.startsWith('exec') || name.startsWith('execFile');
      const at = hasList && (Array.isArray(args[1]) || (args[1] === undefined && args.length > 2)) ? 2 : 1;
      const options = args[at];
      if (typeof options === 'object' && options !== null) return [...args.slice(0, at), { ...options, env: options.env ?? { ...process.env } }, ...args.slice(at + 1)];
      return [...args.slice(0, at), { env: { ...process.env } }, ...args.slice(options === undefined ? at + 1 : at)];
    };
    result[name] = (/** @type {any[]} */ ...args) => original(...complete(args));
    if (original[promised]) result[name][promised] = (/** @type {any[]} */ ...args) => original[promised](...complete(args));
  }
  return result;
}

/** @param {string} file @returns {'js' | 'json' | 'module' | 'remote'} */
function kindOfFile(file) {
  switch (path.extname(file)) {
    case '.json': return 'json';
    // Native code cannot run in the page.
    case '.node': return 'remote';
    default: return isModule(file) ? 'module' : 'js';
  }
}
