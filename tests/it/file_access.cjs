// What `fs.access` says of files of all kinds in a folder; the superuser becomes another user then, and asks again.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const process = require('node:process');

const USER = 1000;
const GROUP = 1234;
const { F_OK, R_OK, W_OK, X_OK } = fs.constants;
const folder = process.argv[2];
const at = (name) => path.join(folder, name);
const files = [
  ['own', USER, 0o400],
  ['of a group', 0, 0o640],
  ['to be run by a group', 0, 0o610],
  ['of others', 0, 0o604],
  ['closed to its owner', USER, 0o077],
  ['closed', 0, 0o600],
];

for (const [name, user, mode] of files) {
  fs.writeFileSync(at(name), '');
  fs.chmodSync(at(name), mode);
  if (process.getuid() === 0) fs.chownSync(at(name), user, user === 0 ? GROUP : USER);
}
fs.symlinkSync('nowhere', at('a link to nothing'));
fs.symlinkSync('of others', at('a link'));
fs.mkdirSync(at('folder'), 0o700);
fs.writeFileSync(at('folder/file'), '');
const names = [...files.map(([name]) => name), 'a link to nothing', 'a link', 'folder', 'folder/file', 'own/file', 'nothing'];

function say(name, mode, error) {
  const answer = error ? `${error.message.replaceAll(folder, '')} ${error.code} ${error.errno} ${error.syscall}` : 'yes';
  process.stdout.write(`${process.getuid()}, ${name}, ${mode}: ${answer}\n`);
}

async function ask() {
  for (const name of names) {
    for (const mode of [F_OK, R_OK, W_OK, X_OK, R_OK | W_OK]) {
      try {
        fs.accessSync(at(name), mode);
        say(name, mode);
      } catch (error) {
        say(name, mode, error);
      }
      await fs.promises.access(at(name), mode).then(() => say(name, mode), (error) => say(name, mode, error));
    }
  }
}

(async () => {
  await ask();
  if (process.getuid() !== 0) return;
  process.setgid(GROUP);
  process.setuid(USER);
  await ask();
})();
