'use strict';

// The server under load: it sends each request's body back. Run by Node it is the measure; in the shell `main.js` loads it.

const http = require('node:http');

let extra = () => ({});
let open = 0;

const server = http.createServer((request, response) => {
  if (request.url === '/stats') {
    response.end(JSON.stringify({ open, ...extra() }));
    return;
  }
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const body = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length });
    response.end(body);
  });
});
// Idle sockets stay: they are what is held.
server.keepAliveTimeout = 0;
server.headersTimeout = 0;
server.requestTimeout = 0;
server.timeout = 0;
server.on('connection', (socket) => {
  open += 1;
  socket.on('close', () => {
    open -= 1;
  });
  socket.on('error', () => {});
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  console.log(JSON.stringify({ event: 'listening', port: server.address().port }));
});

/** What `/stats` tells beside the number of sockets. @param {() => object} more */
exports.tell = (more) => {
  extra = more;
};
