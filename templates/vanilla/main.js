'use strict';

// The main script: Node's API and the app's life cycle. It owns the windows and everything that touches the machine.

const { app, BrowserWindow, ipcMain } = require('electron');
const fs = require('node:fs/promises');
const path = require('node:path');

const { system } = require('./system.js');

function createWindow() {
  const window = new BrowserWindow({
    width: 860,
    height: 620,
    minWidth: 560,
    minHeight: 480,
    show: false,
    backgroundColor: '#f5f6fa',
    webPreferences: { preload: path.join(__dirname, 'preload.js') },
  });
  // Shown once there is something to see, so that no empty window flashes.
  window.once('ready-to-show', () => window.show());
  window.loadFile('index.html');
}

// What pages may ask for. Arguments come from a page: they are checked before they are used.
ipcMain.handle('system', () => system());

ipcMain.handle('echo', (_event, /** @type {unknown} */ value) => value);

ipcMain.handle('list-files', async () => {
  const entries = await fs.readdir(__dirname, { withFileTypes: true });
  return entries.map((entry) => entry.name).sort();
});

app.whenReady().then(() => {
  createWindow();
  // macOS: a click on the dock icon opens a window when none is left.
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) createWindow();
  });
});

app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit();
});
