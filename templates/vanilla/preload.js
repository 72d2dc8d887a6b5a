'use strict';

// The preload sees the main script by `ipcRenderer` and the page by `contextBridge`. The page gets these functions and nothing else.

const { contextBridge, ipcRenderer } = require('electron');

/** @type {SampleApi} */
const sample = {
  versions: {
    electron: process.versions.electron ?? '',
    node: process.versions.node,
    v8: process.versions.v8,
  },
  platform: `${process.platform} ${process.arch}`,
  system: () => ipcRenderer.invoke('system'),
  echo: (value) => ipcRenderer.invoke('echo', value),
  listFiles: () => ipcRenderer.invoke('list-files'),
};

contextBridge.exposeInMainWorld('sample', sample);
