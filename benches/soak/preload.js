'use strict';

const { ipcRenderer } = require('electron');

// From main: counted and checked here, and told in groups.
let expected = 0;
let disorder = 0;
let size = 0;
ipcRenderer.on('data', (_event, number, data) => {
  size ||= data.length;
  if (number !== expected || data.length !== size || (size > 0 && data[0] !== number % 256)) disorder += 1;
  expected += 1;
  if (expected % 8 === 0 || size >= 1 << 16) {
    ipcRenderer.send('got', expected, disorder);
    disorder = 0;
  }
});

// To main.
ipcRenderer.on('pour', (_event, { bytes, rate, total }) => {
  const payload = new Uint8Array(bytes);
  const start = Date.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(Math.floor(((Date.now() - start) / 1000) * rate), total);
    for (; sent < due; sent += 1) ipcRenderer.send('data', sent, payload);
    if (sent >= total) clearInterval(timer);
  }, 5);
});
