'use strict';

/* global early */
const { ipcRenderer } = require('electron');
const { spawn } = require('child_process');
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');
const settings = require('./lib/settings');

function files() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-legacy-app-'));
  fs.writeFileSync(path.join(folder, 'note.txt'), 'from the page');
  const text = fs.readFileSync(path.join(folder, 'note.txt'), 'utf8');
  const list = fs.readdirSync(folder);
  fs.rmSync(folder, { recursive: true });
  return { text, list, here: fs.readdirSync(__dirname).includes('renderer.js'), early: path.basename(early.folder) };
}

async function child() {
  const process = spawn('sh', ['-c', 'for i in 1 2 3; do echo line $i; done; cat'], { stdio: 'pipe' });
  const lines = [];
  require('readline').createInterface({ input: process.stdout }).on('line', (line) => lines.push(line));
  process.stdin.end('and this\n');
  const code = await new Promise((resolve) => process.on('close', resolve));
  return { lines, code };
}

async function server() {
  const app = http.createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    fs.createReadStream(path.join(__dirname, 'package.json')).pipe(response);
  });
  await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve));
  const { name } = await (await fetch(`http://127.0.0.1:${app.address().port}/`)).json();
  app.close();
  return { name };
}

async function packages() {
  const load = (name) => require(path.join(__dirname, '..', 'npm', 'node_modules', name));
  const express = load('express');
  const app = express();
  app.use(express.json());
  app.post('/add', (request, response) => response.json({ sum: request.body.numbers.reduce((a, b) => a + b, 0) }));
  const listening = await new Promise((resolve) => {
    const found = app.listen(0, '127.0.0.1', () => resolve(found));
  });
  const { port } = listening.address();
  const answer = await new Promise((resolve, reject) => {
    const request = http.request({ port, path: '/add', method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve(JSON.parse(body)));
    });
    request.on('error', reject);
    request.end(JSON.stringify({ numbers: [1, 2, 3] }));
  });
  listening.close();
  const WebSocket = load('ws');
  const sockets = new WebSocket.Server({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => sockets.on('listening', resolve));
  sockets.on('connection', (socket) => socket.on('message', (message) => socket.send(`echo ${message}`)));
  const socket = new WebSocket(`ws://127.0.0.1:${sockets.address().port}`);
  const echoed = await new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('message', (message) => resolve(String(message)));
    socket.on('open', () => socket.send('hello'));
  });
  socket.terminate();
  sockets.close();
  return { ...answer, echoed, semver: load('semver').satisfies('1.4.0', '^1.2.0') };
}

function change() {
  let heard = null;
  settings.on('change', (...args) => {
    heard = args;
  });
  settings.set('theme', `${settings.get('theme')}er`);
  return { heard, theme: settings.get('theme') };
}

async function run() {
  const steps = { files, child, server, packages, settings: change };
  for (const [name, step] of Object.entries(steps)) ipcRenderer.send(name, await step());
}
run().catch((error) => ipcRenderer.send('failed', { text: String(error), stack: String(error?.stack) }));
