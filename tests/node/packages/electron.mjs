// Packages that need Electron's main process: they run in an app. Each entry: what is done, and the function that does it and checks the result.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { app, BrowserWindow } from 'electron';
import { require, serve, temporary, until } from './helpers.mjs';

export default {
  'electron-store': ['stores settings in the app\'s folder', async () => {
    const { default: Store } = await import('electron-store');
    const store = new Store({ defaults: { a: 1 } });
    store.set('b.c', 'x');
    assert.deepEqual(JSON.parse(fs.readFileSync(path.join(app.getPath('userData'), 'config.json'), 'utf8')), { a: 1, b: { c: 'x' } });
    assert.equal(new Store().get('b.c'), 'x');
  }],
  'electron-log': ['logs into a file, and from a page', async () => {
    const log = require('electron-log/main');
    const file = path.join(temporary(), 'main.log');
    log.transports.file.resolvePathFn = () => file;
    log.transports.console.level = false;
    log.initialize();
    log.info('from main', { a: 1 });
    await until(() => fs.existsSync(file) && fs.readFileSync(file, 'utf8').includes('from main { a: 1 }'));
    const window = new BrowserWindow({ show: false });
    await window.loadURL('data:text/html,<p>');
    await window.webContents.executeJavaScript('__electronLog.info("from the page")');
    await until(() => fs.readFileSync(file, 'utf8').includes('from the page'));
  }],
  'electron-updater': ['finds a newer version, downloads it and compares its checksum', async () => {
    const { AppImageUpdater } = require('electron-updater');
    const content = Buffer.alloc(100_000, 5);
    const sha512 = require('node:crypto').createHash('sha512').update(content).digest('base64');
    const url = await serve(http.createServer((request, response) => {
      if (request.url.startsWith('/latest-linux.yml')) response.end(`version: 99.0.0\nfiles:\n  - url: a.AppImage\n    sha512: ${sha512}\n    size: ${content.length}\npath: a.AppImage\nsha512: ${sha512}\n`);
      else if (request.url.startsWith('/a.AppImage')) response.end(content);
      else response.writeHead(404).end();
    }));
    const updater = new AppImageUpdater({ provider: 'generic', url });
    updater.logger = null;
    updater.forceDevUpdateConfig = true;
    updater.disableDifferentialDownload = true;
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = false;
    process.env.APPIMAGE = path.join(temporary(), 'old.AppImage');
    fs.writeFileSync(process.env.APPIMAGE, '');
    fs.writeFileSync(path.join(app.getAppPath(), 'dev-app-update.yml'), `provider: generic\nurl: ${url}\nupdaterCacheDirName: packages-updater\n`);
    const { updateInfo } = await updater.checkForUpdates();
    assert.equal(updateInfo.version, '99.0.0');
    const [file] = await updater.downloadUpdate();
    assert.ok(fs.readFileSync(file).equals(content));
  }],
  'electron-window-state': ['keeps the size of a window', async () => {
    const windowState = require('electron-window-state');
    const state = windowState({ defaultWidth: 400, defaultHeight: 300 });
    const window = new BrowserWindow({ width: state.width, height: state.height, show: false });
    state.manage(window);
    window.setSize(420, 310);
    await until(() => window.getSize()[0] === 420);
    const closed = once(window, 'closed');
    window.close();
    await closed;
    const file = path.join(app.getPath('userData'), 'window-state.json');
    await until(() => fs.existsSync(file));
    assert.equal(JSON.parse(fs.readFileSync(file, 'utf8')).width, 420);
  }],
  'electron-context-menu': ['builds a menu for a page', async () => {
    const { default: contextMenu } = await import('electron-context-menu');
    const window = new BrowserWindow({ show: false });
    let shown;
    const dispose = contextMenu({ window, shouldShowMenu: (_event, parameters) => { shown = parameters; return false; } });
    await window.loadURL('data:text/html,<p>');
    window.webContents.emit('context-menu', { preventDefault() {} }, { x: 1, y: 1, editFlags: {}, mediaType: 'none', selectionText: 'x', linkURL: '' });
    assert.equal(shown.selectionText, 'x');
    dispose();
  }],
  'electron-is-dev': ['knows that the app is not packaged', async () => {
    const { default: isDev } = await import('electron-is-dev');
    assert.equal(isDev, true);
  }],
  'electron-debug': ['installs itself for new windows', async () => {
    const { default: debug } = await import('electron-debug');
    debug({ showDevTools: false });
    const window = new BrowserWindow({ show: false });
    await window.loadURL('data:text/html,<p>');
    assert.equal(window.webContents.isDevToolsOpened(), false);
  }],
};
