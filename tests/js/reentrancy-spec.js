'use strict';

// Pages and the main script that ask each other while one of them is busy.

const { ipcMain } = require('electron');
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

const PRELOAD = `const { contextBridge, ipcRenderer } = require('electron');
  contextBridge.exposeInMainWorld('ipc', {
    invoke: (...args) => ipcRenderer.invoke(...args),
    send: (...args) => ipcRenderer.send(...args),
    sendSync: (...args) => ipcRenderer.sendSync(...args),
  });`;

/** A program beside the shell that sizes a window until the page in it says that it is so wide. */
const SIZER = `
  const { execFile } = require('node:child_process');
  const { writeFileSync } = require('node:fs');
  const [id, width, height, done] = process.argv.slice(-4);
  const server = require('node:http').createServer((request, response) => {
    response.end();
    if (request.url !== '/' + width) return;
    writeFileSync(done, '');
    process.exit();
  });
  // A window manager that is still placing the window may undo the first tries.
  const size = () => execFile('xdotool', ['windowsize', id, width, height], () => setTimeout(size, 100));
  server.listen(0, '127.0.0.1', () => {
    console.log(server.address().port);
    process.stdin.once('data', size);
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
    const [width, height] = window.getSize();
    assert.notStrictEqual(width, 533);
    const id = window.getNativeWindowHandle().readUInt32LE(0);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-sizer-'));
    const done = path.join(folder, 'done');
    const sizer = spawn(process.execPath, ['-e', SIZER, '--', `${id}`, '533', `${height}`, done], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ended = once(sizer, 'exit');
    try {
      const [port] = await once(sizer.stdout, 'data');
      const told = new Promise((resolve) => {
        ipcMain.on('resized', (_event, width) => width === 533 && resolve());
      });
      await window.webContents.executeJavaScript(`onresize = () => {
        ipc.send('resized', innerWidth);
        fetch('http://127.0.0.1:${Number(port)}/' + innerWidth, { mode: 'no-cors' });
      }; 0`);
      sizer.stdin.write('go');
      // From here on no JavaScript runs until the page has told the other program of its new size: were the window kept waiting, that would never happen.
      const end = Date.now() + 50_000;
      const cell = new Int32Array(new SharedArrayBuffer(4));
      while (!fs.existsSync(done) && Date.now() < end) Atomics.wait(cell, 0, 0, 20);
      assert.ok(fs.existsSync(done), 'the page did not hear of its size while the script was busy');
      await told;
    } finally {
      sizer.kill();
      await ended;
      fs.rmSync(folder, { recursive: true });
    }
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
