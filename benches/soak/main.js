'use strict';

// Messages at a steady rate for a long time: every process must hold as much memory at the end as after the first tenth. The main process collects its
// garbage before both are read: what it holds is told apart from what it has not looked at yet. What it has in between is printed too.
//
//   shell benches/soak --bytes=1048576 --rate=100 --seconds=600 [--direction=page|main]
//
// Prints one JSON line a minute and at the end `{event: 'end', ...}`; the exit code is 1 when messages were lost, came out of order or a process
// grew by more than the allowance.

const { app, BrowserWindow, ipcMain } = require('electron');
const fs = require('node:fs');
const path = require('node:path');
const v8 = require('node:v8');
const vm = require('node:vm');

const option = (name, fallback) => {
  const found = process.argv.find((argument) => argument.startsWith(`--${name}=`));
  return found === undefined ? fallback : found.slice(name.length + 3);
};
const bytes = Number(option('bytes', 1 << 20));
const rate = Number(option('rate', 100));
const seconds = Number(option('seconds', 600));
const direction = option('direction', 'page');
/** What a process may gain after the first tenth, in MB. The page's collector cannot be called. */
const allowance = (name) => (name === 'main' ? 10 : 24);
/** Messages on their way: a sender that the receiver cannot follow waits here, as an app should. */
const WINDOW = Math.max(8, Math.ceil((32 << 20) / bytes));

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));
const say1 = (value) => Math.round(value * 10) / 10;

/** Resident memory of the app's processes by name, in MB. */
function memory() {
  const found = {};
  for (const name of fs.readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = fs.readFileSync(`/proc/${name}/status`, 'utf8');
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)[1]);
      if (Number(name) !== process.pid && parent !== process.pid) continue;
      const kind = Number(name) === process.pid ? 'main' : /^Name:\s+(.*)/m.exec(status)[1];
      found[kind] = say1((found[kind] ?? 0) + Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
    } catch {}
  }
  return found;
}

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');
/** What every process holds. The second collection frees what the first one found to be unreachable by finalizers. */
function held() {
  collect();
  collect();
  return memory();
}

app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 300, height: 200, webPreferences: { preload: path.join(__dirname, 'preload.js'), backgroundThrottling: false } });
  await window.loadFile('index.html');
  let sent = 0;
  let received = 0;
  let disorder = 0;
  let delayed = 0;
  ipcMain.on('got', (_event, count, wrong) => {
    received = count;
    disorder += wrong;
  });
  ipcMain.on('data', (_event, number, data) => {
    if (number !== received || data.length !== bytes) disorder += 1;
    received += 1;
  });
  const start = Date.now();
  let base = null;
  let nextMinute = 60;
  if (direction === 'main') window.webContents.send('pour', { bytes, rate, total: rate * seconds });
  const payload = new Uint8Array(bytes);
  const timer = setInterval(() => {
    const elapsed = (Date.now() - start) / 1000;
    if (direction === 'page') {
      const due = Math.min(Math.floor(elapsed * rate), rate * seconds);
      for (; sent < due; sent += 1) {
        if (sent - received >= WINDOW) {
          delayed += 1;
          break;
        }
        payload[0] = sent;
        window.webContents.send('data', sent, payload);
      }
    }
    if (base === null && elapsed > seconds / 10) {
      base = held();
      say('base', { memory: base });
    }
    if (elapsed > nextMinute) {
      nextMinute += 60;
      say('minute', { elapsed: Math.round(elapsed), sent, received, delayed, memory: memory() });
    }
    const total = rate * seconds;
    if (received >= total || elapsed > seconds * 1.5 + 30) {
      clearInterval(timer);
      const before = memory();
      const last = held();
      const growth = Object.fromEntries(Object.keys(last).map((name) => [name, say1(last[name] - (base?.[name] ?? 0))]));
      const good = received === total && disorder === 0 && Object.entries(growth).every(([name, value]) => value <= allowance(name));
      say('end', { good, bytes, rate, direction, elapsed: Math.round(elapsed), received, total, disorder, delayed, before, memory: last, growth });
      app.exit(good ? 0 : 1);
    }
  }, 5);
});
