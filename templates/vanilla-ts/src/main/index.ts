import { join } from 'node:path';

import { app, BrowserWindow, ipcMain } from 'electron';

import { system } from './system';

function createWindow(): void {
  const window = new BrowserWindow({
    width: 880,
    height: 620,
    show: false,
    webPreferences: { preload: join(__dirname, '../preload/index.js') },
  });
  // Shown once there is something to see, so that no empty window flashes.
  window.once('ready-to-show', () => window.show());

  // While the app is being developed the page comes from the dev server.
  const devServer = process.env.ELECTRON_RENDERER_URL;
  if (devServer && !app.isPackaged) window.loadURL(devServer);
  else window.loadFile(join(__dirname, '../renderer/index.html'));
}

ipcMain.handle('system', () => system());

app.whenReady().then(() => {
  createWindow();
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) createWindow();
  });
});

app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit();
});
