'use strict';

// Pages and the main script that ask each other while one of them is busy.

const { ipcMain } = require('electron');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

const PRELOAD = `const { contextBridge, ipcRenderer } = require('electron');
  contextBridge.exposeInMainWorld('ipc', {
    invoke: (...args) => ipcRenderer.invoke(...args),
    send: (...args) => ipcRenderer.send(...args),
    sendSync: (...args) => ipcRenderer.sendSync(...args),
  });`;

describe('re-entrancy', () => {
  afterEach(async () => {
    for (const channel of ['outer', 'inner', 'resized']) {
      ipcMain.removeAllListeners(channel);
      ipcMain.removeHandler(channel);
    }
    await closeAllWindows();
  });

  it('R28 keeps windows alive while the main script is busy', async () => {
    const window = await openWithPreload({ preload: PRELOAD });
    const shown = once(window, 'show');
    window.show();
    await shown;
    await window.webContents.executeJavaScript(`onresize = () => { ipc.send('resized', innerWidth, Date.now()); }; 0`);
    const [width, height] = window.getSize();
    const id = window.getNativeWindowHandle().readUInt32LE(0);
    const widths = [];
    const told = new Promise((resolve) => {
      ipcMain.on('resized', (_event, width, at) => {
        widths.push(width);
        if (width === 533) resolve(at);
      });
    });
    // JavaScript waits for the child; the resize happens meanwhile. A window manager that is still placing the window may undo the first tries.
    execFileSync('sh', ['-c', `for try in 1 2 3 4 5 6 7 8 9 10; do xdotool windowsize ${id} 533 ${height}; sleep 0.15; done`]);
    const end = Date.now();
    assert.notStrictEqual(width, 533);
    const at = await told;
    assert(at < end, `the page heard of it ${at - end} ms after the script went on (${widths})`);
  });

  it('R28 answers two windows that ask each other by way of main', async () => {
    const [left, right] = [await openWithPreload({ preload: PRELOAD }), await openWithPreload({ preload: PRELOAD })];
    ipcMain.handle('outer', async (_event, depth) => {
      const next = depth % 2 === 0 ? right : left;
      return depth === 0 ? [0] : [depth, ...(await next.webContents.executeJavaScript(`ipc.invoke('outer', ${depth - 1})`))];
    });
    assert.deepStrictEqual(await left.webContents.executeJavaScript(`ipc.invoke('outer', 9)`), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  it('R28 answers a synchronous question that needs another page\'s synchronous question', async () => {
    const [left, right] = [await openWithPreload({ preload: PRELOAD }), await openWithPreload({ preload: PRELOAD })];
    ipcMain.on('outer', async (event) => {
      event.returnValue = ['outer', await right.webContents.executeJavaScript(`ipc.sendSync('inner')`)];
    });
    ipcMain.on('inner', (event) => {
      event.returnValue = 'inner';
    });
    assert.deepStrictEqual(await left.webContents.executeJavaScript(`ipc.sendSync('outer')`), ['outer', 'inner']);
  });

  it('R28 frees a page that waits for an answer when its window is destroyed', async () => {
    const [left, right] = [await openWithPreload({ preload: PRELOAD }), await openWithPreload({ preload: PRELOAD })];
    const asked = once(ipcMain, 'outer');
    const script = left.webContents.executeJavaScript(`ipc.sendSync('outer')`).catch((error) => error);
    await asked;
    left.destroy();
    assert((await script) instanceof Error);
    assert.strictEqual(await right.webContents.executeJavaScript('1 + 1'), 2);
  });
});
