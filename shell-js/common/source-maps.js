/**
 * `process.setSourceMapsEnabled` and its like; the native side does what they ask for. It evaluates this function, a classic script, in every worker before any module.
 *
 * @param {boolean} enabled
 */
(enabled) => {
  const { op_source_maps } = globalThis.__shellNative;
  const { process } = globalThis;
  /** @type {any} */
  const Module = process.getBuiltinModule('module');

  /** @param {string} name @param {unknown} value */
  const checkBoolean = (name, value) => {
    if (typeof value === 'boolean') return;
    const { inspect } = process.getBuiltinModule('util');
    const received = value === null || value === undefined ? ` Received ${value}` : ` Received type ${typeof value} (${inspect(value)})`;
    const error = new TypeError(`The "${name}" argument must be of type boolean.${received}`);
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
  };
  const set = (/** @type {boolean} */ value) => {
    enabled = value;
    op_source_maps(value);
  };

  process.setSourceMapsEnabled = (value) => {
    checkBoolean('val', value);
    set(value);
  };
  Object.defineProperty(process, 'sourceMapsEnabled', { get: () => enabled, enumerable: true, configurable: true });
  Module.getSourceMapsSupport = () => Object.freeze({ __proto__: null, enabled, nodeModules: enabled, generatedCode: enabled });
  Module.setSourceMapsSupport = (/** @type {boolean} */ value) => {
    checkBoolean('enabled', value);
    set(value);
  };
}
