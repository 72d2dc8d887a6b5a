'use strict';

// Where this platform's runtime is, and how it is started.

const { spawn } = require('node:child_process');
const path = require('node:path');
const { optionalDependencies } = require('./package.json');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The folder of the runtime, in the shape of Electron's own. */
function folder() {
  const platform = `${process.platform}-${process.arch}`;
  const name = Object.keys(optionalDependencies).find((dependency) => dependency.endsWith(`/${platform}`));
  if (!name) {
    throw new Error(`there is no runtime for ${platform}\nhint: there is one for ${Object.keys(optionalDependencies).map((one) => one.split('/')[1]).join(', ')}`);
  }
  try {
    return path.dirname(require.resolve(`${name}/package.json`));
  } catch {
    throw new Error(`the package ${name} is not installed\nhint: install again without --omit=optional: npm install`);
  }
}

/** The executable, which behaves as the name says that it is called by. */
function executable() {
  return path.join(folder(), process.platform === 'win32' ? 'electron.exe' : 'electron');
}

/** Becomes the runtime, as far as a program can: its streams, its signals, its end. @param {string} name */
function run(name) {
  let file;
  try {
    file = executable();
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
    return;
  }
  const child = spawn(file, process.argv.slice(2), { stdio: 'inherit', argv0: name });
  // A terminal sends SIGINT to both, a script only to this process.
  for (const signal of SIGNALS) process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY) || child.kill(signal));
  child.on('error', (error) => {
    console.error(`error: ${file} does not start: ${error.message}\nhint: install the packages again: npm install`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    SIGNALS.forEach((one) => process.removeAllListeners(one));
    if (signal === null) process.exitCode = code;
    else process.kill(process.pid, signal);
  });
}

module.exports = { executable, run };
