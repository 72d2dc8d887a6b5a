/* global api */
'use strict';

// What a page may try at the functions that it was given.

const assert = require('node:assert');
const { closeAllWindows } = require('./helpers');
const { bridged, openWithPreload } = require('./lane-helpers');

describe('contextBridge against a hostile page', () => {
  afterEach(closeAllWindows);

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
});
