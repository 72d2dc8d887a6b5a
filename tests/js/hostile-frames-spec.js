'use strict';

// What a hostile page tries with frames, windows and addresses.

const { BrowserWindow, ipcMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, serve, waitUntil } = require('./helpers');
const { openWithPreload, portable, preloadFile } = require('./lane-helpers');

const PRELOAD = `
  const { contextBridge, ipcRenderer } = require('electron');
  contextBridge.exposeInMainWorld('api', {
    send: (value) => ipcRenderer.send('test', value),
    invoke: (value) => ipcRenderer.invoke('test', value),
    sendSync: (value) => ipcRenderer.sendSync('sync', value),
  });
`;

describe('hostile frames', () => {
  let server;
  let hold;
  /** @type {import('node:http').ServerResponse[]} */
  let held = [];
  before(async () => {
    server = await serve((request, response) => {
      if (request.url === '/never') {
        held.push(response);
        hold?.();
        return;
      }
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>${request.url}</title><body>`);
    });
  });
  after(() => server.close());
  afterEach(async () => {
    held.forEach((response) => response.destroy());
    held = [];
    for (const channel of ['test', 'sync']) {
      ipcMain.removeAllListeners(channel);
      ipcMain.removeHandler(channel);
    }
    await closeAllWindows();
  });

  const elsewhere = () => server.url.replace('127.0.0.1', 'localhost');
  /** Messages with where they came from at the time of the call. */
  const listen = () => {
    const heard = [];
    ipcMain.on('test', (event, value) => heard.push([value, event.senderFrame?.url, event.senderFrame?.origin]));
    return heard;
  };

  it('S1 a frame of another origin reaches no handler, and what it posts to its parent stays there', async () => {
    const heard = listen();
    ipcMain.handle('test', (event) => heard.push(['invoked', event.senderFrame.url]));
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    await webContents.loadURL(`${server.url}/main`);
    await webContents.executeJavaScript(`new Promise((resolve) => {
      window.answers = [];
      addEventListener('message', ({ data }) => { answers.push(data); if (answers.length === 2) resolve(0); });
      const attempt = \`<script>
        const found = [];
        for (const place of [self, parent, top]) {
          try { found.push(typeof place.api); } catch (error) { found.push(error.name); }
        }
        try { webkit.messageHandlers.ipc.postMessage('x'); found.push('posted'); } catch (error) { found.push(error.name); }
        parent.postMessage({ found, forged: { channel: 'test', args: ['forged'] } }, '*');
      </scr\` + 'ipt>';
      for (const name of ['sandboxed', 'foreign']) {
        const frame = document.createElement('iframe');
        if (name === 'sandboxed') frame.sandbox = 'allow-scripts';
        frame.src = 'data:text/html,' + encodeURIComponent(attempt);
        document.body.append(frame);
      }
    })`);
    assert.deepStrictEqual(
      (await webContents.executeJavaScript('answers')).map(({ found }) => found),
      Array(2).fill(['undefined', 'SecurityError', 'SecurityError', 'ReferenceError'])
    );
    await webContents.executeJavaScript('api.send("last")');
    await waitUntil(() => heard.length > 0);
    assert.deepStrictEqual(heard, [['last', `${server.url}/main`, server.url]]);
  });

  it('S2 a frame without preloads has nothing that another page has not', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    await webContents.loadURL(`${server.url}/main`);
    const names = (place) => webContents.executeJavaScript(`Object.getOwnPropertyNames(${place}).filter((name) => !/^\\d+$/.test(name)).sort()`);
    await webContents.executeJavaScript("document.body.append(Object.assign(document.createElement('iframe'), { name: 'inner' })); 0");
    const inner = await names('frames[0]');
    const plain = new BrowserWindow({ show: false });
    await plain.loadURL(`${server.url}/main`);
    const own = await plain.webContents.executeJavaScript("Object.getOwnPropertyNames(window).sort()");
    assert.deepStrictEqual(inner.filter((name) => !own.includes(name)), []);
    assert.ok(!inner.includes('api'));
    const natives = await webContents.executeJavaScript("['open', 'close', 'postMessage'].every((name) => /native code/.test(Function.prototype.toString.call(frames[0][name])))");
    assert.ok(natives);
  });

  it('S3 a function that another window kept stops with its document', async () => {
    const heard = listen();
    ipcMain.handle('test', () => heard.push('invoked'));
    ipcMain.on('sync', (event) => {
      heard.push('sync');
      event.returnValue = 1;
    });
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    await webContents.loadURL(`${server.url}/main`);
    webContents.setWindowOpenHandler(() => ({ action: 'allow', overrideBrowserWindowOptions: { show: false, webPreferences: { preload: undefined } } }));
    const opened = once(webContents, 'did-create-window');
    await webContents.executeJavaScript('window.child = open("/child"); 0');
    const [child] = await opened;
    await waitUntil(() => child.webContents.getURL() === `${server.url}/child` && !child.webContents.isLoading());
    const inChild = (code) => child.webContents.executeJavaScript(code);
    await inChild('window.kept = { ...opener.api }; kept.send("early"); 0');
    await waitUntil(() => heard.length === 1);
    assert.deepStrictEqual(heard, [['early', `${server.url}/main`, server.url]]);
    await webContents.loadURL(`${elsewhere()}/evil`);
    const results = await inChild(`(async () => {
      const results = [];
      for (const name of ['send', 'invoke', 'sendSync']) {
        try { results.push(await kept[name]('late')); } catch (error) { results.push(error.message); }
      }
      return results;
    })()`);
    assert.deepStrictEqual(results, Array(3).fill('IPC method called after context was released'));
    // The page that took the place has functions of its own.
    await webContents.executeJavaScript('api.send("evil")');
    await waitUntil(() => heard.length === 2);
    assert.deepStrictEqual(heard[1], ['evil', `${elsewhere()}/evil`, elsewhere()]);
  });

  it('S4 a page that went elsewhere runs the preload, as in Electron, and is told by its address', async () => {
    const heard = listen();
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    await webContents.loadURL(`${server.url}/trusted`);
    await webContents.executeJavaScript('api.send(1)');
    const moved = once(webContents, 'did-finish-load');
    await webContents.executeJavaScript(`location = ${JSON.stringify(`${elsewhere()}/remote`)}; 0`);
    await moved;
    await webContents.executeJavaScript('api.send(2)');
    await waitUntil(() => heard.length === 2);
    assert.deepStrictEqual(heard, [[1, `${server.url}/trusted`, server.url], [2, `${elsewhere()}/remote`, elsewhere()]]);
  });

  it('S4 a page that is about to go elsewhere does not bear the address it goes to', async () => {
    const heard = listen();
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    await webContents.loadURL(`${elsewhere()}/evil`);
    const began = new Promise((resolve) => {
      hold = resolve;
    });
    await webContents.executeJavaScript(`location = ${JSON.stringify(`${server.url}/never`)}; 0`);
    await began;
    webContents.mainFrame.executeJavaScript('api.send(1); history.pushState(0, "", "/pushed"); api.send(2); 0').catch(() => {});
    await waitUntil(() => heard.length === 2);
    assert.deepStrictEqual(heard.map(([, ...from]) => from), [[`${elsewhere()}/evil`, elsewhere()], [`${elsewhere()}/pushed`, elsewhere()]]);
    assert.strictEqual(webContents.mainFrame.origin, elsewhere());
    assert.strictEqual(new URL(webContents.mainFrame.url).origin, elsewhere());
  });

  it('S4 a sub-frame that is about to go elsewhere does neither', async () => {
    const heard = listen();
    const { webContents } = await openWithPreload({ preload: PRELOAD, webPreferences: { nodeIntegrationInSubFrames: true } });
    await webContents.loadURL(`${server.url}/main`);
    const loaded = once(webContents, 'did-frame-finish-load');
    await webContents.executeJavaScript(`document.body.append(Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(`${elsewhere()}/evil`)} })); 0`);
    await loaded;
    const [frame] = webContents.mainFrame.frames;
    const began = new Promise((resolve) => {
      hold = resolve;
    });
    await frame.executeJavaScript(`location = ${JSON.stringify(`${server.url}/never`)}; 0`);
    await began;
    await frame.executeJavaScript('api.send(1)');
    await waitUntil(() => heard.length === 1);
    assert.deepStrictEqual(heard, [[1, `${elsewhere()}/evil`, elsewhere()]]);
  });

  it('S5 an address that looks like the trusted one has another origin', async () => {
    const { port } = new URL(server.url);
    const trusted = `http://localhost:${port}`;
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    ipcMain.handle('test', (event) => [event.senderFrame.origin, event.senderFrame.url]);
    const ask = () => webContents.executeJavaScript('api.invoke()');
    await webContents.loadURL(`${trusted}/page`);
    assert.deepStrictEqual(await ask(), [trusted, `${trusted}/page`]);
    for (const [url, origin] of [
      [`http://localhost@127.0.0.1:${port}/page`, server.url],
      [`http://localhost:${port}@127.0.0.1:${port}/page`, server.url],
      [`http://127.0.0.1:${port}/#@localhost:${port}/`, server.url],
      [`http://127.0.0.1:${port}/localhost:${port}`, server.url],
      [`http://LOCALHOST:${port}/page`, trusted],
      [`http://2130706433:${port}/page`, server.url],
    ]) {
      await webContents.loadURL(url);
      const [found, shown] = await ask();
      assert.strictEqual(found, origin, url);
      // The address is told without what a page could put in front of its host.
      assert.strictEqual(new URL(shown).origin, origin, url);
    }
    for (const host of ['localhost.', 'app.localhost', 'xn--lcalhost-n0a.localhost']) {
      try {
        await webContents.loadURL(`http://${host}:${port}/page`);
      } catch (error) {
        // Not every resolver knows these names.
        assert.match(error.code, /^ERR_NAME_NOT_RESOLVED|ERR_FAILED|ERR_CONNECTION/);
        continue;
      }
      assert.strictEqual((await ask())[0], `http://${host}:${port}`);
      assert.notStrictEqual((await ask())[0], trusted);
    }
  });

  it('S5 pages without an address of their own have the origin that the engine gives them', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    ipcMain.handle('test', (event) => event.senderFrame.origin);
    for (const [url, origin] of [
      ['about:blank', 'null'],
      [`data:text/html,<title>${encodeURIComponent(server.url)}</title>`, 'null'],
    ]) {
      await webContents.loadURL(url);
      assert.strictEqual(await webContents.executeJavaScript('api.invoke()'), origin, url);
      assert.strictEqual(webContents.mainFrame.origin, origin);
    }
  });

  it('S6 a popup tells its own address, and a blank one the origin of its opener', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    await webContents.loadURL(`${server.url}/opener`);
    ipcMain.handle('test', (event) => [event.senderFrame.origin, event.senderFrame.url, event.sender.id]);
    webContents.setWindowOpenHandler(() => ({ action: 'allow', overrideBrowserWindowOptions: { show: false, webPreferences: { preload: preloadFile(PRELOAD) } } }));
    for (const [address, origin] of [['', server.url], ['/popup', server.url], [`${elsewhere()}/popup`, elsewhere()]]) {
      const opened = once(webContents, 'did-create-window');
      await webContents.executeJavaScript(`open(${JSON.stringify(address)}); 0`);
      const [child] = await opened;
      const shown = address === '' ? 'about:blank' : new URL(address, server.url).href;
      await waitUntil(() => !child.webContents.isLoading() && child.webContents.mainFrame.url === shown);
      assert.strictEqual(child.webContents.mainFrame.origin, origin, address);
      assert.strictEqual(child.webContents.opener, webContents.mainFrame);
      if (address !== '') {
        const [found, url, sender] = await child.webContents.executeJavaScript('api.invoke()');
        assert.deepStrictEqual([found, url, sender], [origin, new URL(address, server.url).href, child.webContents.id]);
      }
      child.destroy();
    }
  });

  it('S8 who made a frame or a window cannot change the built-ins that its bridge is made of', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD, webPreferences: { nodeIntegrationInSubFrames: true } });
    await webContents.loadURL(`${server.url}/main`);
    webContents.setWindowOpenHandler(() => ({ action: 'allow', overrideBrowserWindowOptions: { show: false, webPreferences: { preload: preloadFile(PRELOAD) } } }));
    ipcMain.handle('test', (event, value) => ({ got: value }));
    const code = (make) => `new Promise((resolve) => {
      window.calls = [];
      const made = ${make};
      const early = made.contentWindow ?? made;
      early.mark = 1;
      for (const [owner, name] of [['Reflect', 'apply'], ['Reflect', 'defineProperty'], ['Object', 'freeze'], ['Function', 'prototype'], ['Promise', 'resolve']]) {
        if (name === 'prototype') continue;
        const original = early[owner][name];
        early[owner][name] = function () {
          window.calls.push(owner + '.' + name);
          return original.apply(this, arguments);
        };
      }
      const NativePromise = early.Promise;
      early.Promise = class extends NativePromise {
        constructor(executor) {
          super(executor);
          window.calls.push('Promise');
        }
      };
      const wait = setInterval(() => {
        const now = made.contentWindow ?? made;
        if (!now.api || now.document.readyState !== 'complete' || now.location.href === 'about:blank') return;
        clearInterval(wait);
        now.api.invoke({ a: [1] }).then((value) => resolve([now.mark, value, window.calls]), (error) => resolve(String(error)));
      }, 20);
    })`;
    for (const make of [
      "document.body.appendChild(Object.assign(document.createElement('iframe'), { src: '/sub' }))",
      "open('/popup')",
    ]) {
      const [mark, value, calls] = await webContents.executeJavaScript(code(make));
      assert.deepStrictEqual(value, { got: { a: [1] } });
      // The window is the one that was changed, else this proves nothing. On the portable lane nothing of ours is in a window before its first document,
      // so whoever made it sees how the page's side of the bridge is made (docs/lanes.md).
      assert.deepStrictEqual([make, mark, portable ? [] : calls], [make, 1, []]);
    }
  });

  it('S9 a reply goes to the document that asked, not to one with the same number in another window', async () => {
    const first = await openWithPreload({ preload: PRELOAD });
    const second = await openWithPreload({ preload: PRELOAD });
    const waiting = [];
    ipcMain.handle('test', (event, value) => new Promise((resolve) => waiting.push([event.sender, value, resolve])));
    // The pages count their questions from one, each for itself.
    const asked = [first, second].map((window, at) => window.webContents.executeJavaScript(`api.invoke(${at}).then((value) => [${at}, value])`));
    await waitUntil(() => waiting.length === 2);
    for (const [sender, value, resolve] of waiting.toReversed()) {
      assert.strictEqual(sender, [first, second][value].webContents);
      resolve(`for ${value}`);
    }
    assert.deepStrictEqual(await Promise.all(asked), [[0, 'for 0'], [1, 'for 1']]);
  });

  it('S9 an answer that comes after the document has gone is nobody else\'s', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    let settle;
    ipcMain.handleOnce('test', () => new Promise((resolve) => {
      settle = resolve;
    }));
    await webContents.loadURL(`${server.url}/one`);
    webContents.executeJavaScript('api.invoke(1)').catch(() => {});
    await waitUntil(() => settle);
    await webContents.loadURL(`${server.url}/two`);
    ipcMain.handle('test', () => 'for two');
    const asked = webContents.executeJavaScript('api.invoke(1)');
    settle('for one');
    assert.strictEqual(await asked, 'for two');
  });

  it('S11 the name of another window\'s child opens a window of one\'s own', async () => {
    const victim = await openWithPreload({ preload: PRELOAD });
    const attacker = await openWithPreload({ preload: PRELOAD });
    const privileged = preloadFile("require('electron').contextBridge.exposeInMainWorld('privileged', 1)");
    const children = [];
    for (const [window, preload] of [[victim, privileged], [attacker, undefined]]) {
      await window.loadURL(`${server.url}/${children.length}`);
      window.webContents.setWindowOpenHandler(() => ({ action: 'allow', overrideBrowserWindowOptions: { show: false, webPreferences: { preload } } }));
      const opened = once(window.webContents, 'did-create-window');
      await window.webContents.executeJavaScript(`open('/child', 'settings'); 0`);
      const [child] = await opened;
      await waitUntil(() => child.webContents.getURL() === `${server.url}/child` && !child.webContents.isLoading());
      children.push(child);
    }
    assert.notStrictEqual(children[0], children[1]);
    assert.strictEqual(await children[0].webContents.executeJavaScript('typeof privileged'), 'number');
    assert.strictEqual(await children[1].webContents.executeJavaScript('typeof privileged'), 'undefined');
    assert.strictEqual(children[0].webContents.opener, victim.webContents.mainFrame);
    assert.strictEqual(children[1].webContents.opener, attacker.webContents.mainFrame);
    await attacker.webContents.executeJavaScript(`open('/evil', 'settings'); 0`);
    await waitUntil(() => children[1].webContents.getURL() === `${server.url}/evil`);
    assert.strictEqual(children[0].webContents.getURL(), `${server.url}/child`);
  });

  it('S11 features cannot choose a preload, and what a child may do its opener may not', async () => {
    const opener = await openWithPreload({ preload: PRELOAD });
    await opener.loadURL(`${server.url}/opener`);
    const before = opener.webContents.getLastWebPreferences();
    opener.webContents.setWindowOpenHandler(() => ({
      action: 'allow',
      overrideBrowserWindowOptions: { show: false, webPreferences: { nodeIntegrationInSubFrames: true, preload: preloadFile("require('electron').contextBridge.exposeInMainWorld('childOnly', 1)") } },
    }));
    const opened = once(opener.webContents, 'did-create-window');
    await opener.webContents.executeJavaScript(`open('/child', '', 'preload=/tmp/evil.js,nodeIntegrationInSubFrames=yes,webPreferences=x,sandbox=no,contextIsolation=no'); 0`);
    const [child] = await opened;
    await waitUntil(() => child.webContents.getURL() === `${server.url}/child` && !child.webContents.isLoading());
    const { preload, contextIsolation, sandbox } = child.webContents.getLastWebPreferences();
    assert.ok(!preload.includes('evil'));
    assert.strictEqual(contextIsolation, true);
    assert.strictEqual(sandbox, true);
    assert.deepStrictEqual(opener.webContents.getLastWebPreferences(), before);
    await opener.loadURL(`${server.url}/again`);
    assert.deepStrictEqual(await opener.webContents.executeJavaScript('[typeof api, typeof childOnly]'), ['object', 'undefined']);
    assert.strictEqual(await child.webContents.executeJavaScript('typeof childOnly'), 'number');
  });
});
