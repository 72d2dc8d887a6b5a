'use strict';

const { app, BrowserWindow, Menu } = require('electron');
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { closeAllWindows, once, waitUntil } = require('./helpers');

/**
 * Runs a main script as an app of its own and collects what it prints.
 * @param {string} source
 * @param {{ args?: string[], manifest?: object, signal?: NodeJS.Signals }} [options] `signal` is sent at the line `READY`
 */
async function runApp(source, { args = [], manifest = {}, signal } = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-app-'));
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'child-app', version: '3.2.1', main: 'main.js', ...manifest }));
  fs.writeFileSync(path.join(folder, 'main.js'), `const { app, BrowserWindow } = require('electron');\nconst say = (text) => console.log(text);\n${source}`);
  const environment = { ...process.env, XDG_CONFIG_HOME: path.join(folder, 'config') };
  delete environment.ELECTRON_RUN_AS_NODE;
  const child = spawn(process.execPath, [folder, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let errors = '';
  child.stdout.on('data', (data) => {
    out += data;
    if (signal && String(out).includes('READY')) child.kill(signal);
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  const [code, killedBy] = await once(child, 'close');
  fs.rmSync(folder, { recursive: true, force: true });
  return { code, killedBy, lines: out.split('\n').filter(Boolean), errors, folder };
}

describe('app', () => {
  afterEach(closeAllWindows);

  describe('identity', () => {
    it('has a name that can be changed', () => {
      const before = app.getName();
      assert.strictEqual(app.name, before);
      app.setName('other');
      assert.strictEqual(app.getName(), 'other');
      app.name = before;
      assert.strictEqual(app.getName(), before);
      assert.throws(() => app.setName(/** @type {any} */ (1)), TypeError);
    });

    it('tells locale and version', () => {
      assert.strictEqual(typeof app.getVersion(), 'string');
      assert.match(app.getLocale(), /^[a-z]{2,3}/i);
      assert.match(app.getSystemLocale(), /^[a-z]{2,3}/i);
      assert(Array.isArray(app.getPreferredSystemLanguages()) && app.getPreferredSystemLanguages().length > 0);
      assert.strictEqual(app.isPackaged, false);
    });

    it('reads name and version from package.json', async () => {
      const { lines, code } = await runApp(
        `say(app.getName()); say(app.getVersion()); say(app.getPath('userData').endsWith('/config/Product')); app.exit(0)`,
        { manifest: { productName: 'Product' } },
      );
      assert.deepStrictEqual(lines, ['Product', '3.2.1', 'true']);
      assert.strictEqual(code, 0);
    });
  });

  describe('paths', () => {
    it('are absolute', () => {
      for (const name of ['home', 'appData', 'userData', 'sessionData', 'temp', 'exe', 'module', 'desktop', 'documents', 'downloads', 'music', 'pictures', 'videos', 'logs', 'crashDumps']) {
        assert(path.isAbsolute(app.getPath(/** @type {any} */ (name))), name);
      }
    });

    it('rejects unknown names', () => {
      assert.throws(() => app.getPath(/** @type {any} */ ('nonsense')), { message: "Failed to get 'nonsense' path" });
      assert.throws(() => app.setPath('nonsense', '/tmp'), { message: 'Failed to set path' });
      assert.throws(() => app.setPath('music', 'relative'), { message: 'Path must be absolute' });
    });

    it('can be set, and userData is made when it is asked for', () => {
      const before = app.getPath('userData');
      const folder = path.join(app.getPath('temp'), `shell-user-data-${process.pid}`);
      app.setPath('userData', folder);
      try {
        assert.strictEqual(app.getPath('userData'), folder);
        assert.strictEqual(app.getPath('sessionData'), folder);
        assert.strictEqual(app.getPath('logs'), path.join(folder, 'logs'));
        assert(fs.existsSync(folder));
      } finally {
        app.setPath('userData', before);
        fs.rmSync(folder, { recursive: true, force: true });
      }
    });

    it('tells where the app is', () => {
      assert.strictEqual(app.getAppPath(), __dirname);
    });
  });

  describe('commandLine', () => {
    it('keeps switches', () => {
      app.commandLine.appendSwitch('Test-Switch', 'value');
      assert(app.commandLine.hasSwitch('test-switch'));
      assert.strictEqual(app.commandLine.getSwitchValue('test-switch'), 'value');
      app.commandLine.removeSwitch('test-switch');
      assert(!app.commandLine.hasSwitch('test-switch'));
      assert.strictEqual(app.commandLine.getSwitchValue('test-switch'), '');
    });

    it('reads the switches of the process', async () => {
      const { lines } = await runApp(
        `say(app.commandLine.getSwitchValue('colour')); say(app.commandLine.hasSwitch('loud')); say(app.commandLine.hasSwitch('quiet')); app.exit()`,
        { args: ['--colour=blue', '--loud'] },
      );
      assert.deepStrictEqual(lines, ['blue', 'true', 'false']);
    });
  });

  it('is ready', async () => {
    assert.strictEqual(app.isReady(), true);
    await app.whenReady();
  });

  it('has the application menu as a property', () => {
    const before = app.applicationMenu;
    const menu = Menu.buildFromTemplate([{ label: 'one' }]);
    app.applicationMenu = menu;
    assert.strictEqual(Menu.getApplicationMenu(), menu);
    app.applicationMenu = before;
  });

  it('measures its processes', () => {
    const metrics = app.getAppMetrics();
    const own = metrics.find(({ pid }) => pid === process.pid);
    assert.strictEqual(own?.type, 'Browser');
    assert((own?.memory.workingSetSize ?? 0) > 0);
  });

  it('tells of windows and web contents', async () => {
    const order = [];
    const onContents = () => order.push('web-contents-created');
    const onWindow = (_event, window) => order.push(window.constructor.name);
    app.on('web-contents-created', onContents);
    app.on('browser-window-created', onWindow);
    try {
      new BrowserWindow({ show: false });
    } finally {
      app.off('web-contents-created', onContents);
      app.off('browser-window-created', onWindow);
    }
    assert.deepStrictEqual(order, ['web-contents-created', 'BrowserWindow']);
  });

  describe('life cycle', () => {
    const recordAll = `
      for (const name of ['will-finish-launching', 'ready', 'window-all-closed', 'before-quit', 'will-quit', 'quit']) app.on(name, () => say(name));
      process.on('exit', (code) => say('exit ' + code));`;

    it('has Electron order from launch to exit', async () => {
      const { lines, code } = await runApp(`${recordAll}
        app.removeAllListeners('window-all-closed');
        app.on('window-all-closed', () => { say('window-all-closed'); app.quit(); });
        say('main ' + app.isReady());
        app.whenReady().then(() => {
          say('whenReady ' + app.isReady());
          const window = new BrowserWindow({ show: false });
          window.on('close', () => say('close'));
          window.on('closed', () => say('closed'));
          setTimeout(() => window.close(), 50);
        });`);
      assert.deepStrictEqual(lines, [
        'main false', 'will-finish-launching', 'whenReady true', 'ready', 'close', 'closed', 'window-all-closed', 'before-quit', 'will-quit', 'quit', 'exit 0',
      ]);
      assert.strictEqual(code, 0);
    });

    it('emits ready after the reactions of whenReady and before anything else', async () => {
      const { lines } = await runApp(`
        app.on('ready', () => say('ready'));
        app.whenReady().then(() => {
          say('whenReady');
          let left = 2;
          const last = (name) => { say(name); left -= 1; if (left === 0) app.exit(0); };
          setTimeout(() => last('timer'), 0);
          setImmediate(() => last('immediate'));
          // The timer is due when this ends.
          for (const end = Date.now() + 20; Date.now() < end;);
        }).then(() => say('then')).then(() => say('and then'));`);
      assert.deepStrictEqual(lines.slice(0, 4), ['whenReady', 'then', 'and then', 'ready']);
      assert.deepStrictEqual(lines.slice(4).sort(), ['immediate', 'timer']);
    });

    it('quits when the last window closes and nobody listens', async () => {
      const { lines, code } = await runApp(`
        for (const name of ['before-quit', 'will-quit', 'quit']) app.on(name, () => say(name));
        app.whenReady().then(() => { const window = new BrowserWindow({ show: false }); setTimeout(() => window.close(), 50); });`);
      assert.deepStrictEqual(lines, ['before-quit', 'will-quit', 'quit']);
      assert.strictEqual(code, 0);
    });

    it('closes windows between before-quit and will-quit, without window-all-closed', async () => {
      const { lines } = await runApp(`${recordAll}
        app.whenReady().then(() => {
          const window = new BrowserWindow({ show: false });
          window.on('close', () => say('close'));
          window.on('closed', () => say('closed'));
          setTimeout(() => app.quit(), 50);
        });`);
      assert.deepStrictEqual(lines, ['will-finish-launching', 'ready', 'before-quit', 'close', 'closed', 'will-quit', 'quit', 'exit 0']);
    });

    it('stays when before-quit, a window or will-quit is prevented', async () => {
      const { lines, code } = await runApp(`
        let step = 0;
        const prevent = (event) => { event.preventDefault(); step += 1; setTimeout(() => app.quit(), 50); };
        app.on('before-quit', (event) => { say('before-quit'); if (step === 0) prevent(event); });
        app.on('will-quit', (event) => { say('will-quit'); if (step === 2) prevent(event); });
        app.on('window-all-closed', () => say('window-all-closed'));
        app.whenReady().then(() => {
          const window = new BrowserWindow({ show: false });
          window.on('close', (event) => { say('close'); if (step === 1) prevent(event); });
          app.quit();
        });`);
      assert.deepStrictEqual(lines, ['before-quit', 'before-quit', 'close', 'before-quit', 'close', 'will-quit', 'before-quit', 'will-quit']);
      assert.strictEqual(code, 0);
    });

    it('quits before it is ready', async () => {
      const { lines, code } = await runApp(`${recordAll} app.quit(); app.whenReady().then(() => say('whenReady')); say('on');`);
      assert.deepStrictEqual(lines, ['before-quit', 'will-quit', 'quit', 'on', 'exit 0']);
      assert.strictEqual(code, 0);
    });

    it('stays when a page wants to', async () => {
      const { lines, code } = await runApp(`
        for (const name of ['before-quit', 'will-quit']) app.on(name, () => say(name));
        app.whenReady().then(async () => {
          const window = new BrowserWindow({ show: false });
          await window.loadURL('data:text/html,<script>onbeforeunload = (event) => { event.preventDefault(); return false; }</script>');
          window.webContents.once('will-prevent-unload', () => {
            say('stays');
            setTimeout(() => {
              window.webContents.once('will-prevent-unload', (event) => event.preventDefault());
              app.quit();
            }, 100);
          });
          app.quit();
        });`);
      assert.deepStrictEqual(lines, ['before-quit', 'stays', 'before-quit', 'will-quit']);
      assert.strictEqual(code, 0);
    });

    it('exits at once with app.exit', async () => {
      const { lines, code } = await runApp(`${recordAll}
        app.whenReady().then(() => {
          const window = new BrowserWindow({ show: false });
          window.on('close', () => say('close'));
          window.on('closed', () => say('closed'));
          setTimeout(() => app.exit(7), 50);
        });`);
      assert.deepStrictEqual(lines, ['will-finish-launching', 'ready', 'closed', 'quit', 'exit 7']);
      assert.strictEqual(code, 7);
    });

    it('refuses windows before it is ready', async () => {
      const { lines } = await runApp(`try { new BrowserWindow(); } catch (error) { say(error.message); } app.exit();`);
      assert.deepStrictEqual(lines, ['Cannot create BrowserWindow before app is ready']);
    });

    for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM'])) {
      it(`takes ${signal} for app.quit()`, async () => {
        const { lines, code, killedBy } = await runApp(`
          app.on('will-quit', () => say('will-quit'));
          app.whenReady().then(() => { new BrowserWindow({ show: false }); say('READY'); });`, { signal });
        assert.deepStrictEqual(lines, ['READY', 'will-quit']);
        assert.strictEqual(code, 0);
        assert.strictEqual(killedBy, null);
      });
    }

    it('relaunches with new arguments', async () => {
      const file = path.join(os.tmpdir(), `shell-relaunch-${process.pid}`);
      fs.rmSync(file, { force: true });
      // The folder of the test app goes away when its first process ends, so the second one runs a copy.
      await runApp(`
        const fs = require('fs');
        const file = ${JSON.stringify(file)};
        if (process.argv.includes('--again')) {
          fs.writeFileSync(file + '.part', 'again');
          fs.renameSync(file + '.part', file);
          app.exit(0);
        } else {
          fs.cpSync(process.argv[1], file + '-app', { recursive: true });
          app.relaunch({ args: [file + '-app', '--again'] });
          app.exit(3);
        }`);
      await waitUntil(() => fs.existsSync(file));
      assert.strictEqual(fs.readFileSync(file, 'utf8'), 'again');
      fs.rmSync(file, { force: true });
      fs.rmSync(`${file}-app`, { recursive: true, force: true });
    });
  });

  describe('single instance', () => {
    it('is told of later instances, with their data', async () => {
      const { lines, code } = await runApp(`
        const { spawn } = require('child_process');
        if (process.argv.includes('--second')) {
          say('second ' + app.requestSingleInstanceLock({ deep: [1, new Date(5)] }) + ' ' + app.hasSingleInstanceLock());
          app.exit(0);
        } else {
          say('first ' + app.requestSingleInstanceLock() + ' ' + app.requestSingleInstanceLock() + ' ' + app.hasSingleInstanceLock());
          app.on('second-instance', (event, argv, cwd, data) => {
            say([typeof event.preventDefault, argv.includes('--second'), cwd === process.cwd(), data.deep[0], data.deep[1].getTime()].join(' '));
            app.releaseSingleInstanceLock();
            say('released ' + app.hasSingleInstanceLock());
            app.quit();
          });
          app.whenReady().then(() => spawn(process.execPath, [process.argv[1], '--second'], { stdio: 'ignore' }));
        }`);
      assert.deepStrictEqual(lines, ['first true true true', 'function true true 1 5', 'released false']);
      assert.strictEqual(code, 0);
    });
  });
});
