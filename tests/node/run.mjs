#!/usr/bin/env node
/**
 * Runs Node's own tests with an executable in the place of `node`, and compares what passes with what is expected.
 *
 *   node tests/node/run.mjs --tests <folder> [--shell <executable>] [--deno <executable>] [options] [part of a name ...]
 *
 * <folder> is `test` of Node's sources, for example of Debian's source package `nodejs`; nothing of it is in this repository. README.md says more.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, stripVTControlCharacters } from 'node:util';

import { buildAddons } from './addons.mjs';

const here = import.meta.dirname;
const SUITES = ['parallel', 'es-module', 'node-api', 'js-native-api'];
const EXPECTED = path.join(here, 'expected.txt');

const { values: options, positionals: parts } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: 'string' },
    shell: { type: 'string' },
    deno: { type: 'string' },
    jobs: { type: 'string', default: String(os.availableParallelism()) },
    timeout: { type: 'string', default: '30' },
    every: { type: 'string', default: '1' },
    suites: { type: 'string', default: SUITES.join() },
    output: { type: 'string' },
    update: { type: 'boolean', default: false },
  },
});

/** @param {string} text @returns {never} */
function refuse(text) {
  console.error(text);
  process.exit(2);
}

if (!options.tests) refuse('error: no tests were named\nhint: --tests takes the folder "test" of Node\'s sources');
const root = path.resolve(options.tests);
if (!fs.existsSync(path.join(root, 'common/index.js'))) refuse(`error: ${root} is not the folder of Node's tests: it has no common/index.js`);
if (!options.shell === !options.deno) refuse('error: name one executable, with --shell or with --deno');
const isDeno = Boolean(options.deno);
const executable = path.resolve(options.shell ?? options.deno ?? '');
if (!fs.existsSync(executable)) refuse(`error: ${executable} is not there`);
const limit = Number(options.timeout) * 1000;

/** The files of a suite, without their folder. @param {string} suite @returns {string[]} */
function filesOf(suite) {
  const folder = path.join(root, suite);
  if (!fs.existsSync(folder)) return [];
  const nested = suite.endsWith('node-api') || suite.endsWith('js-native-api');
  const found = fs.readdirSync(folder, { recursive: nested, encoding: 'utf8' });
  const isTest = nested ? (/** @type {string} */ file) => /^[^/]+\/test[^/]*\.m?js$/.test(file) : (/** @type {string} */ file) => /^test-.*\.m?js$/.test(file);
  return found.filter(isTest).sort().map((file) => `${suite}/${file}`);
}

const chosen = options.suites.split(',').flatMap(filesOf);
const tests = chosen.filter((name, at) => (parts.length > 0 ? parts.some((part) => name.includes(part)) : at % Number(options.every) === 0));

/** What a test asks for in comments. @param {string} file */
function wishesOf(file) {
  const whole = fs.readFileSync(file, 'utf8');
  const source = whole.slice(0, 1500);
  const line = (/** @type {string} */ name) => new RegExp(`^// ${name}:\\s+(.+)$`, 'm').exec(source)?.[1].trim().split(/\s+/) ?? [];
  return {
    flags: line('Flags').filter((flag) => flag.startsWith('-')),
    usesTestRunner: /['"](node:test|test)['"]/.test(whole),
    environment: Object.fromEntries(line('Env').map((pair) => pair.split(/=(.*)/s, 2))),
  };
}

/** How the executable is told to run a file as Node would. @param {string} file @param {string[]} flags @param {boolean} usesTestRunner */
function commandOf(file, flags, usesTestRunner) {
  if (!isDeno) return { args: [...flags, file], environment: { ELECTRON_RUN_AS_NODE: '1' } };
  const own = ['--quiet', '--no-check', '--unstable-unsafe-proto', '--unstable-bare-node-builtins', '--unstable-node-globals', '--unstable-detect-cjs'];
  // Its options of Node's arrive by the variable, the others are V8's.
  const isV8 = (/** @type {string} */ flag) => /^--(expose[-_]gc|stack-size|max|harmony|allow[-_]natives|js-|gc-|jitless|no-concurrent)/.test(flag);
  const v8 = flags.filter(isV8);
  return {
    // `deno run` passes over what `node:test` is given, and succeeds.
    args: [usesTestRunner ? 'test' : 'run', '-A', ...own, ...(v8.length > 0 ? [`--v8-flags=${v8.join()}`] : []), file],
    environment: { NODE_OPTIONS: flags.filter((flag) => !isV8(flag)).join(' '), NODE_SKIP_FLAG_CHECK: '1', NODE_TEST_KNOWN_GLOBALS: '0' },
  };
}

/**
 * The line that tells most of a failure, without what differs from run to run.
 * @param {string} text
 */
function gist(text) {
  const lines = stripVTControlCharacters(text).split('\n').map((line) => line.trim());
  const telling =
    lines.find((line) => /^(Uncaught |error: )?(\w*Error|AssertionError)\b.*\S/.test(line)) ??
    lines.find((line) => /Error|panicked|is not|not supported|Mismatched/.test(line)) ??
    lines.find((line) => line !== '');
  const plain = (telling ?? 'no output').replaceAll(root, '').replaceAll(path.dirname(root), '').replace(/\S*\/registry\/src\/[^/]+\//g, '').replaceAll(executable, 'node').replaceAll(/0x[0-9a-f]+|\d{4,}/g, 'N');
  return plain.length > 110 ? `${plain.slice(0, 107)}...` : plain;
}

/**
 * @param {string} name
 * @param {number} job
 * @returns {Promise<{result: 'pass' | 'fail' | 'skip', why: string}>}
 */
function runTest(name, job) {
  const file = path.join(root, name);
  const { flags, usesTestRunner, environment: wished } = wishesOf(file);
  const { args, environment } = commandOf(file, flags, usesTestRunner);
  /** @type {(value: {result: 'pass' | 'fail' | 'skip', why: string}) => void} */
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  const child = spawn(executable, args, {
    cwd: path.dirname(root),
    // A group of its own, so that what a test leaves behind is found.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', TEST_THREAD_ID: String(job), NODE_COMMON_PORT: String(12346 + 100 * job), ...environment, ...wished },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part) => {
      if (text.length < 1_000_000) text += part;
    });
  }
  let timedOut = false;
  const end = () => {
    try {
      process.kill(-(/** @type {number} */ (child.pid)), 'SIGKILL');
    } catch {
      // The group is gone.
    }
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, limit);
  child.on('exit', (code, signal) => {
    clearTimeout(timer);
    // Output may still be under way, or a grandchild may hold the pipes open.
    setTimeout(end, 500).unref();
    const finish = () => {
      // Under `deno test` what a file prints before it leaves is lost, and that it left is all that is told.
      const left = isDeno && /called `Deno\.exit\(0\)` from outside any test/.test(text) && /\b0 passed\b/.test(stripVTControlCharacters(text));
      const skipped = /^1\.\.0 # Skipped: (.*)$/m.exec(text) ?? (left ? ['', 'it left before its tests'] : null);
      if (timedOut) resolve({ result: 'fail', why: 'does not end' });
      else if (code === 0) resolve(skipped ? { result: 'skip', why: skipped[1] } : { result: 'pass', why: '' });
      else resolve({ result: 'fail', why: signal === null ? gist(text) : `ended by ${signal}: ${gist(text)}` });
    };
    const late = setTimeout(finish, 1000);
    child.on('close', () => {
      clearTimeout(late);
      finish();
    });
  });
  return promise;
}

/** Names and reasons of the failures that are known. @returns {Map<string, string>} */
function readExpected() {
  const known = new Map();
  for (const line of fs.existsSync(EXPECTED) ? fs.readFileSync(EXPECTED, 'utf8').split('\n') : []) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, why] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    known.set(name, why);
  }
  return known;
}

const addonFaults = buildAddons(root, tests);
/** @type {Map<string, {result: 'pass' | 'fail' | 'skip', why: string}>} */
const results = new Map();
let next = 0;
await Promise.all(
  Array.from({ length: Number(options.jobs) }, async (_, job) => {
    while (next < tests.length) {
      const name = tests[next++];
      const fault = addonFaults.get(path.dirname(name));
      results.set(name, fault === undefined ? await runTest(name, job + 1) : { result: 'skip', why: fault });
      if (results.size % 100 === 0) console.error(`${results.size} of ${tests.length}`);
    }
  }),
);

const sorted = [...results].sort(([a], [b]) => (a < b ? -1 : 1));
const named = (/** @type {string} */ wanted) => sorted.filter(([, { result }]) => result === wanted);
if (options.output) {
  fs.writeFileSync(options.output, sorted.map(([name, { result, why }]) => `${result} ${name}${why ? ` ${why}` : ''}\n`).join(''));
}
for (const suite of options.suites.split(',')) {
  const count = (/** @type {string} */ wanted) => named(wanted).filter(([name]) => name.startsWith(`${suite}/`)).length;
  console.log(`${suite}: ${count('pass')} passed, ${count('fail')} failed, ${count('skip')} skipped`);
}
if (isDeno) process.exit();

const expected = readExpected();
const worse = named('fail').filter(([name]) => !expected.has(name));
const better = named('pass').filter(([name]) => expected.has(name));
if (options.update) {
  for (const [name] of sorted) expected.delete(name);
  const failed = [...expected, ...named('fail').map(([name, { why }]) => /** @type {[string, string]} */ ([name, why]))];
  const comments = fs.existsSync(EXPECTED) ? fs.readFileSync(EXPECTED, 'utf8').split('\n').filter((line) => line.startsWith('#')) : [];
  fs.writeFileSync(EXPECTED, [...comments, ...failed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, why]) => `${name} ${why}`), ''].join('\n'));
} else {
  for (const [name, { why }] of worse) console.log(`fails, but is expected to pass: ${name}: ${why}`);
  for (const [name] of better) console.log(`passes, but is expected to fail: ${name}`);
}
process.exitCode = worse.length > 0 && !options.update ? 1 : 0;
