'use strict';

const { compareSync, hashSync } = require('@node-rs/bcrypt');
const { parentPort } = require('node:worker_threads');

parentPort.postMessage(compareSync('word', hashSync('word', { cost: 4 })));
