// A page waits for its module preload. The engine has no word for that, but it runs no script of a page while a style sheet is missing: so there is one
// that comes when the preload is done.

/** What the host's script tells where the renderer begins before the page has an element (main/portable-lane.js). */
const ELEMENT_THERE = 'shell-element';

/**
 * @param {Promise<unknown>} done
 * @param {string} address Where that style sheet is.
 * @param {() => void} release Has it sent.
 */
export function holdPage(done, address, release) {
  let waits = true;
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = address;
  const hold = () => {
    if (waits) document.documentElement.append(link);
  };
  done.then(() => {
    waits = false;
    if (!link.isConnected) return;
    // Without it the page goes on at once, and none of its scripts sees it. The end of its load waits for the answer.
    link.remove();
    release();
  });
  if (document.documentElement !== null) hold();
  else document.addEventListener(ELEMENT_THERE, hold, { once: true });
}
