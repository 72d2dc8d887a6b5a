/**
 * The event object that Electron passes first to listeners of events that come from the native side.
 */
import { handleUncaught } from '../uncaught.js';

/** An event whose default can be prevented. Details of the event are its own properties. */
export class NativeEvent {
  #prevented = false;

  /** @param {object} [details] */
  constructor(details) {
    if (details) Object.assign(this, details);
  }

  preventDefault() {
    this.#prevented = true;
  }

  get defaultPrevented() {
    return this.#prevented;
  }
}
// Electron's class is called `Event`, and it shows in what apps log.
Object.defineProperty(NativeEvent, 'name', { value: 'Event' });

/**
 * Hands an error of app code to the process's uncaught-exception handling. A listener that throws must not stop the native side's own
 * steps, which follow the event.
 * @param {unknown} error
 */
export function reportUncaught(error) {
  try {
    handleUncaught(error);
  } catch (second) {
    // A listener for uncaught exceptions has thrown itself.
    queueMicrotask(() => {
      throw second;
    });
  }
}

/**
 * Keeps our own properties of an API object out of what apps print and serialise: they lead in circles.
 * @param {any} object
 */
export function hideInternals(object) {
  for (const name of Object.keys(object)) {
    // The emitter's own are where Node's tools look for them.
    if (!name.startsWith('_') || name.startsWith('_events') || name === '_maxListeners') continue;
    Object.defineProperty(object, name, { enumerable: false });
  }
}

/**
 * Calls `emitter.emit` such that errors of listeners are reported as uncaught.
 * @param {any} emitter
 * @param {string} name
 * @param {...any} args
 */
export function emitSafely(emitter, name, ...args) {
  try {
    emitter.emit(name, ...args);
  } catch (error) {
    reportUncaught(error);
  }
}

/**
 * Emits an event with a fresh event object before `args`, and says whether a listener prevented its default.
 * @param {any} emitter
 * @param {string} name
 * @param {...any} args
 * @returns {boolean}
 */
export function emitNative(emitter, name, ...args) {
  return emitWith(emitter, name, undefined, ...args);
}

/**
 * As `emitNative`, with properties on the event object.
 * @param {any} emitter
 * @param {string} name
 * @param {object | undefined} details
 * @param {...any} args
 * @returns {boolean}
 */
export function emitWith(emitter, name, details, ...args) {
  const event = new NativeEvent(details);
  emitSafely(emitter, name, event, ...args);
  return event.defaultPrevented;
}
