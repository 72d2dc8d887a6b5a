/**
 * Exceptions that nobody caught. With no listener of the app, an error box is shown and the app lives on; a rejected promise only
 * warns.
 */
import process from 'node:process';
import { inspect } from 'node:util';

import { send, setUncaughtHandler } from './binding.js';
import { builtin } from './builtin.js';

let lastRequest = 0x40000000;

/**
 * Shows Electron's error box for an exception.
 * @param {string} text  what is shown, the stack as a rule
 */
export function showErrorBox(text) {
  report(`Uncaught Exception:\n${text}\n`);
  // Without a window, and without waiting: the box must not stop the app's event loop.
  send({
    type: 'dialogMessage',
    window: null,
    request: ++lastRequest,
    messageBox: {
      kind: 'error',
      title: 'Error',
      message: 'A JavaScript error occurred in the main process',
      detail: `Uncaught Exception:\n${text}`,
      buttons: ['OK'],
      defaultId: 0,
      cancelId: 0,
      noLink: false,
      checkboxLabel: '',
      checkboxChecked: false,
      icon: null,
    },
  });
}

/** Writes to standard error. Nobody may be reading it, and that must not become the next exception. @param {string} text */
function report(text) {
  try {
    builtin.fs.writeSync(2, text);
  } catch {
    // There is no other place to say it.
  }
}

/** @param {unknown} error */
function describe(error) {
  if (error instanceof Error) return error.stack ?? `${error.name}: ${error.message}`;
  return inspect(error);
}

/**
 * Hands an exception to the app's listeners, else shows it.
 * @param {unknown} error
 * @param {string} [origin]
 */
export function handleUncaught(error, origin = 'uncaughtException') {
  process.emit('uncaughtExceptionMonitor', error, origin);
  if (process.listenerCount('uncaughtException') > 0) {
    process.emit('uncaughtException', error, origin);
  } else {
    showErrorBox(describe(error));
  }
}

/** From now on exceptions that nobody catches come here. */
export function watchUncaught() {
  globalThis.addEventListener('error', (event) => {
    // The Node layer has a listener of its own as soon as the app has one; it must not be called twice.
    if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
    event.preventDefault();
    handleUncaught(event.error);
  });

  globalThis.addEventListener('unhandledrejection', (event) => {
    if (process.listenerCount('unhandledRejection') > 0) return;
    // Electron only warns, whatever listeners for exceptions there are.
    event.preventDefault();
    report(
      `(${process.title}:${process.pid}) UnhandledPromiseRejectionWarning: ${describe(event.reason)}\n` +
        'A promise was rejected and nobody handled it: an async function without a catch block, or a promise without .catch().\n',
    );
  });

  // For an exception that reached the native side past every listener.
  setUncaughtHandler(showErrorBox);
}
