/**
 * What `process.config` and `process.features` say in Node of how it was built, where the runtime below is silent or speaks of itself. The native side evaluates this
 * function, a classic script, in every worker before any module. The snapshot could not have it: the architecture is learnt at the start.
 */
() => {
  /** @type {any} */
  const process = globalThis.process;
  const { config, features, versions } = process;
  // Enums and namespaces too, without an option.
  Object.defineProperty(features, 'typescript', { value: 'transform', enumerable: true, configurable: true });
  const variables = Object.freeze({
    ...config.variables,
    napi_build_version: versions.napi,
    node_shared: false,
    node_use_amaro: true,
    node_use_openssl: true,
    target_arch: process.arch,
    v8_enable_i18n_support: 1,
    v8_enable_inspector: 1,
    v8_enable_pointer_compression: 0,
    v8_enable_sandbox: 0,
    v8_enable_webassembly: 1,
  });
  Object.defineProperty(process, 'config', { value: Object.freeze({ ...config, variables }), enumerable: true, configurable: true, writable: true });
};
