'use strict';

// Navigations that a page begins, and which frame they are of.

const { BrowserWindow } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, serve, waitUntil } = require('./helpers');

const EVENTS = ['did-start-loading', 'did-start-navigation', 'will-frame-navigate', 'will-navigate', 'did-navigate', 'did-finish-load'];

describe('will-navigate', () => {
  /** @type {{ url: string, close: () => Promise<void> }} */
  let server;
  const requested = [];
  before(async () => {
    server = await serve((request, response) => {
      requested.push(request.url);
      response.writeHead(200, { 'content-type': 'text/html' });
      if (request.url === '/framed') response.end('<title>framed</title><iframe name="inner" src="/inner"></iframe><a id="out" href="/linked">out</a>');
      else if (request.url === '/inner') response.end('<a id="link" href="/from-inner">in</a><form id="form" action="/form-inner"></form><a id="up" target="_top" href="/from-up">up</a>');
      else if (request.url === '/refreshing') response.end('<meta http-equiv="refresh" content="0;url=/refreshed">');
      else response.end(`<title>${request.url}</title><a id="link" href="/linked">link</a><form id="form" action="/submitted"></form>`);
    });
  });
  after(async () => server.close());
  afterEach(closeAllWindows);
  beforeEach(() => requested.splice(0));

  /** @param {string} path */
  async function page(path) {
    const { webContents: contents } = new BrowserWindow({ show: false });
    await contents.loadURL(`${server.url}${path}`);
    const order = [];
    for (const name of EVENTS) contents.on(/** @type {any} */ (name), (event) => order.push(event.isMainFrame === false ? `${name} (sub)` : name));
    return { contents, order, run: (code) => contents.executeJavaScript(`${code}; 0`) };
  }

  for (const [how, code] of [
    ['location.href', 'location.href = "/target"'],
    ['location.assign', 'location.assign("/target")'],
    ['location.replace', 'location.replace("/target")'],
    ['form.submit', 'document.getElementById("form").action = "/target"; document.getElementById("form").submit()'],
    ['a click of a script', 'document.getElementById("link").href = "/target"; document.getElementById("link").click()'],
  ]) {
    it(`is asked before a request of ${how}`, async () => {
      const { contents, order, run } = await page('/start');
      contents.once('will-navigate', (event) => event.preventDefault());
      const asked = once(contents, 'will-navigate');
      await run(code);
      const [event, url] = await asked;
      assert.match(url, /\/target\??$/);
      assert.deepStrictEqual([event.isMainFrame, event.isSameDocument], [true, false]);
      await waitUntil(() => !contents.isLoading());
      assert.deepStrictEqual(order, ['did-start-loading', 'did-start-navigation', 'will-frame-navigate', 'will-navigate']);
      // A second request would come after the first.
      await contents.executeJavaScript('fetch("/marker").then(() => 0)');
      assert.deepStrictEqual(requested, ['/start', '/marker']);
      const finished = once(contents, 'did-finish-load');
      await run(code);
      await finished;
      assert.match(contents.getURL(), /\/target\??$/);
    });
  }

  it('is asked about a refresh of the document', async () => {
    const { webContents: contents } = new BrowserWindow({ show: false });
    const asked = once(contents, 'will-navigate');
    contents.once('will-navigate', (event) => event.preventDefault());
    contents.loadURL(`${server.url}/refreshing`).catch(() => {});
    assert.strictEqual((await asked)[1], `${server.url}/refreshed`);
    await waitUntil(() => !contents.isLoading());
    await contents.executeJavaScript('fetch("/marker").then(() => 0)');
    assert.deepStrictEqual(requested, ['/refreshing', '/marker']);
  });

  it('is not asked about links and forms of a sub-frame', async () => {
    const { contents, order, run } = await page('/framed');
    const inner = 'frames.inner.document';
    for (const [code, target] of [[`${inner}.getElementById("link").click()`, '/from-inner'], [`frames.inner.location = "/inner"`, '/inner']]) {
      await run(code);
      await waitUntil(async () => (await contents.executeJavaScript('frames.inner.location.pathname + frames.inner.document.readyState')) === `${target}complete`);
    }
    await run(`${inner}.getElementById("form").submit()`);
    await waitUntil(async () => (await contents.executeJavaScript('frames.inner.location.pathname')) === '/form-inner');
    await waitUntil(() => order.length === 6);
    assert.deepStrictEqual(order, Array.from({ length: 3 }, () => ['did-start-navigation (sub)', 'will-frame-navigate (sub)']).flat());
    assert.strictEqual(contents.getURL(), `${server.url}/framed`);
    assert.strictEqual(contents.isLoadingMainFrame(), false);
  });

  it('will-frame-navigate of a sub-frame can be prevented', async () => {
    const { contents, run } = await page('/framed');
    contents.once('will-frame-navigate', (event) => event.preventDefault());
    const asked = once(contents, 'will-frame-navigate');
    await run('frames.inner.document.getElementById("link").click()');
    assert.strictEqual((await asked)[0].url, `${server.url}/from-inner`);
    await contents.executeJavaScript('fetch("/marker").then(() => 0)');
    assert.deepStrictEqual(requested, ['/framed', '/inner', '/marker']);
  });

  it('is asked of the main frame beside sub-frames', async () => {
    const { contents, order, run } = await page('/framed');
    contents.once('will-navigate', (event) => event.preventDefault());
    const asked = once(contents, 'will-navigate');
    await run('document.getElementById("out").click()');
    assert.strictEqual((await asked)[1], `${server.url}/linked`);
    assert.deepStrictEqual(order, ['did-start-loading', 'did-start-navigation', 'will-frame-navigate', 'will-navigate']);
    // A script's navigation of one of several frames is asked about with the answer.
    const late = once(contents, 'will-navigate');
    await run('location = "/by-script"');
    assert.strictEqual((await late)[1], `${server.url}/by-script`);
    await waitUntil(() => !contents.isLoading());
    assert.strictEqual(contents.getURL(), `${server.url}/by-script`);
  });

  it('is asked when a sub-frame sends the whole page elsewhere', async () => {
    const { contents, run } = await page('/framed');
    contents.once('will-navigate', (event) => event.preventDefault());
    const asked = once(contents, 'will-navigate');
    await run('frames.inner.document.getElementById("up").click()');
    assert.strictEqual((await asked)[1], `${server.url}/from-up`);
    await waitUntil(() => !contents.isLoading());
    assert.strictEqual(contents.getURL(), `${server.url}/framed`);
  });
});
