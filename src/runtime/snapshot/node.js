// Evaluated while the snapshot is made: what a CommonJS main needs of the Node layer. The snapshot keeps these modules as they are after their
// evaluation; the guard (src/ops/guard.rs) starts them in each worker.

// Modules that the others load lazily. The snapshot forgets the text of a module that was loaded in that way only, and V8 compiles a function of it from
// whatever is in memory there. A test in tests/it/snapshot.rs finds what is missing here.
import 'ext:deno_web/locks.js';
import 'node:async_hooks';

import { core } from 'ext:core/mod.js';
import process from 'node:process';
import 'node:module';

// The layer learns it when a worker starts; modules that are evaluated after this one look at it.
const { osType } = core.loadExtScript('ext:deno_node/_util/os.ts');
process.platform = osType === 'windows' ? 'win32' : osType;
