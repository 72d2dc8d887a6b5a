'use strict';

const { app, BrowserWindow } = require('electron');
const fs = require('node:fs');
const path = require('node:path');
const { Worker } = require('node:worker_threads');

const argon2 = require('@node-rs/argon2');
const watcher = require('@parcel/watcher');
const bufferUtil = require('bufferutil');
const { transform } = require('lightningcss');
const sharp = require('sharp');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

/** Work on threads of the addon, settled as promises. */
async function image() {
  const red = { create: { width: 40, height: 20, channels: 3, background: 'red' } };
  const png = await sharp(red).resize(20).png().toBuffer();
  const { width, height, format } = await sharp(png).metadata();
  return { width, height, format };
}

/** Another thread of the system calls a function of JavaScript. */
async function watched() {
  const folder = path.join(app.getPath('userData'), 'watched');
  fs.mkdirSync(folder, { recursive: true });
  const { promise, resolve } = Promise.withResolvers();
  const subscription = await watcher.subscribe(folder, (_error, events) => resolve(path.basename(events[0].path)));
  fs.writeFileSync(path.join(folder, 'news.txt'), 'news');
  const name = await promise;
  await subscription.unsubscribe();
  return name;
}

/** The same addon on a thread of its own. */
const inWorker = () => new Promise((resolve, reject) => {
  new Worker(path.join(__dirname, 'worker.js')).once('message', resolve).once('error', reject);
});

app.setPath('userData', process.env.APP_USER_DATA);
app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 300, height: 200 });
  await window.loadURL('data:text/html,addons');
  say('sharp', await image());
  const { code } = transform({ filename: 'a.css', code: Buffer.from('.a { color: rgb(255, 0, 0) }'), minify: true });
  say('lightningcss', { code: code.toString() });
  say('argon2', { right: await argon2.verify(await argon2.hash('word'), 'word'), wrong: await argon2.verify(await argon2.hash('word'), 'other') });
  const masked = Buffer.alloc(4);
  bufferUtil.mask(Buffer.from([1, 2, 3, 4]), Buffer.from([255, 255, 255, 255]), masked, 0, 4);
  say('bufferutil', { masked: [...masked] });
  say('watcher', { name: await watched() });
  say('worker', { right: await inWorker() });
  app.quit();
});
app.on('quit', (_event, code) => say('quit', { code }));
