// `window.open` and `window.close` of the page, this world's side: asks the main process.

import { FROM_PAGE } from '../common/lane-frames.js';
import { deserialize, serializeOrThrow } from '../common/serialize.js';

const [REFUSED, ALLOWED, UP_TO_ENGINE] = [0, 1, 2];
/** Longer addresses than this one no engine opens. */
const LONGEST = 2 * 1024 * 1024;

// As the engine resolves it, or null.
function resolve(url) {
  if (url === '') return 'about:blank';
  const anchor = document.createElement('a');
  anchor.href = url;
  try {
    return new URL(anchor.href).href;
  } catch {
    return null;
  }
}

// Whether a frame of this page has a name. Names of frames of other origins are known as far as their elements tell.
function hasFrame(top, name) {
  try {
    if (top.name === name) return true;
    for (const element of top.document.querySelectorAll('iframe, frame, object')) {
      if (element.getAttribute('name') === name) return true;
    }
  } catch {
    // Of another origin.
  }
  for (let i = 0; i < top.length; i++) if (hasFrame(top[i], name)) return true;
  return false;
}

/**
 * @param {any} page What page-bridge.js exports.
 * @param {any} natives The extension's functions.
 */
export function connectWindowOpen(page, natives) {
  const nothing = new Uint8Array(0);
  const ask = (url, target, features, modifiers) => {
    if (['_self', '_parent', '_top'].includes(target.toLowerCase())) return UP_TO_ENGINE;
    const name = target.toLowerCase() === '_blank' ? '' : target;
    const address = resolve(url);
    if (address === null || address.length + features.length + name.length > LONGEST || address.startsWith('javascript:')) return UP_TO_ENGINE;
    if (name !== '' && hasFrame(window.top, name)) return UP_TO_ENGINE;
    const answer = natives.ask(FROM_PAGE.windowOpen, serializeOrThrow([address, target, features, modifiers]));
    const verdict = answer === null ? UP_TO_ENGINE : deserialize(answer)[0];
    return verdict === REFUSED || verdict === ALLOWED ? verdict : UP_TO_ENGINE;
  };
  page.replaceWindowFunctions(
    ask,
    () => { natives.send(FROM_PAGE.windowOpened, 0, nothing); },
    () => { natives.send(FROM_PAGE.news, 0, serializeOrThrow(['close', null])); }
  );
}
