// How long `shell dev` takes from a change in a source to what runs anew: `scripts/display.sh node benches/dev.mjs <shell> [rounds]`.
// The goal is 300 ms for both, from the end of the write to the first line of the main script, and of the preload.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const GOAL = 300;
const [shell, rounds = '12'] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-dev-bench-'));

const main = (number) => `console.log('main script ${number}');
const { app, BrowserWindow } = require('electron');
const path = require('node:path');
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 400, height: 300, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
  window.loadFile('index.html');
  window.webContents.on('did-finish-load', () => console.log('page of ${number}'));
});
`;
const preload = (number) => `console.log('preload ${number}');
require('electron').contextBridge.exposeInMainWorld('number', ${number});
`;
const write = (name, text) => fs.writeFileSync(path.join(folder, name), text);

write('package.json', '{ "name": "dev-bench", "main": "main.js" }');
write('index.html', '<!doctype html><title>dev</title><p>A page</p>');
write('main.js', main(0));
write('preload.js', preload(0));

const environment = { ...process.env, NO_COLOR: '1', HOME: folder, XDG_CONFIG_HOME: path.join(folder, 'config') };
const child = spawn(shell, ['dev', folder], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
let look = () => {};
for (const stream of [child.stdout, child.stderr]) {
  stream.on('data', (bytes) => {
    said += bytes;
    look();
  });
}

/** When a text is said, which begins at what was said last. @param {string} text */
function until(text) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${JSON.stringify(text)} in:\n${said}`)), 60_000);
    look = () => {
      const at = said.indexOf(text);
      if (at < 0) return;
      clearTimeout(timer);
      said = said.slice(at + text.length);
      look = () => {};
      resolve(performance.now());
    };
    look();
  });
}

const quiet = () => new Promise((resolve) => setTimeout(resolve, 500));

/** Changes a file, and answers the milliseconds until a text is said. */
async function change(name, text, expected) {
  await quiet();
  write(name, text);
  const written = performance.now();
  return (await until(expected)) - written;
}

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

try {
  await until('page of 0');
  const restarts = [];
  const reloads = [];
  for (let round = 1; round <= Number(rounds); round += 1) {
    restarts.push(await change('main.js', main(round), `main script ${round}`));
    await until(`page of ${round}`);
    reloads.push(await change('preload.js', preload(round), `preload ${round}`));
  }
  for (const [what, list] of [['main script', restarts], ['preload', reloads]]) {
    const [low, middle, high] = [Math.min(...list), median(list), Math.max(...list)].map(Math.round);
    const verdict = middle <= GOAL ? '' : ', not met';
    console.log(`shell dev, change of the ${what.padEnd(11)} ${middle} ms (${low} to ${high}), goal ${GOAL} ms${verdict}`);
  }
} finally {
  child.kill('SIGTERM');
  await new Promise((resolve) => child.on('close', resolve));
  fs.rmSync(folder, { recursive: true, force: true });
}
