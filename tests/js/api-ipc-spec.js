'use strict';

const { ipcMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, serve } = require('./helpers');
const { openWithPreload, pageFile } = require('./lane-helpers');

// Gives the page's world the whole of ipcRenderer, which no app should.
const PRELOAD = () => {
  const { contextBridge, ipcRenderer } = require('electron');
  const received = [];
  ipcRenderer.on('to-page', (event, ...args) => received.push([Object.keys(event), event.sender === ipcRenderer, args]));
  globalThis.ipc = ipcRenderer;
  contextBridge.exposeInMainWorld('ipc', {
    send: (...args) => ipcRenderer.send(...args),
    sendSync: (...args) => ipcRenderer.sendSync(...args),
    invoke: (...args) => ipcRenderer.invoke(...args),
    received: () => received,
    run: (code) => new Function('ipcRenderer', `return (${code})(ipcRenderer)`)(ipcRenderer),
  });
};

describe('ipc', () => {
  let window;
  // Runs a function in the isolated world; it is given ipcRenderer.
  const inPreload = (body) => window.webContents.executeJavaScript(`ipc.run(${JSON.stringify(String(body))})`);
  const inPage = (code) => window.webContents.executeJavaScript(code);

  before(async () => {
    await closeAllWindows();
    window = await openWithPreload({ preload: PRELOAD });
  });
  after(closeAllWindows);
  afterEach(() => {
    ipcMain.removeAllListeners();
    ipcMain.on('error', () => {});
    for (const channel of ['test', 'other']) {
      ipcMain.removeHandler(channel);
      window.webContents.ipc.removeHandler(channel);
      window.webContents.mainFrame.ipc.removeHandler(channel);
    }
    window.webContents.ipc.removeAllListeners('test');
    window.webContents.mainFrame.ipc.removeAllListeners('test');
    window.webContents.removeAllListeners('ipc-message');
    window.webContents.removeAllListeners('ipc-message-sync');
  });

  describe('ipcRenderer.send', () => {
    it('delivers arguments with an event', async () => {
      const told = once(ipcMain, 'test');
      await inPage('ipc.send("test", 1, "two", [3])');
      const [event, ...args] = await told;
      assert.deepStrictEqual(args, [1, 'two', [3]]);
      assert.strictEqual(event.type, 'frame');
      assert.strictEqual(event.sender, window.webContents);
      assert.strictEqual(event.senderFrame, window.webContents.mainFrame);
      assert.strictEqual(event.frameId, window.webContents.mainFrame.routingId);
      assert.strictEqual(event.processId, window.webContents.mainFrame.processId);
      assert.ok(event.processId > 1);
      assert.deepStrictEqual(event.ports, []);
    });

    it('throws for what cannot be cloned', async () => {
      for (const value of ['() => 1', 'Symbol("a")', 'Promise.resolve()', 'document.location', 'document.body', '{ f() {} }', 'new WeakMap()']) {
        const text = await inPreload(`(ipc) => { try { ipc.send("test", ${value}); return "sent"; } catch (error) { return String(error); } }`);
        assert.strictEqual(text, 'Error: An object could not be cloned.', value);
      }
    });

    it('R21 refuses a channel that is no string', async () => {
      for (const value of ['', 'undefined', 'null', '5', 'Symbol("a")', '{}']) {
        const refused = await inPreload(`(ipc) => { try { ipc.send(${value}); return false; } catch (error) { return error instanceof TypeError; } }`);
        assert.ok(refused, value);
      }
    });

    it('takes any string as a channel', async () => {
      for (const channel of ['', 'error', '__proto__', '\ud800', 'a\0b']) {
        const told = once(ipcMain, channel);
        await inPage(`ipc.send(${JSON.stringify(channel)}, 1)`);
        assert.strictEqual((await told)[1], 1);
      }
    });

    it('keeps identity across arguments', async () => {
      const told = once(ipcMain, 'test');
      await inPreload((ipc) => {
        const shared = {};
        shared.self = shared;
        ipc.send('test', shared, [shared]);
      });
      const [, first, second] = await told;
      assert.strictEqual(first, second[0]);
      assert.strictEqual(first.self, first);
    });
  });

  describe('who gets a message', () => {
    it('is the web contents, its frame, its own ipc and ipcMain, in that order', async () => {
      const order = [];
      window.webContents.once('ipc-message', (event, channel, value) => order.push(['event', channel, value]));
      window.webContents.mainFrame.ipc.once('test', () => order.push('frame'));
      window.webContents.ipc.once('test', () => order.push('contents'));
      const told = once(ipcMain, 'test');
      await inPage('ipc.send("test", 5)');
      await told;
      assert.deepStrictEqual(order, [['event', 'test', 5], 'frame', 'contents']);
    });

    it('is the first of the three with a handler', async () => {
      ipcMain.handle('test', () => 'main');
      window.webContents.ipc.handle('test', () => 'contents');
      window.webContents.mainFrame.ipc.handle('test', () => 'frame');
      assert.strictEqual(await inPage('ipc.invoke("test")'), 'frame');
      window.webContents.mainFrame.ipc.removeHandler('test');
      assert.strictEqual(await inPage('ipc.invoke("test")'), 'contents');
      window.webContents.ipc.removeHandler('test');
      assert.strictEqual(await inPage('ipc.invoke("test")'), 'main');
    });
  });

  describe('ipcRenderer.invoke', () => {
    const failure = (code) => inPage(`${code}.then(() => "resolved", (error) => [error.constructor === Error, error.message])`);

    it('gives the result of a handler', async () => {
      ipcMain.handle('test', async (event, a, b) => ({ sum: a + b, same: event.sender === window.webContents }));
      assert.deepStrictEqual(await inPage('ipc.invoke("test", 2, 3)'), { sum: 5, same: true });
    });

    it('rejects with the text of an error', async () => {
      ipcMain.handle('test', () => {
        throw new TypeError('boom');
      });
      assert.deepStrictEqual(await failure('ipc.invoke("test")'), [true, "Error invoking remote method 'test': TypeError: boom"]);
    });

    it('rejects without a handler', async () => {
      assert.deepStrictEqual(await failure('ipc.invoke("nobody")'), [
        true,
        "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
      ]);
    });

    it('R27 rejects for odd errors', async () => {
      const cyclic = new Error('round');
      cyclic.self = cyclic;
      for (const [thrown, text] of [['text', 'text'], [5, '5'], [cyclic, 'Error: round'], [undefined, 'undefined']]) {
        ipcMain.handle('test', () => Promise.reject(thrown));
        assert.deepStrictEqual(await failure('ipc.invoke("test")'), [true, `Error invoking remote method 'test': ${text}`]);
        ipcMain.removeHandler('test');
      }
    });

    it('rejects when the result cannot be cloned', async () => {
      ipcMain.handle('test', () => () => {});
      assert.deepStrictEqual(await failure('ipc.invoke("test")'), [
        true,
        "Error invoking remote method 'test': Error: An object could not be cloned.",
      ]);
    });

    it('rejects when an argument cannot be cloned', async () => {
      assert.strictEqual(
        await inPreload((ipc) => ipc.invoke('test', () => {}).catch((error) => String(error))),
        'Error: An object could not be cloned.'
      );
    });
  });

  describe('ipcMain.handle', () => {
    it('refuses a second handler and what is no function', () => {
      ipcMain.handle('test', () => {});
      assert.throws(() => ipcMain.handle('test', () => {}), { message: "Attempted to register a second handler for 'test'" });
      assert.throws(() => ipcMain.handle('other', null), {
        name: 'TypeError',
        message: "Expected handler to be a function, but found type 'object'",
      });
    });

    it('handles once with handleOnce', async () => {
      ipcMain.handleOnce('test', () => 1);
      assert.strictEqual(await inPage('ipc.invoke("test")'), 1);
      await assert.rejects(inPage('ipc.invoke("test")'), /No handler registered/);
    });
  });

  describe('ipcRenderer.sendSync', () => {
    it('blocks for the first return value', async () => {
      ipcMain.once('test', (event, value) => {
        event.returnValue = value + 1;
        event.returnValue = 'late';
        assert.strictEqual(event.returnValue, undefined);
      });
      assert.strictEqual(await inPage('ipc.sendSync("test", 1)'), 2);
    });

    it('waits for an answer that comes later', async () => {
      ipcMain.once('test', (event) => setTimeout(() => {
        event.returnValue = 'late';
      }, 50));
      assert.strictEqual(await inPage('ipc.sendSync("test")'), 'late');
    });

    it('is answered at once without listeners', async () => {
      assert.deepStrictEqual(await inPage('ipc.sendSync("nobody")'), { error: 'reply was never sent' });
    });

    it('R28 lets main ask the page meanwhile', async () => {
      ipcMain.once('test', async (event) => {
        // The page is blocked: the script runs after the answer, not before.
        const pending = inPage('1 + 1');
        event.returnValue = 'first';
        assert.strictEqual(await pending, 2);
        ipcMain.emit('done');
      });
      const done = once(ipcMain, 'done');
      assert.strictEqual(await inPage('ipc.sendSync("test")'), 'first');
      await done;
    });
  });

  describe('webContents.send', () => {
    it('arrives with the sender and no ports', async () => {
      window.webContents.send('to-page', { a: 1n }, new Date(5));
      const received = await inPage('ipc.received()');
      assert.deepStrictEqual(received.at(-1), [['sender', 'ports'], true, [{ a: 1n }, new Date(5)]]);
    });

    it('refuses a channel that is no string', () => {
      assert.throws(() => window.webContents.send(), { name: 'TypeError', message: 'Missing required channel argument' });
    });

    it('logs what cannot be cloned', () => {
      const { error } = console;
      const logged = [];
      console.error = (...args) => logged.push(args.map(String).join(''));
      try {
        window.webContents.send('to-page', () => {});
      } finally {
        console.error = error;
      }
      assert.deepStrictEqual(logged, ['Error sending from webFrameMain: Error: An object could not be cloned.']);
    });

    it('answers with event.reply', async () => {
      ipcMain.once('test', (event) => event.reply('to-page', 'reply'));
      await inPage('ipc.send("test")');
      assert.deepStrictEqual((await inPage('ipc.received()')).at(-1)[2], ['reply']);
    });
  });

  describe('order', () => {
    it('is that of the calls over send, sendSync and invoke', async () => {
      const seen = [];
      ipcMain.on('test', (event, n, sync) => {
        seen.push(n);
        if (sync) event.returnValue = n;
      });
      ipcMain.handle('other', (event, n) => {
        seen.push(n);
      });
      await inPreload(async (ipc) => {
        let state = 7;
        const calls = [];
        for (let n = 0; n < 1000; n++) {
          state = (state * 1103515245 + 12345) & 0x7fffffff;
          const kind = (state >> 8) % 3;
          if (kind === 0) ipc.send('test', n, false);
          else if (kind === 1) ipc.sendSync('test', n, true);
          else calls.push(ipc.invoke('other', n));
        }
        await Promise.all(calls);
      });
      assert.deepStrictEqual(seen, Array.from({ length: 1000 }, (_, n) => n));
    });
  });

  describe('sizes', () => {
    for (const size of [0, 1, 65535, 65536, 65537, 256 * 1024 + 3, 3 * 1024 * 1024 + 1]) {
      it(`carries ${size} bytes`, async () => {
        ipcMain.handle('test', (event, value) => value);
        ipcMain.on('test', (event, value) => {
          event.returnValue = value;
        });
        const fine = await inPreload(`async (ipc) => {
          const size = ${size};
          const text = 'x'.repeat(size);
          const bytes = new Uint8Array(size).fill(7);
          for (const echo of [(value) => ipc.invoke('test', value), (value) => ipc.sendSync('test', value)]) {
            if ((await echo(text)) !== text) return 'text';
            const back = await echo({ deep: [bytes] });
            if (back.deep[0].length !== size || back.deep[0].some((byte) => byte !== 7)) return 'bytes';
          }
          return 'fine';
        }`);
        assert.strictEqual(fine, 'fine');
      });
    }

    it('keeps what is long apart from what comes after it', async () => {
      const kept = [];
      const keep = (event, value) => {
        kept.push(value);
        event.sender.send('test', value);
        return value;
      };
      ipcMain.handle('test', keep);
      ipcMain.on('test', (event, value) => {
        event.returnValue = keep(event, value);
      });
      const whole = `(values) => values.map(({ bytes, text }, i) => bytes.length + text.length === 2 * (20000 + i * 9000) && bytes.every((byte) => byte === i) && text === String.fromCharCode(97 + i).repeat(text.length))`;
      const fine = await inPreload(`async (ipc) => {
        const whole = ${whole};
        const sent = [], back = [], pushed = [], nested = [];
        const all = new Promise((resolve) => ipc.on('test', (event, value) => {
          pushed.push(value);
          // In the middle of a message another one arrives.
          if (pushed.length === 5) nested.push(ipc.sendSync('test', sent[0]));
          if (pushed.length === 21) resolve();
        }));
        for (let i = 0; i < 20; i++) {
          const size = 20000 + i * 9000;
          sent.push({ bytes: new Uint8Array(size).fill(i), text: String.fromCharCode(97 + i).repeat(size) });
          back.push(i % 2 ? ipc.sendSync('test', sent[i]) : await ipc.invoke('test', sent[i]));
        }
        await all;
        const wrong = (values) => whole(values).indexOf(false);
        const order = pushed.filter(({ text }) => text !== sent[0].text);
        return [wrong(sent), wrong(back), wrong(nested), wrong([sent[0], ...order])].join();
      }`);
      assert.strictEqual(fine, '-1,-1,-1,-1');
      assert.strictEqual(kept.length, 21);
      const changed = kept.filter(({ bytes, text }) => bytes.some((byte) => byte !== text.charCodeAt(0) - 97) || bytes.length !== text.length);
      assert.deepStrictEqual(changed, []);
    });
  });

  describe('frames and documents', () => {
    it('S6 senderFrame is null once the document is gone', async () => {
      const other = await openWithPreload({ preload: PRELOAD });
      const told = once(ipcMain, 'test');
      await other.webContents.executeJavaScript('ipc.send("test")');
      const [event] = await told;
      const frame = event.senderFrame;
      assert.ok(frame.url.startsWith('file://'));
      assert.strictEqual(frame.origin, 'file://');
      assert.strictEqual(frame.top, frame);
      assert.strictEqual(frame.parent, null);
      const second = pageFile('second');
      await other.loadFile(second);
      assert.strictEqual(event.senderFrame, null);
      event.reply('to-page', 'stale');
      assert.deepStrictEqual(await other.webContents.executeJavaScript('ipc.received()'), []);
      // The frame itself stays while documents come and go.
      assert.strictEqual(other.webContents.mainFrame, frame);
      assert.ok(frame.url.endsWith(second));
      other.destroy();
      assert.ok(frame.isDestroyed());
      assert.throws(() => frame.url, { message: 'Render frame was disposed before WebFrameMain could be accessed' });
    });

    it('S6 tells the origin of a server', async () => {
      const server = await serve((request, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
      const other = await openWithPreload({ preload: PRELOAD });
      try {
        await other.loadURL(`${server.url}/path?q#f`);
        assert.strictEqual(other.webContents.mainFrame.origin, server.url);
        assert.strictEqual(other.webContents.mainFrame.url, `${server.url}/path?q#f`);
      } finally {
        other.destroy();
        await server.close();
      }
    });

    it('works again after going back', async () => {
      const other = await openWithPreload({ preload: PRELOAD, html: '<script>window.name = "first"</script>' });
      await other.loadFile(pageFile('second'));
      const back = once(other.webContents, 'did-finish-load');
      other.webContents.navigationHistory.goBack();
      await back;
      const told = once(ipcMain, 'test');
      await other.webContents.executeJavaScript('ipc.send("test", "back")');
      assert.strictEqual((await told)[1], 'back');
      other.destroy();
    });

    it('R29 a script that waits is rejected when the web process dies, and a reload brings the channel back', async () => {
      const other = await openWithPreload({ preload: PRELOAD });
      const pending = assert.rejects(other.webContents.executeJavaScript('new Promise(() => {})'), /page went away/);
      const gone = once(other.webContents, 'render-process-gone');
      // The script must have reached the page.
      await other.webContents.executeJavaScript('0');
      other.webContents.forcefullyCrashRenderer();
      await gone;
      await pending;
      const loaded = once(other.webContents, 'did-finish-load');
      other.webContents.reload();
      await loaded;
      ipcMain.handle('test', () => 'alive');
      assert.strictEqual(await other.webContents.executeJavaScript('ipc.invoke("test")'), 'alive');
      other.destroy();
    });

    it('S1 sub-frames run no preload and have no channel', async () => {
      const other = await openWithPreload({
        preload: PRELOAD,
        html: '<iframe srcdoc="<script>parent.found = typeof ipc</script>"></iframe><iframe sandbox="allow-scripts" srcdoc="x"></iframe>',
      });
      assert.strictEqual(await other.webContents.executeJavaScript('found'), 'undefined');
      other.destroy();
    });

    it('S3 a function kept from a replaced document does nothing', async () => {
      const other = await openWithPreload({ preload: PRELOAD, html: '<iframe name="inner" src="about:blank"></iframe>' });
      const heard = [];
      ipcMain.on('test', (event, value) => heard.push(value));
      await other.webContents.executeJavaScript('addEventListener("pagehide", () => setTimeout(() => ipc.send("test", "late"), 0)); 0');
      await other.loadFile(pageFile('second'));
      await other.webContents.executeJavaScript('ipc.send("test", "new")');
      assert.deepStrictEqual(heard, ['new']);
      other.destroy();
    });
  });
});
