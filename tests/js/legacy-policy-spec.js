'use strict';

// Which documents get Node: the app's own content and nothing else.

const { BrowserWindow, ipcMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload, pageFile, portable, preloadFile } = require('./lane-helpers');

const INTEGRATION = { nodeIntegration: true, contextIsolation: false };

describe('Node in documents', function () {
  // Some open many windows.
  this.timeout(60_000);
  afterEach(closeAllWindows);

  describe('content that is not the app\'s own', () => {
    let server;
    let origin;
    before(async () => {
      server = require('node:http').createServer((request, response) => {
        response.setHeader('content-type', 'text/html');
        if (request.url.startsWith('/redirect')) response.writeHead(302, { location: '/plain' });
        response.end('<title>remote</title><script>window.seen = [typeof require, typeof process, typeof module, typeof Buffer]; parent.postMessage(seen, "*");</script>');
      });
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      origin = `http://127.0.0.1:${server.address().port}`;
    });
    after(() => server.close());

    const NOTHING = ['undefined', 'undefined', 'undefined', 'undefined'];
    const seen = (window) => window.webContents.executeJavaScript('seen');

    it('S11 gets no Node, whatever the webPreferences say', async () => {
      const window = new BrowserWindow({ show: false, webPreferences: INTEGRATION });
      for (const url of [`${origin}/plain`, `${origin}/redirect`, origin.replace('127.0.0.1', 'localhost')]) {
        const warned = once(window.webContents, 'console-message');
        await window.loadURL(url);
        assert.deepStrictEqual(await seen(window), NOTHING);
        const [{ level, message }] = await warned;
        assert.deepStrictEqual([level, message.slice(0, message.indexOf(':'))], ['warning', 'Security Warning (Node.js integration with remote content)']);
        assert.ok(message.includes(window.webContents.getURL()), message);
      }
    });

    it('S11 is judged by each document: a page comes and goes', async () => {
      const window = await openWithPreload({ html: '<script>window.seen = [typeof require]</script>', webPreferences: INTEGRATION });
      assert.deepStrictEqual(await seen(window), ['function']);
      const file = window.webContents.getURL();
      const gone = once(window.webContents, 'did-finish-load');
      await window.webContents.executeJavaScript(`location.href = ${JSON.stringify(origin)}; 1`);
      await gone;
      assert.deepStrictEqual(await seen(window), NOTHING);
      const back = once(window.webContents, 'did-finish-load');
      window.webContents.navigationHistory.goBack();
      await back;
      assert.strictEqual(window.webContents.getURL(), file);
      assert.deepStrictEqual(await seen(window), ['function']);
      assert.strictEqual(await window.webContents.executeJavaScript("require('fs').existsSync('/')"), true);
    });

    it('S11 keeps the sandboxed require in its preload', async () => {
      const preload = preloadFile(`
        const { contextBridge } = require('electron');
        let fs;
        try {
          fs = typeof require('fs');
        } catch (error) {
          fs = error.message;
        }
        contextBridge.exposeInMainWorld('found', [fs, typeof __dirname, process.sandboxed]);`);
      const window = new BrowserWindow({ show: false, webPreferences: { sandbox: false, preload } });
      await window.loadURL(origin);
      assert.deepStrictEqual(await window.webContents.executeJavaScript('found'), ['module not found: fs', 'undefined', true]);
    });

    it('S11 may be a data: address of the app, and of nobody else', async () => {
      const window = new BrowserWindow({ show: false, webPreferences: INTEGRATION });
      await window.loadURL('data:text/html,<title>d</title><script>window.seen = [typeof require]</script>');
      assert.deepStrictEqual(await seen(window), ['function']);
      await window.loadURL('about:blank');
      assert.strictEqual(await window.webContents.executeJavaScript('typeof require'), 'undefined');
    });

    it('S11 gets none as a frame', async () => {
      const window = await openWithPreload({ html: `<script>window.told = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data)))</script><iframe src="${origin}/frame"></iframe>`, webPreferences: { ...INTEGRATION, nodeIntegrationInSubFrames: true } });
      assert.deepStrictEqual(await window.webContents.executeJavaScript('told'), NOTHING);
    });

    it('S11 gets none by a window that it opens', async () => {
      const remote = new BrowserWindow({ show: false, webPreferences: INTEGRATION });
      await remote.loadURL(origin);
      const opened = once(remote.webContents, 'did-create-window');
      await remote.webContents.executeJavaScript("window.child = window.open('about:blank'); 1", true);
      await opened;
      assert.strictEqual(await remote.webContents.executeJavaScript('typeof child.require'), 'undefined');
    });
  });

  it('is off by default, and sandbox: true wins', async () => {
    for (const webPreferences of [{}, { contextIsolation: false }, { ...INTEGRATION, sandbox: true }]) {
      const window = await openWithPreload({
        preload: `let found;
          try {
            found = typeof require('fs');
          } catch (error) {
            found = error.message;
          }
          require('electron').ipcRenderer.send('found', found);`,
        webPreferences,
      });
      assert.strictEqual(await window.webContents.executeJavaScript('typeof require'), 'undefined');
    }
    const found = once(ipcMain, 'found');
    await openWithPreload({ preload: "try { require('fs') } catch (error) { require('electron').ipcRenderer.send('found', error.message) }", webPreferences: { ...INTEGRATION, sandbox: true } });
    assert.strictEqual((await found)[1], 'module not found: fs');
  });

  // Only the main frame has Node on the portable lane (docs/lanes.md).
  if (!portable) {
    it('R26 so many documents of a page and no more can use it at a time', async () => {
      const inner = pageFile(`<script>
        try {
          parent.postMessage(require('fs').existsSync('/'), '*');
        } catch (error) {
          parent.postMessage(error.message, '*');
        }
      </script>`);
      const window = await openWithPreload({ webPreferences: { ...INTEGRATION, nodeIntegrationInSubFrames: true } });
      const told = await window.webContents.executeJavaScript(`new Promise((resolve) => {
        const told = [];
        addEventListener('message', ({ data }) => told.push(data) === 34 && resolve(told.sort()));
        for (let i = 0; i < 34; i++) document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(`file://${inner}`)} }));
      })`);
      assert.deepStrictEqual(told, [...Array(2).fill('No more than 32 documents of a page can use Node at a time'), ...Array(32).fill(true)]);
      // One that goes makes room.
      const again = window.webContents.executeJavaScript(`new Promise((resolve) => {
        document.querySelector('iframe').remove();
        const ask = () => document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(`file://${inner}`)} }));
        addEventListener('message', ({ data }) => (data === true ? resolve('room') : ask()));
        ask();
      })`);
      assert.strictEqual(await again, 'room');
    });
  }

  it('warns in the console of a page with Node', async () => {
    const window = new BrowserWindow({ show: false, webPreferences: INTEGRATION });
    const told = once(window.webContents, 'console-message');
    await window.loadFile(pageFile(''));
    const [{ level, message }] = await told;
    assert.deepStrictEqual([level, message.split(':')[0]], ['warning', 'Security Warning (Node.js integration)']);
  });
});
