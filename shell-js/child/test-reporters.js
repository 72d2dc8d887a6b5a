/**
 * What `--test-reporter` chooses: the forms in which the results of tests are printed.
 */
import fs from 'node:fs';
import process from 'node:process';

import { valuesOf } from './binding.js';

/** @typedef {import('./test-host.js').TestEvent} TestEvent */
/** @typedef {{tests: number, suites: number, pass: number, fail: number, cancelled: number, skipped: number, todo: number, duration_ms: number}} Totals */
/** @typedef {(write: (text: string) => void) => {tell: (event: TestEvent) => void, finish: (totals: Totals) => void}} Reporter */

const indent = (/** @type {string} */ text, /** @type {string} */ by) => text.replace(/^(?=.)/gm, by);
const time = (/** @type {number | undefined} */ ms) => `(${(ms ?? 0).toFixed(6).replace(/\.?0+$/, '')}ms)`;

/** Lines for people. @type {Reporter} */
function spec(write) {
  /** Tests that have begun, the outermost first. @type {{name: string, shown: boolean}[]} */
  let open = [];
  /** @type {string[]} */
  const failures = [];
  const line = (/** @type {TestEvent} */ event) => {
    const sign = { pass: '\u2714', file: '\u2714', fail: '\u2716', skip: '\ufe63' }[/** @type {'pass'} */ (event.type)];
    return `${sign} ${event.name} ${time(event.ms)}${event.type === 'skip' ? ' # SKIP' : ''}`;
  };
  return {
    tell(event) {
      const by = '  '.repeat(event.nesting);
      if (event.type === 'output') return write(`${event.name}\n`);
      if (event.type === 'start') {
        open = open.slice(0, event.nesting);
        open.push({ name: event.name, shown: false });
        return undefined;
      }
      open.slice(0, event.nesting).forEach((parent, depth) => {
        if (!parent.shown) write(`${'  '.repeat(depth)}\u25b6 ${parent.name}\n`);
        parent.shown = true;
      });
      write(`${by}${line(event)}\n`);
      if (event.error !== undefined && event.error.message !== '1 or more subtests failed') {
        failures.push(`${line(event)}\n${indent(event.error.text, '  ')}\n`);
        write(`${indent(event.error.text, `${by}  `)}\n\n`);
      }
      return undefined;
    },
    finish(totals) {
      for (const [name, value] of Object.entries(totals)) write(`\u2139 ${name} ${value}\n`);
      if (failures.length > 0) write(`\n\u2716 failing tests:\n\n${failures.join('\n')}`);
    },
  };
}

/** The Test Anything Protocol. @type {Reporter} */
function tap(write) {
  /** How many tests each depth has had. @type {number[]} */
  let counts = [];
  write('TAP version 13\n');
  const block = (/** @type {string} */ name, /** @type {string} */ text) => `  ${name}: |-\n${indent(text, '    ')}\n`;
  return {
    tell(event) {
      const by = '    '.repeat(event.nesting);
      if (event.type === 'output') return write(`# ${event.name}\n`);
      if (event.type === 'start') return write(`${by}# Subtest: ${event.name}\n`);
      if (event.type === 'file') write(`${by}# Subtest: ${event.name}\n`);
      const inner = counts[event.nesting + 1] ?? 0;
      if (inner > 0) write(`${by}    1..${inner}\n`);
      counts = counts.slice(0, event.nesting + 1);
      counts[event.nesting] = (counts[event.nesting] ?? 0) + 1;
      const { error } = event;
      let text = `${error === undefined ? '' : 'not '}ok ${counts[event.nesting]} - ${event.name}${event.type === 'skip' ? ' # SKIP' : ''}\n`;
      text += `  ---\n  duration_ms: ${event.ms ?? 0}\n  type: '${event.kind}'\n`;
      if (error !== undefined) {
        text += `  failureType: '${error.message === '1 or more subtests failed' ? 'subtestsFailed' : 'testCodeFailure'}'\n`;
        text += block('error', error.message);
        if (error.code !== undefined) text += `  code: '${error.code}'\n`;
        text += block('stack', error.stack);
      }
      return write(indent(`${text}  ...\n`, by));
    },
    finish(totals) {
      write(`1..${counts[0] ?? 0}\n`);
      for (const [name, value] of Object.entries(totals)) write(`# ${name} ${value}\n`);
    },
  };
}

/** A character for each test. @type {Reporter} */
function dot(write) {
  /** @type {string[]} */
  const failures = [];
  let column = 0;
  return {
    tell(event) {
      if (event.type === 'start' || event.type === 'output') return;
      write(event.type === 'fail' ? 'X' : '.');
      column += 1;
      if (column % 20 === 0) write('\n');
      if (event.error !== undefined) failures.push(`\u2716 ${event.name} ${time(event.ms)}\n${indent(event.error.text, '  ')}\n`);
    },
    finish() {
      write('\n');
      if (failures.length > 0) write(`\nFailed tests:\n\n${failures.join('\n')}`);
    },
  };
}

/** @type {Record<string, Reporter>} */
const REPORTERS = { spec, tap, dot };

/** Where a reporter writes. @param {string | undefined} destination */
function writerTo(destination = 'stdout') {
  if (destination === 'stdout' || destination === 'stderr') {
    const stream = process[destination];
    return (/** @type {string} */ text) => {
      stream.write(text);
    };
  }
  const file = fs.openSync(destination, 'w');
  return (/** @type {string} */ text) => {
    fs.writeSync(file, text);
  };
}

/** Opens the reporters of the command line. */
export function openReporters() {
  const names = valuesOf('--test-reporter');
  const destinations = valuesOf('--test-reporter-destination');
  if (destinations.length > 0 && destinations.length !== names.length) {
    throw new TypeError(
      `The argument '--test-reporter' must match the number of specified '--test-reporter-destination'. Received [${names.join(', ')}]`,
    );
  }
  const opened = (names.length > 0 ? names : ['spec']).map((name, index) => {
    const reporter = REPORTERS[name];
    if (reporter === undefined) throw new Error(`The test reporter '${name}' is not supported; there are ${Object.keys(REPORTERS).join(', ')}`);
    return reporter(writerTo(destinations[index]));
  });
  /** @type {Totals} */
  const totals = { tests: 0, suites: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0, duration_ms: 0 };
  return {
    /** @param {TestEvent} event */
    tell(event) {
      for (const reporter of opened) reporter.tell(event);
      if (event.type === 'start' || event.type === 'output') return;
      if (event.kind === 'suite') {
        totals.suites += 1;
        return;
      }
      totals.tests += 1;
      if (event.type === 'skip') totals.skipped += 1;
      else totals[event.type === 'fail' ? 'fail' : 'pass'] += 1;
    },
    /** @param {number} ms */
    finish(ms) {
      totals.duration_ms = ms;
      for (const reporter of opened) reporter.finish(totals);
    },
  };
}
