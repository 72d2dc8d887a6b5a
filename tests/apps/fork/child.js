'use strict';

process.send({ args: process.argv.slice(2), type: process.type ?? null, cwd: typeof process.cwd() });
process.on('message', (message) => {
  if (message.stop) process.exit(5);
});
