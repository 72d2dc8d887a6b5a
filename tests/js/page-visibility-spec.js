'use strict';

// What a page can see of the shell: nothing but what contextBridge exposed.

const assert = require('node:assert');
const { BrowserWindow } = require('electron');
const { closeAllWindows } = require('./helpers');
const { openWithPreload, pageFile } = require('./lane-helpers');

// Lists everything that can be reached from `window` by own properties and prototypes: path, type, attributes, source text of functions.
const ENUMERATE = () => {
  const seen = new Set();
  const lines = [];
  const queue = [[window, 'window']];
  // Values that differ between two loads of the same page by themselves.
  const volatile = /timeStamp|performance\.|timeOrigin|lastModified|\.history\.|\.screen|storage|crypto\.|\.location\.|\.url$|\.URL$|baseURI|documentURI/i;
  while (queue.length > 0) {
    const [object, path] = queue.shift();
    if (seen.has(object) || path.split('.').length > 7) continue;
    seen.add(object);
    let keys = [];
    try {
      keys = Reflect.ownKeys(object);
    } catch {
      lines.push(`${path}: no keys`);
    }
    for (const key of keys) {
      const at = `${path}.${String(key)}`;
      const descriptor = Reflect.getOwnPropertyDescriptor(object, key);
      if (descriptor === undefined) continue;
      const flags = `${descriptor.writable ? 'w' : ''}${descriptor.enumerable ? 'e' : ''}${descriptor.configurable ? 'c' : ''}`;
      for (const part of ['value', 'get', 'set']) {
        const value = descriptor[part];
        if (value === undefined) continue;
        const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
        const text = typeof value === 'function' ? Function.prototype.toString.call(value).slice(0, 300) : isObject ? '' : String(value);
        lines.push(`${at} ${part} ${typeof value} ${flags} ${volatile.test(at) ? '' : text}`);
        if (isObject) queue.push([value, at]);
      }
      // Getters of singletons, such as window.webkit or document.body.
      if (descriptor.get !== undefined && path.split('.').length < 3) {
        try {
          const value = Reflect.get(object, key);
          if ((typeof value === 'object' && value !== null) || typeof value === 'function') queue.push([value, `${at}()`]);
        } catch {}
      }
    }
    const prototype = Reflect.getPrototypeOf(object);
    if (prototype !== null) queue.push([prototype, `${path}.[[proto]]`]);
  }
  return lines;
};

describe('what a page sees', () => {
  afterEach(closeAllWindows);

  it('S2 is the same with and without a preload', async () => {
    const html = `<script>window.found = (${ENUMERATE})();</script>`;
    const file = pageFile(html);
    const lists = [];
    for (const preload of [undefined, "const { ipcRenderer } = require('electron'); window.mine = ipcRenderer; document.mine = 1;"]) {
      const window = await openWithPreload({ preload });
      await window.loadFile(file);
      lists.push(await window.webContents.executeJavaScript('found'));
      window.destroy();
    }
    assert.ok(lists[0].length > 10_000, `only ${lists[0].length} properties were found`);
    const plain = new Set(lists[0]);
    const loaded = new Set(lists[1]);
    assert.deepStrictEqual([lists[1].filter((line) => !plain.has(line)), lists[0].filter((line) => !loaded.has(line))], [[], []]);
  });

  it('S2 is what contextBridge exposed, and no more', async () => {
    const file = pageFile(`<script>window.found = (${ENUMERATE})();</script>`);
    const lists = [];
    for (const preload of ['', "require('electron').contextBridge.exposeInMainWorld('api', { f() {}, n: 1 })"]) {
      const window = await openWithPreload({ preload });
      await window.loadFile(file);
      lists.push(await window.webContents.executeJavaScript('found'));
      window.destroy();
    }
    const plain = new Set(lists[0]);
    const added = lists[1].filter((line) => !plain.has(line));
    assert.ok(added.length > 0);
    assert.deepStrictEqual(added.filter((line) => !/^window\.api[ .]/.test(line)), []);
    // The source of our own code shows in no function's text.
    assert.deepStrictEqual(added.filter((line) => /ipc|shell|deserialize/i.test(line)), []);
  });

  it('S2 holds no handler of messages and no key', async () => {
    const window = await openWithPreload({ preload: '' });
    const handlers = await window.webContents.executeJavaScript(
      'typeof webkit === "undefined" ? [] : Reflect.ownKeys(webkit.messageHandlers ?? {}).map(String)'
    );
    assert.deepStrictEqual(handlers, []);
    const names = await window.webContents.executeJavaScript('Object.getOwnPropertyNames(window)');
    assert.deepStrictEqual(names.filter((name) => /^(ipc|shell|electron|require|process|Buffer$|global$|module$|__)/.test(name)), []);
  });

  it('S2 a preload is in no stack of an error', async () => {
    const window = await openWithPreload({
      preload: "require('electron').contextBridge.exposeInMainWorld('api', { fail() { throw new Error('x'); }, run: (f) => f() })",
    });
    const stacks = await window.webContents.executeJavaScript(`[() => api.fail(), () => api.run(() => { throw new Error('y'); })].map((f) => {
      try { f(); } catch (error) { return String(error.stack); }
    })`);
    assert.deepStrictEqual(stacks.filter((stack) => stack.includes('preload-')), []);
  });

  it('S11 a page that window.open made has the preload of its own settings only', async () => {
    const window = await openWithPreload({ preload: "require('electron').contextBridge.exposeInMainWorld('api', 1)" });
    window.webContents.setWindowOpenHandler(() => ({
      action: 'allow',
      overrideBrowserWindowOptions: { show: false, webPreferences: { preload: undefined } },
    }));
    const made = new Promise((resolve) => window.webContents.once('did-create-window', resolve));
    await window.webContents.executeJavaScript('window.open("about:blank", "_blank", "preload=/etc/passwd"); 0');
    const child = await made;
    assert.ok(child instanceof BrowserWindow);
  });
});
