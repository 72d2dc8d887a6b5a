'use strict';

// Runs where an installation put it: everything it needs is found from there, and a second start brings its address to the first.

const { app, BrowserWindow, ipcMain } = require('electron');
const fs = require('node:fs');
const path = require('node:path');

const say = (event, values) => console.log(JSON.stringify({ event, ...values }));

app.setPath('userData', process.env.APP_USER_DATA);
const first = app.requestSingleInstanceLock();
const data = path.join(process.resourcesPath, 'data.txt');
say('main', {
  first,
  packaged: app.isPackaged,
  defaultApp: process.defaultApp === true,
  name: app.getName(),
  version: app.getVersion(),
  argv: process.argv.slice(1),
  // Seen from the executable, so that it does not matter where that is.
  app: path.relative(path.dirname(process.execPath), app.getAppPath()),
  resources: path.relative(path.dirname(process.execPath), process.resourcesPath),
  // A single file has nothing beside it.
  data: fs.existsSync(data) ? fs.readFileSync(data, 'utf8').trim() : null,
  files: fs.readdirSync(__dirname).sort(),
  library: process.env.LD_LIBRARY_PATH ?? null,
});

if (!first) {
  app.quit();
} else {
  app.on('second-instance', (_event, argv) => {
    say('second-instance', { addresses: argv.filter((argument) => argument.startsWith('packaged-app:')) });
    app.quit();
  });
  ipcMain.handle('double', (_event, value) => value * 2);
  ipcMain.on('page', (_event, report) => say('page', report));
  app.whenReady().then(() => {
    const window = new BrowserWindow({ width: 300, height: 200, webPreferences: { preload: path.join(__dirname, 'preload.js') } });
    window.loadFile('index.html');
  });
}
