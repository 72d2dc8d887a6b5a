const { app, BrowserWindow } = require('electron');

globalThis.started = true;
if (process.argv.includes('--open')) require('node:inspector').open(0);
app.whenReady().then(() => {
  globalThis.window = new BrowserWindow({ show: false });
  console.log('ready');
});
