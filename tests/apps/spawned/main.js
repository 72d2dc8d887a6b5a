'use strict';

// An app that another program has started with a channel, as test drivers and launchers of apps do.

const { app } = require('electron');
const { execFile } = require('node:child_process');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));
const { send } = process;

process.on('message', async (message) => {
  await app.whenReady();
  send.call(process, { answer: message, connected: process.connected, variables: Object.keys(process.env).filter((name) => name.startsWith('NODE_CHANNEL')) });
});
process.on('disconnect', () => {
  say('disconnected', { connected: process.connected });
  // The app lives on: only its own children's channels are its own.
  execFile(process.execPath, ['-p', 'typeof process.send'], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } }, (_error, out) => {
    say('child', { send: out.trim() });
    app.quit();
  });
});
app.on('quit', () => say('quit'));
