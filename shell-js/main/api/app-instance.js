/**
 * The single-instance lock: `requestSingleInstanceLock` and `second-instance`.
 */
import process from 'node:process';

import { releaseSingleInstanceLock, requestSingleInstanceLock } from '../binding.js';
import { deserialize, serializeOrThrow } from '../../common/serialize.js';
import { onUiEvent } from '../ui-dispatch.js';
import { emitNative } from './event.js';

/**
 * The members of `app` that deal with the lock.
 * @param {any} app
 */
export function instanceMembers(app) {
  let held = false;
  let launched = false;
  /** News that came before `ready`. @type {Array<{argv: string[], cwd: string, data: Uint8Array}>} */
  const early = [];

  const tell = (/** @type {{argv: string[], cwd: string, data: Uint8Array}} */ { argv, cwd, data }) => {
    let additional = null;
    try {
      if (data.length > 0) additional = deserialize(data);
    } catch (error) {
      // Another program of the user could have written the bytes; what cannot be read is as if it was not given.
      console.error('The data of a second instance could not be read:', error);
    }
    emitNative(app, 'second-instance', argv, cwd, additional);
  };
  onUiEvent('secondInstance', (event) => {
    if (!held) return;
    if (launched) tell(event);
    else early.push(event);
  });

  return {
    /** @param {any} [additionalData] */
    requestSingleInstanceLock(additionalData) {
      if (held) return true;
      const data = additionalData === undefined ? new Uint8Array(0) : serializeOrThrow(additionalData);
      held = requestSingleInstanceLock(app.getPath('userData'), process.argv, process.cwd(), data);
      return held;
    },

    hasSingleInstanceLock() {
      return held;
    },

    releaseSingleInstanceLock() {
      if (held) releaseSingleInstanceLock();
      held = false;
    },

    _launchedForInstances() {
      launched = true;
      for (const event of early.splice(0)) tell(event);
    },
  };
}
