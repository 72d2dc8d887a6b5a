/**
 * `ClientRequest` and `IncomingMessage` of the `net` module, on the HTTP of the Node layer: redirects, authentication, decoding and the names of errors are Chromium's.
 * What Electron's documentation of both classes says is the contract. The classes are made when the first request is: Node's streams are no part of a start.
 */
import { Buffer } from 'node:buffer';
import process from 'node:process';

import { builtin } from './builtin.js';
import { asNetError, netError } from './errors.js';
import { checkHeader, isRestricted, readOptions } from './request-options.js';

/** As many as Chromium follows. */
const MAX_REDIRECTS = 20;
const ENCODINGS = 'gzip, deflate, br';
/** What describes a body, and goes with it. */
const OF_BODY = ['content-type', 'content-encoding', 'content-language', 'content-location'];

/** Each name in lower case with all its values. @param {string[]} raw @returns {Record<string, string[]>} */
function valuesByName(raw) {
  /** @type {Record<string, string[]>} */
  const found = {};
  for (let at = 0; at + 1 < raw.length; at += 2) (found[raw[at].toLowerCase()] ??= []).push(raw[at + 1]);
  return found;
}

/** The method after a redirection, as the Fetch standard has it. @param {number} status @param {string} method */
function redirectedMethod(status, method) {
  if ((status === 301 || status === 302) && method === 'POST') return 'GET';
  return status === 303 && method !== 'HEAD' ? 'GET' : method;
}

/** What a server asks for, as far as it can be given. @param {any} response @param {URL} url */
function challengeOf(response, url) {
  const isProxy = response.statusCode === 407;
  const asked = response.headers[isProxy ? 'proxy-authenticate' : 'www-authenticate'] ?? '';
  const [, realm = ''] = /\brealm="([^"]*)"/i.exec(asked) ?? [];
  if (!/^\s*basic\b/i.test(asked)) return null;
  return { isProxy, scheme: 'basic', host: url.hostname, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80), realm };
}

/** The body as it was before it was compressed for the way. @param {any} response @returns {any} a stream */
function decoded(response) {
  const zlib = builtin('zlib');
  const makers = /** @type {Record<string, () => any>} */ ({
    gzip: zlib.createGunzip,
    'x-gzip': zlib.createGunzip,
    deflate: zlib.createInflate,
    br: zlib.createBrotliDecompress,
  });
  const make = makers[String(response.headers['content-encoding'] ?? '').trim().toLowerCase()];
  if (make === undefined) return response;
  // What one end hears, the other does too.
  return builtin('stream').pipeline(response, make(), () => {});
}

/**
 * @param {object} host
 * @param {() => void} host.ensureUsable throws where requests cannot be made yet
 * @param {(session: any, partition: string | undefined) => string | undefined} host.userAgentOf
 */
export function createClientRequest({ ensureUsable, userAgentOf }) {
  const { Readable, Writable } = builtin('stream');

  /** A response: a stream of its body. */
  class IncomingMessage extends Readable {
    #body;
    #ended = false;

    /** @param {any} response of Node @param {(error?: Error) => void} over is called once, when nothing more comes */
    constructor(response, over) {
      super({ autoDestroy: false, emitClose: false });
      this.statusCode = response.statusCode;
      this.statusMessage = response.statusMessage;
      this.httpVersion = response.httpVersion;
      this.httpVersionMajor = response.httpVersionMajor;
      this.httpVersionMinor = response.httpVersionMinor;
      this.rawHeaders = response.rawHeaders;
      this.headers = { ...response.headers };
      const length = response.headers['content-length'];
      this.#body = decoded(response);
      const fail = (/** @type {any} */ error) => {
        if (this.#ended) return;
        this.#ended = true;
        // A body that breaks off is told by what was to tell its end.
        const cut = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error?.code);
        const known = /^Z_|^ERR_BROTLI|^ERR__ERROR/.test(error?.code ?? '') ? 'ERR_CONTENT_DECODING_FAILED' : null;
        const name = known ?? (cut ? (length === undefined ? 'ERR_INCOMPLETE_CHUNKED_ENCODING' : 'ERR_CONTENT_LENGTH_MISMATCH') : null);
        over(name === null ? asNetError(error) : netError(name, error));
      };
      this.#body.on('data', (/** @type {Buffer} */ part) => {
        if (!this.push(part)) this.#body.pause();
      });
      this.#body.on('end', () => {
        if (this.#ended) return;
        this.#ended = true;
        this.push(null);
        this.once('end', () => over());
      });
      this.#body.on('error', fail);
      response.on('error', fail);
      response.on('aborted', () => fail({ code: 'ECONNRESET' }));
      this.#body.pause();
    }

    _read() {
      if (!this.#ended) this.#body.resume();
    }

    /** Nothing more is wanted, or comes. @param {Error} [error] */
    _stop(error) {
      if (!this.#ended) {
        this.#ended = true;
        this.emit('aborted');
      }
      this.#body.destroy();
      if (error !== undefined) this.emit('error', error);
    }
  }

  return class ClientRequest extends Writable {
    #url;
    #method;
    #redirect;
    #credentials;
    #cache;
    #origin;
    #userAgent;
    /** By names in lower case. @type {Map<string, {name: string, values: string[]}>} */
    #headers = new Map();
    #chunked = false;
    #touched = false;
    #started = false;
    #aborted = false;
    #closed = false;
    #redirects = 0;
    /** What was written, while it may have to be sent again. @type {Buffer[]} */
    #parts = [];
    #sent = 0;
    /** The request of Node that is under way. @type {any} */
    #wire = null;
    /** @type {InstanceType<typeof IncomingMessage> | null} */
    #response = null;
    /** There while `followRedirect` has a meaning. @type {(() => void) | null} */
    #follow = null;

    /** @param {any} given @param {((response: any) => void) | undefined} [listener] */
    constructor(given, listener) {
      super({ autoDestroy: false, emitClose: false, decodeStrings: true });
      ensureUsable();
      const { url, method, headers, redirect, credentials, cache, session, partition, origin } = readOptions(given);
      this.#url = url;
      this.#method = method;
      this.#redirect = redirect;
      this.#credentials = credentials;
      this.#cache = cache;
      this.#origin = origin;
      this.#userAgent = userAgentOf(session, partition);
      for (const [name, value] of headers) {
        checkHeader(name, value);
        const entry = this.#headers.get(name.toLowerCase());
        if (entry === undefined) this.#headers.set(name.toLowerCase(), { name, values: [value] });
        else entry.values.push(value);
      }
      if (typeof listener === 'function') this.once('response', listener);
    }

    get chunkedEncoding() {
      return this.#chunked;
    }

    set chunkedEncoding(value) {
      if (this.#touched) throw new Error('chunkedEncoding can only be set before the request is started');
      this.#chunked = Boolean(value);
    }

    /** @param {string} name @param {unknown} value */
    setHeader(name, value) {
      if (typeof name !== 'string') throw new TypeError('`name` should be a string in setHeader(name, value)');
      if (value === undefined || value === null) throw new Error(`\`value\` required in setHeader("${name}", value)`);
      if (this.#touched) throw new Error("Can't set headers after they are sent");
      checkHeader(name, String(value));
      this.#headers.set(name.toLowerCase(), { name, values: [String(value)] });
    }

    /** @param {string} name */
    getHeader(name) {
      if (typeof name !== 'string') throw new Error('`name` is required for getHeader(name)');
      return this.#headers.get(name.toLowerCase())?.values.join(', ');
    }

    /** @param {string} name */
    removeHeader(name) {
      if (typeof name !== 'string') throw new Error('`name` is required for removeHeader(name)');
      if (this.#touched) throw new Error("Can't remove headers after they are sent");
      this.#headers.delete(name.toLowerCase());
    }

    followRedirect() {
      if (this.#follow === null) throw new Error('followRedirect() called, but was not waiting for a redirect');
      this.#follow();
    }

    abort() {
      if (this.#closed || this.#aborted) return;
      this.#aborted = true;
      process.nextTick(() => this.emit('abort'));
      this.#end();
    }

    getUploadProgress() {
      if (this.#wire === null) return { active: false };
      const total = this.#parts.reduce((sum, { length }) => sum + length, 0);
      return { active: true, started: this.#started, current: this.#sent, total: this.#chunked ? this.#sent : total };
    }

    /** @param {Buffer} chunk @param {string} _ @param {(error?: Error) => void} done */
    _write(chunk, _, done) {
      this.#touched = true;
      if (!this.#chunked) {
        this.#parts.push(chunk);
        done();
        return;
      }
      // It is not kept, however long it is.
      if (this.#wire === null && !this.#closed) this.#open();
      if (this.#wire === null) {
        done();
        return;
      }
      this.#sent += chunk.length;
      this.#wire.write(chunk, () => done());
    }

    /** @param {(error?: Error) => void} done */
    _final(done) {
      this.#touched = true;
      // First, so that `finish` comes before whatever becomes of the request.
      done();
      if (this.#wire === null && !this.#closed) this.#open();
      if (this.#chunked) this.#wire?.end();
    }

    /** Sends what there is to send, for the first time or once more. */
    #open() {
      const restricted = [...this.#headers].find(([name, { values }]) => isRestricted(name, values[0]));
      if (restricted !== undefined) {
        this.#end(netError('ERR_INVALID_ARGUMENT', new Error(`the header ${restricted[1].name} is set by the network layer`)));
        return;
      }
      if (this.#cache === 'only-if-cached') {
        this.#end(netError('ERR_CACHE_MISS'));
        return;
      }
      const { request } = builtin(this.#url.protocol === 'https:' ? 'https' : 'http');
      let wire;
      try {
        wire = request(this.#url, { method: this.#method, headers: this.#wireHeaders() });
      } catch (error) {
        this.#end(asNetError(error));
        return;
      }
      this.#wire = wire;
      const isCurrent = () => this.#wire === wire && !this.#closed;
      wire.on('socket', () => (this.#started = true));
      wire.on('response', (/** @type {any} */ response) => {
        if (isCurrent()) this.#take(response);
        else response.destroy();
      });
      // After the response it is the response's matter.
      wire.on('error', (/** @type {any} */ error) => {
        if (isCurrent() && this.#response === null) this.#end(asNetError(error));
      });
      if (this.#chunked) return;
      for (const part of this.#parts) wire.write(part, () => (this.#sent += part.length));
      wire.end();
    }

    #wireHeaders() {
      /** @type {Record<string, string | string[]>} */
      const headers = {};
      const standard = (/** @type {string} */ name, /** @type {string | undefined} */ value) => {
        if (value !== undefined && !this.#headers.has(name.toLowerCase())) headers[name] = value;
      };
      standard('User-Agent', this.#userAgent);
      standard('Accept-Encoding', ENCODINGS);
      standard('Accept-Language', 'en-US');
      standard('Origin', this.#origin);
      if (this.#cache === 'reload' || this.#cache === 'no-store') {
        standard('Pragma', 'no-cache');
        standard('Cache-Control', 'no-cache');
      } else if (this.#cache === 'no-cache') {
        standard('Cache-Control', 'max-age=0');
      }
      for (const { name, values } of this.#headers.values()) headers[name] = values.length === 1 ? values[0] : values;
      const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
      if (this.#chunked) headers['Transfer-Encoding'] = 'chunked';
      else if (length > 0 || ['POST', 'PUT', 'PATCH'].includes(this.#method)) headers['Content-Length'] = String(length);
      return headers;
    }

    /** @param {any} response */
    #take(response) {
      const { statusCode, headers } = response;
      if ([301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined) {
        response.resume();
        this.#redirected(response);
        return;
      }
      const challenge = statusCode === 401 || statusCode === 407 ? challengeOf(response, this.#url) : null;
      if (challenge !== null && this.#credentials !== 'omit' && this.listenerCount('login') > 0 && !this.#chunked) {
        this.#ask(challenge, response);
        return;
      }
      this.#deliver(response);
    }

    /** @param {any} response */
    #redirected(response) {
      const { statusCode, headers, rawHeaders } = response;
      const target = URL.canParse(headers.location, this.#url) ? new URL(headers.location, this.#url) : null;
      const method = redirectedMethod(statusCode, this.#method);
      if (target === null) return this.#end(netError('ERR_INVALID_REDIRECT'));
      if (!['http:', 'https:'].includes(target.protocol)) return this.#end(netError('ERR_UNSAFE_REDIRECT'));
      if (this.#redirect === 'error') return this.#end(new Error("Attempted to redirect, but redirect policy was 'error'"));
      this.#redirects += 1;
      if (this.#redirects > MAX_REDIRECTS) return this.#end(netError('ERR_TOO_MANY_REDIRECTS'));
      let goesOn = this.#redirect === 'follow';
      this.#follow = () => (goesOn = true);
      try {
        this.emit('redirect', statusCode, method, target.href, valuesByName(rawHeaders));
      } finally {
        this.#follow = null;
        if (!goesOn && !this.#closed) this.#end(new Error('Redirect was cancelled'));
      }
      if (this.#closed) return;
      if (method === this.#method && this.#chunked) return this.#end(netError('ERR_UPLOAD_STREAM_REWIND_NOT_SUPPORTED'));
      if (method !== this.#method) {
        this.#parts = [];
        this.#chunked = false;
        for (const name of OF_BODY) this.#headers.delete(name);
      }
      // Who the app is to one server is no matter of another.
      if (target.origin !== this.#url.origin) ['authorization', 'cookie'].forEach((name) => this.#headers.delete(name));
      if (target.hash === '') target.hash = this.#url.hash;
      this.#url = target;
      this.#method = method;
      this.#again();
    }

    #again() {
      this.#wire.removeAllListeners('response');
      this.#wire = null;
      this.#sent = 0;
      this.#open();
    }

    /** @param {NonNullable<ReturnType<typeof challengeOf>>} challenge @param {any} response */
    #ask(challenge, response) {
      let answered = false;
      this.emit('login', challenge, (/** @type {string | undefined} */ username, /** @type {string | undefined} */ password) => {
        if (answered || this.#closed) return;
        answered = true;
        if (!username && !password) {
          this.#deliver(response);
          return;
        }
        response.resume();
        const name = challenge.isProxy ? 'Proxy-Authorization' : 'Authorization';
        const value = `Basic ${Buffer.from(`${username ?? ''}:${password ?? ''}`).toString('base64')}`;
        this.#headers.set(name.toLowerCase(), { name, values: [value] });
        this.#again();
      });
    }

    /** @param {any} response */
    #deliver(response) {
      const message = new IncomingMessage(response, (error) => this.#end(error));
      this.#response = message;
      if (!this.emit('response', message)) message.resume();
    }

    /** The last there is to say. @param {Error} [error] */
    #end(error) {
      if (this.#closed) return;
      this.#closed = true;
      const response = this.#response;
      const wire = this.#wire;
      process.nextTick(() => {
        try {
          if (response !== null && (error !== undefined || this.#aborted)) response._stop(error);
          else if (error !== undefined) this.emit('error', error);
        } finally {
          if (error !== undefined || this.#aborted) wire?.destroy();
          this.emit('close');
        }
      });
    }
  };
}
