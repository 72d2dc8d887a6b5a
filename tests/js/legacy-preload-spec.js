'use strict';

// Preloads with Node: `sandbox: false`.

const { ipcMain } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload, preloadFile } = require('./lane-helpers');

describe('legacy preloads', () => {
  let folder;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-legacy-'));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  afterEach(closeAllWindows);

  /** Runs a function in a preload and gives its value. @param {Function} body @param {object} [webPreferences] */
  async function inPreload(body, webPreferences = { sandbox: false }) {
    const told = once(ipcMain, 'told');
    await openWithPreload({
      preload: `Promise.resolve().then(() => (${body})(require)).then(
        (value) => require('electron').ipcRenderer.send('told', value),
        (error) => require('electron').ipcRenderer.send('told', { error }));`,
      webPreferences,
    });
    const [, value] = await told;
    if (value?.error) throw value.error;
    return value;
  }

  it('has Node, and the page has nothing of it', async () => {
    const window = await openWithPreload({
      preload: `
        const fs = require('fs');
        const { contextBridge } = require('electron');
        contextBridge.exposeInMainWorld('files', {
          read: (file) => fs.readFileSync(file, 'utf8'),
          list: (folder) => fs.promises.readdir(folder),
          own: () => [__filename, __dirname, typeof process.cwd(), typeof globalThis.process, process.sandboxed, require('./sibling').text],
        });`,
      webPreferences: { sandbox: false },
    });
    fs.writeFileSync(path.join(path.dirname(preloadFile('')), 'sibling.js'), "exports.text = require('path').basename(module.filename);");
    fs.writeFileSync(path.join(folder, 'read'), 'through the bridge');
    const told = await window.webContents.executeJavaScript(
      `(async () => [files.read(${JSON.stringify(path.join(folder, 'read'))}), (await files.list('/')).includes('tmp'), files.own(), typeof require, typeof process, typeof module, typeof Buffer])()`
    );
    assert.deepStrictEqual([told[0], told[1], ...told.slice(3)], ['through the bridge', true, 'undefined', 'undefined', 'undefined', 'undefined']);
    const [filename, dirname, ...rest] = told[2];
    assert.strictEqual(path.dirname(filename), dirname);
    assert.deepStrictEqual(rest, ['string', 'object', false, 'sibling.js']);
  });

  it('has it with nodeIntegration in an isolated page too, and the page has nothing', async () => {
    const window = await openWithPreload({ preload: "require('electron').contextBridge.exposeInMainWorld('os', require('os').platform());", webPreferences: { nodeIntegration: true } });
    assert.deepStrictEqual(await window.webContents.executeJavaScript('[os, typeof require, typeof process]'), [process.platform, 'undefined', 'undefined']);
  });

  it('leaves no globals behind without isolation and nodeIntegration', async () => {
    const window = await openWithPreload({
      preload: "window.fromPreload = [typeof process, typeof globalThis.process, typeof global]; window.later = () => [typeof Buffer, typeof setImmediate, require('fs').existsSync('/')];",
      html: '<script>window.fromPage = [typeof require, typeof process, typeof Buffer, typeof setImmediate, typeof clearImmediate, typeof global, typeof module]</script>',
      webPreferences: { sandbox: false, contextIsolation: false },
    });
    assert.deepStrictEqual(await window.webContents.executeJavaScript('[fromPreload, later(), fromPage]'), [
      ['object', 'object', 'object'], ['function', 'function', true], ['undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined'],
    ]);
  });

  it('runs modules of its own at full speed', async () => {
    const told = await inPreload((require) => {
      const util = require('util');
      const path = require('path');
      const { Readable } = require('stream');
      return [
        util.format('%s %d %j', 'a', 1, { b: 2 }), util.inspect({ a: [1, { b: new Map([[1, 'x']]) }], s: Symbol('q') }, { depth: 4 }), util.inspect(Buffer.from('hi')),
        path.resolve('/a', '../b', 'c.txt'), path.relative('/a/b/c', '/a/d'), require('url').parse('http://u:p@h.x:81/p?q=1#h').pathname,
        require('querystring').stringify({ a: [1, 2], b: 'c d' }), new (require('string_decoder').StringDecoder)('utf8').write(Buffer.from([0xe2, 0x82])),
        util.isDeepStrictEqual({ a: [1, new Set([2])] }, { a: [1, new Set([2])] }), Readable.from([1]) instanceof require('stream'),
      ];
    });
    assert.deepStrictEqual(told, [
      'a 1 {"b":2}', "{ a: [ 1, { b: Map(1) { 1 => 'x' } } ], s: Symbol(q) }", '<Buffer 68 69>', '/b/c.txt', '../../d', '/p', 'a=1&a=2&b=c%20d', '', true, true,
    ]);
  });
});
