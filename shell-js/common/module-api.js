/**
 * What `node:module` and `process` have in Node to say about source maps and the cache of compiled code; the native side does it. It evaluates this function, a classic script, in
 * every worker before any module.
 *
 * @param {boolean} sourceMaps
 */
(sourceMaps) => {
  const { op_code_cache_folder, op_code_cache_save, op_source_maps } = globalThis.__shellNative;
  const { process } = globalThis;
  /** @type {any} */
  const Module = process.getBuiltinModule('module');

  /** @param {string} name @param {unknown} value @param {string} wanted @param {boolean} isRight */
  const check = (name, value, wanted, isRight) => {
    if (isRight) return;
    const { inspect } = process.getBuiltinModule('util');
    const received = value === null || value === undefined ? ` Received ${value}` : ` Received type ${typeof value} (${inspect(value)})`;
    const error = new TypeError(`The "${name}" argument must be ${wanted}.${received}`);
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
  };
  const setSourceMaps = (/** @type {string} */ name, /** @type {any} */ value) => {
    check(name, value, 'of type boolean', typeof value === 'boolean');
    sourceMaps = value;
    op_source_maps(value);
  };

  process.setSourceMapsEnabled = (value) => setSourceMaps('val', value);
  Object.defineProperty(process, 'sourceMapsEnabled', { get: () => sourceMaps, enumerable: true, configurable: true });
  Module.getSourceMapsSupport = () => Object.freeze({ __proto__: null, enabled: sourceMaps, nodeModules: sourceMaps, generatedCode: sourceMaps });
  Module.setSourceMapsSupport = (/** @type {boolean} */ enabled) => setSourceMaps('enabled', enabled);

  const compileCacheStatus = Object.freeze({ __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 });
  Module.constants = Object.freeze({ __proto__: null, compileCacheStatus });
  // It is on from the start, in a folder that only the user can write.
  Module.enableCompileCache = (/** @type {any} */ options) => {
    const isObject = typeof options === 'object' && options !== null;
    check('options', options, 'of type string or an instance of Object', isObject || options === undefined || typeof options === 'string');
    const directory = op_code_cache_folder();
    if (directory !== null) return { status: compileCacheStatus.ALREADY_ENABLED, directory };
    if (process.env.NODE_DISABLE_COMPILE_CACHE === '1') return { status: compileCacheStatus.DISABLED, message: 'Disabled by NODE_DISABLE_COMPILE_CACHE' };
    return { status: compileCacheStatus.FAILED, message: 'This thread or program keeps no compiled code' };
  };
  Module.getCompileCacheDir = () => op_code_cache_folder() ?? undefined;
  Module.flushCompileCache = () => {
    op_code_cache_save();
  };
}
