'use strict';

const { BrowserWindow, Menu, MenuItem } = require('electron');
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { closeAllWindows, once, waitUntil } = require('./helpers');

const labels = (menu) => menu.items.map((item) => item.label || item.type);
const build = (...template) => Menu.buildFromTemplate(template);

/** Runs xdotool; menus can only be tested by keys and clicks of the display. */
const xdotool = (...args) =>
  new Promise((resolve, reject) => {
    execFile('xdotool', args, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });

/** The number of menus on the screen, which from then on have the keyboard. */
async function shownMenus() {
  // A window that goes meanwhile makes either program fail; the next look finds what is true then.
  const windows = (await xdotool('search', '--onlyvisible', '--all', '--pid', `${process.pid}`, '--class', '.').catch(() => '')).match(/\d+/g) ?? [];
  const types = await Promise.all(windows.map(async (id) => {
    const { stdout } = await promisify(execFile)('xprop', ['-id', id, '_NET_WM_WINDOW_TYPE']).catch(() => ({ stdout: '' }));
    return stdout;
  }));
  return types.filter((type) => type.includes('POPUP_MENU')).length;
}
const menuShown = () => waitUntil(async () => (await shownMenus()) === 1);

/** A window on the screen that has the keyboard. */
async function openFocusedWindow(options = {}) {
  const window = new BrowserWindow({ width: 400, height: 300, ...options });
  await window.loadURL('data:text/html,<body>menus</body>');
  window.focus();
  await waitUntil(() => window.isFocused());
  return window;
}

/** Waits until changes of items have reached the screen's side: commands are carried out in order. */
async function arrived(window) {
  await null;
  window.getBounds();
}

describe('Menu', () => {
  afterEach(() => {
    Menu.setApplicationMenu(null);
    return closeAllWindows();
  });

  describe('buildFromTemplate', () => {
    it('takes arrays only', () => {
      const text = { name: 'TypeError', message: 'Invalid template for Menu: Menu template must be an array' };
      for (const template of ['hello', undefined, null, {}]) assert.throws(() => Menu.buildFromTemplate(template), text);
    });

    it('wants a label, a role or a type of each item', () => {
      const text = 'Invalid template for MenuItem: must have at least one of label, role or type';
      for (const item of [{ visible: true }, null, 'label', { submenu: [] }]) {
        assert.throws(() => build(item), { name: 'TypeError', message: text });
      }
      build({ label: 'a' }, { role: 'copy' }, { type: 'separator' });
    });

    it('keeps what apps add to items', () => {
      assert.strictEqual(build({ label: 'text', extra: 'field' }).items[0].extra, 'field');
    });

    it('takes menu items as they are', () => {
      const item = new MenuItem({ label: 'made' });
      assert.strictEqual(build(item).items[0], item);
    });

    it('does not change the template', () => {
      const template = [{ label: 'b', id: 'b', after: ['a'] }, { label: 'a', id: 'a', submenu: [{ label: 'x' }] }];
      const copy = structuredClone(template);
      Menu.buildFromTemplate(template);
      assert.deepStrictEqual(template, copy);
    });

    it('builds submenus', () => {
      const menu = build({ label: 'top', submenu: [{ label: 'inner', submenu: [{ role: 'copy' }] }] });
      assert.ok(menu.items[0].submenu instanceof Menu);
      assert.strictEqual(menu.items[0].submenu.items[0].submenu.items[0].label, 'Copy');
    });

    describe('places of items', () => {
      const item = (id, options) => ({ id, label: id, ...options });
      const separator = { type: 'separator' };
      const check = (name, template, expected) => it(name, () => assert.deepStrictEqual(labels(build(...template)), expected));

      check('before', [item('2'), item('3'), item('1', { before: ['2'] })], ['1', '2', '3']);
      check('after', [item('3', { after: ['2'] }), item('1'), item('2')], ['2', '3', '1']);
      check('a chain', [item('3', { after: ['2'] }), item('2', { after: ['1'] }), item('1')], ['1', '2', '3']);
      check('a circle is broken', [item('1', { after: ['2'] }), item('2', { after: ['1'] })], ['2', '1']);
      check('unknown ids do nothing', [item('1', { before: ['9'] }), item('2', { after: ['8'] })], ['1', '2']);
      check('an item goes to the group that it names', [item('1'), separator, item('2'), separator, item('3', { after: ['1'] })],
        ['1', '3', 'separator', '2']);
      check('groups before groups', [item('1'), separator, item('2'), separator, item('3', { beforeGroupContaining: ['1'] })],
        ['3', 'separator', '1', 'separator', '2']);
      check('groups after groups', [item('1', { afterGroupContaining: ['3'] }), separator, item('2'), separator, item('3')],
        ['3', 'separator', '1', 'separator', '2']);
      check('separators at the edges and beside each other fold',
        [separator, item('1'), separator, separator, item('2'), separator], ['1', 'separator', '2']);
    });

    it('keeps hidden separators', () => {
      const menu = build({ label: 'a' }, { type: 'separator', visible: false }, { type: 'separator', visible: false, id: 'x', before: ['a'] });
      assert.ok(menu.items.filter(({ type }) => type === 'separator').length >= 1);
    });
  });

  describe('items', () => {
    it('are found by id, in submenus too', () => {
      const menu = build({ label: 'View', submenu: [{ label: 'Enter', id: 'deep' }] }, { label: 'top', id: 'top' });
      assert.strictEqual(menu.getMenuItemById('deep').label, 'Enter');
      assert.strictEqual(menu.getMenuItemById('top').label, 'top');
      assert.strictEqual(menu.getMenuItemById('none'), null);
    });

    it('are inserted and appended', () => {
      const menu = build({ label: '1' }, { label: '2' });
      menu.insert(1, new MenuItem({ label: 'between' }));
      menu.append(new MenuItem({ label: 'last' }));
      assert.deepStrictEqual(labels(menu), ['1', 'between', '2', 'last']);
      assert.strictEqual(menu.items[3].menu, menu);
    });

    it('are checked when they are inserted', () => {
      const menu = build({ label: '1' });
      assert.throws(() => menu.insert(0, { label: 'plain' }), { name: 'TypeError', message: 'Invalid item' });
      const item = new MenuItem({ label: 'x' });
      assert.throws(() => menu.insert(-1, item), { name: 'RangeError', message: 'Position -1 cannot be less than 0' });
      assert.throws(() => menu.insert(9, item), {
        name: 'RangeError',
        message: 'Position 9 cannot be greater than the total MenuItem count',
      });
    });
  });

  describe('radio items', () => {
    it('belong together between separators', () => {
      const radio = { label: 'r', type: 'radio' };
      const ids = build(radio, radio, { type: 'separator' }, radio).items.map((item) => item.groupId);
      assert.strictEqual(ids[0], ids[1]);
      assert.notStrictEqual(ids[0], ids[3]);
    });

    it('are selected one at a time', () => {
      const { items } = build(...['a', 'b', 'c'].map((label) => ({ label, type: 'radio' })));
      items[1].checked = true;
      assert.deepStrictEqual(items.map(({ checked }) => checked), [false, true, false]);
      items[2].checked = false;
      assert.deepStrictEqual(items.map(({ checked }) => checked), [false, false, true]);
    });

    it('always have one selected once they are shown', () => {
      const menu = build(...['a', 'b'].map((label) => ({ label, type: 'radio' })));
      new BrowserWindow({ show: false }).setMenu(build({ label: 'top', submenu: menu }));
      assert.strictEqual(menu.items[0].checked, true);
    });

    it('inserted at the top join the group below', () => {
      const menu = build({ label: 'a', type: 'radio' }, { label: 'b', type: 'radio' });
      menu.insert(0, new MenuItem({ label: 'c', type: 'radio' }));
      assert.strictEqual(menu.items[0].groupId, menu.items[1].groupId);
    });
  });

  describe('the application menu', () => {
    it('is what was set', () => {
      const menu = build({ label: 'x' });
      Menu.setApplicationMenu(menu);
      assert.strictEqual(Menu.getApplicationMenu(), menu);
      Menu.setApplicationMenu(null);
      assert.strictEqual(Menu.getApplicationMenu(), null);
    });

    it('must be a menu', () => {
      assert.throws(() => Menu.setApplicationMenu({}), { name: 'TypeError', message: 'Invalid menu' });
    });

    it('shows in windows that exist and in later ones', async () => {
      const first = await openFocusedWindow();
      Menu.setApplicationMenu(build({ label: 'File', submenu: [{ label: 'x' }] }));
      assert.strictEqual(first.isMenuBarVisible(), true);
      const second = await openFocusedWindow();
      assert.strictEqual(second.isMenuBarVisible(), true);
    });

    it('brings the bar and takes it away', async () => {
      const window = await openFocusedWindow();
      assert.strictEqual(window.isMenuBarVisible(), false);
      window.setMenu(build({ label: 'x' }));
      assert.strictEqual(window.isMenuBarVisible(), true);
      window.setMenuBarVisibility(false);
      assert.strictEqual(window.isMenuBarVisible(), false);
      window.setMenuBarVisibility(true);
      window.removeMenu();
      assert.strictEqual(window.isMenuBarVisible(), false);
    });

    it('of a window must be a menu', () => {
      const window = new BrowserWindow({ show: false });
      assert.throws(() => window.setMenu({}), { name: 'TypeError', message: 'Invalid Menu' });
      window.setMenu(build({ label: 'x' }));
      window.setMenu(null);
    });

    it('takes keys', async () => {
      let clicked = 0;
      let received;
      Menu.setApplicationMenu(
        build({
          label: 'File',
          submenu: [
            {
              label: 'Go',
              accelerator: 'CommandOrControl+Shift+J',
              click: (...args) => {
                clicked += 1;
                received = args;
              },
            },
          ],
        }),
      );
      const window = await openFocusedWindow();
      await waitUntil(async () => {
        await xdotool('key', 'ctrl+shift+j');
        return clicked > 0;
      });
      assert.strictEqual(received[0].label, 'Go');
      assert.strictEqual(received[1], window);
      assert.strictEqual(received[2].triggeredByAccelerator, true);
    });
  });

  describe('keys', () => {
    /**
     * A focused window whose menu holds `items`, each of which notes its clicks in the list that is answered. `press` presses a key
     * and then one that is known to click, so that what the first one did has arrived.
     */
    async function openWithItems(items) {
      const clicks = [];
      let marks = 0;
      let starts = 0;
      const noted = items.map((item) => ({ click: ({ id }, window) => clicks.push([id, window?.id]), ...item }));
      const mark = { label: 'mark', accelerator: 'Ctrl+F12', click: () => (marks += 1) };
      const start = { label: 'start', accelerator: 'Ctrl+F11', click: () => (starts += 1) };
      const menu = build({ label: 'Top', submenu: [...noted, mark, start] });
      Menu.setApplicationMenu(menu);
      const window = await openFocusedWindow();
      const press = async (key) => {
        const before = marks;
        await xdotool('key', key);
        await xdotool('key', 'ctrl+F12');
        await waitUntil(() => marks > before);
      };
      // The web view takes the keyboard a while after its window. Another key than the mark's: one that arrives late must not pass for that.
      await waitUntil(async () => {
        await xdotool('key', 'ctrl+F11');
        return starts > 0;
      });
      return { clicks, menu, press, window };
    }

    it('follow changes of items', async () => {
      const { clicks, menu, press, window } = await openWithItems([{ id: 'a', label: 'a', accelerator: 'Ctrl+J' }]);
      const item = menu.getMenuItemById('a');
      await press('ctrl+j');
      item.enabled = false;
      await arrived(window);
      await press('ctrl+j');
      assert.strictEqual(clicks.length, 1);
      item.enabled = true;
      await arrived(window);
      await press('ctrl+j');
      assert.strictEqual(clicks.length, 2);
    });

    it('reach hidden items unless they say no', async () => {
      const { clicks, press } = await openWithItems([
        { id: 'reached', label: 'a', accelerator: 'Ctrl+J', visible: false },
        { id: 'not', label: 'b', accelerator: 'Ctrl+K', visible: false, acceleratorWorksWhenHidden: false },
      ]);
      await press('ctrl+k');
      await press('ctrl+j');
      assert.deepStrictEqual(clicks.map(([id]) => id), ['reached']);
    });

    it('that are not registered stay with the page', async () => {
      const { clicks, press, window } = await openWithItems([{ id: 'a', label: 'a', accelerator: 'Ctrl+J', registerAccelerator: false }]);
      await window.webContents.executeJavaScript("addEventListener('keydown', ({ key }) => { if (key === 'j') document.title = key; })");
      await press('ctrl+j');
      assert.deepStrictEqual(clicks, []);
      assert.strictEqual(await window.webContents.executeJavaScript('document.title'), 'j');
    });

    it('know function keys, signs and several modifiers', async () => {
      const keys = {
        'F6': 'F6', 'ctrl+alt+p': 'Ctrl+Alt+P', 'ctrl+period': 'Ctrl+.', 'ctrl+plus': 'Ctrl+Plus', 'shift+F7': 'Shift+F7',
        'ctrl+Home': 'Ctrl + + Home', 'ctrl+Tab': 'Ctrl+Tab', 'alt+Left': 'Alt+Left',
      };
      const { clicks, press } = await openWithItems(Object.entries(keys).map(([id, accelerator]) => ({ id, label: id, accelerator })));
      for (const key of Object.keys(keys)) await press(key);
      assert.deepStrictEqual(clicks.map(([id]) => id), Object.keys(keys));
    });

    it('click in the window that has the keyboard', async () => {
      const { clicks, press, window: first } = await openWithItems([{ id: 'a', label: 'a', accelerator: 'Ctrl+J' }]);
      const second = await openFocusedWindow();
      await waitUntil(() => second.isFocused());
      await press('ctrl+j');
      first.focus();
      await waitUntil(() => first.isFocused());
      await press('ctrl+j');
      assert.deepStrictEqual(clicks.map(([, id]) => id), [second.id, first.id]);
    });

    it('go with the menu', async () => {
      const { clicks, window } = await openWithItems([{ id: 'a', label: 'a', accelerator: 'Ctrl+J' }]);
      window.removeMenu();
      await window.webContents.executeJavaScript("addEventListener('keyup', ({ key }) => { document.title = key; })");
      await arrived(window);
      await xdotool('key', 'ctrl+j');
      await waitUntil(async () => (await window.webContents.executeJavaScript('document.title')) !== '');
      assert.deepStrictEqual(clicks, []);
    });

    it('may end what they belong to (R32)', async () => {
      const ends = {
        window: (window) => window.destroy(),
        bar: (window) => window.removeMenu(),
        menu: () => Menu.setApplicationMenu(null),
        items: (window) => window.setMenu(build({ label: 'other' })),
      };
      for (const end of Object.values(ends)) {
        let ended = false;
        Menu.setApplicationMenu(build({
          label: 'Top',
          submenu: [{
            label: 'end',
            accelerator: 'Ctrl+J',
            click: (_, window) => {
              end(window);
              ended = true;
            },
          }],
        }));
        const window = await openFocusedWindow();
        await waitUntil(async () => {
          if (!ended) await xdotool('key', 'ctrl+j');
          return ended;
        });
        if (!window.isDestroyed()) window.destroy();
      }
    });

    it('flip check marks', async () => {
      const { menu, press } = await openWithItems([{ id: 'a', label: 'a', accelerator: 'Ctrl+J', type: 'checkbox' }]);
      await press('ctrl+j');
      assert.strictEqual(menu.getMenuItemById('a').checked, true);
      await press('ctrl+j');
      assert.strictEqual(menu.getMenuItemById('a').checked, false);
    });
  });

  describe('popup', () => {
    it('needs a window', () => {
      assert.throws(() => build({ label: 'x' }).popup(), { message: 'Cannot open Menu without a BaseWindow present' });
    });

    it('checks its options', () => {
      for (const options of [null, 'x']) {
        assert.throws(() => build({ label: 'x' }).popup(options), { name: 'TypeError', message: 'Options must be an object' });
      }
    });

    it('answers where it opens', async () => {
      const window = await openFocusedWindow();
      const menu = build({ label: 'x' });
      const closed = once(menu, 'menu-will-close');
      const { browserWindow, x, y } = menu.popup({ window, x: 10, y: 11 });
      assert.strictEqual(browserWindow, window);
      assert.deepStrictEqual([x, y], [10, 11]);
      await menuShown();
      menu.closePopup();
      await closed;
    });

    it('tells that it opens and closes, and calls back', async () => {
      const window = await openFocusedWindow();
      const menu = build({ label: 'x' });
      const shown = once(menu, 'menu-will-show');
      const closed = once(menu, 'menu-will-close');
      const calledBack = new Promise((resolve) => menu.popup({ window, x: 20, y: 20, callback: () => resolve(true) }));
      await shown;
      await menuShown();
      menu.closePopup(window);
      await closed;
      assert.strictEqual(await calledBack, true);
    });

    it('of a window that goes away is closed (R32)', async () => {
      const window = await openFocusedWindow();
      const closed = new Promise((resolve) => build({ label: 'x' }).popup({ window, x: 20, y: 20, callback: () => resolve(true) }));
      await menuShown();
      window.destroy();
      assert.strictEqual(await closed, true);
    });

    it('may be opened from the click of another one', async () => {
      const window = await openFocusedWindow();
      const inner = build({ label: 'inner' });
      const opened = once(inner, 'menu-will-show');
      const closed = new Promise((resolve) => {
        const open = () => inner.popup({ window, x: 30, y: 30, callback: () => resolve(true) });
        build({ label: 'outer', click: open }).popup({ window, x: 20, y: 20 });
      });
      await menuShown();
      await xdotool('key', 'Down', 'Return');
      await opened;
      await menuShown();
      inner.closePopup();
      assert.strictEqual(await closed, true);
    });

    it('takes the place of one that is open', async () => {
      const window = await openFocusedWindow();
      const open = () => new Promise((resolve) => build({ label: 'x' }).popup({ window, x: 20, y: 20, callback: () => resolve(true) }));
      const first = open();
      await menuShown();
      const menu = build({ label: 'second' });
      const second = new Promise((resolve) => menu.popup({ window, x: 40, y: 40, callback: () => resolve(true) }));
      assert.strictEqual(await first, true);
      await menuShown();
      menu.closePopup();
      assert.strictEqual(await second, true);
    });

    it('may change while it is open', async () => {
      const window = await openFocusedWindow();
      const menu = build({ label: 'first' }, { label: 'second', submenu: [{ label: 'inner' }] });
      const closed = new Promise((resolve) => menu.popup({ window, x: 20, y: 20, callback: () => resolve(true) }));
      await menuShown();
      menu.items[0].label = 'changed';
      menu.items[0].enabled = false;
      menu.items[1].submenu.items[0].visible = false;
      menu.append(new MenuItem({ label: 'third' }));
      await arrived(window);
      menu.closePopup();
      assert.strictEqual(await closed, true);
    });

    it('is clicked by keys', async () => {
      const window = await openFocusedWindow();
      const clicked = new Promise((resolve) => {
        build(
          { label: 'first' },
          { label: 'second', type: 'checkbox', click: (item, from) => resolve([item.label, item.checked, from]) },
        ).popup({ window, x: 20, y: 20 });
      });
      await menuShown();
      await xdotool('key', 'Down', 'Down', 'Return');
      assert.deepStrictEqual(await clicked, ['second', true, window]);
    });
  });

  it('takes labels of any kind (S42)', async () => {
    const window = await openFocusedWindow();
    const strange = ['', '\0', '<b>&amp;</b>', '_mnemonic_ && &x', '\u202ertl', 'x'.repeat(100_000), '\u{1f600}', '\ud800'];
    const items = strange.map((label) => ({ label, sublabel: label, toolTip: label }));
    window.setMenu(build({ label: 'all', submenu: items }, ...items));
    window.setMenu(build({ label: 'deep', submenu: [{ label: '1', submenu: [{ label: '2', submenu: items }] }] }));
    assert.strictEqual(window.isMenuBarVisible(), true);
  });

  it('may hold itself', () => {
    const menu = build({ label: 'a' });
    menu.append(new MenuItem({ label: 'again', submenu: menu }));
    new BrowserWindow({ show: false }).setMenu(menu);
    menu.items[0].label = 'b';
  });

  it('has what only macOS has nowhere else', () => {
    if (process.platform !== 'darwin') assert.strictEqual(Menu.sendActionToFirstResponder, undefined);
  });
});
