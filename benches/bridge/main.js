'use strict';

// What a call through contextBridge costs beside a call of a function of the page, in one page and one run.
//
//   scripts/display.sh <shell> benches/bridge

const { app, BrowserWindow, ipcMain } = require('electron');
const path = require('node:path');

ipcMain.on('measured', (_event, rows) => {
  const plain = rows.find(({ name }) => name === 'plain function').ns;
  for (const { name, ns } of rows) process.stdout.write(`${name.padEnd(34)} ${ns.toFixed(0).padStart(8)} ns ${(ns / plain).toFixed(1).padStart(8)} x\n`);
  app.exit(0);
});

app.whenReady().then(() => {
  const window = new BrowserWindow({ show: false, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
  window.loadFile('page.html');
});
