/**
 * `--test`: finds the files with tests, runs each in a process of its own, and reports them together.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

import { lastOf, start } from './binding.js';
import { EVENT_MARK } from './test-host.js';
import { openReporters } from './test-reporters.js';

/** @typedef {import('./test-host.js').TestEvent} TestEvent */

const EXTENSION = /\.[cm]?[jt]s$/;
/** Names of files with tests, without the extension. */
const NAMED_SO = /(?:^test$|^test-|[.\-_]test$)/;

/** Files that Node would take without being told. @param {string} folder @param {boolean} inTest @returns {string[]} */
function findFiles(folder, inTest) {
  return fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => {
    const found = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : findFiles(found, inTest || entry.name === 'test');
    if (!EXTENSION.test(entry.name) || entry.name.endsWith('.d.ts')) return [];
    return inTest || NAMED_SO.test(entry.name.replace(EXTENSION, '')) ? [found] : [];
  });
}

/** @returns {string[]} absolute paths */
function chooseFiles() {
  const given = start.script === null ? [] : [start.script, ...start.args];
  if (given.length === 0) return findFiles(process.cwd(), false);
  const files = given.flatMap((name) => {
    const file = path.resolve(name);
    if (fs.existsSync(file)) return fs.statSync(file).isDirectory() ? findFiles(file, true) : [file];
    return [.../** @type {any} */ (fs).globSync(name)].map((found) => path.resolve(found));
  });
  return [...new Set(files)];
}

/** Options for each file: all but those that concern the run as a whole. */
function childOptions() {
  const whole = /^--test(?:-reporter|-reporter-destination|-concurrency)?(?:=|$)/;
  const options = [];
  for (let at = 0; at < start.execArguments.length; at++) {
    const option = start.execArguments[at];
    if (!whole.test(option)) options.push(option);
    else if (option !== '--test' && !option.includes('=')) at += 1;
  }
  return options;
}

/**
 * Runs one file.
 * @param {string} file
 * @returns {Promise<TestEvent[]>}
 */
function runFile(file) {
  return new Promise((resolve) => {
    const began = performance.now();
    /** @type {TestEvent[]} */
    const events = [];
    const env = { ...process.env, NODE_TEST_CONTEXT: 'child-v8' };
    const child = spawn(process.execPath, [...childOptions(), file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const take = (/** @type {string} */ line) => {
      if (line.startsWith(EVENT_MARK)) events.push(JSON.parse(line.slice(EVENT_MARK.length)));
      else if (line !== '') events.push({ type: 'output', name: line, nesting: 0, kind: 'test' });
    };
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (/** @type {string} */ part) => {
        const lines = (rest + part).split('\n');
        rest = lines.pop() ?? '';
        lines.forEach(take);
      });
      stream.on('end', () => take(rest));
    }
    child.on('close', (code, signal) => {
      const ms = performance.now() - began;
      const hasFailed = events.some(({ type }) => type === 'fail');
      const tests = events.filter(({ type }) => type !== 'output');
      // A file without tests is a test itself, and one that ends badly has failed whatever its tests say.
      if (code === 0 && tests.length === 0) {
        events.push({ type: 'file', name: file, nesting: 0, kind: 'test', ms });
      } else if (code !== 0 && !hasFailed) {
        const message = signal === null ? `the file ended with exit code ${code}` : `the file was ended by ${signal}`;
        const error = { text: `Error: ${message}`, stack: '', message, code: 'ERR_TEST_FAILURE' };
        events.push({ type: 'start', name: file, nesting: 0, kind: 'test' }, { type: 'fail', name: file, nesting: 0, kind: 'test', ms, error });
      }
      resolve(events);
    });
  });
}

/** Runs all files and prints their results in the order of the files. */
export async function runTests() {
  const files = chooseFiles();
  const reporters = openReporters();
  const began = performance.now();
  const atOnce = Number(lastOf('--test-concurrency') ?? Math.max(1, os.availableParallelism() - 1));
  /** @type {Promise<TestEvent[]>[]} */
  const results = [];
  let next = 0;
  /** @type {((events: TestEvent[]) => void)[]} */
  const settle = [];
  files.forEach((_, index) => results.push(new Promise((resolve) => (settle[index] = resolve))));
  const work = async () => {
    for (let index = next++; index < files.length; index = next++) settle[index](await runFile(files[index]));
  };
  for (let count = 0; count < atOnce; count++) void work();
  let failed = false;
  for (const result of results) {
    for (const event of await result) {
      failed ||= event.type === 'fail';
      reporters.tell(event);
    }
  }
  reporters.finish(performance.now() - began);
  if (failed) process.exitCode = 1;
}
