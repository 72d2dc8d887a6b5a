// `url` of a page: the WHATWG classes and the parser that Node had before them.

import { urlModule } from '../url-module.js';
import { querystring } from './querystring.js';

const SLASHED = new Set(['http:', 'https:', 'ftp:', 'gopher:', 'file:', 'ws:', 'wss:']);
const SCRIPT = new Set(['javascript:']);
const UNSAFE = /[\s<>"`{}|\\^']/g;
const FIELDS = ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname', 'path', 'href'];

/** @type {any} */
export const Url = function Url() {
  for (const name of FIELDS) this[name] = null;
};

Url.prototype.parse = function (text, parseQuery = false, slashesDenoteHost = false) {
  if (typeof text !== 'string') {
    throw Object.assign(new TypeError(`The "url" argument must be of type string. Received ${text === null ? 'null' : `type ${typeof text}`}`), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  let rest = text.trim();
  const hashAt = rest.indexOf('#');
  const queryAt = rest.indexOf('?');
  const pathEnd = Math.min(...[hashAt, queryAt, rest.length].filter((index) => index >= 0));
  // Backslashes before the query are separators, as browsers take them.
  rest = rest.slice(0, pathEnd).replaceAll('\\', '/') + rest.slice(pathEnd);
  const protocol = /^([a-z0-9.+-]+:)/i.exec(rest);
  if (protocol) {
    this.protocol = protocol[1].toLowerCase();
    rest = rest.slice(protocol[1].length);
  }
  const script = SCRIPT.has(this.protocol);
  if (!script && rest.startsWith('//') && (slashesDenoteHost || protocol || /^\/\/[^@/]+@[^@/]+/.test(rest))) {
    this.slashes = true;
    rest = rest.slice(2);
  }
  if (!script && (this.slashes || (protocol && SLASHED.has(this.protocol)))) rest = this._parseHost(rest);
  if (!script) rest = rest.replace(UNSAFE, (found) => encodeURIComponent(found).replace("'", '%27'));
  const hash = rest.indexOf('#');
  if (hash >= 0) {
    this.hash = rest.slice(hash);
    rest = rest.slice(0, hash);
  }
  const question = rest.indexOf('?');
  if (question >= 0) {
    this.search = rest.slice(question);
    this.query = rest.slice(question + 1);
    rest = rest.slice(0, question);
  }
  if (parseQuery) {
    this.search ??= null;
    this.query = querystring.parse(this.query ?? '');
  }
  if (rest !== '') this.pathname = rest;
  if (SLASHED.has(this.protocol) && this.hostname && !this.pathname) this.pathname = '/';
  if (this.pathname || this.search) this.path = (this.pathname ?? '') + (this.search ?? '');
  this.href = this.format();
  return this;
};

Url.prototype._parseHost = function (text) {
  const end = text.search(/[/?#]/);
  let authority = end < 0 ? text : text.slice(0, end);
  const rest = end < 0 ? '' : text.slice(end);
  const at = authority.lastIndexOf('@');
  if (at >= 0) {
    this.auth = decodeURIComponent(authority.slice(0, at));
    authority = authority.slice(at + 1);
  }
  const port = /:(\d*)$/.exec(authority);
  if (port) {
    if (port[1] !== '') this.port = port[1];
    authority = authority.slice(0, port.index);
  }
  const ip = /^\[(.*)\]$/.exec(authority);
  this.hostname = (ip ? ip[1] : authority).toLowerCase();
  // eslint-disable-next-line no-control-regex
  if (!ip && /[^\u0000-\u007f]/.test(this.hostname)) this.hostname = urlModule.domainToASCII(this.hostname);
  this.host = (ip ? `[${this.hostname}]` : this.hostname) + (this.port === null ? '' : `:${this.port}`);
  return rest;
};

Url.prototype.format = function () {
  const auth = this.auth ? `${encodeURIComponent(this.auth).replace(/%3A/i, ':')}@` : '';
  let protocol = this.protocol ?? '';
  if (protocol !== '' && !protocol.endsWith(':')) protocol += ':';
  let host = '';
  if (this.host) host = auth + this.host;
  else if (this.hostname) host = `${auth}${this.hostname.includes(':') ? `[${this.hostname}]` : this.hostname}${this.port ? `:${this.port}` : ''}`;
  let pathname = (this.pathname ?? '').replace(/[?#]/g, encodeURIComponent);
  const query = typeof this.query === 'object' && this.query !== null ? querystring.stringify(this.query) : '';
  let search = this.search || (query && `?${query}`) || '';
  if (search !== '' && !search.startsWith('?')) search = `?${search}`;
  search = search.replaceAll('#', '%23');
  if (this.slashes || ((protocol === '' || SLASHED.has(protocol)) && host !== '')) {
    if (pathname !== '' && !pathname.startsWith('/')) pathname = `/${pathname}`;
    host = `//${host}`;
  }
  const hash = this.hash ? (this.hash.startsWith('#') ? this.hash : `#${this.hash}`) : '';
  return protocol + host + pathname + search + hash;
};

Url.prototype.resolve = function (relative) {
  return resolve(this.format(), relative);
};

function resolve(from, to) {
  // A base of its own kind for addresses without a scheme.
  const base = new URL(from, 'resolve://');
  const resolved = new URL(to, base);
  if (resolved.protocol === 'resolve:') return resolved.pathname + resolved.search + resolved.hash;
  return resolved.toString();
}

const parse = (text, parseQuery, slashesDenoteHost) => (text instanceof Url ? text : new Url().parse(text, parseQuery, slashesDenoteHost));

export const legacyUrl = {
  ...urlModule,
  Url,
  parse,
  resolve,
  resolveObject: (from, to) => parse(resolve(from, to)),
  domainToUnicode: (domain) => domain,
  urlToHttpOptions(url) {
    const options = {
      protocol: url.protocol, hostname: url.hostname.replace(/^\[|\]$/g, ''), hash: url.hash, search: url.search, pathname: url.pathname,
      path: `${url.pathname || ''}${url.search || ''}`, href: url.href
    };
    if (url.port !== '') options.port = Number(url.port);
    if (url.username || url.password) options.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return options;
  },
  format(value, options) {
    if (value instanceof URL) {
      const copy = new URL(value);
      if (options?.auth === false) copy.username = copy.password = '';
      if (options?.fragment === false) copy.hash = '';
      if (options?.search === false) copy.search = '';
      return String(copy);
    }
    if (typeof value === 'string') return parse(value).format();
    return Url.prototype.format.call(Object.assign(new Url(), value));
  }
};
