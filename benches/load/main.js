'use strict';

// The same server in an app's main process, with a window that is on the screen meanwhile.

const path = require('node:path');
const { app, BrowserWindow } = require('electron');
const server = require('./server.js');

/** A question to the user interface's thread this often. */
const EVERY = 10;
let calls = [];
let gaps = [];

app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 400, height: 300 });
  await window.loadFile(path.join(__dirname, 'page.html'));
  setInterval(() => {
    const start = performance.now();
    // It waits for the other thread's answer.
    window.getBounds();
    calls.push(performance.now() - start);
  }, EVERY);
  const take = async () => gaps.push(...await window.webContents.executeJavaScript('take()'));
  await take();
  gaps = [];
  setInterval(take, 500);
  server.tell(() => {
    const told = { calls, gaps };
    calls = [];
    gaps = [];
    return told;
  });
  console.log(JSON.stringify({ event: 'window' }));
});
