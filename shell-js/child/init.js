/**
 * The start of a headless child. The native side calls this function with what to run; it is a classic script, so that nothing of the
 * runtime is loaded that the child does not need.
 */
(settings) => {
  const process = globalThis.process;
  const builtin = process.getBuiltinModule;
  /** @type {any} */
  const Module = builtin('module');
  const path = builtin('path');
  process.execArgv = settings.execArgv;
  const { execPath } = process;
  if (settings.eval) {
    process.argv.splice(0, process.argv.length, execPath, ...settings.arguments);
    const [code, print] = settings.eval;
    const folder = process.cwd();
    const module = new Module('[eval]', null);
    module.filename = path.join(folder, '[eval]');
    module.paths = Module._nodeModulePaths(folder);
    Object.assign(globalThis, { module, exports: module.exports, require: Module.createRequire(module.filename) });
    const value = builtin('vm').runInThisContext(code, { filename: '[eval]' });
    if (print) console.log(value);
    return;
  }
  process.argv.splice(0, process.argv.length, execPath, settings.script, ...settings.arguments);
  const file = Module._resolveFilename(settings.script, null, true);
  process.argv[1] = file;
  if (/\.m[jt]s$/.test(file)) {
    import(builtin('url').pathToFileURL(file).href);
    return;
  }
  Module._load(file, null, true);
};
