'use strict';

// Ports between main, preloads and pages: what goes through them, and how they end. A long list, because ports can be in many places.

const { ipcMain, MessageChannelMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload, pageFile } = require('./lane-helpers');

// Runs functions in the isolated world, with what they may need.
const PRELOAD = () => {
  const { contextBridge, ipcRenderer } = require('electron');
  contextBridge.exposeInMainWorld('run', (code) => new Function('ipcRenderer', `return (${code})(ipcRenderer)`)(ipcRenderer));
};

describe('message ports', () => {
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

  describe('between main and a page', () => {
    /** A window whose preload keeps the port that it is given as `port`. */
    const connected = async (window = null) => {
      const target = window ?? (await open());
      await inPreload(target, (ipc) => {
        ipc.once('port', ({ ports: [port] }) => {
          globalThis.port = port;
          ipc.send('connected');
        });
      });
      const { port1, port2 } = new MessageChannelMain();
      const told = once(ipcMain, 'connected');
      target.webContents.postMessage('port', null, [port2]);
      await told;
      return { window: target, port: port1 };
    };

    it('carries every kind of value both ways', async () => {
      const { window, port } = await connected();
      await inPreload(window, () => {
        const { port } = globalThis;
        port.onmessage = ({ data }) => port.postMessage(data);
      });
      port.start();
      const shared = { self: null };
      shared.self = shared;
      const values = [
        undefined, null, -0, 'text', 5n, new Date(5), /a/g, new Map([[1, new Set([2])]]), new Uint8Array([1, 2, 3]), [1, , 3], // eslint-disable-line no-sparse-arrays
        { a: undefined }, new RangeError('boom'), shared, 'x'.repeat(3 * 1024 * 1024 + 1),
      ];
      for (const value of values) {
        const back = once(port, 'message');
        port.postMessage(value);
        assert.deepStrictEqual((await back)[0].data, value);
      }
    });

    it('carries every size both ways', async function () {
      this.timeout(60_000);
      const { window, port } = await connected();
      await inPreload(window, () => {
        const { port } = globalThis;
        port.onmessage = ({ data }) => port.postMessage(data);
      });
      port.start();
      for (const size of [0, 1, 65535, 65536, 65537, 256 * 1024 + 3, 3 * 1024 * 1024 + 1, 64 * 1024 * 1024]) {
        const back = once(port, 'message');
        const bytes = new Uint8Array(size).fill(7);
        port.postMessage({ text: 'x'.repeat(size), deep: [bytes] });
        const [{ data }] = await back;
        assert.ok(data.text.length === size && Buffer.compare(data.deep[0], bytes) === 0, `${size}`);
      }
    });

    it('throws a DataCloneError in the page, and detaches what was transferred', async () => {
      const { window, port } = await connected();
      port.start();
      const got = once(port, 'message');
      assert.deepStrictEqual(
        await inPreload(window, () => {
          const { port } = globalThis;
          const texts = [];
          for (const args of [[() => {}], [1, [port]], [1, [5]], [{ f() {} }, []], []]) {
            try {
              port.postMessage(...args);
              texts.push('sent');
            } catch (error) {
              texts.push(error.name);
            }
          }
          const { buffer } = new Uint8Array([1, 2, 3]);
          port.postMessage({ buffer }, { transfer: [buffer] });
          return [...texts, buffer.byteLength];
        }),
        ['DataCloneError', 'DataCloneError', 'TypeError', 'DataCloneError', 'TypeError', 0]
      );
      assert.deepStrictEqual((await got)[0].data, { buffer: new Uint8Array([1, 2, 3]).buffer });
    });

    it('drops an object that cannot leave the page, with a warning', async () => {
      const { window, port } = await connected();
      port.start();
      const warned = once(window.webContents, 'console-message');
      const got = once(port, 'message');
      await inPreload(window, () => {
        globalThis.port.postMessage(new Blob(['a']));
        globalThis.port.postMessage('next');
      });
      assert.match((await warned)[0].message, /cannot leave the page/);
      assert.strictEqual((await got)[0].data, 'next');
    });

    it('nests ports in messages, in all directions', async () => {
      const { window, port } = await connected();
      // From the page, with a message that waits; the port is also where it was in the value.
      const got = once(port, 'message');
      port.start();
      await inPreload(window, () => {
        const inner = new MessageChannel();
        inner.port1.postMessage('matryoshka');
        globalThis.inner = inner.port1;
        globalThis.port.postMessage({ deep: [inner.port2] }, [inner.port2]);
      });
      const [{ data, ports }] = await got;
      assert.strictEqual(data.deep[0], ports[0]);
      const first = once(ports[0], 'message');
      ports[0].start();
      assert.strictEqual((await first)[0].data, 'matryoshka');
      // To the page, with a message that waits.
      const inner = new MessageChannelMain();
      inner.port1.start();
      inner.port1.postMessage('down');
      const echoed = once(inner.port1, 'message');
      await inPreload(window, () => {
        globalThis.port.onmessage = ({ ports: [port] }) => {
          port.onmessage = ({ data }) => port.postMessage(`${data} and up`);
        };
      });
      port.postMessage(null, [inner.port2]);
      assert.strictEqual((await echoed)[0].data, 'down and up');
      // What was made of a port of the page still leads to it.
      const answered = inPreload(window, () => new Promise((resolve) => {
        globalThis.inner.onmessage = ({ data }) => resolve(data);
      }));
      ports[0].postMessage('to the first');
      assert.strictEqual(await answered, 'to the first');
    });

    it('hands a port back, with what waits for it', async () => {
      const { window, port } = await connected();
      const back = once(ipcMain, 'back');
      // These are on their way when the page hands the port back.
      await inPreload(window, (ipc) => {
        ipc.sendSync('send-some');
        ipc.postMessage('back', null, [globalThis.port]);
        ipc.sendSync('send-some');
      }).catch(() => {});
      const [event] = await back;
      assert.strictEqual(event.ports.length, 1);
      const [returned] = event.ports;
      const got = [];
      returned.on('message', ({ data }) => got.push(data));
      returned.start();
      port.postMessage('direct');
      while (got.length < 1) await new Promise(setImmediate);
      assert.deepStrictEqual(got, ['direct']);
      // The page is no part of it any more.
      window.destroy();
      await new Promise(setImmediate);
      port.postMessage('without the page');
      while (got.length < 2) await new Promise(setImmediate);
      assert.deepStrictEqual(got, ['direct', 'without the page']);
    });

    it('hands a port back in order, however many messages are on their way', async () => {
      const { window, port } = await connected();
      const back = once(ipcMain, 'back');
      ipcMain.on('send-some', (event) => {
        const inner = new MessageChannelMain();
        inner.port1.postMessage('of the inner');
        for (let i = 0; i < 50; i++) port.postMessage(i, i === 20 ? [inner.port2] : []);
        event.returnValue = null;
      });
      await inPreload(window, (ipc) => {
        // While the page waits, messages come in and are not delivered yet.
        ipc.sendSync('send-some');
        ipc.postMessage('back', null, [globalThis.port]);
      });
      const [event] = await back;
      const [returned] = event.ports;
      const got = [];
      const inner = [];
      returned.on('message', ({ data, ports }) => {
        got.push(data);
        for (const port of ports) {
          port.on('message', (message) => inner.push(message.data));
          port.start();
        }
      });
      returned.start();
      port.postMessage('last');
      while (got.at(-1) !== 'last' || inner.length === 0) await new Promise(setImmediate);
      assert.deepStrictEqual(got, [...Array.from({ length: 50 }, (_, i) => i), 'last']);
      assert.deepStrictEqual(inner, ['of the inner']);
    });

    it('S8 does not use what a preload has changed', async () => {
      const window = await open();
      await inPreload(window, () => {
        MessagePort.prototype.postMessage = () => {
          throw new Error('changed');
        };
        Map.prototype.set = WeakMap.prototype.get = Array.prototype.push = () => {
          throw new Error('changed');
        };
        return null;
      }).catch(() => {});
      const page = await window.webContents.executeJavaScript('MessagePort.prototype.postMessage.toString().includes("[native code]")');
      assert.ok(page, 'the page has its own');
    });

    describe('close', () => {
      for (const how of ['onclose', 'addEventListener']) {
        it(`is told to the page, by ${how}, after what was sent before`, async () => {
          const { window, port } = await connected();
          const order = inPreload(window, `() => new Promise((resolve) => {
            const { port } = globalThis;
            const seen = [];
            const closed = (event) => { seen.push(event.type, event.target === port); resolve(seen); };
            if (${how === 'onclose'}) port.onclose = closed;
            else port.addEventListener('close', closed);
            port.onmessage = ({ data }) => seen.push(data);
          })`);
          port.postMessage('last');
          port.close();
          assert.deepStrictEqual(await order, ['last', 'close', true]);
        });
      }

      it('waits in the page until the port is started', async () => {
        const { window, port } = await connected();
        port.postMessage('kept');
        port.close();
        await inPreload(window, (ipc) => ipc.invoke('nobody').catch(() => {}));
        assert.deepStrictEqual(
          await inPreload(window, () => new Promise((resolve) => {
            const seen = [];
            globalThis.port.onmessage = ({ data }) => seen.push(data);
            globalThis.port.onclose = () => resolve(seen);
          })),
          ['kept']
        );
      });

      it('of the page is told to main, after what was sent before', async () => {
        const { window, port } = await connected();
        const order = [];
        port.on('message', ({ data }) => order.push(data));
        port.start();
        const closed = once(port, 'close');
        await inPreload(window, () => {
          globalThis.port.postMessage('last');
          globalThis.port.close();
          globalThis.port.postMessage('too late');
        });
        await closed;
        assert.deepStrictEqual(order, ['last']);
      });

      it('comes when the page has forgotten a port that it never started', async () => {
        const window = await open();
        const kept = await connected(window);
        const { port1, port2 } = new MessageChannelMain();
        const sent = new MessageChannelMain();
        await inPreload(window, (ipc) => {
          ipc.once('forget', ({ ports: [, sent] }) => {
            // A port that went into the page is no port that was forgotten.
            window.addEventListener('message', (event) => {
              [globalThis.arrived] = event.ports;
            }, { once: true });
            window.postMessage('', '*', [sent]);
          });
        });
        window.webContents.postMessage('forget', null, [port2, sent.port2]);
        let closed = false;
        port1.on('close', () => {
          closed = true;
        });
        const others = [];
        for (const port of [kept.port, sent.port1]) port.on('close', () => others.push('closed'));
        port1.start();
        // Big buffers make the engine collect.
        while (!closed) {
          await inPreload(window, () => {
            for (let i = 0; i < 4; i++) new ArrayBuffer(64 << 20);
            return new Promise((resolve) => {
              setTimeout(resolve, 0);
            });
          });
        }
        sent.port1.start();
        const answered = once(sent.port1, 'message');
        await inPreload(window, () => globalThis.arrived.postMessage('still there'));
        assert.strictEqual((await answered)[0].data, 'still there');
        assert.deepStrictEqual(others, []);
      });

      it('lets the page forget a port that it has started', async () => {
        const { window, port } = await connected();
        await inPreload(window, () => {
          globalThis.port.onmessage = () => {};
          globalThis.weak = new WeakRef(globalThis.port);
          const closed = new Promise((resolve) => {
            globalThis.port.onclose = () => resolve();
          });
          globalThis.port = null;
          globalThis.closed = closed;
        });
        port.close();
        await inPreload(window, () => globalThis.closed);
        const isHeld = () => inPreload(window, () => {
          for (let i = 0; i < 4; i++) new ArrayBuffer(64 << 20);
          return new Promise((resolve) => {
            setTimeout(() => resolve(globalThis.weak.deref() !== undefined), 0);
          });
        });
        while (await isHeld());
      });

      it('comes when the page navigates', async () => {
        const { window, port } = await connected();
        port.start();
        const closed = once(port, 'close');
        await window.loadFile(pageFile('second'));
        await closed;
      });

      it('comes when the web process dies', async () => {
        const { window, port } = await connected();
        port.start();
        const closed = once(port, 'close');
        window.webContents.forcefullyCrashRenderer();
        await closed;
      });

      it('comes when the window is destroyed', async () => {
        const { window, port } = await connected();
        port.start();
        const closed = once(port, 'close');
        window.destroy();
        await closed;
      });

      it('comes to the other port of a channel of the preload', async () => {
        const window = await open();
        assert.strictEqual(
          await inPreload(window, () => new Promise((resolve) => {
            const { port1, port2 } = new MessageChannel();
            let last;
            port2.onmessage = ({ data }) => {
              last = data;
            };
            port2.onclose = () => resolve(last);
            port1.postMessage('last');
            port1.close();
          })),
          'last'
        );
      });
    });
  });

  describe('in the page', () => {
    // The preload hands ports from main to the page, and those of the page to main.
    const RELAY = () => {
      const { ipcRenderer } = require('electron');
      ipcRenderer.on('port', (event, message) => window.postMessage(message, '*', event.ports));
      ipcRenderer.on('forget', () => {});
      window.addEventListener('message', (event) => {
        if (event.source === window && event.data === 'to-main') ipcRenderer.postMessage('from-page', null, event.ports);
      });
    };
    const PAGE = `<script>
      window.got = [];
      window.addEventListener('message', (event) => {
        if (event.data !== 'port') return;
        [window.port] = event.ports;
        port.onmessage = ({ data, ports }) => { got.push(data); window.more = ports; if (window.echo) port.postMessage(data, ports); };
      });
    </script>`;
    const openRelay = () => open({ preload: RELAY, html: PAGE });
    const inPage = (window, code) => window.webContents.executeJavaScript(code);
    const when = (window, condition) =>
      inPage(window, `new Promise((resolve) => { const look = () => (${condition}) ? resolve() : setTimeout(look, 1); look(); })`);

    it('a port from main is a real one', async () => {
      const window = await openRelay();
      const { port1, port2 } = new MessageChannelMain();
      port1.postMessage('early');
      window.webContents.postMessage('port', 'port', [port2]);
      await when(window, 'window.got.length === 1');
      assert.ok(await inPage(window, 'port instanceof MessagePort && port.postMessage === MessagePort.prototype.postMessage && Object.keys(port).length === 0'));
      const told = once(port1, 'message');
      port1.start();
      await inPage(window, 'port.postMessage({ up: new Map([[1, 2]]) })');
      assert.deepStrictEqual((await told)[0].data, { up: new Map([[1, 2]]) });
    });

    describe('close', () => {
      const handed = async () => {
        const window = await openRelay();
        const { port1, port2 } = new MessageChannelMain();
        return { window, port: port1, give: () => window.webContents.postMessage('port', 'port', [port2]) };
      };

      for (const how of ['onclose', 'addEventListener']) {
        it(`is told to the page, by ${how}, after what was sent before`, async () => {
          const { window, port, give } = await handed();
          give();
          await when(window, 'window.port');
          await inPage(window, how === 'onclose' ? 'port.onclose = (event) => got.push(event.type); 0' : 'port.addEventListener("close", (event) => got.push(event.type))');
          port.postMessage('last');
          port.close();
          await when(window, 'got.length === 2');
          assert.deepStrictEqual(await inPage(window, '[...got, port.onclose === null]'), ['last', 'close', how !== 'onclose']);
        });
      }

      it('of the page is told to main, after what was sent before', async () => {
        const { window, port, give } = await handed();
        give();
        const order = [];
        port.on('message', ({ data }) => order.push(data));
        port.start();
        await when(window, 'window.port');
        const closed = once(port, 'close');
        await inPage(window, 'port.postMessage("last"); port.close(); port.close(); port.postMessage("too late")');
        await closed;
        assert.deepStrictEqual(order, ['last']);
      });

      it('in the moment in which the port comes is told to main', async () => {
        const { window, port, give } = await handed();
        await inPage(window, 'addEventListener("message", ({ ports: [port] }) => { port.postMessage("hello"); port.close(); })');
        const order = [];
        port.on('message', ({ data }) => order.push(data));
        port.start();
        const closed = once(port, 'close');
        give();
        await closed;
        assert.deepStrictEqual(order, ['hello']);
      });

      it('S2 leaves no trace in the page but the event', async () => {
        const { window, port, give } = await handed();
        await inPage(window, `{
          window.seen = [];
          addEventListener('message', (event) => seen.push(event.data), true);
          const { port1, port2 } = new MessageChannel();
          window.own = port1;
          postMessage('own', '*', [port2]);
        }`);
        give();
        await when(window, 'window.port && seen.length === 2');
        assert.deepStrictEqual(await inPage(window, '[seen, Function.prototype.toString.call(own.close).includes("[native code]"), own.close.name, "onclose" in own]'), [['own', 'port'], true, 'close', true]);
        // Ports of the page alone are as ever.
        await inPage(window, 'own.onmessage = (event) => seen.push(event.data); own.close(); own.close(); 0');
        port.start();
        const closed = once(port, 'close');
        await inPage(window, 'window.dispatchEvent(new MessageEvent("message", { data: 5 })); port.close()');
        await closed;
        assert.deepStrictEqual(await inPage(window, 'seen'), ['own', 'port', 5]);
      });

      it('S8 is told by a page that has changed its prototypes', async () => {
        const { window, port, give } = await handed();
        await inPage(window, `{
          window.leaked = [];
          for (const [owner, name] of [[MessagePort.prototype, 'postMessage'], [EventTarget.prototype, 'addEventListener'], [WeakMap.prototype, 'get'], [WeakMap.prototype, 'has'], [Map.prototype, 'get'], [Reflect, 'apply'], [Array.prototype, 'push']]) {
            const native = owner[name];
            owner[name] = function (...args) { leaked.push([name, args.map(String)]); return native.apply(this, args); };
          }
          Object.defineProperty(Object.prototype, 'get', { set() { leaked.push('get'); }, configurable: true });
        }`);
        give();
        await when(window, 'window.port');
        port.start();
        const closed = once(port, 'close');
        await inPage(window, 'port.close()');
        await closed;
        const leaked = await inPage(window, 'leaked.map(String).filter((text) => text.includes("shell-"))');
        assert.deepStrictEqual(leaked, []);
      });
    });

    it('a port of the page goes to main, with what waits', async () => {
      const window = await openRelay();
      const told = once(ipcMain, 'from-page');
      await inPage(window, `{
        const { port1, port2 } = new MessageChannel();
        port1.postMessage('first');
        window.mine = port1;
        postMessage('to-main', '*', [port2]);
        port1.postMessage('second');
        port1.onmessage = ({ data }) => port1.postMessage(data + 1);
      } 0`);
      const [{ ports: [port] }] = await told;
      const got = [];
      port.on('message', ({ data }) => got.push(data));
      port.start();
      port.postMessage(5);
      while (got.length < 3) await new Promise(setImmediate);
      assert.deepStrictEqual(got, ['first', 'second', 6]);
    });

    it('a port goes on to a worker and to a sub-frame', async () => {
      const window = await openRelay();
      const worker = new MessageChannelMain();
      window.webContents.postMessage('port', 'port', [worker.port1]);
      await when(window, 'window.port');
      // The engine loses messages to a started port that is on its way to a worker (docs/differences.md), so the worker says first that it has it.
      await inPage(window, `new Promise((resolve) => {
        const source = 'onmessage = ({ ports: [port] }) => { port.onmessage = ({ data }) => port.postMessage(data + " in the worker"); postMessage("has it"); }';
        window.worker = new Worker(URL.createObjectURL(new Blob([source])));
        worker.onmessage = () => resolve();
        worker.postMessage(null, [port]);
        delete window.port;
      })`);
      worker.port2.start();
      worker.port2.postMessage('echo');
      assert.strictEqual((await once(worker.port2, 'message'))[0].data, 'echo in the worker');
      const frame = new MessageChannelMain();
      window.webContents.postMessage('port', 'port', [frame.port1]);
      await when(window, 'window.port');
      await inPage(window, `new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.sandbox = 'allow-scripts';
        frame.srcdoc = '<script>onmessage = ({ ports: [port] }) => { port.onmessage = ({ data }) => port.postMessage(data + " in " + origin); }</' + 'script>';
        frame.onload = () => {
          frame.contentWindow.postMessage(null, '*', [port]);
          resolve();
        };
        document.body.append(frame);
      })`);
      frame.port2.start();
      frame.port2.postMessage('echo');
      assert.strictEqual((await once(frame.port2, 'message'))[0].data, 'echo in null');
      for (const { port2 } of [worker, frame]) port2.close();
    });

    it('two pages talk through main, and nest ports', async () => {
      const [first, second] = [await openRelay(), await openRelay()];
      const { port1, port2 } = new MessageChannelMain();
      first.webContents.postMessage('port', 'port', [port1]);
      second.webContents.postMessage('port', 'port', [port2]);
      await when(first, 'window.port');
      await when(second, 'window.port');
      await inPage(second, 'window.echo = true; 0');
      await inPage(first, 'port.postMessage({ text: "x".repeat(3 * 1024 * 1024 + 1), date: new Date(5), bytes: new Uint8Array([1, 2]) })');
      await when(first, 'got.length === 1');
      assert.deepStrictEqual(await inPage(first, '[got[0].text.length, got[0].date, got[0].bytes]'), [3 * 1024 * 1024 + 1, new Date(5), new Uint8Array([1, 2])]);
      await inPage(second, 'window.echo = false; 0');
      await inPage(first, `{
        const { port1, port2 } = new MessageChannel();
        window.inner = port1;
        port1.postMessage('inside');
        port1.onmessage = ({ data }) => got.push(data);
        port.postMessage({ port: port2 }, [port2]);
      } 0`);
      await when(second, 'window.more && more.length === 1');
      assert.ok(await inPage(second, 'got.at(-1).port === more[0]'));
      await inPage(second, 'more[0].onmessage = ({ data }) => more[0].postMessage(data + " out"); 0');
      await when(first, 'got.at(-1) === "inside out"');
      // The main process may open and shut windows meanwhile: what is left is the channel.
      second.destroy();
    });

    it('a port that came to the page inside of a message is none that was forgotten', async () => {
      const window = await openRelay();
      const [outer, inner, forgotten] = [new MessageChannelMain(), new MessageChannelMain(), new MessageChannelMain()];
      window.webContents.postMessage('port', 'port', [outer.port2]);
      await when(window, 'window.port');
      outer.port1.postMessage('inner', [inner.port2]);
      await when(window, 'window.more && more.length === 1');
      let [closed, lost] = [false, false];
      inner.port1.on('close', () => {
        lost = true;
      });
      forgotten.port1.on('close', () => {
        closed = true;
      });
      inner.port1.start();
      forgotten.port1.start();
      window.webContents.postMessage('forget', null, [forgotten.port2]);
      // Big buffers make the engine collect.
      while (!closed) await inPage(window, 'new Promise((resolve) => { for (let i = 0; i < 4; i++) new ArrayBuffer(64 << 20); setTimeout(resolve, 0); })');
      const answered = once(inner.port1, 'message');
      await inPage(window, "more[0].postMessage('still there')");
      assert.strictEqual((await answered)[0].data, 'still there');
      assert.strictEqual(lost, false);
    });

    it('a port that is forwarded from page to page keeps what waits for it', async () => {
      const [first, second] = [await openRelay(), await openRelay()];
      ipcMain.once('from-page', (event) => second.webContents.postMessage('port', 'port', event.ports));
      await inPage(first, `{
        const { port1, port2 } = new MessageChannel();
        window.mine = port1;
        for (let i = 0; i < 100; i++) port1.postMessage(i);
        postMessage('to-main', '*', [port2]);
        for (let i = 100; i < 200; i++) port1.postMessage(i);
      }`);
      await when(second, 'window.got.length === 200');
      assert.deepStrictEqual(await inPage(second, 'got'), Array.from({ length: 200 }, (_, i) => i));
    });
  });

  describe('without context isolation', () => {
    it('works in the one world that there is', async () => {
      const window = await open({
        preload: () => {
          globalThis.ipc = require('electron').ipcRenderer;
        },
        webPreferences: { contextIsolation: false },
      });
      const inPage = (code) => window.webContents.executeJavaScript(code);
      await inPage(`
        ipc.on('port', ({ ports: [port] }) => {
          port.start();
          port.onclose = () => ipc.send('closed');
          port.onmessage = ({ data }) => port.postMessage(data * 2);
        });
        0
      `);
      const { port1, port2 } = new MessageChannelMain();
      port1.start();
      window.webContents.postMessage('port', null, [port2]);
      port1.postMessage(21);
      assert.strictEqual((await once(port1, 'message'))[0].data, 42);
      const closed = once(ipcMain, 'closed');
      port1.close();
      await closed;
      const told = once(ipcMain, 'matryoshka');
      await inPage(`{
        const outer = new MessageChannel();
        const inner = new MessageChannel();
        outer.port2.postMessage('', [inner.port1]);
        inner.port2.postMessage('matryoshka');
        ipc.postMessage('matryoshka', '', [outer.port1]);
      }`);
      const [{ ports: [outer] }] = await told;
      outer.start();
      const [{ ports: [inner] }] = await once(outer, 'message');
      inner.start();
      assert.strictEqual((await once(inner, 'message'))[0].data, 'matryoshka');
    });
  });

  describe('in sub-frames', () => {
    it('S10 each document has its own ports, which end with it', async () => {
      const window = await open({
        preload: () => {
          const { ipcRenderer } = require('electron');
          ipcRenderer.on('port', ({ ports: [port] }) => {
            port.onmessage = ({ data }) => port.postMessage([data, location.href]);
          });
          if (process.isMainFrame) return;
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = ({ data }) => port1.postMessage(data);
          ipcRenderer.postMessage('from-frame', null, [port2]);
        },
        html: '<script>addEventListener("load", () => setTimeout(() => { document.body.innerHTML = "<iframe src=\'about:srcdoc\' srcdoc=\'inner\'></iframe>"; }));</script>',
        webPreferences: { nodeIntegrationInSubFrames: true },
      });
      const [event] = await once(ipcMain, 'from-frame');
      const [own] = event.ports;
      own.start();
      own.postMessage('echo');
      assert.strictEqual((await once(own, 'message'))[0].data, 'echo');
      const [frame] = window.webContents.mainFrame.frames;
      assert.strictEqual(event.senderFrame, frame);
      const { port1, port2 } = new MessageChannelMain();
      frame.postMessage('port', null, [port2]);
      port1.start();
      port1.postMessage('where');
      assert.deepStrictEqual((await once(port1, 'message'))[0].data, ['where', 'about:srcdoc']);
      const closed = Promise.all([once(own, 'close'), once(port1, 'close')]);
      await window.webContents.executeJavaScript('document.querySelector("iframe").remove()');
      await closed;
    });
  });
});
