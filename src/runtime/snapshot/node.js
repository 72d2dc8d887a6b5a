// Evaluated while the snapshot is made: what a CommonJS main needs of the Node layer. The snapshot keeps these modules as they are after their
// evaluation; `guard.js` starts them in each worker.

import 'node:process';
import 'node:module';
