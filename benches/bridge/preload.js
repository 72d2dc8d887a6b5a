'use strict';

const { contextBridge, ipcRenderer } = require('electron');

const record = () => Object.fromEntries(Array.from({ length: 16 }, (_value, i) => [`field${i}`, i % 2 ? i : 'some text of the field '.repeat(2)]));
const made = record();

contextBridge.exposeInMainWorld('bench', {
  nothing: () => {},
  add: (a, b) => a + b,
  take: (value) => value.field1,
  give: () => made,
  nested: (value) => value.list.length,
  call: (callback) => callback(1),
  each: (callback) => {
    for (let i = 0; i < 100; i += 1) callback(i);
  },
  promise: async () => 1,
  measured: (rows) => ipcRenderer.send('measured', rows),
});
