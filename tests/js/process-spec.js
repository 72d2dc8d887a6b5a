'use strict';

// The main process as a place to run in: what it shows of itself, what it hides, how children and threads start.

const electron = require('electron');
const assert = require('node:assert');
const childProcess = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { Readable } = require('node:stream');
const { Worker } = require('node:worker_threads');

/** Runs a script as a headless child; gives what it printed as JSON. @param {string} code @param {string[]} [args] */
function runAsNode(code, args = []) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'node-child-'));
  try {
    const script = path.join(folder, 'script.js');
    fs.writeFileSync(script, code);
    const environment = { ...process.env, ELECTRON_RUN_AS_NODE: '1', DISPLAY: '', WAYLAND_DISPLAY: '' };
    return JSON.parse(childProcess.execFileSync(process.execPath, [script, ...args], { encoding: 'utf8', env: environment }));
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The first message of a worker. @param {string} code @returns {Promise<any>} */
function fromWorker(code) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true });
    worker.once('message', (message) => {
      worker.terminate();
      resolve(message);
    });
    worker.once('error', reject);
  });
}

describe('main process', () => {
  describe('process', () => {
    it('has what Electron adds', async () => {
      assert.strictEqual(process.type, 'browser');
      assert.strictEqual(process.defaultApp, true);
      assert.strictEqual(process.argv[0], process.execPath);
      assert.match(process.versions.electron, /^\d+\.\d+\.\d+$/);
      assert.match(process.versions.chrome, /^\d+\.\d+\.\d+\.\d+$/);
      assert.ok(path.isAbsolute(process.resourcesPath));
      assert.throws(() => {
        process.versions.electron = '1';
      }, TypeError);
      assert.ok(process.getCreationTime() < Date.now());
      assert.ok(process.getHeapStatistics().usedHeapSize > 0);
      assert.ok(process.getSystemMemoryInfo().total > 0);
      assert.ok((await process.getProcessMemoryInfo()).residentSet > 0);
      assert.ok(process.getCPUUsage().percentCPUUsage >= 0);
    });
  });

  describe('global scope', () => {
    it('looks like that of Node', () => {
      const expected = new Set([
        'atob', 'btoa', 'clearImmediate', 'clearInterval', 'clearTimeout', 'crypto', 'fetch', 'global', 'navigator', 'performance', 'queueMicrotask',
        'setImmediate', 'setInterval', 'setTimeout', 'structuredClone',
        // The runner's own.
        'describe', 'it', 'before', 'after', 'beforeEach', 'afterEach',
      ]);
      assert.deepStrictEqual(Object.keys(globalThis).filter((name) => !expected.has(name)), []);
      for (const name of ['window', 'self', 'document', 'location', 'alert', 'localStorage']) assert.strictEqual(typeof globalThis[name], 'undefined', name);
      // Not even as a name: packages look whether it is there.
      const drawing = /^GPU|^ImageB|Canvas|ImageData|^caches$|^Cache/;
      assert.deepStrictEqual(Reflect.ownKeys(globalThis).filter((name) => drawing.test(String(name))), []);
      assert.strictEqual(/** @type {any} */ (navigator).gpu, undefined);
    });

    it('hides the runtime and the way to native code', async () => {
      assert.strictEqual(typeof globalThis.Deno, 'undefined');
      assert.strictEqual(new Function('return typeof Deno')(), 'undefined');
      assert.strictEqual(eval('typeof Deno'), 'undefined');
      assert.strictEqual(await new Promise((resolve) => setTimeout(() => resolve(typeof globalThis.Deno), 0)), 'undefined');
      const found = Reflect.ownKeys(globalThis).filter((name) => /shell|door|guard|bootstrap/i.test(String(name)));
      assert.deepStrictEqual(found, []);
      for (const name of ['shell:///main/binding.js', 'ext:core/mod.js', 'ext:shell/door.js', 'electron:electron']) {
        await assert.rejects(() => import(name), undefined, name);
        assert.throws(() => require(name), undefined, name);
      }
    });
  });

  describe('electron', () => {
    it('is one object under all its names, in both kinds of modules', async () => {
      for (const name of ['electron/main', 'electron/common']) assert.strictEqual(require(name), electron);
      const imported = await import('electron');
      assert.strictEqual(imported.default, electron);
      assert.strictEqual(imported.app, electron.app);
      assert.throws(() => require('electron/lol'), { code: 'MODULE_NOT_FOUND' });
    });
  });

  describe('exceptions', () => {
    /** What a listener gets while `act` runs. @param {string} event @param {() => void} act @returns {Promise<any>} */
    const caught = (event, act) =>
      new Promise((resolve) => {
        // The runner's listener takes every exception for a failed test.
        const others = process.listeners(event);
        process.removeAllListeners(event);
        process.once(event, (error) => {
          for (const listener of others) process.on(event, listener);
          resolve(error);
        });
        act();
      });

    const thrower = (text) => () => {
      throw new Error(text);
    };

    it('reach a listener from wherever they are thrown', async () => {
      assert.strictEqual((await caught('uncaughtException', () => setTimeout(thrower('timer'), 0))).message, 'timer');
      assert.strictEqual((await caught('uncaughtException', () => setImmediate(thrower('immediate')))).message, 'immediate');
      assert.strictEqual((await caught('uncaughtException', () => process.nextTick(thrower('tick')))).message, 'tick');
      assert.strictEqual((await caught('uncaughtException', () => queueMicrotask(thrower('microtask')))).message, 'microtask');
      assert.strictEqual((await caught('uncaughtException', () => fs.readFile(__filename, thrower('callback')))).message, 'callback');
      assert.strictEqual((await caught('uncaughtException', () => childProcess.spawn('true').on('exit', thrower('exit')))).message, 'exit');
    });

    it('reach it from callbacks of the Node layer in whatever part of a turn those run', async () => {
      for (let i = 0; i < 30; i++) {
        // Ticks that come up among the promise reactions of a turn make the runtime run the rest of those from elsewhere.
        const busy = Array.from({ length: 50 }, () => fs.promises.stat(__filename).then(() => new Promise(process.nextTick)));
        assert.strictEqual((await caught('uncaughtException', () => fs.readFile(__filename, thrower(`callback ${i}`)))).message, `callback ${i}`);
        await Promise.all(busy);
      }
    });

    it('of promises are rejections', async () => {
      const error = new Error('rejected');
      const reject = () => void Promise.reject(error);
      assert.strictEqual(await caught('unhandledRejection', reject), error);
      assert.strictEqual(await caught('unhandledRejection', () => process.nextTick(reject)), error);
      // The Node layer calls these from a tick of its own.
      assert.strictEqual(await caught('unhandledRejection', () => Readable.from([]).on('end', reject).resume()), error);
    });
  });

  describe('children', () => {
    it('run headless with Node', () => {
      const child = runAsNode(
        `console.log(JSON.stringify({
          argv: process.argv.slice(2), main: require.main === module, electron: process.versions.electron, type: typeof process.type,
          deno: typeof Deno, window: typeof window, keys: Object.keys(globalThis), headless: process.env.ELECTRON_RUN_AS_NODE,
        }))`,
        ['run', '-A', '--flag'],
      );
      assert.deepStrictEqual(child.argv, ['run', '-A', '--flag']);
      assert.strictEqual(child.main, true);
      assert.strictEqual(child.electron, process.versions.electron);
      assert.deepStrictEqual([child.type, child.deno, child.window, child.headless], ['undefined', 'undefined', 'undefined', '1']);
      assert.ok(!child.keys.includes('alert'));
    });

    it('get their arguments unchanged, through a shell too', () => {
      const echo = childProcess.execFileSync('/bin/sh', ['-c', 'echo "$@"', 'sh', process.execPath, 'script.js', '--inspect'], { encoding: 'utf8' });
      assert.strictEqual(echo.trim(), `${process.execPath} script.js --inspect`);
    });

    it('say with their exit code how they ended', () => {
      const environment = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
      const run = (...args) => childProcess.spawnSync(process.execPath, args, { encoding: 'utf8', env: environment });
      assert.strictEqual(run('-e', 'process.exit(7)').status, 7);
      assert.strictEqual(run('-p', '6 * 7').stdout.trim(), '42');
      const failed = run('-e', 'throw new TypeError("on purpose")');
      assert.strictEqual(failed.status, 1);
      assert.match(failed.stderr, /TypeError: on purpose/);
    });
  });

  describe('worker threads', () => {
    it('have Node and neither electron nor the runtime', async () => {
      const code = `
        const { parentPort } = require('node:worker_threads');
        let electron;
        try { electron = typeof require('electron').app; } catch (error) { electron = error.code; }
        parentPort.postMessage({ electron, deno: typeof Deno, version: process.versions.electron, path: require('node:path').basename('/a/b') });`;
      assert.deepStrictEqual(await fromWorker(code), {
        electron: 'MODULE_NOT_FOUND',
        deno: 'undefined',
        version: process.versions.electron,
        path: 'b',
      });
    });
  });
});
