require('electron').contextBridge.exposeInMainWorld('api', { seven: 7 });
