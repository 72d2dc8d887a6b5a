'use strict';

// The specs run inside the real shell: this folder is an Electron app, and this is its main script.
//
//   shell tests/js                        every *-spec.js of this folder
//   shell tests/js app-spec ipc           only spec files whose name contains one of the words
//   shell tests/js --grep=closes          only tests whose full name contains the text (or SPEC_GREP in the environment)
//
// A spec is plain CommonJS. It finds `describe`, `it`, `before`, `after`, `beforeEach` and `afterEach` as globals, as in
// mocha, and takes `electron` and `node:assert` by `require`:
//
//   const { BrowserWindow } = require('electron');
//   const assert = require('node:assert');
//   const { closeAllWindows, once } = require('./helpers');
//
//   describe('BrowserWindow', () => {
//     afterEach(closeAllWindows);
//     it('tells its title', () => {
//       assert.strictEqual(new BrowserWindow({ show: false, title: 'one' }).getTitle(), 'one');
//     });
//   });
//
// Tests and hooks may return promises and have a minute; `this.timeout(ms)` changes that. `it.skip`, `describe.skip`
// and `it.only` do what they do in mocha. The app is ready before the first test runs. The last line that is printed is
// `N passed, N failed`; the exit code is 1 when a test failed or none ran.

const { app } = require('electron');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const runner = require('./runner');

// Specs of `app` and of paths must not touch what the user keeps under the name of this app.
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-specs-'));
app.setPath('userData', path.join(home, 'user-data'));

// A spec that closes the last window would otherwise end the run.
app.on('window-all-closed', () => {});

// Arguments after the app's folder, wherever the shell's own ones end.
const words = process.argv.slice(1).filter((argument) => !argument.startsWith('-') && path.resolve(argument) !== __dirname);
const grep = process.argv.find((argument) => argument.startsWith('--grep='))?.slice('--grep='.length) ?? process.env.SPEC_GREP;

const files = fs
  .readdirSync(__dirname)
  .filter((name) => name.endsWith('-spec.js') && (words.length === 0 || words.some((word) => name.includes(word))))
  .sort();

app.whenReady().then(async () => {
  runner.installGlobals();
  for (const file of files) runner.load(path.join(__dirname, file));
  const code = await runner.run({ grep });
  // The engine's processes may still write there; what they leave is in the system's temporary folder.
  try {
    fs.rmSync(home, { recursive: true, force: true });
  } catch {}
  app.exit(code);
});
