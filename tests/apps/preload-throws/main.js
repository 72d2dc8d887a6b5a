'use strict';

const { app, BrowserWindow, ipcMain } = require('electron');
const path = require('node:path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 300, height: 200, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
  window.webContents.on('preload-error', (_event, file, error) => {
    say('preload-error', { file: path.basename(file), message: error.message, isError: error instanceof Error });
  });
  window.webContents.on('console-message', ({ level, message }) => {
    // The error itself follows in a line of its own.
    if (message.startsWith('Unable')) say('console', { level, message });
  });
  ipcMain.on('before-failure', () => say('before-failure'));
  await window.loadFile('index.html');
  say('loaded', { title: await window.webContents.executeJavaScript('document.title'), api: await window.webContents.executeJavaScript('typeof api') });
  app.quit();
});
app.on('quit', (_event, code) => say('quit', { code }));
