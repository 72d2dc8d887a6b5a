'use strict';

const { hashSync, verifySync } = require('@node-rs/argon2');
const { parentPort } = require('node:worker_threads');

parentPort.postMessage(verifySync(hashSync('word'), 'word'));
