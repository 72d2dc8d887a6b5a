'use strict';

// What an app prints.

const assert = require('node:assert');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');

describe('console', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-console-'));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('prints as Node does', async () => {
    fs.writeFileSync(path.join(folder, 'package.json'), '{"name": "printing", "main": "main.js"}');
    const script = `
      class Made { constructor() { this.text = 'it'; } }
      console.log({ a: 'x', b: ["it's"], c: new Map([['k', 'v']]), d: null }, new Made(), 'text', 1n, -0);
      console.log('%s %d %j %o %%', 'a', 5, { b: 'c' }, ['d']);
      console.log('100%% %s');
      console.log();
      console.group('group');
      console.info({ a: 'x' }, 'two\\nlines');
      console.groupEnd();
      console.dir({ a: { b: { c: 'd' } } }, { depth: 0 });
      console.error(['e'], Buffer.from('x'));
      require('electron').app.exit(0);`;
    fs.writeFileSync(path.join(folder, 'main.js'), script);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [folder]);
    assert.deepStrictEqual(stdout.split('\n'), [
      "{ a: 'x', b: [ \"it's\" ], c: Map(1) { 'k' => 'v' }, d: null } Made { text: 'it' } text 1n -0",
      "a 5 {\"b\":\"c\"} [ 'd', [length]: 1 ] %",
      '100%% %s',
      '',
      'group',
      "  { a: 'x' } two",
      '  lines',
      '{ a: [Object] }',
      '',
    ]);
    assert.match(stderr, /^\[ 'e' \] <Buffer 78>$/m);
  });
});
