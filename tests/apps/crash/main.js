'use strict';

const { app, BrowserWindow } = require('electron');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 300, height: 200 });
  let loads = 0;
  window.webContents.on('did-finish-load', async () => {
    loads += 1;
    say('loaded', { loads, answer: await window.webContents.executeJavaScript('6 * 7'), pid: window.webContents.getOSProcessId() });
  });
  window.webContents.on('render-process-gone', (_event, details) => {
    say('gone', { reason: details.reason, crashed: window.webContents.isCrashed() });
    window.webContents.reload();
  });
  window.loadFile('index.html');
});
app.on('quit', (_event, code) => say('quit', { code }));
