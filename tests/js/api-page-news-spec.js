'use strict';

// What a page shows of itself: icons and colour.

const { BrowserWindow } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, serve } = require('./helpers');

describe('news of a page', () => {
  let html = '';
  /** @type {{ url: string, close: () => Promise<void> }} */
  let server;
  before(async () => {
    server = await serve((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html));
  });
  after(async () => server.close());
  afterEach(closeAllWindows);

  /** @param {string} text @param {string} event */
  async function load(text, event) {
    html = text;
    const { webContents: contents } = new BrowserWindow({ show: false });
    const told = [];
    contents.on(/** @type {any} */ (event), (_event, value) => told.push(value));
    await contents.loadURL(`${server.url}/page`);
    return { contents, told, next: () => once(contents, event).then((args) => args[1]) };
  }

  it('page-favicon-updated has the addresses of the icons', async () => {
    const { contents, told, next } = await load(
      '<link rel="icon" href="a.png"><link rel="SHORTCUT icon" href="/b.ico"><link rel="apple-touch-icon" href="c.png"><link rel="icon" href="a.png">',
      'page-favicon-updated',
    );
    assert.deepStrictEqual(told, [[`${server.url}/a.png`, `${server.url}/b.ico`]]);
    const changed = next();
    await contents.executeJavaScript('document.querySelector("link").href = "data:,x"; document.title = "other"; 0');
    assert.deepStrictEqual(await changed, ['data:,x', `${server.url}/b.ico`, `${server.url}/a.png`]);
  });

  it('page-favicon-updated has the usual place when the page names none', async () => {
    const { told } = await load('<p>plain', 'page-favicon-updated');
    assert.deepStrictEqual(told, [[`${server.url}/favicon.ico`]]);
  });

  it('did-change-theme-color follows the page', async () => {
    const { contents, told, next } = await load(
      '<meta name="theme-color" media="print" content="#000001"><meta name="Theme-Color" content=" rebeccapurple ">',
      'did-change-theme-color',
    );
    assert.deepStrictEqual(told, ['#663399']);
    for (const [content, color] of [['rgba(1, 2, 255, 0.5)', '#0102ff'], ['no colour', null], ['#ABC', '#aabbcc']]) {
      const changed = next();
      await contents.executeJavaScript(`document.querySelectorAll('meta')[1].content = ${JSON.stringify(content)}; 0`);
      assert.strictEqual(await changed, color);
    }
    const removed = next();
    await contents.executeJavaScript('document.querySelectorAll("meta")[1].remove(); 0');
    assert.strictEqual(await removed, null);
  });

  it('did-change-theme-color says nothing of pages without a colour', async () => {
    const { told } = await load('<p>plain', 'did-change-theme-color');
    assert.deepStrictEqual(told, []);
  });
});
