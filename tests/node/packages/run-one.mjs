// Does what the list says for one package, and tells it as one line. It runs in the folder of the installed packages, in the shell.

import data from './data.mjs';
import files from './files.mjs';
import native from './native.mjs';
import web from './web.mjs';

const mark = '@@package ';
const name = process.env.PACKAGE_NAME;

async function main() {
  const all = { ...web, ...data, ...files, ...native, ...(process.versions.electron && process.type === 'browser' ? (await import('./electron.mjs')).default : {}) };
  let fault = null;
  try {
    await all[name][1]();
  } catch (error) {
    fault = String(error?.stack ?? error);
  }
  process.stdout.write(`\n${mark}${JSON.stringify({ name, fault })}\n`, () => process.exit(fault === null ? 0 : 1));
}

if (process.type === 'browser') {
  const { app } = await import('electron');
  app.on('window-all-closed', () => {});
  app.whenReady().then(main);
} else {
  await main();
}
