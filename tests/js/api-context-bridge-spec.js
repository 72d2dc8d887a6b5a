/* global api, Element, HTMLElement */
'use strict';

const assert = require('node:assert');
const { closeAllWindows } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

describe('contextBridge', () => {
  afterEach(closeAllWindows);

  // Exposes `make()` as `api` and runs `look` in the page; both are given as functions.
  async function bridged(make, look, html = '') {
    const preload = `const { contextBridge, ipcRenderer } = require('electron');
      const made = (${make})({ contextBridge, ipcRenderer });
      if (made !== undefined) contextBridge.exposeInMainWorld('api', made);`;
    const window = await openWithPreload({ preload, html });
    return window.webContents.executeJavaScript(`(${look})()`);
  }

  it('exposes primitives, also symbols and bigints', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => ({ a: 1, b: 'two', c: true, d: null, e: undefined, f: 10n, g: Symbol('s'), n: Number.NaN }),
        () => [api.a, api.b, api.c, api.d, 'e' in api, api.f, typeof api.g, api.g.description, api.n]
      ),
      [1, 'two', true, null, true, 10n, 'symbol', 's', Number.NaN]
    );
  });

  it('is there before any script of the page', async () => {
    assert.strictEqual(await bridged(() => 5, () => window.early, '<script>window.early = api</script>'), 5);
  });

  it('exposes a read-only frozen value', async () => {
    const result = await bridged(
      () => ({ nested: { list: [1] }, f() {}, bytes: new Uint8Array(2) }),
      () => {
        'use strict';
        const descriptor = Object.getOwnPropertyDescriptor(window, 'api');
        let threw = false;
        try {
          api.nested.x = 1;
        } catch (error) {
          threw = error instanceof TypeError;
        }
        api.bytes[0] = 9;
        return [
          descriptor.writable, descriptor.configurable, descriptor.enumerable, threw, Object.isFrozen(api.nested.list), Object.isFrozen(api.f),
          api.bytes[0],
        ];
      }
    );
    assert.deepStrictEqual(result, [false, false, true, true, true, true, 9]);
  });

  it('refuses an existing key', async () => {
    const result = await bridged(
      ({ contextBridge }) => {
        try {
          contextBridge.exposeInMainWorld('document', {});
        } catch (error) {
          return { text: error.message };
        }
      },
      () => api.text
    );
    assert.strictEqual(result, 'Cannot bind an API on top of an existing property on the window object');
  });

  it('refuses without isolation', async () => {
    const window = await openWithPreload({
      preload: `const { contextBridge } = require('electron');
        try { contextBridge.exposeInMainWorld('api', 1); } catch (error) { window.text = error.message; }`,
      webPreferences: { contextIsolation: false },
    });
    assert.strictEqual(
      await window.webContents.executeJavaScript('text'),
      'contextBridge API can only be used when contextIsolation is enabled'
    );
  });

  it('builds everything from constructors of the page', async () => {
    const result = await bridged(
      () => ({
        f: () => ({ deep: [new Date(3), new Map([[1, 2]]), new Set([1]), /x/g, new Uint8Array(1), new ArrayBuffer(2), new Error('e')] }),
        p: async () => [1],
        throws() {
          throw new TypeError('t');
        },
      }),
      async () => {
        const { deep } = api.f();
        const classes = [Date, Map, Set, RegExp, Uint8Array, ArrayBuffer, Error];
        let thrown;
        try {
          api.throws();
        } catch (error) {
          thrown = error;
        }
        return [
          api instanceof Object, api.f instanceof Function, deep instanceof Array, ...deep.map((value, i) => value instanceof classes[i]),
          api.p() instanceof Promise, (await api.p()) instanceof Array, thrown instanceof Error, thrown.constructor === Error, thrown.message,
        ];
      }
    );
    assert.deepStrictEqual(result, [...Array.from({ length: 14 }, () => true), 't']);
  });

  it('does not leak the isolated world through constructors', async () => {
    // Each way ends in a function constructor; were it the isolated world's, code that it makes would see `secret`.
    const result = await bridged(
      () => {
        globalThis.secret = 'leaked';
        return { f: (callback) => typeof callback === 'function' && callback({}, () => {}, Promise.resolve([])), p: async () => ({}), throws: () => null.x };
      },
      async () => {
        const found = [];
        const seen = new Set();
        const look = (value, path) => {
          if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || path.length > 60) return;
          seen.add(value);
          if (typeof value === 'function') {
            try {
              if (value.constructor('return typeof secret')() !== 'undefined') found.push(path);
            } catch {}
          }
          for (const key of ['constructor', '__proto__', 'prototype', 'then', 'caller', 'arguments', 'stack']) {
            try {
              look(value[key], `${path}.${key}`);
            } catch {}
          }
        };
        look(api.f, 'f');
        look(api.p(), 'p');
        look(await api.p(), 'result');
        api.f(function (...args) {
          args.forEach((value, i) => look(value, `argument ${i}`));
          try {
            look(arguments.callee.caller, 'caller');
          } catch {}
        });
        const hand = (value) => {
          try {
            api.f(value);
          } catch {}
        };
        // Who calls a getter, or a trap, is code of the isolated world.
        const caller = function () {
          try {
            look(arguments.callee.caller, 'caller');
            look(arguments, 'arguments');
          } catch {}
          return 1;
        };
        hand(Object.defineProperty({}, 'x', { get: caller, enumerable: true }));
        hand(Object.defineProperty([], 0, { get: caller, enumerable: true }));
        hand(new Proxy({ a: 1 }, { get: caller, has: caller, getPrototypeOf() { caller(); return null; }, ownKeys() { caller(); return ['a']; } }));
        hand(Object.defineProperty(new Error('x'), 'message', { get: caller }));
        hand(Object.defineProperty(Promise.resolve(), 'constructor', { get: caller }));
        class Species extends Promise {
          constructor(executor) {
            look(executor, 'executor');
            super((...functions) => {
              functions.forEach((f) => look(f, 'resolver'));
              executor(...functions);
            });
          }
        }
        hand(Species.resolve({ then(...functions) { functions.forEach((f) => look(f, 'then')); } }));
        const traps = new Proxy({}, {
          get: (target, name) => (...args) => {
            args.forEach((value, i) => look(value, `trap ${String(name)} ${i}`));
            return Reflect[name](...args);
          },
        });
        api.f(new Proxy(function () {}, traps));
        try {
          api.f(new Proxy({}, traps));
        } catch {}
        try {
          api.throws();
        } catch (error) {
          look(error, 'error');
        }
        (function deep() {
          try {
            deep();
          } catch {}
          try {
            api.f();
          } catch (error) {
            look(error, 'stack overflow');
          }
        })();
        return found;
      }
    );
    assert.deepStrictEqual(result, []);
  });

  it('does not leak the isolated world through thenables', async () => {
    const window = await openWithPreload({ preload: "globalThis.secret = 1; require('electron').contextBridge.exposeInMainWorld('api', { wait: async (x) => x })" });
    const thenable = `({ then(...functions) {
      window.found ??= [];
      for (const f of functions) { try { found.push(f.constructor('return typeof secret')()); } catch (error) { found.push('refused'); } }
      functions[0](5);
    } })`;
    await assert.rejects(window.webContents.executeJavaScript(thenable), /could not be cloned/);
    await assert.rejects(window.webContents.executeJavaScript(`Promise.resolve({ inner: ${thenable} })`), /could not be cloned/);
    await window.webContents.executeJavaScript(`Promise.resolve(api.wait(${thenable}))`);
    const found = await window.webContents.executeJavaScript('window.found ?? []');
    assert.deepStrictEqual(found.filter((each) => each !== 'undefined'), []);
  });

  it('runs functions in the page with executeInMainWorld', async () => {
    assert.deepStrictEqual(
      await bridged(
        ({ contextBridge }) => ({
          sum: contextBridge.executeInMainWorld({ func: (a, b) => { window.ran = true; return a.n + b; }, args: [{ n: 1 }, 2] }),
          refused: [{}, { func: () => {}, args: 1 }].map((script) => {
            try {
              return contextBridge.executeInMainWorld(script);
            } catch (error) {
              return error.message;
            }
          }),
        }),
        () => [api.sum, window.ran, api.refused[0], api.refused[1]]
      ),
      [3, true, "'func' must be a function", "'args' must be an array"]
    );
  });

  it('S8 does not depend on what the page changes', async () => {
    const result = await bridged(
      () => ({ f: (a) => ({ sum: a.x + 1, list: [new Date(5)] }), p: async (x) => ({ x }), cb: (f) => f([1]) }),
      async () => {
        const seen = [];
        const watch = (value) => {
          for (const each of value) {
            try {
              if (typeof each === 'function' && each.constructor !== Function) seen.push('foreign');
            } catch {
              seen.push('foreign');
            }
          }
        };
        const restore = [];
        const replace = (owner, key, make) => {
          const old = Object.getOwnPropertyDescriptor(owner, key);
          restore.push(() => Object.defineProperty(owner, key, old));
          Object.defineProperty(owner, key, { ...old, value: make(old.value) });
        };
        const spy = (old) => function (...args) {
          watch([this, ...args]);
          return Reflect.apply(old, this, args);
        };
        replace(Function.prototype, 'call', spy);
        replace(Function.prototype, 'apply', spy);
        replace(Array.prototype, 'push', spy);
        replace(Array.prototype, 'map', () => () => 'forged');
        replace(JSON, 'stringify', () => () => 'forged');
        replace(Object, 'keys', () => () => ['forged']);
        replace(Object, 'freeze', spy);
        replace(Date.prototype, 'getTime', () => () => 0);
        replace(Promise.prototype, 'then', (old) => function (...args) {
          watch(args);
          return Reflect.apply(old, this, args);
        });
        const keys = ['value', 'failed', 'get', 'kind', '0'];
        for (const key of keys) {
          Object.defineProperty(Object.prototype, key, { __proto__: null, configurable: true, set(value) { watch([value]); }, get() { return undefined; } });
        }
        let out;
        try {
          out = [api.f({ x: 1 }).sum, api.cb((list) => list.length), await api.p(7).then((value) => value.x)];
        } finally {
          for (const key of keys) delete Object.prototype[key];
          for (const undo of restore) undo();
        }
        return [...out, seen];
      }
    );
    assert.deepStrictEqual(result, [2, 1, 7, []]);
  });

  it('S7 copies or refuses whatever the page hands in', async () => {
    const result = await bridged(
      () => ({ take: (value) => (value === null ? 'null' : typeof value), polluted: () => ({}).polluted, own: (value) => Object.hasOwn(value, '__proto__') }),
      () => {
        const outcome = (make) => {
          try {
            return api.take(make());
          } catch (error) {
            return error instanceof Error && error.message.length > 0 ? 'refused' : 'odd';
          }
        };
        const cycle = [];
        cycle.push(cycle);
        let deep = {};
        for (let i = 0; i < 1e5; i++) deep = { deep };
        return [
          outcome(() => JSON.parse('{"__proto__": {"polluted": 1}}')), api.polluted(), ({}).polluted,
          api.own(JSON.parse('{"__proto__": {"polluted": 1}}')),
          outcome(() => ({ get x() { throw new Error('mine'); } })),
          outcome(() => ({ get x() { throw 5; } })),
          outcome(() => new Proxy({}, { ownKeys() { throw new Error('mine'); } })),
          outcome(() => cycle), outcome(() => deep), outcome(() => Symbol('a')), outcome(() => document.body), outcome(() => window),
          outcome(() => new WeakMap()), outcome(() => Object.create(null)), outcome(() => () => {}),
        ];
      }
    );
    assert.deepStrictEqual(result, [
      'object', undefined, undefined, true, 'refused', 'refused', 'refused', 'object', 'refused', 'symbol', 'object', 'refused', 'refused',
      'object', 'function',
    ]);
  });

  it('limits the depth', async () => {
    const text = await bridged(
      () => ({
        deep: () => {
          const root = {};
          let at = root;
          for (let i = 0; i < 1100; i++) at = at.next = {};
          return root;
        },
      }),
      () => {
        try {
          api.deep();
        } catch (error) {
          return error.message;
        }
      }
    );
    assert.strictEqual(text, 'Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.');
  });

  it('keeps identity and cycles within a call', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => {
          const shared = { n: 1 };
          const round = { shared, again: shared };
          round.self = round;
          return { round, same: (a, b) => a === b };
        },
        () => [api.round.self === api.round, api.round.shared === api.round.again, api.same(api.round, api.round), ((o) => api.same(o, o))({})]
      ),
      [true, true, true, true]
    );
  });

  it('hands a function back as it was', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => {
          const original = () => 'original';
          return { give: () => original, isOriginal: (f) => f === original, through: (f) => f };
        },
        () => {
          const mine = () => {};
          return [api.isOriginal(api.give()), api.through(mine) === mine];
        }
      ),
      [true, true]
    );
  });

  it('passes callbacks, their results and their errors', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => ({
          call: (f, ...args) => f(...args),
          message: (f) => {
            try {
              f();
            } catch (error) {
              return [error instanceof Error, error.message];
            }
          },
        }),
        () => [
          api.call((a, b) => a + b, 1, 2),
          api.call((x) => x.list[1], { list: [1, 2] }),
          api.message(() => { throw new RangeError('page'); }),
          api.message(() => { throw 'text'; }),
        ]
      ),
      [3, 2, [true, 'page'], [true, 'An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.']]
    );
  });

  it('bridges promises both ways', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => ({
          fine: Promise.resolve({ a: [1] }),
          fails: () => Promise.reject(new TypeError('no')),
          wait: async (promise) => (await promise) + 1,
          caught: (promise) => promise.catch((error) => [error instanceof Error, error.message]),
        }),
        async () => [
          await api.fine,
          await api.fails().catch((error) => [error.constructor === Error, error.message]),
          await api.wait(Promise.resolve(1)),
          await api.caught(Promise.reject(new Error('page'))),
        ]
      ),
      [{ a: [1] }, [true, 'no'], 2, [true, 'page']]
    );
  });

  it('takes own enumerable data only', async () => {
    assert.deepStrictEqual(
      await bridged(
        ({ ipcRenderer }) => {
          let reads = 0;
          class Sample {
            constructor() {
              this.own = 1;
            }
            method() {}
          }
          const object = { get x() { return ++reads; }, [Symbol('s')]: 1, this: 2 };
          Object.defineProperty(object, 'hidden', { value: 1 });
          return { object, sample: new Sample(), ipc: ipcRenderer };
        },
        () => [Object.keys(api.object), api.object.x, api.object.x, Object.getOwnPropertySymbols(api.object).length, Object.keys(api.sample), typeof api.ipc.send]
      ),
      [['x', 'this'], 1, 1, 0, ['own'], 'undefined']
    );
  });

  it('gives methods their object as this', async () => {
    assert.strictEqual(await bridged(() => ({ n: 5, get() { return this.n; } }), () => api.get()), 5);
  });

  it('rewraps elements', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => ({ tag: (element) => [element instanceof Element, element === document.body], body: () => document.body }),
        () => [...api.tag(document.body), api.body() === document.body, api.body() instanceof HTMLElement]
      ),
      [true, true, true, true]
    );
  });
});
