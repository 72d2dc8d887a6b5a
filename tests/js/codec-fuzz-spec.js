'use strict';

// Case R22: the codec against random values and damaged messages, in both engines. SHELL_FUZZ_SECONDS makes it longer, SHELL_FUZZ_SEED repeats a
// run; the seed of a failure is in its message.

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { closeAllWindows, openPage, serve } = require('./helpers');

const SECONDS = Number(process.env.SHELL_FUZZ_SECONDS ?? 2);
const SEED = Number(process.env.SHELL_FUZZ_SEED ?? Date.now() % 1e9);
const root = path.join(__dirname, '..', '..');
const CODEC = 'shell-js/common/serialize.js';
const FUZZ = 'tests/js/fixtures/codec-fuzz.mjs';
const load = (name) => import(pathToFileURL(path.join(root, name)).href);

/** @param {string} engine @param {{rounds: number, decoded: number, failure: string | null}} outcome */
function check(engine, { rounds, decoded, failure }) {
  assert.strictEqual(failure, null, failure ?? '');
  assert.ok(rounds > 20 && decoded > 0, `${engine}: only ${rounds} rounds, ${decoded} damaged messages were read`);
  if (process.env.SHELL_FUZZ_SECONDS) console.log(`${engine}: ${rounds} values, ${rounds * 10} damaged messages, seed ${SEED}`);
}

describe('codec fuzz', function () {
  this.timeout(SECONDS * 2000 + 20_000);
  after(closeAllWindows);

  it('R22 S19 random values and damaged messages in the main process', async () => {
    const codec = await load(CODEC);
    check('V8', (await load(FUZZ)).fuzz(codec, SEED, SECONDS * 1000));
  });

  it('R22 what follows deeply nested properties has its room', async () => {
    const { serialize, deserialize } = await load(CODEC);
    // More than the memory that is kept for messages, so that its end is met at many places.
    const trees = Array.from({ length: 400 }, (_, number) => {
      let tree = /** @type {any} */ ({ number });
      for (let i = 0; i < 90; i++) {
        tree = { in: tree };
        for (let k = 0; k < 30; k++) tree[`k${k}`] = number + i / 3;
      }
      return tree;
    });
    assert.deepStrictEqual(deserialize(serialize(trees)), trees);
  });

  it('R22 random values and damaged messages in the engine of pages', async () => {
    // Modules of the page come from a server; files may not import each other.
    const html = `<!doctype html><script type="module">
      import * as codec from '/${CODEC}';
      import { fuzz } from '/${FUZZ}';
      window.outcome = new Promise((resolve) => setTimeout(() => resolve(fuzz(codec, ${SEED}, ${SECONDS * 1000})), 0));
    </script>`;
    const { url, close } = await serve((request, response) => {
      if (request.url === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(html);
      const file = path.join(root, path.normalize(request.url ?? ''));
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(fs.readFileSync(file));
    });
    try {
      const window = await openPage();
      await window.loadURL(`${url}/`);
      check('page', await window.webContents.executeJavaScript('window.outcome'));
    } finally {
      await close();
    }
  });
});
