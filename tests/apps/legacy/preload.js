'use strict';

const { contextBridge, ipcRenderer } = require('electron');
const fs = require('node:fs/promises');
const path = require('node:path');

contextBridge.exposeInMainWorld('files', {
  sizeOf: async (name) => (await fs.stat(path.join(__dirname, name))).size,
  list: (filter) => fs.readdir(__dirname).then((names) => names.filter((name) => filter(name))),
});
contextBridge.exposeInMainWorld('tell', (fields) => ipcRenderer.send('bridge', fields));
