'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');

const { system } = require('../system.js');

test('the machine has cores and memory', () => {
  const { cores, memory, uptime } = system();
  assert(cores > 0);
  assert(memory > 0);
  assert(uptime >= 0);
});
