'use strict';

// Every member of ipcRenderer, ipcMain and their event objects, in isolated worlds and in the page's.

const { BrowserWindow, ipcMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, waitUntil } = require('./helpers');
const { openWithPreload, pageFile, preloadFile } = require('./lane-helpers');

const RELEASED = 'IPC method called after context was released';

/** Lets the page run functions that get ipcRenderer. */
const PRELOAD = `
  const { contextBridge, ipcRenderer } = require('electron');
  contextBridge.exposeInMainWorld('run', (code) => new Function('ipcRenderer', 'return (' + code + ')(ipcRenderer)')(ipcRenderer));
`;


describe('ipc members', () => {
  afterEach(closeAllWindows);
  afterEach(() => {
    for (const channel of ['test', 'other', 'third']) {
      ipcMain.removeAllListeners(channel);
      ipcMain.removeHandler(channel);
    }
  });

  /** @param {any} frame @param {Function | string} body */
  const run = (frame, body) => frame.executeJavaScript(`run(${JSON.stringify(String(body))})`);

  it('ipcRenderer is an event emitter', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    await run(webContents, (ipc) => {
      globalThis.heard = [];
      globalThis.note = (event, ...args) => globalThis.heard.push(args);
      ipc.on('a', globalThis.note).addListener('b', globalThis.note).once('c', globalThis.note).prependListener('a', () => globalThis.heard.push('first'));
    });
    const send = async (...channels) => {
      for (const channel of channels) webContents.send(channel, channel);
      return run(webContents, () => globalThis.heard.splice(0));
    };
    assert.deepStrictEqual(await send('a', 'b', 'c', 'c', 'd'), ['first', ['a'], ['b'], ['c']]);
    await run(webContents, (ipc) => {
      ipc.off('a', globalThis.note);
      ipc.removeListener('b', globalThis.note);
    });
    assert.deepStrictEqual(await send('a', 'b'), ['first']);
    assert.deepStrictEqual(await run(webContents, (ipc) => {
      const counts = [ipc.listenerCount('a'), ipc.eventNames(), ipc.removeAllListeners('a') === ipc, ipc.listenerCount('a')];
      ipc.on('a', globalThis.note);
      ipc.on('b', globalThis.note);
      ipc.removeAllListeners();
      return [...counts, ipc.eventNames().length];
    }), [1, ['a'], true, 0, 0]);
    assert.deepStrictEqual(await send('a', 'b'), []);
  });

  it('ipcMain is an event emitter', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    const heard = [];
    const listener = (event, value) => heard.push(value);
    const send = async (channel, value) => {
      const told = once(ipcMain, 'third');
      await run(webContents, `(ipc) => { ipc.send('${channel}', ${value}); ipc.send('third'); }`);
      await told;
      return heard.splice(0);
    };
    assert.strictEqual(ipcMain.on('test', listener), ipcMain);
    ipcMain.addListener('test', listener);
    assert.deepStrictEqual(await send('test', 1), [1, 1]);
    ipcMain.off('test', listener);
    assert.deepStrictEqual(await send('test', 2), [2]);
    ipcMain.removeListener('test', listener);
    ipcMain.once('test', listener);
    assert.deepStrictEqual([...(await send('test', 3)), ...(await send('test', 4))], [3]);
    ipcMain.on('test', listener);
    ipcMain.on('other', listener);
    ipcMain.removeAllListeners('test');
    assert.deepStrictEqual([...(await send('test', 5)), ...(await send('other', 6))], [6]);
    assert.deepStrictEqual(await send('error', 7), []);
  });

  it('event objects have what Electron\'s have', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    const events = {};
    webContents.once('ipc-message', (event) => (events.message = event));
    ipcMain.once('test', (event) => (events.send = event));
    ipcMain.once('other', (event) => {
      events.sync = event;
      assert.strictEqual(event.returnValue, undefined);
      event.returnValue = 1;
    });
    ipcMain.handleOnce('test', (event) => (events.invoke = event) && undefined);
    assert.strictEqual(await run(webContents, async (ipc) => {
      ipc.send('test');
      await ipc.invoke('test');
      return ipc.sendSync('other');
    }), 1);
    const { mainFrame } = webContents;
    const common = ['defaultPrevented', 'frameId', 'frameTreeNodeId', 'preventDefault', 'processId', 'sender', 'senderFrame', 'type'];
    assert.deepStrictEqual(Object.keys(events.send).sort(), [...common, 'ports', 'reply'].sort());
    assert.deepStrictEqual(Object.keys(events.sync).sort(), [...common, 'ports', 'reply', 'returnValue'].sort());
    assert.deepStrictEqual(Object.keys(events.invoke).sort(), common.sort());
    assert.strictEqual(events.message, events.send);
    for (const event of [events.send, events.sync, events.invoke]) {
      const { frameId, frameTreeNodeId, processId, sender, senderFrame, type } = event;
      assert.deepStrictEqual([frameId, frameTreeNodeId, processId, type], [mainFrame.routingId, mainFrame.frameTreeNodeId, mainFrame.processId, 'frame']);
      assert.strictEqual(sender, webContents);
      assert.strictEqual(senderFrame, mainFrame);
      assert.strictEqual(event.defaultPrevented, false);
      event.preventDefault();
      assert.strictEqual(event.defaultPrevented, true);
      assert.throws(() => {
        event.senderFrame = null;
      }, TypeError);
    }
  });

  it('ipc-message-sync can answer, with a warning when nobody else listens', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    const { warn } = console;
    const warnings = [];
    console.warn = (text) => warnings.push(text);
    try {
      webContents.once('ipc-message-sync', (event, channel, value) => {
        event.returnValue = [channel, value];
      });
      assert.deepStrictEqual(await run(webContents, (ipc) => ipc.sendSync('nobody', 5)), ['nobody', 5]);
    } finally {
      console.warn = warn;
    }
    assert.deepStrictEqual(warnings, [`WebContents #${webContents.id} called ipcRenderer.sendSync() with 'nobody' channel without listeners.`]);
  });

  it('sendToHost tells the web contents, as outside of a webview', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD });
    const heard = [];
    for (const [emitter, name] of [[ipcMain, 'test'], [webContents.ipc, 'test'], [webContents, 'ipc-message']]) emitter.on(name, () => heard.push(name));
    const told = once(webContents, 'ipc-message-host');
    await run(webContents, (ipc) => ipc.sendToHost('test', 1, { a: [2n] }));
    const [event, channel, args] = await told;
    assert.strictEqual(event.sender, webContents);
    assert.deepStrictEqual([channel, args], ['test', [1, { a: [2n] }]]);
    assert.deepStrictEqual(heard, []);
    assert.deepStrictEqual(await run(webContents, (ipc) => {
      const errors = [];
      for (const args of [['test', () => {}], [5]]) {
        try {
          ipc.sendToHost(...args);
        } catch (error) {
          errors.push(error.message);
        }
      }
      return errors;
    }), ['An object could not be cloned.', 'Error processing argument at index 0, conversion failure from 5']);
  });

  it('S3 refuses when the document is gone', async () => {
    const { webContents } = await openWithPreload({ preload: PRELOAD, html: '<iframe srcdoc=""></iframe>', webPreferences: { nodeIntegrationInSubFrames: true } });
    const heard = [];
    for (const channel of ['test', 'other']) ipcMain.on(channel, (event, value) => heard.push(value));
    ipcMain.handle('test', (event, value) => heard.push(value));
    const results = await webContents.executeJavaScript(`(async () => {
      const frame = document.querySelector('iframe');
      const { run } = frame.contentWindow;
      const late = {
        send: "(ipc) => ipc.send('test', 'late')",
        sendSync: "(ipc) => ipc.sendSync('other', 'late')",
        invoke: "(ipc) => ipc.invoke('test', 'late')",
        postMessage: "(ipc) => ipc.postMessage('test', 'late')",
        sendToHost: "(ipc) => ipc.sendToHost('test', 'late')",
      };
      const attempt = async (name) => { try { return [name, 'value', await run(late[name])]; } catch (error) { return [name, error.message]; } };
      await run("(ipc) => ipc.invoke('test', 'first')");
      frame.remove();
      const removed = [];
      for (const name in late) removed.push(await attempt(name));
      return removed;
    })()`);
    assert.deepStrictEqual(results, ['send', 'sendSync', 'invoke', 'postMessage', 'sendToHost'].map((name) => [name, RELEASED]));
    assert.deepStrictEqual(heard, ['first']);
  });

  describe('without context isolation', () => {
    const webPreferences = { contextIsolation: false };

    it('messages go both ways, also after a reload', async () => {
      const { webContents } = await openWithPreload({
        preload: "const { ipcRenderer } = require('electron'); window.ipc = ipcRenderer; window.received = []; ipcRenderer.on('to-page', (event, ...args) => received.push([event.sender === ipcRenderer, ...args]));",
        html: '<script>ipc.send("test", "page script")</script>',
        webPreferences,
      });
      const attempt = async (label) => {
        ipcMain.handleOnce('test', (event, value) => [value, event.senderFrame === webContents.mainFrame]);
        ipcMain.once('other', (event, value) => {
          event.returnValue = value;
          event.reply('to-page', 'reply');
        });
        assert.deepStrictEqual(await webContents.executeJavaScript(`ipc.invoke('test', ${label})`), [label, true]);
        assert.deepStrictEqual(await webContents.executeJavaScript("ipc.sendSync('other', new Map([[1, new Date(2)]]))"), new Map([[1, new Date(2)]]));
        webContents.send('to-page', { big: 1n });
        assert.deepStrictEqual(await webContents.executeJavaScript('received'), [[true, 'reply'], [true, { big: 1n }]]);
      };
      await attempt(1);
      const told = once(ipcMain, 'test');
      const loaded = once(webContents, 'did-finish-load');
      webContents.reload();
      assert.strictEqual((await told)[1], 'page script');
      await loaded;
      await attempt(2);
    });

    it('runs the preload before the page\'s scripts, and the page sees its globals', async () => {
      const { webContents } = await openWithPreload({
        preload: 'window.early = [document.readyState, typeof document.body]; Array.prototype.fromPreload = () => 1; var local = 2;',
        html: '<script>var seen = [early[0], [].fromPreload(), typeof local, typeof process, typeof require, typeof Buffer, typeof setImmediate, typeof global]</script>',
        webPreferences,
      });
      assert.deepStrictEqual(await webContents.executeJavaScript('seen'), ['loading', 1, ...Array(6).fill('undefined')]);
    });

    it('contextBridge refuses', async () => {
      const { webContents } = await openWithPreload({
        preload: `const { contextBridge } = require('electron');
          window.errors = [];
          for (const call of [() => contextBridge.exposeInMainWorld('a', 1), () => contextBridge.exposeInIsolatedWorld(5, 'a', 1), () => contextBridge.executeInMainWorld({ func: () => 1 })]) {
            try { call(); errors.push('none'); } catch (error) { errors.push(error.message); }
          }`,
        webPreferences,
      });
      assert.deepStrictEqual(await webContents.executeJavaScript('errors'), Array(3).fill('contextBridge API can only be used when contextIsolation is enabled'));
      assert.strictEqual(await webContents.executeJavaScript('typeof a'), 'undefined');
    });

    it('preloads run in sub-frames too where the app wants that', async () => {
      const window = new BrowserWindow({
        show: false,
        webPreferences: { ...webPreferences, nodeIntegrationInSubFrames: true, preload: preloadFile("window.ask = (value) => require('electron').ipcRenderer.invoke('test', value, process.isMainFrame)") },
      });
      ipcMain.handle('test', (event, value, isMainFrame) => [event.senderFrame.url.split('/').at(-1), value, isMainFrame]);
      const page = pageFile('<iframe name="inner" srcdoc=""></iframe>');
      await window.loadFile(page);
      assert.deepStrictEqual(await window.webContents.executeJavaScript('frames.inner.ask(1)'), ['about:srcdoc', 1, false]);
      assert.deepStrictEqual(await window.webContents.executeJavaScript('ask(2)'), [page.split('/').at(-1), 2, true]);
    });

    it('a preload that fails is told, and the page loads', async () => {
      const window = new BrowserWindow({ show: false, webPreferences: { ...webPreferences, preload: preloadFile('window.before = 1; throw new RangeError("mine")') } });
      const told = [];
      window.webContents.on('preload-error', (event, path, error) => told.push(error));
      await window.loadFile(pageFile(''));
      await waitUntil(() => told.length === 1);
      assert.strictEqual(told[0].name, 'RangeError');
      assert.strictEqual(await window.webContents.executeJavaScript('before'), 1);
    });
  });
});
