/**
 * Addresses and headers of loads.
 */

import { Buffer } from 'node:buffer';
import path from 'node:path';
import process from 'node:process';

import { builtin } from '../builtin.js';

/** Schemes that pages are loaded from. An address of another one is for another program. */
export const PAGE_SCHEMES = new Set(['http', 'https', 'file', 'about', 'data', 'blob', 'javascript']);

/** @param {string} url */
export const schemeOf = (url) => url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase();

/** @param {string} text @returns {string | null} */
export function normalUrl(text) {
  try {
    return new URL(text).href;
  } catch {
    return null;
  }
}

/** @param {string} url */
const withoutFragment = (url) => url.split('#', 1)[0];

/** Whether two addresses differ at most in their fragments, however they are written. @param {string} a @param {string} b */
export const sameAddress = (a, b) => withoutFragment(normalUrl(a) ?? a) === withoutFragment(normalUrl(b) ?? b);

/**
 * Whether going from one address to another stays in the same document.
 * @param {string} from @param {string} to
 */
export function isSameDocument(from, to) {
  return from !== '' && to.includes('#') && withoutFragment(from) === withoutFragment(to);
}

/** @param {any} options @returns {string} */
function referrerOf(options) {
  const referrer = options?.httpReferrer;
  const url = typeof referrer === 'string' ? referrer : referrer?.url;
  return typeof url === 'string' ? url : '';
}

/** @param {any} options @returns {Array<[string, string]>} */
export function requestHeaders(options) {
  /** @type {Array<[string, string]>} */
  const headers = [];
  const referrer = referrerOf(options);
  if (referrer !== '') headers.push(['Referer', referrer]);
  for (const line of String(options?.extraHeaders ?? '').split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  return headers;
}

const MALFORMED = "Invalid 'postData': an array of {type: 'rawData', bytes} and {type: 'file', filePath, offset, length, modificationTime}";

/**
 * @param {any} part of the option `postData`
 * @returns {{type?: string, failure?: [code: number, description: string]} & Record<string, any>}
 */
function postPart(part) {
  if (part?.type === 'rawData' && ArrayBuffer.isView(part.bytes)) {
    const { buffer, byteOffset, byteLength } = part.bytes;
    return { type: 'rawData', bytes: new Uint8Array(buffer, byteOffset, byteLength) };
  }
  if (part?.type !== 'file' || typeof part.filePath !== 'string') throw new TypeError(MALFORMED);
  // As in Electron, a length of -1 is the whole rest, and a time of 0 any.
  const number = (/** @type {any} */ value) => (Number.isFinite(value) && value > 0 ? Number(value) : null);
  const file = path.resolve(part.filePath);
  const stat = builtin.fs.statSync(file, { throwIfNoEntry: false });
  // The engine waits for ever for a file that it cannot send.
  if (stat === undefined) return { failure: [-6, 'ERR_FILE_NOT_FOUND'] };
  const expected = number(part.modificationTime);
  if (expected !== null && Math.floor(expected) !== Math.floor(stat.mtimeMs / 1000)) return { failure: [-14, 'ERR_UPLOAD_FILE_CHANGED'] };
  const offset = Math.min(number(part.offset) ?? 0, stat.size);
  const rest = stat.size - offset;
  const length = Number.isFinite(part.length) && part.length >= 0 ? Math.min(part.length, rest) : rest;
  return { type: 'file', path: file, offset, length };
}

/**
 * What a load sends, or null if it only asks.
 * @param {string} url @param {any} options
 */
export function postBody(url, options) {
  const { postData } = options ?? {};
  if (postData === undefined || postData === null) return null;
  if (!Array.isArray(postData)) throw new TypeError(MALFORMED);
  const parts = postData.map(postPart);
  if (!/^https?:/.test(url)) return null;
  if (process.platform !== 'linux') throw new Error(`webContents.loadURL with postData is not implemented on ${process.platform} yet`);
  let contentType = 'application/x-www-form-urlencoded';
  for (const [name, value] of requestHeaders(options)) {
    if (name.toLowerCase() === 'content-type') contentType = value;
    else if (name !== 'Referer') {
      throw new Error(`webContents.loadURL with postData cannot send the header '${name}' on ${process.platform}: only Content-Type`);
    }
  }
  return { contentType, referrer: referrerOf(options), parts, failure: parts.find((part) => part.failure)?.failure ?? null };
}

/** @param {Uint8Array} bytes @param {string | undefined} declared the encoding that the address names */
function decodeHtml(bytes, declared) {
  const start = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  const label = /<meta[^>]+charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(start)?.[1];
  for (const encoding of [declared, label]) {
    try {
      if (encoding !== undefined) return new TextDecoder(encoding).decode(bytes);
    } catch {
      // No such encoding; the next one counts.
    }
  }
  return new TextDecoder(start.startsWith('\xef\xbb\xbf') ? 'utf-8' : 'windows-1252').decode(bytes);
}

/** The bytes of a text with percent signs. @param {string} text */
function unescapeBytes(text) {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return Buffer.from(bytes.replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(parseInt(code, 16))), 'latin1');
}

/**
 * What a `data:` address shows as a document of another address, or null if it is loaded as it is.
 * @param {string} url @param {any} options @returns {{html: string, baseUrl: string} | null}
 */
export function basedDocument(url, options) {
  const base = options?.baseURLForDataURL;
  const baseUrl = typeof base === 'string' && base !== '' ? normalUrl(base) : null;
  const data = /^data:([^,]*),([^#]*)/is.exec(url);
  if (baseUrl === null || data === null) return null;
  if (process.platform !== 'linux') throw new Error(`webContents.loadURL with baseURLForDataURL is not implemented on ${process.platform} yet`);
  const [type, ...parameters] = data[1].split(';').map((part) => part.trim().toLowerCase());
  if (type !== 'text/html') {
    throw new Error(`webContents.loadURL with baseURLForDataURL knows only text/html on ${process.platform}, not '${type || 'text/plain'}'`);
  }
  const escaped = unescapeBytes(data[2]);
  const bytes = parameters.at(-1) === 'base64' ? Buffer.from(escaped.toString('latin1'), 'base64') : escaped;
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  return { html: decodeHtml(bytes, charset), baseUrl };
}
