'use strict';
// Ends, or does not, in the way and at the time that its arguments name.

const { app, BrowserWindow } = require('electron');
const { fork } = require('node:child_process');
const path = require('node:path');
const { Worker } = require('node:worker_threads');

const [way, time, addon] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

const fill = () => {
  for (const kept = []; ; ) kept.push(new Array(10_000).fill(kept.length));
};
const recurse = (depth) => recurse(depth + 1) + 1;

const ways = {
  exit: () => process.exit(7),
  throw: () => {
    throw new Error('nobody catches this');
  },
  reject: () => {
    void Promise.reject(new Error('nobody catches this'));
  },
  heap: fill,
  stack: () => recurse(0),
  nested: () => {
    let nested = [];
    for (let depth = 0; depth < 100_000; depth++) nested = [nested];
    JSON.stringify(nested);
  },
  abort: () => process.abort(),
  addon: () => require(addon),
};

/** Whether the app still takes events, calls and pages. */
async function lives() {
  const answer = await BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('6 * 7');
  say('alive', { answer: answer ?? null });
  app.quit();
}

const act = (name) => {
  if (name !== time) return;
  say('acts');
  // What does not end the app must leave it whole.
  if (['throw', 'reject', 'stack', 'nested'].includes(way)) setTimeout(lives, 10);
  ways[way]();
};

for (const name of ['before-quit', 'will-quit', 'quit']) app.on(name, () => act(name));
process.on('exit', (code) => (time === 'exit' ? act('exit') : say('exit', { code })));
if (time === 'uncaught') process.on('uncaughtException', () => act('uncaught'));

act('main');
app.whenReady().then(() => act('ready'));
// In an event of its own: `process.exit` may return, as Electron's does.
app.on('ready', async () => {
  if (time === 'ready') return;
  // Something to leave behind: a page's process, and a child that would go on.
  const child = fork(path.join(__dirname, 'child.js'));
  await new Promise((resolve) => child.once('message', resolve));
  const window = new BrowserWindow({ width: 300, height: 200 });
  window.on('close', () => act('close'));
  await window.loadURL('data:text/html,ends');
  if (time === 'worker') {
    new Worker('process.exit(7)', { eval: true }).on('exit', (code) => {
      say('worker', { code });
      void lives();
    });
  }
  setTimeout(() => {
    act('timer');
    if (['before-quit', 'will-quit', 'quit', 'exit'].includes(time)) app.quit();
    if (time === 'uncaught') throw new Error('for the listener');
    if (time === 'close') window.close();
  }, 1);
});
