'use strict';

const { app, BrowserWindow, ipcMain } = require('electron');
const path = require('node:path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

// The folder of the session is the app's to choose until it is ready, whatever was made ready for it before.
const other = process.argv.find((argument) => argument.startsWith('--user-data='));
if (other) app.setPath('userData', other.slice('--user-data='.length));

let preloads = 0;
ipcMain.on('preload', () => {
  preloads += 1;
});

app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 300, height: 200, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
  const events = [];
  for (const name of ['did-start-loading', 'did-navigate', 'dom-ready', 'did-finish-load']) window.webContents.on(name, () => events.push(name));
  await window.loadFile('index.html');
  const title = await window.webContents.executeJavaScript('window.answer()');
  say('page', { title, preloads, history: window.webContents.navigationHistory.length(), events, url: path.basename(window.webContents.getURL()) });
  app.quit();
});
