/**
 * What a page asks the user: `alert` and `confirm` as message boxes, `beforeunload` as `will-prevent-unload`, and permissions.
 */
import { openWithSystem, send } from '../binding.js';
import { peers } from '../object-registry.js';
import { reportUncaught } from './event.js';

export class ContentsDialogs {
  #contents;
  /** How many dialogs an origin has shown; -1 when the user wants no more. @type {Map<string, number>} */
  #shown = new Map();

  /** @param {any} contents */
  constructor(contents) {
    this.#contents = contents;
  }

  /** @param {any} event @returns {boolean} whether the event was a question of the page */
  uiEvent(event) {
    switch (event.type) {
      case 'scriptDialogAsked':
        if (event.kind === 'beforeunload') this.#beforeUnload(event);
        else this.#dialog(event).catch(reportUncaught);
        return true;
      case 'permissionAsked':
        this.#permission(event);
        return true;
      default:
        return false;
    }
  }

  /** @param {number} request @param {boolean} accept */
  #answer(request, accept) {
    if (this.#contents.isDestroyed()) return;
    send({ type: 'webViewAnswerDialog', webContents: this.#contents.id, request, accept, text: null });
  }

  /** A page that wants to stay stays, silently, unless the app prevents that. @param {{request: number}} event */
  #beforeUnload({ request }) {
    const leave = this.#contents._emit('will-prevent-unload', undefined);
    this.#answer(request, leave);
    if (leave || this.#contents.isDestroyed()) return;
    if (!this.#contents._closeAnswered(false)) this.#contents._loader.stayed();
  }

  /** @param {{request: number, kind: string, message: string}} event */
  async #dialog({ request, kind, message }) {
    const contents = this.#contents;
    const url = contents.getURL();
    const origin = url.startsWith('file:') ? url : originOf(url);
    const before = this.#shown.get(origin) ?? 0;
    const preferences = contents._preferences;
    // Electron has no `prompt()`: it answers at once.
    if (before < 0 || preferences.disableDialogs || kind === 'prompt') {
      this.#answer(request, false);
      return;
    }
    this.#shown.set(origin, before + 1);
    const closed = new AbortController();
    contents._observe('destroyed', () => closed.abort());
    const options = {
      message,
      signal: closed.signal,
      checkboxLabel:
        before > 0 && preferences.safeDialogs ? (preferences.safeDialogsMessage ?? 'Prevent this app from creating additional dialogs') : '',
      ...(kind === 'confirm' ? { buttons: ['OK', 'Cancel'], defaultId: 0, cancelId: 1 } : { buttons: ['OK'], defaultId: -1, cancelId: 0 }),
    };
    let accepted = false;
    try {
      const owner = contents.getOwnerBrowserWindow();
      const result = await (owner ? peers.dialog.showMessageBox(owner, options) : peers.dialog.showMessageBox(options));
      if (result.checkboxChecked) this.#shown.set(origin, -1);
      accepted = result.response === 0;
    } finally {
      // The page's script stands still until it is answered.
      this.#answer(request, accepted);
    }
  }

  /**
   * Permissions are refused unless the session's handler grants them. Electron grants them instead; a shell for apps that also show
   * pages of others must not hand out microphones by default.
   * @param {{request: number, permission: string, origin: string}} event
   */
  #permission({ request, permission, origin }) {
    const answer = (/** @type {boolean} */ allow) =>
      send({ type: 'webViewAnswerPermission', webContents: this.#contents.id, request, allow });
    this.#decide(permission, { requestingOrigin: origin }, answer);
  }

  /**
   * The page goes to an address that is for another program, such as `mailto:`.
   * @param {string} url
   */
  openExternal(url) {
    this.#decide('openExternal', { externalURL: url }, (allow) => {
      if (!allow) return;
      openWithSystem(url).catch((error) => console.error(`${url} could not be opened:`, error));
    });
  }

  /** @param {string} permission @param {object} details @param {(allow: boolean) => void} carryOut called once, while the page lives */
  #decide(permission, details, carryOut) {
    const contents = this.#contents;
    let answered = false;
    const answer = (/** @type {any} */ allow) => {
      if (answered) return;
      answered = true;
      if (!contents.isDestroyed()) carryOut(Boolean(allow));
    };
    const handler = contents.session._permissionRequestHandler;
    if (handler === null) {
      answer(false);
      return;
    }
    try {
      handler(contents, permission, answer, { requestingUrl: contents.getURL(), isMainFrame: true, ...details });
    } catch (error) {
      answer(false);
      reportUncaught(error);
    }
  }
}

/** @param {string} url */
function originOf(url) {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
