'use strict';

const at = Date.now();
process.stdout.write(`${JSON.stringify({ event: 'main', at })}\n`);

const { app, BrowserWindow, MessageChannelMain, ipcMain } = require('electron');
const path = require('node:path');

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
let arrivals = [];
ipcMain.handle('echo', (_event, value) => {
  arrivals.push(performance.now());
  return value;
});
ipcMain.handle('trips-begin', () => {
  arrivals = [];
});
ipcMain.handle('trips-end', (_event, name) => {
  const times = arrivals.slice(1).map((at, i) => (at - arrivals[i]) * 1000).sort((a, b) => a - b);
  const part = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))];
  say({ event: 'trip', name, us: part(0.5), p99: part(0.99) });
});
ipcMain.on('echo-sync', (event, value) => {
  event.returnValue = value;
});
ipcMain.on('report', (_event, line) => say(line));

const preload = path.join(__dirname, 'preload.js');

/** What begins in the main process: bytes to the page, and a port from there to another page. */
async function tripsToPage(window) {
  const bytes = new Uint8Array(1 << 20);
  const taken = () => new Promise((resolve) => ipcMain.once('taken', resolve));
  const times = [];
  for (let call = 0; call < 110; call += 1) {
    const start = performance.now();
    window.webContents.send('take', bytes);
    await taken();
    if (call >= 10) times.push((performance.now() - start) * 1000);
  }
  times.sort((a, b) => a - b);
  say({ event: 'trip', name: 'main to page 1 MB, with a word back', us: times[50], p99: times[99] });
  const other = new BrowserWindow({ show: false, webPreferences: { preload } });
  await other.loadFile('../page.html', { query: { quiet: '1' } });
  const { port1, port2 } = new MessageChannelMain();
  other.webContents.postMessage('port', false, [port1]);
  window.webContents.postMessage('port', true, [port2]);
}

app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 800, height: 600, webPreferences: { preload } });
  ipcMain.on('trips-to-page', () => tripsToPage(window));
  window.loadFile('../page.html', { query: { trips: process.argv.includes('--trips') ? '1' : '0' } });
});
