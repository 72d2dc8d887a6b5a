// What a document tells of itself: where it is, what it is called, whether it shows, how far it is loaded, and that it goes.

import { FROM_PAGE } from '../../common/lane-frames.js';
import { joinPayloads, placePayload, textPayload, u32Payload } from './portable-link.js';

const STATE = { domReady: 1, loaded: 2, focused: 3 };
const GONE = { maybeWithFrame: 2, frameStays: 3 };

// Whether a document has no storage, as one of a sandbox; the engine says of every file that its origin is null.
function isOpaque() {
  try {
    return window.localStorage === null;
  } catch {
    return true;
  }
}

/**
 * Whether the document may not run scripts, as one of a sandbox: ours run, the page's do not, and neither do listeners or timers of any world. What is in a
 * `noscript` element tells.
 */
function mayRunNoScripts() {
  try {
    const probe = document.createElement('div');
    probe.innerHTML = '<noscript><i></i></noscript>';
    return probe.firstElementChild?.firstElementChild !== null;
  } catch {
    return false;
  }
}

/** @param {any} link What portable-link.js makes. */
export function watchDocument(link) {
  const isMain = window === window.top;
  const isScriptless = mayRunNoScripts();
  const there = document;
  let [url, name, hidden] = ['', '', false];

  const isNew = () => there.URL !== url || window.name !== name || there.hidden !== hidden;
  function describe() {
    [url, name, hidden] = [there.URL, window.name, there.hidden];
    return joinPayloads([textPayload(url), textPayload(name), u32Payload(hidden ? 1 : 0)]);
  }
  function tellMoved() {
    if (isNew()) link.send(FROM_PAGE.frameMoved, 0, describe());
  }
  const tellState = (state) => link.send(FROM_PAGE.frameState, state, new Uint8Array(0));

  // Events of the engine only: the page can make up others.
  const on = (target, type, run) => target.addEventListener(type, (event) => { if (event.isTrusted) run(event); }, true);
  function listen() {
    on(there, 'DOMContentLoaded', () => {
      if (isMain) link.send(FROM_PAGE.domReady, 0, textPayload(there.title));
      else tellState(STATE.domReady);
    });
    // Those of elements pass by here too.
    on(window, 'load', ({ target }) => { if (target === there) tellState(STATE.loaded); });
    on(window, 'hashchange', tellMoved);
    on(window, 'popstate', tellMoved);
    on(there, 'visibilitychange', tellMoved);
    // The innermost frame with the focus is meant: its document has no frame for an active element.
    on(window, 'focus', () => {
      if (there.hasFocus() && !['iframe', 'frame'].includes(there.activeElement?.localName ?? '')) tellState(STATE.focused);
    });
    // Not at `unload`: a listener for that takes the engine several times as long as all the rest.
    if (!isMain) on(window, 'pagehide', ({ persisted }) => { if (!persisted) leave(); });
  }

  // A script that removes the frame has its document torn down before this function's second part has its turn. Otherwise it has it at once.
  function leave() {
    link.send(FROM_PAGE.gone, GONE.maybeWithFrame, placePayload());
    Promise.resolve().then(() => link.send(FROM_PAGE.gone, GONE.frameStays, placePayload()));
  }

  return {
    isScriptless,

    /** As the host reads it: see `frameThere` in lane-frames.js. The parent's number is what the host adds. */
    describe: () => joinPayloads([describe(), textPayload(globalThis.origin), u32Payload((isOpaque() ? 1 : 0) | (isScriptless ? 2 : 0))]),

    /** The document was told of. */
    start() {
      link.setNews(tellMoved);
      listen();
    },

    /** `document.open()` has taken all listeners away. */
    listen
  };
}
