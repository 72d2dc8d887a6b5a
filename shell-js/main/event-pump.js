/**
 * Takes the news of the native side, batch by batch, and hands each piece to the module that it is for.
 */
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
    for (const event of events) guarded(dispatchUiEvent, event);
    for (const frame of frames) guarded(dispatchFrame, frame);
  }
}
