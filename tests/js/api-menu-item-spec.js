'use strict';

const { BrowserWindow, Menu, MenuItem, app } = require('electron');
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const { closeAllWindows, once, openPage, waitUntil } = require('./helpers');

const isMac = process.platform === 'darwin';

describe('MenuItem', () => {
  afterEach(closeAllWindows);

  it('has defaults', () => {
    const { type, label, sublabel, toolTip, enabled, visible, checked, registerAccelerator, accelerator, role, submenu, icon } = new MenuItem({
      label: 'x',
    });
    assert.deepStrictEqual(
      { type, label, sublabel, toolTip, enabled, visible, checked, registerAccelerator, accelerator, role, submenu, icon },
      {
        type: 'normal', label: 'x', sublabel: '', toolTip: '', enabled: true, visible: true, checked: false,
        registerAccelerator: true, accelerator: null, role: null, submenu: null, icon: null,
      },
    );
  });

  it('gives commands rising ids', () => {
    const [first, second] = [new MenuItem({ label: 'a' }), new MenuItem({ label: 'b' })];
    assert.strictEqual(second.commandId, first.commandId + 1);
  });

  it('keeps what was decided read-only', () => {
    const menu = Menu.buildFromTemplate([{ label: 'a', type: 'radio' }]);
    for (const name of ['type', 'role', 'accelerator', 'submenu', 'commandId', 'menu', 'groupId']) {
      assert.throws(() => {
        'use strict';
        menu.items[0][name] = 'other';
      }, TypeError, name);
    }
  });

  it('checks type and submenu', () => {
    assert.throws(() => new MenuItem({ label: 'x', type: 'wrong' }), { message: 'Unknown menu item type: wrong' });
    assert.throws(() => new MenuItem({ label: 'x', type: 'submenu' }), { message: 'Invalid submenu' });
    assert.strictEqual(new MenuItem({ label: 'x', submenu: [{ label: 'y' }] }).type, 'submenu');
  });

  it('is safe from what options call their keys', () => {
    const item = new MenuItem(JSON.parse('{"label":"x","__proto__":{"polluted":true},"constructor":1,"toString":2}'));
    assert.strictEqual(item.constructor, MenuItem);
    assert.strictEqual(typeof item.toString, 'function');
    assert.strictEqual({}.polluted, undefined);
  });

  describe('click', () => {
    it('passes the item, the window and the event', () => {
      let received;
      const item = new MenuItem({ label: 'x', click: (...args) => (received = args) });
      const event = { shiftKey: true };
      item.click(event, 'window', 'contents');
      assert.deepStrictEqual(received, [item, 'window', event]);
    });

    it('flips check marks before it calls', () => {
      const seen = [];
      const item = new MenuItem({ label: 'x', type: 'checkbox', click: ({ checked }) => seen.push(checked) });
      item.click();
      item.click();
      assert.deepStrictEqual(seen, [true, false]);
    });

    it('selects radio items', () => {
      const { items } = Menu.buildFromTemplate(['a', 'b'].map((label) => ({ label, type: 'radio' })));
      items[1].click();
      items[1].click();
      assert.deepStrictEqual(items.map(({ checked }) => checked), [false, true]);
    });

    it('carries out the role instead of calling', async () => {
      if (isMac) return;
      const window = new BrowserWindow({ show: false });
      const closed = once(window, 'closed');
      let called = false;
      new MenuItem({ role: 'close', click: () => (called = true) }).click({}, window, window.webContents);
      await closed;
      assert.strictEqual(called, false);
    });

    it('calls when the role has nothing to act on', () => {
      let called = false;
      new MenuItem({ role: 'close', click: () => (called = true) }).click({}, undefined, undefined);
      assert.strictEqual(called, true);
    });

    it('zooms by roles', async () => {
      const window = await openPage();
      const { webContents } = window;
      new MenuItem({ role: 'zoomIn' }).click({}, window, webContents);
      assert.strictEqual(webContents.zoomLevel, 0.5);
      new MenuItem({ role: 'zoomOut' }).click({}, window, webContents);
      new MenuItem({ role: 'zoomOut' }).click({}, window, webContents);
      assert.strictEqual(webContents.zoomLevel, -0.5);
      new MenuItem({ role: 'resetZoom' }).click({}, window, webContents);
      assert.strictEqual(webContents.zoomLevel, 0);
    });

    it('reloads by roles', async () => {
      const window = await openPage();
      const loaded = once(window.webContents, 'did-finish-load');
      new MenuItem({ role: 'reload' }).click({}, window, window.webContents);
      await loaded;
    });
  });

  describe('roles', () => {
    it('are lower-cased', () => {
      assert.strictEqual(new MenuItem({ role: 'selectAll' }).role, 'selectall');
    });

    // Labels and keys, on Linux and Windows where they differ.
    const expected = {
      close: ['Close', 'CommandOrControl+W'], copy: ['Copy', 'CommandOrControl+C', false], cut: ['Cut', 'CommandOrControl+X', false],
      delete: ['Delete', null], forceReload: ['Force Reload', 'Shift+CmdOrCtrl+R'], help: ['Help', null],
      hideOthers: ['Hide Others', 'Command+Alt+H'], minimize: ['Minimize', 'CommandOrControl+M'],
      paste: ['Paste', 'CommandOrControl+V', false],
      pasteAndMatchStyle: ['Paste and Match Style', 'Shift+CommandOrControl+V', false],
      reload: ['Reload', 'CmdOrCtrl+R'], resetZoom: ['Actual Size', 'CommandOrControl+0'],
      selectAll: ['Select All', 'CommandOrControl+A'], toggleDevTools: ['Toggle Developer Tools', 'Ctrl+Shift+I'],
      togglefullscreen: ['Toggle Full Screen', 'F11'], undo: ['Undo', 'CommandOrControl+Z'], zoomIn: ['Zoom In', 'CommandOrControl+Plus'],
      zoomOut: ['Zoom Out', 'CommandOrControl+-'], window: ['Window', null], zoom: ['Zoom', null], services: ['Services', null],
      recentDocuments: ['Open Recent', null], clearRecentDocuments: ['Clear Menu', null], startSpeaking: ['Start Speaking', null],
      toggleSmartQuotes: ['Smart Quotes', null], unhide: ['Show All', null], front: ['Bring All to Front', null],
    };
    for (const [role, [label, accelerator, registers = true]] of Object.entries(expected)) {
      it(`${role} has its label and key`, () => {
        if (isMac) return;
        const item = new MenuItem({ role });
        assert.deepStrictEqual([item.label, item.accelerator, item.registerAccelerator], [label, accelerator, registers]);
      });
    }

    it('with the name of the app', () => {
      assert.strictEqual(new MenuItem({ role: 'hide' }).label, `Hide ${app.name}`);
      assert.strictEqual(new MenuItem({ role: 'appMenu' }).label, app.name);
    });

    it('give way to what the app says', () => {
      const item = new MenuItem({ role: 'close', label: 'Shut', accelerator: 'D', registerAccelerator: false });
      assert.deepStrictEqual([item.label, item.accelerator, item.registerAccelerator], ['Shut', 'D', false]);
    });

    it('bring submenus', () => {
      if (isMac) return;
      const labels = (role) => new MenuItem({ role }).submenu.items.map((item) => item.label || item.type);
      assert.deepStrictEqual(labels('fileMenu'), ['Quit']);
      assert.deepStrictEqual(labels('editMenu'), ['Undo', 'Redo', 'separator', 'Cut', 'Copy', 'Paste', 'Delete', 'separator', 'Select All']);
      assert.deepStrictEqual(labels('windowMenu'), ['Minimize', 'Zoom', 'Close']);
      assert.deepStrictEqual(labels('viewMenu'), [
        'Reload', 'Force Reload', 'Toggle Developer Tools', 'separator', 'Actual Size', 'Zoom In', 'Zoom Out', 'separator',
        'Toggle Full Screen',
      ]);
    });

    it('that are unknown do nothing', () => {
      let called = false;
      const item = new MenuItem({ role: 'constructor', label: 'x', click: () => (called = true) });
      item.click();
      assert.strictEqual(called, true);
    });
  });

  describe('accelerators (S42)', () => {
    it('that are garbage give a warning and an item that works', () => {
      const warnings = [];
      const { warn } = console;
      console.warn = (text) => warnings.push(text);
      try {
        for (const accelerator of ['', 'Ctrl', 'Ctrl++', 'Ctrl+\u00e9', 'Ctrl+Nope', '+'.repeat(10_000), 'F25', '\0']) {
          const { items } = Menu.buildFromTemplate([{ label: 'x', accelerator }]);
          assert.strictEqual(items[0].accelerator, accelerator);
        }
      } finally {
        console.warn = warn;
      }
      assert.strictEqual(warnings.length, 8);
    });

    it('that are right give none', () => {
      const warnings = [];
      const { warn } = console;
      console.warn = (text) => warnings.push(text);
      try {
        for (const accelerator of ['CmdOrCtrl+Shift+Z', 'f24', 'Ctrl+Plus', 'Alt+Num0', 'Super+Esc', 'Ctrl + a', 'Shift+!', 'MediaPlayPause']) {
          new MenuItem({ label: 'x', accelerator });
        }
      } finally {
        console.warn = warn;
      }
      assert.deepStrictEqual(warnings, []);
    });
  });
});

describe('the about panel', () => {
  it('shows what the app says of itself', async () => {
    assert.throws(() => app.setAboutPanelOptions(), TypeError);
    assert.throws(() => app.setAboutPanelOptions({ applicationName: 5 }), TypeError);
    app.setAboutPanelOptions({ applicationName: 'Panel Of A Spec', copyright: 'nobody', authors: ['a', 'b'] });
    const find = () => new Promise((resolve) => {
      execFile('xdotool', ['search', '--onlyvisible', '--name', '^About Panel Of A Spec$'], (_, stdout) => resolve(stdout.trim()));
    });
    new MenuItem({ role: 'about' }).click({}, undefined, undefined);
    let found = '';
    await waitUntil(async () => (found = await find()));
    // A window manager focuses a new dialog in its own time.
    execFile('xdotool', ['windowfocus', '--sync', found.split('\n')[0], 'key', 'Escape']);
    await waitUntil(async () => !(await find()));
  });
});
