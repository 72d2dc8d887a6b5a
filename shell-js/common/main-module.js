/**
 * Loads a program's main module as Node does: as an ES module if it says that it is one, else as CommonJS.
 */
import { Module as NodeModule } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/** With the members that Node does not document. @type {any} */
const Module = NodeModule;

/** `type` of the package that a file belongs to. @param {string} file @returns {unknown} */
function packageType(file) {
  const { readFileSync } = process.getBuiltinModule('fs');
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    // What is in there is a package of its own.
    if (path.basename(folder) === 'node_modules') return undefined;
    try {
      return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8').replace(/^\ufeff/, '')).type;
    } catch (error) {
      // A file that cannot be read or parsed is for the loader to complain of.
      if (/** @type {any} */ (error)?.code !== 'ENOENT') return undefined;
    }
    if (folder === path.dirname(folder)) return undefined;
  }
}

/** Whether Node would start this file as an ES module without looking into it. @param {string} file */
function isModule(file) {
  const extension = path.extname(file);
  if (extension === '.mjs' || extension === '.mts') return true;
  if (['.cjs', '.cts', '.json', '.node'].includes(extension)) return false;
  return packageType(file) === 'module';
}

/**
 * Evaluates a main module, with its top-level awaits. What CommonJS throws is thrown before the first await.
 * @param {string} file
 * @param {() => void} loadCommonJs
 */
export async function evaluateMain(file, loadCommonJs = () => Module._load(file, null, true)) {
  if (isModule(file)) {
    await import(pathToFileURL(file).href);
    return;
  }
  try {
    loadCommonJs();
  } catch (error) {
    // A main without a declared type that turns out to be an ES module which awaits at its top level.
    if (/** @type {any} */ (error)?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    await import(pathToFileURL(file).href);
  }
}
