/**
 * The start of the main process, in the order in which it must happen. The modules are evaluated before, as a rule when the snapshot is made: they
 * touch neither native code nor what only a running process has.
 */
import { host, openBinding } from './binding.js';
import { completeCodec } from './codec-host.js';
import { giveElectron } from './electron-module.js';
import { startEventPump } from './event-pump.js';
import { completeProcess } from './globals.js';
import { runApp } from './run-app.js';
import { watchUncaught } from './uncaught.js';

// First: it closes the door to native code.
openBinding();
completeProcess();
completeCodec();
// Before any code of the app: an exception in its first line must already be shown.
watchUncaught();
giveElectron();
// Before the app's main, so that the toolkit's readiness is noticed while it is evaluated; events are dispatched when it is done.
startEventPump();
// While the app is being developed; it makes its connection beside what follows.
if (host.devChannel !== null) import('./dev.js');
// Not awaited: a main that awaits forever at its top level must not keep this module, and with it the runtime's event loop, from ending.
runApp();
