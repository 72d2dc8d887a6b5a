'use strict';

const { isMainThread, parentPort, threadId, workerData } = require('node:worker_threads');

let sum = 0;
for (let number = 1; number <= workerData.upTo; number += 1) sum += number;
Atomics.store(workerData.shared, 0, 42);
parentPort.postMessage({ sum, isMainThread, hasId: threadId > 0 });
parentPort.on('message', () => process.exit(3));
