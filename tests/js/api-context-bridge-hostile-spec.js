/* global api */
'use strict';

// What a page may try at the functions that it was given. A long list, because each way in has to be shut by itself.

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

  // What a page does with everything that it gets hold of: whatever does not end in its own Object.prototype is foreign, and so is a function
  // whose constructor makes functions that see the preload's world. Prototypes, properties and accessors are walked.
  const HUNT = `const found = [];
    const seen = new Set();
    const look = (value, path) => {
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || path.split('.').length > 9) return;
      seen.add(value);
      try {
        let at = value;
        while (Reflect.getPrototypeOf(at) !== null) at = Reflect.getPrototypeOf(at);
        // An object without a prototype leads nowhere; what it holds is looked at below.
        if (at !== Object.prototype && at !== value) found.push(path + ' is foreign');
      } catch (error) {
        look(error, path + '.error');
      }
      for (let at = value; at !== null && at !== Object.prototype && at !== Function.prototype; at = Reflect.getPrototypeOf(at)) {
        if (at === window || at === document || at instanceof Node) return;
        look(at, path + '.prototype');
        for (const key of Reflect.ownKeys(at)) {
          const descriptor = Reflect.getOwnPropertyDescriptor(at, key);
          look(descriptor.get, path + '.get ' + String(key));
          look(descriptor.set, path + '.set ' + String(key));
          try {
            look(value[key], path + '.' + String(key));
          } catch (error) {
            look(error, path + '.' + String(key) + ' error');
          }
        }
      }
      try {
        look(value.constructor, path + '.constructor');
        if (value.constructor.constructor('return typeof secret')() === 'number') found.push(path + ' leads out');
      } catch (error) {
        look(error, path + '.constructor error');
      }
    };
    const attempt = (call, path) => {
      try {
        look(call(), path + '()');
      } catch (error) {
        look(error, path + ' throws');
      }
    };
    // Some promises of these specs never settle. Timers of a hidden page are slow.
    const { port1, port2 } = new MessageChannel();
    const turn = () => new Promise((resolve) => {
      port1.onmessage = () => resolve();
      port2.postMessage(0);
    });
    const settled = async (call, path) => {
      // The result may be a thenable that never settles: it must not come out of here.
      const result = new Promise((resolve) => {
        try {
          call().then((value) => resolve(look(value, path)), (error) => resolve(look(error, path)));
        } catch (error) {
          resolve(look(error, path));
        }
      });
      await Promise.race([result, turn().then(turn).then(turn)]);
    };
    const caller = (path) => function (...args) {
      look(this, path + '.this');
      args.forEach((value, i) => look(value, path + '.argument' + i));
      look(arguments, path + '.arguments');
      try {
        look(arguments.callee.caller, path + '.caller');
      } catch {}
      return args[0];
    };`;

  // The preload of these specs: one function of each kind.
  const GIVES = `globalThis.secret = 1;
    const { contextBridge } = require('electron');
    contextBridge.exposeInMainWorld('api', {
      nothing: () => {}, object: () => ({ a: { b: [() => {}] } }), list: () => [[1], {}], map: () => new Map([[{}, [1]]]), set: () => new Set([[]]), date: () => new Date(1),
      pattern: () => /x/g, bytes: () => new Uint8Array(3), buffer: () => new ArrayBuffer(3), view: () => new DataView(new ArrayBuffer(2)), error: () => new TypeError('e'),
      promise: async () => ({ f() {} }), rejects: async () => { throw new RangeError('r'); }, throws: () => null.x, throwsText: () => { throw 'text'; },
      throwsObject: () => { throw { message: 'm', f() {} }; }, refused: () => new WeakMap(), refusedLater: async () => new WeakMap(), f: () => () => ({}), element: () => document.body,
      blob: () => new Blob(['x']), file: () => new File(['x'], 'n'), event: () => new Event('x'), url: () => new URL('https://a.example/'), boxed: () => Object(1),
      deep: () => { let at = []; for (let i = 0; i < 2000; i++) at = [at]; return at; }, symbol: () => Symbol('s'), big: () => 1n, all: () => document.all, window: () => window,
      nodes: () => document.querySelectorAll('*'), sheets: () => document.styleSheets, thenable: () => ({ then(f) { f({}); } }), laterThenable: async () => ({ then(f) { f([{}]); } }),
      generator: () => (function* () { yield {}; })(), args: (function () { return arguments; }), klass: () => class {}, proxy: () => new Proxy({ a: 1 }, {}),
      frozen: () => Object.freeze({ a: {} }), getter: () => ({ get x() { return {}; } }), throwingGetter: () => ({ get x() { throw new Error('g'); } }), call: (f, ...args) => f(...args),
      take: (value) => typeof value, keep: (value) => value, wait: async (value) => { await value; return [value]; }, construct: (C) => new C({}, () => {}), later: (f = (value) => value) => Promise.resolve().then(() => f({})),
      read: (value) => value.a.b, write: (value) => { value.x = {}; return value; }, each: (list, f) => list.map((item) => f(item)), sort: (list, f) => list.sort(f), json: (value) => JSON.stringify(value),
    });`;

  /** @param {string} code the page's, which gives `found` or a promise of it @param {string} [html] */
  async function hunt(code, html) {
    const window = await openWithPreload({ preload: GIVES, html });
    return window.webContents.executeJavaScript(`(async () => { ${HUNT}\n${code}\nreturn found; })()`);
  }

  it('S2 leaves nothing of the shell among the globals, and no key in a text', async () => {
    const names = 'Object.getOwnPropertyNames(window)';
    const bare = await openWithPreload();
    const before = new Set(await bare.webContents.executeJavaScript(names));
    const window = await openWithPreload({ preload: GIVES });
    const added = (await window.webContents.executeJavaScript(names)).filter((name) => !before.has(name));
    assert.deepStrictEqual(added, ['api']);
    assert.strictEqual(await window.webContents.executeJavaScript('typeof window.webkit'), 'undefined');
    const text = await window.webContents.executeJavaScript('Object.values(api).map((f) => Function.prototype.toString.call(f)).join("") + prompt');
    assert.doesNotMatch(text, /natives|channel|secret|shell/);
  });

  it('S3 refuses calls of a function that outlived its document', async () => {
    const { ipcMain } = require('electron');
    const { once, serve } = require('./helpers');
    const server = await serve((request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><iframe></iframe>'));
    const heard = [];
    ipcMain.on('outlived', (event, value) => heard.push([value, event.senderFrame?.url]));
    try {
      const window = await openWithPreload({
        preload: `const { contextBridge, ipcRenderer } = require('electron');
          contextBridge.exposeInMainWorld('api', { tell: (value) => ipcRenderer.send('outlived', value) });`,
      });
      await window.loadURL(server.url);
      // A frame of the same origin keeps the function of the document that goes away.
      await window.webContents.executeJavaScript(`window.name = 'first'; api.tell('alive'); const popup = document.querySelector('iframe').contentWindow; popup.kept = api.tell; 1`);
      const finished = once(window.webContents, 'did-finish-load');
      window.webContents.executeJavaScript(`addEventListener('pagehide', () => setTimeout(() => {})); const { tell } = api; addEventListener('unload', () => { try { tell('leaving'); } catch {} }); location.reload(); 0`).catch(() => {});
      await finished;
      await window.webContents.executeJavaScript("api.tell('next'); 1");
      await window.webContents.executeJavaScript('1');
    } finally {
      ipcMain.removeAllListeners('outlived');
      await server.close();
    }
    assert.deepStrictEqual(heard.filter(([value]) => value !== 'leaving').map(([value]) => value), ['alive', 'next']);
    // What a document says on its way out is its own word, not that of the one after it.
    for (const [, url] of heard) assert.ok(url === `${server.url}/` || url === undefined, url);
  });

  it('S8 hands out nothing foreign, whatever it gives or throws', async () => {
    assert.deepStrictEqual(
      await hunt(`look(api, 'api');
        const later = [];
        for (const [name, f] of Object.entries(api)) {
          attempt(() => {
            const value = f();
            if (value instanceof Promise) later.push(value.then((result) => look(result, name + ' result'), (error) => look(error, name + ' reason')));
            return value;
          }, name);
        }
        await Promise.all(later);`),
      []
    );
  });

  it('S8 shows callbacks, accessors and traps nothing foreign', async () => {
    assert.deepStrictEqual(
      await hunt(`
        const traps = (path) => new Proxy({}, { get: (_target, name) => function (...args) {
          caller(path + '.' + name).apply(this, args);
          return Reflect[name](...args);
        } });
        const given = [
          caller('callback'), class { constructor(...args) { caller('class').apply(this, args); } }, new Proxy(caller('proxied'), traps('function trap')), caller('bound').bind({}),
          async (...args) => caller('async')(...args), function* (...args) { caller('generator')(...args); },
        ];
        for (const f of given) {
          attempt(() => api.call(f, {}, () => {}, [], new Date(), Promise.resolve()), 'call');
          attempt(() => api.construct(f), 'construct');
          attempt(() => api.each([{}, []], f), 'each');
          attempt(() => api.sort([3, 1, 2], f), 'sort');
          attempt(() => api.keep(f)({}, () => {}), 'keep');
          await settled(() => api.later(f), 'later');
        }
        const get = caller('getter');
        const values = [
          { get x() { return get.call(this); } }, Object.defineProperty([], 0, { get, enumerable: true }), Object.defineProperty(new Error('x'), 'message', { get }),
          Object.defineProperty(new Error('x'), 'name', { get }), Object.defineProperty(Promise.resolve({}), 'constructor', { get }), Object.defineProperty(Promise.resolve({}), 'then', { get }),
          { [Symbol.toStringTag]: 'Promise', then: caller('tagged then') }, { get [Symbol.toStringTag]() { get(); return 'Map'; } }, { get [Symbol.iterator]() { return get(); } },
          { toJSON: caller('toJSON'), toString: caller('toString'), valueOf: caller('valueOf'), [Symbol.toPrimitive]: caller('toPrimitive') },
          new Proxy({ a: 1 }, traps('object trap')), new Proxy([{}], traps('array trap')), new Proxy(Promise.resolve(), traps('promise trap')), new Proxy(new Map(), traps('map trap')),
          Object.assign(new Map([[{}, {}]]), { get: caller('map get') }), Object.setPrototypeOf(new Date(), { getTime: caller('getTime'), valueOf: caller('valueOf') }),
          Object.setPrototypeOf([{}], new Proxy({}, traps('prototype trap'))), Object.setPrototypeOf({}, new Proxy({}, traps('prototype trap'))), document.all, window, document, new Event('x'),
        ];
        for (const value of values) {
          for (const f of [api.take, api.keep, api.read, api.write, api.json, (x) => api.call(() => x), (x) => api.call(() => { throw x; })]) attempt(() => f(value), 'value');
          await settled(() => api.wait(value), 'waited');
          await settled(() => api.wait(Promise.resolve(value)), 'waited inside');
          await settled(() => api.wait(Promise.reject(value)), 'waited reason');
          await settled(() => api.later(() => value), 'later');
        }`),
      []
    );
  });

  it('S8 shows nothing foreign to promises of other classes, to species and to thenables', async () => {
    assert.deepStrictEqual(
      await hunt(`
        class Spy extends Promise {
          constructor(executor) {
            look(executor, 'executor');
            super((...functions) => {
              functions.forEach((f) => look(f, 'resolver'));
              try {
                executor(...functions);
              } catch (error) {
                look(error, 'executor error');
              }
            });
          }
          static get [Symbol.species]() { caller('species').call(this); return Spy; }
          then(...functions) { functions.forEach((f) => look(f, 'then')); return super.then(...functions); }
        }
        const reactions = [];
        class Foreign {
          constructor(executor) { executor((f) => { look(f, 'capability resolve'); reactions.push(f); }, (f) => look(f, 'capability reject')); }
        }
        const other = Promise.resolve({});
        other.constructor = { [Symbol.species]: Foreign };
        const thenable = { then: caller('thenable') };
        const settling = { then(resolve) { look(resolve, 'settling'); resolve({}); resolve(thenable); } };
        for (const value of [Spy.resolve({}), Spy.reject({}), Spy.resolve(settling), other]) {
          attempt(() => api.take(value), 'take');
          await settled(() => api.wait(value), 'wait');
        }
        for (const value of [thenable, settling]) attempt(() => api.keep(value), 'keep');
        await settled(() => api.wait(settling), 'wait');
        look(await api.thenable(), 'thenable of the preload');
        look(await api.laterThenable(), 'later thenable of the preload');
        const { then } = Promise.prototype;
        Promise.prototype.then = function (...functions) { functions.forEach((f) => look(f, 'patched then')); look(this, 'patched this'); return then.apply(this, functions); };
        const later = [api.promise(), api.rejects(), api.wait(Promise.resolve(1)), api.later(() => Promise.resolve([]))];
        for (const value of later) look(await then.call(value, (x) => x, (x) => x), 'with another then');
        Promise.prototype.then = then;`),
      []
    );
  });

  // A stack that ends in the middle of a call throws where nobody expects it. Every depth is tried, with frames of several sizes.
  it('S8 hands out nothing foreign when the stack ends in the middle of a call', async () => {
    assert.deepStrictEqual(
      await hunt(`
        const later = [];
        const note = (value, path) => {
          look(value, path);
          if (value instanceof Promise) later.push(value.then((result) => look(result, path + ' result'), (error) => look(error, path + ' reason')));
        };
        const calls = {
          nothing: () => api.nothing(), object: () => api.object(), promise: () => api.promise(), error: () => api.error(), map: () => api.map(), blob: () => api.blob(), throws: () => api.throws(),
          callback: () => api.call((value) => { look(value, 'argument'); return [value]; }, { a: 1 }), wait: () => api.wait(Promise.resolve({})), take: () => api.take({ a: [new Date(), new Error('x')] }),
          f: () => api.f(), element: () => api.element(), callbackThrows: () => api.call(() => { throw { message: 'x' }; }), later: () => api.later((value) => look(value, 'later argument')),
          accessor: () => api.take({ get x() { return { get y() { return [] } }; } }),
        };
        const sizes = [(f) => f(), (f, a, b, c) => [f(), a, b, c], (f, ...rest) => [...rest, f()], (f) => { const [a, b, c, d, e] = [1, 2, 3, 4, 5]; return [a, b, c, d, e, f()]; }];
        for (const [name, call] of Object.entries(calls)) {
          for (const step of sizes) {
            let tries = 0;
            (function deep() {
              try {
                step(deep, 1, 2, 3);
              } catch {}
              // Only the deepest levels are near the end.
              if (++tries > 400) return;
              try {
                note(call(), name);
              } catch (error) {
                try {
                  note(error, name + ' throws');
                } catch {}
              }
            })();
          }
        }
        await Promise.all(later);`),
      []
    );
  });

  it('S8 hands out nothing foreign when bridged calls go round in a circle', async () => {
    assert.deepStrictEqual(
      await hunt(`
        const catching = (f, path) => {
          try {
            return f();
          } catch (error) {
            look(error, path);
            throw error;
          }
        };
        const round = (value) => { look(value, 'round'); return catching(() => api.call(round, { value: 1 }), 'round'); };
        attempt(() => round(), 'round');
        const rounds = { get x() { return catching(() => api.take(rounds), 'accessor'); } };
        attempt(() => api.take(rounds), 'accessor');
        const trap = new Proxy({}, { ownKeys: () => catching(() => { api.take(trap); return []; }, 'trap') });
        attempt(() => api.take(trap), 'trap');
        const wait = () => { const promise = catching(() => api.later(wait), 'later'); look(promise, 'later'); return 1; };
        attempt(wait, 'later');`),
      []
    );
  });

  it('S8 keeps rejections, custom elements and handlers of the preload\'s world to itself', async () => {
    const window = await openWithPreload({
      preload: `globalThis.secret = 1;
        window.onclick = () => {};
        globalThis.registry = window.customElements;
        addEventListener('unhandledrejection', (event) => { globalThis.heard ??= event.reason.message; });
        require('electron').contextBridge.exposeInMainWorld('api', {
          reject: () => { Promise.reject(new Error('unhandled')); }, registry: () => globalThis.registry, heard: () => globalThis.heard,
          late: () => { const promise = Promise.reject(new Error('late')); setTimeout(() => promise.catch(() => {}), 20); },
          timer: () => { setTimeout(() => { throw new Error('timer'); }); }, event: () => { document.dispatchEvent(new CustomEvent('details', { detail: { a: [1] } })); },
          made: () => { document.dispatchEvent(new PromiseRejectionEvent('made', { promise: Promise.resolve(), reason: {} })); },
        });`,
      html: '<iframe></iframe>',
    });
    const result = await window.webContents.executeJavaScript(`(async () => {
      ${HUNT}
      const types = [];
      const frame = document.querySelector('iframe').contentWindow;
      const accessors = [window, frame].flatMap((owner) => ['promise', 'reason'].map((key) => Object.getOwnPropertyDescriptor(owner.PromiseRejectionEvent.prototype, key).get));
      // A frame that is there only now, before anything had the time to be done to it.
      const fresh = document.body.appendChild(document.createElement('iframe')).contentWindow;
      accessors.push(Object.getOwnPropertyDescriptor(fresh.PromiseRejectionEvent.prototype, 'promise').get);
      const note = (event) => {
        types.push(event.type);
        accessors.forEach((get) => look(get.call(event), 'accessor'));
        look(event, 'event');
      };
      const listen = () => { for (const type of ['unhandledrejection', 'rejectionhandled', 'error', 'details', 'made']) (type === 'details' || type === 'made' ? document : window).addEventListener(type, note); };
      listen();
      look(window.onclick, 'onclick');
      const heard = (type) => new Promise((resolve) => addEventListener(type, resolve, { once: true }));
      const all = Promise.all(['unhandledrejection', 'rejectionhandled', 'error'].map(heard));
      api.reject(); api.late(); api.timer(); api.event(); api.made();
      await all;
      // This takes every listener away, also those that somebody may have set up against this.
      document.open(); document.write('<p>'); document.close();
      listen();
      api.reject();
      await heard('unhandledrejection');
      Promise.reject(5);
      const own = await heard('unhandledrejection');
      return [found, [...new Set(types)].sort(), api.registry(), api.heard(), own.reason, own.promise instanceof Promise];
    })()`);
    assert.deepStrictEqual(result, [[], ['details', 'error', 'made', 'rejectionhandled', 'unhandledrejection'], null, 'unhandled', 5, true]);
  });

  it('S8 does not show a page who writes to its document', async () => {
    const window = await openWithPreload({
      preload: `globalThis.secret = 1;
        const slot = () => document.querySelector('#slot');
        require('electron').contextBridge.exposeInMainWorld('api', {
          inner: () => { function write() { slot().innerHTML = '<x-y></x-y><iframe></iframe>'; } write(); },
          attribute: () => { function write() { slot().firstChild.id = 'a'; } write(); }, data: () => { function write() { slot().firstChild.dataset.q = 'a'; } write(); },
          empty: () => { function write() { slot().textContent = ''; } write(); }, later: () => { setTimeout(function write() { slot().innerHTML = '<x-y></x-y>'; }); },
        });`,
      html: '<div id="slot"></div>',
    });
    const result = await window.webContents.executeJavaScript(`(async () => {
      ${HUNT}
      let runs = 0;
      const watch = function () {
        runs++;
        look(arguments.callee.caller, 'caller');
        look(watch.caller, 'caller');
      };
      function Legacy() {
        runs++;
        look(Legacy.caller, 'constructor');
        return Reflect.construct(HTMLElement, [], Legacy);
      }
      Legacy.prototype = Object.create(HTMLElement.prototype);
      Object.setPrototypeOf(Legacy, HTMLElement);
      Legacy.observedAttributes = ['id', 'data-q'];
      for (const name of ['connectedCallback', 'disconnectedCallback', 'attributeChangedCallback']) Legacy.prototype[name] = watch;
      customElements.define('x-y', Legacy);
      document.addEventListener('load', watch, true);
      api.inner();
      api.attribute();
      api.data();
      document.querySelector('iframe').contentWindow.addEventListener('pagehide', watch);
      api.empty();
      api.later();
      await new Promise((resolve) => { const before = runs; (function wait() { if (runs > before) resolve(); else setTimeout(wait, 5); })(); });
      return [found, runs >= 6];
    })()`);
    assert.deepStrictEqual(result, [[], true]);
  });

  it('S8 runs a preload that cannot be strict code', async () => {
    const window = await openWithPreload({ preload: "with ({ x: 010 }) require('electron').contextBridge.exposeInMainWorld('api', x)" });
    assert.strictEqual(await window.webContents.executeJavaScript('api'), 8);
  });

  it('S8 names no internal file in the errors that it makes', async () => {
    const window = await openWithPreload({ preload: GIVES });
    const stacks = await window.webContents.executeJavaScript(`(async () => {
      const stacks = [];
      for (const name of ['throws', 'throwsText', 'refused', 'deep', 'throwingGetter']) {
        try {
          (function mine() { api[name](); })();
        } catch (error) {
          stacks.push(error.stack);
        }
      }
      stacks.push(api.error().stack, await api.rejects().catch((error) => error.stack));
      return stacks;
    })()`);
    assert.strictEqual(stacks.length, 7);
    for (const stack of stacks) assert.doesNotMatch(stack, /shell:|preload-\d+\.js/);
    for (const stack of stacks.slice(0, 5)) assert.match(stack, /^mine@/m);
  });

  it('S7 takes a nesting of a million levels and an endless one', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => ({ take: (value) => typeof value }),
        () => {
          const told = (value) => {
            try {
              return api.take(value);
            } catch (error) {
              return `${error instanceof Error} ${error.message.slice(0, 48)}`;
            }
          };
          let list = [];
          let object = {};
          let map = new Map();
          for (let i = 0; i < 1e6; i++) {
            list = [list];
            object = { object };
            if (i < 1e5) map = new Map([[1, map]]);
          }
          let reads = 0;
          const endless = () => new Proxy({}, {
            ownKeys: () => ['next'], getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }), get: (_target, key) => (key === 'next' && ++reads ? endless() : undefined),
          });
          return [told(list), told(object), told(map), told(endless()), reads, told(new Array(5)), told(Object.assign([], { length: 3 }))];
        }
      ),
      [
        'true Electron contextBridge recursion depth exceeded.', 'true Electron contextBridge recursion depth exceeded.', 'object',
        'true Electron contextBridge recursion depth exceeded.', 1000, 'object', 'object',
      ].map((text) => (typeof text === 'string' ? text.slice(0, 53) : text))
    );
  });

  it('S7 leaves both worlds\' prototypes as they were', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => ({ keep: (value) => [value, ({}).polluted, [].polluted, Object.keys(value)], give: () => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 2}}}') }),
        () => {
          const hostile = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 2}}, "toString": 1}');
          const [back, object, list, keys] = api.keep(hostile);
          const given = api.give();
          return [object, list, keys, back.polluted, given.polluted, ({}).polluted, Object.keys(given), Object.getPrototypeOf(given) === Object.prototype, Object.keys(api.keep([hostile])[0][0])];
        }
      ),
      [
        undefined, undefined, ['__proto__', 'constructor', 'toString'], undefined, undefined, undefined, ['__proto__', 'constructor'], true,
        ['__proto__', 'constructor', 'toString'],
      ]
    );
  });

  it('S8 is not forged by setters on the page\'s prototypes', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => ({ give: () => ({ a: [1, { b: 2 }], m: new Map([[1, [2]]]), d: new Date(3) }), take: (value) => JSON.stringify(value), error: () => { throw new Error('mine'); } }),
        () => {
          // Among them the names that our decoder uses.
          const keys = [
            'a', 'b', 'm', 'd', 'value', 'message', 'stack', 'get', 'set', 'writable', 'enumerable', 'configurable', 'bytes', 'ports',
            'view', 'at', 'end', 'budget', 'objects', 'count', 'shapes', 'texts', 'depth', 'kind', 'length', 'object', 'i',
          ];
          let calls = '';
          for (const [owner, names] of [[Object.prototype, keys], [Array.prototype, ['0', '1']]]) {
            for (const key of names) Object.defineProperty(owner, key, { __proto__: null, configurable: true, get() { return undefined; }, set() { calls += `set ${key} `; } });
          }
          let result;
          try {
            const given = api.give();
            let message;
            try {
              api.error();
            } catch (error) {
              message = Reflect.getOwnPropertyDescriptor(error, 'message').value;
            }
            result = { __proto__: null, a: Reflect.getOwnPropertyDescriptor(given, 'a')?.value.length, date: given.d.getTime(), taken: api.take({ __proto__: null, x: 1 }), message, inner: Reflect.getOwnPropertyDescriptor(given.m.get(1), 0)?.value };
          } finally {
            for (const key of keys) delete Object.prototype[key];
            for (const key of ['0', '1']) delete Array.prototype[key];
          }
          return [result.a, result.date, result.taken, result.message, result.inner, calls];
        }
      ),
      [2, 3, '{"x":1}', 'mine', 2, '']
    );
  });
});
