/**
 * What the options of the command line change in the process, apart from what it runs. Those that the Node layer reads itself, and those of V8, have
 * been applied before.
 */
import process from 'node:process';

import { isOn, lastOf, start, valuesOf } from './binding.js';

/** @type {any} */
const nodeProcess = process;

/** @param {string} name @param {unknown} value */
const define = (name, value) => Object.defineProperty(process, name, { value, writable: true, enumerable: true, configurable: true });

/** Warnings of these codes and names are not printed. @param {string[]} disabled */
function filterWarnings(disabled) {
  const [print] = process.listeners('warning');
  if (print === undefined) return;
  process.off('warning', print);
  process.on('warning', (/** @type {any} */ warning) => {
    if (!disabled.includes(warning.code) && !disabled.includes(warning.name)) print.call(process, warning);
  });
}

export function applyOptions() {
  process.execArgv = start.execArguments;
  if (start.debugPort !== null) process.debugPort = start.debugPort;
  if (!isOn('--deprecation', true)) define('noDeprecation', true);
  if (isOn('--throw-deprecation')) define('throwDeprecation', true);
  if (isOn('--trace-deprecation')) define('traceDeprecation', true);
  if (isOn('--trace-warnings')) define('traceProcessWarnings', true);
  if (isOn('--warnings', true) && valuesOf('--disable-warning').length > 0) filterWarnings(valuesOf('--disable-warning'));
  if (!isOn('--network-family-autoselection', true)) process.getBuiltinModule('net').setDefaultAutoSelectFamily(false);
  const attempt = lastOf('--network-family-autoselection-attempt-timeout');
  if (attempt !== undefined) process.getBuiltinModule('net').setDefaultAutoSelectFamilyAttemptTimeout(Number(attempt));
  if (!isOn('--addons', true)) {
    nodeProcess.dlopen = () => {
      throw Object.assign(new Error('Cannot load native addon because loading addons is disabled.'), { code: 'ERR_DLOPEN_DISABLED' });
    };
  }
}
