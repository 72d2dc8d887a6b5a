'use strict';

const { shell } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { waitUntil } = require('./helpers');

describe('shell', () => {
  let folder;
  let log;
  let exitCode;
  const oldPath = process.env.PATH;

  // An opener of our own notes what it was asked to open and ends as the test wishes.
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'opener-'));
    log = path.join(folder, 'log');
    exitCode = path.join(folder, 'exit-code');
    const script = `#!/bin/sh\nprintf '%s\\n' "$(basename "$0")" "$#" "$@" >> '${log}'\nexit $(cat '${exitCode}' 2>/dev/null || echo 0)\n`;
    for (const name of ['xdg-open', 'gdbus', 'gio']) fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
    process.env.PATH = `${folder}:${oldPath}`;
  });
  after(() => {
    process.env.PATH = oldPath;
    fs.rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    for (const file of [log, exitCode]) fs.rmSync(file, { force: true });
  });

  const opened = () => (fs.existsSync(log) ? fs.readFileSync(log, 'utf8').split('\n').slice(0, -1) : []);

  describe('openExternal', () => {
    it('hands the address to the desktop', async () => {
      for (const url of ['https://example.com/a?b=c&d=%20e', 'mailto:a@b.c?subject=x', 'file:///tmp/x']) {
        fs.rmSync(log, { force: true });
        await shell.openExternal(url);
        assert.deepStrictEqual(opened(), ['xdg-open', '1', url]);
      }
    });

    it('rejects when nothing was opened', async () => {
      fs.writeFileSync(exitCode, '3');
      await assert.rejects(shell.openExternal('https://example.com/'), Error);
    });

    it('refuses what no program should be given (S16)', async () => {
      const wrong = [
        '', 'no url', 'javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'blob:null/x', 'about:blank',
        'https://a/\0', 'https://a/\nb', 'https://a/\tb', `https://a/${'x'.repeat(1024 * 1024)}`, '-h', '--help',
      ];
      for (const url of wrong) await assert.rejects(shell.openExternal(url), Error, url.slice(0, 40));
      assert.deepStrictEqual(opened(), []);
    });

    it('gives quotes as they are, to no shell', async () => {
      await shell.openExternal('https://a/?q=$(touch x)\'"`;|&');
      const [, count, url] = opened();
      assert.strictEqual(count, '1');
      assert.ok(url.startsWith('https://a/?q=$(touch'), url);
    });

    it('wants a string', async () => {
      await assert.rejects(shell.openExternal(5), TypeError);
      await assert.rejects(shell.openExternal(), TypeError);
    });
  });

  describe('openPath', () => {
    it('resolves with nothing when it was opened', async () => {
      assert.strictEqual(await shell.openPath(__filename), '');
      assert.deepStrictEqual(opened(), ['xdg-open', '1', __filename]);
    });

    it('resolves with what went wrong', async () => {
      assert.strictEqual(await shell.openPath('/does/not/exist'), 'The item does not exist');
      assert.notStrictEqual(await shell.openPath('/a\0b'), '');
      fs.writeFileSync(exitCode, '4');
      assert.notStrictEqual(await shell.openPath(__filename), '');
    });

    it('makes no option of a name', async () => {
      const name = path.join(folder, '--help');
      fs.writeFileSync(name, '');
      assert.strictEqual(await shell.openPath(name), '');
      assert.deepStrictEqual(opened(), ['xdg-open', '1', name]);
    });
  });

  describe('showItemInFolder', () => {
    it('asks the file manager', async () => {
      shell.showItemInFolder("/tmp/it's here");
      await waitUntil(() => opened().length > 0);
      const call = opened();
      assert.strictEqual(call[0], 'gdbus');
      assert.ok(call.includes("['file:///tmp/it%27s%20here']"), call.join(' '));
    });

    it('opens the folder without a file manager', async () => {
      fs.writeFileSync(exitCode, '1');
      shell.showItemInFolder('/tmp/x');
      await waitUntil(() => opened().includes('xdg-open'));
      assert.strictEqual(opened().at(-1), '/tmp');
    });
  });

  describe('trashItem', () => {
    it('asks gio', async () => {
      await shell.trashItem('/tmp/x');
      assert.deepStrictEqual(opened(), ['gio', '2', 'trash', '/tmp/x']);
    });

    it('rejects when it fails', async () => {
      fs.writeFileSync(exitCode, '1');
      await assert.rejects(shell.trashItem('/tmp/x'), { message: 'Failed to move item to trash' });
    });
  });

  it('beeps', () => assert.strictEqual(shell.beep(), undefined));

  it('has shortcut links on Windows only', () => {
    if (process.platform === 'win32') return;
    assert.strictEqual(shell.readShortcutLink, undefined);
    assert.strictEqual(shell.writeShortcutLink, undefined);
  });
});
