'use strict';

const { app, BrowserWindow } = require('electron');
const express = require('express');
const log = require('electron-log/main');
const fs = require('node:fs');
const path = require('node:path');
const { WebSocketServer } = require('ws');

const say = (event, fields = {}) => console.log(JSON.stringify({ event, ...fields }));

// The driver gives a folder of its own: nothing is left in the user's.
app.setPath('userData', process.env.APP_USER_DATA);
log.transports.console.level = false;

app.whenReady().then(async () => {
  // electron-store is an ES module; a CommonJS script imports it.
  const { default: Store } = await import('electron-store');
  const store = new Store({ defaults: { starts: 0 } });
  store.set('starts', store.get('starts') + 1);
  say('store', { starts: store.get('starts'), inUserData: store.path.startsWith(app.getPath('userData')) });

  log.info('written by electron-log');
  const file = log.transports.file.getFile().path;
  say('log', { written: fs.readFileSync(file, 'utf8').includes('written by electron-log') });

  const site = express();
  site.use(express.json());
  site.use(express.static(path.join(__dirname, 'public')));
  site.post('/double', (request, response) => response.json({ result: request.body.value * 2 }));
  const server = site.listen(0, '127.0.0.1', () => {
    const sockets = new WebSocketServer({ server });
    sockets.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => {
        if (String(data).startsWith('result:')) {
          say('page', { result: String(data) });
          app.quit();
        } else {
          socket.send(isBinary ? data : `echo ${data}`);
        }
      });
    });
    const window = new BrowserWindow({ width: 400, height: 300 });
    window.loadURL(`http://127.0.0.1:${server.address().port}/`);
  });
});
app.on('quit', (_event, code) => say('quit', { code }));
