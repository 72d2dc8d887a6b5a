'use strict';

const { app, BrowserWindow } = require('electron');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

for (const name of ['before-quit', 'will-quit']) app.on(name, () => say(name));
app.on('quit', (_event, code) => say('quit', { code }));
app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 300, height: 200 });
  window.on('close', (event) => {
    say('close');
    event.preventDefault();
  });
  await window.loadURL('data:text/html,exit');
  app.exit(7);
});
