'use strict';

const { BrowserWindow } = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { closeAllWindows, once, serve } = require('./helpers');

const html = (body, parameters = '') => `data:text/html${parameters},${encodeURIComponent(body)}`;

describe('options of webContents.loadURL', () => {
  /** @type {{ url: string, close: () => Promise<void> }} */
  let server;
  /** @type {{ method: string, url: string, headers: any, body: Buffer }[]} */
  let requests;
  /** @type {string} */
  let folder;

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'load-options-'));
    server = await serve((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        if (request.url !== '/favicon.ico') requests.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
        if (request.url === '/redirect') response.writeHead(303, { location: '/after' }).end();
        else if (request.url === '/data.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end('window.fromBase = 1;');
        else response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'seen=1' }).end(`<title>${request.method}</title>${request.method}`);
      });
    });
  });
  beforeEach(() => {
    requests = [];
  });
  after(async () => {
    await server.close();
    fs.rmSync(folder, { recursive: true });
  });
  afterEach(closeAllWindows);

  const open = () => new BrowserWindow({ show: false }).webContents;
  const FORM = 'Content-Type: application/x-www-form-urlencoded';

  /** @param {any} contents */
  function navigationsOf(contents) {
    const names = [];
    for (const name of ['did-start-loading', 'did-start-navigation', 'did-redirect-navigation', 'did-navigate', 'did-finish-load', 'did-fail-load', 'did-stop-loading']) {
      contents.on(name, () => names.push(name));
    }
    return names;
  }

  it('postData sends raw bytes, once, in a new page', async () => {
    const contents = open();
    const names = navigationsOf(contents);
    const bytes = Buffer.from([0, 1, 2, 0xff, 0x0d, 0x0a, 0x80]);
    const stopped = once(contents, 'did-stop-loading');
    await contents.loadURL(`${server.url}/post`, { postData: [{ type: 'rawData', bytes }], extraHeaders: 'Content-Type: application/octet-stream' });
    await stopped;
    assert.deepStrictEqual(requests.map(({ method, url }) => [method, url]), [['POST', '/post']]);
    assert.strictEqual(requests[0].headers['content-type'], 'application/octet-stream');
    assert.deepStrictEqual(requests[0].body, bytes);
    assert.deepStrictEqual(names, ['did-start-loading', 'did-start-navigation', 'did-navigate', 'did-finish-load', 'did-stop-loading']);
    assert.strictEqual(contents.getURL(), `${server.url}/post`);
    assert.strictEqual(contents.navigationHistory.length(), 1);
  });

  it('postData after other pages: history, referrer, cookies', async () => {
    const contents = open();
    await contents.loadURL(`${server.url}/a`);
    await contents.loadURL(`${server.url}/b`);
    await contents.loadURL(`${server.url}/post`, {
      postData: [{ type: 'rawData', bytes: Buffer.from('a=1&') }, { type: 'rawData', bytes: Buffer.from('b=2') }],
      extraHeaders: FORM,
      httpReferrer: `${server.url}/from`,
    });
    const { method, headers, body } = requests.at(-1);
    assert.deepStrictEqual([method, body.toString(), headers.referer, headers.cookie], ['POST', 'a=1&b=2', `${server.url}/from`, 'seen=1']);
    assert.deepStrictEqual(contents.navigationHistory.getAllEntries().map(({ url }) => new URL(url).pathname), ['/a', '/b', '/post']);
    assert.strictEqual(contents.navigationHistory.getActiveIndex(), 2);
    const back = once(contents, 'did-finish-load');
    contents.navigationHistory.goBack();
    await back;
    assert.strictEqual(contents.getURL(), `${server.url}/b`);
    await contents.loadURL(`${server.url}/post`, { postData: [{ type: 'rawData', bytes: Buffer.from('again') }], extraHeaders: FORM });
    assert.strictEqual(requests.at(-1).body.toString(), 'again');
    assert.deepStrictEqual(contents.navigationHistory.getAllEntries().map(({ url }) => new URL(url).pathname), ['/a', '/b', '/post']);
  });

  it('postData sends pieces of files', async () => {
    const file = path.join(folder, 'piece.bin');
    fs.writeFileSync(file, 'abcdefghij');
    const contents = open();
    const { mtimeMs } = fs.statSync(file);
    await contents.loadURL(`${server.url}/file`, {
      postData: [
        { type: 'rawData', bytes: Buffer.from('<') },
        { type: 'file', filePath: file, offset: 2, length: 3, modificationTime: Math.floor(mtimeMs / 1000) },
        { type: 'file', filePath: file, offset: 8, length: -1, modificationTime: 0 },
      ],
      extraHeaders: FORM,
    });
    assert.strictEqual(requests.at(-1).body.toString(), '<cdeij');
    const changed = { type: 'file', filePath: file, modificationTime: 5 };
    await assert.rejects(contents.loadURL(`${server.url}/file`, { postData: [changed] }), { code: 'ERR_UPLOAD_FILE_CHANGED' });
    const missing = { type: 'file', filePath: path.join(folder, 'missing') };
    await assert.rejects(contents.loadURL(`${server.url}/file`, { postData: [missing] }), { code: 'ERR_FILE_NOT_FOUND' });
    assert.strictEqual(requests.length, 1);
  });

  it('postData follows redirects and tells failures', async () => {
    const contents = open();
    await contents.loadURL(`${server.url}/redirect`, { postData: [{ type: 'rawData', bytes: Buffer.from('x') }], extraHeaders: FORM });
    assert.deepStrictEqual(requests.map(({ method, url }) => `${method} ${url}`), ['POST /redirect', 'GET /after']);
    assert.strictEqual(contents.getURL(), `${server.url}/after`);
    const closed = await serve(() => {});
    await closed.close();
    await assert.rejects(contents.loadURL(`${closed.url}/x`, { postData: [{ type: 'rawData', bytes: Buffer.from('x') }] }), { code: 'ERR_FAILED' });
    await contents.loadURL(`${server.url}/later`);
    assert.strictEqual(contents.getURL(), `${server.url}/later`);
  });

  it('postData that the server drops is sent once', async () => {
    let count = 0;
    const dropping = await serve((request, response) => {
      if (request.method === 'POST') {
        count++;
        request.socket.destroy();
      } else {
        response.writeHead(200, { 'content-type': 'text/html' }).end('ok');
      }
    });
    const contents = open();
    const post = () => contents.loadURL(`${dropping.url}/x`, { postData: [{ type: 'rawData', bytes: Buffer.from('x') }], extraHeaders: FORM });
    await assert.rejects(post(), { code: 'ERR_FAILED' });
    await contents.loadURL(`${dropping.url}/ok`);
    await assert.rejects(post(), { code: 'ERR_FAILED' });
    await contents.loadURL(`${dropping.url}/x`);
    assert.strictEqual(count, 2);
    await dropping.close();
  });

  it('postData that cannot be sent throws', () => {
    const contents = open();
    for (const postData of [{}, ['x'], [{ type: 'rawData', bytes: 'x' }], [{ type: 'file' }]]) {
      assert.throws(() => contents.loadURL(server.url, { postData }), /Invalid 'postData'/);
    }
    const postData = [{ type: 'rawData', bytes: Buffer.from('x') }];
    assert.throws(() => contents.loadURL(server.url, { postData, extraHeaders: 'X-Own: 1' }), /cannot send the header 'X-Own'/);
    assert.strictEqual(contents.isLoading(), false);
  });

  it('baseURLForDataURL: the page is of the base, the address is the data', async () => {
    const contents = open();
    const settled = once(contents, 'did-stop-loading');
    await contents.loadURL(`${server.url}/a`);
    await settled;
    const names = navigationsOf(contents);
    const url = html('<meta charset="utf-8"><title>B\u00e4se</title><script src="data.js"></script><a href="x">x</a>');
    const stopped = once(contents, 'did-stop-loading');
    await contents.loadURL(url, { baseURLForDataURL: `${server.url}/folder/../page` });
    await stopped;
    assert.deepStrictEqual(names, ['did-start-loading', 'did-start-navigation', 'did-navigate', 'did-finish-load', 'did-stop-loading']);
    assert.strictEqual(contents.getURL(), url);
    assert.strictEqual(contents.getTitle(), 'B\u00e4se');
    const found = await contents.executeJavaScript('[document.URL, location.origin, document.links[0].href, window.fromBase]');
    assert.deepStrictEqual(found, [`${server.url}/page`, server.url, `${server.url}/x`, 1]);
    assert.deepStrictEqual(contents.navigationHistory.getAllEntries().map((entry) => entry.url), [`${server.url}/a`, url]);
  });

  it('baseURLForDataURL survives a reload, and is gone with the page', async () => {
    const contents = open();
    const url = `data:text/html;charset=utf-8;base64,${Buffer.from('<title>\u20ac</title>').toString('base64')}`;
    await contents.loadURL(url, { baseURLForDataURL: `${server.url}/page` });
    assert.strictEqual(contents.getTitle(), '\u20ac');
    const again = once(contents, 'did-finish-load');
    contents.reload();
    await again;
    assert.strictEqual(await contents.executeJavaScript('document.URL'), `${server.url}/page`);
    assert.strictEqual(contents.getURL(), url);
    assert.strictEqual(contents.navigationHistory.length(), 1);
    await contents.loadURL(url);
    assert.strictEqual(await contents.executeJavaScript('document.URL'), url);
  });

  it('baseURLForDataURL knows HTML only', () => {
    const contents = open();
    assert.throws(() => contents.loadURL('data:text/plain,x', { baseURLForDataURL: 'http://a.test/' }), /knows only text\/html/);
  });
});
