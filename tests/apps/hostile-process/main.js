'use strict';

const { app, BrowserWindow, ipcMain } = require('electron');
const fs = require('node:fs');
const path = require('node:path');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));
const memory = () => Number(/^VmRSS:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
const threads = () => fs.readdirSync('/proc/self/task').length;
const descriptors = () => fs.readdirSync('/proc/self/fd').length;

// Nobody may get here but the preload's own calls.
const calls = [];
const others = new Set();
ipcMain.handle('answer', (event, value) => {
  calls.push(value);
  if (value !== 7) others.add(event.sender);
  // A frame that was given no preload; and the page itself, which was given one.
  if (value === 2) calls.push('from a frame');
  if (value === 3) calls.push('from the page');
  return event.sender.id;
});

// What the hostile process tells a Node context, by its address: questions, answers and news, with and without sense; the last one has sense.
async function hostileMessages(proof) {
  const { serialize } = await import('../../../shell-js/common/serialize.js');
  let deep = [];
  for (let i = 0; i < 60; i++) deep = ['a', deep];
  const messages = [
    ['x', 'builtin', 'fs'], ['x', 'process'], ['x', 'modules', './x.mjs', 'file:///'], ['x', '__proto__'], ['x', 'resolve', deep, '/'], ['x'], null, 5, 'x', [], {}, deep,
    ['c', 1, undefined, [['f', 7, 'f', 1, []]]], ['c', 3, undefined, ['/', ['f', 8, 'f', 1, []]]], ['n', 2, [['r', 5, 5, { name: 'x', methods: ['y'], symbols: [] }]]], ['g', 1, ['y', '', 'iterator']],
    ['s', 1, '__proto__', ['p', 'x', 1]], ['m', 4, 'call', [['P', 1], ['A', 2, false], ['e', 3, 'Error', 'E', 'm', '']]], ['k', 1], ['p', 1], ['b', 1, 'x'], ['D', 1, 'y'], ['R', ['v', 1]], ['R'], ['q', []], ['z'],
    ['rel', 1, Number.NaN, 2, -5, 3, 1e9], ['ok', 1, ['o', 1]], ['no', 1, ['o', 99]], ['abort', 2, 1], ['over'], ['c', 2, undefined, [['b', 'Buffer', new Uint8Array(4), 1, 1], ['b', 'Float64Array', new Uint8Array(3)], ['b', 'DataView', 'x']]],
    ['x', 'load', proof],
  ];
  return messages.map((message) => Buffer.from(serialize(message)).toString('hex')).join('.');
}

app.whenReady().then(async () => {
  const preload = path.join(__dirname, 'preload.js');
  const create = (webPreferences = {}) => new BrowserWindow({ width: 300, height: 200, webPreferences: { preload, ...webPreferences } });
  const open = async () => {
    const window = create();
    await window.loadFile('index.html');
    return window;
  };
  const ask = async (window) => (await window.webContents.executeJavaScript('answer(7)')) === window.webContents.id;
  const first = await open();
  const withNode = create({ nodeIntegration: true, contextIsolation: false, preload: undefined });
  await withNode.loadFile('index.html');
  const askNode = () => withNode.webContents.executeJavaScript("require('fs').readdirSync(__dirname).includes('hostile.c')");
  await askNode();
  say('opened');
  const before = { memory: memory(), descriptors: descriptors(), threads: threads() };
  const pending = first.webContents.executeJavaScript('new Promise((resolve) => { window.release = () => resolve("honest"); })');
  // What becomes of this page is its own affair; nobody else may notice.
  let most = 0;
  const hostile = [];
  const proof = process.env.HOSTILE_PROOF;
  fs.writeFileSync(`${proof}.js`, `require('fs').writeFileSync(${JSON.stringify(proof)}, '')`);
  const messages = await hostileMessages(`${proof}.js`);
  for (const how of ['frames', 'messages', 'everything', 'node']) {
    const window = how === 'node' ? create({ nodeIntegration: true, contextIsolation: false, preload: undefined }) : create();
    hostile.push(window.webContents);
    window.webContents.on('frame-created', () => most++);
    // It may close its own window.
    await window.loadFile('index.html', { query: { 'taken-over': how, ...(how === 'node' ? { messages } : {}) } }).catch(() => {});
    say('survived', { how });
  }
  const second = await open();
  say('alive', { answers: [await ask(first), await ask(second)], calls: calls.filter((value) => value === 7).length });
  say('node', { answer: await askNode(), ran: fs.existsSync(proof), threads: threads() - before.threads });
  await first.webContents.executeJavaScript('release()');
  say('kept apart', {
    pending: await pending,
    senders: [...others].map((sender) => hostile.includes(sender)),
    fromFrames: calls.includes('from a frame'),
    fromPage: calls.includes('from the page'),
    frames: [first, second].map((window) => window.webContents.mainFrame.framesInSubtree.length),
    most,
  });
  first.destroy();
  for (const window of BrowserWindow.getAllWindows()) if (window !== second) window.destroy();
  say('after', { answer: await ask(second), grown: memory() - before.memory, descriptors: descriptors() - before.descriptors });
  app.exit(0);
});
app.on('window-all-closed', () => {});
