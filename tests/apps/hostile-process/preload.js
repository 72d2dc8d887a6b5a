'use strict';

const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('answer', (value) => ipcRenderer.invoke('answer', value));
