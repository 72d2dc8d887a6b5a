'use strict';

const { app, BaseWindow, BrowserWindow } = require('electron');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { closeAllWindows, once, openPage, serve, waitUntil } = require('./helpers');
const { preloadFile } = require('./lane-helpers');

/** A window manager moves and sizes windows a little later than the app asks for it. */
const near = (actual, expected, tolerance = 2) => actual.length === expected.length && actual.every((value, index) => Math.abs(value - expected[index]) <= tolerance);

/** X11 ids of the screen's windows, the topmost last, as the window manager tells. @returns {number[]} */
function stackingOfRoot() {
  const text = execFileSync('xprop', ['-root', '_NET_CLIENT_LIST_STACKING'], { encoding: 'utf8' });
  return [...text.matchAll(/0x[0-9a-f]+/g)].map(([id]) => Number(id));
}

describe('BrowserWindow', () => {
  afterEach(closeAllWindows);

  describe('constructor', () => {
    it('has defaults', () => {
      const window = new BrowserWindow({ show: false });
      assert.deepStrictEqual(window.getSize(), [800, 600]);
      assert.strictEqual(window.getTitle(), app.getName());
      assert.strictEqual(window.isVisible(), false);
      for (const name of ['resizable', 'movable', 'minimizable', 'maximizable', 'closable', 'focusable', 'fullScreenable']) {
        assert.strictEqual(window[name], true, name);
      }
      assert.strictEqual(window.isAlwaysOnTop(), false);
      assert.strictEqual(window.isModal(), false);
      assert.strictEqual(window.getParentWindow(), null);
      assert.strictEqual(window.getBackgroundColor(), '#FFFFFF');
      assert.strictEqual(window.getOpacity(), 1);
      assert.strictEqual(window.isDestroyed(), false);
    });

    it('takes options', () => {
      const window = new BrowserWindow({
        show: false,
        width: 420,
        height: 310,
        title: 'named',
        resizable: false,
        minimizable: false,
        alwaysOnTop: true,
        minWidth: 100,
        minHeight: 90,
        maxWidth: 900,
        maxHeight: 700,
        backgroundColor: '#123456',
      });
      assert.deepStrictEqual(window.getSize(), [420, 310]);
      assert.strictEqual(window.title, 'named');
      assert.strictEqual(window.resizable, false);
      assert.strictEqual(window.minimizable, false);
      assert.strictEqual(window.isAlwaysOnTop(), true);
      assert.deepStrictEqual(window.getMinimumSize(), [100, 90]);
      assert.deepStrictEqual(window.getMaximumSize(), [900, 700]);
      assert.strictEqual(window.getBackgroundColor(), '#123456');
    });

    it('sizes the content with useContentSize', () => {
      const window = new BrowserWindow({ show: false, width: 400, height: 300, useContentSize: true });
      assert.deepStrictEqual(window.getContentSize(), [400, 300]);
    });

    it('has no menu bar without a frame', () => {
      const window = new BrowserWindow({ show: false, frame: false, width: 300, height: 200 });
      assert.strictEqual(window.isMenuBarVisible(), false);
      assert.deepStrictEqual(window.getContentSize(), [300, 200]);
    });

    it('rejects a parent that is no window', () => {
      assert.throws(() => new BrowserWindow({ show: false, parent: /** @type {any} */ ({}) }), TypeError);
    });

    it('is an event emitter of its class', () => {
      const plain = new BrowserWindow({ show: false });
      JSON.stringify(plain);
      JSON.stringify(plain.webContents.getLastWebPreferences());
      assert(!Object.keys(plain).includes('_model'));
      const window = new BrowserWindow({ show: false });
      assert(window instanceof BaseWindow);
      assert(window instanceof require('node:events').EventEmitter);
      class Own extends BrowserWindow {}
      assert.strictEqual(new Own({ show: false }).getTitle(), app.getName());
    });
  });

  describe('statics', () => {
    it('find windows', () => {
      assert.deepStrictEqual(BrowserWindow.getAllWindows(), []);
      const one = new BrowserWindow({ show: false });
      const two = new BrowserWindow({ show: false });
      assert.deepStrictEqual(BrowserWindow.getAllWindows(), [one, two]);
      assert.strictEqual(two.id, one.id + 1);
      assert.strictEqual(BrowserWindow.fromId(one.id), one);
      assert.strictEqual(BrowserWindow.fromId(9999), null);
      assert.strictEqual(BrowserWindow.fromWebContents(two.webContents), two);
      assert.throws(() => BrowserWindow.fromId(/** @type {any} */ ('1')), TypeError);
    });

    it('tell the focused one', async () => {
      const window = new BrowserWindow({ width: 200, height: 200 });
      if (!window.isFocused()) await once(window, 'focus');
      assert.strictEqual(BrowserWindow.getFocusedWindow(), window);
    });
  });

  describe('after its end', () => {
    it('throws from every method, and keeps its id', async () => {
      const window = new BrowserWindow({ show: false });
      const { id, webContents } = window;
      window.destroy();
      assert.strictEqual(window.isDestroyed(), true);
      assert.strictEqual(window.id, id);
      const error = { name: 'TypeError', message: 'Object has been destroyed' };
      assert.throws(() => window.getTitle(), error);
      assert.throws(() => window.title, error);
      assert.throws(() => window.close(), error);
      assert.throws(() => window.webContents, error);
      assert.throws(() => window.setBounds({ x: 1 }), error);
      assert.strictEqual(webContents.isDestroyed(), true);
      assert.throws(() => webContents.getURL(), error);
    });

    it('is marked as destroyed before closed is emitted', () => {
      const window = new BrowserWindow({ show: false });
      let seen = null;
      window.on('closed', () => {
        seen = [window.isDestroyed(), BrowserWindow.getAllWindows().includes(window)];
      });
      window.destroy();
      assert.deepStrictEqual(seen, [true, false]);
    });
  });

  describe('close', () => {
    it('emits close, the end of the page, and closed', async () => {
      const window = await openPage();
      const order = [];
      window.on('close', () => order.push('close'));
      window.webContents.on('destroyed', () => order.push('destroyed'));
      window.on('closed', () => order.push('closed'));
      const closed = once(window, 'closed');
      window.close();
      await closed;
      assert.deepStrictEqual(order, ['close', 'destroyed', 'closed']);
    });

    it('can be prevented', async () => {
      const window = await openPage();
      window.once('close', (event) => event.preventDefault());
      window.close();
      assert.strictEqual(window.isDestroyed(), false);
      const closed = once(window, 'closed');
      window.close();
      await closed;
    });

    it('runs beforeunload, and will-prevent-unload overrules it', async () => {
      const window = await openPage('<script>onbeforeunload = (event) => { event.preventDefault(); return false; }</script>');
      const asked = once(window.webContents, 'will-prevent-unload');
      window.close();
      await asked;
      // The page's wish stands: the window is still there after the next thing the page does.
      await window.webContents.executeJavaScript('1');
      assert.strictEqual(window.isDestroyed(), false);

      window.webContents.once('will-prevent-unload', (event) => event.preventDefault());
      const closed = once(window, 'closed');
      window.close();
      await closed;
    });

    it('is not asked by destroy', async () => {
      const window = await openPage('<script>onbeforeunload = () => false</script>');
      let asked = false;
      window.on('close', () => {
        asked = true;
      });
      window.destroy();
      assert.strictEqual(asked, false);
      assert.strictEqual(window.isDestroyed(), true);
    });

    it('comes from window.close() of the page', async () => {
      const window = await openPage();
      const closed = once(window, 'closed');
      window.webContents.executeJavaScript('window.close()').catch(() => {});
      await closed;
    });

    it('does nothing to a window that is not closable', async () => {
      const window = new BrowserWindow({ show: false, closable: false });
      window.on('close', () => assert.fail('close was emitted'));
      window.close();
      assert.strictEqual(window.isDestroyed(), false);
    });

    it('takes child windows along', () => {
      const parent = new BrowserWindow({ show: false });
      const child = new BrowserWindow({ show: false, parent });
      parent.destroy();
      assert.strictEqual(child.isDestroyed(), true);
    });
  });

  describe('geometry', () => {
    it('is set and read at once', () => {
      const window = new BrowserWindow({ show: false });
      window.setBounds({ x: 60, y: 70, width: 300, height: 200 });
      assert.deepStrictEqual(window.getBounds(), { x: 60, y: 70, width: 300, height: 200 });
      window.setBounds({ width: 350 });
      assert.deepStrictEqual(window.getBounds(), { x: 60, y: 70, width: 350, height: 200 });
      window.setSize(320, 240);
      assert.deepStrictEqual(window.getSize(), [320, 240]);
      window.setPosition(80, 90);
      assert.deepStrictEqual(window.getPosition(), [80, 90]);
      window.setContentSize(280, 180);
      assert.deepStrictEqual(window.getContentSize(), [280, 180]);
    });

    it('is kept by a shown window', async () => {
      const window = new BrowserWindow({ width: 300, height: 200, x: 100, y: 100 });
      await waitUntil(() => window.isVisible());
      const resized = once(window, 'resize');
      window.setSize(360, 260);
      await resized;
      await waitUntil(() => near(window.getSize(), [360, 260]));
      const moved = once(window, 'move');
      window.setPosition(160, 140);
      await moved;
      await waitUntil(() => near(window.getPosition(), [160, 140]));
    });

    it('takes integers only', () => {
      const window = new BrowserWindow({ show: false });
      const error = { name: 'TypeError', message: 'Error processing argument at index 0, conversion failure from 10.5' };
      assert.throws(() => window.setSize(10.5, 20), error);
      assert.throws(() => window.setSize(/** @type {any} */ (undefined)), TypeError);
      assert.throws(() => /** @type {any} */ (window).setSize(10), { name: 'TypeError', message: 'Insufficient number of arguments.' });
      assert.throws(() => window.setBounds({ x: /** @type {any} */ ('1') }), TypeError);
      assert.throws(() => /** @type {any} */ (window).setTitle(), TypeError);
    });

    it('keeps limits', () => {
      const window = new BrowserWindow({ show: false, width: 300, height: 200 });
      window.setMinimumSize(200, 150);
      window.setMaximumSize(500, 400);
      assert.deepStrictEqual(window.getMinimumSize(), [200, 150]);
      assert.deepStrictEqual(window.getMaximumSize(), [500, 400]);
    });
  });

  describe('state', () => {
    it('shows and hides', async () => {
      const window = new BrowserWindow({ show: false, width: 200, height: 200 });
      const shown = once(window, 'show');
      window.show();
      await shown;
      assert.strictEqual(window.isVisible(), true);
      const hidden = once(window, 'hide');
      window.hide();
      await hidden;
      assert.strictEqual(window.isVisible(), false);
    });

    it('maximizes and back', async () => {
      const window = new BrowserWindow({ width: 300, height: 200 });
      await waitUntil(() => window.isVisible());
      const maximized = once(window, 'maximize');
      window.maximize();
      await maximized;
      assert.strictEqual(window.isMaximized(), true);
      assert.strictEqual(window.isNormal(), false);
      const restored = once(window, 'unmaximize');
      window.unmaximize();
      await restored;
      assert.strictEqual(window.isMaximized(), false);
      await waitUntil(() => near(window.getSize(), [300, 200]));
    });

    it('minimizes and back', async () => {
      const window = new BrowserWindow({ width: 300, height: 200 });
      await waitUntil(() => window.isVisible());
      const minimized = once(window, 'minimize');
      window.minimize();
      await minimized;
      assert.strictEqual(window.isMinimized(), true);
      const restored = once(window, 'restore');
      window.restore();
      await restored;
      assert.strictEqual(window.isMinimized(), false);
    });

    it('enters and leaves full screen', async () => {
      const window = new BrowserWindow({ width: 300, height: 200 });
      await waitUntil(() => window.isVisible());
      const entered = once(window, 'enter-full-screen');
      window.fullScreen = true;
      await entered;
      assert.strictEqual(window.isFullScreen(), true);
      const left = once(window, 'leave-full-screen');
      window.setFullScreen(false);
      await left;
      assert.strictEqual(window.fullScreen, false);
    });

    it('does not enter full screen when it may not', () => {
      const window = new BrowserWindow({ show: false, fullscreenable: false });
      window.setFullScreen(true);
      assert.strictEqual(window.isFullScreen(), false);
    });

    it('tells focus and blur, the app too', async () => {
      const one = new BrowserWindow({ width: 200, height: 200, x: 0, y: 0 });
      if (!one.isFocused()) await once(one, 'focus');
      const blurred = once(app, 'browser-window-blur');
      const two = new BrowserWindow({ width: 200, height: 200, x: 300, y: 0 });
      const [, window] = await blurred;
      assert.strictEqual(window, one);
      await waitUntil(() => two.isFocused());
      const focused = once(app, 'browser-window-focus');
      one.focus();
      const [, again] = await focused;
      assert.strictEqual(again, one);
    });

    it('changes what the user may do', () => {
      const window = new BrowserWindow({ show: false });
      for (const [property, setter, getter] of [
        ['resizable', 'setResizable', 'isResizable'],
        ['movable', 'setMovable', 'isMovable'],
        ['minimizable', 'setMinimizable', 'isMinimizable'],
        ['maximizable', 'setMaximizable', 'isMaximizable'],
        ['closable', 'setClosable', 'isClosable'],
        ['focusable', 'setFocusable', 'isFocusable'],
        ['fullScreenable', 'setFullScreenable', 'isFullScreenable'],
        ['autoHideMenuBar', 'setAutoHideMenuBar', 'isMenuBarAutoHide'],
        ['visibleOnAllWorkspaces', 'setVisibleOnAllWorkspaces', 'isVisibleOnAllWorkspaces'],
        ['shadow', 'setHasShadow', 'hasShadow'],
        ['kiosk', 'setKiosk', 'isKiosk'],
      ]) {
        window[setter](false);
        assert.strictEqual(window[getter](), false, getter);
        window[property] = true;
        assert.strictEqual(window[getter](), true, property);
        window[property] = false;
      }
    });

    it('says when it goes on top', () => {
      const window = new BrowserWindow({ show: false });
      const seen = [];
      window.on('always-on-top-changed', (_event, on) => seen.push(on));
      window.setAlwaysOnTop(true);
      window.setAlwaysOnTop(true);
      window.setAlwaysOnTop(false);
      assert.deepStrictEqual(seen, [true, false]);
    });

    it('has a title, an opacity, a colour', () => {
      const window = new BrowserWindow({ show: false });
      window.title = 'another';
      assert.strictEqual(window.getTitle(), 'another');
      window.setOpacity(0.5);
      assert.strictEqual(window.getOpacity(), 0.5);
      window.setOpacity(7);
      assert.strictEqual(window.getOpacity(), 1);
      window.setBackgroundColor('rgb(255, 0, 128)');
      assert.strictEqual(window.getBackgroundColor(), '#FF0080');
      window.setBackgroundColor('#80123456');
      assert.strictEqual(window.getBackgroundColor(), '#123456');
      window.setBackgroundColor('blueviolet');
      assert.strictEqual(window.getBackgroundColor(), '#8A2BE2');
    });

    it('can be disabled', () => {
      const window = new BrowserWindow({ show: false });
      window.setEnabled(false);
      assert.strictEqual(window.isEnabled(), false);
      window.setEnabled(true);
      assert.strictEqual(window.isEnabled(), true);
    });
  });

  describe('parents', () => {
    it('know their children', () => {
      const parent = new BrowserWindow({ show: false });
      const child = new BrowserWindow({ show: false, parent, modal: true });
      assert.strictEqual(child.getParentWindow(), parent);
      assert.deepStrictEqual(parent.getChildWindows(), [child]);
      assert.strictEqual(child.isModal(), true);
      child.destroy();
      assert.deepStrictEqual(parent.getChildWindows(), []);
    });

    it('can be changed', () => {
      const parent = new BrowserWindow({ show: false });
      const child = new BrowserWindow({ show: false });
      child.setParentWindow(parent);
      assert.strictEqual(child.getParentWindow(), parent);
      child.setParentWindow(null);
      assert.strictEqual(child.getParentWindow(), null);
      assert.deepStrictEqual(parent.getChildWindows(), []);
      assert.throws(() => child.setParentWindow(/** @type {any} */ ({})), { message: 'Must pass BaseWindow instance or null' });
    });
  });

  describe('page', () => {
    it('is ready to show in a hidden window', async () => {
      const window = new BrowserWindow({ show: false });
      const ready = once(window, 'ready-to-show');
      window.loadURL('data:text/html,<p>here</p>');
      await ready;
      assert.strictEqual(window.isVisible(), false);
    });

    it('is ready to show when its style sheets are there', async () => {
      const window = new BrowserWindow({ show: false });
      const order = [];
      /** @type {Array<() => void>} */
      const held = [];
      const server = await serve((request, response) => {
        const type = request.url === '/style.css' ? 'text/css' : 'text/html';
        const end = (text) => response.writeHead(200, { 'content-type': type }).end(text);
        if (request.url === '/style.css') held.push(() => end('body { color: red }'));
        else end('<link rel="stylesheet" href="/style.css"><link rel="stylesheet" media="print" href="/none.css"><p>text');
      });
      window.on('ready-to-show', () => order.push('ready'));
      window.webContents.on('did-finish-load', () => order.push('finished'));
      const parsed = once(window.webContents, 'dom-ready');
      const loaded = window.loadURL(server.url);
      await parsed;
      await waitUntil(() => held.length === 1);
      // The page answers after whatever it had to tell before.
      await window.webContents.mainFrame.executeJavaScript('0');
      assert.deepStrictEqual(order, []);
      held[0]();
      await loaded;
      assert.deepStrictEqual(order, ['ready', 'finished']);
      await server.close();
    });

    it('gives the window its title unless that is prevented', async () => {
      const window = new BrowserWindow({ show: false, title: 'before' });
      const updated = once(window, 'page-title-updated');
      window.loadURL('data:text/html,<title>from the page</title>');
      const [, title, explicit] = await updated;
      assert.strictEqual(title, 'from the page');
      assert.strictEqual(explicit, true);
      await waitUntil(() => window.getTitle() === 'from the page');
      window.on('page-title-updated', (event) => event.preventDefault());
      const again = once(window.webContents, 'page-title-updated');
      await window.webContents.executeJavaScript('document.title = "changed"');
      await again;
      assert.strictEqual(window.getTitle(), 'from the page');
      assert.strictEqual(window.webContents.getTitle(), 'changed');
    });
  });

  describe('S17 webPreferences from an object that somebody else wrote', () => {
    it('ignore what is unknown and what stands in a prototype', async () => {
      const preload = preloadFile('require("electron").contextBridge.exposeInMainWorld("reached", true)');
      const text = `{"unknown": {"deep": [1]}, "__proto__": {"preload": ${JSON.stringify(preload)}, "nodeIntegration": true, "contextIsolation": false}}`;
      const window = new BrowserWindow({ show: false, webPreferences: JSON.parse(text) });
      await window.loadURL('data:text/html,x');
      const seen = await window.webContents.executeJavaScript('[typeof reached, typeof require, typeof process]');
      assert.deepStrictEqual(seen, ['undefined', 'undefined', 'undefined']);
      const preferences = window.webContents.getLastWebPreferences();
      assert.strictEqual(preferences.contextIsolation, true);
      assert.strictEqual(preferences.nodeIntegration, false);
      assert.strictEqual(/** @type {any} */ ({}).nodeIntegration, undefined);
    });

    it('of any type never end the process', async () => {
      for (const webPreferences of [{ zoomFactor: 'x' }, { zoomFactor: NaN }, { partition: 5 }, { preload: {} }, { additionalArguments: 'x' }, { session: 1 }, { backgroundColor: 7 }]) {
        let window;
        try {
          window = new BrowserWindow({ show: false, webPreferences });
        } catch (error) {
          assert(error instanceof Error && error.message !== '', JSON.stringify(webPreferences));
          continue;
        }
        await window.loadURL('data:text/html,x');
        assert.strictEqual(await window.webContents.executeJavaScript('1 + 1'), 2, JSON.stringify(webPreferences));
        window.destroy();
      }
      assert.strictEqual(BrowserWindow.getAllWindows().filter((window) => !window.isDestroyed()).length, 0);
    });
  });

  it('has a native handle', () => {
    const window = new BrowserWindow({ show: false });
    const handle = window.getNativeWindowHandle();
    assert(Buffer.isBuffer(handle) && handle.length === 8);
    assert.match(window.getMediaSourceId(), /^window:\d+:0$/);
  });

  it('moveAbove and moveTop change the stacking', async () => {
    const [low, high] = ['low', 'high'].map((title) => new BrowserWindow({ width: 200, height: 150, title }));
    await waitUntil(() => low.isVisible() && high.isVisible());
    const [lowId, highId] = [low, high].map((window) => Number(window.getMediaSourceId().split(':')[1]));
    const order = () => stackingOfRoot().filter((id) => id === lowId || id === highId);
    low.moveTop();
    await waitUntil(() => order().at(-1) === lowId);
    high.moveAbove(low.getMediaSourceId());
    await waitUntil(() => order().at(-1) === highId);
    low.moveAbove(high.getMediaSourceId());
    await waitUntil(() => order().at(-1) === lowId);
    for (const id of ['', 'x', 'window:1', 'screen:1:0', 'window:0:0', 'window:1:0', 'window:99999999999:0']) {
      assert.throws(() => low.moveAbove(id), { message: 'Invalid media source id' }, id);
    }
  });

  it('refuses what is not done', () => {
    const window = new BrowserWindow({ show: false });
    assert.throws(() => window.setShape([]), { message: `BrowserWindow.setShape is not implemented on ${process.platform} yet` });
  });
});

describe('BaseWindow', () => {
  afterEach(() => BaseWindow.getAllWindows().forEach((window) => window.destroy()));

  it('lives without a page', async () => {
    const window = new BaseWindow({ show: false, width: 250, height: 150 });
    assert.deepStrictEqual(window.getSize(), [250, 150]);
    assert.strictEqual(BaseWindow.fromId(window.id), window);
    assert.deepStrictEqual(BrowserWindow.getAllWindows(), []);
    const closed = once(window, 'closed');
    window.close();
    await closed;
    assert.strictEqual(window.isDestroyed(), true);
  });
});
