'use strict';

const { contextBridge, ipcRenderer } = require('electron');

ipcRenderer.send('before-failure');
contextBridge.exposeInMainWorld('api', {});
throw new Error('the preload failed on purpose');
