// Opening things with the desktop's programs.
//
// What may be opened: `openExternal` hands every address to the desktop as Electron does, except those whose scheme means something
// inside a page only (they would run or show content of the app's own in a browser), and those that no program could be given: with
// control characters, or longer than one argument of a process may be.

import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

import { openWithSystem, send } from '../binding.js';
import { notImplemented } from '../unimplemented.js';
import { check } from './arguments.js';
import { builtin } from '../builtin.js';

/** Linux takes 128 KiB for one argument; the rest is room for the opener's own. */
const LONGEST_ADDRESS = 100 * 1024;
const PAGE_SCHEMES = ['about:', 'blob:', 'data:', 'filesystem:', 'javascript:', 'vbscript:', 'view-source:'];
// eslint-disable-next-line no-control-regex -- these are what is looked for.
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;
const FILE_MANAGER_TIMEOUT = 5000;

/** Runs a program to its end; rejects when it fails or is missing. */
const run = (program, args) =>
  new Promise((done, failed) => {
    builtin.childProcess.execFile(program, args, { timeout: FILE_MANAGER_TIMEOUT }, (error) => (error ? failed(error) : done(undefined)));
  });

/** @param {string} address */
function checkedAddress(address) {
  if (address.length > LONGEST_ADDRESS) throw new Error(`The address is longer than ${LONGEST_ADDRESS} characters`);
  if (CONTROL_CHARACTER.test(address)) throw new Error('The address holds a control character');
  let url;
  try {
    url = new URL(address);
  } catch {
    throw new Error(`Invalid URL: ${address}`);
  }
  if (PAGE_SCHEMES.includes(url.protocol)) throw new Error(`Addresses of scheme ${url.protocol} are not opened outside the app`);
  return url.href;
}

/** Asks the file manager to select the file; a desktop without one gets the folder opened. */
async function showInFileManager(path) {
  // A quote would end the text in the variant notation that gdbus reads.
  const url = pathToFileURL(path).href.replaceAll("'", '%27');
  const name = 'org.freedesktop.FileManager1';
  const target = ['--dest', name, '--object-path', '/org/freedesktop/FileManager1', '--method', `${name}.ShowItems`];
  try {
    await run('gdbus', ['call', '--session', ...target, `['${url}']`, '']);
  } catch {
    await openWithSystem(dirname(path));
  }
}

export const shell = {
  /** @param {string} url */
  async openExternal(url) {
    check(arguments, 'string');
    await openWithSystem(checkedAddress(url));
  },

  /** @param {string} path @returns {Promise<string>} what went wrong, or the empty string */
  async openPath(path) {
    check(arguments, 'string');
    if (CONTROL_CHARACTER.test(path)) return 'The path holds a control character';
    const absolute = resolve(path);
    try {
      await builtin.fs.promises.access(absolute);
      await openWithSystem(absolute);
      return '';
    } catch (error) {
      return error.code === 'ENOENT' ? 'The item does not exist' : String(error.message);
    }
  },

  /** @param {string} fullPath */
  showItemInFolder(fullPath) {
    check(arguments, 'string');
    if (process.platform !== 'linux') throw notImplemented('shell.showItemInFolder');
    const path = resolve(fullPath.replaceAll('\0', ''));
    showInFileManager(path).catch((error) => console.warn(`${path} could not be shown: ${error.message}`));
  },

  /** @param {string} path */
  async trashItem(path) {
    check(arguments, 'string');
    if (process.platform !== 'linux') throw notImplemented('shell.trashItem');
    if (path.includes('\0')) throw new Error('Failed to move item to trash');
    try {
      await run('gio', ['trash', resolve(path)]);
    } catch (error) {
      if (error.code === 'ENOENT') throw new Error('Failed to move item to trash: the program gio is missing (package libglib2.0-bin)');
      throw new Error('Failed to move item to trash');
    }
  },

  beep() {
    send({ type: 'beep' });
  },
};

export default shell;
