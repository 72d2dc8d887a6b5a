'use strict';

// ES modules in preloads and in pages with Node.

const { BrowserWindow, ipcMain } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload, pageFile, portable } = require('./lane-helpers');

describe('legacy ES modules', function () {
  // Some open many windows.
  this.timeout(60_000);
  let folder;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-modules-'));
  });
  afterEach(async () => {
    await closeAllWindows();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Writes files. @param {Record<string, string>} files by name */
  function write(files) {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, text);
    }
  }

  /** A window whose preload is a file of the folder. */
  async function open(preload = 'preload.mjs', html = '', webPreferences = {}) {
    const window = new BrowserWindow({ show: false, webPreferences: { sandbox: false, preload: path.join(folder, preload), ...webPreferences } });
    await window.loadFile(pageFile(html));
    return window;
  }

  /** What a preload sends as `told`, or the error that ended it. @param {Record<string, string>} files @param {string} [preload] @param {object} [webPreferences] */
  async function told(files, preload = 'preload.mjs', webPreferences = {}) {
    write(files);
    const window = new BrowserWindow({ show: false, webPreferences: { sandbox: false, preload: path.join(folder, preload), ...webPreferences } });
    const answer = once(ipcMain, 'told').then(([, value]) => value);
    const failure = once(window.webContents, 'preload-error').then(([, , error]) => error);
    await window.loadFile(pageFile(''));
    return Promise.race([answer, failure]).finally(() => ipcMain.removeAllListeners('told'));
  }

  it('import Node, Electron, files, packages and JSON', async () => {
    const found = await told({
      'preload.mjs': `#!/usr/bin/env node
        import electron, { contextBridge, ipcRenderer as ipc } from 'electron';
        import fs, { readFileSync } from 'node:fs';
        import * as path from 'path';
        import { EventEmitter, once as onceOf } from 'events';
        import { twice } from 'esm/sub';
        import cjs, { made, viaDefine } from 'cjs';
        import data from './data.json' with { type: 'json' };
        import own, { "a name" as odd } from './own.mjs';
        ipc.send('told', [
          electron.ipcRenderer === ipc, typeof contextBridge.exposeInMainWorld, fs.readFileSync === readFileSync, path.basename('/a/b'), typeof EventEmitter, onceOf === EventEmitter.once,
          twice(2), cjs.made, made, viaDefine, Object.isFrozen(data), data, own, odd, [typeof process, typeof Buffer, typeof global, typeof setImmediate], [typeof require, typeof module, typeof __filename, this]
        ]);`,
      'own.mjs': "const odd = 'odd'; export default 'own'; export { odd as 'a name' };",
      'data.json': '{"deep": [1, {"two": null}]}',
      'node_modules/esm/package.json': '{"name":"esm","exports":{"./sub":{"require":"./no.cjs","import":"./lib/sub.js"}},"type":"module"}',
      'node_modules/esm/lib/sub.js': "export { twice } from './twice.js';",
      'node_modules/esm/lib/twice.js': 'export const twice = (x) => x * 2;',
      'node_modules/cjs/package.json': '{"name":"cjs","main":"lib"}',
      'node_modules/cjs/lib/index.js': "exports.made = require('./part').part; Object.defineProperty(exports, 'viaDefine', { enumerable: true, value: 3 });",
      'node_modules/cjs/lib/part.js': 'exports.part = __filename.slice(-7);',
    });
    assert.deepStrictEqual(found, [
      true, 'function', true, 'b', 'function', true, 4, 'part.js', 'part.js', 3, false, { deep: [1, { two: null }] }, 'own', 'odd', ['object', 'function', 'object', 'function'],
      ['undefined', 'undefined', 'undefined', undefined],
    ]);
  });

  it('run before the first script of the page, also what they await at once', async () => {
    write({ 'preload.mjs': "import { contextBridge } from 'electron'; import { late } from './late.mjs'; contextBridge.exposeInMainWorld('order', [late]);", 'late.mjs': 'export const late = await Promise.resolve(5);' });
    const window = await open('preload.mjs', '<script>window.seen = typeof order === "object" ? order[0] : typeof order</script>');
    assert.strictEqual(await window.webContents.executeJavaScript('seen'), 5);
  });

  it('have the page wait for what they await, whatever its policy', async () => {
    const preload = `
      import fs from 'node:fs';
      import { contextBridge, ipcRenderer } from 'electron';
      const text = await fs.promises.readFile(import.meta.filename, 'utf8');
      const answer = await ipcRenderer.invoke('late');
      await new Promise((resolve) => { setTimeout(resolve, 50); });
      const late = [text.length > 0, answer];
      if (process.contextIsolated) contextBridge.exposeInMainWorld('late', late);
      else window.late = late;`;
    write({ 'preload.mjs': preload, 'failing.mjs': "await new Promise((resolve) => { setTimeout(resolve, 50); }); globalThis.process.emit('x'); throw new Error('late');" });
    const html = `<meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'">
      <script>window.seen = [['inline', typeof late, document.querySelectorAll('link').length]]; addEventListener('DOMContentLoaded', () => seen.push(['ready', typeof late]));</script>
      <script type="module">seen.push(['module', typeof late]);</script><p>text</p>`;
    ipcMain.handle('late', () => new Promise((resolve) => { setTimeout(resolve, 50, 'answer'); }));
    try {
      for (const webPreferences of [{}, { contextIsolation: false }]) {
        const window = await open('preload.mjs', html, webPreferences);
        const told = await window.webContents.executeJavaScript("[seen, late, document.querySelectorAll('link').length]");
        assert.deepStrictEqual(told, [[['inline', 'object', 0], ['module', 'object'], ['ready', 'object']], [true, 'answer'], 0]);
      }
    } finally {
      ipcMain.removeHandler('late');
    }
    const failed = new BrowserWindow({ show: false, webPreferences: { sandbox: false, preload: path.join(folder, 'failing.mjs') } });
    const error = once(failed.webContents, 'preload-error');
    await failed.loadFile(pageFile(html));
    assert.strictEqual((await error)[2].message, 'late');
    assert.strictEqual(await failed.webContents.executeJavaScript('seen.length'), 3);
  });

  it('S2 leave nothing in the page', async () => {
    write({ 'preload.mjs': "import fs from 'fs'; export const kept = fs; globalThis.mine = 1; const dynamic = await import('./other.mjs');", 'other.mjs': 'export default 1;' });
    const window = await open();
    assert.deepStrictEqual(await window.webContents.executeJavaScript('[typeof require, typeof process, typeof mine, typeof kept, typeof fs, typeof Buffer]'), Array(6).fill('undefined'));
  });

  it('have live bindings, cycles and hoisted functions', async () => {
    const found = await told({
      'preload.mjs': `
        import { ipcRenderer } from 'electron';
        import named, { count, more, Thing as Renamed, outer } from './a.mjs';
        import * as all from './a.mjs';
        export { count as again, more };
        const seen = [count];
        more();
        seen.push(count, all.count, { count }.count)
        more\`tagged\`
        seen.push(count)
        ;[1].forEach(() => { const { count: inner = count } = {}; seen.push(inner) })
        for (const count of ['shadow']) seen.push(count);
        const failed = (work) => { try { work(); return 'nothing' } catch (error) { return error.name } };
        ipcRenderer.send('told', [
          seen, named(), named.name, new Renamed().name, outer, Object.keys(all), all[Symbol.toStringTag], failed(() => { all.count = 1 }), failed(() => { all.other = 1 }), failed(() => { count = 5 }),
        ]);`,
      'a.mjs': `
        import { fromB, useA } from './b.mjs'
        export let count = 0
        export function more() { count++; return this }
        export default function () { return [fromB, useA(), more() === undefined] }
        export class Thing { name = 'thing' }
        export const { x: outer, ...[] } = { x: 'outer' }
        export * as nested from './b.mjs'
        export * from './b.mjs'`.replace(', ...[] ', ' '),
      'b.mjs': `
        import { more, later } from './c.mjs';
        import { count } from './a.mjs';
        const early = (() => { try { return count } catch (error) { return error.name } })();
        export const fromB = [early, later()];
        export const useA = () => count;
        export default 'not passed on';`,
      'c.mjs': "import { callB } from './d.mjs'; export function later() { return callB(); } export const more = 1;",
      'd.mjs': "import { later } from './c.mjs'; export function callB() { return typeof later; }",
    });
    assert.deepStrictEqual(found, [
      [0, 1, 1, 1, 2, 2, 'shadow'], [['ReferenceError', 'function'], 2, true], 'default', 'thing', 'outer', ['Thing', 'count', 'default', 'fromB', 'more', 'nested', 'outer', 'useA'], 'Module',
      'TypeError', 'TypeError', 'TypeError',
    ]);
  });

  it('tell where they are, and who is in their stacks', async () => {
    const found = await told({
      'preload.mjs': `import { ipcRenderer } from 'electron';
import {
  fail,
} from './fail.mjs';
const { url, filename, dirname } = import.meta;
const resolved = ['./x.mjs', 'fs', 'electron', '/abs.mjs', 'pkg'].map((name) => import.meta.resolve(name));
ipcRenderer.send('told', { url, filename, dirname, resolved, stack: fail().stack, keys: Object.keys(import.meta) });`,
      'fail.mjs': '\n\nexport default 1; export const fail = () => {\n  return new Error("where"); };',
      'node_modules/pkg/package.json': '{"main":"main.js"}',
      'node_modules/pkg/main.js': '',
    });
    const address = (name) => pathToFileURL(path.join(folder, name)).href;
    assert.deepStrictEqual([found.url, found.filename, found.dirname], [address('preload.mjs'), path.join(folder, 'preload.mjs'), folder]);
    assert.deepStrictEqual(found.resolved, [address('x.mjs'), 'node:fs', 'electron:electron', 'file:///abs.mjs', address('node_modules/pkg/main.js')]);
    assert.deepStrictEqual(found.keys.sort(), ['dirname', 'filename', 'resolve', 'url']);
    if (!portable) assert.deepStrictEqual([found.stack.includes(`${address('fail.mjs')}:4:`), found.stack.includes(`${address('preload.mjs')}:7:`)], [true, true]);
  });

  it('import on demand, from modules and from scripts', async () => {
    const found = await told({
      'preload.mjs': `
        import { ipcRenderer } from 'electron';
        import { createRequire } from 'module';
        const failure = (work) => work.then(() => 'nothing', (error) => [error.name, error.code]);
        const namespace = await import('./plain.mjs');
        const require = createRequire(import.meta.url);
        ipcRenderer.send('told', [
          namespace.default, namespace === await import('./plain.mjs'), (await import('node:os')).default.EOL, (await import('./data.json', { with: { type: 'json' } })).default,
          await failure(import('./nothing.mjs')), await failure(import('no-such-package')), await failure(import('./data.json')), await failure(import('./plain.mjs', { with: { type: 'json' } })),
          await failure(import('./throws.mjs')), await failure(import('./throws.mjs')), await failure(import('https://example.com/x.mjs')), (await import('data:text/javascript,export default 6')).default,
          await require('./script.cjs').viaScript(), await require('./script.cjs')['import']('as a method'), require('./plain.mjs') === require('./plain.mjs'), require('./plain.mjs').default, require('./plain.mjs').__esModule,
          require('./names.mjs'), await failure((async () => require('./waits.mjs'))()), (await import('./waits.mjs')).waited,
        ]);`,
      'plain.mjs': 'export default 4;',
      'names.mjs': "export { it as 'module.exports' }; const it = 'the module itself'; export default 2;",
      'waits.mjs': "export const waited = await new Promise((resolve) => setTimeout(resolve, 1, 'waited'));",
      'data.json': '[7]',
      'throws.mjs': "throw Object.assign(new RangeError('mine'), { code: 'MINE' });",
      'script.cjs': "// import('in a comment')\nexports.viaScript = async () => [(await import('./plain.mjs')).default, 'import(\\'text\\')', `${(await import('./plain.mjs')).default}`];\nexports.import = (text) => text;",
    });
    assert.deepStrictEqual(found, [
      4, true, os.EOL, [7],
      ['Error', 'ERR_MODULE_NOT_FOUND'], ['Error', 'ERR_MODULE_NOT_FOUND'], ['TypeError', 'ERR_IMPORT_ATTRIBUTE_MISSING'], ['TypeError', 'ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE'],
      ['RangeError', 'MINE'], ['RangeError', 'MINE'], ['TypeError', 'ERR_UNSUPPORTED_ESM_URL_SCHEME'], 6,
      [4, "import('text')", '4'], 'as a method', true, 4, true, 'the module itself', ['Error', 'ERR_REQUIRE_ASYNC_MODULE'], 'waited',
    ]);
  });

  it('keep what surrounds their module syntax', async () => {
    const found = await told({
      'preload.mjs': `
        import { ipcRenderer } from 'electron'
        import { call, tag, list, Base, value, key } from './parts.mjs'
        const out = []
        let before = 1
        call(out, 'statement')
        if (before) call(out, 'if'); else call(out, 'else')
        do call(out, 'do')
        while (before-- > 1)
        label: call(out, 'label')
        switch (1) { case 1: before
          call(out, 'case') }
        const arrow = () =>
          call(out, 'arrow')
        arrow(), call(out, 'comma'), (call)(out, 'paren'), call?.(out, 'optional')
        out.push(tag\`a\${value}b\`, [...list].length, new Base(value).kept, { value, call }.value, { [key]: 1 }, typeof value, \`\${value}\`, { a: value, value: 'own' })
        class Sub extends Base { field = value; static of = value; [key]() { return super.get() + value } }
        out.push(new Sub(3)[key](), new Sub().field, Sub.of, (({ value: v = value }) => v)({}), ((value) => value)('parameter'))
        { let value = 'block'; out.push(value) }
        function hoisted() { return value } var hoistedToo = value
        out.push(hoisted(), hoistedToo, (() => { var call = 'local'; return call })())
        try { throw value } catch (value) { out.push(['caught', value]) }
        export default class { static own = value }
        export { out as default2 }
        const { default: Anonymous } = await import('./anonymous.mjs')
        out.push(Anonymous.name, Anonymous.made().name, new (await import('./anonymous.mjs')).Late().late)
        ipcRenderer.send('told', out)`,
      'parts.mjs': `
        export const call = function (out, text) { out.push([text, this === undefined]) }
        export function tag(strings, ...values) { return [this === undefined, strings.raw.join('|'), values] }
        export const list = new Set([1, 2]), value = 'v', key = 'k'
        export class Base { constructor(kept) { this.kept = kept } get() { return 'got' } }
        export async function* unused() { for await (const x of []) yield x }`,
      'anonymous.mjs': "export default /* not ( here */ class { static made() { return Made } }\nconst Made = class {}; export class Late { late = 'late' }",
    });
    assert.deepStrictEqual(found, [
      ...['statement', 'if', 'do', 'label', 'case', 'arrow', 'comma', 'paren', 'optional'].map((text) => [text, true]),
      [true, 'a|b', ['v']], 2, 'v', 'v', { k: 1 }, 'string', 'v', { a: 'v', value: 'own' }, 'gotv', 'v', 'v', 'v', 'parameter', 'block', 'v', 'v', 'local', ['caught', 'v'],
      'default', 'Made', 'late',
    ]);
  });

  it('say what is wrong with them before any of them runs', async () => {
    const loud = "import { ipcRenderer } from 'electron'; ipcRenderer.send('told', 'ran');";
    for (const [files, expected] of /** @type {[Record<string, string>, RegExp][]} */ ([
      [{ 'preload.mjs': "import './loud.mjs'; import { missing } from './other.mjs';", 'other.mjs': 'export const there = 1;' }, /^SyntaxError: The requested module '\.\/other\.mjs' does not provide an export named 'missing'/],
      [{ 'preload.mjs': "import './loud.mjs'; import { twice } from './other.mjs';", 'other.mjs': "export * from './x.mjs'; export * from './y.mjs';", 'x.mjs': 'export const twice = 1;', 'y.mjs': 'export const twice = 2;' }, /conflicting star exports for name 'twice'/],
      [{ 'preload.mjs': "import './loud.mjs'; import './no.mjs';" }, /^Error: .*Cannot find module '.*no\.mjs' imported from .*preload\.mjs/],
      [{ 'preload.mjs': "import './loud.mjs'; import './bad.mjs';", 'bad.mjs': 'const = 1;' }, /^SyntaxError: .*bad\.mjs:1:7/s],
      [{ 'preload.mjs': "import './loud.mjs'; import x from './data.json';", 'data.json': '1' }, /needs an import attribute of "type: json"/],
      [{ 'preload.mjs': "import './loud.mjs'; import x from './data.json' with { type: 'css' };", 'data.json': '1' }, /"type" with value "css" is not supported/],
      [{ 'preload.mjs': "import './loud.mjs'; import './folder/index';", 'folder/index/x': '' }, /Directory import/],
    ])) {
      const error = await told({ 'loud.mjs': loud, ...files });
      assert.match(String(error), expected);
    }
  });

  it('tell of what they throw, also later', async () => {
    assert.match(String(await told({ 'preload.mjs': "import 'fs'; throw new RangeError('at once');" })), /RangeError: at once/);
    assert.match(String(await told({ 'preload.mjs': "await new Promise((resolve) => setTimeout(resolve, 1)); throw new RangeError('later');" })), /RangeError: later/);
    assert.match(String(await told({ 'preload.mjs': "import './dep.mjs'; await 1;", 'dep.mjs': "await 1; throw new RangeError('of another');" })), /RangeError: of another/);
  });

  it('wait for those that they import', async () => {
    const found = await told({
      'preload.mjs': "import { ipcRenderer } from 'electron'; import { order } from './order.mjs'; import './slow.mjs'; import './fast.mjs'; import './loop.mjs'; order.push('preload'); ipcRenderer.send('told', order);",
      'order.mjs': 'export const order = [];',
      'slow.mjs': "import { order } from './order.mjs'; order.push('slow begins'); await new Promise((resolve) => setTimeout(resolve, 5)); for (const text of ['slow ends']) order.push(await text)",
      'loop.mjs': "import { order } from './order.mjs'; for await (const text of [Promise.resolve('loop')]) order.push(text); const failed = await Promise.reject(new Error('no')).catch(({ message }) => message); order.push(failed); try { await Promise.reject(1) } catch (error) { order.push(error) }",
      'fast.mjs': "import { order } from './order.mjs'; order.push('fast');",
    });
    assert.deepStrictEqual(found, ['slow begins', 'fast', 'loop', 'no', 1, 'slow ends', 'preload']);
  });

  it('need Node: a sandboxed preload cannot be one', async () => {
    for (const webPreferences of [{ sandbox: true }, { sandbox: undefined }]) {
      const error = await told({ 'preload.mjs': "import 'electron';" }, 'preload.mjs', webPreferences);
      assert.match(String(error), /^SyntaxError: Cannot use import statement outside a module: .*sandbox: false/);
    }
  });

  it('may be TypeScript', async () => {
    const files = {
      'preload.mts': "import { ipcRenderer } from 'electron'; import { shape, type Shape } from './shape.ts'; const made: Shape = shape as Shape; ipcRenderer.send('told', made satisfies Shape);",
      'shape.ts': 'export interface Shape { sides: number }\nenum Sides { four = 4 }\nexport const shape: Shape = { sides: Sides.four };',
      'module.ts': "import { ipcRenderer } from 'electron'; import { shape } from './shape.ts'; ipcRenderer.send('told', shape.sides as number);",
      'script.cts': "const { ipcRenderer } = require('electron'); const sides: number = require('./shape.ts').shape.sides; ipcRenderer.send('told', ['script', sides]);",
    };
    assert.deepStrictEqual(await told(files, 'preload.mts'), { sides: 4 });
    assert.strictEqual(await told(files, 'module.ts'), 4);
    assert.deepStrictEqual(await told(files, 'script.cts'), ['script', 4]);
  });

  it('work without isolation, and beside other preloads', async () => {
    write({
      'preload.mjs': "import fs from 'fs'; window.fromModule = [fs.existsSync('/'), typeof process, (await import('./other.mjs')).default]; setTimeout(() => { window.afterwards = typeof process; }, 0);",
      'other.mjs': 'export default document.nodeType;',
    });
    const window = await open('preload.mjs', '', { contextIsolation: false });
    assert.deepStrictEqual(await window.webContents.executeJavaScript('[fromModule, typeof process]'), [[true, 'object', 9], 'undefined']);
    assert.strictEqual(await window.webContents.executeJavaScript('new Promise((resolve) => { const look = () => (window.afterwards ? resolve(afterwards) : setTimeout(look, 1)); look(); })'), 'object');
  });

  it('run in the page where a page requires them', async () => {
    write({
      'node_modules/esm/package.json': '{"name":"esm","type":"module","main":"index.js"}',
      'node_modules/esm/index.js': "export const title = () => document.title; export { default as eol } from './eol.js';",
      'node_modules/esm/eol.js': "import os from 'node:os'; export default os.EOL;",
    });
    const window = await openWithPreload({ webPreferences: { nodeIntegration: true, contextIsolation: false } });
    const told = await window.webContents.executeJavaScript(`(() => {
      const { title, eol } = require(${JSON.stringify(path.join(folder, 'node_modules/esm/index.js'))});
      return [title(), eol];
    })()`);
    assert.deepStrictEqual(told, ['page', '\n']);
  });
});
