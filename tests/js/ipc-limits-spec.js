'use strict';

// Sizes of messages on every path, and what a page does to the channel: cases R21, R25, R27 and S20. SHELL_LONG_SPECS makes the counts those of
// the cases.

const { ipcMain } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const v8 = require('node:v8');
const vm = require('node:vm');
const { closeAllWindows, once, waitUntil } = require('./helpers');
const { openWithPreload } = require('./lane-helpers');

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');

const LONG = process.env.SHELL_LONG_SPECS !== undefined;
const SIZES = [0, 1, 65_535, 65_536, 65_537, (256 << 10) + 3, (3 << 20) + 1];
const HUGE = 64 << 20;
const KINDS = ['ascii', 'latin1', 'utf16', 'surrogates', 'bytes', 'nested'];

// Either side makes the values itself, so that neither is believed.
function tools() {
  const unit = { ascii: 'abcdefgh', latin1: 'abcd\u00e9\u00fcgh', utf16: 'ab\u4e2d\u6587cd\ud83d\ude00', surrogates: 'abc\ud800defg' };
  const textOf = (kind, size) => unit[kind].repeat(Math.ceil(size / 8)).slice(0, size);
  const make = (kind, size) => {
    if (kind in unit) return textOf(kind, size);
    if (kind === 'bytes') {
      const bytes = new Uint8Array(size);
      for (let i = 0; i < size; i++) bytes[i] = i * 31;
      return bytes;
    }
    // About as many bytes in objects, lists, maps and texts.
    const rows = [];
    for (let i = 0; i * 64 < size; i++) rows.push({ id: i, name: `row ${i}`, list: [i, i / 3, null], more: new Map([[i, { deep: true }]]) });
    return rows;
  };
  const same = (kind, size, value) => {
    if (kind in unit) return value === textOf(kind, size);
    if (kind === 'bytes') {
      if (!(value instanceof Uint8Array) || value.length !== size) return false;
      for (let i = 0; i < size; i++) if (value[i] !== ((i * 31) & 255)) return false;
      return true;
    }
    return value.length === Math.ceil(size / 64) && value.every((row, i) => row.id === i && row.name === `row ${i}` && row.list[1] === i / 3 && row.list[2] === null && row.more.get(i).deep === true);
  };
  return { make, same };
}
const { make, same } = tools();

const preload = `
const { ipcRenderer } = require('electron');
const { make, same } = (${tools})();
ipcRenderer.on('check', (_event, kind, size, value) => ipcRenderer.send('checked', same(kind, size, value)));
ipcRenderer.on('do', async (_event, what, kind, size) => {
  if (what === 'send') return ipcRenderer.send('sent', make(kind, size));
  if (what === 'reply') return ipcRenderer.send('wanted', kind, size);
  const value = what === 'sync' ? ipcRenderer.sendSync('both', kind, size, make(kind, size)) : await ipcRenderer.invoke('both', kind, size, make(kind, size));
  ipcRenderer.send('checked', value !== null && same(kind, size, value));
});
ipcRenderer.on('run', async (_event, code, ...args) => {
  try {
    ipcRenderer.send('ran', null, await (0, eval)('(async (ipcRenderer, args) => ' + code + ')')(ipcRenderer, args));
  } catch (error) {
    ipcRenderer.send('ran', String(error));
  }
});`;

describe('limits of ipc', () => {
  /** @type {Electron.BrowserWindow} */
  let window;
  const next = (channel) => new Promise((resolve) => ipcMain.once(channel, (_event, ...args) => resolve(args)));
  const tell = (...args) => window.webContents.send('do', ...args);
  /** The value of an expression in the preload. @param {string} code @param {...any} args */
  async function run(code, ...args) {
    const ran = next('ran');
    window.webContents.send('run', code, ...args);
    const [error, value] = await ran;
    if (error !== null) throw new Error(error);
    return value;
  }

  const open = async () => {
    window = await openWithPreload({ preload });
    await window.webContents.executeJavaScript(`var { make, same } = (${tools})(); undefined`);
  };
  before(open);
  after(closeAllWindows);

  /** Sends a value on its way and tells whether it came whole. @type {Record<string, (kind: string, size: number) => Promise<boolean>>} */
  const PATHS = {
    async send(kind, size) {
      const sent = next('sent');
      tell('send', kind, size);
      return same(kind, size, (await sent)[0]);
    },
    async 'sendSync and returnValue'(kind, size) {
      const checked = next('checked');
      ipcMain.once('both', (event, _kind, _size, value) => {
        event.returnValue = same(kind, size, value) ? make(kind, size) : null;
      });
      tell('sync', kind, size);
      return (await checked)[0];
    },
    async invoke(kind, size) {
      const checked = next('checked');
      ipcMain.handleOnce('both', (_event, _kind, _size, value) => (same(kind, size, value) ? make(kind, size) : null));
      tell('invoke', kind, size);
      return (await checked)[0];
    },
    async 'webContents.send'(kind, size) {
      const checked = next('checked');
      window.webContents.send('check', kind, size, make(kind, size));
      return (await checked)[0];
    },
    async 'event.reply'(kind, size) {
      const checked = next('checked');
      ipcMain.once('wanted', (event) => event.reply('check', kind, size, make(kind, size)));
      tell('reply', kind, size);
      return (await checked)[0];
    },
    async 'executeJavaScript results'(kind, size) {
      return same(kind, size, await window.webContents.executeJavaScript(`make(${JSON.stringify(kind)}, ${size})`));
    },
  };

  for (const [path, goes] of Object.entries(PATHS)) {
    for (const kind of KINDS) {
      it(`${path} carries ${kind} of every size`, async () => {
        for (const size of SIZES) assert.strictEqual(await goes(kind, size), true, `${size}`);
      });
    }
    const kind = path.startsWith('send') || path === 'executeJavaScript results' ? 'ascii' : 'bytes';
    it(`${path} carries 64 MiB (${kind})`, async function () {
      this.timeout(60_000);
      assert.strictEqual(await goes(kind, HUGE), true);
    });
  }

  describe('R21', () => {
    const channels = ['', 'a\0b', '\ud800', 'x'.repeat(100_000), '__proto__', 'constructor', '\ufeff'];
    it('R21 takes any text as a channel', async () => {
      for (const channel of channels) {
        const came = new Promise((resolve) => ipcMain.once(channel, (_event, ...args) => resolve(args)));
        await run('{ ipcRenderer.send(args[0], undefined, null, NaN, "", new Uint8Array(0)); }', channel);
        assert.deepStrictEqual(await came, [undefined, null, NaN, '', new Uint8Array(0)]);
      }
    });
    it('R21 refuses what is no channel, and lives on', async () => {
      for (const call of ['send()', 'send(undefined)', 'send(null)', 'send(5)', 'send(Symbol())', 'sendSync()', 'sendSync({})']) {
        await assert.rejects(run(`ipcRenderer.${call}`), /TypeError/, call);
      }
      for (const call of ['invoke()', 'invoke(null)', 'invoke(Symbol())']) await assert.rejects(run(`ipcRenderer.${call}`), /TypeError/, call);
      assert.strictEqual(await run('1 + 1'), 2);
    });
  });

  describe('R25', () => {
    const PIPELINED = LONG ? 100_000 : 5_000;
    const SEQUENTIAL = LONG ? 1_000_000 : 2_000;

    /** What JavaScript of the main process holds, in bytes, without what nobody can reach. */
    const held = () => {
      gc();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const resident = (pid) => Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
    /** Nothing of the work may be left. @param {string} name @param {(count: number) => Promise<void>} work @param {number} count of which the first part warms up */
    const leavesNothing = async (name, work, count) => {
      await work(Math.min(count, 2000));
      const pids = [process.pid, window.webContents.getOSProcessId()];
      const [before, residentBefore] = [held(), pids.map(resident)];
      const began = Date.now();
      await work(count);
      const seconds = (Date.now() - began) / 1000;
      // What a promise or a registry holds goes a few turns later.
      await waitUntil(() => held() < before * 1.05);
      if (LONG) console.log(JSON.stringify({ name, count, seconds, heap: [before, held()].map((bytes) => Math.round(bytes / 1024)), main: [residentBefore[0], resident(pids[0])], page: [residentBefore[1], resident(pids[1])] }));
    };

    it(`R25 ${PIPELINED} pipelined invokes are answered in order`, async function () {
      this.timeout(LONG ? 1_800_000 : 60_000);
      ipcMain.handle('count', (_event, i) => i);
      try {
        const code = '{ const order = []; await Promise.all(Array.from({ length: args[0] }, (_, i) => ipcRenderer.invoke("count", i).then((v) => order.push(v)))); return order.every((v, i) => v === i) && order.length; }';
        await leavesNothing('pipelined', async (count) => assert.strictEqual(await run(code, count), count), PIPELINED);
      } finally {
        ipcMain.removeHandler('count');
      }
    });

    it(`R25 ${SEQUENTIAL} invokes one after the other`, async function () {
      this.timeout(LONG ? 3_600_000 : 60_000);
      ipcMain.handle('count', (_event, i) => i);
      try {
        const code = '{ let sum = 0; for (let i = 0; i < args[0]; i++) sum += await ipcRenderer.invoke("count", 1); return sum; }';
        await leavesNothing('sequential', async (count) => assert.strictEqual(await run(code, count), count), SEQUENTIAL);
      } finally {
        ipcMain.removeHandler('count');
      }
    });

    it('R25 a slow handler does not hold up the others', async () => {
      let finish;
      ipcMain.handle('slow', () => new Promise((resolve) => (finish = resolve)));
      ipcMain.handle('fast', () => 'fast');
      ipcMain.once('release', () => finish('slow'));
      try {
        const code = '{ const order = []; const slow = ipcRenderer.invoke("slow").then((v) => order.push(v)); order.push(await ipcRenderer.invoke("fast")); ipcRenderer.send("release"); await slow; return order; }';
        assert.deepStrictEqual(await run(code), ['fast', 'slow']);
      } finally {
        ipcMain.removeHandler('slow');
        ipcMain.removeHandler('fast');
      }
    });

    it('R25 a handler that never answers is told of when nobody can answer any more', async () => {
      ipcMain.handle('never', () => new Promise(() => {}));
      try {
        await leavesNothing('never', async (count) => {
          let done = false;
          const told = run('{ const calls = await Promise.allSettled(Array.from({ length: args[0] }, () => ipcRenderer.invoke("never"))); return [...new Set(calls.map(({ reason }) => reason?.message))]; }', count);
          told.finally(() => (done = true));
          await waitUntil(() => {
            gc();
            return done;
          });
          assert.deepStrictEqual(await told, ["Error invoking remote method 'never': reply was never sent"]);
        }, 1000);
      } finally {
        ipcMain.removeHandler('never');
      }
    });

    it('R25 a reload with 10,000 calls in flight leaves a channel that works', async function () {
      this.timeout(120_000);
      let finishers = [];
      ipcMain.handle('never', () => new Promise((resolve) => finishers.push(resolve)));
      ipcMain.handle('count', (_event, i) => i);
      try {
        await leavesNothing('reload', async (count) => {
          await run('{ for (let i = 0; i < args[0]; i++) ipcRenderer.invoke("never").catch(() => {}); return ipcRenderer.invoke("count", 1); }', count);
          assert.strictEqual(finishers.length, count);
          const loaded = once(window.webContents, 'did-finish-load');
          window.webContents.reload();
          await loaded;
          // Answers to the document that is gone reach nobody.
          for (const finish of finishers) finish('late');
          finishers = [];
          assert.strictEqual(await run('ipcRenderer.invoke("count", 2)'), 2);
        }, 10_000);
      } finally {
        ipcMain.removeHandler('never');
        ipcMain.removeHandler('count');
      }
    });
  });

  describe('R27', () => {
    const THROWN = [
      ['a text', () => { throw 'text'; }, 'text'],
      ['null', () => { throw null; }, 'null'],
      ['a huge error', () => { throw new Error('x'.repeat(1 << 20)); }, `Error: ${'x'.repeat(1 << 20)}`],
      ['an error that holds itself', () => { throw Object.assign(new Error('round'), { get self() { return this; } }); }, 'Error: round'],
      ['an error whose text throws', () => { throw { toString() { throw new Error('again'); } }; }, null],
      ['a Proxy', () => { throw new Proxy({}, { get() { throw new Error('trap'); } }); }, null],
    ];
    for (const [name, handler, text] of THROWN) {
      it(`R27 rejects for ${name}, without a stack of the main process`, async () => {
        ipcMain.handleOnce('throws', handler);
        const [message, stack] = await run('{ try { await ipcRenderer.invoke("throws"); } catch (error) { return [error.message, error.stack]; } return ["none", ""]; }');
        if (text !== null) assert.strictEqual(message, `Error invoking remote method 'throws': ${text}`);
        assert.match(message, /^Error invoking remote method 'throws': /);
        assert.ok(!`${message}${stack}`.includes('ipc-limits-spec'), stack);
      });
    }
  });

  it('S20 what was sent is a copy: later changes of either side show nowhere', async () => {
    const received = next('kept');
    await run('{ globalThis.shared = new Uint8Array(100_000).fill(1); ipcRenderer.send("kept", shared, [shared.subarray(10)]); shared.fill(2); }');
    const [first, [second]] = await received;
    assert.ok(first.every((byte) => byte === 1) && second.every((byte) => byte === 1));
    await run('{ shared.fill(3); }');
    assert.ok(first.every((byte) => byte === 1));
    first.fill(9);
    assert.strictEqual(await run('shared[0]'), 3);
  });

  it('S20 a page cannot send memory that its workers go on writing to', async () => {
    const code = `{
      const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
      const told = [Object.prototype.toString.call(buffer)];
      for (const value of [buffer, new Uint8Array(buffer), { deep: [new DataView(buffer)] }]) {
        for (const how of ['send', 'sendSync', 'postMessage']) {
          try {
            ipcRenderer[how]('never', value);
            told.push('sent');
          } catch (error) {
            told.push(error.message);
          }
        }
      }
      return told;
    }`;
    assert.deepStrictEqual(await run(code), ['[object SharedArrayBuffer]', ...Array(9).fill('An object could not be cloned.')]);
  });
});
