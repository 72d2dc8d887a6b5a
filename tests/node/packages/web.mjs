// Servers, clients and what parses for them. Each entry: what is done, and the function that does it and checks the result.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { json, listen, post, require, serve } from './helpers.mjs';

export default {
  express: ['answers a route with a parameter', async () => {
    const app = require('express')();
    app.get('/users/:name', (request, response) => response.json({ name: request.params.name, q: request.query.q }));
    assert.deepEqual(await json(`${await serve(app)}/users/ada?q=1`), { name: 'ada', q: '1' });
  }],
  fastify: ['validates a body by its schema and answers', async () => {
    const app = require('fastify')();
    app.post('/', { schema: { body: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } } } }, async (request) => ({ a: request.body.a + 1 }));
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    assert.deepEqual(await post(url, { a: '41' }), { a: 42 });
    assert.equal((await post(url, { a: 'x' })).statusCode, 400);
    await app.close();
  }],
  koa: ['runs middleware in order', async () => {
    const { default: Koa } = await import('koa');
    const app = new Koa();
    app.use(async (context, next) => {
      await next();
      context.body = `${context.body}b`;
    });
    app.use((context) => {
      context.body = 'a';
    });
    assert.equal(await (await fetch(await serve(app.callback()))).text(), 'ab');
  }],
  ws: ['echoes text and bytes over a WebSocket', async () => {
    const { WebSocket, WebSocketServer } = await import('ws');
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));
    const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}`);
    await once(socket, 'open');
    socket.send('text');
    assert.equal(String((await once(socket, 'message'))[0]), 'text');
    const bytes = Buffer.alloc(200_000, 7);
    socket.send(bytes);
    const [data, binary] = await once(socket, 'message');
    assert.ok(binary && bytes.equals(data));
    socket.terminate();
    server.close();
  }],
  'socket.io': ['answers an event of socket.io-client', async () => {
    const { Server } = await import('socket.io');
    const { io } = await import('socket.io-client');
    const http = require('node:http').createServer();
    new Server(http).on('connection', (socket) => socket.on('add', (a, b, done) => done(a + b)));
    const client = io(await serve(http), { transports: ['websocket'] });
    assert.equal(await client.timeout(5000).emitWithAck('add', 2, 3), 5);
    client.disconnect();
  }],
  'socket.io-client': ['connects by polling and is upgraded', async () => {
    const { Server } = require('socket.io');
    const http = require('node:http').createServer();
    new Server(http).on('connection', (socket) => socket.emit('hello', { bytes: Buffer.from([1, 2]) }));
    const client = require('socket.io-client')(await serve(http));
    const [news] = await new Promise((resolve) => client.on('hello', (...values) => resolve(values)));
    assert.deepEqual([...news.bytes], [1, 2]);
    if (client.io.engine.transport.name !== 'websocket') await new Promise((resolve) => client.io.engine.once('upgrade', resolve));
    client.disconnect();
  }],
  axios: ['posts JSON, and rejects on an error status', async () => {
    const url = await serve((request, response) => {
      response.statusCode = request.url === '/bad' ? 418 : 200;
      response.setHeader('content-type', 'application/json');
      request.pipe(response);
    });
    const axios = require('axios');
    assert.deepEqual((await axios.post(url, { a: [1, 2] })).data, { a: [1, 2] });
    await assert.rejects(axios.get(`${url}/bad`), (error) => error.response.status === 418);
  }],
  undici: ['requests through a pool, and streams', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(100_000)));
    const { Pool } = require('undici');
    const pool = new Pool(url, { connections: 2 });
    const texts = await Promise.all([1, 2, 3].map(async () => (await pool.request({ path: '/', method: 'GET' })).body.text()));
    assert.deepEqual(texts.map((text) => text.length), [100_000, 100_000, 100_000]);
    await pool.close();
  }],
  got: ['retries after a failure and reads JSON', async () => {
    let count = 0;
    const url = await serve((_request, response) => {
      response.statusCode = (count += 1) === 1 ? 503 : 200;
      response.end('{"ok":true}');
    });
    const { default: got } = await import('got');
    assert.deepEqual(await got(url, { retry: { calculateDelay: ({ computedValue }) => computedValue && 1 } }).json(), { ok: true });
    assert.equal(count, 2);
  }],
  'node-fetch': ['follows a redirect and streams a body', async () => {
    const url = await serve((request, response) => (request.url === '/' ? response.writeHead(302, { location: '/b' }).end() : response.end('moved')));
    const { default: fetch } = await import('node-fetch');
    const response = await fetch(url);
    let text = '';
    for await (const part of response.body) text += part;
    assert.deepEqual([response.redirected, text], [true, 'moved']);
  }],
  'body-parser': ['parses forms and JSON', async () => {
    const parser = require('body-parser');
    const app = require('express')();
    app.use(parser.json(), parser.urlencoded({ extended: true }), (request, response) => response.json(request.body));
    const url = await serve(app);
    assert.deepEqual(await post(url, { a: 1 }), { a: 1 });
    assert.deepEqual(await json(url, { method: 'POST', body: new URLSearchParams({ 'a[b]': 'c' }) }), { a: { b: 'c' } });
  }],
  cors: ['answers a preflight request', async () => {
    const app = require('express')();
    app.use(require('cors')({ origin: 'https://example.org' }));
    const response = await fetch(await serve(app), { method: 'OPTIONS' });
    assert.deepEqual([response.status, response.headers.get('access-control-allow-origin')], [204, 'https://example.org']);
  }],
  helmet: ['sets its headers', async () => {
    const app = require('express')();
    app.use(require('helmet')(), (_request, response) => response.end());
    assert.match((await fetch(await serve(app))).headers.get('content-security-policy'), /default-src 'self'/u);
  }],
  'cookie-parser': ['reads a signed cookie', async () => {
    const app = require('express')();
    app.use(require('cookie-parser')('secret'));
    app.get('/set', (_request, response) => response.cookie('n', 'v', { signed: true }).end());
    app.get('/', (request, response) => response.json(request.signedCookies));
    const url = await serve(app);
    const cookie = (await fetch(`${url}/set`)).headers.get('set-cookie').split(';')[0];
    assert.deepEqual(await json(url, { headers: { cookie } }), { n: 'v' });
  }],
  multer: ['takes an uploaded file', async () => {
    const multer = require('multer');
    const app = require('express')();
    app.post('/', multer().single('file'), (request, response) => response.json({ name: request.file.originalname, size: request.file.size, ...request.body }));
    const form = new globalThis.FormData();
    form.set('a', 'b');
    form.set('file', new Blob(['x'.repeat(5000)]), 'x.txt');
    assert.deepEqual(await json(await serve(app), { method: 'POST', body: form }), { name: 'x.txt', size: 5000, a: 'b' });
  }],
  'form-data': ['is sent as a stream', async () => {
    const FormData = require('form-data');
    const url = await serve((request, response) => request.pipe(response));
    const form = new FormData();
    form.append('file', Readable.from(['a', 'b']), { filename: 'f.txt', knownLength: 2 });
    const text = await new Promise((resolve, reject) => form.submit(url, (error, response) => (error ? reject(error) : response.toArray().then((parts) => resolve(String(Buffer.concat(parts)))))));
    assert.match(text, /filename="f.txt"[^]*\r\n\r\nab\r\n/u);
  }],
  jsonwebtoken: ['signs and verifies with HMAC and with RSA', async () => {
    const jwt = require('jsonwebtoken');
    assert.equal(jwt.verify(jwt.sign({ a: 1 }, 'k'), 'k').a, 1);
    const { privateKey, publicKey } = require('node:crypto').generateKeyPairSync('rsa', { modulusLength: 2048 });
    assert.equal(jwt.verify(jwt.sign({ b: 2 }, privateKey, { algorithm: 'RS256' }), publicKey).b, 2);
    assert.throws(() => jwt.verify(jwt.sign({ a: 1 }, 'k'), 'other'), /invalid signature/u);
  }],
  '@grpc/grpc-js': ['calls a server and reads a stream of it', async () => {
    const grpc = require('@grpc/grpc-js');
    const kind = (responseStream) => ({
      path: responseStream ? '/s/count' : '/s/double', requestStream: false, responseStream,
      requestSerialize: (v) => Buffer.from(JSON.stringify(v)), requestDeserialize: (b) => JSON.parse(b),
      responseSerialize: (v) => Buffer.from(JSON.stringify(v)), responseDeserialize: (b) => JSON.parse(b),
    });
    const service = { double: kind(false), count: kind(true) };
    const server = new grpc.Server();
    server.addService(service, {
      double: (call, done) => done(null, call.request * 2),
      count(call) {
        for (let n = 0; n < call.request; n += 1) call.write(n);
        call.end();
      },
    });
    const port = await new Promise((resolve, reject) => server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port))));
    const client = new (grpc.makeGenericClientConstructor(service, 's'))(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    assert.equal(await new Promise((resolve, reject) => client.double(21, (error, value) => (error ? reject(error) : resolve(value)))), 42);
    assert.deepEqual(await client.count(3).toArray(), [0, 1, 2]);
    client.close();
    server.forceShutdown();
  }],
  nodemailer: ['sends a message with an attachment to an SMTP server', async () => {
    let message = '';
    const port = await listen((socket) => {
      let data = false;
      socket.write('220 ready\r\n');
      let rest = '';
      socket.on('data', (bytes) => {
        rest += bytes;
        for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
          const line = rest.slice(0, end);
          rest = rest.slice(end + 2);
          if (data) {
            if (line === '.') {
              data = false;
              socket.write('250 taken\r\n');
            } else message += `${line}\n`;
          } else if (line === 'DATA') {
            data = true;
            socket.write('354 go on\r\n');
          } else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
        }
      });
    });
    const mail = require('nodemailer').createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
    const sent = await mail.sendMail({ from: 'a@example.org', to: 'b@example.org', subject: 'Grüße', text: 'hi', attachments: [{ filename: 'a.txt', content: 'attached' }] });
    assert.deepEqual(sent.accepted, ['b@example.org']);
    assert.match(message, /filename=a.txt/u);
    assert.ok(message.includes(Buffer.from('attached').toString('base64')));
  }],
  mqtt: ['subscribes and receives at a small broker', async () => {
    const packets = require('mqtt-packet');
    const port = await listen((socket) => {
      const parser = packets.parser();
      const answer = (packet) => socket.write(packets.generate(packet));
      parser.on('packet', (packet) => {
        if (packet.cmd === 'connect') answer({ cmd: 'connack', returnCode: 0, sessionPresent: false });
        if (packet.cmd === 'subscribe') answer({ cmd: 'suback', messageId: packet.messageId, granted: [0] });
        if (packet.cmd === 'publish') answer({ cmd: 'publish', topic: packet.topic, payload: packet.payload, qos: 0 });
      });
      socket.on('data', (data) => parser.parse(data));
    });
    const client = await require('mqtt').connectAsync(`mqtt://127.0.0.1:${port}`);
    await client.subscribeAsync('a/b');
    const message = once(client, 'message');
    await client.publishAsync('a/b', 'news');
    assert.equal(String((await message)[1]), 'news');
    await client.endAsync(true);
  }],
  execa: ['runs a program and pipes it into another', async () => {
    const { execa } = await import('execa');
    const result = await execa(process.execPath, ['-e', 'console.log("b\\na")']).pipe('sort');
    assert.equal(result.stdout, 'a\nb');
    await assert.rejects(execa(process.execPath, ['-e', 'process.exit(3)']), (error) => error.exitCode === 3);
  }],
  'cross-spawn': ['runs a program', async () => {
    const { status, stdout } = require('cross-spawn').sync(process.execPath, ['-p', '6 * 7']);
    assert.deepEqual([status, String(stdout)], [0, '42\n']);
  }],
  which: ['finds a program', async () => {
    assert.match(await require('which')('sh'), /\/sh$/u);
  }],
};
