'use strict';

const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('api', {
  sum: (values) => ipcRenderer.invoke('sum', values),
  report: (value) => ipcRenderer.send('page-says', value),
});

ipcRenderer.on('main-says', (_event, text) => ipcRenderer.send('page-heard', text));
