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
    const count = events.length + frames.length;
    // Events first: a page's channel is opened by one. Each piece is a turn of its own: what a listener left for promises and `process.nextTick` is
    // done before the next one, as apps expect of events that come from outside.
    for (let i = 0; i < count; i++) {
      const ofUi = i < events.length;
      const dispatch = ofUi ? dispatchUiEvent : dispatchFrame;
      const piece = ofUi ? events[i] : frames[i - events.length];
      if (i === 0) guarded(dispatch, piece);
      else setImmediate(guarded, dispatch, piece);
    }
    if (count > 1) await new Promise((resolve) => setImmediate(resolve));
  }
}
