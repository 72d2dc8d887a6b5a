/**
 * Runs the app: its main module is evaluated to the end, then the life cycle of `app` begins.
 */
import { Module as NodeModule } from 'node:module';
import process from 'node:process';
import { clearTimeout, setTimeout } from 'node:timers';
import { fileURLToPath } from 'node:url';

import { execFromArchives, IN_ARCHIVE } from '../common/exec-file.js';
import { evaluateMain } from '../common/main-module.js';
import { app, startLifecycle } from './api/app.js';
import { exit, explainSyntax, host, realPath, setMainScript } from './binding.js';
import { codeFrame } from './code-frame.js';
import { toolkitReady } from './event-pump.js';
import { replaceExit } from './globals.js';
import { handleUncaught } from './uncaught.js';

/** With the members that Node does not document. @type {any} */
const Module = NodeModule;

/** The file whose compilation threw a SyntaxError; V8 does not name it for CommonJS. @type {string | null} */
let brokenFile = null;

/** Loads the main as CommonJS, with an eye on what cannot be compiled. */
function loadMain() {
  const compile = Module.prototype._compile;
  /** @this {any} @param {string} content @param {string} filename @param {any[]} rest */
  const watched = function (content, filename, ...rest) {
    try {
      return compile.call(this, content, filename, ...rest);
    } catch (error) {
      // The innermost file comes first.
      if (error instanceof SyntaxError) brokenFile ??= filename;
      throw error;
    }
  };
  Module.prototype._compile = watched;
  try {
    Module._load(host.mainPath, null, true);
  } finally {
    // The app may have put a hook of its own over it.
    if (Module.prototype._compile === watched) Module.prototype._compile = compile;
  }
}

/** What to say about a place in a script: where it is and why, then the lines around it. @param {string} fault `path:line:column: reason` */
function withFrame(fault) {
  const [, path, line, column] = /^(.*?):(\d+):(\d+): /.exec(fault) ?? [];
  return path === undefined ? `${fault}\n` : `${fault}\n${codeFrame(path, Number(line), Number(column))}`;
}

/**
 * What to say when a script could not even be compiled; null for every other exception.
 * @param {any} error
 * @returns {string | null}
 */
function compileFault(error) {
  if (!(error instanceof SyntaxError)) return null;
  if (brokenFile !== null) {
    const where = explainSyntax(brokenFile);
    return where && `${where} (${error.name}: ${error.message})`;
  }
  const place = /file:\/\/\S+:\d+:\d+/.exec(error.message) ?? /file:\/\/\S+:\d+:\d+/.exec(String(error.stack));
  if (place === null) return null;
  const [, url, at] = /^(.*?)(:\d+:\d+)$/.exec(place[0]) ?? [];
  const reason = error.message.replace(` at ${place[0]}`, '');
  // An exception of `JSON.parse` in a module has a place too, but that script can be parsed.
  const linking = /does not provide an export named/.test(reason);
  const path = fileURLToPath(url);
  return linking || explainSyntax(path) !== null ? `${path}${at}: ${error.name}: ${reason}` : null;
}

/** How long a main may take before something is said. */
const PATIENCE = 10_000;

/** A main that awaits `app.whenReady()` at its top level waits for itself, in Electron too; there nothing tells. */
function warnOfWaiting() {
  process.stderr.write(
    `warning: ${host.mainPath} is still being evaluated, and the app is not ready before that\n` +
      'hint: do not await app.whenReady() at the top level of the main script\n',
  );
}

/** Runs the app. */
export async function runApp() {
  replaceExit((code) => app.exit(code));
  if (IN_ARCHIVE.test(host.mainPath)) execFromArchives(realPath);
  setMainScript(host.mainPath, host.breaks);
  const watch = setTimeout(warnOfWaiting, PATIENCE).unref();
  try {
    await evaluateMain(host.mainPath, loadMain);
  } catch (error) {
    const fault = compileFault(error);
    if (fault !== null) {
      process.stderr.write(`error: ${withFrame(fault)}hint: correct the script at this place\n`);
      exit(1);
    }
    // As in Electron: the app lives on, and its life cycle goes on with the listeners that it has registered so far.
    handleUncaught(error);
  }
  clearTimeout(watch);
  setMainScript('', false);
  await toolkitReady;
  startLifecycle();
}
