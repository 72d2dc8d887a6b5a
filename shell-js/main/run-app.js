/**
 * Runs the app: its main module is evaluated to the end, then the life cycle of `app` begins.
 */
import Module from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

import { app, startLifecycle } from './api/app.js';
import { exit, host } from './binding.js';
import { toolkitReady } from './event-pump.js';
import { replaceExit } from './globals.js';
import { handleUncaught } from './uncaught.js';

/** Whether Node would start this main as an ES module without looking into it. @param {string} file */
function isModule(file) {
  const extension = path.extname(file);
  if (extension === '.mjs' || extension === '.mts') return true;
  if (extension === '.cjs' || extension === '.cts') return false;
  return host.packageJson.type === 'module' && extension !== '.json' && extension !== '.node';
}

/** Evaluates the main module, with its top-level awaits. */
async function evaluateMain() {
  if (isModule(host.mainPath)) {
    await import(pathToFileURL(host.mainPath).href);
    return;
  }
  try {
    Module._load(host.mainPath, null, true);
  } catch (error) {
    // A main without a declared type that turns out to be an ES module which awaits at its top level.
    if (error?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    await import(pathToFileURL(host.mainPath).href);
  }
}

/**
 * Whether the main script could not even be compiled: V8 then reports no frame of the app's own code.
 * @param {any} error
 */
function isCompileError(error) {
  return error instanceof SyntaxError && !/^ +at .*(?:\(|file:\/\/)/m.test(String(error.stack).split('\n').filter(isAppFrame).join('\n'));
}

/** @param {string} line */
const isAppFrame = (line) => line.includes(host.appPath) && !/^ +at (?:Object\.|Module\.|async )?(?:wrapSafe|_compile)/.test(line);

/** Ends a start that failed: one report, exit code 1. @param {any} error */
function failStart(error) {
  process.stderr.write(`error: the app's main script cannot be compiled: ${error.stack ?? error}\nhint: correct the script at this place\n`);
  exit(1);
}

/** Runs the app. */
export async function runApp() {
  replaceExit((code) => app.exit(code));
  try {
    await evaluateMain();
  } catch (error) {
    if (isCompileError(error)) return failStart(error);
    // As in Electron: the app lives on, and its life cycle goes on with the listeners that it has registered so far.
    handleUncaught(error);
  }
  await toolkitReady;
  startLifecycle();
}
