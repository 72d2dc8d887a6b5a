/**
 * Takes the news of the native side, batch by batch, and hands each piece to the module that it is for.
 */
import { setImmediate } from 'node:timers';

import { nextEvents } from './binding.js';
import { dispatchFrame } from './ipc-dispatch.js';
import { dispatchUiEvent, onUiEvent } from './ui-dispatch.js';
import { handleUncaught } from './uncaught.js';

/** @type {(value?: unknown) => void} */
let markReady;
/** Resolves when the toolkit is up. */
export const toolkitReady = new Promise((resolve) => {
  markReady = resolve;
});
onUiEvent('ready', () => markReady());

/** Runs one listener; what it throws is an uncaught exception of the app, and the pump goes on. */
function guarded(dispatch, piece) {
  try {
    dispatch(piece);
  } catch (error) {
    handleUncaught(error);
  }
}

/** Starts the pump. It never ends, which keeps the app alive until `app.exit`. */
export async function startEventPump() {
  for (;;) {
    const { events, frames } = await nextEvents();
    // Events first: a page's channel is opened by one.
    const pieces = [...events.map((event) => [dispatchUiEvent, event]), ...frames.map((frame) => [dispatchFrame, frame])];
    if (pieces.length === 0) continue;
    guarded(...pieces[0]);
    if (pieces.length === 1) continue;
    // Each piece is a turn of its own: what a listener left for promises and `process.nextTick` is done before the next one, as apps expect
    // of events that come from outside.
    await new Promise((resolve) => {
      for (const piece of pieces.slice(1)) setImmediate(guarded, ...piece);
      setImmediate(resolve);
    });
  }
}
