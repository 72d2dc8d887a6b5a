// CommonJS in a page, as Node has it: files are found and read by the page's Node context, and run here. ES modules are es-modules.js's.

import { clearImmediate, setImmediate } from '../immediate.js';
import { asStrictCode } from '../preload-loader.js';
import { NodeBuffer } from './node-buffer.js';
import { BUILTINS, builtinName, createBuiltins } from './builtins.js';
import { createModules } from './es-modules.js';

const PARAMETERS = 'exports, require, module, __filename, __dirname';
// Two functions: a module may declare a `Buffer` of its own.
const WRAPPER = [
  `(function (${PARAMETERS}, process, global, Buffer, setImmediate, clearImmediate) { return (function (${PARAMETERS}) { `,
  `\n}).call(this, ${PARAMETERS}); });`
];
const ELECTRON = new Set(['electron', 'electron/renderer', 'electron/common']);
/** What a script must have that is not run as it is written: its types go, and its `import()` becomes a function. */
const REWRITTEN = /\bimport\s*\(/;
const TYPESCRIPT = /\.[cm]?ts$/;

const folderOf = (file) => {
  const index = Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'));
  return index <= 0 ? file.slice(0, index + 1) || '/' : file.slice(0, index);
};

/**
 * @param {any} remote
 * @param {any} process
 * @param {() => any} electron What `require('electron')` gives.
 * @param {(code: string, url: string) => any} evaluate Runs code in this world; throws what cannot be parsed.
 * @param {boolean} isolated Whether this world is to be kept from the page.
 */
export function createLoader(remote, process, electron, evaluate, isolated) {
  // `[kind, path]` by folder and name: resolving is a question to the context, and many modules ask for the same.
  const resolved = new Map();
  const kinds = new Map();
  const builtin = createBuiltins(remote, process, evaluate, () => Module);
  const globals = [process, globalThis, NodeBuffer, setImmediate, clearImmediate];
  const modules = createModules({
    ask: remote.ask,
    builtin: (url) => builtin(builtinName(url) ?? url),
    electron,
    requireFile: (file) => Module._load(file, undefined, false),
    evaluate,
    globals
  });

  function resolve(request, folder) {
    const key = `${folder}\0${request}`;
    let found = resolved.get(key);
    if (found === undefined) {
      found = remote.ask('resolve', request, folder);
      resolved.set(key, found);
      kinds.set(found[1], found[0]);
    }
    return found[1];
  }

  /** @type {any} */
  const Module = function Module(id = '', parent = undefined) {
    this.id = id;
    this.path = folderOf(id);
    this.exports = {};
    this.filename = null;
    this.loaded = false;
    this.children = [];
    Object.defineProperty(this, 'parent', { value: parent, writable: true, configurable: true });
    parent?.children?.push(this);
  };

  // Asked for when somebody looks: it is a question to the context.
  Object.defineProperty(Module.prototype, 'paths', {
    get() {
      return (this._paths ??= Module._nodeModulePaths(this.path));
    },
    set(value) {
      Object.defineProperty(this, '_paths', { value, writable: true, configurable: true });
    },
    configurable: true
  });

  Module.prototype.require = function (id) {
    if (typeof id !== 'string' || id === '') {
      const text = id === '' ? "The argument 'id' must be a non-empty string. Received ''" : `The "id" argument must be of type string. Received ${id === null ? 'null' : `type ${typeof id}`}`;
      throw Object.assign(new TypeError(text), { code: id === '' ? 'ERR_INVALID_ARG_VALUE' : 'ERR_INVALID_ARG_TYPE' });
    }
    return Module._load(id, this, false);
  };

  Module.prototype.load = function (filename) {
    this.filename = filename;
    const extension = /\.[^./\\]+$/.exec(filename)?.[0] ?? '.js';
    const load = Module._extensions[extension] ?? Module._extensions['.js'];
    load(this, filename);
    this.loaded = true;
  };

  Module.prototype._compile = function (content, filename) {
    const code = content.startsWith('#!') ? `//${content}` : content;
    const compile = compilerOf(code, filename);
    const wrapper = isolated ? asStrictCode(compile) : compile('');
    const require = makeRequire(this);
    const args = [this.exports, require, this, filename, folderOf(filename), ...globals];
    return Reflect.apply(wrapper, this.exports, args);
  };

  function compilerOf(text, filename) {
    if (!REWRITTEN.test(text) && !TYPESCRIPT.test(filename)) return (strict) => evaluate(Module.wrap(strict + text), filename);
    const script = remote.ask('script', filename, text);
    if (script.import === null) return (strict) => evaluate(Module.wrap(strict + script.code), filename);
    // Around the wrapper, which the app may have made another one of.
    const importModule = modules.importer(builtin('url').pathToFileURL(filename).href);
    return (strict) => evaluate(`(function (${script.import}) { return ${Module.wrap(strict + script.code)} })`, filename)(importModule);
  }

  Module._extensions = Object.assign(Object.create(null), {
    '.js'(module, filename) {
      if (kinds.get(filename) === 'module') module.exports = modules.require(filename);
      else module._compile(remote.ask('read', filename), filename);
    },
    '.json'(module, filename) {
      try {
        module.exports = JSON.parse(remote.ask('read', filename));
      } catch (error) {
        error.message = `${filename}: ${error.message}`;
        throw error;
      }
    },
    '.node'(module, filename) {
      module.exports = remote.ask('load', filename);
    }
  });
  Module._cache = Object.create(null);
  Module._pathCache = Object.create(null);
  Module.globalPaths = [];
  Module.builtinModules = [...BUILTINS];
  Module.isBuiltin = (id) => builtinName(String(id)) !== null;
  Module.wrapper = WRAPPER;
  Module.wrap = (code) => Module.wrapper[0] + code + Module.wrapper[1];
  Module.Module = Module;
  Module._nodeModulePaths = (folder) => remote.ask('paths', folder);
  Module._resolveLookupPaths = (request, parent) => (builtinName(request) === null ? [...(parent?.paths ?? [])] : null);
  Module._findPath = (request, paths) => {
    for (const folder of paths ?? []) {
      try {
        return resolve(request.startsWith('/') ? request : `./${request}`, folder);
      } catch {}
    }
    return false;
  };
  Module.syncBuiltinESMExports = () => {};
  Module.findSourceMap = () => undefined;

  Module._resolveFilename = (request, parent, _isMain, options) => {
    if (ELECTRON.has(request) || builtinName(request) !== null) return request;
    const folders = options?.paths ?? [parent?.path || process.cwd()];
    let failure;
    for (const folder of folders) {
      try {
        return resolve(request, folder);
      } catch (error) {
        failure = error;
      }
    }
    // The context does not know who asked.
    if (failure?.code === 'MODULE_NOT_FOUND') {
      const stack = [];
      for (let at = parent; at; at = at.parent) stack.push(at.filename ?? at.id);
      const tail = stack.length > 0 ? `\nRequire stack:\n- ${stack.join('\n- ')}` : '';
      throw Object.assign(new Error(`Cannot find module '${request}'${tail}`), { code: 'MODULE_NOT_FOUND', requireStack: stack });
    }
    throw failure;
  };

  Module._load = (request, parent, isMain) => {
    const filename = Module._resolveFilename(request, parent, isMain);
    const cached = Module._cache[filename];
    if (cached !== undefined) {
      if (parent?.children && !parent.children.includes(cached)) parent.children.push(cached);
      return cached.exports;
    }
    if (ELECTRON.has(filename)) return electron();
    const name = builtinName(filename);
    if (name !== null) return builtin(name);
    const module = new Module(filename, parent);
    Module._cache[filename] = module;
    let done = false;
    try {
      module.load(filename);
      done = true;
    } finally {
      if (!done) delete Module._cache[filename];
    }
    return module.exports;
  };

  function makeRequire(module) {
    const require = (id) => module.require(id);
    require.resolve = (request, options) => {
      const found = Module._resolveFilename(request, module, false, options);
      return found;
    };
    require.resolve.paths = (request) => Module._resolveLookupPaths(request, module);
    require.main = undefined;
    require.extensions = Module._extensions;
    require.cache = Module._cache;
    return require;
  }

  Module.createRequire = (from) => {
    const filename = from instanceof URL || String(from).startsWith('file:') ? builtin('url').fileURLToPath(from) : String(from);
    const module = new Module(filename);
    if (/[/\\]$/.test(filename)) module.path = filename.slice(0, -1) || '/';
    module.filename = filename;
    return makeRequire(module);
  };

  return {
    Module,
    makeRequire,
    builtin,
    /** Runs a preload, whose source came along. Gives a promise if it is not done yet. @returns {Promise<void> | null} */
    run(filename, source) {
      // As in Electron what the package says of its scripts does not count.
      if (/\.m[jt]s$/.test(filename) || (/\.ts$/.test(filename) && remote.ask('isModule', filename))) return modules.run(filename);
      const module = new Module(filename);
      module.filename = filename;
      Module._cache[filename] = module;
      module._compile(source, filename);
      module.loaded = true;
      return null;
    }
  };
}
