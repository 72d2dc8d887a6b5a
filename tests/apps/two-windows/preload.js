'use strict';

const { contextBridge, ipcRenderer } = require('electron');

const name = process.argv.find((argument) => argument.startsWith('--name=')).slice('--name='.length);

contextBridge.exposeInMainWorld('wire', {
  name,
  pass: (to, text) => ipcRenderer.send('pass', { to, text }),
  done: (words) => ipcRenderer.send('done', words),
  onText: (listener) => ipcRenderer.on('text', (_event, message) => listener(message)),
});
