'use strict';

const { app, BrowserWindow, ipcMain } = require('electron');
const fs = require('node:fs');
const path = require('node:path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));
const memory = () => Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
const descriptors = () => fs.readdirSync('/proc/self/fd').length;

// Nobody may get here but the preload's own calls.
const calls = [];
ipcMain.handle('answer', (event, value) => {
  calls.push(value);
  return event.sender.id;
});

app.whenReady().then(async () => {
  const open = async (query) => {
    const window = new BrowserWindow({ width: 300, height: 200, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
    await window.loadFile('index.html', { query });
    return window;
  };
  const ask = async (window) => (await window.webContents.executeJavaScript('answer(7)')) === window.webContents.id;
  const first = await open({});
  const before = { memory: memory(), descriptors: descriptors() };
  // What becomes of this page is its own affair; nobody else may notice.
  const hostile = await open({ 'taken-over': '1' });
  const second = await open({});
  say('alive', { answers: [await ask(first), await ask(second)], calls: calls.filter((value) => value === 7).length });
  first.destroy();
  hostile.destroy();
  say('after', { answer: await ask(second), grown: memory() - before.memory, descriptors: descriptors() - before.descriptors });
  app.exit(0);
});
app.on('window-all-closed', () => {});
