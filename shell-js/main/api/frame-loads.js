/**
 * Events of the loads of sub-frames. The engine does not say in which frame: the document's own channel does, once the document is there. Links and
 * forms are asked about before anything is sent, everything else when the answer is there.
 */
import { send } from '../binding.js';
import { ERR_ABORTED } from './pending-load.js';

/** More than there are loads on their way. */
const MAX_KEPT = 100;

/** @param {string} url */
const withoutFragment = (url) => url.replace(/#.*$/s, '');

export class FrameLoads {
  #contents;
  /** What servers said, by address, until the document is there. @type {Map<string, {status: number, statusText: string}>} */
  #answers = new Map();

  /** Addresses that were asked about before the request. @type {Map<string, boolean>} */
  #begun = new Map();

  /** @param {any} contents */
  constructor(contents) {
    this.#contents = contents;
  }

  /** @param {string} name @param {object | undefined} details @param {...any} args */
  #emit(name, details, ...args) {
    return this.#contents.isDestroyed() ? false : this.#contents._emit(name, details, ...args);
  }

  /** @param {string} url @param {any} frame null while it is not known */
  #started(url, frame) {
    const details = { url, isSameDocument: false, isMainFrame: false, frame, initiator: undefined };
    this.#emit('did-start-navigation', details, url, false, false, ...idsOf(frame));
  }

  /** @param {string} url @returns {boolean} whether some sub-frame may go there */
  #ask(url) {
    this.#started(url, null);
    const details = { url, isSameDocument: false, isMainFrame: false, frame: null, initiator: undefined };
    const prevented = this.#emit('will-frame-navigate', details, url, false, false, ...idsOf(null));
    if (prevented) this.#emit('did-fail-provisional-load', undefined, ERR_ABORTED, 'ERR_ABORTED', url, false, ...idsOf(null));
    return !prevented;
  }

  /** Nothing was sent yet, and the page says that it is a sub-frame's. @param {string} url @returns {boolean} */
  mayBegin(url) {
    if (!this.#ask(url)) return false;
    keepFew(this.#begun);
    this.#begun.set(url, true);
    return true;
  }

  /** @param {any} event @returns {boolean} whether the event concerned loads of sub-frames */
  uiEvent(event) {
    if (event.type === 'frameNavigationAsked') this.#answered(event);
    else if (event.type === 'frameLoadFailed') this.#failed(event);
    else return false;
    return true;
  }

  /** An answer is there that some sub-frame would show. @param {{request: number, url: string, status: number, statusText: string}} event */
  #answered({ request, url, status, statusText }) {
    const allow = this.#begun.delete(url) || this.#ask(url);
    if (allow) {
      keepFew(this.#answers);
      this.#answers.set(withoutFragment(url), { status, statusText });
    }
    send({ type: 'webViewDecideNavigation', webContents: this.#contents.id, request, allow, frame: 'unknown' });
  }

  /** @param {{url: string, code: number, description: string}} event */
  #failed({ url, code, description }) {
    this.#emit('did-fail-provisional-load', undefined, code, description, url, false, ...idsOf(null));
    if (code !== ERR_ABORTED) this.#emit('did-fail-load', undefined, code, description, url, false, ...idsOf(null));
  }

  /** A document is in its frame. @param {any} frame */
  committed(frame) {
    const { url } = frame;
    const key = withoutFragment(url);
    const answer = this.#answers.get(key);
    this.#answers.delete(key);
    // What needs no answer, such as `about:blank`, was not asked about.
    if (answer === undefined) this.#started(url, frame);
    // Electron says -1 where there is no HTTP.
    this.#emit('did-frame-navigate', undefined, url, answer?.status || -1, answer?.statusText ?? '', false, ...idsOf(frame));
  }

  /** @param {any} frame */
  moved(frame) {
    const { url } = frame;
    const details = { url, isSameDocument: true, isMainFrame: false, frame, initiator: frame };
    this.#emit('did-start-navigation', details, url, true, false, ...idsOf(frame));
    this.#emit('did-navigate-in-page', undefined, url, false, ...idsOf(frame));
  }

  /** @param {any} frame */
  finished(frame) {
    this.#emit('did-frame-finish-load', undefined, false, ...idsOf(frame));
  }
}

/** Makes room in a table: the oldest is the one that nothing comes for any more. @param {Map<string, any>} table */
function keepFew(table) {
  if (table.size >= MAX_KEPT) table.delete(/** @type {string} */ (table.keys().next().value));
}

/** Process and routing id of a frame, as older events carry them. @param {any} frame */
const idsOf = (frame) => (frame === null ? [-1, -1] : [frame.processId, frame.routingId]);
