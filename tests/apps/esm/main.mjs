import electron, { app, BrowserWindow } from 'electron';
import { app as mainApp } from 'electron/main';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { greeting } from './greeting.mjs';

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

let wasReady = false;
app.on('ready', () => {
  wasReady = true;
});
// `ready` waits for the whole import graph, top-level await included.
await delay(100);
const manifest = JSON.parse(await readFile(new URL('./package.json', import.meta.url), 'utf8'));

say('main', {
  wasReady,
  isMain: import.meta.main,
  name: manifest.name,
  greeting,
  sameApp: app === mainApp && app === electron.app,
  sameRequired: createRequire(import.meta.url)('electron').app === app,
  dirname: import.meta.dirname.endsWith('esm'),
});

// Not awaited at the top level: there it would wait for itself, as in Electron.
app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 400, height: 300 });
  await window.loadURL('data:text/html,<title>ESM</title>');
  say('loaded', { title: window.getTitle() });
  window.close();
});
app.on('quit', (_event, code) => say('quit', { code }));
