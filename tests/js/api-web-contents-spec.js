'use strict';

const { BrowserWindow, session, webContents } = require('electron');
const assert = require('node:assert');
const { closeAllWindows, delay, fixture, fixtureUrl, once, openPage, serve, waitUntil } = require('./helpers');

const NAVIGATION = [
  'did-start-loading', 'did-start-navigation', 'will-frame-navigate', 'will-navigate', 'will-redirect', 'did-redirect-navigation',
  'did-frame-navigate', 'did-navigate', 'did-navigate-in-page', 'dom-ready', 'did-fail-provisional-load', 'did-fail-load',
  'did-frame-finish-load', 'did-finish-load', 'did-stop-loading',
];

/** Records the names of navigation events from now on. @param {Electron.WebContents} contents */
function recordNavigation(contents) {
  const order = [];
  for (const name of NAVIGATION) contents.on(/** @type {any} */ (name), () => order.push(name));
  return order;
}

describe('webContents', () => {
  /** @type {{ url: string, close: () => Promise<void> }} */
  let server;
  /** Requests that are answered when the test says so. @type {Array<() => void>} */
  const held = [];
  const seen = [];

  before(async () => {
    server = await serve((request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      const html = (text, status = 200) => response.writeHead(status, { 'content-type': 'text/html' }).end(text);
      const { pathname } = new URL(String(request.url), 'http://localhost');
      if (pathname === '/redirect') response.writeHead(302, { location: '/landed' }).end();
      else if (pathname === '/missing') html('<title>none</title>', 404);
      else if (pathname === '/hang') held.push(() => html('late'));
      else if (pathname === '/linked') html('<title>linked</title><a id="go" href="/landed">go</a>');
      else html(`<title>${pathname}</title><body>page</body>`);
    });
  });
  after(async () => server.close());
  afterEach(closeAllWindows);
  afterEach(() => {
    for (const answer of held.splice(0)) answer();
  });

  const open = () => new BrowserWindow({ show: false });

  describe('module', () => {
    it('finds web contents', () => {
      const { webContents: contents } = open();
      assert.strictEqual(webContents.fromId(contents.id), contents);
      assert.strictEqual(webContents.fromId(99999), undefined);
      assert(webContents.getAllWebContents().includes(contents));
      assert.strictEqual(contents.getType(), 'window');
      assert.strictEqual(contents.session, session.defaultSession);
      assert.strictEqual(contents.hostWebContents, null);
    });

    it('makes none by new', () => {
      const Class = /** @type {any} */ (open().webContents.constructor);
      assert.throws(() => new Class(), TypeError);
    });
  });

  describe('loadURL', () => {
    it('resolves when the page has loaded', async () => {
      const { webContents: contents } = open();
      assert.strictEqual(contents.getURL(), '');
      const promise = contents.loadURL(`${server.url}/a`);
      assert.strictEqual(contents.isLoading(), true);
      assert.strictEqual(contents.isLoadingMainFrame(), true);
      assert.strictEqual(await promise, undefined);
      assert.strictEqual(contents.getURL(), `${server.url}/a`);
      assert.strictEqual(contents.getTitle(), '/a');
    });

    it('emits events in their order', async () => {
      const { webContents: contents } = open();
      const order = recordNavigation(contents);
      const stopped = once(contents, 'did-stop-loading');
      await contents.loadURL(`${server.url}/a`);
      await stopped;
      assert.deepStrictEqual(order, [
        'did-start-loading', 'did-start-navigation', 'did-frame-navigate', 'did-navigate', 'dom-ready', 'did-frame-finish-load',
        'did-finish-load', 'did-stop-loading',
      ]);
      assert.strictEqual(contents.isLoading(), false);
    });

    it('emits redirects', async () => {
      const { webContents: contents } = open();
      const order = recordNavigation(contents);
      const navigated = once(contents, 'did-navigate');
      await contents.loadURL(`${server.url}/redirect`);
      assert.deepStrictEqual(order.slice(0, 6), [
        'did-start-loading', 'did-start-navigation', 'will-redirect', 'did-redirect-navigation', 'did-frame-navigate', 'did-navigate',
      ]);
      const [, url, code] = await navigated;
      assert.deepStrictEqual([url, code], [`${server.url}/landed`, 200]);
    });

    it('takes an error status for a success', async () => {
      const { webContents: contents } = open();
      const navigated = once(contents, 'did-navigate');
      await contents.loadURL(`${server.url}/missing`);
      const [, , code, text] = await navigated;
      assert.deepStrictEqual([code, text], [404, 'Not Found']);
    });

    it('says -1 where there is no HTTP', async () => {
      const { webContents: contents } = open();
      const navigated = once(contents, 'did-navigate');
      await contents.loadURL('data:text/html,x');
      assert.strictEqual((await navigated)[2], -1);
    });

    it('rejects an invalid address at once', async () => {
      const { webContents: contents } = open();
      let failed = null;
      contents.once('did-fail-load', (_event, code, description, url) => {
        failed = [code, description, url];
      });
      const promise = contents.loadURL('no address');
      assert.deepStrictEqual(failed, [-300, 'ERR_INVALID_URL', 'no address']);
      await assert.rejects(promise, { message: "ERR_INVALID_URL (-300) loading 'no address'", errno: -300, code: 'ERR_INVALID_URL', url: 'no address' });
    });

    it('rejects with the codes of Chromium', async () => {
      const { webContents: contents } = open();
      await assert.rejects(contents.loadURL('file:///no/such/file.html'), { code: 'ERR_FILE_NOT_FOUND', errno: -6 });
      const gone = await serve(() => {});
      await gone.close();
      await assert.rejects(contents.loadURL(gone.url), { code: 'ERR_CONNECTION_REFUSED', errno: -102 });
      await assert.rejects(contents.loadURL('http://name.invalid/'), { code: 'ERR_NAME_NOT_RESOLVED' });
    });

    it('emits both failures for one that is not an abort', async () => {
      const { webContents: contents } = open();
      const order = recordNavigation(contents);
      const stopped = once(contents, 'did-stop-loading');
      await contents.loadURL('file:///no/such/file.html').catch(() => {});
      await stopped;
      assert.deepStrictEqual(order, ['did-start-loading', 'did-start-navigation', 'did-fail-provisional-load', 'did-fail-load', 'did-stop-loading']);
    });

    it('is aborted by a second load', async () => {
      const { webContents: contents } = open();
      const first = contents.loadURL(`${server.url}/hang`);
      const second = contents.loadURL(`${server.url}/a`);
      await assert.rejects(first, { code: 'ERR_ABORTED', errno: -3 });
      await second;
      assert.strictEqual(contents.getURL(), `${server.url}/a`);
    });

    it('is aborted by stop, with one event', async () => {
      const { webContents: contents } = open();
      const order = recordNavigation(contents);
      const promise = contents.loadURL(`${server.url}/hang`);
      await waitUntil(() => held.length > 0);
      const stopped = once(contents, 'did-stop-loading');
      contents.stop();
      await assert.rejects(promise, { code: 'ERR_ABORTED' });
      await stopped;
      assert(order.includes('did-fail-provisional-load') && !order.includes('did-fail-load'), order.join());
    });

    it('rejects when the page is destroyed', async () => {
      const window = open();
      const promise = window.loadURL(`${server.url}/hang`);
      window.destroy();
      await assert.rejects(promise, { code: 'ERR_FAILED', errno: -2 });
    });

    it('resolves for a fragment of the same page, and pushState does not end a load', async () => {
      const { webContents: contents } = open();
      // The promise is settled by `did-finish-load`; what is recorded below begins after the load's last event.
      const stopped = once(contents, 'did-stop-loading');
      await contents.loadURL(`${server.url}/a`);
      await stopped;
      const inPage = once(contents, 'did-navigate-in-page');
      await contents.loadURL(`${server.url}/a#part`);
      assert.strictEqual((await inPage)[1], `${server.url}/a#part`);
      const order = recordNavigation(contents);
      const pushed = once(contents, 'did-navigate-in-page');
      await contents.executeJavaScript('history.pushState({}, "", "/pushed"); 1');
      assert.strictEqual((await pushed)[1], `${server.url}/pushed`);
      assert.deepStrictEqual(order, ['did-start-navigation', 'did-navigate-in-page']);
      assert.strictEqual(contents.getURL(), `${server.url}/pushed`);
    });

    it('sends headers, referrer and user agent', async () => {
      const { webContents: contents } = open();
      await contents.loadURL(`${server.url}/headers`, { extraHeaders: 'x-one: 1\nx-two: 2', userAgent: 'Told/1.0', httpReferrer: `${server.url}/from` });
      const { headers } = seen.find(({ url }) => url === '/headers');
      assert.strictEqual(headers['x-one'], '1');
      assert.strictEqual(headers['x-two'], '2');
      assert.strictEqual(headers['user-agent'], 'Told/1.0');
      assert.strictEqual(headers.referer, `${server.url}/from`);
    });

    it('takes text only', () => {
      const { webContents: contents } = open();
      assert.throws(() => contents.loadURL(/** @type {any} */ (undefined)), TypeError);
    });
  });

  describe('loadFile', () => {
    it('loads a file with query and fragment', async () => {
      const { webContents: contents } = open();
      await contents.loadFile(fixture('page.html'), { query: { a: '1' }, hash: 'here' });
      assert.strictEqual(contents.getURL(), `${fixtureUrl('page.html')}?a=1#here`);
    });

    it('takes a path', () => {
      assert.throws(() => open().webContents.loadFile(/** @type {any} */ (5)), { name: 'TypeError', message: 'Must pass filePath as a string' });
    });
  });

  describe('navigation of the page', () => {
    it('asks for a click, in order', async () => {
      const { webContents: contents } = open();
      await contents.loadURL(`${server.url}/linked`);
      await waitUntil(() => !contents.isLoading());
      const order = recordNavigation(contents);
      const stopped = once(contents, 'did-stop-loading');
      contents.executeJavaScript('document.getElementById("go").click()').catch(() => {});
      await stopped;
      assert.deepStrictEqual(order, [
        'did-start-loading', 'did-start-navigation', 'will-frame-navigate', 'will-navigate', 'did-frame-navigate', 'did-navigate',
        'dom-ready', 'did-frame-finish-load', 'did-finish-load', 'did-stop-loading',
      ]);
      assert.strictEqual(contents.getURL(), `${server.url}/landed`);
    });

    for (const [how, script] of [['a click', 'document.getElementById("go").click()'], ['location', 'location.href = "/landed"']]) {
      it(`stays when ${how} is prevented`, async () => {
        const { webContents: contents } = open();
        await contents.loadURL(`${server.url}/linked`);
        const asked = new Promise((resolve) => {
          contents.once('will-navigate', (event, url) => {
            event.preventDefault();
            resolve([event.url, url, event.isMainFrame, event.isSameDocument]);
          });
        });
        contents.executeJavaScript(script).catch(() => {});
        const landed = `${server.url}/landed`;
        assert.deepStrictEqual(await asked, [landed, landed, true, false]);
        await waitUntil(() => !contents.isLoading());
        assert.strictEqual(contents.getURL(), `${server.url}/linked`);
        assert.strictEqual(await contents.executeJavaScript('document.title'), 'linked');
      });
    }

    it('can be turned elsewhere', async () => {
      const { webContents: contents } = open();
      await contents.loadURL(`${server.url}/linked`);
      const turned = new Promise((resolve, reject) => {
        contents.once('will-navigate', (event) => {
          event.preventDefault();
          contents.loadURL(`${server.url}/instead`).then(resolve, reject);
        });
      });
      contents.executeJavaScript('document.getElementById("go").click()').catch(() => {});
      await turned;
      assert.strictEqual(contents.getURL(), `${server.url}/instead`);
    });

    it('is not asked for loads of the app', async () => {
      const { webContents: contents } = open();
      let asked = 0;
      contents.on('will-navigate', () => {
        asked += 1;
      });
      await contents.loadURL(`${server.url}/a`);
      await contents.loadURL(`${server.url}/b`);
      const again = once(contents, 'did-finish-load');
      contents.reload();
      await again;
      assert.strictEqual(asked, 0);
    });
  });

  describe('history', () => {
    it('goes back and forth', async () => {
      const { webContents: contents } = open();
      const { navigationHistory: history } = contents;
      assert.strictEqual(history.canGoBack(), false);
      await contents.loadURL(`${server.url}/one`);
      await contents.loadURL(`${server.url}/two`);
      assert.strictEqual(history.length(), 2);
      assert.strictEqual(history.getActiveIndex(), 1);
      const { pageState, ...first } = history.getEntryAtIndex(0);
      assert.deepStrictEqual(first, { url: `${server.url}/one`, title: '/one' });
      assert.match(String(pageState), /^[A-Za-z0-9+/]+=*$/);
      assert.deepStrictEqual(history.getAllEntries().map(({ url }) => url), [`${server.url}/one`, `${server.url}/two`]);
      assert.strictEqual(history.canGoBack(), true);
      assert.strictEqual(history.canGoForward(), false);
      assert.strictEqual(history.canGoToOffset(-1), true);
      let finished = once(contents, 'did-finish-load');
      const started = once(contents, 'did-start-navigation');
      history.goBack();
      assert.strictEqual((await started)[1], `${server.url}/one`);
      await finished;
      assert.strictEqual(contents.getURL(), `${server.url}/one`);
      finished = once(contents, 'did-finish-load');
      history.goToIndex(1);
      await finished;
      assert.strictEqual(contents.getURL(), `${server.url}/two`);
    });

    it('reloads', async () => {
      const { webContents: contents } = open();
      await contents.loadURL(`${server.url}/again`);
      const count = () => seen.filter(({ url }) => url === '/again').length;
      const before = count();
      for (const method of ['reload', 'reloadIgnoringCache']) {
        const finished = once(contents, 'did-finish-load');
        contents[method]();
        await finished;
      }
      assert.strictEqual(count(), before + 2);
    });
  });

  describe('executeJavaScript', () => {
    it('answers values and rejects errors', async () => {
      const { webContents: contents } = await openPage();
      assert.strictEqual(await contents.executeJavaScript('1 + 1'), 2);
      assert.strictEqual(await contents.executeJavaScript('Promise.resolve("later")'), 'later');
      assert.deepStrictEqual(await contents.executeJavaScript('({ a: [1, NaN, -0], d: new Date(7) })'), { a: [1, NaN, -0], d: new Date(7) });
      await assert.rejects(contents.executeJavaScript('throw new TypeError("no")'), /no/);
      await assert.rejects(contents.executeJavaScript('Promise.reject(new Error("later"))'), /later/);
    });

    it('waits until the page has loaded', async () => {
      const { webContents: contents } = open();
      const early = contents.executeJavaScript('location.pathname');
      contents.loadURL(`${server.url}/waited`);
      assert.strictEqual(await early, '/waited');
    });
  });

  describe('style sheets', () => {
    it('come and go', async () => {
      const { webContents: contents } = await openPage('<p id="p">text</p>');
      const color = () => contents.executeJavaScript('getComputedStyle(document.getElementById("p")).color');
      const before = await color();
      const key = await contents.insertCSS('#p { color: rgb(1, 2, 3) }');
      assert.strictEqual(typeof key, 'string');
      await waitUntil(async () => (await color()) === 'rgb(1, 2, 3)');
      await contents.removeInsertedCSS(key);
      await waitUntil(async () => (await color()) === before);
    });
  });

  describe('zoom', () => {
    it('has a factor and a level', async () => {
      const { webContents: contents } = await openPage();
      assert.strictEqual(contents.getZoomFactor(), 1);
      assert.strictEqual(contents.getZoomLevel(), 0);
      contents.setZoomFactor(1.44);
      assert(Math.abs(contents.getZoomLevel() - 2) < 1e-9);
      contents.zoomLevel = 1;
      assert(Math.abs(contents.zoomFactor - 1.2) < 1e-9);
      assert.throws(() => contents.setZoomFactor(0), { message: "'zoomFactor' must be a double greater than 0.0" });
    });

    it('is that of the host', async () => {
      const one = open().webContents;
      const two = open().webContents;
      await one.loadURL(`${server.url}/one`);
      one.setZoomFactor(1.5);
      await two.loadURL(`${server.url}/two`);
      assert.strictEqual(two.getZoomFactor(), 1.5);
      await one.loadURL('data:text/html,elsewhere');
      assert.strictEqual(one.getZoomFactor(), 1);
      two.setZoomFactor(1);
    });
  });

  describe('user agent', () => {
    it('names the app and Electron, and can be set', async () => {
      const { webContents: contents } = await openPage();
      assert.match(contents.getUserAgent(), /Electron\/\d/);
      assert.strictEqual(await contents.executeJavaScript('navigator.userAgent'), contents.getUserAgent());
      contents.userAgent = 'Mine/2.0';
      assert.strictEqual(contents.getUserAgent(), 'Mine/2.0');
      await contents.loadURL(`${server.url}/ua`);
      assert.strictEqual(seen.find(({ url }) => url === '/ua').headers['user-agent'], 'Mine/2.0');
    });
  });

  describe('windows of the page', () => {
    const opened = (contents) => new Promise((resolve) => {
      contents.once('did-create-window', (window, details) => resolve([window, details]));
    });

    it('are opened without a handler', async () => {
      const { webContents: contents } = open();
      await contents.loadURL(`${server.url}/opener`);
      const created = opened(contents);
      contents.executeJavaScript(`window.child = window.open("/child", "", "width=300,height=200"); 1`).catch(() => {});
      const [window, details] = await created;
      assert(window instanceof BrowserWindow);
      assert.strictEqual(details.url, `${server.url}/child`);
      assert.strictEqual(details.options.width, 300);
      await waitUntil(() => window.webContents.getURL() === `${server.url}/child` && !window.webContents.isLoading());
      assert.strictEqual(await window.webContents.executeJavaScript('window.opener !== null'), true);
      const closed = once(window, 'closed');
      await contents.executeJavaScript('window.child.close(); 1');
      await closed;
    });

    it('are asked about', async () => {
      const { webContents: contents } = open();
      await contents.loadURL(`${server.url}/opener`);
      const asked = new Promise((resolve) => {
        contents.setWindowOpenHandler((details) => {
          resolve(details);
          return { action: 'deny' };
        });
      });
      contents.executeJavaScript('window.open("/denied"); 1').catch(() => {});
      const details = await asked;
      assert.strictEqual(details.url, `${server.url}/denied`);
      await delay(100);
      assert.strictEqual(BrowserWindow.getAllWindows().length, 1);
    });

    it('take options of the handler and keep restrictions', async () => {
      const window = new BrowserWindow({ show: false, webPreferences: { sandbox: true } });
      const { webContents: contents } = window;
      await contents.loadURL(`${server.url}/opener`);
      contents.setWindowOpenHandler(() => ({ action: 'allow', overrideBrowserWindowOptions: { show: false, width: 222, title: 'over' } }));
      const created = opened(contents);
      contents.executeJavaScript('window.open("/child", "", "width=300,nodeIntegration=yes"); 1').catch(() => {});
      const [child] = await created;
      assert.strictEqual(child.getSize()[0], 222);
      assert.strictEqual(child.webContents.getLastWebPreferences().nodeIntegration, false);
      window.destroy();
      assert.strictEqual(child.isDestroyed(), true);
    });
  });

  describe('dialogs of the page', () => {
    const { dialog } = require('electron');
    const original = dialog.showMessageBox;
    afterEach(() => {
      dialog.showMessageBox = original;
    });

    it('are message boxes', async () => {
      const window = await openPage();
      const shown = [];
      let response = 0;
      dialog.showMessageBox = /** @type {any} */ (async (parent, options) => {
        shown.push([parent, options.message, options.buttons]);
        return { response, checkboxChecked: false };
      });
      assert.strictEqual(await window.webContents.executeJavaScript('confirm("sure?")'), true);
      response = 1;
      assert.strictEqual(await window.webContents.executeJavaScript('confirm("sure?")'), false);
      assert.strictEqual(await window.webContents.executeJavaScript('alert("told"), 5'), 5);
      assert.deepStrictEqual(shown, [[window, 'sure?', ['OK', 'Cancel']], [window, 'sure?', ['OK', 'Cancel']], [window, 'told', ['OK']]]);
    });

    it('can be turned off, and prompt is never shown', async () => {
      dialog.showMessageBox = /** @type {any} */ (async () => assert.fail('a box was shown'));
      const { webContents: contents } = await openPage('', { webPreferences: { disableDialogs: true } });
      assert.strictEqual(await contents.executeJavaScript('confirm("sure?")'), false);
      const other = await openPage();
      assert.strictEqual(await other.webContents.executeJavaScript('try { prompt("what?") } catch { null }'), null);
    });

    it('let a page stay where it is', async () => {
      const window = await openPage('<script>onbeforeunload = (event) => { event.preventDefault(); return false; }</script>');
      const { webContents: contents } = window;
      // A page that nobody has touched is not asked when it is left; an attempt to close it counts as a touch.
      let asked = once(contents, 'will-prevent-unload');
      window.close();
      await asked;
      asked = once(contents, 'will-prevent-unload');
      await assert.rejects(contents.loadURL(`${server.url}/elsewhere`), { code: 'ERR_ABORTED' });
      await asked;
      assert.match(contents.getURL(), /^data:/);
      assert.strictEqual(contents.isLoadingMainFrame(), false);
      contents.once('will-prevent-unload', (event) => event.preventDefault());
      await contents.loadURL(`${server.url}/elsewhere`);
      assert.strictEqual(contents.getURL(), `${server.url}/elsewhere`);
    });
  });

  describe('the web process', () => {
    it('tells its end and comes back with reload', async () => {
      const { webContents: contents } = open();
      await contents.loadURL(`${server.url}/alive`);
      assert(contents.getOSProcessId() > 0);
      const gone = once(contents, 'render-process-gone');
      const appGone = once(require('electron').app, 'render-process-gone');
      contents.forcefullyCrashRenderer();
      const [, details] = await gone;
      assert.match(details.reason, /crashed|killed/);
      assert.strictEqual((await appGone)[1], contents);
      assert.strictEqual(contents.isCrashed(), true);
      const finished = once(contents, 'did-finish-load');
      contents.reload();
      await finished;
      assert.strictEqual(contents.isCrashed(), false);
      assert.strictEqual(await contents.executeJavaScript('location.pathname'), '/alive');
    });
  });

  describe('console', () => {
    it('is told', async () => {
      const { webContents: contents } = await openPage();
      const told = new Promise((resolve) => contents.once('console-message', (event) => resolve([event.level, event.message])));
      await contents.executeJavaScript('console.warn("careful"); 1');
      assert.deepStrictEqual(await told, ['warning', 'careful']);
    });
  });

  describe('capturePage', () => {
    it('makes a picture', async () => {
      const window = new BrowserWindow({ width: 200, height: 150 });
      await window.loadURL('data:text/html,<body style="background:red">');
      await waitUntil(() => window.isVisible());
      const image = await window.capturePage({ x: 0, y: 0, width: 40, height: 30 });
      assert.deepStrictEqual(image.getSize(), { width: 40, height: 30 });
      assert.strictEqual(image.isEmpty(), false);
      const [blue, green, red] = image.toBitmap();
      assert.deepStrictEqual([red, green, blue], [255, 0, 0]);
    });
  });

  describe('permissions', () => {
    afterEach(() => session.defaultSession.setPermissionRequestHandler(null));

    it('are refused unless a handler grants them', async () => {
      // A hidden page's question waits until the page is seen.
      const { webContents: contents } = new BrowserWindow({ width: 200, height: 150 });
      await contents.loadURL(`${server.url}/permission`);
      const ask = () => contents.executeJavaScript('new Promise((done) => navigator.geolocation.getCurrentPosition(() => done("granted"), (error) => done(error.code)))');
      const asked = new Promise((resolve) => {
        session.defaultSession.setPermissionRequestHandler((from, permission, callback) => {
          resolve([from, permission]);
          callback(false);
        });
      });
      const answer = ask();
      assert.deepStrictEqual(await asked, [contents, 'geolocation']);
      assert.strictEqual(await answer, 1);
      session.defaultSession.setPermissionRequestHandler(null);
      assert.strictEqual(await ask(), 1);
    });
  });

  describe('addresses for other programs', () => {
    it('are a permission, and no failed load', async () => {
      const { webContents: contents } = open();
      await contents.loadURL(`${server.url}/mail`);
      await waitUntil(() => !contents.isLoading());
      const order = recordNavigation(contents);
      const asked = new Promise((resolve) => {
        session.defaultSession.setPermissionRequestHandler((_contents, permission, callback, details) => {
          callback(false);
          resolve([permission, /** @type {any} */ (details).externalURL]);
        });
      });
      contents.executeJavaScript('location.href = "mailto:somebody@example.com"; 1').catch(() => {});
      assert.deepStrictEqual(await asked, ['openExternal', 'mailto:somebody@example.com']);
      await waitUntil(() => !contents.isLoading());
      assert(!order.includes('did-fail-load'), order.join());
      assert.strictEqual(contents.getURL(), `${server.url}/mail`);
      session.defaultSession.setPermissionRequestHandler(null);
    });
  });

  describe('partitions', () => {
    it('keep their storage apart', async () => {
      const page = async (partition) => {
        const { webContents: contents } = new BrowserWindow({ show: false, webPreferences: { partition } });
        await contents.loadURL(`${server.url}/storage`);
        return contents;
      };
      const one = await page('storage-one');
      await one.executeJavaScript('localStorage.setItem("key", "value"); 1');
      assert.strictEqual(await (await page('storage-one')).executeJavaScript('localStorage.getItem("key")'), 'value');
      assert.strictEqual(await (await page('storage-two')).executeJavaScript('localStorage.getItem("key")'), null);
    });
  });

  it('may refuse a redirect', async () => {
    const { webContents: contents } = open();
    contents.once('will-redirect', (event, url) => {
      assert.strictEqual(url, `${server.url}/landed`);
      event.preventDefault();
    });
    await assert.rejects(contents.loadURL(`${server.url}/redirect`), { code: 'ERR_ABORTED' });
    assert.notStrictEqual(contents.getURL(), `${server.url}/landed`);
  });

  it('sends to the page only on a channel that is text', () => {
    assert.throws(() => /** @type {any} */ (open().webContents).send(), { name: 'TypeError', message: 'Missing required channel argument' });
  });

  it('sends to a frame', async () => {
    const { webContents: contents } = await openPage();
    const { processId, routingId } = contents.mainFrame;
    assert.strictEqual(contents.sendToFrame(routingId, 'channel'), true);
    assert.strictEqual(contents.sendToFrame([processId, routingId], 'channel', 1), true);
    assert.strictEqual(contents.sendToFrame([processId, 9999], 'channel'), false);
    assert.throws(() => contents.sendToFrame(/** @type {any} */ ('x'), 'channel'), { message: 'Missing required frame argument (must be number or [processId, frameId])' });
  });

  it('mutes', () => {
    const { webContents: contents } = open();
    assert.strictEqual(contents.isAudioMuted(), false);
    contents.audioMuted = true;
    assert.strictEqual(contents.isAudioMuted(), true);
  });

  it('opens and closes developer tools', async () => {
    const { webContents: contents } = await openPage('', { show: true });
    const shown = once(contents, 'devtools-opened');
    contents.openDevTools({ mode: 'detach' });
    await shown;
    assert.strictEqual(contents.isDevToolsOpened(), true);
    const hidden = once(contents, 'devtools-closed');
    contents.closeDevTools();
    await hidden;
    assert.strictEqual(contents.isDevToolsOpened(), false);
  });

  it('edits', async () => {
    const window = await openPage('<input id="field" value="some text">', { show: true });
    const { webContents: contents } = window;
    window.focus();
    await contents.executeJavaScript('document.getElementById("field").focus(); 1');
    contents.selectAll();
    await waitUntil(() => contents.executeJavaScript('field.selectionEnd - field.selectionStart === 9'));
    contents.delete();
    await waitUntil(() => contents.executeJavaScript('field.value === ""'));
    contents.undo();
    await waitUntil(() => contents.executeJavaScript('field.value === "some text"'));
  });

  it('types and scrolls', async () => {
    const { webContents: contents } = await openPage('<input id="field"><div style="height: 5000px"></div>');
    await contents.executeJavaScript('document.getElementById("field").focus(); 1');
    await contents.insertText('it\'s "typed"');
    assert.strictEqual(await contents.executeJavaScript('document.getElementById("field").value'), 'it\'s "typed"');
    contents.scrollToBottom();
    await waitUntil(() => contents.executeJavaScript('window.scrollY > 1000'));
    contents.scrollToTop();
    await waitUntil(() => contents.executeJavaScript('window.scrollY === 0'));
  });

  it('refuses printing', () => {
    assert.throws(() => open().webContents.print(), { message: `webContents.print is not implemented on ${process.platform} yet` });
  });
});

describe('session', () => {
  afterEach(closeAllWindows);

  it('is the same for the same partition', () => {
    assert.strictEqual(session.fromPartition(''), session.defaultSession);
    const memory = session.fromPartition('spec');
    assert.strictEqual(session.fromPartition('spec'), memory);
    assert.notStrictEqual(session.fromPartition('other'), memory);
    assert.strictEqual(memory.isPersistent(), false);
    assert.strictEqual(memory.storagePath, null);
    assert.strictEqual(session.fromPartition('persist:spec').isPersistent(), true);
    assert.throws(() => session.fromPartition(/** @type {any} */ (1)), TypeError);
  });

  it('belongs to the page that names it', () => {
    const own = session.fromPartition('own');
    const one = new BrowserWindow({ show: false, webPreferences: { partition: 'own' } });
    const two = new BrowserWindow({ show: false, webPreferences: { session: own, partition: 'ignored' } });
    assert.strictEqual(one.webContents.session, own);
    assert.strictEqual(two.webContents.session, own);
  });

  it('keeps preload scripts', () => {
    const own = session.fromPartition('scripts');
    const id = own.registerPreloadScript({ type: 'frame', filePath: fixture('preload.js') });
    assert.deepStrictEqual(own.getPreloadScripts(), [{ id, type: 'frame', filePath: fixture('preload.js') }]);
    own.unregisterPreloadScript(id);
    assert.deepStrictEqual(own.getPreloadScripts(), []);
  });
});
