/**
 * `net.fetch`: a request of the `net` module behind the interface of the Fetch standard, and files.
 */
import { Buffer } from 'node:buffer';

import { builtin } from './builtin.js';
import { netError } from './errors.js';

/** Responses that have no body, whatever comes. */
const WITHOUT_BODY = [101, 204, 205, 304];
/** The usual ones of web content. @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css',
  '.gif': 'image/gif',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.xml': 'text/xml',
};

/** @param {URL} url */
async function fetchFile(url) {
  const file = builtin('url').fileURLToPath(url);
  let bytes;
  try {
    bytes = await builtin('fs').promises.readFile(file);
  } catch (error) {
    const { code } = /** @type {any} */ (error);
    throw netError(code === 'ENOENT' || code === 'ENOTDIR' ? 'ERR_FILE_NOT_FOUND' : code === 'EACCES' ? 'ERR_ACCESS_DENIED' : 'ERR_FAILED', error);
  }
  const type = TYPES[builtin('path').extname(file).toLowerCase()];
  return new Response(bytes, { headers: type === undefined ? {} : { 'content-type': type } });
}

/** @param {any} message @returns {Headers} */
function headersOf(message) {
  const headers = new Headers();
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) headers.append(message.rawHeaders[at], message.rawHeaders[at + 1]);
  return headers;
}

/**
 * @param {(options: any) => any} request makes a ClientRequest
 * @param {any} input
 * @param {any} init
 * @param {any} [session]
 * @returns {Promise<Response>}
 */
export async function netFetch(request, input, init, session) {
  const asked = new Request(input, init);
  const url = new URL(asked.url);
  asked.signal.throwIfAborted();
  if (url.protocol === 'file:') return fetchFile(url);
  if (!['http:', 'https:'].includes(url.protocol)) throw netError('ERR_UNKNOWN_URL_SCHEME', new Error(`net.fetch takes http:, https: and file:, not ${url.protocol}`));
  const credentials = init?.credentials ?? (input instanceof Request ? input.credentials : undefined);
  // What the standard has by default would be the cookies of the session, which Electron sends only to those that ask for them.
  const made = request({ url: url.href, method: asked.method, redirect: asked.redirect, cache: asked.cache, session, ...(credentials === 'omit' || credentials === 'include' ? { credentials } : {}) });
  for (const [name, value] of asked.headers) made.setHeader(name, value);
  const { Readable } = builtin('stream');
  const answer = new Promise((resolve, reject) => {
    const abort = () => {
      reject(asked.signal.reason);
      made.abort();
    };
    asked.signal.addEventListener('abort', abort, { once: true });
    made.on('close', () => asked.signal.removeEventListener('abort', abort));
    made.on('error', reject);
    made.on('response', (/** @type {any} */ message) => {
      try {
        const body = WITHOUT_BODY.includes(message.statusCode) || asked.method === 'HEAD' ? null : bodyOf(message, asked.signal);
        resolve(new Response(body, { status: message.statusCode, statusText: message.statusMessage, headers: headersOf(message) }));
        if (body === null) message.resume();
      } catch (error) {
        // A server may say what a Response cannot, such as the status 999.
        reject(netError('ERR_INVALID_RESPONSE', error));
        made.abort();
      }
    });
  });
  if (asked.body !== null) {
    // A stream is sent as it comes, everything else with its length.
    const streamed = init?.body instanceof globalThis.ReadableStream;
    made.chunkedEncoding = streamed;
    if (streamed) Readable.fromWeb(asked.body).on('error', () => made.abort()).pipe(made);
    else made.end(Buffer.from(await asked.arrayBuffer()));
  } else {
    made.end();
  }
  return answer;
}

/** @param {any} message @param {AbortSignal} signal */
function bodyOf(message, signal) {
  return new globalThis.ReadableStream({
    start(controller) {
      let over = false;
      const end = (/** @type {unknown} */ error) => {
        if (over) return;
        over = true;
        if (error === undefined) controller.close();
        else controller.error(error);
      };
      message.on('data', (/** @type {Buffer} */ part) => {
        controller.enqueue(new Uint8Array(part));
        if ((controller.desiredSize ?? 1) <= 0) message.pause();
      });
      message.on('end', () => end(undefined));
      message.on('error', end);
      message.on('aborted', () => end(signal.aborted ? signal.reason : netError('ERR_ABORTED')));
      message.pause();
    },
    pull() {
      message.resume();
    },
    cancel() {
      message._stop();
    },
  });
}
