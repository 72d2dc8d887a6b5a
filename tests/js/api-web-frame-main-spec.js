'use strict';

const { BrowserWindow, ipcMain, webFrameMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, serve, waitUntil } = require('./helpers');
const { openWithPreload, pageFile } = require('./lane-helpers');

/** Shows itself to the main process, and to the page as `ipc`. */
const PRELOAD = `
  const { contextBridge, ipcRenderer } = require('electron');
  const received = [];
  ipcRenderer.on('to-page', (event, ...args) => received.push(args));
  contextBridge.exposeInMainWorld('ipc', {
    send: (...args) => ipcRenderer.send(...args),
    invoke: (...args) => ipcRenderer.invoke(...args),
    sendSync: (...args) => ipcRenderer.sendSync(...args),
    received: () => received,
    isMainFrame: process.isMainFrame,
  });
  ipcRenderer.send('preload-ran', location.href, process.isMainFrame);
`;

/** A server whose pages are given by path. @param {Record<string, string>} pages */
function serveHtml(pages) {
  return serve((request, response) => {
    response.setHeader('content-type', 'text/html').end(`<!doctype html>${pages[request.url] ?? `<p>${request.url}</p>`}`);
  });
}

describe('webFrameMain', () => {
  afterEach(closeAllWindows);
  afterEach(() => {
    for (const channel of ['preload-ran', 'test']) ipcMain.removeAllListeners(channel);
    ipcMain.removeHandler('test');
  });

  const names = (frames) => frames.map((frame) => frame.name);

  describe('the tree', () => {
    let server;
    before(async () => {
      server = await serveHtml({
        '/tree': '<iframe name="a" src="/leaf"></iframe><iframe name="b" src="/inner"></iframe>',
        '/inner': '<iframe name="c" srcdoc="<iframe name=d></iframe>"></iframe>',
      });
    });
    after(() => server.close());

    it('has the frames of a page', async () => {
      const { webContents } = await openWithPreload({ html: '' });
      await webContents.loadURL(`${server.url}/tree`);
      const { mainFrame } = webContents;
      assert.deepStrictEqual(names(mainFrame.frames).sort(), ['a', 'b']);
      assert.deepStrictEqual(names(mainFrame.framesInSubtree).sort(), ['', 'a', 'b', 'c', 'd']);
      const byName = Object.fromEntries(mainFrame.framesInSubtree.map((frame) => [frame.name, frame]));
      const { a, b, c, d } = byName;
      assert.strictEqual(byName[''], mainFrame);
      assert.strictEqual(a.parent, mainFrame);
      assert.strictEqual(c.parent, b);
      assert.strictEqual(d.parent, c);
      assert.strictEqual(d.top, mainFrame);
      assert.strictEqual(mainFrame.parent, null);
      assert.strictEqual(mainFrame.top, mainFrame);
      assert.deepStrictEqual(a.frames, []);
      assert.deepStrictEqual([a, b, c, d].map((frame) => frame.url), [`${server.url}/leaf`, `${server.url}/inner`, 'about:srcdoc', 'about:blank']);
      for (const frame of [mainFrame, a, b, c, d]) assert.strictEqual(frame.origin, server.url);
      assert.strictEqual(new Set([mainFrame, a, b, c, d].map((frame) => frame.frameTreeNodeId)).size, 5);
      for (const frame of [mainFrame, a, d]) {
        assert.strictEqual(frame.processId, webContents.getProcessId());
        assert.strictEqual(frame.osProcessId, webContents.getOSProcessId());
        assert.strictEqual(webFrameMain.fromId(frame.processId, frame.routingId), frame);
        assert.strictEqual(webFrameMain.fromFrameToken(frame.processId, frame.frameToken), frame);
        assert.strictEqual(frame.detached, false);
        assert.strictEqual(frame.isDestroyed(), false);
      }
      assert.strictEqual(webFrameMain.fromId(a.processId, 0x7fffffff), undefined);
      assert.strictEqual(webFrameMain.fromId(a.processId + 1, a.routingId), undefined);
      assert.strictEqual(webFrameMain.fromFrameToken(a.processId, 'x'), null);
    });

    it('loses a frame that the page removes, with all below it', async () => {
      const { webContents } = await openWithPreload({ html: '' });
      await webContents.loadURL(`${server.url}/tree`);
      const { mainFrame } = webContents;
      const [b, d] = ['b', 'd'].map((name) => mainFrame.framesInSubtree.find((frame) => frame.name === name));
      const { processId, routingId } = b;
      await webContents.executeJavaScript('document.querySelector("[name=b]").remove()');
      assert.deepStrictEqual(names(mainFrame.framesInSubtree).sort(), ['', 'a']);
      for (const frame of [b, d]) {
        assert.ok(frame.isDestroyed());
        assert.ok(frame.detached);
        assert.throws(() => frame.url, { message: 'Render frame was disposed before WebFrameMain could be accessed' });
        await assert.rejects(frame.executeJavaScript('1'), { message: 'Render frame was disposed before WebFrameMain could be accessed' });
        assert.strictEqual(frame.reload(), false);
      }
      assert.strictEqual(webFrameMain.fromId(processId, routingId), undefined);
    });

    it('knows a frame that is removed while it loads', async () => {
      const { webContents } = await openWithPreload({ html: '' });
      await webContents.loadURL(`${server.url}/leaf`);
      await webContents.executeJavaScript(`for (let n = 0; n < 50; n++) {
        const frame = document.createElement('iframe');
        if (n % 2) frame.src = '/leaf';
        document.body.append(frame);
        if (n % 3) frame.remove();
      }`);
      await waitUntil(() => webContents.mainFrame.frames.length === 17);
      await webContents.executeJavaScript('document.body.replaceChildren()');
      assert.deepStrictEqual(webContents.mainFrame.frames, []);
    });

    it('follows a frame to other documents', async () => {
      const { webContents } = await openWithPreload({ html: '' });
      await webContents.loadURL(`${server.url}/tree`);
      const frame = webContents.mainFrame.frames.find((each) => each.name === 'a');
      const { frameToken, frameTreeNodeId, routingId } = frame;
      const other = server.url.replace('127.0.0.1', 'localhost');
      const loaded = once(webContents, 'did-frame-finish-load');
      await webContents.executeJavaScript(`document.querySelector('[name=a]').src = ${JSON.stringify(`${other}/leaf?2`)}; 0`);
      await loaded;
      assert.strictEqual(frame.url, `${other}/leaf?2`);
      assert.strictEqual(frame.origin, other);
      assert.strictEqual(frame.name, 'a');
      assert.strictEqual(frame.frameTreeNodeId, frameTreeNodeId);
      assert.notStrictEqual(frame.frameToken, frameToken);
      assert.strictEqual(webFrameMain.fromId(frame.processId, routingId), undefined);
      assert.strictEqual(webFrameMain.fromId(frame.processId, frame.routingId), frame);
    });

    it('follows a frame within a document', async () => {
      const { webContents } = await openWithPreload({ html: '' });
      await webContents.loadURL(`${server.url}/tree`);
      const frame = webContents.mainFrame.frames.find((each) => each.name === 'a');
      const moved = once(webContents, 'did-navigate-in-page');
      await frame.executeJavaScript('location.hash = "#there"; window.name = "renamed"; 0');
      const [, url, isMainFrame, processId, routingId] = await moved;
      assert.deepStrictEqual([url, isMainFrame, processId, routingId], [`${server.url}/leaf#there`, false, frame.processId, frame.routingId]);
      assert.strictEqual(frame.url, url);
      await frame.executeJavaScript('0');
      assert.strictEqual(frame.name, 'renamed');
      assert.strictEqual(webContents.getURL(), `${server.url}/tree`);
    });

    it('keeps the main frame over loads and a crash', async () => {
      const { webContents } = await openWithPreload({ html: '' });
      const { mainFrame } = webContents;
      const { frameToken } = mainFrame;
      await webContents.loadURL(`${server.url}/tree`);
      assert.strictEqual(webContents.mainFrame, mainFrame);
      assert.strictEqual(mainFrame.url, `${server.url}/tree`);
      assert.notStrictEqual(mainFrame.frameToken, frameToken);
      const [child] = mainFrame.frames;
      const gone = once(webContents, 'render-process-gone');
      webContents.forcefullyCrashRenderer();
      await gone;
      await webContents.loadURL(`${server.url}/leaf`);
      assert.ok(child.isDestroyed());
      assert.strictEqual(webContents.mainFrame, mainFrame);
      assert.strictEqual(mainFrame.url, `${server.url}/leaf`);
      assert.deepStrictEqual(mainFrame.frames, []);
    });

    it('is announced with frame-created', async () => {
      const window = new BrowserWindow({ show: false });
      const created = [];
      window.webContents.on('frame-created', (event, details) => created.push(details.frame));
      await window.loadURL(`${server.url}/tree`);
      assert.deepStrictEqual(names(created).sort(), ['', 'a', 'b', 'c', 'd']);
      assert.strictEqual(created[0], window.webContents.mainFrame);
    });

    it('emits dom-ready and tells the end of loading', async () => {
      const window = new BrowserWindow({ show: false });
      const ready = [];
      const finished = [];
      window.webContents.on('frame-created', (event, { frame }) => frame.on('dom-ready', () => ready.push(frame.name)));
      window.webContents.on('did-frame-finish-load', (event, isMainFrame, processId, routingId) =>
        finished.push([isMainFrame, webFrameMain.fromId(processId, routingId)?.name]));
      await window.loadURL(`${server.url}/tree`);
      assert.deepStrictEqual(ready.sort(), ['', 'a', 'b', 'c', 'd']);
      assert.deepStrictEqual(finished.at(-1), [true, '']);
      assert.deepStrictEqual(finished.slice(0, -1).map(([isMainFrame, name]) => `${isMainFrame} ${name}`).sort(), ['a', 'b', 'c', 'd'].map((name) => `false ${name}`));
    });
  });

  describe('executeJavaScript', () => {
    it('runs in a frame that has no preload', async () => {
      const { webContents } = await openWithPreload({ html: '<iframe srcdoc="<script>var secret = 7</script>"></iframe><script>var secret = 8</script>' });
      const [frame] = webContents.mainFrame.frames;
      assert.strictEqual(await frame.executeJavaScript('secret'), 7);
      assert.deepStrictEqual(await frame.executeJavaScript('Promise.resolve(new Map([[1, 2n]]))'), new Map([[1, 2n]]));
      await assert.rejects(frame.executeJavaScript('Promise.reject(new TypeError("no"))'), { name: 'TypeError', message: 'no' });
      await assert.rejects(frame.executeJavaScript('throw 1'), /Script failed to execute/);
      await assert.rejects(frame.executeJavaScript('() => {}'), { message: 'An object could not be cloned.' });
      await assert.rejects(frame.executeJavaScript(5), TypeError);
    });

    it('runs in a sandboxed frame of another origin', async () => {
      const { webContents } = await openWithPreload({ html: '<iframe sandbox="allow-scripts" srcdoc="text"></iframe>' });
      const [frame] = webContents.mainFrame.frames;
      assert.deepStrictEqual(await frame.executeJavaScript('[self.origin, document.body.textContent]'), ['null', 'text']);
    });

    it('is rejected when the frame goes away', async () => {
      const { webContents } = await openWithPreload({ html: '<iframe></iframe>' });
      const [frame] = webContents.mainFrame.frames;
      assert.strictEqual(await frame.executeJavaScript('1'), 1);
      const pending = assert.rejects(frame.executeJavaScript('new Promise(() => {})'), /went away/);
      await webContents.executeJavaScript('document.querySelector("iframe").remove()');
      await pending;
    });

    it('leaves nothing in the page, and a page that changed its built-ins learns nothing', async () => {
      const { webContents } = await openWithPreload({
        html: `<iframe srcdoc="<script>
          var leaked = [];
          var known = new Set(Object.getOwnPropertyNames(window));
          for (const [owner, name] of [[Reflect, 'apply'], [Promise.prototype, 'then'], [Function.prototype, 'call'], [Function.prototype, 'apply'], [window, 'Promise'], [window, 'Uint8Array'], [Array.prototype, 'push'], [Map.prototype, 'get']]) {
            const original = owner[name];
            owner[name] = function (...args) {
              for (const value of [this, ...args]) {
                if (typeof value === 'function' && !(value instanceof Function)) leaked.push(String(value));
                if (typeof value === 'object' && value !== null && !(value instanceof Object)) leaked.push(name);
              }
              return new.target ? Reflect.construct(original, args) : original.call(this, ...args);
            };
          }
        </script>"></iframe>`,
      });
      const [frame] = webContents.mainFrame.frames;
      await frame.executeJavaScript('Promise.resolve([1, { a: 2 }])').catch(() => {});
      assert.deepStrictEqual(await frame.executeJavaScript('leaked'), []);
      assert.deepStrictEqual(
        await frame.executeJavaScript('Object.getOwnPropertyNames(window).filter((name) => !known.has(name) && !/^\\d+$/.test(name))'),
        ['leaked', 'known'].filter(() => false)
      );
    });
  });

  it('reloads one frame', async () => {
    const server = await serveHtml({ '/main': '<iframe src="/frame"></iframe>' });
    try {
      const { webContents } = await openWithPreload({ html: '' });
      await webContents.loadURL(`${server.url}/main`);
      const [frame] = webContents.mainFrame.frames;
      await frame.executeJavaScript('window.before = 1');
      await webContents.executeJavaScript('window.before = 1');
      const loaded = once(webContents, 'did-frame-finish-load');
      assert.strictEqual(frame.reload(), true);
      await loaded;
      assert.strictEqual(await frame.executeJavaScript('typeof before'), 'undefined');
      assert.strictEqual(await webContents.executeJavaScript('before'), 1);
    } finally {
      await server.close();
    }
  });

  describe('nodeIntegrationInSubFrames', () => {
    const webPreferences = { nodeIntegrationInSubFrames: true };

    it('runs preloads in every frame, before its scripts', async () => {
      const ran = [];
      ipcMain.on('preload-ran', (event, url, isMainFrame) => ran.push([event.senderFrame, url, isMainFrame]));
      const { webContents } = await openWithPreload({
        preload: PRELOAD,
        html: '<iframe name="a" srcdoc="<script>var early = typeof ipc</script>"></iframe><iframe name="b"></iframe>',
        webPreferences,
      });
      const { mainFrame } = webContents;
      await waitUntil(() => ran.length === 3);
      const [a, b] = ['a', 'b'].map((name) => mainFrame.frames.find((frame) => frame.name === name));
      assert.deepStrictEqual(ran.map(([frame, url, isMainFrame]) => [frame.name, url.replace(/.*\//, ''), isMainFrame]).sort(), [
        ['', mainFrame.url.replace(/.*\//, ''), true],
        ['a', 'about:srcdoc', false],
        ['b', 'about:blank', false],
      ]);
      assert.strictEqual(await a.executeJavaScript('early'), 'object');
      assert.strictEqual(await b.executeJavaScript('ipc.isMainFrame'), false);
      assert.strictEqual(await webContents.executeJavaScript('ipc.isMainFrame'), true);
    });

    it('gives each frame messages of its own', async () => {
      const { webContents } = await openWithPreload({ preload: PRELOAD, html: '<iframe srcdoc=""></iframe>', webPreferences });
      const { mainFrame } = webContents;
      const [frame] = mainFrame.frames;
      ipcMain.handle('test', (event, value) => [event.frameId === frame.routingId, event.senderFrame === frame, event.processId === frame.processId, value]);
      ipcMain.on('test', (event, value) => {
        event.returnValue = event.senderFrame === frame ? value : 'main';
        event.reply('to-page', 'reply');
      });
      assert.deepStrictEqual(await frame.executeJavaScript('ipc.invoke("test", 1)'), [true, true, true, 1]);
      assert.deepStrictEqual(await webContents.executeJavaScript('ipc.invoke("test", 1)'), [false, false, true, 1]);
      assert.strictEqual(await frame.executeJavaScript('ipc.sendSync("test", 2)'), 2);
      frame.send('to-page', 'sent');
      assert.ok(webContents.sendToFrame(frame.routingId, 'to-page', 'by id'));
      assert.ok(webContents.sendToFrame([frame.processId, frame.routingId], 'to-page', 'by ids'));
      assert.strictEqual(webContents.sendToFrame([frame.processId, 0x7fffffff], 'to-page', 'nobody'), false);
      assert.deepStrictEqual(await frame.executeJavaScript('ipc.received()'), [['reply'], ['sent'], ['by id'], ['by ids']]);
      assert.deepStrictEqual(await webContents.executeJavaScript('ipc.received()'), []);
      assert.strictEqual(await webContents.executeJavaScript('ipc.sendSync("test", 2)'), 'main');
      webContents.send('to-page', 'main only');
      assert.deepStrictEqual(await webContents.executeJavaScript('ipc.received()'), [['reply'], ['main only']]);
      assert.strictEqual((await frame.executeJavaScript('ipc.received()')).length, 4);
    });

    it('asks the handlers of the frame first', async () => {
      const { webContents } = await openWithPreload({ preload: PRELOAD, html: '<iframe srcdoc=""></iframe>', webPreferences });
      const [frame] = webContents.mainFrame.frames;
      ipcMain.handle('test', () => 'main process');
      webContents.mainFrame.ipc.handle('test', () => 'main frame');
      frame.ipc.handle('test', () => 'frame');
      assert.strictEqual(await frame.executeJavaScript('ipc.invoke("test")'), 'frame');
      assert.strictEqual(await webContents.executeJavaScript('ipc.invoke("test")'), 'main frame');
      frame.ipc.removeHandler('test');
      assert.strictEqual(await frame.executeJavaScript('ipc.invoke("test")'), 'main process');
    });

    it('S6 senderFrame is null once the frame shows another document or is removed', async () => {
      const { webContents } = await openWithPreload({ preload: PRELOAD, html: '<iframe srcdoc="first"></iframe>', webPreferences });
      const [frame] = webContents.mainFrame.frames;
      const send = async () => {
        const told = once(ipcMain, 'test');
        await frame.executeJavaScript('ipc.send("test")');
        return (await told)[0];
      };
      const first = await send();
      assert.strictEqual(first.senderFrame, frame);
      const loaded = once(webContents, 'did-frame-finish-load');
      await webContents.executeJavaScript('document.querySelector("iframe").srcdoc = "second"; 0');
      await loaded;
      assert.strictEqual(first.senderFrame, null);
      first.reply('to-page', 'stale');
      const second = await send();
      assert.strictEqual(second.senderFrame, frame);
      assert.deepStrictEqual(await frame.executeJavaScript('ipc.received()'), []);
      await webContents.executeJavaScript('document.querySelector("iframe").remove()');
      assert.strictEqual(second.senderFrame, null);
      second.reply('to-page', 'stale');
      assert.ok(frame.isDestroyed());
    });
  });

  it('tells whether it is visible, as the page does', async () => {
    const { webContents } = await openWithPreload({ html: '<iframe srcdoc=""></iframe>' });
    const window = BrowserWindow.fromWebContents(webContents);
    const { mainFrame } = webContents;
    const [frame] = mainFrame.frames;
    const states = async () => [mainFrame.visibilityState, await mainFrame.executeJavaScript('document.visibilityState'), frame.visibilityState, await frame.executeJavaScript('document.visibilityState')];
    assert.deepStrictEqual(await states(), Array(4).fill('hidden'));
    for (const [step, state] of [['show', 'visible'], ['hide', 'hidden'], ['show', 'visible']]) {
      window[step]();
      // The event tells, before anything is asked of the page.
      await waitUntil(() => mainFrame.visibilityState === state && frame.visibilityState === state);
      assert.deepStrictEqual(await states(), Array(4).fill(state));
    }
  });

  it('with the focus is the focused frame of its page', async () => {
    const { webContents } = await openWithPreload({ html: '<input id="outer"><iframe srcdoc="<input id=inner>"></iframe>' });
    const window = BrowserWindow.fromWebContents(webContents);
    const { mainFrame } = webContents;
    const [frame] = mainFrame.frames;
    assert.strictEqual(webContents.focusedFrame, null);
    window.show();
    window.focus();
    webContents.focus();
    await waitUntil(() => webContents.isFocused());
    await mainFrame.executeJavaScript('document.getElementById("outer").focus()');
    await waitUntil(() => webContents.focusedFrame === mainFrame);
    await frame.executeJavaScript('document.getElementById("inner").focus()');
    await waitUntil(() => webContents.focusedFrame === frame);
    await mainFrame.executeJavaScript('document.getElementById("outer").focus()');
    await waitUntil(() => webContents.focusedFrame === mainFrame);
    await frame.executeJavaScript('document.getElementById("inner").focus()');
    await waitUntil(() => webContents.focusedFrame === frame);
    await mainFrame.executeJavaScript('document.querySelector("iframe").remove()');
    await waitUntil(() => frame.isDestroyed());
    assert.strictEqual(webContents.focusedFrame, mainFrame);
  });

  it('S1 a frame without preloads cannot send, whatever its process says', async () => {
    const heard = [];
    ipcMain.on('preload-ran', (event) => heard.push(event.senderFrame.url));
    const { webContents } = await openWithPreload({
      preload: PRELOAD,
      html: '<iframe srcdoc="<script>parent.found = typeof ipc</script>"></iframe><iframe sandbox="allow-scripts" srcdoc="x"></iframe>',
    });
    assert.strictEqual(await webContents.executeJavaScript('found'), 'undefined');
    assert.deepStrictEqual(heard, [webContents.mainFrame.url]);
    for (const frame of webContents.mainFrame.frames) {
      assert.deepStrictEqual(await frame.executeJavaScript('[typeof ipc, typeof require, typeof process, typeof webkit]'), ['undefined', 'undefined', 'undefined', 'undefined']);
      assert.ok(!webContents.sendToFrame(frame.routingId + 1000, 'to-page'));
    }
  });

  it('S6 tells the origin of every kind of frame', async () => {
    const server = await serveHtml({
      '/main': `<iframe name="blank"></iframe><iframe name="srcdoc" srcdoc=""></iframe><iframe name="sandboxed" sandbox="allow-scripts" src="/leaf"></iframe>
        <iframe name="data" src="data:text/html,x"></iframe><iframe name="same" src="/leaf"></iframe>
        <script>const blob = document.createElement('iframe'); blob.name = 'blob'; blob.src = URL.createObjectURL(new Blob(['x'], { type: 'text/html' })); document.body.append(blob);
        const other = document.createElement('iframe'); other.name = 'other'; other.src = location.href.replace('127.0.0.1', 'localhost').replace('main', 'leaf'); document.body.append(other);</script>`,
    });
    try {
      const { webContents } = await openWithPreload({ html: '' });
      await webContents.loadURL(`${server.url}/main`);
      const origins = Object.fromEntries(webContents.mainFrame.frames.map((frame) => [frame.name, frame.origin]));
      const { url } = server;
      assert.deepStrictEqual(origins, {
        blank: url, srcdoc: url, sandboxed: 'null', data: 'null', same: url, blob: url, other: url.replace('127.0.0.1', 'localhost'),
      });
      const file = await openWithPreload({
        html: `<iframe name="blank"></iframe><iframe name="srcdoc" srcdoc=""></iframe><iframe name="sandboxed" sandbox="allow-scripts" srcdoc=""></iframe>
          <iframe name="data" src="data:text/html,x"></iframe><iframe name="file" src="${pageFile('x')}"></iframe><iframe name="apart" sandbox="allow-scripts" src="${pageFile('x')}"></iframe>`,
      });
      assert.deepStrictEqual(Object.fromEntries(file.webContents.mainFrame.frames.map((frame) => [frame.name, frame.origin])), {
        blank: 'file://', srcdoc: 'file://', sandboxed: 'null', data: 'null', file: 'file://', apart: 'null',
      });
    } finally {
      await server.close();
    }
  });

  it('S6 a page that may not run scripts takes the place of the one before it', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/apart') response.setHeader('content-security-policy', 'sandbox');
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>apart</title>');
    });
    try {
      const told = once(ipcMain, 'preload-ran');
      const { webContents } = await openWithPreload({ preload: PRELOAD });
      const [event] = await told;
      await webContents.loadURL(`${server.url}/apart`);
      // Such a page waits for nobody, and tells of itself beside what the engine tells of its load.
      while (event.senderFrame !== null) await new Promise(setImmediate);
      assert.strictEqual(webContents.mainFrame.url, `${server.url}/apart`);
      assert.strictEqual(webContents.mainFrame.origin, 'null');
      assert.strictEqual(webContents.getTitle(), 'apart');
    } finally {
      await server.close();
    }
  });
});
