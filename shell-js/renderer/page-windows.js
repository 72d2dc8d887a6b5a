// The page's side of `window.open`, `window.close` and `window.prompt`: functions of the page's world in place of the engine's. The main process is asked
// before a window opens, and a page may close a window that has a history, neither of which the engine's own functions do.
//
// They look like the engine's: a bound function has the text of a native one, and its name is put right. Sub-frames and whoever kept a native
// function are not asked here, but when the engine opens the window.

import { getOwnPropertyDescriptor, getterOf, reflectApply } from '../common/codec-format.js';

const { defineProperty } = Reflect;
const page = globalThis;
const ErrorCtor = Error;
const nativeOpen = page.open;
const nativeClose = page.close;
const eventOf = getterOf(page, 'event');
const openerOf = getterOf(page, 'opener');
const historyLength = getterOf(page.History.prototype, 'length');
const { history } = page;
const isTrusted = getOwnPropertyDescriptor(new page.Event('x'), 'isTrusted').get;
const buttonOf = getterOf(page.MouseEvent.prototype, 'button');
const mouseKeys = ['ctrlKey', 'shiftKey', 'altKey'].map((key) => getterOf(page.MouseEvent.prototype, key));
const keyboardKeys = ['ctrlKey', 'shiftKey', 'altKey'].map((key) => getterOf(page.KeyboardEvent.prototype, key));
const bind = Function.prototype.bind;

// 1, 2, 4: the keys that the user holds; 8: the middle button.
function modifiers() {
  const event = eventOf(page);
  if (event === undefined) return 0;
  let flags = 0;
  for (const keys of [mouseKeys, keyboardKeys]) {
    try {
      if (!reflectApply(isTrusted, event, [])) return 0;
      for (let i = 0; i < 3; i++) if (keys[i](event)) flags |= 1 << i;
      if (keys === mouseKeys && buttonOf(event) === 1) flags |= 8;
      return flags;
    } catch {
      flags = 0;
    }
  }
  return flags;
}

function replace(name, method) {
  const made = reflectApply(bind, method, [undefined]);
  defineProperty(made, 'name', { value: name, writable: false, enumerable: false, configurable: true });
  const { writable, enumerable, configurable } = getOwnPropertyDescriptor(page, name);
  defineProperty(page, name, { value: made, writable, enumerable, configurable });
}

/**
 * @param {(url: string, target: string, features: string, modifiers: number) => number} ask
 *   0: the window is refused, 1: it is allowed, 2: the engine knows what to do.
 * @param {() => void} opened Told after an allowed window was opened, or could not be.
 * @param {() => void} close Closes the window although the engine would not.
 */
export function replaceWindowFunctions(ask, opened, close) {
  replace('open', {
    // All arguments are optional, so the function's length is 0.
    open(...given) {
      const url = given[0];
      const target = given[1];
      const features = given[2];
      const address = url === undefined ? '' : `${url}`;
      const name = target === undefined ? '_blank' : `${target}`;
      const wishes = features === undefined || features === null ? '' : `${features}`;
      let verdict = 2;
      try {
        verdict = ask(address, name, wishes, modifiers());
      } catch {
        // An error of the other world. The engine will ask.
      }
      if (verdict === 0) return null;
      try {
        return reflectApply(nativeOpen, page, [address, name, wishes]);
      } finally {
        if (verdict === 1) {
          try {
            opened();
          } catch {
            // The same.
          }
        }
      }
    }
  }.open);
  replace('prompt', {
    prompt() {
      throw new ErrorCtor('prompt() is not supported.');
    }
  }.prompt);
  replace('close', {
    close() {
      // The engine closes what a script opened and what has no history.
      if (historyLength(history) > 1 && openerOf(page) === null) {
        try {
          close();
        } catch {
          // The same.
        }
      } else {
        reflectApply(nativeClose, page, []);
      }
    }
  }.close);
}
