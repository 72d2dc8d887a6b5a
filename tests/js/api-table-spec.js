'use strict';

const electron = require('electron');
const assert = require('node:assert');
const fs = require('node:fs');
const { FILE, apiDocument } = require('./api-table');
const { closeAllWindows } = require('./helpers');

// Electron's list of what `require('electron')` has in the main process, in its order.
const MODULES = [
  'nativeImage', 'shell', 'app', 'autoUpdater', 'BaseWindow', 'BrowserView', 'BrowserWindow', 'clipboard', 'ClipboardItem',
  'contentTracing', 'crashReporter', 'desktopCapturer', 'dialog', 'globalShortcut', 'ipcMain', 'ImageView', 'inAppPurchase', 'Menu',
  'MenuItem', 'MessageChannelMain', 'nativeTheme', 'net', 'netLog', 'Notification', 'powerMonitor', 'powerSaveBlocker',
  'pushNotifications', 'protocol', 'safeStorage', 'screen', 'ServiceWorkerMain', 'session', 'sharedTexture', 'ShareMenu',
  'systemPreferences', 'TouchBar', 'Tray', 'utilityProcess', 'View', 'webContents', 'WebContentsView', 'webFrameMain',
];

describe('the API', () => {
  afterEach(closeAllWindows);

  it('has the modules of the main process', () => {
    assert.deepStrictEqual(Object.keys(electron), MODULES);
    for (const name of MODULES) assert.ok(electron[name], name);
  });

  it('refuses what is not done, by name', () => {
    const { platform } = process;
    const refused = (name) => ({ name: 'Error', message: `${name} is not implemented on ${platform} yet` });
    assert.throws(() => electron.dialog.showCertificateTrustDialog(), refused('dialog.showCertificateTrustDialog'));
    assert.throws(() => new electron.BrowserView(), refused('BrowserView.constructor'));
    assert.throws(() => electron.netLog.startLogging('x'), refused('netLog.startLogging'));
    assert.throws(() => electron.netLog.currentlyLogging, refused('netLog.currentlyLogging'));
  });

  it('is documented as it is', async function () {
    this.timeout(60_000);
    const text = await apiDocument();
    if (process.env.UPDATE_API_DOCS) fs.writeFileSync(FILE, text);
    // The document describes Linux.
    if (process.platform !== 'linux') return;
    const hint = 'docs/api.md is out of date: UPDATE_API_DOCS=1 make test TESTS=js writes it anew';
    const documented = fs.existsSync(FILE) ? fs.readFileSync(FILE, 'utf8') : '';
    const firstDifference = text.split('\n').find((line, index) => line !== documented.split('\n')[index]);
    assert.strictEqual(firstDifference, undefined, hint);
    assert.strictEqual(documented.length, text.length, hint);
  });
});
