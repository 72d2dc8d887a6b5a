/**
 * What a page gets of modules: where they are, and what they are as functions. The page links and runs them itself (renderer/node/es-modules.js).
 */
import { Module } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { asFunction, asScript, resolveModule } from './door.js';

const ELECTRON = new Set(['electron', 'electron/renderer', 'electron/common']);
const ELECTRON_URL = 'electron:electron';
const TYPESCRIPT = new Set(['.ts', '.mts', '.cts']);

/** Modules that the page has. @type {Set<string>} */
const sent = new Set();

/** @param {string} file @returns {string} */
export const textOf = (file) => fs.readFileSync(file, 'utf8').replace(/^\ufeff/, '');

/** @param {any} error @param {string} code */
const coded = (error, code) => Object.assign(error, { code });

/** @param {string} specifier @param {string} referrer an address @returns {string} an address */
function resolve(specifier, referrer) {
  if (ELECTRON.has(specifier)) return ELECTRON_URL;
  if (Module.isBuiltin(specifier) || specifier === 'original-fs') return `node:${specifier.replace(/^(?:node:|original-)/, '')}`;
  const [scheme] = /^[a-z][a-z\d+.-]+:/i.exec(specifier) ?? [];
  if (scheme !== undefined && scheme !== 'file:' && scheme !== 'data:') {
    const text = `Only URLs with a scheme in: file, data, and node are supported by the default ESM loader. Received protocol '${scheme}'`;
    throw coded(new TypeError(text), 'ERR_UNSUPPORTED_ESM_URL_SCHEME');
  }
  return resolveModule(specifier, referrer);
}

/** As Node's `import.meta.resolve`, which does not ask whether a file is there. @param {string} specifier @param {string} referrer */
export function resolveMeta(specifier, referrer) {
  return /^\.{0,2}\//.test(specifier) ? new URL(specifier, referrer).href : resolve(specifier, referrer);
}

/** @param {string} url @param {string | null} kind the `type` that the importer names @param {any} found */
function checkAttribute(url, kind, found) {
  if (kind !== null && kind !== 'json') {
    throw coded(new TypeError(`Import attribute "type" with value "${kind}" is not supported`), 'ERR_IMPORT_ATTRIBUTE_UNSUPPORTED');
  }
  if (found === 'json' && kind === null) throw coded(new TypeError(`Module "${url}" needs an import attribute of "type: json"`), 'ERR_IMPORT_ATTRIBUTE_MISSING');
  if (found !== 'json' && kind === 'json') throw coded(new TypeError(`Module "${url}" is not of type "json"`), 'ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE');
}

/** What kind of module is behind an address, as far as that can be told by the address. @param {string} url */
function formatOf(url) {
  if (url === ELECTRON_URL || url.startsWith('node:')) return 'builtin';
  if (url.startsWith('data:')) return /^data:application\/json\b/.test(url) ? 'json' : 'text';
  switch (path.extname(fileURLToPath(url))) {
    case '.json': return 'json';
    case '.node': return 'addon';
    case '.wasm': throw coded(new TypeError(`WebAssembly modules cannot be imported in pages: ${url}`), 'ERR_UNKNOWN_FILE_EXTENSION');
    default: return 'text';
  }
}

/** @param {string} url */
function dataText(url) {
  const [, head, body] = /^data:([^,]*),([^]*)$/.exec(url) ?? [];
  if (head === undefined || !/^(?:text|application)\/(?:javascript|json)\b/.test(head)) throw new TypeError(`Unknown module format: ${url.slice(0, 100)}`);
  const bytes = Buffer.from(decodeURIComponent(body), head.endsWith(';base64') ? 'base64' : 'utf8');
  return bytes.toString('utf8');
}

/** @param {string} url @param {string} referrer */
function describe(url, referrer) {
  const format = formatOf(url);
  if (url.startsWith('data:')) return format === 'json' ? { kind: 'json', text: dataText(url) } : asFunction(url, dataText(url));
  const file = fileURLToPath(url);
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw coded(new Error(`Cannot find module '${file}' imported from ${shown(referrer)}`), 'ERR_MODULE_NOT_FOUND');
  if (stat.isDirectory()) {
    throw coded(new Error(`Directory import '${file}' is not supported resolving ES modules imported from ${shown(referrer)}`), 'ERR_UNSUPPORTED_DIR_IMPORT');
  }
  if (format === 'addon') return { kind: 'commonjs', file, names: [] };
  const text = textOf(file);
  if (format === 'json') return { kind: 'json', text };
  const found = asFunction(url, text);
  return { ...found, file, folder: path.dirname(file) };
}

/** @param {string} url */
const shown = (url) => (url.startsWith('file:') ? fileURLToPath(url) : url);

/**
 * A module by its name, with all modules that it leads to and that the page has not got.
 * @param {string} specifier or the path of a file
 * @param {string | null} referrer the address of the module that asks
 * @param {string | null} kind
 * @returns {{url: string, modules: [string, any][]}}
 */
export function moduleGraph(specifier, referrer, kind) {
  const from = referrer ?? 'file:///';
  const url = referrer === null ? pathToFileURL(specifier).href : resolve(specifier, from);
  checkAttribute(url, kind, formatOf(url));
  /** @type {[string, any][]} */
  const modules = [];
  const queue = [{ url, from }];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (sent.has(next.url) || formatOf(next.url) === 'builtin') continue;
    sent.add(next.url);
    let found;
    try {
      found = describe(next.url, next.from);
    } catch (error) {
      // Asked for again, it may be there.
      sent.delete(next.url);
      modules.push([next.url, { kind: 'failed', error }]);
      continue;
    }
    modules.push([next.url, found]);
    for (const request of found.requests ?? []) {
      try {
        request.url = resolve(request.specifier, next.url);
        checkAttribute(request.url, request.kind, formatOf(request.url));
        queue.push({ url: request.url, from: next.url });
      } catch (error) {
        request.error = error;
      }
    }
  }
  return { url, modules };
}

/** Whether a file is an ES module. @param {string} file */
export function isModule(file) {
  switch (path.extname(file)) {
    case '.mjs':
    case '.mts': return true;
    case '.js': return isModuleScope(path.dirname(file));
    case '.ts': return asFunction(pathToFileURL(file).href, textOf(file)).kind === 'module';
    default: return false;
  }
}

/** Whether the nearest package says that its scripts are ES modules. @param {string} folder */
function isModuleScope(folder) {
  for (let at = folder; ; at = path.dirname(at)) {
    if (path.basename(at) === 'node_modules') return false;
    let text = null;
    try {
      text = fs.readFileSync(path.join(at, 'package.json'), 'utf8');
    } catch {}
    if (text !== null) {
      try {
        return JSON.parse(text).type === 'module';
      } catch {
        return false;
      }
    }
    if (path.dirname(at) === at) return false;
  }
}

/**
 * The text of a script as a page runs it, and the name under which it expects what `import()` does.
 * @param {string} file @param {string} text
 * @returns {{code: string, import: string | null}}
 */
export function scriptOf(file, text) {
  if (!TYPESCRIPT.has(path.extname(file)) && !/\bimport\s*\(/.test(text)) return { code: text, import: null };
  return asScript(pathToFileURL(file).href, text) ?? { code: text, import: null };
}
