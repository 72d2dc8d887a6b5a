'use strict';

const { app, BrowserWindow, ipcMain } = require('electron');
const path = require('node:path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

app.whenReady().then(async () => {
  const open = async (name) => {
    const window = new BrowserWindow({
      width: 300,
      height: 200,
      webPreferences: { preload: path.join(__dirname, 'preload.js'), additionalArguments: [`--name=${name}`] },
    });
    await window.loadFile('index.html', { query: { name } });
    return window;
  };
  const windows = { left: await open('left'), right: await open('right') };

  ipcMain.on('pass', (event, { to, text }) => {
    const from = BrowserWindow.fromWebContents(event.sender) === windows.left ? 'left' : 'right';
    say('passed', { from, to, text });
    windows[to].webContents.send('text', { from, text });
  });
  ipcMain.on('done', (_event, words) => {
    say('done', { words });
    windows.left.close();
    windows.right.close();
  });
  say('open', { windows: BrowserWindow.getAllWindows().length });
  windows.left.webContents.send('text', { from: 'main', text: '' });
});
app.on('window-all-closed', () => {
  say('window-all-closed');
  app.quit();
});
app.on('quit', (_event, code) => say('quit', { code }));
