'use strict';

const { app } = require('electron');
const path = require('node:path');
const { Worker } = require('node:worker_threads');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

app.whenReady().then(() => {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(path.join(__dirname, 'sum.js'), { workerData: { upTo: 1000, shared } });
  worker.on('message', (message) => {
    say('sum', { ...message, shared: Atomics.load(shared, 0) });
    worker.postMessage('enough');
  });
  worker.on('exit', (code) => {
    say('worker-exit', { code });
    app.quit();
  });
});
app.on('quit', (_event, code) => say('quit', { code }));
