'use strict';

const { BrowserWindow, dialog } = require('electron');
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { closeAllWindows, once, waitUntil } = require('./helpers');

/** Runs xdotool. */
const xdotool = (...args) =>
  new Promise((resolve) => {
    execFile('xdotool', args, (_, stdout) => resolve(stdout));
  });

/** Waits for a dialog's window, by its title. @param {string} title */
const shown = (title) => waitUntil(async () => (await xdotool('search', '--onlyvisible', '--name', `^${title}$`)) !== '');

/**
 * Presses a key in a dialog until it closes: when it listens is told to nobody, and one of files has to find those first. From a process of its
 * own, because a dialog may block this one.
 * @param {string} title @param {string} key
 */
async function press(title, key) {
  const script = `for i in $(seq 250); do w=$(xdotool search --onlyvisible --name '^${title}$' | head -n 1);
    if [ -n "$w" ]; then seen=1; xdotool windowfocus --sync $w key ${key}; elif [ -n "$seen" ]; then exit 0; fi; sleep 0.2; done; exit 1`;
  const [code] = await once(execFile('sh', ['-c', script]), 'exit');
  assert.strictEqual(code, 0, `no dialog called ${title} came and went`);
}

describe('dialog', () => {
  afterEach(closeAllWindows);

  describe('checks', () => {
    const cases = [
      ['showOpenDialog', { properties: false }, 'Properties must be an array'],
      ['showOpenDialog', { title: 300 }, 'Title must be a string'],
      ['showOpenDialog', { buttonLabel: [] }, 'Button label must be a string'],
      ['showOpenDialog', { defaultPath: {} }, 'Default path must be a string'],
      ['showOpenDialog', { message: {} }, 'Message must be a string'],
      ['showSaveDialog', { title: 300 }, 'Title must be a string'],
      ['showSaveDialog', { buttonLabel: [] }, 'Button label must be a string'],
      ['showSaveDialog', { defaultPath: {} }, 'Default path must be a string'],
      ['showSaveDialog', { message: {} }, 'Message must be a string'],
      ['showSaveDialog', { nameFieldLabel: {} }, 'Name field label must be a string'],
      ['showMessageBox', { type: 'not-a-valid-type', message: '' }, 'Invalid message box type'],
      ['showMessageBox', { buttons: false, message: '' }, 'Buttons must be an array'],
      ['showMessageBox', { title: 300, message: '' }, 'Title must be a string'],
      ['showMessageBox', { message: [] }, 'Message must be a string'],
      ['showMessageBox', { detail: 3.14, message: '' }, 'Detail must be a string'],
      ['showMessageBox', { checkboxLabel: false, message: '' }, 'checkboxLabel must be a string'],
      ['showMessageBox', { noLink: 'a', message: '' }, 'noLink must be a boolean'],
    ];
    for (const [method, options, message] of cases) {
      it(`${method}: ${message}`, () => {
        assert.throws(() => dialog[method](options), { name: 'TypeError', message });
        assert.throws(() => dialog[`${method}Sync`](null, options), { name: 'TypeError', message });
      });
    }

    it('a checked box needs a label', () => {
      const message = 'checkboxChecked requires that checkboxLabel also be passed';
      assert.throws(() => dialog.showMessageBox({ checkboxChecked: true, message: '' }), { name: 'Error', message });
    });

    it('filters are objects', () => {
      assert.throws(() => dialog.showOpenDialog({ filters: 'txt' }), TypeError);
      assert.throws(() => dialog.showOpenDialog({ filters: [null] }), TypeError);
    });
  });

  describe('showMessageBox', () => {
    it('with an aborted signal resolves without a response', async () => {
      const result = await dialog.showMessageBox({ message: 'x', buttons: ['OK', 'Cancel'], signal: AbortSignal.abort() });
      assert.deepStrictEqual(result, { cancelId: 1, checkboxChecked: false });
    });

    it('knows which button cancels', async () => {
      const signal = AbortSignal.abort();
      const cancelId = async (options) => (await dialog.showMessageBox({ message: '', signal, ...options })).cancelId;
      assert.strictEqual(await cancelId({ buttons: ['a', 'CANCEL'] }), 1);
      assert.strictEqual(await cancelId({ buttons: ['a', 'b', 'No'] }), 2);
      assert.strictEqual(await cancelId({ buttons: ['a', 'b'] }), 0);
      assert.strictEqual(await cancelId({ buttons: ['a', 'b'], defaultId: 0 }), 1);
      assert.strictEqual(await cancelId({ buttons: ['a'], defaultId: 0 }), 0);
      assert.strictEqual(await cancelId({ buttons: ['a', 'b'], cancelId: 7 }), 7);
    });

    it('is closed by its signal', async () => {
      const controller = new AbortController();
      const options = { title: 'Signal', message: 'wait', buttons: ['a', 'b', 'Cancel'], signal: controller.signal };
      const answer = dialog.showMessageBox(options);
      await shown('Signal');
      controller.abort();
      assert.deepStrictEqual(await answer, { response: 2, checkboxChecked: false });
    });

    it('is closed by its signal at once', async () => {
      const controller = new AbortController();
      const answer = dialog.showMessageBox({ message: 'wait', buttons: ['a', 'Cancel'], signal: controller.signal });
      controller.abort();
      assert.strictEqual((await answer).response, 1);
    });

    it('takes keys', async () => {
      const answer = dialog.showMessageBox({ title: 'Keys One', message: 'm', buttons: ['yes', 'other', 'Cancel'], defaultId: 1 });
      await press('Keys One', 'Return');
      assert.strictEqual((await answer).response, 1);
      const second = dialog.showMessageBox({ title: 'Keys Two', message: 'm', buttons: ['yes', 'other', 'Cancel'] });
      await press('Keys Two', 'Escape');
      assert.strictEqual((await second).response, 2);
    });

    it('keeps the mark of its checkbox', async () => {
      const controller = new AbortController();
      const options = { title: 'Checkbox', message: 'm', checkboxLabel: 'again', checkboxChecked: true, signal: controller.signal };
      const answer = dialog.showMessageBox(options);
      await shown('Checkbox');
      controller.abort();
      assert.strictEqual((await answer).checkboxChecked, true);
    });

    it('belongs to a window', async () => {
      const window = new BrowserWindow({ width: 300, height: 200 });
      const controller = new AbortController();
      const answer = dialog.showMessageBox(window, { title: 'Belongs', message: 'm', signal: controller.signal });
      await shown('Belongs');
      controller.abort();
      assert.strictEqual((await answer).response, 0);
    });

    it('of a window that goes away is cancelled (R32)', async () => {
      const window = new BrowserWindow({ width: 300, height: 200 });
      const answer = dialog.showMessageBox(window, { title: 'Goes away', message: 'm', buttons: ['a', 'b', 'Cancel'] });
      await shown('Goes away');
      window.destroy();
      assert.deepStrictEqual(await answer, { response: 2, checkboxChecked: false });
    });

    it('may be open several times', async () => {
      const controller = new AbortController();
      const { signal } = controller;
      const answers = [1, 2, 3].map((number) => dialog.showMessageBox({ title: `Several ${number}`, message: `${number}`, buttons: ['a'], signal }));
      for (const number of [1, 2, 3]) await shown(`Several ${number}`);
      controller.abort();
      assert.deepStrictEqual((await Promise.all(answers)).map(({ response }) => response), [0, 0, 0]);
    });

    it('takes text of any kind (S42)', async () => {
      const controller = new AbortController();
      const strange = '<b>&amp;</b> \0 \u202e rtl \u{1f600}';
      const answer = dialog.showMessageBox({
        message: strange, detail: strange.repeat(1000), title: strange, buttons: [strange], checkboxLabel: strange, signal: controller.signal,
      });
      await shown('<b>.*');
      controller.abort();
      assert.strictEqual((await answer).response, 0);
    });
  });

  it('showMessageBoxSync waits for the answer', () => {
    press('Sync Box', 'Return');
    assert.strictEqual(dialog.showMessageBoxSync({ title: 'Sync Box', message: 'm', buttons: ['a', 'b'], defaultId: 1 }), 1);
  });

  it('showErrorBox waits until it was read', () => {
    press('Error', 'Return');
    dialog.showErrorBox('Title', 'What went wrong');
    assert.throws(() => dialog.showErrorBox(3, 'x'), TypeError);
  });

  describe('file dialogs', () => {
    it('that are cancelled answer nothing', async () => {
      const open = dialog.showOpenDialog({ title: 'Open One', defaultPath: os.tmpdir() });
      await press('Open One', 'Escape');
      assert.deepStrictEqual(await open, { canceled: true, filePaths: [] });
      const save = dialog.showSaveDialog({ title: 'Save One', defaultPath: os.tmpdir() });
      await press('Save One', 'Escape');
      assert.deepStrictEqual(await save, { canceled: true, filePath: '' });
    });

    it('that are cancelled answer nothing, waiting', () => {
      press('Open Two', 'Escape');
      assert.strictEqual(dialog.showOpenDialogSync({ title: 'Open Two', properties: ['openDirectory'] }), undefined);
      press('Save Two', 'Escape');
      assert.strictEqual(dialog.showSaveDialogSync({ title: 'Save Two' }), '');
    });

    it('answer chosen files and folders', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dialog-'));
      const file = path.join(folder, 'a file.txt');
      fs.writeFileSync(file, '');
      const openFile = dialog.showOpenDialog({ title: 'Open Four', defaultPath: file, filters: [{ name: 'All', extensions: ['*'] }] });
      await press('Open Four', 'Return');
      assert.deepStrictEqual(await openFile, { canceled: false, filePaths: [file] });
      const openFolder = dialog.showOpenDialog({ title: 'Open Five', defaultPath: folder, properties: ['openDirectory', 'multiSelections'] });
      await press('Open Five', 'Return');
      assert.deepStrictEqual(await openFolder, { canceled: false, filePaths: [folder] });
      fs.rmSync(folder, { recursive: true });
    });

    it('answer the chosen path', async () => {
      const target = `${os.tmpdir()}/chosen-by-a-spec.txt`;
      const save = dialog.showSaveDialog({ title: 'Save Three', defaultPath: target, filters: [{ name: 'Text', extensions: ['txt'] }] });
      await press('Save Three', 'Return');
      assert.deepStrictEqual(await save, { canceled: false, filePath: target });
    });
  });

  it('has no certificate dialog yet', () => {
    assert.throws(() => dialog.showCertificateTrustDialog({}), /is not implemented on/);
  });
});
