'use strict';

// A small test runner with mocha's vocabulary. It is our own because it has to say something useful while the shell's Node
// compatibility is what is broken: it uses nothing but timers, promises and the console.

const path = require('node:path');

// For what hangs, not for what is slow: a test that takes two seconds takes ten on a machine with other work.
const TEST_TIMEOUT = 60_000;
// A spec that hangs the event loop's work for good must not hang a build machine.
const RUN_TIMEOUT = (process.env.SHELL_LONG_SPECS ? 120 : 14) * 60_000 + Number(process.env.SHELL_FUZZ_SECONDS ?? 0) * 2000;

/**
 * @typedef {{ name: string, run: Function, skip: boolean, only: boolean }} Test
 * @typedef {{ name: string, parent: Suite | null, skip: boolean, tests: Test[], suites: Suite[], timeout: number,
 *   before: Function[], after: Function[], beforeEach: Function[], afterEach: Function[] }} Suite
 */

/** @param {string} name @param {Suite | null} parent @param {boolean} skip @returns {Suite} */
function newSuite(name, parent, skip) {
  const timeout = parent?.timeout ?? TEST_TIMEOUT;
  return { name, parent, skip, tests: [], suites: [], timeout, before: [], after: [], beforeEach: [], afterEach: [] };
}

const root = newSuite('', null, false);
/** The suite whose body is being evaluated. */
let current = root;
let onlySeen = false;

/** @param {string} name @param {Function} body @param {boolean} skip */
function addSuite(name, body, skip) {
  const suite = newSuite(name, current, skip || current.skip);
  current.suites.push(suite);
  current = suite;
  try {
    body.call({
      /** @param {number} ms */
      timeout(ms) {
        suite.timeout = ms;
      },
    });
  } finally {
    current = /** @type {Suite} */ (suite.parent);
  }
}

/** @param {string} name @param {Function | undefined} run @param {boolean} skip @param {boolean} only */
function addTest(name, run, skip, only) {
  onlySeen ||= only;
  // A test without a body is a note of what is to be written; it counts as skipped.
  current.tests.push({ name, run: run ?? (() => {}), skip: skip || current.skip || run === undefined, only });
}

function installGlobals() {
  const describe = (name, body) => addSuite(name, body, false);
  describe.skip = (name, body) => addSuite(name, body, true);
  const it = (name, run) => addTest(name, run, false, false);
  it.skip = (name, run) => addTest(name, run, true, false);
  it.only = (name, run) => addTest(name, run, false, true);
  Object.assign(globalThis, {
    describe,
    it,
    before: (hook) => current.before.push(hook),
    after: (hook) => current.after.push(hook),
    beforeEach: (hook) => current.beforeEach.push(hook),
    afterEach: (hook) => current.afterEach.push(hook),
  });
}

/** A spec file that cannot be evaluated is one failed test, and the others still run. @param {string} file */
function load(file) {
  try {
    require(file);
  } catch (error) {
    addTest(`${path.basename(file)} loads`, () => { throw error; }, false, true);
  }
}

/** Set while a test or hook runs: an exception that nobody caught belongs to it. @type {((error: unknown) => void) | null} */
let failRunning = null;

/** Runs a test or a hook under a time limit that its body may move. @param {Function} body @param {number} limit */
function runLimited(body, limit) {
  return new Promise((resolve, reject) => {
    let timer;
    const arm = (ms) => {
      clearTimeout(timer);
      timer = ms > 0 ? setTimeout(() => reject(new Error(`timed out after ${ms} ms`)), ms) : undefined;
    };
    failRunning = reject;
    arm(limit);
    const context = { timeout: arm };
    Promise.resolve()
      .then(() => body.call(context))
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  }).finally(() => {
    failRunning = null;
  });
}

/** @param {Suite} suite @returns {string} */
function fullName(suite) {
  return suite.parent ? `${fullName(suite.parent)} ${suite.name}`.trim() : suite.name;
}

/** Suites from the outermost to `suite`. @param {Suite} suite @returns {Suite[]} */
function lineage(suite) {
  return suite.parent ? [...lineage(suite.parent), suite] : [suite];
}

/**
 * Runs what was declared and prints it.
 * @param {{ grep?: string }} options
 * @returns {Promise<number>} the exit code
 */
async function run({ grep }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  /** @type {{ name: string, error: any }[]} */
  const failures = [];
  const started = Date.now();

  const report = () => {
    failures.forEach(({ name, error }, index) => {
      console.log(`\n${index + 1}) ${name}\n   ${String(error?.stack ?? error).replaceAll('\n', '\n   ')}`);
    });
    console.log(`\n${counts.skipped} skipped, ${((Date.now() - started) / 1000).toFixed(1)} s`);
    console.log(`${counts.passed} passed, ${counts.failed} failed`);
    return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
  };
  const fail = (name, error) => {
    counts.failed += 1;
    failures.push({ name, error });
    console.log(`  FAIL ${name}: ${String(error?.message ?? error).split('\n')[0]}`);
  };

  const watchdog = setTimeout(() => {
    fail('the run', new Error(`not finished after ${RUN_TIMEOUT / 1000} s`));
    require('electron').app.exit(report());
  }, RUN_TIMEOUT);

  process.on('uncaughtException', (error) => {
    if (failRunning) failRunning(error);
    else fail('between tests', error);
  });

  /** @param {Suite} suite @param {Test} test */
  const wanted = (suite, test) => !test.skip && (!onlySeen || test.only) && (!grep || `${fullName(suite)} ${test.name}`.includes(grep));
  /** @param {Suite} suite @returns {boolean} */
  const hasWanted = (suite) => suite.tests.some((test) => wanted(suite, test)) || suite.suites.some(hasWanted);

  /** @param {Suite} suite @param {Test} test */
  const runTest = async (suite, test) => {
    const name = `${fullName(suite)} ${test.name}`.trim();
    const began = Date.now();
    let problem = null;
    const step = async (body) => {
      try {
        await runLimited(body, suite.timeout);
      } catch (error) {
        problem ??= { error };
      }
    };
    for (const { beforeEach } of lineage(suite)) for (const hook of beforeEach) if (!problem) await step(hook);
    if (!problem) await step(test.run);
    // Clean-up runs whatever happened, innermost first.
    for (const { afterEach } of lineage(suite).reverse()) for (const hook of afterEach) await step(hook);
    if (problem) {
      fail(name, problem.error);
    } else {
      counts.passed += 1;
      const time = Date.now() - began;
      console.log(`  ok ${name}${time > 1000 ? ` (${time} ms)` : ''}`);
    }
  };

  /** @param {Suite} suite */
  const runSuite = async (suite) => {
    counts.skipped += suite.tests.filter((test) => !wanted(suite, test)).length;
    if (hasWanted(suite)) {
      try {
        for (const hook of suite.before) await runLimited(hook, suite.timeout);
        for (const test of suite.tests) if (wanted(suite, test)) await runTest(suite, test);
      } catch (error) {
        fail(`${fullName(suite)} "before" hook`, error);
        return;
      }
      for (const child of suite.suites) await runSuite(child);
      for (const hook of suite.after) {
        try {
          await runLimited(hook, suite.timeout);
        } catch (error) {
          fail(`${fullName(suite)} "after" hook`, error);
        }
      }
    } else {
      for (const child of suite.suites) await runSuite(child);
    }
  };

  await runSuite(root);
  clearTimeout(watchdog);
  return report();
}

module.exports = { installGlobals, load, run };
