// @ts-nocheck Functions here run in pages and workers.
'use strict';

// Workers with Node: `nodeIntegrationInWorker`.

const { BrowserWindow } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { closeAllWindows, once, serve, waitUntil } = require('./helpers');

const IN_WORKER = { nodeIntegrationInWorker: true };

describe('workers with Node', function () {
  this.timeout(60_000);
  let folder;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-workers-'));
    const write = (name, text) => {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    };
    write('page.html', '<!doctype html><title>page</title>');
    write('text.txt', 'h\u00e4llo');
    write('node_modules/pkg/package.json', '{"name": "pkg", "version": "1.2.3", "main": "lib/main.js"}');
    write('node_modules/pkg/lib/main.js', "exports.file = __filename; exports.dep = require('./dep.json').dep;");
    write('node_modules/pkg/lib/dep.json', '{"dep": 7}');
    write('dep.js', 'self.dep = 5;');
    write('dep.mjs', 'export const dep = 6;');
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));
  afterEach(closeAllWindows);

  let count = 0;
  /** Writes a script of a worker. @param {Function | string} body @param {string} [extension] @returns {string} its path */
  function script(body, extension = 'js') {
    const file = path.join(folder, `worker-${++count}.${extension}`);
    fs.writeFileSync(file, typeof body === 'string' ? body : `(${body})();`);
    return file;
  }

  async function open(webPreferences = IN_WORKER) {
    const window = new BrowserWindow({ show: false, webPreferences });
    await window.loadFile(path.join(folder, 'page.html'));
    return window;
  }

  /** What a worker posts first, or its error. @param {Electron.BrowserWindow} window @param {string} address @param {object} [options] */
  const posted = (window, address, options) =>
    window.webContents.executeJavaScript(`new Promise((resolve) => {
      const worker = window.worker = new Worker(${JSON.stringify(address)}, ${JSON.stringify(options)});
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => resolve(window.workerError = 'error: ' + event.message);
    })`);

  /** @param {Function} body @param {object} [webPreferences] */
  const inWorker = async (body, webPreferences) => posted(await open(webPreferences), path.basename(script(body)));

  it('have the globals, whether the page is isolated or has Node itself', async () => {
    for (const webPreferences of [IN_WORKER, { ...IN_WORKER, nodeIntegration: true, contextIsolation: false }]) {
      const file = script(() => {
        postMessage([
          [typeof require, typeof module, typeof process, typeof Buffer, typeof setImmediate, typeof clearImmediate, global === self],
          __filename, __dirname, location.href, String(location), process.type, process.versions.electron, process.pid > 0, process.sandboxed, typeof window,
        ]);
      });
      const told = await posted(await open(webPreferences), path.basename(file));
      assert.deepStrictEqual(told, [
        ['function', 'object', 'object', 'function', 'function', 'function', true], file, folder, pathToFileURL(file).href, pathToFileURL(file).href, 'worker',
        process.versions.electron, true, false, 'undefined',
      ]);
    }
  });

  it('have Node\u2019s modules, packages and files', async () => {
    const told = await inWorker(() => {
      const fs = require('fs');
      const { execFileSync } = require('node:child_process');
      const pkg = require('pkg');
      const os = require('os');
      const failure = (run) => { try { return run(); } catch (error) { return [error.code, error.message.split('\n')[0]]; } };
      postMessage([
        fs.readFileSync(`${__dirname}/text.txt`, 'utf8'), execFileSync('echo', ['child']).toString(), pkg.dep, pkg.file.slice(__dirname.length), os.platform() === process.platform,
        require('crypto').createHash('sha1').update('x').digest('hex').length, require.resolve('pkg') === pkg.file, failure(() => fs.readFileSync('/none'))[0], failure(() => require('none'))[0],
        failure(() => require('electron'))[1],
      ]);
    });
    assert.deepStrictEqual(told, [
      'h\u00e4llo', 'child\n', 7, '/node_modules/pkg/lib/main.js', true, 40, true, 'ENOENT', 'MODULE_NOT_FOUND',
      "Electron's modules cannot be used in a worker. Have the page ask, by postMessage.",
    ]);
  });

  it('hear of Node\u2019s events', async () => {
    const told = await inWorker(async () => {
      const http = require('http');
      const server = http.createServer((request, response) => {
        request.on('data', () => {});
        request.on('end', () => response.end(`got ${request.url}`));
      });
      await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
      const body = await new Promise((resolve, reject) => {
        const request = http.request({ port: server.address().port, host: '127.0.0.1', path: '/there', method: 'POST' }, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece) => { text += piece; }).on('end', () => resolve(text));
        });
        request.on('error', reject).end(Buffer.alloc(300_000));
      });
      server.close();
      const text = await require('fs').promises.readFile(`${__dirname}/text.txt`, 'utf8');
      const order = [];
      process.nextTick(() => order.push('tick'));
      setImmediate(() => postMessage([body, text, order]));
    });
    assert.deepStrictEqual(told, ['got /there', 'h\u00e4llo', ['tick']]);
  });

  it('take big data in both directions', async () => {
    const told = await inWorker(() => {
      const fs = require('fs');
      const file = `${__dirname}/big`;
      const bytes = Buffer.alloc((3 << 20) + 1, 'abc');
      fs.writeFileSync(file, bytes);
      fs.readFile(file, (_error, read) => postMessage([read.length, read.equals(bytes), fs.readFileSync(file).equals(bytes)]));
    });
    assert.deepStrictEqual(told, [(3 << 20) + 1, true, true]);
  });

  it('take relative addresses for those of their script', async () => {
    const told = await inWorker(async () => {
      importScripts('dep.js', './dep.js');
      const request = new XMLHttpRequest();
      request.open('GET', 'text.txt', false);
      request.send();
      const { dep } = await import('./dep.mjs');
      postMessage([self.dep, await (await fetch('text.txt')).text(), await (await fetch(new Request('text.txt'))).text(), request.responseText, dep]);
    });
    assert.deepStrictEqual(told, [5, 'h\u00e4llo', 'h\u00e4llo', 'h\u00e4llo', 6]);
  });

  it('may be modules', async () => {
    const file = script("import { dep } from './dep.mjs'; addEventListener('message', () => {}); postMessage([dep, import.meta.url, location.href, require('fs').existsSync(__filename)]);", 'mjs');
    const url = pathToFileURL(file).href;
    assert.deepStrictEqual(await posted(await open(), path.basename(file), { type: 'module' }), [6, url, url, true]);
  });

  it('get what was posted before they were there', async () => {
    const window = await open();
    for (const [file, type] of [[script('onmessage = ({ data }) => postMessage([data, typeof require]);'), 'classic'], [script('onmessage = ({ data }) => postMessage([data, typeof require]);', 'mjs'), 'module']]) {
      const told = await window.webContents.executeJavaScript(`new Promise((resolve) => {
        const worker = new Worker(${JSON.stringify(path.basename(file))}, { type: '${type}' });
        worker.postMessage('early');
        worker.onmessage = ({ data }) => resolve(data);
      })`);
      assert.deepStrictEqual(told, ['early', 'function']);
    }
  });

  it('may come of a text, whose address is taken back at once', async () => {
    const window = await open();
    const told = await window.webContents.executeJavaScript(`Promise.all(['classic', 'module'].map((type) => new Promise((resolve) => {
      const url = URL.createObjectURL(new Blob(["postMessage([typeof require, require('os').EOL])"]));
      const worker = new Worker(url, { type });
      URL.revokeObjectURL(url);
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => resolve(event.message);
    })))`);
    assert.deepStrictEqual(told, [['function', '\n'], ['function', '\n']]);
  });

  it('start others, which have it too', async () => {
    const inner = path.basename(script("postMessage(require('fs').readFileSync(__dirname + '/text.txt', 'utf8'));"));
    const told = await inWorker(`
      const inner = new Worker('${inner}');
      inner.onmessage = ({ data }) => postMessage([data, inner instanceof Worker]);
    `);
    assert.deepStrictEqual(told, ['h\u00e4llo', true]);
  });

  it('tell the page of errors', async () => {
    const window = await open();
    assert.match(await posted(window, path.basename(script('throw new Error("at once")'))), /^error: .*at once/);
    assert.match(await posted(window, path.basename(script("require('fs').stat('/', () => { throw new Error('later') })"))), /^error: .*later/);
    assert.match(await posted(window, 'none.js'), /^error: /);
    // The engine's own.
    const told = await window.webContents.executeJavaScript(`(() => {
      try {
        return new Worker();
      } catch (error) {
        return [error.name, Worker.name, typeof Worker.prototype.postMessage, Object.keys(window).includes('Worker')];
      }
    })()`);
    assert.deepStrictEqual(told, ['TypeError', 'Worker', 'function', false]);
  });

  it('say what the policy of the page keeps them from', async () => {
    const self = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'";
    const file = path.basename(script("try { postMessage(require('os').EOL); } catch (error) { postMessage(error.message); }"));
    for (const [policy, expected] of [
      [self, /^The policy of this page keeps its workers from having Node: they need 'blob:' in 'worker-src' and 'script-src'\.$/],
      [`${self} blob:`, /^The worker's Node cannot be reached\. A policy of the page needs 'connect-src shell-lane:'\.$/],
      [`${self} blob:; connect-src shell-lane:`, /^\n$/],
    ]) {
      fs.writeFileSync(path.join(folder, 'policy.html'), `<!doctype html><meta http-equiv="content-security-policy" content="${policy}">`);
      const window = new BrowserWindow({ show: false, webPreferences: IN_WORKER });
      await window.loadFile(path.join(folder, 'policy.html'));
      const told = await window.webContents.executeJavaScript(`new Promise((resolve) => {
        try {
          new Worker(${JSON.stringify(file)}).onmessage = ({ data }) => resolve(data);
        } catch (error) {
          resolve(error.message);
        }
      })`);
      assert.match(told, expected);
    }
  });

  describe('ends with all that it has open', () => {
    const holding = () => {
      const server = require('net').createServer(() => {});
      server.listen(0, '127.0.0.1', () => postMessage(server.address().port));
      self.onmessage = () => self.close();
    };

    /** A worker with an open server, and a connection to it. @param {Electron.BrowserWindow} window */
    async function connected(window) {
      const port = await posted(window, path.basename(script(holding)));
      const socket = net.connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => {});
      return { closed: once(socket, 'close') };
    }

    /** Waits for it, and asks the page what is wrong if that takes too long. @param {Promise<any>} closed @param {Electron.BrowserWindow} window */
    async function ended(closed, window) {
      let isClosed = false;
      closed.then(() => { isClosed = true; });
      await waitUntil(() => isClosed, 45_000).catch(async () => {
        const said = window.isDestroyed() ? 'it is gone' : await window.webContents.executeJavaScript('String(window.workerError)');
        throw new Error(`The server of a worker that has ended is open. Its page: ${said}`);
      });
    }

    it('when the page ends it', async () => {
      const window = await open();
      const { closed } = await connected(window);
      await window.webContents.executeJavaScript('worker.terminate()');
      await ended(closed, window);
    });

    it('when it closes itself', async () => {
      const window = await open();
      const { closed } = await connected(window);
      await window.webContents.executeJavaScript('worker.postMessage(1)');
      await ended(closed, window);
    });

    it('when the page goes elsewhere', async () => {
      const window = await open();
      const { closed } = await connected(window);
      await window.loadURL('about:blank');
      await ended(closed, window);
    });

    it('when the window closes', async () => {
      const window = await open();
      const { closed } = await connected(window);
      window.destroy();
      await ended(closed, window);
    });

    it('when the page\u2019s process dies', async () => {
      const window = await open();
      const { closed } = await connected(window);
      window.webContents.forcefullyCrashRenderer();
      await ended(closed, window);
    });
  });

  it('S11 have none in content of others, nor where a sandbox is wanted', async () => {
    const tried = `new Promise((resolve) => {
      const worker = new Worker(URL.createObjectURL(new Blob(['postMessage([typeof require, typeof process])'])));
      worker.onmessage = ({ data }) => resolve(data);
    })`;
    const { url, close } = await serve((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<title>remote</title>'));
    try {
      const window = await open();
      assert.deepStrictEqual(await window.webContents.executeJavaScript(tried), ['function', 'object']);
      for (const address of [url, 'about:blank']) {
        await window.loadURL(address);
        assert.deepStrictEqual(await window.webContents.executeJavaScript(tried), ['undefined', 'undefined'], address);
      }
      await window.loadFile(path.join(folder, 'page.html'));
      assert.match(await posted(window, `${url}/worker.js`).catch((error) => `error: ${error.message}`), /^error: /);
    } finally {
      await close();
    }
    for (const webPreferences of [{ ...IN_WORKER, sandbox: true }, { nodeIntegration: true, contextIsolation: false }, {}]) {
      const window = await open(webPreferences);
      assert.deepStrictEqual(await window.webContents.executeJavaScript(tried), ['undefined', 'undefined']);
    }
  });
});
