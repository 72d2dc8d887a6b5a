/**
 * `app.relaunch`: starting the app again once this process is gone.
 */
import process from 'node:process';

import { addedArguments } from './command-line.js';
import { builtin } from '../builtin.js';

/** @type {Array<{execPath: string, args: string[]}>} */
const due = [];

/**
 * Notes an instance that is to start when this one has ended.
 * @param {{args?: string[], execPath?: string}} [options]
 * @returns {boolean}
 */
export function relaunchLater(options = {}) {
  const args = Array.isArray(options.args) ? options.args.map(String) : process.argv.slice(1);
  due.push({ execPath: options.execPath ? String(options.execPath) : process.execPath, args: [...args, ...addedArguments] });
  return true;
}

/** Waits for the process `$1` to end and becomes the program of the variable, with the rest of the arguments. */
const WAIT_AND_START =
  'while kill -0 "$1" 2>/dev/null; do sleep 0.05; done; shift; program=$SHELL_RELAUNCH; unset SHELL_RELAUNCH; exec "$program" "$@"';

/**
 * Starts what was noted. The new instance must not meet the old one, which may hold the single-instance lock and open files, so a small
 * shell script waits in between. The program's path goes by a variable because the Node layer rewrites arguments that name the own
 * executable.
 */
export function startRelaunched() {
  for (const { execPath, args } of due.splice(0)) {
    const child = builtin.childProcess.spawn('/bin/sh', ['-c', WAIT_AND_START, 'relaunch', String(process.pid), ...args], {
      detached: true,
      env: { ...process.env, SHELL_RELAUNCH: execPath },
      stdio: 'ignore',
    });
    child.on('error', (error) => console.error('The app could not be relaunched:', error));
    child.unref();
  }
}
