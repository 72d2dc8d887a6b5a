'use strict';

// Case R26 and S19 for Node in pages: the membrane between a page and its Node context, both ends here, against limits and against an other end that
// was taken over.

const assert = require('node:assert');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

const SEED = Number(process.env.SPEC_SEED ?? Date.now() % 1e9);
const load = (...parts) => import(pathToFileURL(path.join(__dirname, '..', '..', ...parts)).href);

describe('membrane', function () {
  // The limits are high.
  this.timeout(90_000);
  let createMembrane;
  let MAX_HANDLES;
  let randomFrom;
  before(async () => {
    ({ createMembrane, MAX_HANDLES } = await load('shell-js', 'common', 'membrane.js'));
    ({ randomFrom } = await load('tests', 'js', 'fixtures', 'codec-fuzz.mjs'));
  });

  /** Two ends that know nothing in common but some prototypes; `remote` is what the first one sees of the second one's object. @param {object} object */
  function pair(object) {
    /** @type {any} */
    const ends = {};
    const known = { Object: Object.prototype, Function: Function.prototype, Array: Array.prototype, Error: Error.prototype };
    const extra = (question) => {
      if (question[0] !== 'x') throw new TypeError('Malformed question');
      return object;
    };
    const end = (other, more) => createMembrane({
      ask: (question) => ends[other].serve(structuredClone(question)), post: (news) => void ends[other].receive(structuredClone(news)), Buffer, known, ...more,
    });
    ends.page = end('context', { tracksViews: true });
    ends.context = end('page', { extra });
    return { ...ends, remote: ends.page.request(['x']) };
  }

  class Tool {
    kept = [];
    keep(value) {
      this.kept.push(value);
    }

    make(count) {
      return Array.from({ length: count }, () => () => count);
    }

    drop() {
      this.kept.length = 0;
    }
  }

  const failure = (work) => {
    try {
      return work();
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  };
  const TOO_MANY = () => `RangeError: More than ${MAX_HANDLES} objects are shared between the page and its Node context`;
  const functions = (count) => Array.from({ length: count }, () => () => 1);

  it('R26 shares so many objects and no more, and forgets what a call that failed had named', () => {
    const { page, context, remote } = pair(new Tool());
    const before = page.counts().exported;
    assert.strictEqual(failure(() => remote.keep(functions(MAX_HANDLES + 1))), TOO_MANY());
    assert.strictEqual(page.counts().exported, before);
    // Also what stands before what cannot be passed, in the same argument or another one.
    const deep = [];
    for (let i = 0, at = deep; i < 1000; i++) at = at[0] = [];
    for (const args of [[[...functions(10), Symbol('own')]], [() => 1, Symbol('own')], [{ a: () => 1, b: deep }], [() => 1, Object.assign(new Error('x'), { field: [() => 1, Symbol('own')] }), deep]]) {
      assert.match(failure(() => remote.keep(...args)), /cannot be passed/);
    }
    assert.strictEqual(page.counts().exported, before);
    // What an error cannot take along it leaves behind, and the rest goes.
    remote.keep(Object.assign(new Error('x'), { field: [() => 1, Symbol('own')], other: () => 2 }));
    assert.strictEqual(page.counts().exported, before + 1);
    remote.keep(functions(MAX_HANDLES - before - 1));
    assert.strictEqual(failure(() => remote.keep(() => 1)), TOO_MANY());
    assert.strictEqual(context.counts().imported, MAX_HANDLES - before);
    assert.strictEqual(failure(() => remote.make(1)[0]()), 1);
  });

  it('R26 holds the other end to the same limit', () => {
    const { context } = pair(new Tool());
    const forged = Array.from({ length: MAX_HANDLES + 1 }, (_, id) => ['f', id + 1000, '', 0, []]);
    const [kind, error] = context.serve(['c', 1, undefined, forged]);
    assert.deepStrictEqual([kind, error[2]], ['t', 'RangeError']);
    assert.ok(context.counts().imported <= MAX_HANDLES);
    for (const [item, text] of /** @type {[(id: number) => any, RegExp][]} */ ([
      [(id) => ['P', id], /Too many promises/],
      [(id) => ['A', id, false], /Too many signals/],
    ])) {
      const answer = pair(new Tool()).context.serve(['c', 1, undefined, Array.from({ length: MAX_HANDLES + 1 }, (_, id) => item(id))]);
      assert.match(answer[1][4], text);
    }
    // Names are kept as long as what they are of; a few objects may have very long ones.
    const names = Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(100_000));
    const many = pair(new Tool()).context;
    const outcomes = Array.from({ length: 30 }, (_, id) => many.serve(['c', 1, undefined, [['f', id + 10, '', 0, names], ['r', id + 5000, id + 10, { name: 'C', methods: names, symbols: [] }]]])[1][4]);
    assert.match(outcomes.at(-1), /too many members/);
  });

  it('gives back what nobody uses, on both sides', async () => {
    const tool = new Tool();
    const { page, context, remote } = pair(tool);
    const before = { page: page.counts(), context: context.counts() };
    const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
    const rest = async () => {
      for (let i = 0; i < 50; i++) {
        collect();
        await turn();
        if (page.counts().imported <= before.page.imported && context.counts().imported <= before.context.imported) break;
      }
      return { page: page.counts(), context: context.counts() };
    };
    for (let round = 0; round < 3; round++) {
      (() => {
        remote.make(5000);
        remote.keep(functions(5000));
      })();
      tool.drop();
      assert.deepStrictEqual(await rest(), before);
    }
    const kept = remote.make(5);
    const mine = functions(7);
    remote.keep(mine);
    await rest();
    assert.deepStrictEqual([kept.map((call) => call()), tool.kept[0].length, page.counts().exported - before.page.exported, context.counts().exported - before.context.exported], [[5, 5, 5, 5, 5], 7, 7, 5]);
    assert.strictEqual(tool.kept[0][3](), 1);
  });

  it('S19 answers whatever it is asked, and stays whole', () => {
    const { context, remote } = pair(new Tool());
    const random = randomFrom(SEED);
    const pick = (list) => list[Math.floor(random() * list.length)];
    const KINDS = ['g', 's', 'c', 'm', 'n', 'k', 'h', 'd', 'p', 'b', 'D', 'x', 'R', 'q', 'z', 'y', 'o', 'w', '#', 'a', 'e', 'E', 'r', 'f', 'P', 'A', 'u', 'D', '', 'toString', '__proto__'];
    const junk = (depth = 0) => {
      const kind = Math.floor(random() * (depth > 4 ? 9 : 13));
      switch (kind) {
        case 0: return undefined;
        case 1: return null;
        case 2: return Math.floor(random() * 10) - 2;
        case 3: return pick([Number.NaN, Infinity, -1, 2 ** 53, 1e300, 5n, true]);
        case 4: return pick(['', 'constructor', '__proto__', 'prototype', 'keep', 'length', 'x'.repeat(1000), '[', '\ud800']);
        case 5: return new Uint8Array(Math.floor(random() * 9));
        case 6: return new Date(Number.NaN);
        case 7: return new Map([[1, 2]]);
        case 8: return pick(KINDS);
        case 9: return { [pick(['a', 'name', 'methods', 'symbols', 'length'])]: junk(depth + 1), length: junk(depth + 1) };
        default: return [pick([...KINDS, 'b', 'b']), ...Array.from({ length: Math.floor(random() * 6) }, () => junk(depth + 1))];
      }
    };
    for (let round = 0; round < 4_000; round++) {
      const message = junk();
      try {
        const answer = context.serve(message);
        assert.ok(Array.isArray(answer) && (answer[0] === 'v' || answer[0] === 't'), `seed ${SEED}: ${JSON.stringify(answer)}`);
      } catch (error) {
        assert.fail(`seed ${SEED}, round ${round}: ${error.stack} of ${JSON.stringify(message, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))}`);
      }
      try {
        context.receive(message);
      } catch (error) {
        assert.match(error.name, /^(Type|Range|Reference|Syntax)?Error$/, `seed ${SEED}`);
      }
    }
    assert.deepStrictEqual([{}.x, Object.prototype.keep, [].a], [undefined, undefined, undefined], `seed ${SEED}`);
    const { remote: other } = pair(new Tool());
    assert.deepStrictEqual([other.make(1)[0](), typeof remote], [1, 'object']);
  });

  it('S19 cannot be made to go back on itself', () => {
    const { page, context, remote } = pair(new Tool());
    // An object that was let go of is not known any more, however often it was let go of.
    const id = page.pack(remote)[1];
    for (const count of [Number.NaN, -1, 1e9, 'x', undefined, 1]) context.receive(['rel', id, count, 99, 1, 'x']);
    assert.match(context.serve(['g', id, 'kept'])[1][4], /not known any more/);
    assert.match(failure(() => remote.kept), /not known any more/);
    // A promise settles once.
    context.serve(['c', 1, undefined, [['P', 1]]]);
    for (let i = 0; i < 3; i++) assert.strictEqual(context.receive(['ok', 1, ['o', 12345]]), true);
    let nested = ['a'];
    for (let i = 0; i < 100_000; i++) nested = ['a', nested];
    assert.strictEqual(context.serve(['c', 1, undefined, [nested]])[0], 't');
  });
});
