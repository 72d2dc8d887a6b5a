// Ports that a preload hands to the page with `window.postMessage`: tells the page's side (page-ports.js) which ones lead to the main process.
//
// A message with such ports is followed by a notice that only this world sees. The page's side has kept the ports of the message before it.

import { reflectApply } from '../common/codec-format.js';
import { dataOf, isNative, nativeListen, nativePost } from './port-natives.js';

const isArray = Array.isArray;
const secretText = () => `shell-${globalThis.crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
const stop = Event.prototype.stopImmediatePropagation;
const nativeWindowPost = globalThis.postMessage;

/** @param {any} page The page's side, of its own world. */
export function connectPage(page) {
  const notice = secretText();
  const token = secretText();
  let expected = 0;

  // Before any listener of the page.
  nativeListen(globalThis, 'message', (event) => {
    if (expected === 0 || !isNative(event)) return;
    const data = dataOf(event);
    if (!isArray(data) || data[0] !== notice) return;
    reflectApply(stop, event, []);
    expected--;
    for (let i = 1; i < data.length; i++) if (data[i] > 0) page.mark(i - 1, data[i]);
    page.settle();
  }, true);
  page.connect(token);

  return {
    /**
     * `window.postMessage` with ports.
     * @param {any[]} args
     * @param {number[]} ids The lane's number of each port, 0 for others.
     */
    send(args, ids) {
      const second = args[1];
      const target = typeof second === 'object' && second !== null ? second.targetOrigin ?? '/' : second ?? '/';
      page.expect();
      try {
        reflectApply(nativeWindowPost, globalThis, args);
      } catch (error) {
        page.settle();
        throw error;
      }
      expected++;
      reflectApply(nativeWindowPost, globalThis, [[notice, ...ids], target]);
    },
    /** Whether a message at the relay says that the page has closed the port. */
    isClose: (data) => data === token,
    /** The other side of a port is gone. */
    end(id, relay) {
      if (page.end(id)) reflectApply(nativePost, relay, [token]);
    },
    forget: (id) => page.forget(id)
  };
}
