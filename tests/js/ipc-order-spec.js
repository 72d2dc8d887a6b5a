'use strict';

// One stream for each document: whatever is sent arrives in the order of the calls.

const { ipcMain, MessageChannelMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

const PRELOAD = () => {
  const { contextBridge, ipcRenderer } = require('electron');
  contextBridge.exposeInMainWorld('run', (code) => new Function('ipcRenderer', `return (${code})(ipcRenderer)`)(ipcRenderer));
};

describe('order of everything', () => {
  let window;
  const inPreload = (body) => window.webContents.executeJavaScript(`run(${JSON.stringify(String(body))})`);

  before(async () => {
    await closeAllWindows();
    window = await openWithPreload({ preload: PRELOAD });
  });
  after(closeAllWindows);
  afterEach(() => {
    ipcMain.removeAllListeners();
    ipcMain.on('error', () => {});
    ipcMain.removeHandler('other');
  });

  const COUNT = 10_000;
  const SEED = Number(process.env.SPEC_SEED ?? Date.now() % 1e9);
  const expected = Array.from({ length: COUNT }, (_, n) => n);

  it(`is that of the calls over send, sendSync, invoke, postMessage and ports, to main (seed ${SEED})`, async () => {
    const seen = [];
    const take = (event, n, sync) => {
      seen.push(n);
      if (sync) event.returnValue = n;
    };
    ipcMain.on('test', take);
    ipcMain.handle('other', take);
    ipcMain.on('ports', ({ ports }) => {
      for (const port of ports) {
        port.on('message', ({ data, ports: [inner] }) => {
          seen.push(data);
          inner?.on('message', (message) => seen.push(message.data));
          inner?.start();
        });
        port.start();
      }
    });
    ipcMain.on('one-port', ({ ports: [port] }, n) => {
      seen.push(n);
      port.on('message', ({ data }) => seen.push(data));
      port.start();
    });
    await inPreload(`async (ipc) => {
      let state = ${SEED} | 1;
      const below = (limit) => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) % limit;
      };
      const ports = [0, 1].map(() => {
        const { port1, port2 } = new MessageChannel();
        ipc.postMessage('ports', null, [port2]);
        return port1;
      });
      const anyPort = () => ports[below(ports.length)];
      const calls = [];
      for (let n = 0; n < ${COUNT}; n++) {
        switch (below(7)) {
          case 0: ipc.send('test', n); break;
          case 1: ipc.sendSync('test', n, true); break;
          case 2: calls.push(ipc.invoke('other', n)); break;
          case 3: ipc.postMessage('test', n); break;
          case 4: anyPort().postMessage(n); break;
          default: {
            if (ports.length > 40) { anyPort().postMessage(n); break; }
            const { port1, port2 } = new MessageChannel();
            if (below(2) === 0) ipc.postMessage('one-port', n, [port2]);
            else ports[below(2)].postMessage(n, [port2]);
            ports.push(port1);
          }
        }
      }
      await Promise.all(calls);
      ipc.sendSync('test', -1, true);
    }`);
    assert.strictEqual(seen.pop(), -1);
    assert.deepStrictEqual(seen, expected);
  });

  it(`is that of the calls over send, reply, postMessage and ports, to the page (seed ${SEED})`, async () => {
    const asked = once(ipcMain, 'test');
    await inPreload((ipc) => {
      globalThis.seen = [];
      globalThis.waiting = [];
      const take = (n) => {
        globalThis.seen.push(n);
      };
      const listen = (port) => {
        port.onmessage = ({ data, ports: [inner] }) => {
          take(data);
          if (inner) listen(inner);
        };
      };
      ipc.on('ordered', (event, n) => {
        for (const port of event.ports) listen(port);
        take(n);
      });
      ipc.send('test');
    });
    const [event] = await asked;
    let state = SEED | 1;
    const below = (limit) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % limit;
    };
    const ports = [];
    const contents = window.webContents;
    for (let n = 0; n < COUNT; n++) {
      const kind = below(7);
      if (kind === 0) contents.send('ordered', n);
      else if (kind === 1) event.reply('ordered', n);
      else if (kind === 2) contents.mainFrame.postMessage('ordered', n);
      else if (ports.length > 2 && (kind < 5 || ports.length > 40)) ports[below(ports.length)].postMessage(n);
      else {
        const { port1, port2 } = new MessageChannelMain();
        if (ports.length < 2 || kind === 5) contents.postMessage('ordered', n, [port2]);
        else ports[below(2)].postMessage(n, [port2]);
        ports.push(port1);
      }
    }
    const seen = await inPreload(() => globalThis.seen);
    assert.deepStrictEqual(seen, expected);
  });
});
