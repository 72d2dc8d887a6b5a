'use strict';

// window.open and window.close of pages.

const { BrowserWindow } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, once, serve, waitUntil } = require('./helpers');

describe('window.open', () => {
  /** @type {{ url: string, close: () => Promise<void> }} */
  let server;
  before(async () => {
    server = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<title>${request.url}</title><body>page`);
    });
  });
  after(async () => server.close());
  afterEach(closeAllWindows);

  /**
   * A page whose window-open handler answers with `answer` and keeps what it was asked.
   * @param {any} [answer] @param {string} [path]
   */
  async function opener(answer = { action: 'allow', overrideBrowserWindowOptions: { show: false } }, path = '/folder/opener?q#part') {
    const window = new BrowserWindow({ show: false });
    const contents = window.webContents;
    await contents.loadURL(`${server.url}${path}`);
    const asked = [];
    contents.setWindowOpenHandler((details) => {
      asked.push(details);
      return answer;
    });
    const run = (code) => contents.executeJavaScript(`(() => { ${code} })()`);
    return { window, contents, asked, run };
  }
  const created = (contents) => new Promise((resolve) => contents.once('did-create-window', (window, details) => resolve([window, details])));

  it('is null at once when the handler refuses', async () => {
    const { asked, run } = await opener({ action: 'deny' });
    assert.strictEqual(await run('return window.open("/denied") === null'), true);
    assert.strictEqual(asked.length, 1);
    assert.strictEqual(BrowserWindow.getAllWindows().length, 1);
  });

  it('tells the handler address, name, features and referrer', async () => {
    const { asked, run } = await opener({ action: 'deny' });
    await run(`document.head.append(Object.assign(document.createElement('base'), { href: '/other/' }));
      window.open('page#x', 'some name', ' width=300, Left = 7,custom'); window.open(); window.open(new URL('http://other.test/a?b'), '_BLANK')`);
    const referrer = { url: `${server.url}/folder/opener?q`, policy: 'strict-origin-when-cross-origin' };
    assert.deepStrictEqual(asked, [
      { url: `${server.url}/other/page#x`, frameName: 'some name', features: ' width=300, Left = 7,custom', disposition: 'new-window', referrer, postBody: undefined },
      { url: 'about:blank', frameName: '', features: '', disposition: 'foreground-tab', referrer, postBody: undefined },
      {
        url: 'http://other.test/a?b', frameName: '', features: '', disposition: 'foreground-tab', postBody: undefined,
        referrer: { url: `${server.url}/`, policy: 'strict-origin-when-cross-origin' },
      },
    ]);
  });

  it('tells a popup from a tab by the features', async () => {
    const { asked, run } = await opener({ action: 'deny' });
    const features = ['', 'popup', 'popup=0,width=5', 'noopener', 'location,menubar,status,scrollbars', 'toolbar', 'resizable=no', 'noreferrer,height=4'];
    await run(`for (const features of ${JSON.stringify(features)}) open('/x', '', features)`);
    assert.deepStrictEqual(asked.map(({ disposition }) => disposition), [
      'foreground-tab', 'new-window', 'foreground-tab', 'foreground-tab', 'foreground-tab', 'new-window', 'new-window', 'new-window',
    ]);
    assert.strictEqual(asked[7].referrer.url, '');
  });

  it('opens what was allowed, with the features that pages may choose', async () => {
    const { contents, asked, run } = await opener();
    const made = created(contents);
    await run('window.child = window.open("/child", "mine", "width=321,x=12,resizable=no,preload=/etc/passwd,title=named")');
    const [child, details] = await made;
    assert.strictEqual(asked.length, 1);
    assert.strictEqual(details.frameName, 'mine');
    const { width, height, x, title, resizable, preload } = details.options;
    assert.deepStrictEqual([width, height, x, title, resizable, preload], [321, 600, 12, 'named', undefined, undefined]);
    assert.strictEqual(details.options.webPreferences.preload, undefined);
    await waitUntil(() => child.webContents.getURL() === `${server.url}/child` && !child.webContents.isLoading());
    assert.strictEqual(await run('return child.name'), 'mine');
    assert.strictEqual(await child.webContents.executeJavaScript('opener.document.title'), '/folder/opener?q');
    assert.strictEqual(child.webContents.opener, contents.mainFrame);
  });

  it('asks nobody when a window has the name, and navigates it', async () => {
    const { contents, asked, run } = await opener();
    const made = created(contents);
    await run('window.child = window.open("/first", "mine")');
    const [child] = await made;
    await waitUntil(() => child.webContents.getURL() === `${server.url}/first` && !child.webContents.isLoading());
    const moved = once(child.webContents, 'did-navigate');
    assert.strictEqual(await run('return window.open("/second", "mine") === child'), true);
    assert.strictEqual((await moved)[1], `${server.url}/second`);
    assert.strictEqual(asked.length, 1);
    assert.strictEqual(BrowserWindow.getAllWindows().length, 2);
    const closed = once(child, 'closed');
    await run('child.close()');
    await closed;
    const again = created(contents);
    await run('window.open("/third", "mine")');
    await again;
    assert.strictEqual(asked.length, 2);
  });

  it('asks nobody for frames of the page and for the page itself', async () => {
    const { contents, asked, run } = await opener();
    await run(`const frame = document.createElement('iframe'); frame.name = 'inner'; document.body.append(frame);
      return new Promise((resolve) => { frame.onload = () => resolve(); open('/in-frame', 'inner'); })`);
    assert.strictEqual(await run('return frames[0].location.pathname'), '/in-frame');
    const moved = once(contents, 'did-navigate');
    await run('window.open("/here", "_self"); return 0');
    assert.strictEqual((await moved)[1], `${server.url}/here`);
    assert.deepStrictEqual(asked, []);
  });

  for (const feature of ['noopener', 'noreferrer']) {
    it(`cuts the tie with ${feature}`, async () => {
      const { contents, run } = await opener();
      const made = created(contents);
      assert.strictEqual(await run(`return window.open("/cut", "mine", "${feature}") === null`), true);
      const [child] = await made;
      await waitUntil(() => child.webContents.getURL() === `${server.url}/cut` && !child.webContents.isLoading());
      assert.strictEqual(child.webContents.opener, null);
      assert.strictEqual(await child.webContents.executeJavaScript('opener'), null);
    });
  }

  it('throws for what is no address, and asks nobody', async () => {
    const { asked, run } = await opener();
    assert.strictEqual(await run('try { open("http://["); } catch (error) { return error.name; }'), 'SyntaxError');
    assert.strictEqual(await run('try { open(Symbol()); } catch (error) { return error.name; }'), 'TypeError');
    assert.deepStrictEqual(asked, []);
  });

  it('refuses when the handler throws', async () => {
    const { contents, run } = await opener();
    contents.setWindowOpenHandler(() => {
      throw new Error('of the handler');
    });
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
    assert.strictEqual(await run('return open("/x") === null'), true);
    assert.strictEqual((await uncaught).message, 'of the handler');
    for (const listener of listeners) process.on('uncaughtException', listener);
  });

  it('S2 looks like the function of the engine', async () => {
    const { run } = await opener();
    const [open, close, alert] = await run(`return ['open', 'close', 'alert'].map((name) => {
      const f = window[name];
      const { value, ...flags } = Object.getOwnPropertyDescriptor(window, name);
      let construct;
      try { new f(); } catch (error) { construct = error.name; }
      return [Function.prototype.toString.call(f).replace(name, ''), String(f).replace(name, ''), f.name === name, f.length, Reflect.ownKeys(f).join(), 'prototype' in f,
        flags, Object.getOwnPropertyDescriptor(f, 'name').writable, Object.getPrototypeOf(f) === Function.prototype, f.constructor === Function, construct];
    })`);
    assert.deepStrictEqual(open, alert);
    assert.deepStrictEqual(close, alert);
  });

  it('S11 a native function that a page kept is asked about too, and a consent serves one window only', async () => {
    const { contents, asked, run } = await opener({ action: 'deny' });
    await run(`const frame = document.createElement('iframe'); document.body.append(frame); window.native = frame.contentWindow.open;
      window.child = native.call(window, "/by-native")`);
    await waitUntil(() => asked.length === 1);
    assert.strictEqual(asked[0].url, `${server.url}/by-native`);
    await waitUntil(() => run('return child === null || child.closed'));
    assert.strictEqual(BrowserWindow.getAllWindows().length, 1);

    contents.setWindowOpenHandler((details) => {
      asked.push(details);
      return { action: details.url.endsWith('/good') ? 'allow' : 'deny', overrideBrowserWindowOptions: { show: false } };
    });
    const made = created(contents);
    await run('open("/good"); window.bad = native.call(window, "/bad"); return 0');
    const [child] = await made;
    await waitUntil(() => run('return bad === null || bad.closed'));
    assert.deepStrictEqual(asked.slice(1).map(({ url }) => new URL(url).pathname), ['/good', '/bad']);
    await waitUntil(() => child.webContents.getURL() === `${server.url}/good`);
    assert.strictEqual(BrowserWindow.getAllWindows().length, 2);
  });

  it('a link with a target is asked about with its name', async () => {
    const { asked, run } = await opener({ action: 'deny' });
    await run(`document.body.innerHTML = '<a id="link" href="/linked" target="elsewhere">link</a>'; document.getElementById('link').click()`);
    await waitUntil(() => asked.length === 1);
    const { url, frameName, disposition, postBody } = asked[0];
    assert.deepStrictEqual([url, frameName, disposition, postBody], [`${server.url}/linked`, 'elsewhere', 'foreground-tab', undefined]);
  });

  describe('window.close', () => {
    it('closes a window whose page has a history', async () => {
      const { window, contents } = await opener();
      await contents.loadURL(`${server.url}/second`);
      const order = [];
      contents.once('close', () => order.push('close'));
      const closed = once(window, 'closed');
      // The page may be gone before its answer is there.
      contents.executeJavaScript('window.close(); 0').catch(() => {});
      await closed;
      assert.deepStrictEqual(order, ['close']);
    });

    it('asks the page first', async () => {
      const { window, contents } = await opener();
      await contents.loadURL(`${server.url}/second`);
      await contents.executeJavaScript('addEventListener("beforeunload", (event) => event.preventDefault()); 0', true);
      const stayed = once(contents, 'will-prevent-unload');
      contents.executeJavaScript('window.close(); 0').catch(() => {});
      await stayed;
      assert.strictEqual(window.isDestroyed(), false);
      const leave = once(window, 'closed');
      contents.once('will-prevent-unload', (event) => event.preventDefault());
      contents.executeJavaScript('window.close(); 0').catch(() => {});
      await leave;
    });
  });
});
