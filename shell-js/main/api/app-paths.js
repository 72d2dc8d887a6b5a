/**
 * `app.getPath` and its kin: where the app and its user keep things.
 */
import path from 'node:path';
import process from 'node:process';

import { host, systemPath } from '../binding.js';
import { check } from './arguments.js';
import { builtin } from '../builtin.js';

/** Paths that the app has set. @type {Map<string, string>} */
const chosen = new Map();

const SYSTEM = ['home', 'appData', 'cache', 'temp', 'desktop', 'documents', 'downloads', 'music', 'pictures', 'videos'];

/** Folders that belong to the app and are made when it asks for them. */
const OWN = ['userData', 'sessionData', 'logs', 'crashDumps'];

const NAMES = new Set([...SYSTEM, ...OWN, 'assets', 'exe', 'module']);

/** What the app has set. @type {string | null} */
let appPath = null;

/**
 * @param {string} name
 * @param {string} appName
 * @returns {string}
 */
function resolve(name, appName) {
  const set = chosen.get(name);
  if (set !== undefined) return set;
  switch (name) {
    case 'userData':
      return path.join(resolve('appData', appName), appName);
    case 'sessionData':
      return resolve('userData', appName);
    case 'logs':
      if (process.platform === 'darwin') return path.join(resolve('home', appName), 'Library', 'Logs', appName);
      return path.join(resolve('userData', appName), 'logs');
    case 'crashDumps':
      return path.join(resolve('userData', appName), 'Crashpad');
    case 'exe':
    case 'module':
      return process.execPath;
    case 'assets':
      return path.dirname(process.execPath);
    default:
      return systemPath(name) ?? '';
  }
}

/**
 * The members of `app` that deal with paths.
 * @param {() => string} nameOf the app's name, which the user data folder carries
 */
export function pathMembers(nameOf) {
  return {
    /** @param {string} name */
    getPath(name) {
      check(arguments, 'string');
      const found = NAMES.has(name) ? resolve(name, nameOf()) : '';
      if (found === '') throw new Error(`Failed to get '${name}' path`);
      if (OWN.includes(name)) {
        try {
          builtin.fs.mkdirSync(found, { recursive: true, mode: 0o700 });
        } catch {
          // A folder that cannot be made is found out by who writes to it; the path is still the answer.
        }
      }
      return found;
    },

    /** @param {string} name @param {string} value */
    setPath(name, value) {
      check(arguments, 'string', 'string');
      if (!path.isAbsolute(value)) throw new Error('Path must be absolute');
      if (!NAMES.has(name)) throw new Error('Failed to set path');
      chosen.set(name, value);
    },

    /** @param {string} [value] */
    setAppLogsPath(value) {
      if (value === undefined) {
        chosen.delete('logs');
        return;
      }
      if (!path.isAbsolute(value)) throw new Error('Path must be absolute');
      chosen.set('logs', value);
    },

    getAppPath() {
      return appPath ?? host.appPath;
    },

    /** @param {string} value */
    setAppPath(value) {
      check(arguments, 'string');
      appPath = value;
    },
  };
}
