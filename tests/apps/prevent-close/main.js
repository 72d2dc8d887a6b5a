'use strict';

const { app, BrowserWindow } = require('electron');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 300, height: 200 });
  await window.loadURL('data:text/html,<title>stubborn</title>');

  let asked = 0;
  window.on('close', (event) => {
    asked += 1;
    if (asked === 1) event.preventDefault();
    say('close', { asked, prevented: event.defaultPrevented });
    // The next attempt comes once this one is decided.
    if (asked === 1) {
      setTimeout(() => {
        say('still-here', { windows: BrowserWindow.getAllWindows().length, destroyed: window.isDestroyed() });
        app.quit();
      }, 300);
    }
  });
  window.on('closed', () => say('closed', { destroyed: window.isDestroyed() }));
  window.close();
});
app.on('before-quit', () => say('before-quit'));
app.on('will-quit', () => say('will-quit'));
app.on('window-all-closed', () => say('window-all-closed'));
app.on('quit', (_event, code) => say('quit', { code }));
