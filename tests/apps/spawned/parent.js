'use strict';

// Starts the app with a channel: node parent.js <shell>. Not with `advanced` messages: those need the same V8 at both ends.

const { spawn } = require('node:child_process');

const child = spawn(process.argv[2], [__dirname], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
const limit = setTimeout(() => child.kill(), 50_000);
child.stdout.pipe(process.stdout);
child.send({ text: 'hello' });
child.on('message', (message) => {
  console.log(JSON.stringify({ event: 'message', .../** @type {object} */ (message) }));
  child.disconnect();
});
child.on('exit', (code, signal) => {
  clearTimeout(limit);
  console.log(JSON.stringify({ event: 'exit', code, signal }));
});
