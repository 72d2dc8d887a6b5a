'use strict';

const { app } = require('electron');
const { execFile, fork } = require('node:child_process');
const path = require('node:path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

const forked = () => new Promise((resolve) => {
  const child = fork(path.join(__dirname, 'child.js'), ['one', 'two']);
  child.on('message', (message) => {
    say('child', message);
    child.send({ stop: true });
  });
  child.on('exit', (code) => {
    say('child-exit', { code });
    resolve();
  });
});

const asNode = () => new Promise((resolve) => {
  const environment = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  execFile(process.execPath, ['-e', 'console.log(typeof process.versions.node, process.argv.length)'], { env: environment }, (error, out) => {
    say('as-node', { error: error && String(error), out: out.trim() });
    resolve();
  });
});

const program = () => new Promise((resolve) => {
  execFile('echo', ['hello'], (error, out) => {
    say('program', { error: error && String(error), out: out.trim() });
    resolve();
  });
});

app.whenReady().then(async () => {
  await forked();
  await asNode();
  await program();
  app.quit();
});
app.on('quit', (_event, code) => say('quit', { code }));
