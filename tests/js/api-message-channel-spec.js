'use strict';

const { ipcMain, MessageChannelMain } = require('electron');
const assert = require('node:assert');
const { EventEmitter } = require('node:events');
const v8 = require('node:v8');
const vm = require('node:vm');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

/** Collects garbage until a promise is settled. @param {Promise<any>} promise */
async function collectUntil(promise) {
  let settled = false;
  promise.finally(() => {
    settled = true;
  });
  while (!settled) {
    gc();
    await new Promise(setImmediate);
  }
  return promise;
}

// Runs functions in the isolated world, with what they may need.
const PRELOAD = () => {
  const { contextBridge, ipcRenderer } = require('electron');
  contextBridge.exposeInMainWorld('run', (code) => new Function('ipcRenderer', `return (${code})(ipcRenderer)`)(ipcRenderer));
};

describe('MessageChannelMain', () => {
  let windows = [];
  const open = async (options = {}) => {
    const window = await openWithPreload({ preload: PRELOAD, ...options });
    windows.push(window);
    return window;
  };
  const inPreload = (window, body) => window.webContents.executeJavaScript(`run(${JSON.stringify(String(body))})`);

  afterEach(async () => {
    ipcMain.removeAllListeners();
    ipcMain.on('error', () => {});
    windows = [];
    await closeAllWindows();
  });

  describe('in the main process', () => {
    it('has two ports, which are event emitters', () => {
      const { port1, port2 } = new MessageChannelMain();
      for (const port of [port1, port2]) {
        assert.ok(port instanceof EventEmitter);
        assert.strictEqual(port.constructor.name, 'MessagePortMain');
      }
    });

    it('delivers in order, in later turns, and only after start', async () => {
      const { port1, port2 } = new MessageChannelMain();
      const got = [];
      port2.on('message', (event) => got.push(event));
      port1.postMessage(1);
      port1.postMessage({ two: new Map([[1, 2n]]) });
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      assert.deepStrictEqual(got, []);
      port2.start();
      port2.start();
      assert.deepStrictEqual(got, []);
      port1.postMessage(3);
      while (got.length < 3) await new Promise(setImmediate);
      assert.deepStrictEqual(got, [
        { data: 1, ports: [] },
        { data: { two: new Map([[1, 2n]]) }, ports: [] },
        { data: 3, ports: [] },
      ]);
    });

    it('takes nothing, everything that can be cloned, and refuses the rest', () => {
      const { port1 } = new MessageChannelMain();
      for (const value of [undefined, 42, false, [], 'hello', { hello: 'goodbye' }]) port1.postMessage(value);
      // @ts-expect-error One argument is expected.
      port1.postMessage();
      for (const value of [() => {}, Symbol('a'), { port: new MessageChannelMain().port1 }.port.postMessage]) {
        assert.throws(() => port1.postMessage(value), { name: 'Error', message: 'An object could not be cloned.' });
      }
    });

    it('refuses bad transfer lists and takes nothing of them', () => {
      const { port1 } = new MessageChannelMain();
      const { port1: other } = new MessageChannelMain();
      const refused = (list, name, message) => assert.throws(() => port1.postMessage(null, list), { name, message });
      for (const list of [{}, null, 5, 'ports', new Set([other])]) refused(list, 'TypeError', 'transferables must be an array of MessagePorts');
      for (const item of [null, undefined, '1', new ArrayBuffer(10), new Date(), {}, Object.create(Object.getPrototypeOf(other))]) {
        refused([other, item], 'TypeError', 'Port at index 1 is not a valid port');
      }
      refused([other, port1], 'Error', 'Port at index 1 contains the source port.');
      refused([other, other], 'Error', 'Port at index 1 is a duplicate.');
      port1.postMessage(null, [other]);
      refused([other], 'Error', 'Port at index 0 is already neutered.');
    });

    it('carries ports with their messages', async () => {
      const { port1, port2 } = new MessageChannelMain();
      const inner = new MessageChannelMain();
      inner.port1.postMessage('before');
      port1.postMessage('take', [inner.port2]);
      inner.port1.postMessage('between');
      // A port that was sent away ignores everything.
      inner.port2.postMessage('nobody');
      inner.port2.start();
      inner.port2.close();
      port2.start();
      const [event] = await once(port2, 'message');
      const [port] = event.ports;
      assert.notStrictEqual(port, inner.port2);
      const got = [];
      port.on('message', ({ data }) => got.push(data));
      port.start();
      inner.port1.postMessage('after');
      while (got.length < 3) await new Promise(setImmediate);
      assert.deepStrictEqual(got, ['before', 'between', 'after']);
    });

    it('tells both sides of a close once, after what was sent before', async () => {
      const { port1, port2 } = new MessageChannelMain();
      const order = [];
      port1.on('close', () => order.push('close 1'));
      port2.on('close', () => order.push('close 2'));
      port2.on('message', ({ data }) => order.push(data));
      port2.start();
      port1.postMessage('last');
      port1.close();
      port1.close();
      port1.postMessage('too late');
      assert.deepStrictEqual(order, ['close 1']);
      await once(port2, 'close');
      port2.postMessage('nobody');
      port2.close();
      await new Promise(setImmediate);
      assert.deepStrictEqual(order, ['close 1', 'last', 'close 2']);
    });

    it('keeps what waits at a port that was not started, and its close', async () => {
      const { port1, port2 } = new MessageChannelMain();
      port1.postMessage('kept');
      port1.close();
      await new Promise(setImmediate);
      const order = [];
      port2.on('message', ({ data }) => order.push(data));
      const closed = once(port2, 'close').then(() => order.push('close'));
      port2.start();
      await closed;
      assert.deepStrictEqual(order, ['kept', 'close']);
    });

    it('closes a channel whose port was sent to nobody', async () => {
      const { port1, port2 } = new MessageChannelMain();
      const inner = new MessageChannelMain();
      inner.port1.start();
      const closed = once(inner.port1, 'close');
      // Nobody listens for messages.
      port2.start();
      port1.postMessage(null, [inner.port2]);
      await closed;
    });

    it('closes what waits at a port that is closed', async () => {
      const { port1, port2 } = new MessageChannelMain();
      const inner = new MessageChannelMain();
      inner.port1.start();
      const closed = once(inner.port1, 'close');
      port1.postMessage(null, [inner.port2]);
      port2.close();
      await closed;
    });

    it('sends a closed port as one', async () => {
      const { port1, port2 } = new MessageChannelMain();
      const inner = new MessageChannelMain();
      inner.port1.close();
      port1.postMessage(null, [inner.port1]);
      port2.start();
      const [{ ports }] = await once(port2, 'message');
      const closed = once(ports[0], 'close');
      ports[0].start();
      await closed;
    });

    it('survives a listener that throws', async () => {
      const { port1, port2 } = new MessageChannelMain();
      const listeners = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      const uncaught = once(process, 'uncaughtException');
      port2.on('message', ({ data }) => {
        if (data === 1) throw new Error('of a listener');
      });
      port2.start();
      port1.postMessage(1);
      port1.postMessage(2);
      const [error] = await uncaught;
      for (const listener of listeners) process.on('uncaughtException', listener);
      assert.strictEqual(error.message, 'of a listener');
      const [{ data }] = await once(port2, 'message');
      assert.strictEqual(data, 2);
    });

    it('keeps a started port alive while it could receive', async () => {
      const { port1, promise } = (() => {
        const channel = new MessageChannelMain();
        const received = once(channel.port2, 'message');
        channel.port2.start();
        return { port1: channel.port1, promise: received };
      })();
      for (let i = 0; i < 3; i++) {
        gc();
        await new Promise(setImmediate);
      }
      port1.postMessage('hello');
      assert.strictEqual((await promise)[0].data, 'hello');
    });

    it('closes a port that was never started and that nobody knows any more', async () => {
      const { port1 } = new MessageChannelMain();
      port1.start();
      await collectUntil(once(port1, 'close'));
    });
  });

  describe('webContents.postMessage and webFrameMain.postMessage', () => {
    it('refuse what Electron refuses', async () => {
      const { webContents } = await open();
      for (const target of [webContents, webContents.mainFrame]) {
        const refused = (args, name, message) => assert.throws(() => /** @type {any} */ (target).postMessage(...args), { name, message });
        refused([], 'TypeError', 'Insufficient number of arguments.');
        refused(['channel'], 'TypeError', 'Insufficient number of arguments.');
        refused([null, ''], 'TypeError', 'Error processing argument at index 0, conversion failure from null');
        refused(['channel', () => {}], 'Error', 'An object could not be cloned.');
        refused(['channel', webContents], 'Error', 'An object could not be cloned.');
        refused(['', '', null], 'TypeError', 'Invalid value for transfer');
        refused(['channel', '', [123]], 'TypeError', 'Port at index 0 is not a valid port');
        refused(['channel', '', [null]], 'TypeError', 'Port at index 0 is not a valid port');
        const { port1 } = new MessageChannelMain();
        refused(['channel', { port1 }, [port1]], 'Error', 'An object could not be cloned.');
        refused(['channel', '', [port1, port1]], 'Error', 'Port at index 1 is a duplicate.');
        target.postMessage('channel', null, [port1]);
        refused(['channel', '', [port1]], 'Error', 'Port at index 0 is already neutered.');
      }
    });

    it('send a message, also without ports', async () => {
      const window = await open();
      await inPreload(window, (ipc) => {
        ipc.on('foo', (event, ...args) => ipc.send('bar', Object.keys(event), event.sender === ipc, event.ports.length, args));
      });
      for (const target of [window.webContents, window.webContents.mainFrame]) {
        const told = once(ipcMain, 'bar');
        target.postMessage('foo', { some: 'message' });
        assert.deepStrictEqual((await told).slice(1), [['sender', 'ports'], true, 0, [{ some: 'message' }]]);
      }
    });

    it('give a real port of the engine, with what waited for it', async () => {
      const window = await open();
      await inPreload(window, (ipc) => {
        ipc.on('port', ({ ports: [port] }) => {
          port.onmessage = ({ data }) => ipc.send('told', port instanceof MessagePort, data);
        });
      });
      const { port1, port2 } = new MessageChannelMain();
      port1.postMessage('early');
      const told = once(ipcMain, 'told');
      window.webContents.postMessage('port', null, [port2]);
      assert.deepStrictEqual((await told).slice(1), [true, 'early']);
    });

    it('close ports that nobody in the page listens for', async () => {
      const window = await open();
      const { port1, port2 } = new MessageChannelMain();
      const closed = once(port1, 'close');
      port1.start();
      window.webContents.postMessage('nobody', null, [port2]);
      await closed;
    });

    it('close ports of a page without a document', async () => {
      const { BrowserWindow } = require('electron');
      const window = new BrowserWindow({ show: false });
      const { port1, port2 } = new MessageChannelMain();
      port1.start();
      const closed = once(port1, 'close');
      window.webContents.postMessage('nobody', null, [port2]);
      await closed;
    });
  });

  describe('ipcRenderer.postMessage', () => {
    it('gives the main process ports', async () => {
      const window = await open();
      for (const target of [ipcMain, window.webContents.ipc, window.webContents.mainFrame.ipc]) {
        const told = once(target, 'port');
        await inPreload(window, (ipc) => ipc.postMessage('port', { hi: 1n }, [new MessageChannel().port1]));
        const [event, ...args] = await told;
        assert.deepStrictEqual(args, [{ hi: 1n }]);
        assert.strictEqual(event.ports.length, 1);
        assert.ok(event.ports[0] instanceof EventEmitter);
        assert.strictEqual(event.senderFrame, window.webContents.mainFrame);
      }
    });

    it('sends without ports', async () => {
      const window = await open();
      const told = once(ipcMain, 'port');
      window.webContents.on('ipc-message', () => assert.fail('is not for messages that may have ports'));
      await inPreload(window, (ipc) => ipc.postMessage('port', 'hi'));
      const [event, message] = await told;
      assert.strictEqual(message, 'hi');
      assert.deepStrictEqual(event.ports, []);
    });

    it('refuses what is no port, and takes nothing of that list', async () => {
      const window = await open();
      const texts = await inPreload(window, (ipc) => {
        const { port1, port2 } = new MessageChannel();
        const sent = new MessageChannel().port1;
        structuredClone(sent, { transfer: [sent] });
        const lists = [[new ArrayBuffer(10)], [port1, new ArrayBuffer(10)], [port1, port1], [null], [{}], 5, {}, null, [sent]];
        const refused = lists.map((list) => {
          try {
            ipc.postMessage('port', '', list);
            return 'sent';
          } catch (error) {
            return `${error.name}: ${error.message}`;
          }
        });
        for (const value of [() => {}, { port2 }]) {
          try {
            ipc.postMessage('port', value, [port2]);
          } catch (error) {
            refused.push(error.message);
          }
        }
        // Both are still of use.
        ipc.postMessage('port', 'last', [port1, port2]);
        return refused;
      });
      assert.deepStrictEqual([...new Set(texts.slice(0, 9))], ['TypeError: Invalid value for transfer']);
      assert.deepStrictEqual(texts.slice(9), ['An object could not be cloned.', 'An object could not be cloned.']);
    });

    it('takes the port away at once', async () => {
      const window = await open();
      const text = await inPreload(window, (ipc) => {
        const { port1 } = new MessageChannel();
        ipc.postMessage('port', '', [port1]);
        port1.postMessage('ignored');
        try {
          ipc.postMessage('port', '', [port1]);
          return 'sent again';
        } catch (error) {
          return error.message;
        }
      });
      assert.strictEqual(text, 'Invalid value for transfer');
    });

    it('closes a channel that was sent to nobody', async () => {
      const window = await open();
      await inPreload(window, (ipc) => new Promise((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port2.start();
        port2.onclose = resolve;
        ipc.postMessage('nobody-listening', null, [port1]);
      }));
    });
  });
});
