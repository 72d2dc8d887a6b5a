'use strict';

const { app, BrowserWindow, ipcMain } = require('electron');
const path = require('node:path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));
process.env.ELECTRON_DISABLE_SECURITY_WARNINGS = 'true';

let settings = { theme: 'dark' };
ipcMain.on('settings-get', (event) => {
  event.returnValue = settings;
});
ipcMain.on('settings-set', (_event, value) => {
  settings = value;
});

/** Waits for what a page tells, and says it. */
const told = (name) => new Promise((resolve) => {
  ipcMain.once(name, (_event, fields) => {
    say(name, fields);
    resolve();
  });
});

app.whenReady().then(async () => {
  const results = Promise.all(['files', 'child', 'server', 'packages', 'settings'].map(told));
  const failed = told('failed');
  const old = new BrowserWindow({ width: 400, height: 300, webPreferences: { nodeIntegration: true, contextIsolation: false } });
  await old.loadFile('index.html');
  await Promise.race([results, failed]);
  const bridge = told('bridge');
  const isolated = new BrowserWindow({ width: 400, height: 300, webPreferences: { sandbox: false, preload: path.join(__dirname, 'preload.js') } });
  await isolated.loadFile('bridge.html');
  await bridge;
  say('stored', settings);
  app.quit();
});
app.on('quit', (_event, code) => say('quit', { code }));
