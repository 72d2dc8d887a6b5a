// @ts-check
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const zlib = require('node:zlib');
const { net, session } = require('electron');

/** @typedef {{method: string, url: string, headers: Record<string, any>, body: string}} Seen */

/** @type {http.Server} */
let server;
let base = '';
/** @type {Seen[]} */
let seen = [];

/** @type {Record<string, (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void>} */
const ROUTES = {
  '/plain': (_, response) => response.setHeader('X-Twice', ['a', 'b']).setHeader('Set-Cookie', 'c=1').end('hello'),
  '/echo': (request, response, body) => response.end(JSON.stringify({ method: request.method, headers: request.headers, body })),
  '/gzip': (_, response) => response.setHeader('Content-Encoding', 'gzip').end(zlib.gzipSync('packed')),
  '/br': (_, response) => response.setHeader('Content-Encoding', 'br').end(zlib.brotliCompressSync('packed')),
  '/bad-gzip': (_, response) => response.setHeader('Content-Encoding', 'gzip').end('this is not it'),
  '/999': (_, response) => response.writeHead(999, 'Odd').end('odd'),
  '/empty': (_, response) => response.writeHead(204).end(),
  '/cut': (request, response) => {
    response.setHeader('Content-Length', '100').write('half');
    setTimeout(() => request.socket.destroy(), 20);
  },
  '/hang-up': (request) => request.socket.destroy(),
  '/slow': (_, response) => response.write('begin'),
  '/loop': (_, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/to-file': (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/301': (_, response) => response.writeHead(301, { location: '/echo' }).end(),
  '/303': (_, response) => response.writeHead(303, { location: '/echo' }).end(),
  '/307': (_, response) => response.writeHead(307, { location: '/echo' }).end(),
  '/away': (_, response) => response.writeHead(302, { location: `${base.replace('127.0.0.1', 'localhost')}/echo` }).end(),
  '/secret': (request, response) => {
    const given = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    if (given === 'me:right') response.end('welcome');
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="the room"' }).end('who?');
  },
  '/large': (_, response) => response.end(Buffer.alloc(3 << 20, 'x')),
};

/** What a request came to. @param {any} request @returns {Promise<any>} */
function outcome(request, body = undefined) {
  /** @type {string[]} */
  const events = [];
  return new Promise((resolve) => {
    /** @type {any} */
    const result = { events, text: '' };
    for (const name of ['abort', 'close', 'error', 'finish', 'login', 'redirect', 'response']) request.on(name, () => events.push(name));
    request.on('error', (/** @type {Error} */ error) => (result.error = error));
    request.on('response', (/** @type {any} */ response) => {
      result.response = response;
      for (const name of ['aborted', 'end', 'error']) response.on(name, () => events.push(`response ${name}`));
      response.on('data', (/** @type {Buffer} */ part) => (result.text += part));
      response.on('error', (/** @type {Error} */ error) => (result.error = error));
    });
    request.on('close', () => resolve(result));
    if (body !== null) request.end(body);
  });
}

const get = (/** @type {string} */ where, options = {}) => outcome(net.request({ url: base + where, ...options }));

describe('net', () => {
  before(async () => {
    server = http.createServer((request, response) => {
      /** @type {Buffer[]} */
      const parts = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        seen.push({ method: String(request.method), url: String(request.url), headers: request.headers, body });
        ROUTES[String(request.url).replace(/\?.*/, '')](request, response, body);
      });
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    base = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  describe('request', () => {
    it('takes an address, and tells a response as Node does', async () => {
      const { events, response, text } = await outcome(net.request(`${base}/plain`));
      assert.deepEqual(events, ['finish', 'response', 'response end', 'close']);
      assert.deepEqual([response.statusCode, response.statusMessage, response.httpVersion, response.httpVersionMajor, response.httpVersionMinor], [200, 'OK', '1.1', 1, 1]);
      assert.deepEqual([response.headers['x-twice'], response.headers['set-cookie']], ['a, b', ['c=1']]);
      assert.ok(response.rawHeaders.includes('X-Twice'));
      assert.equal(text, 'hello');
    });

    it('takes the parts of an address, a listener and headers', async () => {
      const { hostname, port } = new URL(base);
      const told = await new Promise((resolve) => {
        const request = /** @type {any} */ (net).request({ method: 'post', protocol: 'http:', hostname, port, path: '/echo?a=b', headers: { 'X-One': 1, 'X-List': ['p', 'q'] } }, resolve);
        request.setHeader('X-Two', 2);
        assert.deepEqual([request.getHeader('x-TWO'), request.getHeader('X-One'), request.getHeader('none')], ['2', '1', undefined]);
        request.removeHeader('X-ONE');
        request.end('body');
        assert.throws(() => request.setHeader('a', 'b'), /Can't set headers after they are sent/);
        assert.throws(() => request.removeHeader('a'), /Can't remove headers after they are sent/);
      });
      let text = '';
      for await (const part of told) text += part;
      const { method, headers, body } = JSON.parse(text);
      assert.deepEqual([method, body, headers['content-length'], headers['x-two'], headers['x-one'], headers['x-list']], ['POST', 'body', '4', '2', undefined, 'p, q']);
      assert.equal(headers['user-agent'], session.defaultSession.getUserAgent());
    });

    it('refuses what cannot be a request, by its name', () => {
      const bad = (/** @type {any} */ options, /** @type {RegExp} */ words) => assert.throws(() => net.request(options), words);
      bad('nothing', /Invalid URL: nothing/);
      bad('ftp://a/', /only supports http: and https: protocols, not ftp:/);
      bad({ url: base, method: 'A B' }, /Invalid HTTP method: A B/);
      bad({ url: base, redirect: 'never' }, /redirect should be one of follow, error or manual, not never/);
      bad({ hostname: 'a', path: '/a b' }, /unescaped characters/);
      bad({ url: base, headers: { 'a b': 'c' } }, /Invalid header name: "a b"/);
      bad({ url: base, headers: { a: 'b\r\nc: d' } }, /Invalid header value of a/);
      bad({ url: base, session: {} }, /instance of the Session class/);
      bad({ url: base, useSessionCookies: true }, /cannot send the cookies of a session yet/);
      bad(null, /takes a URL or an object/);
      const request = /** @type {any} */ (net.request(base));
      assert.throws(() => request.setHeader('a'), /`value` required in setHeader\("a", value\)/);
      assert.throws(() => request.setHeader(1, 2), /`name` should be a string/);
    });

    it('fails with headers that only the network layer sets', async () => {
      for (const name of ['Content-Length', 'host', 'Transfer-Encoding']) {
        const { error, events } = await get('/plain', { headers: { [name]: '1' } });
        assert.deepEqual([error.message, events], ['net::ERR_INVALID_ARGUMENT', ['finish', 'error', 'close']]);
      }
    });

    it('decodes bodies', async () => {
      for (const where of ['/gzip', '/br']) assert.equal((await get(where)).text, 'packed');
      const { error, events } = await get('/bad-gzip');
      assert.equal(error.message, 'net::ERR_CONTENT_DECODING_FAILED');
      assert.equal(events.at(-1), 'close');
    });

    it('sends chunks as they come', async () => {
      const request = net.request({ url: `${base}/echo`, method: 'POST' });
      assert.deepEqual(request.getUploadProgress(), { active: false });
      request.chunkedEncoding = true;
      const done = outcome(request, null);
      await new Promise((resolve) => request.write('one,', undefined, () => resolve(undefined)));
      assert.throws(() => (request.chunkedEncoding = false), /before the request is started/);
      request.end(Buffer.from('two'));
      const { headers, body } = JSON.parse((await done).text);
      assert.deepEqual([headers['transfer-encoding'], headers['content-length'], body], ['chunked', undefined, 'one,two']);
      assert.deepEqual(request.getUploadProgress(), { active: true, started: true, current: 7, total: 7 });
    });

    it('hands on a large body at the pace of its reader', async () => {
      /** @type {any} */
      const response = await new Promise((resolve) => net.request(`${base}/large`).on('response', resolve).end());
      let length = 0;
      for await (const part of response) {
        length += part.length;
        if (length < 1 << 20) await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(length, 3 << 20);
    });

    it('follows redirections as the Fetch standard says', async () => {
      const { text, events } = await outcome(net.request({ url: `${base}/301`, method: 'POST', headers: { 'Content-Type': 'text/x' } }), 'gone');
      const { method, body, headers } = JSON.parse(text);
      assert.deepEqual([method, body, headers['content-type'], events.filter((/** @type {string} */ name) => name === 'redirect').length], ['GET', '', undefined, 1]);
      assert.equal(JSON.parse((await outcome(net.request({ url: `${base}/303`, method: 'PUT' }), 'gone')).text).method, 'GET');
      const kept = JSON.parse((await outcome(net.request({ url: `${base}/307`, method: 'POST' }), 'kept')).text);
      assert.deepEqual([kept.method, kept.body], ['POST', 'kept']);
      assert.equal((await get('/loop')).error.message, 'net::ERR_TOO_MANY_REDIRECTS');
      assert.equal((await get('/to-file')).error.message, 'net::ERR_UNSAFE_REDIRECT');
    });

    it('keeps credentials to their server', async () => {
      const { headers } = JSON.parse((await get('/away', { headers: { Authorization: 'x', 'X-Own': 'y' } })).text);
      assert.deepEqual([headers.authorization, headers['x-own']], [undefined, 'y']);
    });

    it('asks about redirections', async () => {
      const manual = net.request({ url: `${base}/301`, redirect: 'manual' });
      manual.on('redirect', (status, method, url, headers) => {
        assert.deepEqual([status, method, url, headers.location], [301, 'GET', `${base}/echo`, ['/echo']]);
        manual.followRedirect();
      });
      assert.equal((await outcome(manual)).response.statusCode, 200);
      assert.throws(() => manual.followRedirect(), /was not waiting for a redirect/);
      assert.equal((await get('/301', { redirect: 'manual' })).error.message, 'Redirect was cancelled');
      const { error, events } = await get('/301', { redirect: 'error' });
      assert.deepEqual([error.message, events], ["Attempted to redirect, but redirect policy was 'error'", ['finish', 'error', 'close']]);
    });

    it('asks who it is', async () => {
      const request = net.request(`${base}/secret`);
      let tries = 0;
      request.on('login', (info, callback) => {
        assert.deepEqual([info.isProxy, info.scheme, info.host, info.realm], [false, 'basic', '127.0.0.1', 'the room']);
        tries += 1;
        callback('me', tries === 1 ? 'wrong' : 'right');
      });
      const { text } = await outcome(request);
      assert.deepEqual([text, tries], ['welcome', 2]);
      const silent = net.request(`${base}/secret`);
      silent.on('login', (_, callback) => callback());
      assert.equal((await outcome(silent)).response.statusCode, 401);
      assert.equal(await (await net.fetch(`${base}/secret`)).text(), 'who?');
    });

    it('names failures as Chromium does', async () => {
      const port = await new Promise((resolve) => {
        const other = http.createServer().listen(0, '127.0.0.1', () => {
          const { port: free } = /** @type {any} */ (other.address());
          other.close(() => resolve(free));
        });
      });
      const refused = await outcome(net.request(`http://127.0.0.1:${port}/`));
      assert.deepEqual([refused.error.message, refused.events], ['net::ERR_CONNECTION_REFUSED', ['finish', 'error', 'close']]);
      assert.equal((await outcome(net.request('http://no-such-host.invalid/'))).error.message, 'net::ERR_NAME_NOT_RESOLVED');
      assert.equal((await get('/hang-up')).error.message, 'net::ERR_EMPTY_RESPONSE');
      const { error, events, text } = await get('/cut');
      assert.deepEqual([error.message, text], ['net::ERR_CONTENT_LENGTH_MISMATCH', 'half']);
      assert.deepEqual(events, ['finish', 'response', 'response error', 'close']);
      assert.equal((await get('/plain', { cache: 'only-if-cached' })).error.message, 'net::ERR_CACHE_MISS');
    });

    it('is aborted before and within the response, once', async () => {
      const early = net.request(`${base}/slow`);
      early.abort();
      early.abort();
      assert.deepEqual((await outcome(early, null)).events, ['abort', 'close']);
      const request = net.request(`${base}/slow`);
      const done = outcome(request);
      request.on('response', (response) => response.once('data', () => request.abort()));
      const { events } = await done;
      assert.deepEqual(events.slice(0, 2), ['finish', 'response']);
      assert.deepEqual([...events].sort(), ['abort', 'close', 'finish', 'response', 'response aborted']);
    });
  });

  describe('fetch', () => {
    it('answers as fetch does', async () => {
      const response = await net.fetch(`${base}/plain`);
      assert.ok(response instanceof Response);
      assert.deepEqual([response.status, response.ok, response.headers.get('x-twice'), await response.text()], [200, true, 'a, b', 'hello']);
      const posted = await net.fetch(`${base}/echo`, { method: 'POST', body: JSON.stringify({ a: 1 }), headers: { 'content-type': 'application/json' } });
      const { body, headers } = await posted.json();
      assert.deepEqual([body, headers['content-type'], headers['content-length']], ['{"a":1}', 'application/json', '7']);
      assert.equal((await net.fetch(new Request(`${base}/301`))).status, 200);
      assert.deepEqual([(await net.fetch(`${base}/empty`)).body, (await net.fetch(`${base}/empty`)).status], [null, 204]);
      assert.equal((await (await net.fetch(`${base}/large`)).arrayBuffer()).byteLength, 3 << 20);
    });

    it('sends a stream', async () => {
      const stream = new Blob(['from ', 'a stream']).stream();
      const response = await net.fetch(`${base}/echo`, { method: 'POST', body: stream, duplex: 'half' });
      const { body, headers } = await response.json();
      assert.deepEqual([body, headers['transfer-encoding']], ['from a stream', 'chunked']);
    });

    it('reads files', async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'net-'));
      fs.writeFileSync(path.join(folder, 'a b.json'), '{}');
      const response = await net.fetch(pathToFileURL(path.join(folder, 'a b.json')).href);
      assert.deepEqual([await response.json(), response.headers.get('content-type')], [{}, 'application/json']);
      await assert.rejects(net.fetch(pathToFileURL(path.join(folder, 'none')).href), /net::ERR_FILE_NOT_FOUND/);
      fs.rmSync(folder, { recursive: true });
      await assert.rejects(net.fetch('gopher://a/'), /net::ERR_UNKNOWN_URL_SCHEME/);
    });

    it('fails with what a Response cannot say, which a request can', async () => {
      await assert.rejects(net.fetch(`${base}/999`), /net::ERR_INVALID_RESPONSE/);
      const { response, text } = await get('/999');
      assert.deepEqual([response.statusCode, response.statusMessage, text], [999, 'Odd', 'odd']);
    });

    it('is aborted', async () => {
      const early = AbortSignal.abort();
      await assert.rejects(net.fetch(`${base}/plain`, { signal: early }), { name: 'AbortError' });
      const controller = new AbortController();
      const response = await net.fetch(`${base}/slow`, { signal: controller.signal });
      const reading = response.text();
      controller.abort();
      await assert.rejects(reading, { name: 'AbortError' });
      await assert.rejects(net.fetch(`${base}/hang-up`), /net::ERR_EMPTY_RESPONSE/);
    });

    it('is the session\'s, with its user agent', async () => {
      const other = session.fromPartition('net-spec');
      other.setUserAgent('Own/1');
      seen = [];
      await other.fetch(`${base}/plain`);
      await outcome(net.request({ url: `${base}/plain`, partition: 'net-spec' }));
      await outcome(net.request({ url: `${base}/plain`, session: other }));
      assert.deepEqual(seen.map(({ headers }) => headers['user-agent']), ['Own/1', 'Own/1', 'Own/1']);
    });
  });

  it('resolves hosts and knows whether there is a network', async () => {
    const { endpoints } = await net.resolveHost('localhost');
    assert.ok(endpoints.some(({ address, family }) => (address === '127.0.0.1' && family === 'ipv4') || (address === '::1' && family === 'ipv6')));
    assert.deepEqual((await session.defaultSession.resolveHost('localhost', { queryType: 'A' })).endpoints, [{ address: '127.0.0.1', family: 'ipv4' }]);
    await assert.rejects(net.resolveHost('no-such-host.invalid'), /net::ERR_NAME_NOT_RESOLVED/);
    const expected = Object.values(os.networkInterfaces()).flat().some((address) => address && !address.internal);
    assert.deepEqual([net.isOnline(), net.online], [expected, expected]);
  });
});
