'use strict';

const at = Date.now();
process.stdout.write(`${JSON.stringify({ event: 'main', at })}\n`);

const { app, BrowserWindow, ipcMain } = require('electron');
const path = require('node:path');

ipcMain.handle('echo', (_event, value) => value);
ipcMain.on('report', (_event, line) => process.stdout.write(`${JSON.stringify(line)}\n`));

app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 800, height: 600, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
  window.loadFile('../page.html', { query: { trips: process.argv.includes('--trips') ? '1' : '0' } });
});
