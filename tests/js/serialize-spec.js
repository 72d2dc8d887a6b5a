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

/** Random numbers that a seed repeats. @param {number} seed */
function randomFrom(seed) {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/** A random value of everything that can be cloned. @param {() => number} random @param {number} depth @param {any[]} [made] */
function randomValue(random, depth, made = []) {
  const below = (limit) => Math.floor(random() * limit);
  const text = () => String.fromCharCode(...Array.from({ length: below(90) }, () => (random() < 0.5 ? 32 + below(90) : below(65536))));
  const remember = (object) => {
    made.push(object);
    return object;
  };
  const inner = () => randomValue(random, depth - 1, made);
  const scalars = [
    () => undefined, () => null, () => random() < 0.5, () => below(1e6) - 5e5, () => (random() - 0.5) * 10 ** below(300), () => -0,
    () => Number.NaN, text, () => 'key', () => BigInt(below(2 ** 31)) ** BigInt(below(9)) * -1n, () => new Date(below(2e12)), () => /a(b)\/c/giu,
    () => new Uint8Array(below(40)).map(() => below(256)), () => new Float64Array([random(), Number.NaN]), () => new BigInt64Array([5n]),
    () => new DataView(new ArrayBuffer(9), 1, 5), () => new Uint16Array(new ArrayBuffer(12), 2, 3), () => Object(below(9)), () => Object('boxed'),
    () => (made.length > 0 ? made[below(made.length)] : 0),
  ];
  const composites = [
    () => {
      const list = remember([]);
      for (let i = below(6); i > 0; i--) list.push(inner());
      if (random() < 0.2) delete list[0];
      if (random() < 0.1) list.extra = inner();
      if (random() < 0.05) list.length += 1000;
      return list;
    },
    () => {
      const object = remember({});
      for (let i = below(6); i > 0; i--) object[random() < 0.3 ? text() : `k${below(50)}`] = inner();
      return object;
    },
    () => {
      const map = remember(new Map());
      for (let i = below(4); i > 0; i--) map.set(inner(), inner());
      return map;
    },
    () => {
      const set = remember(new Set());
      for (let i = below(4); i > 0; i--) set.add(inner());
      return set;
    },
    () => {
      // An own enumerable `cause` would come back as what the constructor makes of it.
      const Class = [Error, TypeError, RangeError, SyntaxError][below(4)];
      return remember(random() < 0.5 ? new Class(text()) : new Class(text(), { cause: inner() }));
    },
  ];
  const table = depth > 0 && random() < 0.6 ? composites : scalars;
  return table[below(table.length)]();
}

describe('serialize', () => {
  let codec;
  const around = (value) => codec.deserialize(codec.serialize(value));

  before(async () => {
    codec = await import(pathToFileURL(path.join(__dirname, '..', '..', 'shell-js', 'common', 'serialize.js')).href);
  });
  after(closeAllWindows);

  const KEPT = {
    primitives: () => [undefined, null, true, false, 0, -0, 1, -1, 2 ** 31, -(2 ** 31), 2 ** 53, 1.5, Number.NaN, Infinity, -Infinity, 5e-324],
    strings: () => ['', 'a', '\0', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(70000), 'gr\u00fc\u00df', '\u{1f600}', '\ufeffbom', '\ud800', 'a\udc00'.repeat(5000)],
    bigints: () => [0n, 1n, -1n, 2n ** 64n, -(2n ** 200n)],
    dates: () => [new Date(0), new Date(-1), new Date(8.64e15)],
    regexps: () => [/a/, /[/\]]\/\n/gimsuy],
    maps: () => [new Map(), new Map([[1, { a: 1 }], [{}, new Map()], [Number.NaN, -0]])],
    sets: () => [new Set(), new Set([1, 'a', undefined])],
    // eslint-disable-next-line no-sparse-arrays
    arrays: () => [[], [1, [2, [3]]], [1, , 3], [, ,], Object.assign([1], { extra: 2 })],
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

  it('R23 lying lengths cost nothing', () => {
    for (const tag of [6, 7, 8, 12, 13, 14, 18]) {
      const bytes = Uint8Array.from([tag, 255, 255, 255, 255, 255, 255, 31]);
      const before = process.memoryUsage().rss;
      assert.throws(() => codec.deserialize(bytes));
      assert.ok(process.memoryUsage().rss - before < 64 << 20, `tag ${tag}`);
    }
  });

  it('R22 survives random and damaged bytes', () => {
    const random = randomFrom(SEED);
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: 1 + random() * 40 }, () => random() * (random() < 0.7 ? 24 : 256));
      try {
        codec.deserialize(bytes);
      } catch (error) {
        assert.ok(error instanceof Error, `seed ${SEED}`);
      }
    }
    for (let i = 0; i < 2_000; i++) {
      const bytes = codec.serialize(randomValue(random, 4)).slice();
      for (let j = 0; j < 3; j++) bytes[Math.floor(random() * bytes.length)] = random() * 256;
      try {
        codec.deserialize(bytes.subarray(0, random() < 0.3 ? random() * bytes.length : bytes.length));
      } catch (error) {
        assert.ok(error instanceof Error, `seed ${SEED}`);
      }
    }
  });

  it('R22 random values come back', () => {
    const random = randomFrom(SEED);
    for (let i = 0; i < 3_000; i++) {
      const value = randomValue(random, 5);
      assert.deepStrictEqual(around(value), value, `seed ${SEED}, value ${i}`);
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
        assert.deepStrictEqual(await throughPage(value), value, `seed ${SEED}, value ${i}`);
      }
    });
  });
});
