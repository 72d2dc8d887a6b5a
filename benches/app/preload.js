'use strict';

const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('bench', {
  report: (line) => ipcRenderer.send('report', line),
});

// Round trips are measured here and not in the page: the context bridge copies values once more, and is a cost of its own.
async function trips(name, value, calls) {
  for (let call = 0; call < calls / 10; call += 1) await ipcRenderer.invoke('echo', value);
  const start = performance.now();
  for (let call = 0; call < calls; call += 1) await ipcRenderer.invoke('echo', value);
  ipcRenderer.send('report', { event: 'trip', name, us: ((performance.now() - start) * 1000) / calls });
}

if (location.search.includes('trips=1')) {
  window.addEventListener('load', async () => {
    await trips('small', 1, 2000);
    await trips('64 KB', new Uint8Array(64 << 10), 500);
    await trips('1 MB', new Uint8Array(1 << 20), 100);
    await trips('1 MB string', 'x'.repeat(1 << 20), 50);
    ipcRenderer.send('report', { event: 'trips-done' });
  });
}
