/**
 * What a headless child runs: a script, code without a file, or the syntax check of a script.
 */
import { Module as NodeModule } from 'node:module';
import path from 'node:path';
import process from 'node:process';

import { execFromArchives, IN_ARCHIVE } from '../common/exec-file.js';
import { evaluateMain } from '../common/main-module.js';
import { addModule, isModuleSource, isOn, lastOf, realPath, runTicks, setMainScript, start, stripTypes, valuesOf } from './binding.js';
import { fatal } from './fatal.js';
import { sources } from './place.js';

/** With the members that Node does not document. @type {any} */
const Module = NodeModule;

/** Sets `process.argv` after the executable. @param {string[]} rest */
const setArguments = (...rest) => process.argv.splice(0, process.argv.length, process.execPath, ...rest);

/** The current folder, or that of the executable if it is gone. */
function folderOfCode() {
  try {
    return process.cwd();
  } catch {
    return path.dirname(process.execPath);
  }
}

/** An ES module in the current folder that is in no file. @param {string} name @param {string} source @returns {Promise<any>} */
function importSource(name, source) {
  const url = start.folderUrl + name;
  addModule(url, source);
  sources.set(url, source);
  return import(url);
}

/** Loads what `--require` names. */
export function preloadScripts() {
  const required = valuesOf('--require');
  if (required.length > 0) {
    const parent = new Module('internal/preload', null);
    parent.paths = Module._nodeModulePaths(folderOfCode());
    for (const name of required) Module._load(name, parent, false);
  }
}

/** Loads what `--import` names, one after the other. */
export async function preloadModules() {
  const imported = valuesOf('--import');
  if (imported.length > 0) {
    await importSource('[import]', imported.map((name) => `await import(${JSON.stringify(name)});\n`).join(''));
  }
}

/** @param {string} script */
export async function runScript(script) {
  setArguments(path.resolve(script), ...start.args);
  const file = Module._resolveFilename(path.resolve(script), null, true);
  if (IN_ARCHIVE.test(file)) execFromArchives(realPath);
  setMainScript(file, start.breaks);
  await evaluateMain(file, () => runSynchronously(() => Module._load(file, null, true)));
  setMainScript('', false);
}

/** What CommonJS throws is an exception, not a rejection. @template T @param {() => T} work @returns {T | undefined} */
function runSynchronously(work) {
  try {
    return work();
  } catch (error) {
    if (/** @type {any} */ (error)?.code === 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    fatal(error);
    return undefined;
  }
}

/**
 * Runs what `-e` gives, or standard input.
 * @param {string} code
 * @param {'[eval]' | '[stdin]'} name
 */
export async function runCode(code, name) {
  const type = lastOf('--input-type');
  const typescript = type?.endsWith('-typescript') ?? false;
  const plain = typescript ? stripTypes(code) : code;
  const source = start.breaks ? `debugger;${plain}` : plain;
  const print = isOn('--print');
  setArguments(...(name === '[stdin]' && start.script !== null ? ['-'] : []), ...start.args);
  defineBuiltinModules(globalThis);
  if (type?.startsWith('module') || (type === undefined && !print && isModuleSource(code, false))) {
    await importSource(name === '[stdin]' ? '[stdin]1' : '[eval1]', source);
    return;
  }
  runSynchronously(() => {
    const value = runInGlobalScope(source, name);
    // At the end, when a promise may have its value.
    if (print) process.on('exit', () => console.log(value));
    // As after a main script: ticks come before reactions.
    runTicks();
  });
}

/** @param {string} source @param {string} name */
function runInGlobalScope(source, name) {
  const folder = folderOfCode();
  sources.set(name, source);
  const module = new Module(name, null);
  module.filename = path.join(folder, name);
  module.paths = Module._nodeModulePaths(folder);
  const require = Module.createRequire(module.filename);
  Object.assign(globalThis, { module, exports: module.exports, require, __filename: name, __dirname: '.' });
  const vm = process.getBuiltinModule('vm');
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  return vm.runInThisContext(source, { filename: name, displayErrors: false, importModuleDynamically });
}

/** Puts Node's modules into a scope under their names, as `-e` and the REPL have them. @param {any} scope */
export function defineBuiltinModules(scope) {
  for (const name of Module.builtinModules) {
    if (/^_|[/:]/.test(name) || name in scope) continue;
    const define = (/** @type {PropertyDescriptor} */ descriptor) => {
      Object.defineProperty(scope, name, { configurable: true, enumerable: false, ...descriptor });
    };
    define({
      get() {
        const value = process.getBuiltinModule(name);
        define({ value, writable: true });
        return value;
      },
      set: (value) => define({ value, writable: true, enumerable: true }),
    });
  }
}

/** `--check`: whether a script can be compiled. */
export async function checkSyntax() {
  const vm = process.getBuiltinModule('vm');
  const fs = process.getBuiltinModule('fs');
  const named = start.script !== null && start.script !== '-';
  const file = named ? Module._resolveFilename(path.resolve(/** @type {string} */ (start.script)), null, true) : '[stdin]';
  const text = fs.readFileSync(named ? file : 0, 'utf8').replace(/^#!.*/, '');
  const typescript = /\.[cm]?ts$/.test(file) || Boolean(lastOf('--input-type')?.endsWith('-typescript'));
  runSynchronously(() => {
    const source = typescript ? stripTypes(text) : text;
    const asModule = /\.m[jt]s$/.test(file) || lastOf('--input-type')?.startsWith('module') || isModuleSource(text, typescript);
    // Compiling is enough; nothing is linked.
    if (asModule) new /** @type {any} */ (vm).SourceTextModule(source, { identifier: file });
    else vm.compileFunction(source, ['exports', 'require', 'module', '__filename', '__dirname'], { filename: file });
  });
}
