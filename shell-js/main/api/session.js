/**
 * `session`: as much of it as windows need, namely partitions, user agents, permissions and preload scripts.
 */
import { EventEmitter } from 'node:events';
import path from 'node:path';

import { peers } from '../object-registry.js';
import { check } from './arguments.js';
import { emitSafely } from './event.js';

const KEY = Symbol('session');
const PERSISTENT = 'persist:';

/** @type {Map<string, Session>} */
const sessions = new Map();
let lastScript = 0;

/** @param {any} value */
const handlerOrNull = (value) => {
  if (value !== null && typeof value !== 'function') throw new TypeError('Must pass null or function');
  return value;
};

export class Session extends EventEmitter {
  /** @type {string | null} */
  #userAgent = null;
  /** @type {Array<{id: string, type: string, filePath: string}>} */
  #scripts = [];

  /** @param {symbol} key @param {string} partition */
  constructor(key, partition) {
    super();
    if (key !== KEY) throw new TypeError('Illegal constructor');
    this._partition = partition;
    /** @type {((contents: any, permission: string, callback: (allow: boolean) => void, details: any) => void) | null} */
    this._permissionRequestHandler = null;
    /** @type {((contents: any, permission: string, origin: string, details: any) => boolean) | null} */
    this._permissionCheckHandler = null;
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
    const { type, filePath } = script;
    if (type !== 'frame') throw new Error("session.registerPreloadScript with a type other than 'frame' is not implemented yet");
    if (typeof filePath !== 'string' || !path.isAbsolute(filePath)) throw new TypeError('filePath must be an absolute path');
    const id = script.id ?? `preload-${++lastScript}`;
    if (this.#scripts.some((other) => other.id === id)) throw new Error(`Cannot register preload script with existing ID '${id}'`);
    this.#scripts.push({ id, type, filePath });
    return id;
  }

  /** @param {string} id */
  unregisterPreloadScript(id) {
    check(arguments, 'string');
    const index = this.#scripts.findIndex((script) => script.id === id);
    if (index === -1) throw new Error(`Cannot unregister preload script with non-existing ID '${id}'`);
    this.#scripts.splice(index, 1);
  }

  getPreloadScripts() {
    return this.#scripts.map((script) => ({ ...script }));
  }

  _framePreloads() {
    return this.#scripts.map((script) => script.filePath);
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
