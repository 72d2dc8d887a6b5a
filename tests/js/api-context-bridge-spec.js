/* global api, Element, HTMLElement */
'use strict';

const assert = require('node:assert');
const { closeAllWindows } = require('./helpers');
const { bridged, openWithPreload } = require('./lane-helpers');

describe('contextBridge', () => {
  afterEach(closeAllWindows);

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
      [3, true, "Function 'func' is required in script", "'args' must be an array"]
    );
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
    assert.strictEqual(text, 'Uncaught TypeError: Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.');
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
        () => [Object.keys(api.object), api.object.x, api.object.x, Object.getOwnPropertySymbols(api.object).length, 'hidden' in api.object, Object.keys(api.sample), typeof api.ipc.send]
      ),
      [['x', 'this'], 1, 1, 1, false, ['own'], 'undefined']
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

  it('gives functions that are no methods the global object of their world as this', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => {
          'use strict';
          const whose = function () { return this === globalThis; };
          return { given: () => whose, list: [function () { return Array.isArray(this); }], called: (callback) => callback() };
        },
        () => {
          'use strict';
          return [api.given()(), api.list[0](), api.called(function () { return this === window; })];
        }
      ),
      [true, true, true]
    );
  });

  it('keeps symbols as keys', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => {
          const mine = Symbol('mine');
          return { mine, object: () => ({ [mine]: 1 }), same: (value) => value === mine, read: (object) => object[mine] };
        },
        () => [api.object()[api.mine], api.same(api.mine), api.read({ [api.mine]: 2 })]
      ),
      [1, true, 2]
    );
  });

  it('tells what went wrong in Electron\'s words', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => {
          const broken = Object.defineProperty([1], 0, { get() { throw new RangeError('inside'); }, enumerable: true });
          return {
            take: () => {},
            broken: () => broken,
            object: () => { throw { message: 'of an object' }; },
            text: () => { throw 'text'; },
            symbol: () => Object(Symbol('s')),
            later: async () => new WeakMap(),
            result: (f) => {
              try {
                f();
              } catch (error) {
                return [error.constructor === Error, error.message];
              }
            },
          };
        },
        async () => {
          const told = (f) => {
            try {
              f();
            } catch (error) {
              return `${error.constructor.name} ${error.message}`;
            }
          };
          let deep = [];
          for (let i = 0; i < 1000; i++) deep = [deep];
          return [
            told(() => api.take({ get x() { throw new Error('mine'); } })), told(() => api.take(new WeakMap())), told(() => api.take(deep)),
            told(api.broken), told(api.object), told(api.text), told(api.symbol), await api.later().catch((error) => error.message),
            api.result(() => deep), api.result(() => { throw new TypeError('page'); }), told(() => api.take(deep[0])),
          ];
        }
      ),
      [
        'Error mine',
        'Error An object could not be cloned.',
        'TypeError Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.',
        'Error Uncaught RangeError: inside',
        'Error of an object',
        'Error An unknown exception occurred in the isolated context, an error occurred but a valid exception was not thrown.',
        'Error Uncaught Error: An object could not be cloned.',
        'Uncaught Error: An object could not be cloned.',
        [true, 'Uncaught TypeError: Electron contextBridge recursion depth exceeded.  Nested objects deeper than 1000 are not supported.'],
        [true, 'page'],
        undefined,
      ]
    );
  });

  it('refuses keys that are no strings', async () => {
    assert.strictEqual(
      await bridged(({ contextBridge }) => {
        try {
          contextBridge.exposeInMainWorld(5, {});
        } catch (error) {
          return error.message;
        }
      }, () => api),
      'Error processing argument at index 1, conversion failure from 5'
    );
  });

  it('passes Blobs, Files and VideoFrames', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => ({
          make: () => [new Blob(['ab', 'cd'], { type: 'text/plain' }), new File(['x'], 'name.txt'), new VideoFrame(new OffscreenCanvas(16, 8), { timestamp: 7 })],
          read: async (blob, file, frame) => [
            blob instanceof Blob, await blob.text(), file instanceof File, file.name, frame instanceof VideoFrame, frame.codedWidth, frame.timestamp,
          ],
        }),
        async () => {
          const [blob, file, frame] = api.make();
          new OffscreenCanvas(1, 1).getContext('2d');
          const made = [blob.constructor === Blob, blob.type, await blob.text(), file.constructor === File, file.name, frame.constructor === VideoFrame, frame.codedHeight];
          return [made, await api.read(new Blob(['12']), new File(['34'], 'mine'), new VideoFrame(new OffscreenCanvas(4, 4), { timestamp: 9 }))];
        }
      ),
      [[true, 'text/plain', 'abcd', true, 'name.txt', true, 8], [true, '12', true, 'mine', true, 4, 9]]
    );
  });

  it('takes other objects of the browser as plain ones', async () => {
    assert.deepStrictEqual(
      await bridged(
        () => ({ take: (value) => [Object.getPrototypeOf(value) === Object.prototype, Object.keys(value)], url: () => new URL('https://a.example/') }),
        () => {
          let taken;
          document.body.onclick = (event) => { taken = api.take(event); };
          document.body.click();
          return [taken, api.take(new URL('https://a.example/')), Object.keys(api.url()), Object.getPrototypeOf(api.url()) === Object.prototype];
        }
      ),
      [[true, ['isTrusted']], [true, []], [], true]
    );
  });
});
