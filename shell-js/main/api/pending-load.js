/**
 * The promise that `loadURL` returns.
 */

export const ERR_FAILED = -2;
export const ERR_ABORTED = -3;

/** The longest part of an address that an error message carries. */
const SHOWN_URL_LENGTH = 2048;

/** @param {number} code @param {string} description @param {string} url */
function loadError(code, description, url) {
  const error = new Error(`${description} (${code}) loading '${url.slice(0, SHOWN_URL_LENGTH)}'`);
  return Object.assign(error, { errno: code, code: description, url });
}

/** The promise of one `loadURL`: it watches the navigation events that follow its call. */
export class PendingLoad {
  #url;
  #started = false;
  #sameDocument = false;
  /** @type {Error | null} */
  #error = null;
  /** @type {() => void} */
  #resolve = () => {};
  /** @type {(error: Error) => void} */
  #reject = () => {};
  settled = false;

  /** @param {string} url */
  constructor(url) {
    this.#url = url;
    this.promise = new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // An app that does not look at the promise has not left a rejection unhandled.
    this.promise.catch(() => {});
  }

  #settle() {
    this.settled = true;
    if (this.#error) this.#reject(this.#error);
    else this.#resolve();
  }

  /** @param {Error} error */
  #fail(error) {
    this.#error ??= error;
    this.#settle();
  }

  /** @param {string} url @param {boolean} sameDocument */
  navigationStarted(url, sameDocument) {
    if (this.#started && !sameDocument) {
      this.#fail(loadError(ERR_ABORTED, 'ERR_ABORTED', url));
      return;
    }
    this.#sameDocument = this.#started && sameDocument;
    this.#started = true;
  }

  /** @param {number} code @param {string} description @param {string} url */
  failed(code, description, url) {
    this.#error ??= loadError(code, description, url);
    if (!this.#started) this.#settle();
  }

  finished() {
    this.#settle();
  }

  navigatedInPage() {
    if (!this.#sameDocument) this.#settle();
  }

  stopped() {
    this.#fail(loadError(ERR_FAILED, 'ERR_FAILED', this.#url));
  }
}
