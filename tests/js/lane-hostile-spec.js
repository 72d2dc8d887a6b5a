'use strict';

// What a page might try against the lane, and what its policy must not keep from working. Both lanes run it.

const { BrowserWindow, ipcMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, serve } = require('./helpers');
const { openWithPreload, portable, preloadFile } = require('./lane-helpers');

const BRIDGE = `const { contextBridge, ipcRenderer } = require('electron');
  contextBridge.exposeInMainWorld('api', {
    ask: (...args) => ipcRenderer.invoke('ask', ...args),
    askSync: (...args) => ipcRenderer.sendSync('ask-sync', ...args),
    execute: () => contextBridge.executeInMainWorld({ func: () => typeof api }),
  });`;

describe('lane against a hostile page', () => {
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let server;
  before(async () => {
    server = await serve((request, response) => {
      const policy = new URL(request.url, 'http://x').searchParams.get('policy');
      response.setHeader('content-type', 'text/html');
      if (policy) response.setHeader('content-security-policy', policy);
      response.end('<!doctype html><title>served</title><p id="p">text</p>');
    });
  });
  after(() => server.close());
  beforeEach(() => {
    ipcMain.handle('ask', (event, value) => [value, event.senderFrame?.origin]);
    ipcMain.on('ask-sync', (event, value) => { event.returnValue = value; });
  });
  afterEach(() => {
    ipcMain.removeHandler('ask');
    ipcMain.removeAllListeners('ask-sync');
    return closeAllWindows();
  });

  async function openServed(policy, preload = BRIDGE) {
    const window = new BrowserWindow({ show: false, webPreferences: { preload: preloadFile(preload) } });
    await window.loadURL(`${server.url}/?policy=${encodeURIComponent(policy)}`);
    return window.webContents;
  }

  it('S2 the page sees the same with and without a preload, and no handler', async () => {
    const look = `(() => {
      const names = new Set();
      for (let object = window; object !== null; object = Object.getPrototypeOf(object)) Reflect.ownKeys(object).forEach((key) => names.add(String(key)));
      const texts = [...names].map((name) => { try { return typeof window[name] === 'function' ? Function.prototype.toString.call(window[name]) : ''; } catch { return ''; } });
      return [[...names].sort(), typeof webkit, texts.filter((text) => !text.includes('[native code]') && text !== ''), performance.getEntriesByType('resource').map(({ name }) => name)];
    })()`;
    const [bare, withPreload] = [await openWithPreload(), await openWithPreload({ preload: "require('electron'); globalThis.mine = 1" })];
    const without = await bare.webContents.executeJavaScript(look);
    assert.deepStrictEqual(await withPreload.webContents.executeJavaScript(look), without);
    assert.deepStrictEqual(without.slice(1), ['undefined', [], []]);
  });

  it('S2 requests of the lane leave no trace in the page', async () => {
    const window = await openWithPreload({
      preload: BRIDGE,
      html: `<script>
        window.seen = [];
        new PerformanceObserver((list) => seen.push(...list.getEntries().map(({ name }) => name))).observe({ type: 'resource', buffered: true });
        for (const type of ['securitypolicyviolation', 'error', 'unhandledrejection', 'message']) addEventListener(type, () => seen.push(type), true);
        for (const name of ['open', 'send']) XMLHttpRequest.prototype[name] = () => seen.push(name);
        window.fetch = () => seen.push('fetch');
      </script>`,
    });
    const { webContents } = window;
    const big = 'x'.repeat(300_000);
    await webContents.executeJavaScript(`(async () => { await api.ask(${JSON.stringify(big)}); api.askSync(5); await new Promise((done) => setTimeout(done, 0)); })()`);
    const seen = await webContents.executeJavaScript('seen');
    // On the portable lane the engine's list of requests has the bare addresses of those, without anything that a page could use.
    assert.deepStrictEqual(seen.filter((/** @type {string} */ name) => !(portable && name === 'shell-lane://lane/post')), []);
  });

  it('S1 S15 the page and its frames get nothing from the scheme', async () => {
    let asked = 0;
    ipcMain.removeHandler('ask');
    ipcMain.handle('ask', () => { asked += 1; });
    const attack = `async () => {
      const outcomes = [];
      for (const path of ['load', 'post', 'fetch', '', 'load/../post?x#y']) {
        const address = 'shell-lane://lane/' + path;
        for (const options of [{}, { method: 'POST', body: new Uint8Array(64) }, { method: 'POST', body: new Blob(['x'.repeat(100000)]) }, { mode: 'no-cors', method: 'POST', body: 'x' }]) {
          outcomes.push(await fetch(address, options).then((response) => 'answered ' + response.status, () => 'refused'));
        }
        const request = new XMLHttpRequest();
        try { request.open('POST', address, false); request.send(new Uint8Array(17)); outcomes.push('answered ' + request.status); } catch { outcomes.push('refused'); }
      }
      return [...new Set(outcomes)].join();
    }`;
    for (const contents of [(await openWithPreload({ preload: BRIDGE })).webContents, await openServed('')]) {
      assert.strictEqual(await contents.executeJavaScript(`(${attack})()`), 'refused');
      const told = await contents.executeJavaScript(`new Promise((resolve) => {
        addEventListener('message', (event) => resolve(event.data));
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts';
        frame.srcdoc = '<script>(' + ${JSON.stringify(attack)} + ')().then((text) => parent.postMessage(text + typeof webkit, "*"))</' + 'script>';
        document.body.append(frame);
      })`);
      assert.strictEqual(told, 'refusedundefined');
    }
    assert.strictEqual(asked, 0);
  });

  for (const policy of ["default-src 'none'", "default-src 'none'; script-src 'none'; connect-src 'none'; require-trusted-types-for 'script'", 'sandbox allow-scripts']) {
    it(`works below the policy "${policy}"`, async () => {
      const contents = await openServed(policy);
      const origin = policy.startsWith('sandbox') ? 'null' : server.url;
      const evaluate = (code) => contents.executeJavaScript(code);
      assert.deepStrictEqual(await evaluate('api.ask(new Map([[1, "x".repeat(100000).length]]))'), [new Map([[1, 100000]]), origin]);
      assert.strictEqual(await evaluate('api.askSync(5n)'), 5n);
      assert.deepStrictEqual(await evaluate('const local = 1; let other = local + 1; ({ other, text: p.textContent })'), { other: 2, text: 'text' });
      assert.strictEqual(await evaluate('other'), 2);
      const execute = await evaluate('(() => { try { return api.execute(); } catch (error) { return error.message; } })()');
      if (!portable || policy.startsWith('sandbox')) assert.strictEqual(execute, 'object');
      // The page's own `eval` is all that can run it at once.
      else assert.match(execute, /eval|policy/i);
    });
  }

  it('R24 messages of every size come whole and in order, whatever the page stops', async () => {
    const received = [];
    ipcMain.on('sized', (_event, number, data) => received.push([number, data.length, typeof data === 'string' ? data.at(-1) : data.at(-1)]));
    ipcMain.on('sized-sync', (event) => { event.returnValue = received.length; });
    const sizes = [1, 3, 8191, 8192, 8193, 32767, 32768, 32769, 65536, 262147, 5, 3145729, 1, 40000, 2];
    const window = await openWithPreload({
      preload: `const { contextBridge, ipcRenderer } = require('electron');
        contextBridge.exposeInMainWorld('api', {
          pour(sizes) {
            const counts = [];
            sizes.forEach((size, number) => {
              ipcRenderer.send('sized', number * 2, new Uint8Array(size).fill(number));
              if (number % 4 === 0) window.stop();
              ipcRenderer.send('sized', number * 2 + 1, 'y'.repeat(size - 1) + 'z');
              if (number % 5 === 0) counts.push(ipcRenderer.sendSync('sized-sync'));
            });
            return counts;
          },
          last: () => ipcRenderer.sendSync('sized-sync'),
        });`,
    });
    const { webContents } = window;
    const counts = await webContents.executeJavaScript(`api.pour(${JSON.stringify(sizes)})`);
    assert.deepStrictEqual(counts, [2, 12, 22]);
    await webContents.executeJavaScript('window.stop(); api.last()');
    assert.deepStrictEqual(received, sizes.flatMap((size, number) => [[number * 2, size, number], [number * 2 + 1, size, 'z']]));
    ipcMain.removeAllListeners('sized');
    ipcMain.removeAllListeners('sized-sync');
  });

  if (portable) {
    it('S19 garbage from the isolated world is dropped', async () => {
      const window = await openWithPreload({
        preload: `${BRIDGE}
          const { shell } = webkit.messageHandlers;
          for (const value of ['', 'x', '\\u0100'.repeat(16), '\\u0100'.repeat(400), '\\u0200', '\\0', 'y'.repeat(100000), 5, {}, null]) shell.postMessage(value);`,
      });
      assert.deepStrictEqual(await window.webContents.executeJavaScript('api.ask(1)'), [1, 'file://']);
    });
  }
});
