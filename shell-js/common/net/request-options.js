/**
 * What `net.request` is given, read and judged before anything is sent.
 */

const REDIRECTS = ['follow', 'error', 'manual'];
const CREDENTIALS = ['include', 'omit', 'same-origin'];
const CACHES = ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'];
/** A name of a header or of a method (RFC 9110, token). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What a header's value may not have. */
const BAD_VALUE = /[\0\r\n]|[^\t\x20-\x7e\x80-\xff]/;
/** What only the network layer sets; Chromium fails a request that has one of them. */
const RESTRICTED = new Set(['content-length', 'host', 'trailer', 'te', 'upgrade', 'cookie2', 'keep-alive', 'transfer-encoding']);

/** @param {string} name @param {any} value @param {string[]} choices */
function choice(name, value, choices) {
  if (value === undefined) return undefined;
  if (!choices.includes(value)) throw new TypeError(`${name} should be one of ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}, not ${String(value)}`);
  return value;
}

/** @param {any} options @returns {URL} */
function urlOf(options) {
  if (options.url !== undefined) {
    if (typeof options.url !== 'string') throw new TypeError('url must be a string');
    if (!URL.canParse(options.url)) throw new TypeError(`Invalid URL: ${options.url}`);
    return new URL(options.url);
  }
  const { protocol = 'http:', path = '/' } = options;
  if (/ /.test(path)) throw new TypeError('Request path contains unescaped characters');
  const port = options.port === undefined ? '' : `:${options.port}`;
  const host = options.host ?? `${options.hostname ?? 'localhost'}${port}`;
  const text = `${protocol}//${host}`;
  if (!URL.canParse(text)) throw new TypeError(`Invalid URL: ${text}`);
  const url = new URL(text);
  const [, pathname, search = ''] = /** @type {RegExpExecArray} */ (/^([^?#]*)(\?[^#]*)?/.exec(path));
  url.pathname = pathname;
  url.search = search;
  return url;
}

/** @param {string} name @param {string} value */
export function checkHeader(name, value) {
  if (!TOKEN.test(name)) throw new Error(`Invalid header name: ${JSON.stringify(name)}`);
  if (BAD_VALUE.test(value)) throw new Error(`Invalid header value of ${name}`);
}

/** Whether a request with this header fails. @param {string} name in lower case @param {string} value */
export const isRestricted = (name, value) => RESTRICTED.has(name) || (name === 'connection' && value.toLowerCase() === 'upgrade');

/**
 * @param {any} given
 * @returns {{url: URL, method: string, headers: [string, string][], redirect: string, credentials: string | undefined, cache: string, session: any, partition: string | undefined, origin: string | undefined}}
 */
export function readOptions(given) {
  const options = typeof given === 'string' ? { url: given } : given;
  if (typeof options !== 'object' || options === null) throw new TypeError('net.request takes a URL or an object with options');
  const url = urlOf(options);
  if (!['http:', 'https:'].includes(url.protocol)) throw new TypeError(`ClientRequest only supports http: and https: protocols, not ${url.protocol}`);
  const method = String(options.method ?? 'GET').toUpperCase();
  if (!TOKEN.test(method)) throw new TypeError(`Invalid HTTP method: ${method}`);
  const credentials = choice('credentials', options.credentials, CREDENTIALS);
  if (credentials === 'same-origin' && options.origin === undefined) throw new TypeError("credentials 'same-origin' needs origin");
  if (credentials === 'include' || (credentials === 'same-origin' && options.origin === url.origin) || (credentials === undefined && options.useSessionCookies)) {
    throw new Error('net.request cannot send the cookies of a session yet: leave out useSessionCookies and credentials, or set the header Cookie');
  }
  /** @type {[string, string][]} */
  const headers = [];
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) headers.push([name, String(each)]);
  }
  return {
    url,
    method,
    headers,
    credentials,
    redirect: choice('redirect', options.redirect, REDIRECTS) ?? 'follow',
    cache: choice('cache', options.cache, CACHES) ?? 'default',
    session: options.session,
    partition: options.partition,
    origin: options.origin,
  };
}
