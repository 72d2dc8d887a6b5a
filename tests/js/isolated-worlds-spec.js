/* global api */
'use strict';

// Script worlds beside the page's and the preload's.

const { ipcMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once } = require('./helpers');
const { bridged, openWithPreload, pageFile } = require('./lane-helpers');

describe('isolated worlds', () => {
  afterEach(closeAllWindows);

  const run = (window, world, code) => window.webContents.executeJavaScriptInIsolatedWorld(world, [{ code }]);

  it('share the document and nothing else', async () => {
    const window = await openWithPreload({ html: '<p id="p">text</p><script>window.mine = 1; Object.prototype.polluted = 1</script>' });
    assert.strictEqual(await run(window, 1004, 'window.mine = 2; document.getElementById("p").dataset.seen = "yes"; ({}).polluted'), undefined);
    assert.deepStrictEqual(
      [await run(window, 1004, 'mine'), await run(window, 1005, 'typeof mine'), await run(window, 0, 'mine'), await run(window, 0, 'p.dataset.seen')],
      [2, 'undefined', 1, 'yes']
    );
    await window.loadFile(pageFile('next'));
    assert.strictEqual(await run(window, 1004, 'typeof mine'), 'undefined');
  });

  it('999 is the preload\'s', async () => {
    const window = await openWithPreload({ preload: 'globalThis.fromPreload = 5' });
    assert.deepStrictEqual([await run(window, 999, 'fromPreload'), await run(window, 0, 'typeof fromPreload')], [5, 'undefined']);
  });

  it('999 is a world of its own without context isolation', async () => {
    const window = await openWithPreload({ preload: 'globalThis.fromPreload = 5', webPreferences: { contextIsolation: false } });
    assert.deepStrictEqual([await run(window, 999, 'typeof fromPreload'), await run(window, 0, 'fromPreload')], ['undefined', 5]);
  });

  it('run all scripts and answer with what the first one gave', async () => {
    const window = await openWithPreload();
    const { webContents } = window;
    assert.strictEqual(await webContents.executeJavaScriptInIsolatedWorld(7, [{ code: 'Promise.resolve(1)' }, { code: 'window.second = 2' }]), 1);
    assert.strictEqual(await run(window, 7, 'second'), 2);
    await assert.rejects(webContents.executeJavaScriptInIsolatedWorld(7, [{ code: 'throw new Error("x")' }]), /^Error: Script failed to execute/);
    await assert.rejects(webContents.executeJavaScriptInIsolatedWorld(7, [{ url: 'x' }]), /^Error: Invalid 'code'$/);
    await assert.rejects(webContents.executeJavaScriptInIsolatedWorld(7, [{ code: 'new WeakMap()' }]), /could not be cloned/);
    await assert.rejects(webContents.executeJavaScriptInIsolatedWorld(536870912, [{ code: '1' }]), /^Error: Failed to get context for world 536870912$/);
    assert.deepStrictEqual(await webContents.executeJavaScriptInIsolatedWorld(7, []), undefined);
  });

  it('get what a preload exposes to them', async () => {
    const window = await openWithPreload({
      preload: `const { contextBridge } = require('electron');
        globalThis.secret = 1;
        const original = () => 'original';
        contextBridge.exposeInIsolatedWorld(1004, 'api', {
          n: 5, add: (a, b) => a.x + b, later: async (x) => [x], give: () => original, isOriginal: (f) => f === original, call: (f) => f({ y: 1 }),
          fail: () => { throw new TypeError('no'); }, keep: (f) => { globalThis.kept = f; }, body: () => document.body,
        });
        contextBridge.exposeInMainWorld('api', { kept: () => globalThis.kept, isOriginal: (f) => f === original });
        try { contextBridge.exposeInIsolatedWorld(1004, 'api', 1); } catch (error) { contextBridge.exposeInMainWorld('again', error.message); }
        contextBridge.exposeInIsolatedWorld(999, 'own', { same: [1] });`,
    });
    const code = `(async () => {
      let failure;
      try { api.fail(); } catch (error) { failure = [error.constructor === Error, error.message]; }
      const mine = () => 'mine';
      api.keep(mine);
      return [api.n, api.add({ x: 1 }, 2), await api.later(3), api.isOriginal(api.give()), api.call(({ y }) => y + 1), failure, Object.isFrozen(api),
        api.add instanceof Function, api.later(1) instanceof Promise, api.body() === document.body, api.add.constructor('return typeof secret')()];
    })()`;
    assert.deepStrictEqual(await run(window, 1004, code), [5, 3, [3], true, 2, [true, 'no'], true, true, true, true, 'undefined']);
    assert.strictEqual(await run(window, 0, 'api.kept()()'), 'mine');
    assert.strictEqual(await run(window, 0, 'api.kept().constructor("return typeof mine + typeof secret")()'), 'undefinedundefined');
    assert.strictEqual(await run(window, 0, 'again'), 'Cannot bind an API on top of an existing property on the window object');
    assert.deepStrictEqual(await run(window, 999, '[own.same, Object.isFrozen(own)]'), [[1], true]);
  });

  it('are run, named and told of by webFrame', async () => {
    const told = once(ipcMain, 'worlds');
    const window = await openWithPreload({
      preload: `const { ipcRenderer, webFrame } = require('electron');
        const created = [];
        webFrame.on('isolated-world-created', (id) => created.push(id));
        webFrame.setIsolatedWorldInfo(1004, { name: 'Named' });
        const refused = [{ csp: 'x' }, { csp: 'x', securityOrigin: 'https://a.example' }].map((info) => {
          try { webFrame.setIsolatedWorldInfo(1, info); } catch (error) { return error.message; }
        });
        const heard = [];
        const hear = (...args) => heard.push(args.map((value) => value instanceof Promise ? 'promise' : value instanceof Error ? value.message : value));
        (async () => {
          const values = [
            await webFrame.executeJavaScriptInIsolatedWorld(1004, [{ code: '({ list: [1], f: (x) => x + 1 })' }, { code: 'window.second = true' }]),
            await webFrame.executeJavaScriptInIsolatedWorld(1004, [{ code: 'Promise.resolve(second)' }], false, hear),
            await webFrame.executeJavaScriptInIsolatedWorld(999, [{ code: 'heard = 1; typeof webFrame' }]),
            await webFrame.executeJavaScript('typeof second', hear),
            await webFrame.executeJavaScriptInIsolatedWorld(1004, [{ code: 'throw 1' }], hear).catch((error) => error.message.slice(0, 24)),
            await webFrame.executeJavaScriptInIsolatedWorld(1004, [{}], hear).catch((error) => error.message),
          ];
          ipcRenderer.send('worlds', values[0].list, values[0].f(1), values.slice(1), heard.map((args) => args.map((value) => typeof value === 'string' ? value.slice(0, 24) : value)), created, webFrame.getIsolatedWorlds(), refused);
        })();`,
    });
    const [, list, next, values, heard, created, ids, refused] = await told;
    assert.deepStrictEqual([list, next], [[1], 2]);
    assert.deepStrictEqual(values, [true, 'undefined', 'undefined', 'Script failed to execute', "Invalid 'code'"]);
    assert.deepStrictEqual(heard, [['promise', undefined], ['undefined', undefined], [undefined, 'Script failed to execute'], [undefined, "Invalid 'code'"]]);
    assert.deepStrictEqual([created, ids], [[1004], [999, 1004]]);
    assert.deepStrictEqual(refused, [
      'If csp is specified, securityOrigin should also be specified',
      'webFrame.setIsolatedWorldInfo: securityOrigin and csp are not available on linux',
    ]);
    assert.strictEqual(await run(window, 1004, 'second'), true);
  });

  it('are bounded in number', async () => {
    const [text, first] = await bridged(
      ({ webFrame }) => ({
        fill: async () => {
          for (let id = 5000; ; id++) {
            try {
              await webFrame.executeJavaScriptInIsolatedWorld(id, [{ code: '1' }]);
            } catch (error) {
              return [error.message.replace(/\d+/, 'N'), await webFrame.executeJavaScriptInIsolatedWorld(5000, [{ code: '1 + 1' }])];
            }
          }
        },
      }),
      () => api.fill()
    );
    assert.deepStrictEqual([text, first], ['Failed to get context for world N', 2]);
  });
});
