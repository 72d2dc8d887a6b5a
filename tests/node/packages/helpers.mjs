// What the exercises share. They lie beside the installed packages when they run.

import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

export const require = createRequire(import.meta.url);

/** A folder that the exercise may fill. */
export const temporary = () => fs.mkdtempSync(path.join(os.tmpdir(), 'packages-'));

/** Serves what an Express-like handler, or a server that is not listening yet, answers. */
export async function serve(handler) {
  const server = typeof handler === 'function' ? http.createServer(handler) : handler;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${server.address().port}`;
}

/** A server for bytes; gives its port. */
export async function listen(connected) {
  const server = net.createServer(connected);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
}

export const json = async (url, options) => (await fetch(url, options)).json();

/** Posts JSON and gives the answer's JSON. */
export const post = (url, body, headers = {}) => json(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });

/** Resolves once `check` is true, and fails in the end if it never is. */
export async function until(check) {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it never came');
}
