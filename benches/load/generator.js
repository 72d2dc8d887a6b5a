'use strict';

// Load, from a process of its own: sockets that are only held, and connections that each send a request as soon as the last one is answered.
//
//   node generator.js <port> <idle sockets> <busy connections> <seconds>

const net = require('node:net');
const { once } = require('node:events');

const [port, idle, busy, seconds] = process.argv.slice(2).map(Number);
const body = 'x'.repeat(64);
const request = Buffer.from(`POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
const HEAD_END = Buffer.from('\r\n\r\n');

async function connect() {
  const socket = net.connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  return socket;
}

async function hold() {
  const held = [];
  while (held.length < idle) {
    const some = await Promise.all(Array.from({ length: Math.min(200, idle - held.length) }, connect));
    for (const socket of some) {
      socket.on('error', () => {});
      socket.on('close', () => held.splice(held.indexOf(socket), 1));
    }
    held.push(...some);
  }
  return held;
}

let counting = false;
const times = [];
let faults = 0;

/** Sends and waits, again and again. */
async function work() {
  const socket = await connect();
  let rest = Buffer.alloc(0);
  let sentAt = performance.now();
  socket.on('data', (data) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    const head = rest.indexOf(HEAD_END);
    if (head < 0 || rest.length < head + HEAD_END.length + body.length) return;
    if (rest[9] !== 0x32 || rest.toString('latin1', head + HEAD_END.length) !== body) faults += 1;
    rest = Buffer.alloc(0);
    const now = performance.now();
    if (counting) times.push(now - sentAt);
    sentAt = now;
    socket.write(request);
  });
  socket.on('close', () => {
    faults += 1;
  });
  socket.write(request);
}

const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const stats = async () => (await fetch(`http://127.0.0.1:${port}/stats`)).json();

async function main() {
  const held = await hold();
  await Promise.all(Array.from({ length: busy }, work));
  // Until both sides have compiled what they need.
  await delay(1500);
  await stats();
  counting = true;
  const start = performance.now();
  await delay(seconds * 1000);
  counting = false;
  const took = (performance.now() - start) / 1000;
  const { open, calls = [], gaps = [] } = await stats();
  times.sort((a, b) => a - b);
  const p99 = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)];
  console.log(JSON.stringify({
    held: held.length, open, faults, perSecond: times.length / took, p50: times[Math.floor(times.length / 2)], p99: p99(times),
    call: p99(calls), calls: calls.length, gap: p99(gaps), gaps: gaps.length,
  }));
  process.exit(0);
}

main();
