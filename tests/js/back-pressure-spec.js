'use strict';

// Senders that outrun their receivers: what waits is bounded, nothing is lost, order stays.

const { ipcMain } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

const MEGABYTE = 1 << 20;

/** The most memory that a process ever held, in MB. @param {number} pid */
const peak = (pid) => Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

describe('back-pressure', () => {
  afterEach(() => {
    ipcMain.removeAllListeners('data');
    ipcMain.removeAllListeners('all-sent');
    return closeAllWindows();
  });

  it('R26 slows a page down that sends more than main reads', async () => {
    // So many that what waits within the bound, and what the engine has not collected yet, is far from half of them.
    const COUNT = 500;
    const window = await openWithPreload({
      preload: `const { ipcRenderer } = require('electron');
        ipcRenderer.on('pour', (event, count) => {
          const data = new Uint8Array(${MEGABYTE});
          for (let number = 0; number < count; number++) {
            data[0] = number;
            ipcRenderer.send('data', number, data);
          }
          ipcRenderer.send('all-sent');
        });`,
    });
    const pid = window.webContents.getOSProcessId();
    const before = peak(pid);
    let expected = 0;
    ipcMain.on('data', (_event, number, data) => {
      assert.strictEqual(number, expected);
      assert.strictEqual(data[0], number % 256);
      expected += 1;
      // Main is busy: had the page nobody to wait for, it would have queued everything by now.
      if (number === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    });
    window.webContents.send('pour', COUNT);
    await once(ipcMain, 'all-sent');
    assert.strictEqual(expected, COUNT);
    const grown = peak(pid) - before;
    assert(grown < COUNT / 2, `the page's process grew by ${grown} MB`);
  });

  it('R26 goes on after a page was held up, in both directions', async () => {
    const window = await openWithPreload({
      preload: `const { ipcRenderer } = require('electron');
        ipcRenderer.on('echo', (event, number, data) => ipcRenderer.send('data', number, data));`,
    });
    const COUNT = 150;
    let expected = 0;
    const done = new Promise((resolve, reject) => {
      ipcMain.on('data', (_event, number, data) => {
        if (number !== expected || data.length !== MEGABYTE) reject(new Error(`message ${number} in place of ${expected}`));
        if (++expected === COUNT) resolve(undefined);
      });
    });
    const data = new Uint8Array(MEGABYTE);
    for (let number = 0; number < COUNT; number++) window.webContents.send('echo', number, data);
    await done;
  });
});
