'use strict';

const { app, BrowserWindow } = require('electron');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

const order = [];
for (const name of ['will-finish-launching', 'ready', 'before-quit', 'will-quit', 'browser-window-created', 'web-contents-created']) {
  app.on(name, () => order.push(name));
}
app.on('quit', (_event, code) => {
  order.push('quit');
  say('quit', { code, order });
});
process.on('exit', (code) => say('exit', { code }));

app.whenReady().then(() => {
  order.push('whenReady');
  const window = new BrowserWindow({ width: 300, height: 200 });
  window.once('ready-to-show', () => {
    order.push('ready-to-show');
    window.close();
  });
  window.loadURL('data:text/html,short life');
});
