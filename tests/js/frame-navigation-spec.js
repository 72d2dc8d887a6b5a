'use strict';

// Events of the loads of sub-frames.

const { BrowserWindow, webFrameMain } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, serve, waitUntil } = require('./helpers');

describe('navigation of sub-frames', () => {
  afterEach(closeAllWindows);
  let server;
  before(async () => {
    server = await serve((request, response) => {
      const pages = {
        '/one': '<iframe name="inner" src="/leaf"></iframe><a id="link" href="/two">next</a>',
        '/missing': '<iframe name="inner" src="/none"></iframe>',
        '/leaf': '<a id="link" href="/leaf?2">next</a><a id="top" href="/two" target="_top">up</a><form action="/leaf"><input name="f" value="1"></form>',
      };
      if (request.url === '/none') response.statusCode = 404;
      response.setHeader('content-type', 'text/html').end(`<!doctype html>${pages[request.url] ?? `<p>${request.url}</p>`}`);
    });
  });
  after(() => server.close());

  const NAMES = ['did-start-navigation', 'will-frame-navigate', 'will-navigate', 'did-frame-navigate', 'did-navigate', 'did-frame-finish-load', 'did-finish-load', 'did-fail-load', 'did-fail-provisional-load'];

  /** A window with a page, and the events that came since it was loaded. @param {string} page */
  async function open(page) {
    const window = new BrowserWindow({ show: false });
    const events = [];
    for (const name of NAMES) window.webContents.on(name, (...args) => events.push([name, ...args]));
    await window.loadURL(server.url + page);
    await waitUntil(() => !window.webContents.isLoading());
    return { window, webContents: window.webContents, events };
  }

  /** Whether an event was about the main frame: in its details, or as its last boolean argument. */
  const isMain = ([, details, ...args]) => details.isMainFrame ?? args.findLast((value) => typeof value === 'boolean') ?? true;

  it('has its own events, in order', async () => {
    const { events, webContents } = await open('/one');
    const frame = webContents.mainFrame.frames[0];
    const ofFrame = events.filter((event) => !isMain(event));
    assert.deepStrictEqual(ofFrame.map(([name]) => name), ['did-start-navigation', 'will-frame-navigate', 'did-frame-navigate', 'did-frame-finish-load']);
    assert.deepStrictEqual(ofFrame[2].slice(2), [`${server.url}/leaf`, 200, 'OK', false, frame.processId, frame.routingId]);
    const [, details] = ofFrame[1];
    assert.strictEqual(details.url, `${server.url}/leaf`);
    assert.ok(events.findIndex(([name]) => name === 'did-finish-load') > events.indexOf(ofFrame[3]));
  });

  it('tells the status', async () => {
    const { events } = await open('/missing');
    const told = events.find(([name, , url]) => name === 'did-frame-navigate' && url.endsWith('/none'));
    assert.deepStrictEqual(told.slice(2, 6), [`${server.url}/none`, 404, 'Not Found', false]);
  });

  it('is not taken for one of the page', async () => {
    const { webContents, events } = await open('/one');
    const [frame] = webContents.mainFrame.frames;
    for (const [code, url] of [
      ['document.getElementById("link").click()', '/leaf?2'],
      ['location.href = "/leaf"', '/leaf'],
      ['document.forms[0].submit()', '/leaf?f=1'],
      ['location.reload()', '/leaf?f=1'],
    ]) {
      events.length = 0;
      const finished = once(webContents, 'did-frame-finish-load');
      await frame.executeJavaScript(`${code}; 0`);
      const [, isMainFrame, processId, routingId] = await finished;
      assert.strictEqual(isMainFrame, false, code);
      assert.strictEqual(webFrameMain.fromId(processId, routingId), frame);
      assert.strictEqual(frame.url, server.url + url);
      assert.strictEqual(webContents.getURL(), `${server.url}/one`);
      assert.deepStrictEqual(events.map(([name]) => name), ['did-start-navigation', 'will-frame-navigate', 'did-frame-navigate', 'did-frame-finish-load'], code);
      await waitUntil(() => !webContents.isLoading());
    }
  });

  it('of the page itself has the usual events beside sub-frames', async () => {
    for (const [inside, code] of [[false, 'document.getElementById("link").click()'], [true, 'document.getElementById("top").click()']]) {
      const { webContents, events } = await open('/one');
      events.length = 0;
      const finished = once(webContents, 'did-finish-load');
      await (inside ? webContents.mainFrame.frames[0] : webContents.mainFrame).executeJavaScript(`${code}; 0`);
      await finished;
      assert.strictEqual(webContents.getURL(), `${server.url}/two`);
      // A link in a sub-frame is taken for its own before the request, and for the page's when the answer is there.
      assert.strictEqual(events.every(isMain), !inside);
      assert.deepStrictEqual(events.filter(isMain).map(([name]) => name), [
        'did-start-navigation', 'will-frame-navigate', 'will-navigate', 'did-frame-navigate', 'did-navigate', 'did-frame-finish-load', 'did-finish-load',
      ]);
    }
  });

  it('can be prevented', async () => {
    const { webContents, events } = await open('/one');
    const [frame] = webContents.mainFrame.frames;
    events.length = 0;
    webContents.once('will-frame-navigate', (event) => {
      assert.strictEqual(event.isMainFrame, false);
      event.preventDefault();
    });
    const failed = once(webContents, 'did-fail-provisional-load');
    await frame.executeJavaScript('document.getElementById("link").click(); 0');
    const [, code, description, url, isMainFrame] = await failed;
    assert.deepStrictEqual([code, description, url, isMainFrame], [-3, 'ERR_ABORTED', `${server.url}/leaf?2`, false]);
    assert.strictEqual(await frame.executeJavaScript('location.pathname + location.search'), '/leaf');
    assert.strictEqual(frame.url, `${server.url}/leaf`);
    assert.ok(!events.some(([name]) => name === 'did-fail-load'));
    await waitUntil(() => !webContents.isLoading());
  });

  it('of the page can be prevented beside sub-frames', async () => {
    const { webContents } = await open('/one');
    webContents.once('will-navigate', (event) => event.preventDefault());
    const stopped = once(webContents, 'did-stop-loading');
    await webContents.executeJavaScript('document.getElementById("link").click(); 0');
    await stopped;
    assert.strictEqual(webContents.getURL(), `${server.url}/one`);
    assert.strictEqual(await webContents.executeJavaScript('location.pathname'), '/one');
  });

  it('that fails is told, and the page is not', async () => {
    const closed = await serve(() => {});
    await closed.close();
    const { webContents } = await open('/one');
    const failed = once(webContents, 'did-fail-load');
    await webContents.executeJavaScript(`document.querySelector('iframe').src = ${JSON.stringify(closed.url)}; 0`);
    const [, code, description, url, isMainFrame] = await failed;
    assert.deepStrictEqual([code, description, url, isMainFrame], [-102, 'ERR_CONNECTION_REFUSED', `${closed.url}/`, false]);
    await waitUntil(() => !webContents.isLoading());
    assert.strictEqual(webContents.getURL(), `${server.url}/one`);
  });

  it('within a document is told too', async () => {
    const { webContents, events } = await open('/one');
    const [frame] = webContents.mainFrame.frames;
    events.length = 0;
    const moved = once(webContents, 'did-navigate-in-page');
    await frame.executeJavaScript('location.hash = "x"; 0');
    const [, url, isMainFrame] = await moved;
    assert.deepStrictEqual([url, isMainFrame], [`${server.url}/leaf#x`, false]);
    const [[name, details]] = events;
    assert.deepStrictEqual([name, details.isSameDocument, details.isMainFrame, details.frame === frame], ['did-start-navigation', true, false, true]);
  });
});
