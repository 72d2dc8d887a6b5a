'use strict';

// The runner's own promises, as far as a passing run can show them.

const assert = require('node:assert');
const { delay, serve, waitUntil } = require('./helpers');

describe('runner', () => {
  const order = [];
  before(() => order.push('before'));
  beforeEach(() => order.push('each'));

  it('runs hooks before the test', () => {
    assert.deepStrictEqual(order, ['before', 'each']);
  });

  it('waits for promises', async () => {
    const started = Date.now();
    await delay(50);
    assert.ok(Date.now() - started >= 45);
  });

  it.skip('leaves out what is skipped', () => assert.fail('ran'));

  describe('helpers', () => {
    it('serve pages on the loopback interface', async () => {
      const server = await serve((request, response) => response.end(`path ${request.url}`));
      try {
        assert.strictEqual(await (await fetch(`${server.url}/a`)).text(), 'path /a');
      } finally {
        await server.close();
      }
    });

    it('wait for a condition', async () => {
      let done = false;
      setTimeout(() => {
        done = true;
      }, 30);
      await waitUntil(() => done);
    });
  });
});
