'use strict';

const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('bench', {
  report: (line) => ipcRenderer.send('report', line),
});

// Round trips are measured here and not in the page: the context bridge copies values once more, and is a cost of its own. One round trip is
// what lies between two calls that reach the main process, whose clock is finer than a page's.
async function trips(name, value, calls) {
  for (let call = 0; call < calls / 10; call += 1) await ipcRenderer.invoke('echo', value);
  await ipcRenderer.invoke('trips-begin');
  for (let call = 0; call <= calls; call += 1) await ipcRenderer.invoke('echo', value);
  await ipcRenderer.invoke('trips-end', name);
}

// The mean of many, where nothing but the page's clock sees them.
async function mean(name, calls, run) {
  await run(Math.ceil(calls / 10));
  const start = performance.now();
  await run(calls);
  ipcRenderer.send('report', { event: 'trip', name, us: ((performance.now() - start) * 1000) / calls });
}

const row = (i) => ({ id: i, name: `item number ${i}`, price: i * 1.25 + 0.1, active: true, tags: ['red', 'green'], parent: null });

ipcRenderer.on('take', (_event, bytes) => ipcRenderer.send('taken', bytes.length));
ipcRenderer.on('port', (event, asks) => {
  const [port] = event.ports;
  if (!asks) {
    port.onmessage = ({ data }) => port.postMessage(data);
    return;
  }
  let answered;
  port.onmessage = () => answered();
  const ask = (value) => new Promise((resolve) => {
    answered = resolve;
    port.postMessage(value);
  });
  mean('port between two pages', 1000, async (calls) => {
    for (let call = 0; call < calls; call += 1) await ask(call);
  }).then(() => ipcRenderer.send('report', { event: 'trips-done' }));
});

if (location.search.includes('trips=1')) {
  window.addEventListener('load', async () => {
    await trips('small', 1, 2000);
    await trips('1 KB object', Array.from({ length: 10 }, (_, i) => row(i)), 1000);
    await trips('64 KB', new Uint8Array(64 << 10), 500);
    await trips('64 KB string', 'x'.repeat(64 << 10), 500);
    await trips('1 MB', new Uint8Array(1 << 20), 100);
    await trips('1 MB string', 'x'.repeat(1 << 20), 50);
    await trips('10 MB', new Uint8Array(10 << 20), 10);
    await mean('sendSync small', 2000, async (calls) => {
      for (let call = 0; call < calls; call += 1) ipcRenderer.sendSync('echo-sync', call);
    });
    await mean('2,000 pipelined, each', 2000, (calls) => Promise.all(Array.from({ length: calls }, (_, call) => ipcRenderer.invoke('echo', call))));
    ipcRenderer.send('trips-to-page');
  });
}
