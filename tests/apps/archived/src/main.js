'use strict';

// Runs out of app.asar, beside a copy of the shell.
const { app, BrowserWindow } = require('electron');
const path = require('node:path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

say('main', {
  packaged: app.isPackaged,
  defaultApp: process.defaultApp ?? false,
  appPath: path.basename(app.getAppPath()),
  file: path.relative(process.resourcesPath, __filename),
  version: app.getVersion(),
  argv: process.argv.slice(1),
});

app.whenReady().then(async () => {
  const window = new BrowserWindow({ show: false, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
  await window.loadFile(path.join('src', 'index.html'));
  say('page', { title: window.getTitle(), seven: await window.webContents.executeJavaScript('api.seven + window.own') });
  app.quit();
});
app.on('quit', (_event, code) => say('quit', { code }));
