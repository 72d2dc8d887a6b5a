'use strict';

// Preload scripts of a session.

const { BrowserWindow, ipcMain, session } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, serve, waitUntil } = require('./helpers');
const { openWithPreload, pageFile, preloadFile } = require('./lane-helpers');


describe('preload scripts of a session', () => {
  let own;
  let count = 0;
  beforeEach(() => {
    own = session.fromPartition(`preload-scripts-${++count}`);
  });
  afterEach(closeAllWindows);
  afterEach(() => ipcMain.removeAllListeners('ran'));

  const tells = (name) => preloadFile(`require('electron').ipcRenderer.send('ran', ${JSON.stringify(name)}, location.href); globalThis.seen = [...(globalThis.seen ?? []), ${JSON.stringify(name)}];`);
  const listen = () => {
    const ran = [];
    ipcMain.on('ran', (event, name, url) => ran.push([name, url]));
    return ran;
  };

  it('run in the order of their registration, before the one of the window, in one world', async () => {
    const ran = listen();
    const first = own.registerPreloadScript({ type: 'frame', filePath: tells('first') });
    own.registerPreloadScript({ type: 'frame', id: 'second', filePath: tells('second') });
    const window = await openWithPreload({
      preload: 'require("electron").ipcRenderer.send("ran", "own", seen.join())',
      webPreferences: { session: own },
    });
    assert.deepStrictEqual(ran.map(([name]) => name), ['first', 'second', 'own']);
    assert.strictEqual(ran[2][1], 'first,second');
    own.unregisterPreloadScript(first);
    ran.length = 0;
    await window.loadFile(pageFile(''));
    assert.deepStrictEqual(ran.map(([name]) => name), ['second', 'own']);
  });

  it('are listed', () => {
    const filePath = preloadFile('');
    const id = own.registerPreloadScript({ type: 'frame', filePath });
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.strictEqual(own.registerPreloadScript({ type: 'frame', id: 'mine', filePath, matches: ['https://*.example.com/*'], excludeGlobs: [] }), 'mine');
    const expected = [{ filePath, id, type: 'frame' }, { filePath, id: 'mine', type: 'frame', matches: ['https://*.example.com/*'], excludeGlobs: [] }];
    assert.deepStrictEqual(own.getPreloadScripts(), expected);
    own.getPreloadScripts()[1].matches.push('changed');
    assert.deepStrictEqual(own.getPreloadScripts(), expected);
    own.unregisterPreloadScript('mine');
    assert.deepStrictEqual(own.getPreloadScripts(), expected.slice(0, 1));
    assert.deepStrictEqual(session.fromPartition('preload-scripts-other').getPreloadScripts(), []);
  });

  it('are refused when something is wrong with them', () => {
    const filePath = preloadFile('');
    own.registerPreloadScript({ type: 'frame', id: 'mine', filePath });
    for (const [script, message] of [
      [{ type: 'frame', id: 'mine', filePath }, /^Cannot register preload script with existing ID 'mine'$/],
      [{ type: 'frame', filePath: 'relative.js' }, /^Preload script must have absolute path: relative.js$/],
      [{ type: 'frame' }, /filePath/],
      [{ type: 'other', filePath }, /type/],
      [{ type: 'service-worker', filePath }, /type 'service-worker' is not implemented/],
      [{ type: 'frame', filePath, matches: [] }, /matches must not be empty/],
      [{ type: 'frame', filePath, includeGlobs: [] }, /includeGlobs must not be empty/],
      [{ type: 'frame', filePath, matches: ['example.com'] }, /Invalid match pattern 'example.com'/],
      [{ type: 'frame', filePath, excludeMatches: ['https://a*.com/'] }, /Invalid match pattern/],
      [{ type: 'frame', filePath, matches: ['https://a.com/path'], matchOriginAsFallback: true }, /path \/\*/],
    ]) {
      assert.throws(() => own.registerPreloadScript(/** @type {any} */ (script)), { message });
    }
    assert.throws(() => own.unregisterPreloadScript('none'), { message: "Cannot unregister preload script with non-existing ID 'none'" });
    assert.strictEqual(own.getPreloadScripts().length, 1);
  });

  it('that fail are told, and the others run', async () => {
    const ran = listen();
    const missing = `${preloadFile('')}.none.js`;
    const broken = preloadFile('throw new TypeError("mine")');
    for (const filePath of [missing, broken, tells('good')]) own.registerPreloadScript({ type: 'frame', filePath });
    const window = new BrowserWindow({ show: false, webPreferences: { session: own } });
    const told = [];
    window.webContents.on('preload-error', (event, path, error) => told.push([path, error.name]));
    await window.loadFile(pageFile(''));
    await waitUntil(() => ran.length === 1 && told.length === 2);
    assert.deepStrictEqual(told, [[missing, 'Error'], [broken, 'TypeError']]);
  });

  it('setPreloads and getPreloads are the old form', async () => {
    const ran = listen();
    const kept = own.registerPreloadScript({ type: 'frame', filePath: tells('kept') });
    own.setPreloads([tells('a'), tells('b')]);
    const again = tells('again');
    own.setPreloads([again]);
    assert.deepStrictEqual(own.getPreloads(), [own.getPreloadScripts()[0].filePath, again]);
    const window = new BrowserWindow({ show: false, webPreferences: { session: own } });
    await window.loadFile(pageFile(''));
    await waitUntil(() => ran.length === 2);
    assert.deepStrictEqual(ran.map(([name]) => name), ['kept', 'again']);
    own.setPreloads([]);
    assert.deepStrictEqual(own.getPreloadScripts().map(({ id }) => id), [kept]);
    assert.throws(() => own.setPreloads(/** @type {any} */ ('a')), TypeError);
  });

  it('run where their patterns say', async () => {
    const server = await serve((request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><iframe></iframe><iframe sandbox="allow-scripts" srcdoc=""></iframe>'));
    try {
      const ran = listen();
      const { port } = new URL(server.url);
      const scripts = {
        all: {},
        host: { matches: ['http://127.0.0.1/*'] },
        port: { matches: [`http://127.0.0.1:${port}/*`] },
        otherPort: { matches: ['http://127.0.0.1:1/*'] },
        domain: { matches: ['*://*.localhost/*'] },
        path: { matches: ['*://*/in*'] },
        all_urls: { matches: ['<all_urls>'] },
        secure: { matches: ['https://*/*'] },
        excluded: { matches: ['*://*/*'], excludeMatches: ['*://127.0.0.1/*'] },
        globs: { includeGlobs: ['*/inde?x?query=*'], excludeGlobs: ['*localhost*'] },
        origin: { matches: ['http://127.0.0.1/*'], matchOriginAsFallback: true },
      };
      for (const [name, filters] of Object.entries(scripts)) own.registerPreloadScript({ type: 'frame', filePath: tells(name), ...filters });
      const window = new BrowserWindow({ show: false, webPreferences: { session: own, nodeIntegrationInSubFrames: true } });
      const at = async (url) => {
        ran.length = 0;
        await window.loadURL(url);
        await window.webContents.executeJavaScript('0');
        return Object.fromEntries([url, 'about:blank', 'about:srcdoc'].map((address) => [address, ran.filter(([, href]) => href === address).map(([name]) => name)]));
      };
      const url = `${server.url}/index?query=1`;
      assert.deepStrictEqual(await at(url), {
        [url]: ['all', 'host', 'port', 'path', 'all_urls', 'globs', 'origin'],
        'about:blank': ['all', 'origin'],
        'about:srcdoc': ['all', 'origin'],
      });
      const local = url.replace('127.0.0.1', 'localhost');
      assert.deepStrictEqual(await at(local), {
        [local]: ['all', 'domain', 'path', 'all_urls', 'excluded'],
        'about:blank': ['all'],
        'about:srcdoc': ['all'],
      });
    } finally {
      await server.close();
    }
  });

  it('are not those of another session', async () => {
    const ran = listen();
    own.registerPreloadScript({ type: 'frame', filePath: tells('own') });
    const told = once(ipcMain, 'told');
    await openWithPreload({ preload: 'require("electron").ipcRenderer.send("told", typeof seen)' });
    assert.strictEqual((await told)[1], 'undefined');
    assert.deepStrictEqual(ran, []);
  });
});
