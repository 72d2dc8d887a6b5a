// Listeners and callbacks of every kind that throw. In Node each such error is an uncaught exception, once, and all goes on; here too.
//
// usage: throwing-listeners.cjs <group>. Tells which errors were lost, and which came twice or as something else.
'use strict';

const { Buffer } = require('node:buffer');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const process = require('node:process');

const [group] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-throwing-'));
const expected = new Set();
const seen = new Map();
const note = (what) => seen.set(what, (seen.get(what) ?? 0) + 1);
process.on('uncaughtException', (error) => note(error.message));
// An app that listens for these must not be told of its own listeners' errors here.
process.on('unhandledRejection', (error) => note(`rejection of ${error.message}`));

/** A listener that throws, the first `times` times that it is called. */
function thrower(name, times = 1) {
  const names = times === 1 ? [name] : Array.from({ length: times }, (_, at) => `${name} ${at + 1}`);
  for (const each of names) expected.add(each);
  return () => {
    const next = names.shift();
    if (next !== undefined) throw new Error(next);
  };
}
const quiet = (emitter) => emitter.on('error', () => {});
const file = (name) => path.join(folder, name);
/** A key for this file alone, and its certificate: of `localhost`, for a hundred years. */
const SECURE = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXrMWwd3o2lE2dyVX
RwzfS/c9i5X9iQ9+7w+BqXZhzy+hRANCAATVNma25YjbufEYpEZ3mx/6i0eHH6Ws
T2A2mjnxK19uCwaNgpmvqJ0ugqk7lHlUYt/OkJHYUUcc2ZFkxP5URzx/
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUWwoa9drmM5hMq/i6W+kTiQfQjLcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzE4NDY0N1oYDzIxMjYxMTAz
MTg0NjQ3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATVNma25YjbufEYpEZ3mx/6i0eHH6WsT2A2mjnxK19uCwaNgpmvqJ0u
gqk7lHlUYt/OkJHYUUcc2ZFkxP5URzx/o2kwZzAdBgNVHQ4EFgQUKPo+HGBa3kB+
knU8FhSTziLI2w4wHwYDVR0jBBgwFoAUKPo+HGBa3kB+knU8FhSTziLI2w4wDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIhAL/JbImJSCa5OmuzVZx0Hf8Y/KIl4liQHuez176xA35LAiAMoOP7n6Be
KT6G2aJxEJTEKZCyWIQSeeoLx9vsQ0f64w==
-----END CERTIFICATE-----`,
};
const answer = (request, response) => { request.resume(); response.end('hello'); };

/** Sockets and pipes: `serve` has the server's end, `use` the client's. */
function connect(serve, use, place = 0) {
  const net = require('node:net');
  const server = net.createServer({ allowHalfOpen: true }, (socket) => serve?.(quiet(socket)));
  server.listen(place, () => {
    const address = server.address();
    const socket = quiet(net.connect(typeof address === 'string' ? address : address.port));
    use?.(socket);
  });
}

function request(serve, use, options = {}) {
  const http = require('node:http');
  const server = quiet(http.createServer(serve));
  server.listen(0, () => {
    const sent = quiet(http.request({ port: server.address().port, ...options }));
    use?.(sent);
    sent.end(options.body);
  });
  return server;
}

function encrypted(serve, use) {
  const tls = require('node:tls');
  const server = tls.createServer(SECURE, (socket) => serve?.(quiet(socket)));
  server.on('tlsClientError', () => {});
  server.listen(0, () => {
    const socket = quiet(tls.connect({ port: server.address().port, rejectUnauthorized: false }));
    use?.(socket);
  });
}

function multiplexed(prepare, use) {
  const http2 = require('node:http2');
  const server = quiet(http2.createServer());
  server.on('sessionError', () => {}).on('stream', quiet);
  prepare?.(server);
  server.listen(0, () => {
    const session = quiet(http2.connect(`http://localhost:${server.address().port}`));
    use?.(session);
  });
}

const groups = {
  net() {
    const net = require('node:net');
    const server = net.createServer(thrower('connection', 2));
    server.listen(0, () => [1, 2].forEach(() => quiet(net.connect(server.address().port))));
    const pipes = net.createServer(thrower('connection of a pipe', 2));
    pipes.listen(file('pipe'), () => [1, 2].forEach(() => quiet(net.connect(file('pipe')))));
    connect(null, (socket) => socket.on('connect', thrower('connect')));
    connect(null, (socket) => socket.on('connect', thrower('connect of a pipe')), file('connect'));
    connect((socket) => { socket.write('a'); setTimeout(() => socket.write('b'), 100); }, (socket) => socket.on('data', thrower('data', 2)));
    connect((socket) => socket.write('a'), (socket) => socket.on('data', thrower('data of a pipe')), file('data'));
    connect((socket) => socket.write('a'), (socket) => socket.on('readable', thrower('readable')));
    connect((socket) => socket.end('a'), (socket) => socket.resume().on('end', thrower('end')));
    connect((socket) => socket.destroy(), (socket) => socket.resume().on('close', thrower('close')));
    connect((socket) => socket.resume(), (socket) => socket.write('a', thrower('callback of write')));
    connect((socket) => socket.resume(), (socket) => socket.write('a', thrower('callback of write to a pipe')), file('write'));
    connect((socket) => socket.resume(), (socket) => socket.end('a', thrower('callback of end')));
    connect((socket) => socket.resume(), (socket) => { socket.on('drain', thrower('drain')); socket.write(Buffer.alloc(5e6)); });
    connect((socket) => socket.resume(), (socket) => socket.setTimeout(20, thrower('timeout')));
    connect(null, (socket) => socket.on('lookup', thrower('lookup')));
    net.connect(1, '127.0.0.1').on('error', thrower('error'));
    net.connect(file('none')).on('error', thrower('error of a pipe'));
    net.createServer().listen(0, thrower('listening'));
    const closing = net.createServer();
    closing.listen(0, () => closing.close(thrower('callback of close')));
  },

  http() {
    const http = require('node:http');
    request(thrower('request'));
    request((from) => from.on('data', thrower('data of a request')), null, { method: 'POST', body: 'abc' });
    request((from) => from.resume().on('end', thrower('end of a request')), null, { method: 'POST', body: 'abc' });
    request((_, to) => to.on('finish', thrower('finish of a response')).end('x'));
    request((_, to) => to.write('x', thrower('callback of write')));
    request(answer, (sent) => sent.on('response', thrower('response')));
    request(answer, (sent) => sent.on('response', (from) => from.on('data', thrower('data of a response'))));
    request(answer, (sent) => sent.on('response', (from) => from.resume().on('end', thrower('end of a response'))));
    request(answer, (sent) => sent.on('socket', thrower('socket')));
    request(answer, (sent) => sent.on('finish', thrower('finish')));
    request(answer).on('connection', thrower('connection'));
    request(answer, null, { method: 'POST', headers: { expect: '100-continue' } }).on('checkContinue', thrower('checkContinue'));
    request(answer, null, { headers: { connection: 'Upgrade', upgrade: 'websocket' } }).on('upgrade', thrower('upgrade'));
    request(answer, null, { method: 'CONNECT', path: 'a:1' }).on('connect', thrower('connect'));
    const bad = http.createServer(answer).on('clientError', thrower('clientError'));
    bad.listen(0, () => quiet(require('node:net').connect(bad.address().port)).write('nothing\r\n\r\n'));
  },

  tls() {
    const tls = require('node:tls');
    const https = require('node:https');
    encrypted(thrower('secureConnection'));
    encrypted(null, (socket) => socket.on('secureConnect', thrower('secureConnect')));
    encrypted((socket) => { socket.write('a'); setTimeout(() => socket.write('b'), 100); }, (socket) => socket.on('data', thrower('data', 2)));
    encrypted((socket) => socket.end('a'), (socket) => socket.resume().on('end', thrower('end')));
    encrypted((socket) => socket.resume(), (socket) => socket.write('a', thrower('callback of write')));
    const distrusted = tls.createServer(SECURE).on('tlsClientError', () => {});
    distrusted.listen(0, () => tls.connect({ port: distrusted.address().port }).on('error', thrower('error')));
    const server = quiet(https.createServer(SECURE, thrower('request')));
    server.listen(0, () => quiet(https.get({ port: server.address().port, rejectUnauthorized: false })));
  },

  http2() {
    const respond = (server) => server.on('stream', (stream) => { stream.respond({ ':status': 200 }); stream.end('hello'); });
    const get = (session) => quiet(session.request({ ':path': '/' }));
    multiplexed((server) => server.on('stream', thrower('stream', 2)), (session) => { get(session); get(session); });
    multiplexed((server) => server.on('request', thrower('request')), get);
    multiplexed(null, (session) => session.on('connect', thrower('connect')));
    multiplexed(respond, (session) => get(session).on('response', thrower('response')));
    multiplexed(respond, (session) => get(session).on('data', thrower('data')));
    multiplexed(respond, (session) => get(session).resume().on('end', thrower('end')));
    multiplexed(null, (session) => session.ping(thrower('callback of ping')));
    multiplexed(null, (session) => session.on('remoteSettings', thrower('remoteSettings')));
    multiplexed(null, (session) => session.on('connect', () => session.close(thrower('callback of close'))));
  },

  threads() {
    const { Worker, MessageChannel } = require('node:worker_threads');
    const thread = (code) => new Worker(code, { eval: true });
    thread('for (const at of [1, 2]) require("worker_threads").parentPort.postMessage(at)').on('message', thrower('message', 2)).on('exit', thrower('exit'));
    thread('').on('online', thrower('online'));
    thread('throw new Error()').on('error', thrower('error'));
    const inside = thread(`const { parentPort } = require('worker_threads');
      process.on('uncaughtException', (error) => parentPort.postMessage(error.message));
      const server = require('net').createServer(() => { server.close(); throw new Error('thrown in a thread'); });
      server.listen(0, () => require('net').connect(server.address().port).on('error', () => {}));`);
    expected.add('thrown in a thread');
    inside.on('message', note);
    const { port1, port2 } = new MessageChannel();
    port1.on('message', thrower('message of a port', 2)).on('close', thrower('close of a port'));
    port2.postMessage(1);
    port2.postMessage(2);
    setTimeout(() => port2.close(), 200);
  },

  processes() {
    const { execFile, fork, spawn } = require('node:child_process');
    execFile(process.execPath, ['-e', '0'], thrower('callback of execFile'));
    spawn('true').on('spawn', thrower('spawn')).on('exit', thrower('exit'));
    spawn('true').on('close', thrower('close'));
    spawn(file('none')).on('error', thrower('error'));
    spawn('echo', ['x']).stdout.on('data', thrower('data'));
    fs.writeFileSync(file('child.js'), 'process.send(1); process.send(2); process.disconnect()');
    fork(file('child.js')).on('message', thrower('message', 2)).on('disconnect', thrower('disconnect'));
    process.on('SIGUSR2', thrower('signal', 2));
    process.kill(process.pid, 'SIGUSR2');
    setTimeout(() => process.kill(process.pid, 'SIGUSR2'), 200);
  },

  files() {
    const call = (name, ...values) => fs[name](...values, thrower(name));
    const made = (name) => { fs.writeFileSync(file(name), 'text'); return file(name); };
    const opened = () => fs.openSync(made('opened'), 'r+');
    call('access', folder);
    call('appendFile', made('a'), 'x');
    call('chmod', made('b'), 0o600);
    call('close', opened());
    call('copyFile', made('c'), file('c2'));
    call('cp', made('d'), file('d2'));
    call('exists', folder);
    call('fchmod', opened(), 0o600);
    call('fdatasync', opened());
    call('fstat', opened());
    call('fsync', opened());
    call('ftruncate', opened(), 1);
    call('futimes', opened(), 1, 1);
    call('link', made('e'), file('e2'));
    call('lstat', folder);
    call('lutimes', made('f'), 1, 1);
    call('mkdir', file('g'));
    call('mkdtemp', file('h'));
    call('open', made('i'), 'r');
    call('opendir', folder);
    call('read', opened(), Buffer.alloc(2), 0, 2, 0);
    call('readFile', made('j'));
    call('readdir', folder);
    call('readv', opened(), [Buffer.alloc(2)], 0);
    call('realpath', folder);
    call('rename', made('k'), file('k2'));
    call('rm', made('l'));
    call('stat', folder);
    call('statfs', folder);
    call('symlink', made('m'), file('m2'));
    fs.readlink(file('m2'), thrower('readlink'));
    call('truncate', made('n'), 1);
    call('unlink', made('o'));
    call('utimes', made('p'), 1, 1);
    call('write', opened(), 'x');
    call('writeFile', file('q'), 'x');
    call('writev', opened(), [Buffer.from('x')]);
    fs.mkdirSync(file('r'));
    call('rmdir', file('r'));
    fs.readFile(file('none'), thrower('failed readFile'));
    fs.opendir(file('none'), thrower('failed opendir'));
    fs.createReadStream(made('s')).on('open', thrower('open of a stream'));
    fs.createReadStream(made('s')).on('data', thrower('data of a stream'));
    fs.createReadStream(file('none')).on('error', thrower('error of a stream'));
    fs.createWriteStream(file('t')).end('x').on('finish', thrower('finish of a stream'));
    fs.watchFile(made('watched'), { interval: 20 }, thrower('change', 2));
    setInterval(() => fs.appendFileSync(file('watched'), 'x'), 100).unref();
  },

  async rest() {
    const dgram = require('node:dgram');
    const crypto = require('node:crypto');
    const dns = require('node:dns');
    const zlib = require('node:zlib');
    const receiver = dgram.createSocket('udp4', thrower('datagram', 2));
    receiver.bind(0);
    await once(receiver, 'listening');
    const sender = dgram.createSocket('udp4');
    sender.send('a', receiver.address().port, '127.0.0.1', thrower('callback of send'));
    sender.send('b', receiver.address().port, '127.0.0.1');
    zlib.gzip('x', thrower('gzip'));
    zlib.gunzip('x', thrower('gunzip'));
    crypto.checkPrime(7n, thrower('checkPrime'));
    crypto.generateKey('hmac', { length: 64 }, thrower('generateKey'));
    crypto.randomFill(Buffer.alloc(4), thrower('randomFill'));
    crypto.generateKeyPair('ec', { namedCurve: 'P-256' }, thrower('generateKeyPair'));
    crypto.generatePrime(32, thrower('generatePrime'));
    crypto.hkdf('sha256', 'a', 'b', 'c', 8, thrower('hkdf'));
    crypto.pbkdf2('a', 'b', 1, 8, 'sha1', thrower('pbkdf2'));
    crypto.randomBytes(8, thrower('randomBytes'));
    crypto.randomInt(9, thrower('randomInt'));
    crypto.scrypt('a', 'b', 8, thrower('scrypt'));
    crypto.scrypt('a', 'b', 0, thrower('scrypt of nothing'));
    dns.lookup('localhost', thrower('lookup'));
    dns.lookupService('127.0.0.1', 22, thrower('lookupService'));
    setTimeout(thrower('timeout'), 1);
    require('node:timers').setImmediate(thrower('immediate'));
    process.nextTick(thrower('tick'));
    queueMicrotask(thrower('microtask'));
  },
};

groups[group]();
const start = Date.now();
const timer = setInterval(() => {
  const lost = [...expected].filter((name) => !seen.has(name));
  if (lost.length > 0 && Date.now() - start < 20_000) return;
  clearInterval(timer);
  // What comes twice comes soon.
  setTimeout(() => {
    const more = [...seen].filter(([name, count]) => count > 1 || !expected.has(name)).map(([name]) => name);
    fs.rmSync(folder, { recursive: true, force: true });
    process.stdout.write(`lost: ${lost.join(', ')}\nmore: ${more.join(', ')}\n`, () => process.exit());
  }, 300);
}, 20);
