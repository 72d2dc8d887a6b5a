import { contextBridge, ipcRenderer } from 'electron';

import type { Api } from '../shared/api';

const api: Api = {
  system: () => ipcRenderer.invoke('system'),
};

contextBridge.exposeInMainWorld('api', api);
