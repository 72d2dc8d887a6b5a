'use strict';

// The codec beside JSON in V8 and in the page's engine: `scripts/display.sh <shell> benches/codec [--filter=part of a name]`. Ratios below 1 are
// faster than JSON.

const { app, BrowserWindow } = require('electron');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const root = path.join(__dirname, '..', '..');
const filter = process.argv.find((argument) => argument.startsWith('--filter='))?.slice('--filter='.length) ?? '';

const PAGE = `<!doctype html><title>codec</title><script type="module">
import { measure } from '/benches/codec/measure.mjs';
import * as codec from '/shell-js/common/serialize.js';
window.measured = new Promise((resolve) => setTimeout(() => resolve(measure(codec, ${JSON.stringify(filter)})), 1000));
</script>`;

/** The page imports the codec's own files, which it can only do from a server. */
function serve() {
  const server = http.createServer((request, response) => {
    const name = request.url ?? '';
    if (name === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    const file = path.join(root, path.normalize(name));
    return response.writeHead(200, { 'content-type': 'text/javascript' }).end(fs.readFileSync(file));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}/`));
  });
}

function print(engine, rows) {
  console.log(`| ${engine.padEnd(22)} | ${'bytes'.padStart(9)} | ${'encode'.padStart(10)} | ${'x JSON'.padStart(6)} | ${'decode'.padStart(10)} | ${'x JSON'.padStart(6)} | both x |`);
  for (const { name, size, encode, decode, baseEncode, baseDecode } of rows) {
    const us = (ms) => `${(ms * 1000).toFixed(1)} us`.padStart(10);
    const times = (own, base) => (own / base).toFixed(2).padStart(6);
    console.log(`| ${name.padEnd(22)} | ${String(size).padStart(9)} | ${us(encode)} | ${times(encode, baseEncode)} | ${us(decode)} | ${times(decode, baseDecode)} | ${times(encode + decode, baseEncode + baseDecode)} |`);
  }
}

app.whenReady().then(async () => {
  const { measure } = await import(pathToFileURL(path.join(__dirname, 'measure.mjs')).href);
  const codec = await import(pathToFileURL(path.join(root, 'shell-js', 'common', 'serialize.js')).href);
  if (!process.argv.includes("--page")) print("V8", measure(codec, filter));
  const window = new BrowserWindow({ show: false });
  await window.loadURL(await serve());
  print('page', await window.webContents.executeJavaScript('window.measured'));
  app.exit(0);
});
