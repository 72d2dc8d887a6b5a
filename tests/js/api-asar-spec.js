'use strict';

const { BrowserWindow, utilityProcess } = require('electron');
const assert = require('node:assert');
const childProcess = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { promisify } = require('node:util');
const { Worker } = require('node:worker_threads');
const { closeAllWindows, once, serve, waitUntil } = require('./helpers');
const { preloadFile } = require('./lane-helpers');

/** What the archive of these tests holds. @type {Record<string, string>} */
const FILES = {
  'package.json': '{"name": "in-an-archive", "main": "main.js"}',
  'main.js': 'module.exports = { file: __filename, inner: require("./lib/inner"), dep: require("dep") };',
  'lib/inner.js': 'exports.value = 42; exports.self = require.resolve("./inner");',
  'lib/module.mjs': 'import { helper } from "./helper.mjs"; import fs from "node:fs"; export const answer = helper + fs.readFileSync(new URL("../text.txt", import.meta.url), "utf8").length; export const { filename } = import.meta;',
  'lib/helper.mjs': 'export const helper = 20;',
  'lib/typed.ts': 'const n: number = 5; export const typed: number = n;',
  'node_modules/dep/package.json': '{"name": "dep", "exports": {"require": "./common.js", "import": "./module.mjs"}}',
  'node_modules/dep/common.js': 'module.exports = "common"',
  'node_modules/dep/module.mjs': 'export default "module"',
  'text.txt': 'the text of the archive',
  'empty.txt': '',
  'data.json': '{"key": [1, 2]}',
  'child.js': 'process.send({ file: __filename, read: require("fs").readFileSync(__dirname + "/text.txt", "utf8"), args: process.argv.slice(2) }); process.disconnect();',
  'worker.js': 'const { parentPort, workerData } = require("worker_threads"); parentPort.postMessage([workerData, require("fs").readFileSync(__dirname + "/text.txt", "utf8")]);',
  'utility.js': 'process.parentPort.postMessage(require("fs").readdirSync(__dirname).length);',
  'unpacked/data.bin': 'lies beside the archive',
  'unpacked/run.sh': '#!/bin/sh\necho "unpacked $1"\n',
  'packed.sh': '#!/bin/sh\necho "packed $1"\n',
  'deep/a/b/c.txt': 'c',
  'pages/index.html': `<!doctype html><meta charset="utf-8"><title>in the archive \u00e9</title><link rel="stylesheet" href="style.css">
    <script src="script.js"></script><script type="module" src="module.mjs"></script>
    <img id="image" src="../image.svg"><iframe id="frame" src="frame.html"></iframe><a id="link" href="second.html?x=1#y">next</a>`,
  'pages/style.css': 'body { color: rgb(1, 2, 3); }',
  'pages/script.js': 'window.script = document.currentScript.src;',
  'pages/module.mjs': 'import { part } from "./part.mjs"; window.module = part;',
  'pages/part.mjs': 'export const part = "a part";',
  'pages/data.json': '{"data": 7}',
  'pages/worker.js': 'postMessage("from the worker");',
  'pages/frame.html': '<script>parent.postMessage("from the frame", "*")</script>',
  'pages/second.html': '<title>second</title>',
  'image.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="7" height="5"/>',
};

describe('asar', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-asar-'));
  const archive = path.join(folder, 'app.asar');
  const inside = (...parts) => path.join(archive, ...parts);
  const code = (work) => {
    try {
      work();
    } catch (error) {
      return error.code ?? error.message;
    }
    return 'no error';
  };

  before(() => {
    const source = path.join(folder, 'source');
    for (const [name, text] of Object.entries(FILES)) {
      fs.mkdirSync(path.dirname(path.join(source, name)), { recursive: true });
      fs.writeFileSync(path.join(source, name), text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
    }
    fs.writeFileSync(path.join(source, 'big.bin'), Buffer.alloc(9 << 20, 'abcdefg'));
    fs.symlinkSync('text.txt', path.join(source, 'link.txt'));
    fs.symlinkSync('deep/a', path.join(source, 'link-to-folder'));
    const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
    childProcess.execFileSync(process.execPath, ['asar', 'pack', source, archive, '--unpack-dir', 'unpacked'], { env });
    fs.rmSync(source, { recursive: true });
  });

  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  describe('node:fs', () => {
    it('reads files, by every way', async () => {
      const text = FILES['text.txt'];
      assert.strictEqual(fs.readFileSync(inside('text.txt'), 'utf8'), text);
      assert.deepStrictEqual(fs.readFileSync(inside('text.txt')), Buffer.from(text));
      assert.strictEqual(await promisify(fs.readFile)(inside('text.txt'), 'utf8'), text);
      assert.strictEqual(await fs.promises.readFile(inside('text.txt'), 'utf8'), text);
      assert.strictEqual(fs.readFileSync(pathToFileURL(inside('text.txt')), 'utf8'), text);
      assert.strictEqual(fs.readFileSync(inside('lib', '..', 'text.txt'), 'utf8'), text);
      assert.strictEqual(fs.readFileSync(`${archive}/./deep//a/../../text.txt`, 'utf8'), text);
      assert.strictEqual(fs.readFileSync(inside('empty.txt')).length, 0);
      assert.strictEqual(fs.readFileSync(inside('unpacked/data.bin'), 'utf8'), FILES['unpacked/data.bin']);
      assert.strictEqual(fs.readFileSync(inside('link.txt'), 'utf8'), text);
      assert.strictEqual(fs.readFileSync(inside('link-to-folder/b/c.txt'), 'utf8'), 'c');
      const big = fs.readFileSync(inside('big.bin'));
      assert.ok(big.equals(Buffer.alloc(9 << 20, 'abcdefg')));
    });

    it('reads parts of files, and streams', async () => {
      const descriptor = fs.openSync(inside('big.bin'), 'r');
      const buffer = Buffer.alloc(7);
      assert.strictEqual(fs.readSync(descriptor, buffer, 0, 7, 7 * 1000), 7);
      assert.strictEqual(buffer.toString(), 'abcdefg');
      assert.strictEqual(fs.readSync(descriptor, buffer, 0, 3, null), 3);
      assert.strictEqual(fs.readSync(descriptor, buffer, 0, 3, null), 3);
      assert.strictEqual(buffer.toString('utf8', 0, 3), 'def');
      assert.strictEqual(fs.readSync(descriptor, buffer, 0, 7, 9 << 20), 0);
      assert.strictEqual(fs.fstatSync(descriptor).size, 9 << 20);
      assert.strictEqual(code(() => fs.writeSync(descriptor, 'x')), 'EBADF');
      fs.closeSync(descriptor);
      const handle = await fs.promises.open(inside('text.txt'));
      assert.strictEqual((await handle.readFile('utf8')), FILES['text.txt']);
      await handle.close();
      let text = '';
      for await (const part of fs.createReadStream(inside('text.txt'), { start: 4, end: 7, encoding: 'utf8' })) text += part;
      assert.strictEqual(text, 'text');
      let length = 0;
      for await (const part of fs.createReadStream(inside('big.bin'))) length += part.length;
      assert.strictEqual(length, 9 << 20);
    });

    it('tells what files are', async () => {
      for (const stats of [fs.statSync(inside('text.txt')), await promisify(fs.stat)(inside('text.txt')), await fs.promises.stat(inside('text.txt'))]) {
        assert.deepStrictEqual([stats.isFile(), stats.isDirectory(), stats.size], [true, false, FILES['text.txt'].length]);
        assert.ok(stats.mtime instanceof Date && stats.mtimeMs > 0);
        assert.strictEqual(stats.mode & 0o777, 0o644);
      }
      assert.strictEqual(fs.statSync(inside('packed.sh')).mode & 0o111, 0o111);
      assert.ok(fs.statSync(archive).isDirectory());
      assert.ok(fs.statSync(inside()).isDirectory());
      assert.ok(fs.statSync(inside('lib')).isDirectory());
      assert.ok(fs.lstatSync(inside('link.txt')).isSymbolicLink());
      assert.ok(fs.statSync(inside('link.txt')).isFile());
      assert.ok(fs.statSync(inside('link-to-folder')).isDirectory());
      assert.strictEqual(fs.readlinkSync(inside('link.txt')), 'text.txt');
      assert.notStrictEqual(fs.statSync(inside('text.txt')).ino, fs.statSync(inside('main.js')).ino);
      assert.strictEqual(fs.statSync(inside('unpacked/run.sh')).mode & 0o111, 0o111);
      assert.strictEqual(fs.statSync(inside('gone'), { throwIfNoEntry: false }), undefined);
    });

    it('lists folders', async () => {
      const names = [...new Set([...Object.keys(FILES), 'big.bin', 'link.txt', 'link-to-folder'].map((name) => name.split('/')[0]))].sort();
      assert.deepStrictEqual(fs.readdirSync(archive), names);
      assert.deepStrictEqual(await fs.promises.readdir(archive), names);
      assert.deepStrictEqual((await promisify(fs.readdir)(inside('lib'))).sort(), ['helper.mjs', 'inner.js', 'module.mjs', 'typed.ts']);
      const entries = fs.readdirSync(archive, { withFileTypes: true });
      const kinds = Object.fromEntries(entries.map((entry) => [entry.name, [entry.isFile(), entry.isDirectory(), entry.isSymbolicLink()]]));
      assert.deepStrictEqual(kinds['text.txt'], [true, false, false]);
      assert.deepStrictEqual(kinds.lib, [false, true, false]);
      assert.deepStrictEqual(kinds['link.txt'], [false, false, true]);
      assert.strictEqual(entries[0].parentPath, archive);
      const deep = fs.readdirSync(inside('deep'), { recursive: true });
      assert.deepStrictEqual(deep.sort(), ['a', 'a/b', 'a/b/c.txt']);
      assert.deepStrictEqual((await fs.promises.readdir(inside('deep'), { recursive: true })).sort(), ['a', 'a/b', 'a/b/c.txt']);
      const found = [];
      for await (const entry of await fs.promises.opendir(inside('lib'))) found.push(entry.name);
      assert.strictEqual(found.length, 4);
      const dir = fs.opendirSync(inside('deep'));
      assert.strictEqual(dir.readSync()?.name, 'a');
      assert.strictEqual(dir.readSync(), null);
      dir.closeSync();
      assert.strictEqual(code(() => fs.readdirSync(inside('text.txt'))), 'ENOTDIR');
    });

    it('finds paths', async () => {
      const real = fs.realpathSync(folder);
      assert.strictEqual(fs.realpathSync(inside('link.txt')), path.join(real, 'app.asar', 'text.txt'));
      assert.strictEqual(fs.realpathSync.native(inside('link-to-folder')), path.join(real, 'app.asar', 'deep', 'a'));
      assert.strictEqual(await fs.promises.realpath(inside('lib/inner.js')), path.join(real, 'app.asar/lib/inner.js'));
      assert.deepStrictEqual([inside('text.txt'), inside('lib'), inside('gone'), archive].map((each) => fs.existsSync(each)), [true, true, false, true]);
      fs.accessSync(inside('text.txt'));
      fs.accessSync(inside('text.txt'), fs.constants.R_OK);
      await fs.promises.access(inside('unpacked/data.bin'));
      assert.strictEqual(code(() => fs.accessSync(inside('gone'))), 'ENOENT');
      await assert.rejects(fs.promises.access(inside('gone')), { code: 'ENOENT' });
    });

    it('copies out', async () => {
      const target = path.join(folder, 'copied');
      fs.copyFileSync(inside('text.txt'), target);
      assert.strictEqual(fs.readFileSync(target, 'utf8'), FILES['text.txt']);
      fs.writeFileSync(target, 'it can be written');
      await fs.promises.copyFile(inside('packed.sh'), target);
      assert.strictEqual(fs.readFileSync(target, 'utf8'), FILES['packed.sh']);
      fs.copyFileSync(inside('unpacked/data.bin'), target);
      assert.strictEqual(fs.readFileSync(target, 'utf8'), FILES['unpacked/data.bin']);
      fs.cpSync(inside('deep'), path.join(folder, 'tree'), { recursive: true });
      assert.strictEqual(fs.readFileSync(path.join(folder, 'tree/a/b/c.txt'), 'utf8'), 'c');
    });

    it('refuses what is not there, and every change', async () => {
      assert.strictEqual(code(() => fs.readFileSync(inside('gone'))), 'ENOENT');
      assert.strictEqual(code(() => fs.statSync(inside('text.txt/below'))), 'ENOENT');
      assert.strictEqual(code(() => fs.readFileSync(inside('lib'))), 'EISDIR');
      await assert.rejects(fs.promises.readFile(inside('gone')), { code: 'ENOENT' });
      await assert.rejects(promisify(fs.stat)(inside('gone')), { code: 'ENOENT', syscall: 'stat' });
      const changes = {
        write: () => fs.writeFileSync(inside('new.txt'), 'x'),
        over: () => fs.writeFileSync(inside('text.txt'), 'x'),
        append: () => fs.appendFileSync(inside('text.txt'), 'x'),
        mkdir: () => fs.mkdirSync(inside('folder')),
        unlink: () => fs.unlinkSync(inside('text.txt')),
        rename: () => fs.renameSync(inside('text.txt'), path.join(folder, 'x')),
        chmod: () => fs.chmodSync(inside('text.txt'), 0o600),
        copy: () => fs.copyFileSync(__filename, inside('copy.js')),
        truncate: () => fs.truncateSync(inside('text.txt')),
        utimes: () => fs.utimesSync(inside('text.txt'), 1, 1),
      };
      for (const [name, change] of Object.entries(changes)) assert.strictEqual(code(change), 'ENOTDIR', name);
      assert.strictEqual(fs.readFileSync(inside('text.txt'), 'utf8'), FILES['text.txt']);
    });

    it('leaves other files and folders alone', () => {
      const notes = path.join(folder, 'notes.asar');
      fs.writeFileSync(notes, 'just a file with that name');
      assert.strictEqual(fs.readFileSync(notes, 'utf8'), 'just a file with that name');
      assert.ok(fs.statSync(notes).isFile());
      assert.match(code(() => fs.readFileSync(path.join(notes, 'inside'))), /Invalid package .*notes\.asar/);
      fs.unlinkSync(notes);
      const plain = path.join(folder, 'folder.asar');
      fs.mkdirSync(plain);
      fs.writeFileSync(path.join(plain, 'x'), 'x');
      assert.deepStrictEqual(fs.readdirSync(plain), ['x']);
      fs.copyFileSync(path.join(plain, 'x'), path.join(plain, 'y'));
      fs.rmSync(plain, { recursive: true });
      assert.strictEqual(code(() => fs.readFileSync(path.join(folder, 'gone.asar', 'x'))), 'ENOENT');
    });

    it('compares checksums', () => {
      const changed = path.join(folder, 'changed.asar');
      process.noAsar = true;
      const bytes = fs.readFileSync(archive);
      bytes[bytes.indexOf('the text of the archive')] ^= 1;
      fs.writeFileSync(changed, bytes);
      process.noAsar = false;
      assert.match(code(() => fs.readFileSync(path.join(changed, 'text.txt'))), /text\.txt was changed/);
      assert.match(code(() => fs.copyFileSync(path.join(changed, 'text.txt'), path.join(folder, 'no'))), /was changed/);
      assert.strictEqual(fs.readFileSync(path.join(changed, 'data.json'), 'utf8'), FILES['data.json']);
      // One that takes its place is another archive.
      const original = require('original-fs');
      original.copyFileSync(archive, changed);
      assert.strictEqual(fs.readFileSync(path.join(changed, 'text.txt'), 'utf8'), FILES['text.txt']);
      original.unlinkSync(changed);
      assert.strictEqual(fs.existsSync(path.join(changed, 'text.txt')), false);
    });
  });

  describe('modules', () => {
    it('are required', () => {
      const main = require(archive);
      assert.deepStrictEqual(main, { file: inside('main.js'), inner: { value: 42, self: inside('lib/inner.js') }, dep: 'common' });
      assert.strictEqual(require(inside('data')).key[1], 2);
      assert.strictEqual(require(inside('lib/typed.ts')).typed, 5);
      assert.strictEqual(require.resolve(inside('lib/inner')), inside('lib/inner.js'));
      assert.throws(() => require(inside('gone')), { code: 'MODULE_NOT_FOUND' });
    });

    it('are imported', async () => {
      const module = await import(pathToFileURL(inside('lib/module.mjs')).href);
      assert.strictEqual(module.answer, 20 + FILES['text.txt'].length);
      assert.strictEqual(module.filename, inside('lib/module.mjs'));
      const dep = await import(pathToFileURL(inside('node_modules/dep/module.mjs')).href);
      assert.strictEqual(dep.default, 'module');
      await assert.rejects(import(pathToFileURL(inside('gone.mjs')).href));
    });
  });

  describe('processes and threads', () => {
    it('run scripts out of it', async () => {
      const child = childProcess.fork(inside('child.js'), ['x']);
      const [message] = await once(child, 'message');
      assert.deepStrictEqual(message, { file: inside('child.js'), read: FILES['text.txt'], args: ['x'] });
      const worker = new Worker(inside('worker.js'), { workerData: 'data' });
      assert.deepStrictEqual((await once(worker, 'message'))[0], ['data', FILES['text.txt']]);
      const utility = utilityProcess.fork(inside('utility.js'));
      assert.strictEqual((await once(utility, 'message'))[0], fs.readdirSync(archive).length);
      utility.kill();
      await once(utility, 'exit');
      const printed = childProcess.execFileSync(process.execPath, [inside('lib/module.mjs')], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } });
      assert.strictEqual(String(printed), '');
    });

    it('start programs out of it, where the main script is in it too', () => {
      const main = path.join(folder, 'exec');
      fs.mkdirSync(main);
      fs.writeFileSync(path.join(main, 'main.js'), `
        const { execFileSync, execFile } = require('node:child_process');
        const { promisify } = require('node:util');
        const read = (name) => execFileSync(require('node:path').join(${JSON.stringify(archive)}, name), ['now']).toString().trim();
        promisify(execFile)(require('node:path').join(${JSON.stringify(archive)}, 'packed.sh'), ['later'])
          .then(({ stdout }) => {
            console.log([read('packed.sh'), read('unpacked/run.sh'), stdout.trim()].join(','));
            process.exit(0);
          });
      `);
      const { ELECTRON_RUN_AS_NODE: _, ...env } = process.env;
      childProcess.execFileSync(process.execPath, ['asar', 'pack', main, path.join(folder, 'exec.asar')], { env });
      const temporary = path.join(folder, 'temporary');
      fs.mkdirSync(temporary);
      const output = childProcess.execFileSync(process.execPath, [path.join(folder, 'exec.asar', 'main.js')], { env: { ...env, TMPDIR: temporary, ELECTRON_RUN_AS_NODE: '1' } });
      assert.strictEqual(String(output).trim(), 'packed now,unpacked now,packed later');
      // What was copied out is gone with the process.
      assert.deepStrictEqual(fs.readdirSync(temporary), []);
    });

    it('may have it as a file', () => {
      const run = (env, script) => String(childProcess.execFileSync(process.execPath, ['-p', script], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...env } })).trim();
      const script = `require('fs').statSync(${JSON.stringify(archive)}).isFile()`;
      assert.strictEqual(run({}, script), 'false');
      assert.strictEqual(run({ ELECTRON_NO_ASAR: '1' }, script), 'true');
    });
  });

  describe('pages', () => {
    afterEach(closeAllWindows);

    /** @param {Electron.BrowserWindow} window @param {Function} look */
    const inPage = (window, look) => window.webContents.executeJavaScript(`(${look})()`);
    const address = (name) => pathToFileURL(inside(...name.split('/'))).href;

    it('are shown under their own address, with all that they load', async () => {
      const window = new BrowserWindow({ show: false });
      const events = [];
      for (const event of ['did-start-loading', 'did-start-navigation', 'did-navigate', 'dom-ready', 'did-finish-load', 'did-fail-load', 'did-fail-provisional-load', 'did-stop-loading']) {
        window.webContents.on(event, () => events.push(event));
      }
      await window.loadFile(inside('pages', 'index.html'));
      await waitUntil(() => events.includes('did-stop-loading'));
      assert.deepStrictEqual(events.filter((event) => event !== 'did-start-navigation'), ['did-start-loading', 'did-navigate', 'dom-ready', 'did-finish-load', 'did-stop-loading']);
      assert.strictEqual(window.webContents.getURL(), address('pages/index.html'));
      assert.strictEqual(window.webContents.getTitle(), 'in the archive \u00e9');
      const page = await inPage(window, async () => {
        const image = document.getElementById('image');
        localStorage.kept = 'yes';
        return {
          href: location.href,
          origin: location.origin,
          script: window.script,
          module: window.module,
          color: getComputedStyle(document.body).color,
          image: [image.naturalWidth, image.naturalHeight],
          fetched: await (await fetch('data.json')).json(),
          gone: await fetch('gone.json').then(() => 'there', () => 'gone'),
          asked: await new Promise((resolve) => {
            const request = new XMLHttpRequest();
            request.open('GET', 'data.json');
            request.onload = () => resolve(request.responseText);
            request.send();
          }),
          worker: await new Promise((resolve) => {
            new Worker('worker.js').onmessage = ({ data }) => resolve(data);
          }),
          framed: await new Promise((resolve) => {
            addEventListener('message', ({ data }) => resolve(data));
            document.getElementById('frame').src = 'frame.html?again';
          }),
          kept: localStorage.kept,
        };
      });
      assert.deepStrictEqual(page, {
        href: address('pages/index.html'),
        origin: 'file://',
        script: address('pages/script.js'),
        module: 'a part',
        color: 'rgb(1, 2, 3)',
        image: [7, 5],
        fetched: { data: 7 },
        gone: 'gone',
        asked: FILES['pages/data.json'],
        worker: 'from the worker',
        framed: 'from the frame',
        kept: 'yes',
      });
    });

    it('have preloads, links, a history and reloads', async () => {
      const window = new BrowserWindow({ show: false, webPreferences: { preload: preloadFile("require('electron').contextBridge.exposeInMainWorld('api', { seven: () => 7 })") } });
      await window.loadFile(inside('pages', 'index.html'), { search: 'a=1', hash: 'there' });
      assert.deepStrictEqual(await inPage(window, () => [window.api.seven(), location.search, location.hash]), [7, '?a=1', '#there']);
      const contents = window.webContents;
      const second = once(contents, 'did-finish-load');
      await inPage(window, () => document.getElementById('link').click());
      await second;
      assert.strictEqual(contents.getURL(), `${address('pages/second.html')}?x=1#y`);
      assert.strictEqual(await inPage(window, () => window.api.seven()), 7);
      assert.ok(contents.navigationHistory.canGoBack());
      const back = once(contents, 'did-finish-load');
      contents.navigationHistory.goBack();
      await back;
      assert.strictEqual(await inPage(window, () => location.pathname.split('/').pop()), 'index.html');
      assert.ok(contents.navigationHistory.canGoForward());
      const again = once(contents, 'did-finish-load');
      contents.reload();
      await again;
      assert.strictEqual(await inPage(window, () => location.pathname.split('/').pop()), 'index.html');
      assert.ok(contents.navigationHistory.canGoForward());
    });

    it('fail to load when they are not in it', async () => {
      const window = new BrowserWindow({ show: false });
      await assert.rejects(window.loadFile(inside('pages', 'gone.html')), /ERR_FILE_NOT_FOUND|ERR_FAILED/);
    });

    it('keep what is in it from pages of servers', async () => {
      const server = await serve((_request, response) => response.setHeader('content-type', 'text/html').end('<title>remote</title>'));
      const window = new BrowserWindow({ show: false });
      try {
        await window.loadURL(server.url);
        for (const scheme of ['shell-asar', 'file']) {
          const url = address('pages/data.json').replace('file', scheme);
          const read = await window.webContents.executeJavaScript(`fetch(${JSON.stringify(url)}).then((answer) => answer.text(), () => 'refused')`);
          assert.strictEqual(read, 'refused', scheme);
        }
      } finally {
        await server.close();
      }
    });
  });

  describe('as a file', () => {
    it('is what process.noAsar sees', () => {
      assert.strictEqual(Boolean(process.noAsar), false);
      process.noAsar = true;
      try {
        assert.ok(fs.statSync(archive).isFile());
        assert.strictEqual(code(() => fs.readFileSync(inside('text.txt'))), 'ENOTDIR');
      } finally {
        process.noAsar = false;
      }
      assert.ok(fs.statSync(archive).isDirectory());
    });

    it('is what original-fs sees', async () => {
      const original = require('original-fs');
      assert.notStrictEqual(original, fs);
      assert.strictEqual(require('node:original-fs'), original);
      assert.strictEqual((await import('original-fs')).default, original);
      assert.strictEqual((await import('original-fs')).readFileSync, original.readFileSync);
      assert.ok(original.statSync(archive).isFile());
      assert.ok((await original.promises.stat(archive)).isFile());
      assert.ok((await promisify(original.stat)(archive)).isFile());
      assert.strictEqual(original.existsSync(inside('text.txt')), false);
      assert.strictEqual(code(() => original.readFileSync(inside('text.txt'))), 'ENOTDIR');
      const { size } = original.statSync(archive);
      assert.strictEqual(original.readFileSync(archive).length, size);
      let length = 0;
      for await (const part of original.createReadStream(archive)) length += part.length;
      assert.strictEqual(length, size);
      assert.strictEqual(original.constants, fs.constants);
      assert.strictEqual(original.Stats, fs.Stats);
      original.copyFileSync(archive, path.join(folder, 'moved.asar'));
      original.renameSync(path.join(folder, 'moved.asar'), path.join(folder, 'other.asar'));
      assert.strictEqual(fs.readFileSync(path.join(folder, 'other.asar', 'text.txt'), 'utf8'), FILES['text.txt']);
      original.rmSync(path.join(folder, 'other.asar'));
      assert.ok(fs.statSync(archive).isDirectory());
    });
  });
});
