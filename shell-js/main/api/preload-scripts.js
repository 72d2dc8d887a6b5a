/**
 * The preload scripts of a session, and in which documents each runs.
 */
import path from 'node:path';
import process from 'node:process';

import { documentFilter } from './url-patterns.js';

/** Lists of patterns that a registration may have. */
const LISTS = ['matches', 'excludeMatches', 'includeGlobs', 'excludeGlobs'];

/** @param {any} given @returns {string[] | undefined} */
function textList(given, name) {
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.some((item) => typeof item !== 'string')) throw new TypeError(`${name} must be an array of strings`);
  return [...given];
}

export class PreloadScripts {
  /** @type {Array<{script: any, wants: (document: any) => boolean, old: boolean}>} */
  #entries = [];

  /** @param {any} given @param {boolean} [old] registered by `setPreloads` @returns {string} */
  register(given, old = false) {
    const { type, id = globalThis.crypto.randomUUID(), filePath } = given;
    if (type === 'service-worker') throw new Error(`session.registerPreloadScript with type 'service-worker' is not implemented on ${process.platform} yet`);
    if (type !== 'frame') throw new TypeError("type must be 'frame' or 'service-worker'");
    if (typeof id !== 'string') throw new TypeError('id must be a string');
    if (typeof filePath !== 'string') throw new TypeError('filePath must be a string');
    if (this.#entries.some(({ script }) => script.id === id)) throw new Error(`Cannot register preload script with existing ID '${id}'`);
    if (!path.isAbsolute(filePath)) throw new Error(`Preload script must have absolute path: ${filePath}`);
    /** @type {any} */
    const script = { filePath, id, type };
    for (const name of LISTS) {
      const list = textList(given[name], name);
      if (list !== undefined) script[name] = list;
    }
    if (given.matchOriginAsFallback !== undefined) script.matchOriginAsFallback = Boolean(given.matchOriginAsFallback);
    this.#entries.push({ script, wants: documentFilter(script), old });
    return id;
  }

  /** @param {string} id */
  unregister(id) {
    const index = this.#entries.findIndex(({ script }) => script.id === id);
    if (index === -1) throw new Error(`Cannot unregister preload script with non-existing ID '${id}'`);
    this.#entries.splice(index, 1);
  }

  /** What `setPreloads` gave before, and only that, makes room. @param {string[]} paths */
  replaceOld(paths) {
    this.#entries = this.#entries.filter(({ old }) => !old);
    for (const filePath of paths) {
      if (path.isAbsolute(filePath)) this.register({ type: 'frame', filePath }, true);
      else console.error(`preload script must have absolute path: ${filePath}`);
    }
  }

  /** @returns {any[]} copies, in the order in which they run */
  list() {
    return this.#entries.map(({ script }) => structuredClone(script));
  }

  /** @returns {string[]} of all scripts */
  paths() {
    return this.#entries.map(({ script }) => script.filePath);
  }

  /** @param {{url: string, origin: string, creator: string}} document @returns {string[]} of the scripts that run in a document */
  pathsFor(document) {
    return this.#entries.filter(({ wants }) => wants(document)).map(({ script }) => script.filePath);
  }
}
