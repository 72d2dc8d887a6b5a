/**
 * The interactive prompt of a headless child.
 */
import process from 'node:process';
import { start as startServer } from 'node:repl';

import { defineBuiltinModules } from './programs.js';

/** @param {string} [code] of `-e`, run before the first line */
export function startRepl(code) {
  process.argv.splice(0, process.argv.length, process.execPath);
  console.log(`Welcome to Node.js ${process.version}.\nType ".help" for more information.`);
  defineBuiltinModules(globalThis);
  if (code !== undefined) process.getBuiltinModule('vm').runInThisContext(code, { filename: '[eval]', displayErrors: false });
  const server = startServer({ useGlobal: true });
  server.on('exit', () => process.exit());
}
