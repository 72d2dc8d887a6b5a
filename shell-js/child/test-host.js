/**
 * Runs the tests that a file has registered with `node:test`. The Node layer brings that module, but leaves it to its host to run what was registered
 * at the top level, and each step inside of a test.
 *
 * Tests run one after the other. What becomes of them is told as events, to a reporter or, in a child of `--test`, to the parent.
 */
import process from 'node:process';
import { setImmediate } from 'node:timers';

import { isOn, lastOf, valuesOf } from './binding.js';
import { openReporters } from './test-reporters.js';

/** In front of an event on standard output of a child of `--test`. */
export const EVENT_MARK = '\u0002shell-test:';

/**
 * @typedef {{name: string, fn: (context: TestStep) => unknown, ignore?: boolean, only?: boolean}} Definition
 * @typedef {object} TestEvent
 * @property {'start' | 'pass' | 'fail' | 'skip' | 'file' | 'output'} type
 * @property {string} name
 * @property {number} nesting
 * @property {'test' | 'suite'} kind
 * @property {number} [ms]
 * @property {{text: string, stack: string, message: string, code?: string}} [error]
 */

/** Has to be read from the wrapper that the Node layer makes: both are handed over in the same way. @param {Function} fn */
const kindOf = (fn) => (/new TestSuite\(/.test(Function.prototype.toString.call(fn)) ? 'suite' : 'test');

/** `/a/i` as Node reads it in a pattern; another text is the expression itself. @param {string} text */
function toPattern(text) {
  const literal = /^\/(.*)\/([a-z]*)$/.exec(text);
  return literal ? new RegExp(literal[1], literal[2]) : new RegExp(text);
}

const namePatterns = valuesOf('--test-name-pattern').map(toPattern);
const skipPatterns = valuesOf('--test-skip-pattern').map(toPattern);
const timeLimit = Number(lastOf('--test-timeout') ?? Infinity);

/** @type {Definition[]} */
const queue = [];
let failed = false;
let running = false;
/** @type {(event: TestEvent) => void} */
let tell;
/** @type {(ms: number) => void} */
let finish = () => {};

/** @param {any} error */
function describe(error) {
  const { inspect } = process.getBuiltinModule('util');
  const cause = error instanceof Error ? error : new Error(inspect(error));
  return { text: inspect(error), stack: String(cause.stack), message: cause.message, code: /** @type {any} */ (cause).code };
}

/** @param {unknown} work @param {string} kind */
async function withinLimit(work, kind) {
  if (kind === 'suite' || timeLimit === Infinity) return work;
  /** @type {any} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`test timed out after ${timeLimit}ms`)), timeLimit);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** A test that runs, as the Node layer sees its host. */
class TestStep {
  /** @param {string} name @param {TestStep | null} parent @param {boolean} chosen its name, or that of one around it, is wanted */
  constructor(name, parent, chosen) {
    this.name = name;
    this.parent = parent;
    this.chosen = chosen;
    /** @type {number} */
    this.nesting = parent === null ? 0 : parent.nesting + 1;
    this.failed = false;
  }

  /** @param {Definition} definition @returns {Promise<boolean>} */
  async step(definition) {
    const passed = await runOne(definition, this);
    if (!passed) this.failed = true;
    return passed;
  }
}

/** @param {Definition} definition @param {TestStep | null} parent @returns {Promise<boolean>} */
async function runOne({ name, fn, ignore }, parent) {
  const kind = kindOf(fn);
  const path = [];
  for (let step = parent; step !== null; step = step.parent) path.unshift(step.name);
  const fullName = [...path, name].join(' ');
  const matches = (/** @type {RegExp} */ pattern) => pattern.test(name) || pattern.test(fullName);
  const chosen = parent?.chosen || namePatterns.length === 0 || namePatterns.some(matches);
  if ((!chosen && kind === 'test') || skipPatterns.some(matches)) return true;
  const step = new TestStep(name, parent, chosen);
  const event = { name, nesting: step.nesting, kind: /** @type {'test' | 'suite'} */ (kind) };
  tell({ type: 'start', ...event });
  if (ignore) {
    tell({ type: 'skip', ms: 0, ...event });
    return true;
  }
  const began = performance.now();
  let error;
  try {
    await withinLimit(fn(step), kind);
  } catch (thrown) {
    error = describe(thrown);
  }
  if (error === undefined && step.failed) error = describe(new Error('1 or more subtests failed'));
  tell({ type: error === undefined ? 'pass' : 'fail', ms: performance.now() - began, error, ...event });
  return error === undefined;
}

async function runQueue() {
  if (running) return;
  running = true;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (isOn('--test-only') && !next.only) continue;
    if (!(await runOne(next, null))) failed = true;
  }
  running = false;
  if (isOn('--test-force-exit')) process.exit(failed ? 1 : 0);
}

function open() {
  if (process.env.NODE_TEST_CONTEXT === 'child-v8') {
    tell = (event) => process.stdout.write(`${EVENT_MARK}${JSON.stringify(event)}\n`);
  } else {
    const reporters = openReporters();
    tell = reporters.tell;
    finish = reporters.finish;
  }
  const began = performance.now();
  process.on('exit', () => {
    if (failed && (process.exitCode ?? 0) === 0) process.exitCode = 1;
    finish(performance.now() - began);
  });
}

/** Takes a test that a file has registered. @param {Definition} definition */
export function register(definition) {
  if (tell === undefined) open();
  queue.push(definition);
  // In a turn of its own: the file registers the rest first.
  setImmediate(runQueue);
}
