'use strict';

const { app, BrowserWindow, ipcMain } = require('electron');
const fs = require('fs');
const path = require('path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

ipcMain.handle('sum', (_event, values) => values.reduce((total, value) => total + value, 0));
ipcMain.on('page-says', (event, report) => {
  say('page', { report, url: event.senderFrame.url });
  event.reply('main-says', 'goodbye');
});
ipcMain.on('page-heard', (_event, text) => say('heard', { text }));

for (const name of ['before-quit', 'will-quit']) app.on(name, () => say(name));
app.on('quit', (_event, code) => say('quit', { code }));
process.on('exit', (code) => say('exit', { code }));

say('main', {
  isReady: app.isReady(),
  name: app.getName(),
  version: app.getVersion(),
  defaultApp: process.defaultApp === true,
  argv: process.argv.slice(2),
  type: process.type,
  electron: typeof process.versions.electron,
  ownFile: fs.existsSync(__filename) && path.basename(__filename),
});

app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 500, height: 400, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
  window.loadFile('index.html');
});
