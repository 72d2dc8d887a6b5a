// Errors of `fs` in every way that it is called, in a folder.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const process = require('node:process');

const folder = process.argv[2];
process.chdir(folder);
fs.writeFileSync('file', '');
fs.mkdirSync('folder');
fs.symlinkSync('loop', 'loop');
const LONG = 'x'.repeat(300);

const say = (text) => process.stdout.write(`${text.replaceAll(path.resolve('.'), '').replaceAll(LONG, 'long')}\n`);
const words = (error) => (error ? ['name', 'code', 'errno', 'syscall', 'path', 'dest', 'message'].map((key) => error[key]).join(', ') : 'nothing wrong');

async function call(name, ...values) {
  const shown = `${name}(${values.map(String)})`;
  const sync = () => fs[`${name}Sync`](...values);
  const callback = () => new Promise((resolve, reject) => { fs[name](...values, (error) => (error ? reject(error) : resolve())); });
  const promise = () => fs.promises[name](...values);
  for (const [way, work] of Object.entries({ sync, callback, ...(name in fs.promises && { promise }) })) {
    try {
      await work();
      say(`${shown}, ${way}: nothing wrong`);
    } catch (error) {
      say(`${shown}, ${way}: ${words(error)}`);
    }
  }
}

(async () => {
  for (const bad of ['nothing', 'file/inside', 'loop', LONG, true, undefined, {}]) {
    await call('access', bad);
    await call('appendFile', bad, 'text');
    await call('chown', bad, 0, 0);
    if (bad !== 'loop') await call('lchown', bad, 0, 0);
    if (bad !== 'loop') await call('lutimes', bad, 1, 1);
    await call('utimes', bad, 1, 1);
    await call('copyFile', bad, 'copy');
    if (bad !== 'nothing') await call('writeFile', bad, 'text');
    fs.rmSync('nothing', { force: true });
  }
  for (const place of ['file', 'folder', 'file/inside', 'nothing/inside', LONG]) await call('symlink', 'file', place);
  for (const descriptor of [99_999, -1, 'x', 1.5]) {
    await call('close', descriptor);
    await call('fchmod', descriptor, 0o600);
    await call('fchown', descriptor, 0, 0);
    await call('fdatasync', descriptor);
    await call('fsync', descriptor);
    await call('futimes', descriptor, 1, 1);
  }
  await call('ftruncate', 99_999, 1);
})();
