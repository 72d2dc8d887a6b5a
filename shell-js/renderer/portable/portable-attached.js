// Runs scripts of the main process in a sub-frame without preloads: the part of portable-frame.js that has the codec.

import { deserialize, serialize } from '../../common/serialize.js';

const NOT_CLONED = 'An object could not be cloned.';

/**
 * @param {(id: number, answer: Uint8Array) => void} answer
 * @param {(id: number, code: string) => void} run Has the page's world run it.
 */
export function attach(answer, run) {
  return {
    /** @param {number} id @param {Uint8Array} question */
    evaluate(id, question) {
      run(id, deserialize(question)[0]);
    },

    /** @param {number} id @param {any} result `[failed, value]`; null when the engine could not copy it */
    ran(id, result) {
      let bytes;
      try {
        bytes = Array.isArray(result) ? serialize([result[0] === true, result[1]]) : null;
      } catch {
        bytes = null;
      }
      answer(id, bytes ?? serialize([true, new Error(NOT_CLONED)]));
    }
  };
}
