'use strict';

const { BrowserWindow } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, serve, waitUntil } = require('./helpers');

describe('navigationHistory', () => {
  /** @type {{ url: string, close: () => Promise<void> }} */
  let server;

  before(async () => {
    server = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>${request.url}</title><body style="height:5000px">page`);
    });
  });
  after(async () => server.close());
  afterEach(closeAllWindows);

  const open = () => new BrowserWindow({ show: false }).webContents;
  const paths = (contents) => contents.navigationHistory.getAllEntries().map(({ url }) => new URL(url).pathname);

  /** @param {...string} pages */
  async function visited(...pages) {
    const contents = open();
    for (const page of pages) await contents.loadURL(`${server.url}/${page}`);
    return contents;
  }

  it('clear leaves the active entry', async () => {
    const contents = await visited('a', 'b', 'c');
    const { navigationHistory: history } = contents;
    let finished = once(contents, 'did-finish-load');
    history.goBack();
    await finished;
    history.clear();
    assert.deepStrictEqual(paths(contents), ['/b']);
    assert.strictEqual(history.getActiveIndex(), 0);
    assert.strictEqual(history.canGoBack() || history.canGoForward(), false);
    assert.strictEqual(await contents.executeJavaScript('location.pathname'), '/b');
    await contents.loadURL(`${server.url}/d`);
    assert.deepStrictEqual(paths(contents), ['/b', '/d']);
    finished = once(contents, 'did-finish-load');
    history.goBack();
    await finished;
    assert.strictEqual(await contents.executeJavaScript('location.pathname'), '/b');
  });

  it('clear of a new page changes nothing', () => {
    const { navigationHistory: history } = open();
    history.clear();
    assert.strictEqual(history.length(), 0);
  });

  it('removeEntryAtIndex removes any but the active entry', async () => {
    const contents = await visited('a', 'b', 'c');
    const { navigationHistory: history } = contents;
    assert.strictEqual(history.removeEntryAtIndex(2), false);
    assert.strictEqual(history.removeEntryAtIndex(3), false);
    assert.strictEqual(history.removeEntryAtIndex(-1), false);
    assert.strictEqual(history.removeEntryAtIndex(1), true);
    assert.deepStrictEqual(paths(contents), ['/a', '/c']);
    assert.strictEqual(history.getActiveIndex(), 1);
    const finished = once(contents, 'did-finish-load');
    history.goBack();
    await finished;
    assert.strictEqual(await contents.executeJavaScript('location.pathname'), '/a');
    assert.strictEqual(history.removeEntryAtIndex(1), true);
    assert.deepStrictEqual(paths(contents), ['/a']);
  });

  it('restore gives a new page the history of another one, with its state', async () => {
    const contents = await visited('a', 'b', 'c');
    await contents.executeJavaScript('history.pushState({ kept: [1, 2] }, "", "/pushed"); scrollTo(0, 1200)');
    // Another page makes the engine note where this one stood.
    await contents.loadURL(`${server.url}/last`);
    const entries = contents.navigationHistory.getAllEntries();
    assert.deepStrictEqual(entries.map(({ url }) => new URL(url).pathname), ['/a', '/b', '/c', '/pushed', '/last']);

    const other = open();
    await other.navigationHistory.restore({ index: 3, entries });
    assert.strictEqual(other.getURL(), `${server.url}/pushed`);
    assert.strictEqual(other.navigationHistory.getActiveIndex(), 3);
    assert.deepStrictEqual(paths(other), ['/a', '/b', '/c', '/pushed', '/last']);
    // FIXME The engine hands the state object of a restored entry on and then loads the page without it.
    assert.strictEqual(await other.executeJavaScript('history.state'), null);
    await waitUntil(async () => (await other.executeJavaScript('scrollY')) === 1200);
    const moved = once(other, 'did-finish-load');
    other.navigationHistory.goToIndex(0);
    await moved;
    assert.strictEqual(await other.executeJavaScript('location.pathname'), '/a');
  });

  it('restore takes addresses alone, the last one if none is named', async () => {
    const contents = open();
    const order = [];
    for (const name of /** @type {any[]} */ (['will-navigate', 'did-start-navigation', 'did-navigate'])) contents.on(name, () => order.push(name));
    await contents.navigationHistory.restore({ entries: ['x', 'y'].map((page) => ({ url: `${server.url}/${page}`, title: page })) });
    assert.strictEqual(contents.getURL(), `${server.url}/y`);
    assert.deepStrictEqual(order, ['did-start-navigation', 'did-navigate']);
    assert.strictEqual(contents.navigationHistory.getEntryAtIndex(0).title, 'x');
    assert.strictEqual(contents.navigationHistory.canGoBack(), true);
  });

  it('restore rejects with what the load failed with', async () => {
    const contents = open();
    await assert.rejects(contents.navigationHistory.restore({ entries: [{ url: 'file:///none/such.html', title: '' }] }), { code: 'ERR_FILE_NOT_FOUND' });
  });

  it('restore refuses what is none of a history', async () => {
    const entries = [{ url: `${server.url}/x`, title: 'x' }];
    const { navigationHistory: history } = open();
    for (const index of [-1, 1]) assert.throws(() => history.restore({ index, entries }), /^Error: Invalid index\./);
    assert.throws(() => history.restore({ entries: [] }), /^Error: Invalid index\./);
    const invalid = /^Error: Failed to restore navigation history: Invalid navigation entry at index 0\.$/;
    await assert.rejects(history.restore({ entries: [{ ...entries[0], pageState: 'AAAA' }] }), invalid);
    await assert.rejects(history.restore({ entries: [{ url: 'no address', title: '' }] }), invalid);
    await assert.rejects(history.restore({ entries: /** @type {any} */ ([{ title: '' }]) }), invalid);
    const used = await visited('a');
    await assert.rejects(used.navigationHistory.restore({ entries }), /Cannot restore history on webContents that have previously loaded a page\./);
    // A refusal leaves nothing behind.
    await history.restore({ entries });
    assert.strictEqual(history.length(), 1);
  });
});
