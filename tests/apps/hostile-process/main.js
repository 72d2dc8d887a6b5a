'use strict';

const { app, BrowserWindow, ipcMain } = require('electron');
const fs = require('node:fs');
const path = require('node:path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));
const memory = () => Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
const descriptors = () => fs.readdirSync('/proc/self/fd').length;

// Nobody may get here but the preload's own calls.
const calls = [];
const others = new Set();
ipcMain.handle('answer', (event, value) => {
  calls.push(value);
  if (value !== 7) others.add(event.sender);
  // A frame that was given no preload; and the page itself, which was given one.
  if (value === 2) calls.push('from a frame');
  if (value === 3) calls.push('from the page');
  return event.sender.id;
});

app.whenReady().then(async () => {
  const create = () => new BrowserWindow({ width: 300, height: 200, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
  const open = async () => {
    const window = create();
    await window.loadFile('index.html');
    return window;
  };
  const ask = async (window) => (await window.webContents.executeJavaScript('answer(7)')) === window.webContents.id;
  const first = await open();
  const before = { memory: memory(), descriptors: descriptors() };
  const pending = first.webContents.executeJavaScript('new Promise((resolve) => { window.release = () => resolve("honest"); })');
  // What becomes of this page is its own affair; nobody else may notice.
  let most = 0;
  const hostile = [];
  for (const how of ['frames', 'messages', 'everything']) {
    const window = create();
    hostile.push(window.webContents);
    window.webContents.on('frame-created', () => most++);
    // It may close its own window.
    await window.loadFile('index.html', { query: { 'taken-over': how } }).catch(() => {});
  }
  const second = await open();
  say('alive', { answers: [await ask(first), await ask(second)], calls: calls.filter((value) => value === 7).length });
  await first.webContents.executeJavaScript('release()');
  say('kept apart', {
    pending: await pending,
    senders: [...others].map((sender) => hostile.includes(sender)),
    fromFrames: calls.includes('from a frame'),
    fromPage: calls.includes('from the page'),
    frames: [first, second].map((window) => window.webContents.mainFrame.framesInSubtree.length),
    most,
  });
  first.destroy();
  for (const window of BrowserWindow.getAllWindows()) if (window !== second) window.destroy();
  say('after', { answer: await ask(second), grown: memory() - before.memory, descriptors: descriptors() - before.descriptors });
  app.exit(0);
});
app.on('window-all-closed', () => {});
