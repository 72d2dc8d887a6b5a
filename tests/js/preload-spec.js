'use strict';

// The world of a sandboxed preload, and what it tells the main process.

const { ipcMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload, pageFile } = require('./lane-helpers');

describe('preload', () => {
  afterEach(closeAllWindows);

  /** Runs a function in a preload and gives what it returns. @param {Function} body @param {object} [webPreferences] */
  async function inPreload(body, webPreferences) {
    const told = once(ipcMain, 'told');
    await openWithPreload({
      preload: `Promise.resolve((${body})(require, process, exports, module, Buffer, global, setImmediate, clearImmediate)).then(
        (value) => require('electron').ipcRenderer.send('told', value),
        (error) => require('electron').ipcRenderer.send('told', { error }));`,
      webPreferences,
    });
    const [, value] = await told;
    if (value?.error) throw value.error;
    return value;
  }

  it('has its parameters and no others of Node', async () => {
    assert.deepStrictEqual(
      await inPreload((require, process, exports, module, Buffer, global) => [
        typeof require, typeof process, exports === module.exports, typeof Buffer, global === globalThis, typeof globalThis.require,
        typeof globalThis.process, typeof __dirname, typeof __filename,
      ]),
      ['function', 'object', true, 'function', true, 'undefined', 'undefined', 'undefined', 'undefined']
    );
  });

  it('requires a few modules', async () => {
    const [same, names, missing] = await inPreload((require) => {
      const missing = [];
      for (const name of ['fs', 'node:fs', 'path', './other', 'electron/lol', 'electron/main']) {
        try {
          require(name);
          missing.push(`${name} was found`);
        } catch (error) {
          missing.push(error.message);
        }
      }
      return [
        ['events', 'timers', 'url'].every((name) => require(name) === require(`node:${name}`)) &&
          require('electron') === require('electron/renderer') && require('electron') === require('electron/common'),
        Object.keys(require('electron')).sort(),
        missing,
      ];
    });
    assert.ok(same);
    assert.deepStrictEqual(names, ['contextBridge', 'crashReporter', 'ipcRenderer', 'nativeImage', 'webFrame', 'webUtils']);
    assert.deepStrictEqual(missing, ['fs', 'node:fs', 'path', './other', 'electron/lol', 'electron/main'].map((name) => `module not found: ${name}`));
  });

  it('has a process', async () => {
    const told = await inPreload(
      (require, process) => ({
        ...Object.fromEntries(['arch', 'argv', 'contextIsolated', 'execPath', 'mas', 'pid', 'platform', 'sandboxed', 'type', 'version', 'windowsStore'].map((name) => [name, process[name]])),
        electron: process.versions.electron,
        home: process.env.HOME,
        uptime: process.uptime() >= 0,
        emitter: typeof process.once,
      }),
      { additionalArguments: ['--mine=1'] }
    );
    assert.ok(told.pid > 1 && told.pid !== process.pid);
    assert.ok(told.argv.includes('--mine=1'));
    const { arch, execPath, platform, version } = process;
    assert.deepStrictEqual({ ...told, pid: 0, argv: [] }, {
      arch, argv: [], contextIsolated: true, execPath, mas: false, pid: 0, platform, sandboxed: true, type: 'renderer', version, windowsStore: false,
      electron: process.versions.electron, home: process.env.HOME, uptime: true, emitter: 'function',
    });
  });

  it('emits loaded', async () => {
    assert.strictEqual(await inPreload((require, process) => new Promise((resolve) => process.once('loaded', () => resolve('loaded')))), 'loaded');
  });

  it('has timers', async () => {
    assert.deepStrictEqual(
      await inPreload((require, process, exports, module, Buffer, global, setImmediate, clearImmediate) => new Promise((resolve) => {
        const order = [];
        clearImmediate(setImmediate(() => order.push('cleared')));
        setImmediate((value) => {
          order.push(value);
          require('timers').setTimeout((last) => resolve([...order, last]), 1, 'timeout');
        }, 'immediate');
        process.nextTick(() => order.push('tick'));
        order.push('now');
      })),
      ['now', 'tick', 'immediate', 'timeout']
    );
  });

  it('has events', async () => {
    assert.deepStrictEqual(
      await inPreload((require) => {
        const { EventEmitter } = require('events');
        class Mine extends EventEmitter {}
        const mine = new Mine();
        const heard = [];
        const listener = (value) => heard.push(['on', value]);
        mine.on('a', listener);
        mine.once('a', (value) => heard.push(['once', value]));
        mine.prependListener('a', () => heard.push('first'));
        mine.emit('a', 1);
        mine.off('a', listener);
        mine.emit('a', 2);
        let thrown;
        try {
          mine.emit('error', new Error('unheard'));
        } catch (error) {
          thrown = error.message;
        }
        return [heard, mine.emit('nothing'), mine.eventNames(), thrown];
      }),
      [['first', ['on', 1], ['once', 1], 'first'], false, ['a'], 'unheard']
    );
  });

  it('has Buffer', async () => {
    const samples = (require, process, exports, module, Buffer) => {
      const text = Buffer.from('gr\u00fc\u00df \u{1f600}');
      const numbers = Buffer.alloc(16);
      numbers.writeUInt32BE(0xdeadbeef, 0);
      numbers.writeDoubleLE(1.5, 4);
      numbers.writeInt16LE(-2, 12);
      return [
        text.toString('hex'), text.toString('base64'), text.toString('base64url'), text.toString('latin1'), text.toString(), text.length,
        Buffer.from('ff00zz', 'hex').length, Buffer.from('_-8', 'base64').toString('hex'), Buffer.from('a\u1234', 'utf16le').toString('hex'),
        Buffer.concat([Buffer.from('a'), Buffer.from('bc')]).toString(), Buffer.byteLength('\u00fc'), Buffer.compare(Buffer.from('a'), Buffer.from('b')),
        Buffer.from('hello').slice(1, 3).toString(), Buffer.from('hello').indexOf('l'), Buffer.from('hello').includes('xyz'), Buffer.isBuffer(text),
        numbers.toString('hex'), numbers.readUInt32BE(0), numbers.readDoubleLE(4), numbers.readInt16LE(12), Buffer.alloc(4, 'ab').toString(),
        JSON.stringify(Buffer.from([1])), Buffer.from('abc').equals(Buffer.from('abc')),
      ];
    };
    assert.deepStrictEqual(await inPreload(samples), samples(require, process, exports, module, Buffer));
  });

  it('runs code in the page with webFrame', async () => {
    assert.deepStrictEqual(
      await inPreload(async (require) => {
        const { webFrame } = require('electron');
        const results = [await webFrame.executeJavaScript('window.inPage = [1, new Date(5)]'), typeof window.inPage, webFrame.top === webFrame];
        for (const code of ['Promise.reject(new TypeError("no"))', 'throw 1']) {
          await webFrame.executeJavaScript(code).catch((error) => results.push([error instanceof Error, error.message.slice(0, 24)]));
        }
        return results;
      }),
      [[1, new Date(5)], 'undefined', true, [true, 'no'], [true, 'Script failed to execute']]
    );
  });

  it('runs before the page, for every document', async () => {
    const window = await openWithPreload({
      preload: "require('electron').contextBridge.exposeInMainWorld('early', document.documentElement === null || document.body === null)",
      html: '<script>window.seen = window.early</script>',
    });
    assert.strictEqual(await window.webContents.executeJavaScript('seen'), true);
    await window.loadFile(pageFile('<script>window.seen = [window.early]</script>'));
    assert.deepStrictEqual(await window.webContents.executeJavaScript('seen'), [true]);
  });

  it('that throws is told, and the page loads on', async () => {
    for (const [code, name, message] of [
      ['throw new TypeError("mine")', 'TypeError', /^mine$/],
      ['const broken = ;', 'SyntaxError', /Unexpected token/],
      ['require("fs")', 'Error', /^module not found: fs$/],
    ]) {
      const { BrowserWindow } = require('electron');
      const { preloadFile } = require('./lane-helpers');
      const preload = preloadFile(code);
      const window = new BrowserWindow({ show: false, webPreferences: { preload } });
      const messages = [];
      window.webContents.on('console-message', (event) => messages.push([event.level, event.message]));
      const told = once(window.webContents, 'preload-error');
      await window.loadFile(pageFile('<p>text</p>'));
      const [, path, error] = await told;
      assert.strictEqual(path, preload);
      assert.strictEqual(error.name, name);
      assert.match(error.message, message);
      assert.strictEqual(await window.webContents.executeJavaScript('document.body.textContent'), 'text');
      assert.ok(messages.some(([level, text]) => level === 'error' && text === `Unable to load preload script: ${preload}`));
    }
  });

  it('shares the page\'s world without context isolation', async () => {
    const window = await openWithPreload({
      preload: "window.fromPreload = { value: 1, platform: process.platform }; window.ask = (...args) => require('electron').ipcRenderer.invoke('ask', ...args)",
      html: '<script>window.same = fromPreload.value</script>',
      webPreferences: { contextIsolation: false },
    });
    ipcMain.handleOnce('ask', (event, map) => map.get('k'));
    assert.strictEqual(await window.webContents.executeJavaScript('same'), 1);
    assert.strictEqual(await window.webContents.executeJavaScript('ask(new Map([["k", 5n]]))'), 5n);
    assert.deepStrictEqual(
      await window.webContents.executeJavaScript('[typeof process, typeof require, typeof Buffer, typeof global]'),
      ['undefined', 'undefined', 'undefined', 'undefined']
    );
  });

  it('and the page write to the console', async () => {
    const { BrowserWindow } = require('electron');
    const { preloadFile } = require('./lane-helpers');
    const window = new BrowserWindow({ show: false, webPreferences: { preload: preloadFile("console.warn('from preload', 1, { a: 1 }, 'x')") } });
    const messages = [];
    const sources = new Set();
    window.webContents.on('console-message', ({ level, message, lineNumber, sourceId }) => {
      messages.push([level, message, lineNumber]);
      sources.add(sourceId.split('/').at(-1).replace(/\d+/, 'N'));
    });
    const page = pageFile(`<script>
      console.log('two', 'words');
      console.info('line one\\nline two', null, [1, 2]);
      console.error(new Error('an error'));
      console.debug('');
      console.log('long', 'x'.repeat(100000));
    </script>
    <script>undefinedFunction();</script>`);
    await window.loadFile(page);
    await window.webContents.executeJavaScript('console.log("last"); 0');
    const { waitUntil } = require('./helpers');
    await waitUntil(() => messages.some(([, text]) => text === 'last'));
    const texts = messages.map(([level, message]) => [level, message.slice(0, 60)]);
    assert.deepStrictEqual(texts.slice(0, 3), [
      ['warning', 'from preload 1 [object Object] x'],
      ['info', 'two words'],
      ['info', 'line one\nline two null 1,2'],
    ]);
    assert.strictEqual(texts[3][0], 'error');
    assert.match(texts[3][1], /an error/);
    assert.deepStrictEqual(texts[4], ['debug', '']);
    assert.strictEqual(messages[5][1].length, 100005);
    assert.match(messages[6][1], /^ReferenceError/);
    assert.strictEqual(messages[6][0], 'error');
    assert.strictEqual(messages[6][2], 8);
    assert.ok(sources.has('preload-N.js') && sources.has('page-N.html'), [...sources].join());
  });
});
