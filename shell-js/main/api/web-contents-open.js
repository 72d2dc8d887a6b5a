/**
 * Windows that a page opens: `setWindowOpenHandler`, what becomes of its answer, and the tie between opener and opened.
 */
import { send } from '../binding.js';
import { peers } from '../object-registry.js';
import { emitSafely, reportUncaught } from './event.js';
import { inheritPreferences, parseFeatures } from './web-preferences.js';

/** Dispositions of a real window; others, such as a download, open none. */
const WINDOW_DISPOSITIONS = ['foreground-tab', 'background-tab', 'new-window', 'default', ''];

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

  /** @param {number} request */
  #refuse(request) {
    send({ type: 'webViewRefuseWindow', webContents: this.#contents.id, request });
  }

  /**
   * @param {any} event
   * @returns {boolean} whether a window was made
   */
  #open({ request, url, frameName, features, referrer, disposition }) {
    if (!WINDOW_DISPOSITIONS.includes(disposition)) return false;
    const shownReferrer = { url: referrer, policy: 'strict-origin-when-cross-origin' };
    const details = { url, frameName, features, disposition: disposition || 'new-window', referrer: shownReferrer, postBody: undefined };
    /** @type {Consent | null} */
    const consent =
      this.handler === null ? { overrides: {}, outlivesOpener: false, createWindow: null } : readResponse(this.handler({ ...details }));
    if (consent === null) return false;

    const wished = parseFeatures(features);
    const { overrides } = consent;
    const webPreferences = inheritPreferences(this.#contents._preferences, wished.webPreferences, {
      ...overrides.webPreferences,
      // A window that its page opened shares its opener's session, because the two can reach each other.
      session: overrides.webPreferences?.session ?? this.#contents.session,
    });
    const options = { show: true, width: 800, height: 600, ...wished.options, ...overrides, webPreferences };
    const guest = { opener: this.#contents.id, request };

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
