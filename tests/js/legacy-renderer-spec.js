'use strict';

// Pages with Node: `nodeIntegration` without isolation.

const { BrowserWindow } = require('electron');
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { closeAllWindows, once } = require('./helpers');
const { openWithPreload, portable } = require('./lane-helpers');

const INTEGRATION = { nodeIntegration: true, contextIsolation: false };

describe('legacy renderers', function () {
  // Some limits are high.
  this.timeout(60_000);
  let folder;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-legacy-'));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  afterEach(closeAllWindows);

  /** A page with Node. @param {string} [html] @param {object} [webPreferences] */
  const openPage = (html = '', webPreferences = {}) => openWithPreload({ html, webPreferences: { ...INTEGRATION, ...webPreferences } });

  /** Runs a function in a page with Node and gives its value. @param {Function} body @param {...any} args */
  async function inPage(body, ...args) {
    const window = await openPage();
    return window.webContents.executeJavaScript(`(${body})(...${JSON.stringify(args)})`);
  }

  describe('a page with nodeIntegration', () => {
    it('has the globals', async () => {
      const window = await openPage('<script>window.inline = [typeof require, typeof module, typeof process, typeof Buffer, typeof setImmediate];</script>');
      const told = await window.webContents.executeJavaScript(`({
        inline, global: global === window, filename: __filename, dirname: __dirname, type: process.type, sandboxed: process.sandboxed,
        electron: process.versions.electron, exports: typeof module.exports, clear: typeof clearImmediate
      })`);
      const filename = new URL(window.webContents.getURL()).pathname;
      assert.deepStrictEqual(told, {
        inline: ['function', 'object', 'object', 'function', 'function'], global: true, filename, dirname: path.dirname(filename), type: 'renderer',
        sandboxed: false, electron: process.versions.electron, exports: 'object', clear: 'function',
      });
    });

    it('reads and writes files at once', async () => {
      const file = path.join(folder, 'text');
      const told = await inPage((file) => {
        const fs = require('fs');
        fs.writeFileSync(file, 'h\u00e4llo');
        const stat = fs.statSync(file);
        return [fs.readFileSync(file, 'utf8'), Buffer.isBuffer(fs.readFileSync(file)), fs.readFileSync(file).toString('hex'), stat.size, stat.isFile(), stat.isDirectory(), stat instanceof fs.Stats, stat.mtime instanceof Date];
      }, file);
      assert.deepStrictEqual(told, ['h\u00e4llo', true, '68c3a46c6c6f', 6, true, false, true, true]);
      assert.strictEqual(fs.readFileSync(file, 'utf8'), 'h\u00e4llo');
    });

    it('gets errors with their fields', async () => {
      const told = await inPage(() => {
        const error = (() => {
          try {
            require('fs').readFileSync('/no/such/file');
          } catch (found) {
            return found;
          }
        })();
        return [error instanceof Error, error.name, error.code, error.errno, error.syscall, error.path, error.message];
      });
      assert.deepStrictEqual(told, [true, 'Error', 'ENOENT', -2, 'open', '/no/such/file', "ENOENT: no such file or directory, open '/no/such/file'"]);
    });

    it('passes bytes that Node fills', async () => {
      const file = path.join(folder, 'bytes');
      fs.writeFileSync(file, 'abcdef');
      const told = await inPage(async (file) => {
        const fs = require('fs');
        const fd = fs.openSync(file, 'r');
        const bytes = Buffer.alloc(4);
        const count = fs.readSync(fd, bytes, 0, 3, 1);
        const later = Buffer.alloc(2);
        const [size, same] = await new Promise((resolve, reject) => fs.read(fd, later, 0, 2, 4, (error, size, buffer) => (error ? reject(error) : resolve([size, buffer === later]))));
        fs.closeSync(fd);
        const random = new Uint8Array(32);
        require('crypto').randomFillSync(random);
        const handle = await fs.promises.open(file);
        const third = Buffer.alloc(6);
        const { bytesRead, buffer } = await handle.read(third, 0, 6, 0);
        await handle.close();
        return [count, bytes.toString('latin1'), size, same, String(later), random.some((byte) => byte !== 0), bytesRead, buffer === third, String(third)];
      }, file);
      assert.deepStrictEqual(told, [3, 'bcd\0', 2, true, 'ef', true, 6, true, 'abcdef']);
    });

    it('has promises, callbacks and folders', async () => {
      const place = path.join(folder, 'place');
      fs.mkdirSync(path.join(place, 'inner'), { recursive: true });
      fs.writeFileSync(path.join(place, 'one'), '1');
      const told = await inPage(async (place) => {
        const fs = require('fs');
        const path = require('path');
        const text = await fs.promises.readFile(path.join(place, 'one'), 'utf8');
        const names = await new Promise((resolve) => fs.readdir(place, (_error, names) => resolve(names)));
        const entries = fs.readdirSync(place, { withFileTypes: true }).map((entry) => [entry.name, entry.isDirectory(), entry instanceof fs.Dirent]);
        const missing = await require('util').promisify(fs.readFile)('/no/such').catch((error) => [error.code, error instanceof Error]);
        const { stdout } = await require('util').promisify(require('child_process').exec)('echo out');
        return [text, names, entries, missing, stdout, require('fs/promises') === fs.promises];
      }, place);
      assert.deepStrictEqual(told, ['1', ['inner', 'one'], [['inner', true, true], ['one', false, true]], ['ENOENT', true], 'out\n', true]);
    });

    it('asks while an event of its context is on the way to it', async () => {
      // Each round brings an event of the context and a question of the page to the context at nearly the same time.
      const told = await inPage(async (file) => {
        const fs = require('fs');
        let events = 0;
        for (let round = 0; round < 300; round += 1) {
          const read = new Promise((resolve) => fs.stat(file, () => resolve(events += 1)));
          const turn = new Promise((resolve) => setImmediate(resolve));
          await turn;
          for (let question = 0; question < round % 7; question += 1) {
            fs.existsSync(file);
            await null;
          }
          await read;
        }
        return events;
      }, folder);
      assert.strictEqual(told, 300);
    });

    it('streams files, with pipes in both directions', async () => {
      const file = path.join(folder, 'long');
      fs.writeFileSync(file, 'x'.repeat(300000));
      const told = await inPage(async (file) => {
        const fs = require('fs');
        const { Transform, Readable, Writable } = require('stream');
        const { pipeline } = require('stream/promises');
        const input = fs.createReadStream(file);
        let size = 0;
        let buffers = true;
        input.on('data', (chunk) => {
          size += chunk.length;
          buffers &&= Buffer.isBuffer(chunk);
        });
        await new Promise((resolve, reject) => input.on('end', resolve).on('error', reject));
        const upper = new Transform({ transform: (chunk, _encoding, done) => done(null, String(chunk).toUpperCase()) });
        await pipeline(fs.createReadStream(file), upper, fs.createWriteStream(`${file}.upper`));
        let iterated = 0;
        for await (const chunk of fs.createReadStream(file)) iterated += chunk.length;
        const zipped = await new Promise((resolve) => {
          const parts = [];
          const gzip = require('zlib').createGzip();
          gzip.on('data', (part) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts)));
          Readable.from([Buffer.from('hello '), Buffer.from('zip')]).pipe(gzip);
        });
        let piped = 0;
        await new Promise((resolve) => {
          fs.createReadStream(file).pipe(new Writable({
            highWaterMark: 1000,
            write(chunk, _encoding, done) {
              piped += chunk.length;
              setTimeout(done, 0);
            },
          }).on('finish', resolve));
        });
        return [size, buffers, iterated, piped, input instanceof Readable, input instanceof fs.ReadStream, input instanceof require('events'), require('zlib').gunzipSync(zipped).toString()];
      }, file);
      assert.deepStrictEqual(told, [300000, true, 300000, 300000, true, true, true, 'hello zip']);
      assert.strictEqual(fs.readFileSync(`${file}.upper`, 'utf8'), 'X'.repeat(300000));
    });

    it('starts children and hears them', async () => {
      const told = await inPage(async () => {
        const { spawn, execFileSync, spawnSync } = require('child_process');
        const child = spawn('sh', ['-c', 'read line; echo "got $line"; echo problem >&2; exit 3']);
        let out = '';
        let err = '';
        child.stdout.setEncoding('utf8');
        child.stdout.on('data', (text) => {
          out += text;
        });
        child.stderr.on('data', (bytes) => {
          err += bytes;
        });
        child.stdin.write('this\n');
        child.stdin.end();
        const [code, signal] = await new Promise((resolve) => child.on('close', (...args) => resolve(args)));
        process.env.FROM_PAGE = 'set';
        const failed = (() => {
          try {
            execFileSync('sh', ['-c', 'exit 7'], { stdio: 'ignore' });
          } catch (error) {
            return error.status;
          }
        })();
        return [out, err, code, signal, child.pid > 0, String(execFileSync('sh', ['-c', 'echo $FROM_PAGE'])), failed, spawnSync('sh', ['-c', 'printf x']).stdout.toString()];
      });
      assert.deepStrictEqual(told, ['got this\n', 'problem\n', 3, null, true, 'set\n', 7, 'x']);
    });

    it('serves http and asks it', async () => {
      const told = await inPage(async () => {
        const http = require('http');
        const server = http.createServer((request, response) => {
          let body = '';
          request.on('data', (chunk) => {
            body += chunk;
          });
          request.on('end', () => {
            response.setHeader('x-page', 'yes');
            response.writeHead(201, { 'content-type': 'text/plain', 'access-control-allow-origin': '*' });
            response.end(`${request.method} ${request.url} ${body}`);
          });
        });
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        const { port } = server.address();
        const answer = await new Promise((resolve, reject) => {
          const request = http.request({ port, host: '127.0.0.1', path: '/there', method: 'POST' }, (response) => {
            let body = '';
            response.setEncoding('utf8');
            response.on('data', (text) => {
              body += text;
            });
            response.on('end', () => resolve([response.statusCode, response.headers['x-page'], body]));
          });
          request.on('error', reject);
          request.end('sent');
        });
        const viaFetch = await (await fetch(`http://127.0.0.1:${port}/fetched`)).text();
        await new Promise((resolve) => server.close(resolve));
        return [answer, viaFetch, server instanceof http.Server];
      });
      assert.deepStrictEqual(told, [[201, 'yes', 'POST /there sent'], 'GET /fetched ', true]);
    });

    it('calls back at once where Node does', async () => {
      const tree = path.join(folder, 'tree');
      fs.mkdirSync(tree, { recursive: true });
      fs.writeFileSync(path.join(tree, 'keep'), '');
      fs.writeFileSync(path.join(tree, 'drop'), '');
      const told = await inPage((tree) => {
        const fs = require('fs');
        const seen = [];
        fs.cpSync(tree, `${tree}-copy`, {
          recursive: true,
          filter: (source) => {
            seen.push(require('path').basename(source));
            // A question inside of the answer to one.
            return fs.existsSync(source) && !source.endsWith('drop');
          },
        });
        const thrown = (() => {
          try {
            fs.cpSync(tree, `${tree}-other`, { recursive: true, filter: () => { throw new RangeError('from the page'); } });
          } catch (error) {
            return [error instanceof RangeError, error.message];
          }
        })();
        return [fs.readdirSync(`${tree}-copy`), seen.sort(), thrown];
      }, tree);
      assert.deepStrictEqual(told, [['keep'], ['drop', 'keep', 'tree'], [true, 'from the page']]);
    });

    it('extends classes of Node', async () => {
      const told = await inPage(async () => {
        const { Agent } = require('http');
        class MyAgent extends Agent {
          constructor() {
            super({ keepAlive: true });
            this.mine = 5;
          }

          getName(options) {
            return `mine:${super.getName(options)}`;
          }

          more() {
            return this.mine + 1;
          }
        }
        const agent = new MyAgent();
        const { EventEmitter } = require('events');
        const util = require('util');
        function Old() {
          EventEmitter.call(this);
        }
        util.inherits(Old, EventEmitter);
        const old = new Old();
        let heard = 0;
        old.on('x', (value) => {
          heard = value;
        });
        old.emit('x', 3);
        return [agent.keepAlive, agent.more(), agent.getName({ host: 'h', port: 1 }), agent instanceof Agent, agent instanceof MyAgent, heard];
      });
      assert.deepStrictEqual(told, [true, 6, 'mine:h:1:', true, true, 3]);
    });

    it('hashes, encrypts and compresses', async () => {
      const told = await inPage(() => {
        const crypto = require('crypto');
        const cipher = crypto.createCipheriv('aes-256-cbc', Buffer.alloc(32, 1), Buffer.alloc(16, 2));
        const sealed = Buffer.concat([cipher.update('secret'), cipher.final()]);
        const decipher = crypto.createDecipheriv('aes-256-cbc', Buffer.alloc(32, 1), Buffer.alloc(16, 2));
        return [
          crypto.createHash('sha256').update('a').update(Buffer.from('b')).digest('hex'),
          crypto.createHmac('md5', 'key').update('x').digest('base64'),
          decipher.update(sealed, undefined, 'utf8') + decipher.final('utf8'),
          crypto.randomBytes(8).length,
          require('zlib').inflateSync(require('zlib').deflateSync('zz')).toString(),
          crypto.randomUUID().length,
          require('os').platform(), require('os').EOL,
        ];
      });
      assert.deepStrictEqual(told, [
        'fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603', 'nGpTqkyCY38tqvVpg0qSag==', 'secret', 8, 'zz', 36, process.platform, '\n',
      ].map((value, index) => (index === 1 ? require('node:crypto').createHmac('md5', 'key').update('x').digest('base64') : value)));
    });

    it('resolves and loads modules as Node does', async () => {
      const app = path.join(folder, 'app');
      fs.mkdirSync(path.join(app, 'node_modules/pkg/lib'), { recursive: true });
      fs.mkdirSync(path.join(app, 'node_modules/@scope/exp'), { recursive: true });
      fs.mkdirSync(path.join(app, 'node_modules/esm'), { recursive: true });
      const write = (name, text) => fs.writeFileSync(path.join(app, name), text);
      write('node_modules/pkg/package.json', '{"name":"pkg","main":"lib"}');
      write('node_modules/pkg/lib/index.js', "exports.path = __filename; exports.up = require('../data.json').up; exports.parent = module.parent && module.parent.id; exports.self = this === module.exports;");
      write('node_modules/pkg/data.json', '{"up":[1,2]}');
      write('node_modules/@scope/exp/package.json', '{"name":"@scope/exp","exports":{".":{"import":"./no.js","require":"./yes.cjs"}}}');
      write('node_modules/@scope/exp/yes.cjs', '#!/usr/bin/env node\nmodule.exports = class Thing { name() { return "thing"; } };');
      write('node_modules/esm/package.json', '{"name":"esm","type":"module","main":"index.js"}');
      write('node_modules/esm/index.js', "import os from 'node:os'; export const twice = (x) => x * 2; export default os.EOL; export class Counter { count = 0; more() { return ++this.count; } }");
      write('a.js', "exports.early = 1; exports.b = require('./b').seen; exports.late = 2;");
      write('b.js', "exports.seen = Object.keys(require('./a'));");
      write('bad.js', "throw Object.assign(new Error('bad'), { code: 'BAD' });");
      write('syntax.js', 'this is no script');
      write('index.html', '<!doctype html><title>x</title><script src="outer.js"></script>');
      write('outer.js', "window.outer = require('./a');");
      const window = new BrowserWindow({ show: false, webPreferences: INTEGRATION });
      await window.loadFile(path.join(app, 'index.html'));
      const told = await window.webContents.executeJavaScript(`(() => {
        const failure = (work) => { try { return work(); } catch (error) { return [error.name, error.code, error.message.split('\\n')[0]]; } };
        const Thing = require('@scope/exp');
        const { twice, default: eol, Counter } = require('esm');
        const counter = new Counter();
        counter.more();
        return {
          pkg: require('pkg'), thing: new Thing().name(), outer, esm: [twice(4), eol, counter.more()],
          resolved: require.resolve('pkg/data.json'), cached: require.cache[require.resolve('pkg')].loaded, same: require('./a.js') === require('./a'),
          missing: failure(() => require('./nothing')), bad: failure(() => require('./bad')), again: failure(() => require('./bad')),
          syntax: failure(() => require('./syntax'))[0], electron: typeof require('electron').ipcRenderer.send, remote: require('electron').remote,
          builtins: require('module').builtinModules.includes('fs'), created: require('module').createRequire(__dirname + '/x.js')('./a').late,
          prefixed: require('node:path') === require('path'), paths: module.paths[0], main: failure(() => require('electron/main'))[1],
        };
      })()`);
      assert.deepStrictEqual(told, {
        pkg: { path: path.join(app, 'node_modules/pkg/lib/index.js'), up: [1, 2], parent: path.join(app, 'index.html'), self: true },
        thing: 'thing',
        outer: { early: 1, b: ['early'], late: 2 },
        esm: [8, '\n', 2],
        resolved: path.join(app, 'node_modules/pkg/data.json'),
        cached: true,
        same: true,
        missing: ['Error', 'MODULE_NOT_FOUND', "Cannot find module './nothing'"],
        bad: ['Error', 'BAD', 'bad'],
        again: ['Error', 'BAD', 'bad'],
        syntax: 'SyntaxError',
        electron: 'function',
        remote: undefined,
        builtins: true,
        created: 2,
        prefixed: true,
        paths: path.join(app, 'node_modules'),
        main: 'MODULE_NOT_FOUND',
      });
    });

    it('S2 runs below the policy of its page', async () => {
      fs.writeFileSync(path.join(folder, 'part.js'), 'exports.place = __filename;');
      const window = await openPage("<meta http-equiv='Content-Security-Policy' content=\"default-src 'self' 'unsafe-inline'\"><script>window.seen = [require('fs').existsSync('/'), typeof require('electron').ipcRenderer.send]</script>");
      const told = await window.webContents.executeJavaScript(`(() => {
        try {
          return [...seen, require(${JSON.stringify(path.join(folder, 'part.js'))}).place];
        } catch (error) {
          return [...seen, error.message];
        }
      })()`);
      const place = told.pop();
      assert.deepStrictEqual(told, [true, 'function']);
      // The page's own `eval` is all that the portable lane has for modules (docs/lanes.md).
      if (portable) assert.match(place, /The portable lane runs scripts without contextIsolation by 'eval', which the policy of this page forbids: .*part\.js/);
      else assert.strictEqual(place, path.join(folder, 'part.js'));
    });

    // The native lane's sockets are read on the thread of the main script.
    if (portable) {
      it('does not wait for the main script', async () => {
        const window = await openPage();
        const file = path.join(folder, 'meanwhile');
        await window.webContents.executeJavaScript(`require('fs').existsSync('/'); void setTimeout(() => require('fs').writeFileSync(${JSON.stringify(file)}, ''), 0)`);
        const end = Date.now() + 15000;
        while (!fs.existsSync(file) && Date.now() < end);
        assert.ok(fs.existsSync(file));
      });
    }

    it('lends packages the classes of old', async () => {
      const told = await inPage(() => {
        const { Buffer: Own } = require('buffer');
        const target = {};
        Error.prepareStackTrace = (_error, sites) => sites.map((site) => [typeof site.getFileName(), site.getLineNumber() > 0]);
        Error.captureStackTrace(target);
        const { stack } = target;
        Error.prepareStackTrace = undefined;
        const keys = [];
        for (const key in Buffer) keys.push(key);
        return [
          Buffer(3).length, String(new Buffer('x')), Own === Buffer, Buffer.from('abc').subarray(1) instanceof Buffer, keys.includes('isBuffer') && keys.includes('from'),
          Buffer.from('ab').readUIntBE(0, 2), Buffer.from([1, 2]).swap16()[0], Buffer.from('abcab').lastIndexOf('ab'), Buffer.from({ length: 2, 0: 5, 1: 6 }).toString('hex'),
          Array.isArray(stack) && stack.length > 0 && stack[0],
        ];
      });
      // The portable lane runs modules by `eval`, and the engine names no place in what it ran so (docs/lanes.md).
      assert.deepStrictEqual(told, [3, 'x', true, true, true, 24930, 2, 3, '0506', ['string', !portable]]);
    });

    it('calls back while a call of the page is under way, and lets go', async () => {
      const told = await inPage(async () => {
        const http = require('http');
        // Native code of the context runs what is left for later while the page answers it.
        const server = http.createServer((request, response) => {
          const parts = [];
          request.on('data', (part) => parts.push(part));
          request.on('end', () => {
            response.setHeader('content-type', 'application/json');
            response.end(JSON.stringify({ size: Buffer.concat(parts).length, hash: require('crypto').createHash('sha1').update('x').digest('hex').length }));
          });
        });
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        const ask = (size) => new Promise((resolve, reject) => {
          const request = http.request({ port: server.address().port, host: '127.0.0.1', method: 'POST' }, (response) => {
            let text = '';
            response.on('data', (part) => {
              text += part;
            });
            response.on('end', () => resolve(JSON.parse(text).size));
          });
          request.on('error', reject);
          request.end(Buffer.alloc(size));
        });
        const sizes = await Promise.all([1, 10, 100000, 300000].map(ask));
        server.close();
        return sizes;
      });
      assert.deepStrictEqual(told, [1, 10, 100000, 300000]);
    });

    it('R26 has bounds', async () => {
      const told = await inPage(() => {
        const failure = (work) => {
          try {
            return work();
          } catch (error) {
            return [error.name, error.message.replace(/[0-9]+/g, '#')];
          }
        };
        const deep = [];
        let at = deep;
        for (let i = 0; i < 2000; i++) at = at[0] = [];
        const round = { name: 'round' };
        round.self = round;
        return [
          failure(() => require('util').parseArgs({ deep })),
          failure(() => require('os').setPriority(Symbol('own'))),
          require('v8').deserialize(require('v8').serialize(round)).self.self.name,
        ];
      });
      assert.deepStrictEqual(told, [
        ['RangeError', 'Data that is nested deeper than # cannot be passed between a page and its Node context'],
        ['TypeError', 'Symbol(own) cannot be passed between a page and its Node context'],
        'round',
      ]);
    });

    it('blocks only itself while it waits', async () => {
      const window = await openPage();
      const fifo = path.join(folder, 'fifo');
      execFileSync('mkfifo', [fifo]);
      // The page waits for a child, the child for this script.
      const heard = window.webContents.executeJavaScript(`String(require('child_process').execFileSync('cat', [${JSON.stringify(fifo)}]))`);
      await fs.promises.writeFile(fifo, 'from main');
      assert.strictEqual(await heard, 'from main');
    });

    it('hears of errors that nobody caught', async () => {
      const told = await inPage(async () => {
        const event = new Promise((resolve) => window.addEventListener('error', (event) => resolve([event.message, event.error?.code]), { once: true }));
        require('net').connect({ port: 1, host: '127.0.0.1' });
        const first = await event;
        const second = new Promise((resolve) => process.once('uncaughtException', (error) => resolve(error.message)));
        require('fs').stat('/', () => {
          throw new Error('in a callback');
        });
        const alive = require('fs').existsSync('/');
        return [first[1], await second, alive];
      });
      assert.deepStrictEqual(told, ['ECONNREFUSED', 'in a callback', true]);
    });

    // On the portable lane WebKitGTK runs no finalisers in some documents (docs/lanes.md).
    (portable ? it.skip : it)('R26 gives back what the page has dropped', async function () {
      // The engine collects when it likes.
      this.timeout(180_000);
      const told = await inPage(async (rounds, count) => {
        const { port1, port2 } = new MessageChannel();
        const turn = () => new Promise((resolve) => {
          port1.onmessage = () => resolve();
          port2.postMessage(0);
        });
        const make = require('vm').runInNewContext('class Made { get() { return 1; } } (count) => Array.from({ length: count }, () => new Made())');
        // More in all than can be shared at a time; garbage makes the engine collect.
        let waited = 0;
        for (let round = 0; round < rounds; ) {
          try {
            make(count)[0].get();
            round += 1;
          } catch (error) {
            if (!/^More than 200000 objects/.test(error.message) || ++waited > 1000) return [round, error.message];
            const garbage = [];
            for (let i = 0; i < 100000; i++) garbage.push({ i, list: new Array(20).fill(i) });
            await turn();
          }
        }
        return [rounds, waited > 0];
      }, 25, 10000);
      assert.deepStrictEqual(told, [25, true]);
    });

    it('R26 says when an answer is too big, and lives on', async () => {
      const told = await inPage((size) => {
        const failed = (work) => {
          try {
            return work().length;
          } catch (error) {
            return [error.name, error.message];
          }
        };
        const make = require('vm').runInNewContext('(size) => new Uint8Array(size)');
        return [failed(() => make(size)), require('fs').existsSync('/')];
      }, 256 * 2 ** 20 + 1);
      assert.deepStrictEqual(told, [['RangeError', 'The answer is too big to be passed between a page and its Node context'], true]);
    });

    it('gives back a server, and ends with the document', async () => {
      const window = await openPage();
      const port = await window.webContents.executeJavaScript(`(async () => {
        const server = require('net').createServer();
        await new Promise((resolve) => server.listen(0, resolve));
        return server.address().port;
      })()`);
      const reachable = () => new Promise((resolve) => {
        const socket = require('node:net').connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve(true);
        });
        socket.on('error', () => resolve(false));
      });
      assert.ok(await reachable());
      window.webContents.reload();
      await once(window.webContents, 'did-finish-load');
      // The server goes with the document; a test that waits in vain says so.
      while (await reachable()) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.strictEqual(await window.webContents.executeJavaScript("require('fs').existsSync('/')"), true);
    });
  });
});
