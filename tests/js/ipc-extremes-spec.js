'use strict';

// Case R23: values that are too big, too many or too deep. What cannot be sent is refused before memory is taken for it, what can be sent arrives.

const { ipcMain, MessageChannelMain } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

const REFUSED = 'An object could not be cloned.';

/** The most memory that a process has held since the last reset, in MB. @param {number} pid */
const peak = (pid) => Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
/** @param {number} pid */
const resetPeak = (pid) => fs.writeFileSync(`/proc/${pid}/clear_refs`, '5');

// Either side makes and judges the values itself.
function tools() {
  // Texts that are joined of others take no memory as long as nobody looks at them.
  const half = () => {
    let text = 'x'.repeat(1 << 10);
    while (text.length < 2 ** 28) text += text;
    return text;
  };
  const make = {
    // The longest text that both engines have: 512 MB.
    text: () => half() + half().slice(24),
    bytes: () => new Uint8Array(300 << 20),
    deep: () => {
      let value = [];
      for (let i = 0; i < 100_000; i++) value = i % 2 === 0 ? [value] : { value };
      return value;
    },
    keys: () => {
      const value = {};
      for (let i = 0; i < 1e6; i++) value[`key ${i}`] = i;
      return value;
    },
    elements: () => {
      const value = [];
      for (let i = 0; i < 1e7; i++) value.push(i);
      return value;
    },
  };
  const judge = {
    deep: (value) => {
      let depth = 0;
      for (let at = value; (at = Array.isArray(at) ? at[0] : at.value) !== undefined;) depth += 1;
      return depth === 100_000;
    },
    keys: (value) => {
      for (let i = 0; i < 1e6; i++) if (value[`key ${i}`] !== i) return false;
      return Object.keys(value).length === 1e6;
    },
    elements: (value) => {
      for (let i = 0; i < 1e7; i++) if (value[i] !== i) return false;
      return value.length === 1e7;
    },
  };
  return { make, judge };
}
const { make, judge } = tools();

const PRELOAD = `
const { ipcRenderer } = require('electron');
const { make, judge } = (${tools})();
ipcRenderer.on('try', async (_event, what) => {
  const value = make[what]();
  // What makes the value is over; only what its sending takes counts.
  ipcRenderer.sendSync('made');
  const told = [];
  for (const wrapped of [value, { deep: [value] }]) {
    for (const send of [
      () => ipcRenderer.send('none', wrapped), () => ipcRenderer.sendSync('none', wrapped), () => ipcRenderer.invoke('none', wrapped),
      () => ipcRenderer.postMessage('none', wrapped),
    ]) {
      try {
        await send();
        told.push('sent');
      } catch (error) {
        told.push(error.message);
      }
    }
  }
  ipcRenderer.send('tried', told);
});
ipcRenderer.on('give', (_event, what) => ipcRenderer.send('given', make[what]()));
ipcRenderer.on('take', (_event, what, value) => ipcRenderer.send('taken', judge[what](value)));
ipcRenderer.on('ask', async (_event, channel) => {
  const answers = [ipcRenderer.sendSync(channel)];
  await ipcRenderer.invoke(channel).catch((error) => answers.push(error.message));
  ipcRenderer.send('asked', answers);
});
ipcRenderer.on('alive', () => ipcRenderer.send('alive'));`;

describe('extremes of ipc', function () {
  this.timeout(300_000);

  /** @type {Electron.BrowserWindow} */
  let window;
  /** @type {Electron.MessagePortMain} */
  let port;
  const next = async (channel) => (await once(ipcMain, channel)).slice(1);
  const alive = async () => {
    const answer = next('alive');
    window.webContents.send('alive');
    await answer;
  };

  before(async () => {
    window = await openWithPreload({ preload: PRELOAD });
    port = new MessageChannelMain().port1;
    ipcMain.on('none', () => assert.fail('a message arrived'));
  });
  after(closeAllWindows);
  afterEach(() => {
    for (const channel of ['made', 'tried', 'given', 'taken', 'asked', 'alive', 'huge']) ipcMain.removeAllListeners(channel);
    ipcMain.removeHandler('huge');
  });
  after(() => ipcMain.removeAllListeners('none'));

  for (const what of ['text', 'bytes']) {
    it(`R23 a page is refused ${what} that is too long, before memory is taken for it`, async () => {
      const pid = window.webContents.getOSProcessId();
      let before;
      ipcMain.once('made', (event) => {
        resetPeak(pid);
        before = peak(pid);
        event.returnValue = null;
      });
      const tried = next('tried');
      window.webContents.send('try', what);
      assert.deepStrictEqual((await tried)[0], Array(8).fill(REFUSED));
      const grown = peak(pid) - before;
      assert.ok(grown < 64, `the page's process grew by ${grown} MB`);
      await alive();
    });

    it(`R23 main is refused ${what} that is too long, before memory is taken for it`, async () => {
      const value = make[what]();
      resetPeak(process.pid);
      const before = peak(process.pid);
      const { error } = console;
      const logged = [];
      console.error = (...args) => logged.push(args.map(String).join('').split('\n')[0]);
      const uncaught = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      const thrown = [];
      process.on('uncaughtException', (found) => thrown.push(found.message));
      try {
        for (const wrapped of [value, { deep: [value] }]) {
          window.webContents.send('take', what, wrapped);
          window.webContents.mainFrame.send('take', what, wrapped);
          for (const send of [() => port.postMessage(wrapped), () => window.webContents.postMessage('take', wrapped)]) assert.throws(send, { message: REFUSED });
        }
        ipcMain.once('huge', (event) => {
          event.returnValue = value;
        });
        ipcMain.handleOnce('huge', () => value);
        const asked = next('asked');
        window.webContents.send('ask', 'huge');
        assert.deepStrictEqual((await asked)[0], [{ error: 'reply was never sent' }, `Error invoking remote method 'huge': Error: ${REFUSED}`]);
      } finally {
        console.error = error;
        process.removeAllListeners('uncaughtException');
        for (const listener of uncaught) process.on('uncaughtException', listener);
      }
      assert.deepStrictEqual(thrown, [REFUSED]);
      assert.deepStrictEqual(logged.map((line) => line.replace(/:.*: /, ': ')), [
        ...Array(4).fill(`Error sending from webFrameMain: ${REFUSED}`), `Error occurred in handler for 'huge': ${REFUSED}`,
      ]);
      const grown = peak(process.pid) - before;
      assert.ok(grown < 64, `the main process grew by ${grown} MB`);
      await alive();
    });
  }

  for (const what of ['deep', 'keys', 'elements']) {
    it(`R23 ${what} of the largest number arrive from a page`, async () => {
      const given = next('given');
      window.webContents.send('give', what);
      assert.ok(judge[what]((await given)[0]));
      await alive();
    });

    it(`R23 ${what} of the largest number arrive in a page`, async () => {
      const taken = next('taken');
      window.webContents.send('take', what, make[what]());
      assert.deepStrictEqual(await taken, [true]);
      await alive();
    });
  }
});
