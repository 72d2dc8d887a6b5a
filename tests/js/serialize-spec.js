'use strict';

// The codec: alone in V8, and from V8 to JavaScriptCore and back.

const { ipcMain } = require('electron');
const assert = require('node:assert');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const vm = require('node:vm');
const { closeAllWindows } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

const SEED = Number(process.env.SPEC_SEED ?? Date.now() % 1e9);

describe('serialize', () => {
  let codec;
  let difference;
  let randomFrom;
  let randomValue;
  const around = (value) => codec.deserialize(codec.serialize(value));

  before(async () => {
    codec = await import(pathToFileURL(path.join(__dirname, '..', '..', 'shell-js', 'common', 'serialize.js')).href);
    ({ difference, randomFrom, randomValue } = await import(pathToFileURL(path.join(__dirname, 'fixtures', 'codec-fuzz.mjs')).href));
  });
  after(closeAllWindows);

  const KEPT = {
    primitives: () => [undefined, null, true, false, 0, -0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 53, 1.5, Number.NaN, Infinity, -Infinity, 5e-324],
    strings: () => ['', 'a', '\0', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(70000), 'gr\u00fc\u00df', '\u{1f600}', '\ufeffbom', '\ud800', 'a\udc00'.repeat(5000)],
    'long strings': () => ['gr\u00fc\u00df', '\u4e2d', '\u{1f600}', '\ud83d'].flatMap((odd) => [0, 1, 15, 16, 17, 600].map((at) => `${'x'.repeat(at)}${odd}${'y'.repeat(1000)}${odd}`)),
    bigints: () => [0n, 1n, -1n, 2n ** 64n, -(2n ** 200n)],
    dates: () => [new Date(0), new Date(-1), new Date(8.64e15)],
    regexps: () => [/a/, /[/\]]\/\n/gimsuy],
    maps: () => [new Map(), new Map([[1, { a: 1 }], [{}, new Map()], [Number.NaN, -0]])],
    sets: () => [new Set(), new Set([1, 'a', undefined])],
    /* eslint-disable no-sparse-arrays */
    arrays: () => [
      [], [1, [2, [3]]], [1, , 3], [, ,], [, 1], [1, , , [2], , ,], [1, 2, 3, 4, 5, 6, 7, 8, 'nine', , 11], Object.assign([1], { extra: 2 }), Object.assign([, 1], { '00': 2 }),
      Object.assign([1, 2, 3, 4, 5, 6, 7, 8], { extra: [9] }), Object.assign(Array.from({ length: 20 }, () => 'x'), { extra: 2 }),
      Object.assign(Array.from({ length: 100 }, (_, i) => i), { 2000: 1, 5000: [2] }), Object.assign(['a'], { 100_000: 'b', 400_000: 'c', more: 3 }),
    ],
    /* eslint-enable no-sparse-arrays */
    objects: () => [{}, { a: undefined }, { '': 1, 1: 2, constructor: 3, toString: 4 }],
    boxed: () => [Object(1), Object('s'), Object(true), Object(5n)],
    bytes: () => [new ArrayBuffer(0), new Uint8Array([1, 2]).buffer, new Uint8Array(0), new Int16Array([1, -2]), new Float32Array([1.5]), new DataView(new ArrayBuffer(4), 1, 2)],
  };
  for (const [name, make] of Object.entries(KEPT)) {
    it(`keeps ${name}`, () => assert.deepStrictEqual(around(make()), make()));
  }

  it('puts ports that go along where they were, and no others', () => {
    class Port {
      static {
        Object.defineProperty(this.prototype, Symbol.toStringTag, { value: 'MessagePort' });
      }
    }
    const [first, second] = [new Port(), new Port()];
    const places = new Map([[first, 0], [second, 1]]);
    const bytes = codec.serialize({ second, list: [first, first], map: new Map([['first', first]]) }, places);
    const got = codec.deserialize(bytes, [first, second]);
    assert.deepStrictEqual([got.second === second, got.list[0] === first, got.list[1] === first, got.map.get('first') === first], [true, true, true, true]);
    assert.throws(() => codec.deserialize(bytes, [first]));
    assert.throws(() => codec.deserialize(bytes));
  });

  it('keeps an invalid date', () => assert.ok(Number.isNaN(around(new Date(Number.NaN)).getTime())));

  it('keeps errors', () => {
    const error = around(new RangeError('boom', { cause: { a: new TypeError('inner') } }));
    assert.ok(error instanceof RangeError && error.cause.a instanceof TypeError);
    assert.strictEqual(error.message, 'boom');
    assert.match(error.stack, /serialize-spec/);
    assert.ok(!Object.hasOwn(around(Object.assign(new Error('x'), { code: 'E' })), 'code'));
    class Custom extends Error {
      name = 'Custom';
    }
    assert.strictEqual(around(new Custom('c')).name, 'Error');
  });

  it('keeps identity and cycles', () => {
    const bytes = new Uint8Array(8);
    const value = { list: [bytes, new Uint16Array(bytes.buffer, 2)], map: new Map() };
    value.map.set(value, value.list);
    const copy = around(value);
    assert.strictEqual(copy.list[0].buffer, copy.list[1].buffer);
    assert.strictEqual(copy.map.get(copy), copy.list);
  });

  it('keeps identity however many objects there are', () => {
    for (const count of [1, 30, 31, 32, 33, 34, 600, 5000]) {
      const list = Array.from({ length: count }, (_, i) => ({ i }));
      const copy = around([...list, list, ...list]);
      list.forEach(({ i }) => assert.ok(copy[i] === copy[count][i] && copy[count + 1 + i] === copy[i] && copy[i].i === i, `${i} of ${count}`));
      assert.strictEqual(new Set(copy).size, count + 1);
    }
  });

  it('reads each getter once, in the order of the keys', () => {
    const read = [];
    const getter = (name, value) => ({ enumerable: true, configurable: true, get: () => (read.push(name), value) });
    const shared = Object.defineProperties({}, { one: getter('one', 1), two: getter('two', 2) });
    const list = Object.defineProperties([0, shared, 2, 3, 4, 5, 6, 7, 8], { 0: getter('first', 0), 3: getter('third', [shared]), extra: getter('extra', 9) });
    const copy = around({ list, last: Object.defineProperties({}, { x: getter('x', list) }), shared });
    assert.deepStrictEqual(read, ['first', 'one', 'two', 'third', 'extra', 'x']);
    assert.ok(copy.list[3][0] === copy.shared && copy.last.x === copy.list && copy.list.extra === 9);
    const numbers = Object.defineProperty(Array.from({ length: 20 }, (_, i) => i), 10, getter('ten', 10));
    assert.deepStrictEqual(around(numbers), Array.from({ length: 20 }, (_, i) => i));
    assert.deepStrictEqual(read.slice(6), ['ten']);
  });

  it('takes what getters change on the way as it then is', () => {
    const object = { get a() { delete this.b; this.d = 4; return 1; }, b: 2, c: 3 };
    assert.deepStrictEqual(around(object), { a: 1, b: undefined, c: 3 });
    const list = [1, 2, 3];
    Object.defineProperty(list, 0, { enumerable: true, get() { list.length = 1; list.extra = 5; return 1; } });
    assert.deepStrictEqual(around(list), Object.assign([1], { length: 3, extra: 5 }));
  });

  it('leaves out what prototypes enumerate', () => {
    const prototypes = [Object.prototype, Array.prototype];
    try {
      for (const prototype of prototypes) Object.assign(prototype, { enumerable: 1 });
      const holed = Object.assign([1], { 2: 3 });
      assert.deepStrictEqual(around([{ a: 1 }, ['b', 'c', 'd', 'e'], holed]).map(Object.keys), [['a'], ['0', '1', '2', '3'], ['0', '2']]);
    } finally {
      for (const prototype of prototypes) delete (/** @type {any} */ (prototype).enumerable);
    }
  });

  it('takes own enumerable data only', () => {
    class Sample {
      a = 1;
      get b() {
        return 2;
      }
    }
    const frozen = around(Object.freeze({ get x() { return 5; }, [Symbol('s')]: 1 }));
    assert.deepStrictEqual(frozen, { x: 5 });
    assert.ok(Object.isExtensible(frozen));
    assert.deepStrictEqual(around(new Sample()), { a: 1 });
    assert.strictEqual(Object.getPrototypeOf(around(Object.create(null))), Object.prototype);
  });

  it('writes the whole buffer of a view', () => {
    assert.strictEqual(around(new Uint8Array(new ArrayBuffer(100), 10, 5)).buffer.byteLength, 100);
    assert.ok(!Buffer.isBuffer(around(Buffer.from('hello'))));
  });

  it('recognises values of another realm', () => {
    const [date, regexp, map, error, bytes, boxed] = around(vm.runInNewContext("[new Date(7), /x/g, new Map(), new TypeError('q'), new Uint8Array(2), Object(3)]"));
    assert.ok(date instanceof Date && regexp instanceof RegExp && map instanceof Map && error instanceof TypeError && bytes instanceof Uint8Array && boxed instanceof Number);
  });

  it('refuses what cannot be cloned', () => {
    const values = [() => {}, Symbol('s'), Promise.resolve(), new WeakMap(), new WeakRef({}), new SharedArrayBuffer(1), (function* () {})(), new Intl.NumberFormat(), { f() {} }, [Symbol.iterator]];
    (function () {
      values.push(arguments);
    })();
    for (const value of values) assert.throws(() => codec.serializeOrThrow([value]), { name: 'Error', message: 'An object could not be cloned.' });
  });

  it('S7 makes __proto__ an own property', () => {
    const copy = around(JSON.parse('{"__proto__": {"polluted": 1}}'));
    assert.ok(Object.hasOwn(copy, '__proto__'));
    assert.strictEqual(copy.polluted, undefined);
    assert.strictEqual({}.polluted, undefined);
  });

  it('R23 takes deep and wide values', () => {
    let deep = [];
    for (let i = 0; i < 100_000; i++) deep = [deep];
    let depth = 0;
    for (let at = around(deep); at.length > 0; at = at[0]) depth++;
    assert.strictEqual(depth, 100_000);
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i]));
    assert.deepStrictEqual(around(wide), wide);
    const sparse = [];
    sparse[4_000_000_000] = 1;
    assert.strictEqual(around(sparse).length, 4_000_000_001);
  });

  /** A message of form 0 with this structure. @param {...number} structure */
  const message = (...structure) => {
    const end = structure.length + 1;
    return Uint8Array.from([0, ...structure, end, end >> 8, end >> 16, end >> 24]);
  };

  it('R23 lying lengths cost nothing', () => {
    assert.strictEqual(codec.deserialize(message(64 + 5)), 5);
    for (let tag = 0; tag < 40; tag++) {
      const before = process.memoryUsage().rss;
      if (tag > 4) assert.throws(() => codec.deserialize(message(tag, 255, 255, 255, 255, 255, 255, 31)), `tag ${tag}`);
      assert.ok(process.memoryUsage().rss - before < 64 << 20, `tag ${tag}`);
    }
    // Where the texts are, and how many a list of them has.
    assert.throws(() => codec.deserialize(Uint8Array.of(2, 6, 255, 255, 255, 255)));
    assert.throws(() => codec.deserialize(Uint8Array.of(2, 6, 255, 255, 127, 2, 0, 0, 0)));
  });

  it('R23 a short message cannot ask for much memory', () => {
    // Lists of 30,000,000 holes, maps and errors: each is a few bytes.
    const many = (count, ...item) => message(14, (count & 127) | 128, (count >> 7) & 127, ...Array.from({ length: count }, () => item).flat());
    const length = [0x80, 0x87, 0xa7, 14];
    const before = process.memoryUsage().rss;
    assert.strictEqual(codec.deserialize(many(1000, 15, ...length, 25, ...length, 0)).length, 1000);
    // Holes behind items, each too short to be kept as a table.
    assert.throws(() => codec.deserialize(many(16_000, 15, 0x80, 16, 25, 0x80, 16, 0)), { message: 'The message is malformed' });
    assert.ok(process.memoryUsage().rss - before < 64 << 20, 'sparse lists');
    assert.throws(() => codec.deserialize(many(16_000, 12, 0)), { message: 'The message is malformed' });
    assert.throws(() => codec.deserialize(many(16_000, 20, 0, 0)), { message: 'The message is malformed' });
  });

  it('R23 an honest message of many small objects is long enough', () => {
    const check = (make, length) => assert.strictEqual(around(Array.from({ length }, make)).length, length);
    for (const make of [() => ({}), () => [], () => new Map(), () => new Date(1), () => new Uint8Array(0), () => Object(1)]) check(make, 50_000);
    // Their stacks are what takes time; they are dear enough that these have to pay.
    check(() => new Error(''), 3000);
  });

  it('S20 shares no memory: neither the message with the value, nor a decoded value with the message', () => {
    const make = () => {
      const buffer = Uint8Array.from({ length: 5000 }, (_, i) => i).buffer;
      return { bytes: new Uint8Array(3000).fill(5), buffer, views: [new Float64Array(buffer, 8, 10), new DataView(buffer, 16)], text: 'x'.repeat(5000), wide: '\ud800'.repeat(600), list: [1.5, 2, 3, 4, 5, 6, 7, 8] };
    };
    const value = make();
    const message = codec.serialize(value).slice();
    // The memory that a message was made in is used again for the next one.
    const kept = codec.deserialize(message);
    new Uint8Array(value.buffer).fill(9);
    value.bytes.fill(9);
    assert.deepStrictEqual(codec.deserialize(message), make());
    message.fill(255);
    codec.serialize(value);
    assert.deepStrictEqual(kept, make());
    assert.deepStrictEqual([kept.bytes.buffer.byteLength, kept.buffer.byteLength, kept.views[0].buffer === kept.buffer], [3000, 5000, true]);
  });

  it('S20 refuses memory that another thread may change while it is read', () => {
    const shared = new SharedArrayBuffer(8);
    for (const value of [shared, new Uint8Array(shared), new DataView(shared), { deep: [new Float64Array(shared)] }]) {
      assert.throws(() => codec.serializeOrThrow([value]), { message: 'An object could not be cloned.' });
    }
  });

  it('R22 survives random bytes', () => {
    const random = randomFrom(SEED);
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: 1 + random() * 40 }, () => random() * (random() < 0.7 ? 30 : 256));
      try {
        codec.deserialize(bytes);
      } catch (error) {
        assert.ok(error instanceof Error, `seed ${SEED}`);
      }
    }
  });

  describe('through a page', () => {
    let window;
    before(async () => {
      window = await openWithPreload({
        preload: "const { ipcRenderer } = require('electron'); ipcRenderer.on('value', (event, id, value) => ipcRenderer.send('value', id, value));",
      });
    });

    /** Sends a value to the page, which sends it back. @param {any} value */
    function throughPage(value) {
      return new Promise((resolve) => {
        const id = Math.random();
        const listener = (event, back, copy) => {
          if (back !== id) return;
          ipcMain.removeListener('value', listener);
          resolve(copy);
        };
        ipcMain.on('value', listener);
        window.webContents.send('value', id, value);
      });
    }

    for (const [name, make] of Object.entries(KEPT)) {
      it(`keeps ${name}`, async () => assert.deepStrictEqual(await throughPage(make()), make()));
    }

    it('R22 random values come back', async () => {
      const random = randomFrom(SEED + 1);
      for (let i = 0; i < 300; i++) {
        const value = randomValue(random, 5);
        assert.strictEqual(difference(value, await throughPage(value)), null, `seed ${SEED}, value ${i}`);
      }
    });
  });
});
