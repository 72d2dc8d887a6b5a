/**
 * `before-input-event`. A key waits at its window until its listeners have returned, so only pages that have some make keys wait.
 */
import { EventEmitter } from 'node:events';

import { send } from '../binding.js';
import { defineMethods } from './members.js';

const LISTENING = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener', 'off', 'removeListener', 'removeAllListeners'];

/** @param {any} contents */
function listenersChanged(contents) {
  const on = contents.listenerCount('before-input-event') > 0;
  if (on === contents._page.watchesKeys || contents.isDestroyed()) return;
  contents._page.watchesKeys = on;
  send({ type: 'webViewWatchKeys', webContents: contents.id, on });
}

/** @param {any} contents @param {{request: number, input: any}} event */
export function keyAsked(contents, { request, input }) {
  const prevented = contents._emit('before-input-event', undefined, input);
  if (!contents.isDestroyed()) send({ type: 'webViewAnswerKey', webContents: contents.id, request, allow: !prevented });
}

/**
 * Puts the members on the prototype of `WebContents`.
 * @param {any} prototype
 */
export function installKeyMembers(prototype) {
  for (const name of LISTENING) {
    const method = /** @type {any} */ (EventEmitter.prototype)[name];
    defineMethods(prototype, {
      /** @this {any} @param {...any} args */
      [name](...args) {
        const result = method.apply(this, args);
        listenersChanged(this);
        return result;
      },
    });
  }
}
