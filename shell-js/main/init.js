/**
 * The start of the main process, in the order in which it must happen.
 */

// First: it closes the door to native code before anything else is evaluated.
import { host } from './binding.js';
// Before the API modules: they may read `process.versions` and `process.type`.
import './globals.js';
// Before any code of the app: an exception in its first line must already be shown.
import './uncaught.js';
import './electron-module.js';
import { startEventPump } from './event-pump.js';
import { runApp } from './run-app.js';

// Before the app's main, so that the toolkit's readiness is noticed while it is evaluated; events are dispatched when it is done.
startEventPump();
// While the app is being developed; it makes its connection beside what follows.
if (host.devChannel !== null) import('./dev.js');
// Not awaited: a main that awaits forever at its top level must not keep this module, and with it the runtime's event loop, from ending.
runApp();
