'use strict';

const { BrowserWindow, Menu } = require('electron');
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { closeAllWindows, openPage, waitUntil } = require('./helpers');

/** The user's keys: they go to the window that has the focus. @param {...string} keys */
const type = (...keys) => promisify(execFile)('xdotool', ['key', '--delay', '5', ...keys]);

describe('before-input-event', () => {
  afterEach(closeAllWindows);

  /** A page in front, and what it has seen of keys. */
  async function typist() {
    const window = await openPage('<input id="field" autofocus>', { show: true });
    const contents = window.webContents;
    await waitUntil(() => window.isFocused() && contents.isFocused());
    await contents.executeJavaScript(`
      window.seen = [];
      for (const name of ['keydown', 'keyup']) addEventListener(name, (event) => seen.push(name + ' ' + event.key), true);
      field.focus(); null`);
    const seen = () => contents.executeJavaScript('seen');
    const until = (/** @type {string} */ last) => waitUntil(async () => (await seen()).at(-1) === last);
    return { window, contents, seen, until, text: () => contents.executeJavaScript('field.value') };
  }

  it('tells of keys before the page has them', async () => {
    const { contents, seen, until, text } = await typist();
    const inputs = [];
    contents.on('before-input-event', (_event, input) => inputs.push(input));
    await type('a');
    await until('keyup a');
    assert.strictEqual(await text(), 'a');
    const common = { key: 'a', code: 'KeyA', isAutoRepeat: false, isComposing: false, shift: false, control: false, alt: false, meta: false, location: 0 };
    assert.deepStrictEqual(inputs.map(({ modifiers, ...input }) => [input, modifiers.filter((name) => !/lock$/.test(name))]), [
      [{ type: 'keyDown', ...common }, []],
      [{ type: 'keyUp', ...common }, []],
    ]);
    inputs.length = 0;
    await type('ctrl+shift+Right');
    await waitUntil(async () => {
      const keys = await seen();
      return keys.includes('keyup Control') && keys.includes('keyup Shift');
    });
    const downs = Object.fromEntries(inputs.filter((input) => input.type === 'keyDown').map((input) => [input.key, input]));
    assert.deepStrictEqual(Object.keys(downs).sort(), ['ArrowRight', 'Control', 'Shift']);
    const { ArrowRight, Control, Shift } = downs;
    assert.deepStrictEqual([ArrowRight.code, ArrowRight.control, ArrowRight.shift, ArrowRight.location], ['ArrowRight', true, true, 0]);
    assert.deepStrictEqual([Control.code, Control.control, Control.location], ['ControlLeft', true, 1]);
    assert.deepStrictEqual([Shift.code, Shift.shift, Shift.location], ['ShiftLeft', true, 1]);
  });

  it('preventDefault keeps a key from the page, and the others keep their order', async () => {
    const { contents, seen, until, text } = await typist();
    contents.on('before-input-event', (event, input) => {
      if (input.key === 'b') event.preventDefault();
    });
    await type('a', 'b', 'c', 'b', 'd');
    await until('keyup d');
    assert.strictEqual(await text(), 'acd');
    assert.deepStrictEqual(await seen(), ['keydown a', 'keyup a', 'keydown c', 'keyup c', 'keydown d', 'keyup d']);
  });

  it('comes before the shortcuts of the menu', async () => {
    const { window, contents, until } = await typist();
    let clicks = 0;
    window.setMenu(Menu.buildFromTemplate([{ label: 'x', submenu: [{ label: 'y', accelerator: 'Ctrl+K', click: () => clicks++ }] }]));
    await type('ctrl+k');
    await waitUntil(() => clicks === 1);
    const stop = (/** @type {any} */ event, /** @type {any} */ input) => {
      if (input.key === 'k') event.preventDefault();
    };
    contents.on('before-input-event', stop);
    await type('ctrl+k', 'z');
    await until('keyup z');
    assert.strictEqual(clicks, 1);
    contents.off('before-input-event', stop);
    await type('ctrl+k');
    await waitUntil(() => clicks === 2);
  });

  it('once, and a page that goes away under its keys', async () => {
    const { window, contents, until } = await typist();
    const keys = [];
    contents.once('before-input-event', (_event, input) => keys.push(input.key));
    await type('a', 'b');
    await until('keyup b');
    assert.deepStrictEqual(keys, ['a']);
    contents.on('before-input-event', () => window.destroy());
    await type('c', 'd');
    await waitUntil(() => window.isDestroyed());
    assert.deepStrictEqual(BrowserWindow.getAllWindows(), []);
  });
});
