/**
 * `session`: as much of it as windows need, namely partitions, user agents, permissions and preload scripts.
 */
import { EventEmitter } from 'node:events';
import path from 'node:path';
import process from 'node:process';

import { peers } from '../object-registry.js';
import { check } from './arguments.js';
import { emitSafely, hideInternals } from './event.js';
import { fetchOf, net } from './net.js';
import { PreloadScripts } from './preload-scripts.js';

const KEY = Symbol('session');
const PERSISTENT = 'persist:';

/** @type {Map<string, Session>} */
const sessions = new Map();
/** Deprecated members that were warned of. */
const warned = new Set();

/** @param {string} old @param {string} now */
function deprecated(old, now) {
  if (warned.has(old)) return;
  warned.add(old);
  process.emitWarning(`'${old}' is deprecated and will be removed. Please use '${now}' instead.`, 'DeprecationWarning');
}

/** @param {any} value */
const handlerOrNull = (value) => {
  if (value !== null && typeof value !== 'function') throw new TypeError('Must pass null or function');
  return value;
};

export class Session extends EventEmitter {
  /** @type {string | null} */
  #userAgent = null;
  _preloadScripts = new PreloadScripts();

  /** @param {symbol} key @param {string} partition */
  constructor(key, partition) {
    super();
    if (key !== KEY) throw new TypeError('Illegal constructor');
    this._partition = partition;
    /** @type {((contents: any, permission: string, callback: (allow: boolean) => void, details: any) => void) | null} */
    this._permissionRequestHandler = null;
    /** @type {((contents: any, permission: string, origin: string, details: any) => boolean) | null} */
    this._permissionCheckHandler = null;
    hideInternals(this);
  }

  isPersistent() {
    return this._partition === '' || this._partition.startsWith(PERSISTENT);
  }

  /** The folder of the session's data, null for a session in memory. @returns {string | null} */
  getStoragePath() {
    if (!this.isPersistent()) return null;
    const base = peers.app.getPath('sessionData');
    return this._partition === '' ? base : path.join(base, 'Partitions', this._partition.slice(PERSISTENT.length).toLowerCase());
  }

  get storagePath() {
    return this.getStoragePath();
  }

  /** @param {any} input @param {any} [init] */
  fetch(input, init) {
    return fetchOf(this)(input, init);
  }

  /** @param {string} host @param {any} [options] */
  resolveHost(host, options) {
    return net.resolveHost(host, options);
  }

  getUserAgent() {
    return this.#userAgent ?? peers.app.userAgentFallback;
  }

  /** Holds for web contents that are made afterwards. @param {string} userAgent */
  setUserAgent(userAgent) {
    check(arguments, 'string');
    this.#userAgent = userAgent;
  }

  /** @param {any} handler */
  setPermissionRequestHandler(handler) {
    this._permissionRequestHandler = handlerOrNull(handler);
  }

  /** @param {{type: string, filePath: string, id?: string}} script */
  registerPreloadScript(script) {
    check(arguments, 'object');
    return this._preloadScripts.register(script);
  }

  /** @param {string} id */
  unregisterPreloadScript(id) {
    check(arguments, 'string');
    this._preloadScripts.unregister(id);
  }

  getPreloadScripts() {
    return this._preloadScripts.list();
  }

  /** @param {string[]} preloads */
  setPreloads(preloads) {
    deprecated('session.setPreloads', 'session.registerPreloadScript');
    if (!Array.isArray(preloads) || preloads.some((file) => typeof file !== 'string')) {
      throw new TypeError('Error processing argument at index 0, conversion failure');
    }
    this._preloadScripts.replaceOld(preloads);
  }

  getPreloads() {
    deprecated('session.getPreloads', 'session.getPreloadScripts');
    return this._preloadScripts.list().map(({ filePath }) => filePath);
  }
}

/** @param {string} partition @returns {Session} */
function fromPartition(partition) {
  let found = sessions.get(partition);
  if (found === undefined) {
    found = new Session(KEY, partition);
    sessions.set(partition, found);
    emitSafely(peers.app, 'session-created', found);
  }
  return found;
}

/** @param {any} preferences @returns {Session} the session of a web contents */
export function sessionFor(preferences) {
  if (preferences.session instanceof Session) return preferences.session;
  return fromPartition(typeof preferences.partition === 'string' ? preferences.partition : '');
}

/** The module `session`. */
export const session = {
  Session,

  /** @param {string} partition */
  fromPartition(partition) {
    if (!peers.app.isReady()) throw new Error('Session can only be received when app is ready');
    check(arguments, 'string');
    return fromPartition(partition);
  },

  get defaultSession() {
    if (!peers.app.isReady()) throw new Error('Session can only be received when app is ready');
    return fromPartition('');
  },
};
