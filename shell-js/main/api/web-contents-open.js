/**
 * Windows that a page opens: `setWindowOpenHandler`, what becomes of its answer, and the tie between opener and opened.
 *
 * `window.open` of a main frame asks here before the engine does anything, so that a refused window is `null` to the page. The engine then
 * opens what was allowed, and its question is answered by the consent that waits for it. Links, sub-frames and functions that a page kept come
 * as the engine's question alone: then the handler is asked at that moment, and a refused window is one that was closed.
 */
import { call, callSync, send } from '../binding.js';
import { peers, webContents as registry } from '../object-registry.js';
import { emitSafely, reportUncaught } from './event.js';
import { dispositionOf, openFeatures, referrerOf } from './open-details.js';
import { inheritPreferences, parseFeatures } from './web-preferences.js';

/** Dispositions of a real window; others, such as a download, open none. */
const WINDOW_DISPOSITIONS = ['foreground-tab', 'background-tab', 'new-window'];

/** What the page is told about the window it asks for. */
const [REFUSED, ALLOWED, UP_TO_ENGINE] = [0, 1, 2];

/** The oldest page that opened others, by way of which this one came to be. @param {any} contents @returns {any} */
function familyOf(contents) {
  const opener = contents._guest?.cut ? undefined : registry.get(contents._guest?.opener);
  return opener === undefined ? contents : familyOf(opener);
}

/** @typedef {{overrides: any, outlivesOpener: boolean, createWindow: ((options: any) => any) | null}} Consent */

/**
 * Reads the handler's answer; what is no answer is a refusal that is told on the console.
 * @param {any} response
 * @returns {Consent | null}
 */
function readResponse(response) {
  if (typeof response !== 'object' || response === null) {
    const found = response === null ? 'null' : `of type '${typeof response}'`;
    console.error(`The window open handler response must be an object, but was instead ${found}.`);
    return null;
  }
  if (response.action === 'deny') return null;
  if (response.action !== 'allow') {
    console.error("The window open handler response must be an object with an 'action' property of 'allow' or 'deny'.");
    return null;
  }
  const overrides = response.overrideBrowserWindowOptions;
  return {
    overrides: typeof overrides === 'object' && overrides !== null ? overrides : {},
    outlivesOpener: response.outlivesOpener === true,
    createWindow: typeof response.createWindow === 'function' ? response.createWindow : null,
  };
}

export class WindowOpener {
  #contents;
  /** @type {((details: any) => any) | null} */
  handler = null;
  /** Consents to windows that the engine has not asked about yet. @type {Map<number, {details: any, consent: Consent, cut: boolean}>} */
  #prepared = new Map();
  #expected = 0;

  /** @param {any} contents */
  constructor(contents) {
    this.#contents = contents;
  }

  /** @param {any} event @returns {boolean} whether the event concerned the opening of windows */
  uiEvent(event) {
    if (event.type !== 'windowOpenAsked') return false;
    try {
      if (!this.#open(event)) this.#refuse(event.request);
    } catch (error) {
      this.#refuse(event.request);
      reportUncaught(error);
    }
    return true;
  }

  /**
   * `window.open` of a page, which waits.
   * @param {{from: string, url: string, target: string, features: string, modifiers: number}} question
   * @returns {number}
   */
  asked({ from, url, target, features, modifiers }) {
    const frameName = target.toLowerCase() === '_blank' ? '' : target;
    // A window that has the name goes to the address instead, as a link in it would.
    if (frameName !== '' && this.#isKnown(frameName)) return UP_TO_ENGINE;
    const { popup, noopener, noreferrer } = openFeatures(features);
    const disposition = dispositionOf(popup, modifiers);
    if (!WINDOW_DISPOSITIONS.includes(disposition)) return REFUSED;
    const referrer = noreferrer ? { url: '', policy: 'no-referrer' } : referrerOf(from, url);
    const details = { url, frameName, features, disposition, referrer, postBody: undefined };
    try {
      const consent = this.#consent(details);
      if (consent === null || this.#contents.isDestroyed()) return REFUSED;
      // Waited for, because the engine may come back sooner than a command that is on its way.
      const { request, replaced } = callSync({ type: 'webViewExpectWindow', webContents: this.#contents.id, url });
      this.#prepared.delete(replaced);
      this.#prepared.set(request, { details, consent, cut: noopener });
      this.#expected = request;
      return ALLOWED;
    } catch (error) {
      reportUncaught(error);
      return REFUSED;
    }
  }

  /** The page goes on. The engine may not have opened the window that was allowed. */
  async opened() {
    const request = this.#expected;
    if (!this.#prepared.has(request)) return;
    if (await call({ type: 'webViewForgetWindow', webContents: this.#contents.id, request })) this.#prepared.delete(request);
  }

  /** @param {string} frameName @returns {boolean} whether a window of this page's family was opened under the name */
  #isKnown(frameName) {
    const family = familyOf(this.#contents);
    return [...registry.values()].some((other) => other._guest?.frameName === frameName && !other._guest.cut && familyOf(other) === family);
  }

  /** @param {any} details @returns {Consent | null} */
  #consent(details) {
    return this.handler === null ? { overrides: {}, outlivesOpener: false, createWindow: null } : readResponse(this.handler({ ...details }));
  }

  /** @param {number} request */
  #refuse(request) {
    send({ type: 'webViewRefuseWindow', webContents: this.#contents.id, request });
  }

  /**
   * @param {any} event
   * @returns {boolean} whether a window was made
   */
  #open({ request, ...question }) {
    const prepared = this.#prepared.get(request);
    this.#prepared.delete(request);
    const details = prepared?.details ?? this.#engineDetails(question);
    if (!WINDOW_DISPOSITIONS.includes(details.disposition)) return false;
    const consent = prepared?.consent ?? this.#consent(details);
    if (consent === null) return false;

    const { features, frameName } = details;
    const wished = parseFeatures(features);
    const { overrides } = consent;
    const webPreferences = inheritPreferences(this.#contents._preferences, wished.webPreferences, {
      ...overrides.webPreferences,
      // A window that its page opened shares its opener's session, because the two can reach each other.
      session: overrides.webPreferences?.session ?? this.#contents.session,
    });
    const options = { show: true, width: 800, height: 600, ...wished.options, ...overrides, webPreferences };
    const guest = { opener: this.#contents.id, request, frameName, cut: prepared?.cut ?? false };

    if (consent.createWindow !== null) {
      const made = consent.createWindow({ ...options, webContents: guest });
      if (made?._guest !== guest) {
        throw new Error('Invalid webContents. Created window should be connected to webContents passed with options object.');
      }
      this.#tie(made, consent.outlivesOpener);
      return true;
    }
    const window = new peers.BrowserWindow({ ...options, webContents: guest });
    this.#tie(window.webContents, consent.outlivesOpener);
    const { postBody: _postBody, ...shown } = details;
    emitSafely(this.#contents, 'did-create-window', window, { ...shown, options, postData: undefined });
    return true;
  }

  /** @param {any} question of the engine */
  #engineDetails({ url, frameName, features, held }) {
    const disposition = dispositionOf(held === null && features !== '', held ?? 0);
    const referrer = referrerOf(this.#contents.getURL(), url);
    return { url: url || 'about:blank', frameName, features, disposition, referrer, postBody: undefined };
  }

  /** @param {any} opened @param {boolean} outlivesOpener */
  #tie(opened, outlivesOpener) {
    if (outlivesOpener) return;
    this.#contents._observe('destroyed', () => {
      if (opened.isDestroyed()) return;
      const owner = opened.getOwnerBrowserWindow();
      if (owner) owner._destroyNow(true);
      else opened._destroyNow();
    });
  }
}
