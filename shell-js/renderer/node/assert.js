// `assert` of a page.

import { inspect } from './inspect.js';
import { isDeepEqual } from './util.js';

export class AssertionError extends Error {
  constructor({ message, actual, expected, operator }) {
    super(message ?? `${inspect(actual)} ${operator} ${inspect(expected)}`);
    this.generatedMessage = message === undefined;
    this.code = 'ERR_ASSERTION';
    this.actual = actual;
    this.expected = expected;
    this.operator = operator;
    Object.defineProperty(this, 'name', { value: 'AssertionError', writable: true, configurable: true, enumerable: false });
  }
}

function check(holds, actual, expected, message, operator, text) {
  if (holds) return;
  if (message instanceof Error) throw message;
  const error = new AssertionError({ message: message ?? text, actual, expected, operator });
  error.generatedMessage = message === undefined;
  throw error;
}

// Whether what was thrown is what the test wanted.
function matches(error, expected, message) {
  if (expected === undefined || typeof expected === 'string') return;
  if (typeof expected === 'function') {
    if (expected.prototype !== undefined && error instanceof expected) return;
    if (Object.prototype.isPrototypeOf.call(Error, expected)) throw error;
    const result = Reflect.apply(expected, {}, [error]);
    check(result === true, error, expected, message, 'throws', `The validation function is expected to return "true". Received ${inspect(result)}`);
    return;
  }
  if (expected instanceof RegExp) {
    check(expected.test(String(error)), error, expected, message, 'throws', `The input did not match the regular expression ${inspect(expected)}. Input: ${inspect(String(error))}`);
    return;
  }
  const keys = Object.keys(expected);
  if (expected instanceof Error) keys.push('name', 'message');
  for (const key of keys) {
    const found = error?.[key];
    const fine = expected[key] instanceof RegExp && typeof found === 'string' ? expected[key].test(found) : isDeepEqual(found, expected[key]);
    check(fine, error, expected, message, 'throws', `Expected ${key} of the error to be ${inspect(expected[key])}, it is ${inspect(found)}`);
  }
}

const NOTHING = Symbol('nothing');

function thrownBy(work) {
  if (typeof work !== 'function') throw Object.assign(new TypeError('The "fn" argument must be of type function.'), { code: 'ERR_INVALID_ARG_TYPE' });
  try {
    work();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

async function rejectionOf(work) {
  const promise = typeof work === 'function' ? work() : work;
  if (typeof promise?.then !== 'function') throw Object.assign(new TypeError('The "promiseFn" argument must be of type function or an instance of Promise.'), { code: 'ERR_INVALID_ARG_TYPE' });
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

function unwanted(error, expected, message, name) {
  if (error === NOTHING) return;
  const text = typeof expected === 'string' ? expected : message;
  check(false, error, undefined, undefined, name, `Got unwanted ${name === 'doesNotReject' ? 'rejection' : 'exception'}${text === undefined ? '.' : `: ${text}`}\nActual message: "${error?.message}"`);
}

function makeAssert(strict) {
  /** @type {any} */
  const assert = function ok(...args) {
    const [value, message] = args;
    const text = args.length === 0 ? 'No value argument passed to `assert.ok()`' : 'The expression evaluated to a falsy value';
    check(value, value, true, message, '==', text);
  };
  const same = (a, b) => Object.is(a, b);
  const loose = (a, b) => a == b || (Number.isNaN(a) && Number.isNaN(b)); // eslint-disable-line eqeqeq
  const compare = (test, wanted, operator, text) => (actual, expected, message) =>
    check(test(actual, expected) === wanted, actual, expected, message, operator, `${text}\n\n${inspect(actual)}\n\n${wanted ? 'should equal' : 'should not equal'}\n\n${inspect(expected)}`);
  Object.assign(assert, {
    ok: assert,
    AssertionError,
    strictEqual: compare(same, true, 'strictEqual', 'Expected values to be strictly equal:'),
    notStrictEqual: compare(same, false, 'notStrictEqual', 'Expected "actual" to be strictly unequal to:'),
    deepStrictEqual: compare((a, b) => isDeepEqual(a, b), true, 'deepStrictEqual', 'Expected values to be strictly deep-equal:'),
    notDeepStrictEqual: compare((a, b) => isDeepEqual(a, b), false, 'notDeepStrictEqual', 'Expected "actual" not to be strictly deep-equal to:'),
    equal: compare(loose, true, '==', 'Expected values to be loosely equal:'),
    notEqual: compare(loose, false, '!=', 'Expected "actual" to be loosely unequal to:'),
    deepEqual: compare((a, b) => isDeepEqual(a, b, false), true, 'deepEqual', 'Expected values to be loosely deep-equal:'),
    notDeepEqual: compare((a, b) => isDeepEqual(a, b, false), false, 'notDeepEqual', 'Expected "actual" not to be loosely deep-equal to:'),
    fail(message = 'Failed') {
      check(false, undefined, undefined, message, 'fail', undefined);
    },
    ifError(value) {
      if (value === null || value === undefined) return;
      check(false, value, null, undefined, 'ifError', `ifError got unwanted exception: ${value?.message ?? inspect(value)}`);
    },
    match: (text, pattern, message) => check(pattern.test(text), text, pattern, message, 'match', `The input did not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`),
    doesNotMatch: (text, pattern, message) => check(!pattern.test(text), text, pattern, message, 'doesNotMatch', `The input was expected to not match the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`),
    throws(work, expected, message) {
      const error = thrownBy(work);
      const text = typeof expected === 'string' ? expected : message;
      check(error !== NOTHING, undefined, expected, undefined, 'throws', `Missing expected exception${text === undefined ? '.' : `: ${text}`}`);
      matches(error, expected, message);
    },
    doesNotThrow: (work, expected, message) => unwanted(thrownBy(work), expected, message, 'doesNotThrow'),
    async rejects(work, expected, message) {
      const error = await rejectionOf(work);
      const text = typeof expected === 'string' ? expected : message;
      check(error !== NOTHING, undefined, expected, undefined, 'rejects', `Missing expected rejection${text === undefined ? '.' : `: ${text}`}`);
      matches(error, expected, message);
    },
    doesNotReject: async (work, expected, message) => unwanted(await rejectionOf(work), expected, message, 'doesNotReject')
  });
  if (strict) {
    const { strictEqual, notStrictEqual, deepStrictEqual, notDeepStrictEqual } = assert;
    Object.assign(assert, { equal: strictEqual, notEqual: notStrictEqual, deepEqual: deepStrictEqual, notDeepEqual: notDeepStrictEqual });
  }
  return assert;
}

export function createAssert() {
  const assert = makeAssert(false);
  assert.strict = makeAssert(true);
  assert.strict.strict = assert.strict;
  return assert;
}
