'use strict';

const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('api', {
  double: (value) => ipcRenderer.invoke('double', value),
  report: (values) => ipcRenderer.send('page', values),
});
