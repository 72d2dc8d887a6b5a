/**
 * Loading: `loadURL` and its promise, and the navigation events in Electron's order.
 *
 * The app's side of a load begins at once, as in Electron: `did-start-loading` and `did-start-navigation` are emitted inside `loadURL`,
 * and `isLoading()` is true when it returns. The UI thread's events follow later, also those of loads that a newer one replaced, so each
 * load that was announced is remembered until the UI thread has spoken of it.
 *
 * The file is long because the order of these events is one matter.
 */
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

import { callSync, send } from '../binding.js';
import { currentDocument, documentMoved, whoNavigates } from '../ipc-dispatch.js';
import { peers } from '../object-registry.js';
import { emitSafely, NativeEvent, reportUncaught } from './event.js';
import { basedDocument, isSameDocument, normalUrl, PAGE_SCHEMES, postBody, requestHeaders, sameAddress, schemeOf } from './load-request.js';
import { ERR_ABORTED, ERR_FAILED, PendingLoad } from './pending-load.js';

const ERR_INVALID_URL = -300;

/** How long the end of a load waits for the page's channel, in milliseconds. */
const CHANNEL_PATIENCE = 50;

/** How long after the end of loading its outcome may come, in milliseconds. */
const END_PATIENCE = 200;

/**
 * A main-frame navigation that was announced and has not ended. `command` is what began it, until it is sent a second time.
 * @typedef {{url: string, started: boolean, asked?: boolean, command?: any}} Navigation
 */

export class Loader {
  #contents;
  /** @type {Set<PendingLoad>} */
  #pending = new Set();
  /** @type {Navigation | null} */
  #current = null;
  /** Announced navigations that a newer one replaced. @type {Navigation[]} */
  #replaced = [];
  #loading = false;
  #committed = false;
  /** Nothing of the answer is there yet; it counts as there once the new document is committed. */
  #waiting = false;
  #url = '';
  #readyToShow = false;
  #domReady = false;
  /** Waits for `dom-ready` while the engine has finished already. @type {ReturnType<typeof setTimeout> | null} */
  #finishing = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence = undefined;
  /** The last `data:` address that the app loaded. @type {string | null} */
  #data = null;
  /** What showed the document that is there, if it is of another address than its own. @type {any} */
  #based = null;
  /** The same of the load that was begun last. @type {any} */
  #nextBased = null;
  /** The address of a same-document `loadURL` on its way. @type {string | null} */
  #announcedInPage = null;
  /** A redirect's target that a listener refused. @type {string | null} */
  #refusedRedirect = null;
  /** Where a step through the history on its way leads. @type {string | null} */
  #stepTarget = null;
  /** @type {Array<() => void>} */
  #scriptWaiters = [];

  /** @param {any} contents */
  constructor(contents) {
    this.#contents = contents;
  }

  // The public methods of `webContents`.

  getURL() {
    return this.#url;
  }

  isLoading() {
    return this.#loading;
  }

  isLoadingMainFrame() {
    return this.#current !== null;
  }

  isWaitingForResponse() {
    return this.#waiting;
  }

  /**
   * Whether the main frame's new document has the address that the engine's own process told of. What a web process says of itself is not
   * enough for everything.
   * @param {string} url
   */
  isExpected(url) {
    const told = this.#current === null ? [this.#url, this.#based?.baseUrl ?? null] : [this.#current.url, this.#stepTarget, this.#nextBased?.baseUrl ?? null];
    return told.some((address) => address !== null && sameAddress(address, url));
  }

  /** Whether a `data:` document came from the app and not from a page. @param {string} url */
  isAppData(url) {
    return this.#data !== null && url === this.#data;
  }

  /** @param {string} url @param {any} [options] */
  loadURL(url, options) {
    if (typeof url !== 'string') throw new TypeError(`Error processing argument at index 0, conversion failure from ${String(url)}`);
    const address = normalUrl(url);
    const body = address === null ? null : postBody(address, options);
    const based = address === null ? null : basedDocument(address, options);
    const load = new PendingLoad(url);
    this.#pending.add(load);
    if (address?.startsWith('data:')) this.#data = address;
    if (address === null) {
      this.#emitFailure('did-fail-load', ERR_INVALID_URL, 'ERR_INVALID_URL', url);
      return load.promise;
    }
    // As in Electron, the user agent of one load stays.
    if (typeof options?.userAgent === 'string') this.#contents._page.userAgent = options.userAgent;
    this.#announce(address, body === null && based === null && isSameDocument(this.#url, address), 'app');
    // A listener of the events may have closed the page.
    if (this.#contents.isDestroyed()) return load.promise;
    const userAgent = typeof options?.userAgent === 'string' ? options.userAgent : null;
    const common = { webContents: this.#contents.id, url: address, userAgent };
    this.#nextBased = based === null ? null : { type: 'webViewLoadHtml', ...common, ...based };
    if (body !== null) {
      const { failure, ...sent } = body;
      const navigation = this.#current;
      if (failure !== null) {
        setImmediate(() => {
          if (this.#current === navigation) this.#failed(failure[0], failure[1], address, true);
        });
        return load.promise;
      }
      // Nothing that is sent twice by itself.
      send({ type: 'webViewPost', ...common, body: sent });
      return load.promise;
    }
    const command = this.#nextBased ?? { type: 'webViewLoad', ...common, headers: requestHeaders(options) };
    if (this.#current?.url === address) this.#current.command = command;
    send(command);
    return load.promise;
  }

  /** @param {string} filePath @param {any} [options] */
  loadFile(filePath, options = {}) {
    if (typeof filePath !== 'string') throw new TypeError('Must pass filePath as a string');
    const url = pathToFileURL(path.resolve(peers.app.getAppPath(), filePath));
    const { query, search, hash } = options;
    if (search) url.search = search;
    else if (query) url.search = new URLSearchParams(query).toString();
    if (hash) url.hash = hash;
    return this.loadURL(url.href);
  }

  reload() {
    if (this.#reloadBased()) return;
    send({ type: 'webViewReload', webContents: this.#contents.id, ignoreCache: false });
  }

  /** The engine knows only the address that such a document is under, not the one that it is of. */
  #reloadBased() {
    const command = this.#based;
    if (command === null || this.#url !== command.url) return false;
    this.#nextBased = { ...command, again: true };
    this.#announce(command.url, false, 'app');
    if (!this.#contents.isDestroyed()) send(command);
    return true;
  }

  /** @param {string} url of the new document */
  #takeBased(url) {
    const next = this.#nextBased?.url === url ? this.#nextBased : null;
    this.#nextBased = null;
    this.#based = next;
    if (!next?.again) return;
    // A document that was loaded anew has an entry of its own; the old one's goes.
    next.again = false;
    const { index } = callSync({ type: 'webViewHistory', webContents: this.#contents.id, pageStates: false });
    if (index > 0) send({ type: 'webViewRemoveHistory', webContents: this.#contents.id, index: index - 1 });
  }

  reloadIgnoringCache() {
    if (this.#reloadBased()) return;
    send({ type: 'webViewReload', webContents: this.#contents.id, ignoreCache: true });
  }

  stop() {
    send({ type: 'webViewStop', webContents: this.#contents.id });
  }

  // For the other parts of a web contents.

  /** The app goes through the history: the engine begins such a load under the address that it leaves. @param {string} url */
  stepTo(url) {
    this.#stepTarget = url;
  }

  hasDocument() {
    return this.#committed;
  }

  /** Whether what the page tells is about the document that is shown, and not about one that a load replaces. */
  isCommitted() {
    return this.#committed && (this.#current === null || !this.#waiting);
  }

  /** Resolves when scripts of the app may run, which Electron delays until a document has loaded. */
  scriptable() {
    if (this.#url !== '' && this.#current === null) return Promise.resolve();
    return new Promise((/** @type {(value: void) => void} */ resolve) => this.#scriptWaiters.push(resolve));
  }

  /** @returns {Promise<void>} the promise of a load that something else than `loadURL` is about to start */
  awaitNext(/** @type {string} */ url) {
    const load = new PendingLoad(url);
    this.#pending.add(load);
    return load.promise;
  }

  /** The page ends: nothing that waits for it can be fulfilled. */
  abandon() {
    this.#each((load) => load.stopped());
    if (this.#finishing !== null) clearTimeout(this.#finishing);
    clearTimeout(this.#silence);
    this.#current = null;
    this.#loading = false;
  }

  /** The page has refused to be left: the load that wanted to replace it is over before it began, and the engine says no word. */
  stayed() {
    if (this.#current !== null && !this.#current.started) this.#failed(ERR_ABORTED, 'ERR_ABORTED', this.#current.url, true);
  }

  processGone() {
    this.#committed = false;
    if (this.#current !== null) this.#failed(ERR_FAILED, 'ERR_FAILED', this.#current.url, !this.#domReady);
    else this.#stopLoading();
  }

  domReady() {
    if (this.#domReady) return;
    this.#domReady = true;
    this.#emit('dom-ready');
  }

  /** The page's channel tells of the end of the load. */
  loadedThere() {
    if (this.#finishing === null) return;
    clearTimeout(this.#finishing);
    this.#finishing = null;
    const navigation = this.#current;
    setImmediate(() => {
      if (navigation !== null) this.#finish(navigation);
    });
  }

  /** @param {any} event @returns {boolean} whether the event concerned loading */
  uiEvent(event) {
    switch (event.type) {
      case 'navigationAsked':
        this.#asked(event).catch(reportUncaught);
        return true;
      case 'loadStarted':
        this.#started(event.url);
        return true;
      case 'loadRedirected':
        this.#redirected(event);
        return true;
      case 'loadCommitted':
        this.#commit(event);
        return true;
      case 'loadFinished':
        this.#finished();
        return true;
      case 'loadFailed':
        this.#uiFailed(event);
        return true;
      case 'navigatedInPage':
        this.#navigatedInPage(event.url);
        return true;
      case 'loadingChanged':
        // A main-frame load has its own end, and going to a fragment is no load; this is about what the page loads afterwards.
        clearTimeout(this.#silence);
        if (this.#current === null && this.#announcedInPage === null) {
          if (event.loading) this.#startLoading();
          else this.#stopLoading();
        } else if (this.#current?.started && !event.loading) {
          this.#expectEnd(this.#current);
        }
        return true;
      default:
        return false;
    }
  }

  // Steps.

  /**
   * The engine loads no more, so the end of the load is due. Once in a while, when one load replaces another at the wrong moment, WebKit
   * drops both without a word: then the load is begun again, once.
   * @param {Navigation} navigation
   */
  #expectEnd(navigation) {
    this.#silence = setTimeout(() => {
      if (this.#current !== navigation || this.#finishing !== null) return;
      const { command } = navigation;
      navigation.command = undefined;
      navigation.started = false;
      if (command) send(command);
      else this.#failed(ERR_FAILED, 'ERR_FAILED', navigation.url, true);
    }, END_PATIENCE);
  }

  /** @param {(load: PendingLoad) => void} tell @param {Iterable<PendingLoad>} loads */
  #each(tell, loads = this.#pending) {
    for (const load of [...loads]) {
      tell(load);
      if (load.settled) this.#pending.delete(load);
    }
  }

  /** @param {string} name @param {object} [details] @param {...any} args */
  #emit(name, details, ...args) {
    return this.#contents.isDestroyed() ? false : this.#contents._emit(name, details, ...args);
  }

  /** Numbers that stand for the frame in the positional arguments of older events. */
  #frameIds() {
    const frame = this.#contents.mainFrame;
    return [frame?.processId ?? 0, frame?.routingId ?? 1];
  }

  #startLoading() {
    if (this.#loading) return;
    this.#loading = true;
    this.#emit('did-start-loading');
  }

  /** @param {Iterable<PendingLoad>} loads those that cannot succeed any more */
  #stopLoading(loads = this.#pending) {
    if (!this.#loading) return;
    this.#loading = false;
    this.#waiting = false;
    this.#each((load) => load.stopped(), loads);
    this.#emit('did-stop-loading');
    for (const waiter of this.#scriptWaiters.splice(0)) waiter();
  }

  /**
   * A main-frame navigation begins.
   * @param {string} url @param {boolean} sameDocument @param {'app' | 'page'} who
   */
  #announce(url, sameDocument, who) {
    if (!sameDocument) {
      this.#refusedRedirect = null;
      if (this.#current !== null) this.#replaced.push(this.#current);
      // The app need not be asked about what it does itself.
      this.#current = { url, started: false, asked: who === 'app' };
      this.#waiting = true;
      this.#startLoading();
    } else {
      this.#announcedInPage = url;
    }
    this.#navigationStarted(url, sameDocument, who);
  }

  /** @param {string} url @param {boolean} sameDocument @param {'app' | 'page'} who */
  #navigationStarted(url, sameDocument, who) {
    this.#each((load) => load.navigationStarted(url, sameDocument));
    const frame = this.#contents.mainFrame;
    const details = { url, isSameDocument: sameDocument, isMainFrame: true, frame, initiator: who === 'page' ? frame : undefined };
    this.#emit('did-start-navigation', details, url, sameDocument, true, ...this.#frameIds());
  }

  /** The page wants to go elsewhere. @param {any} event */
  async #asked({ request, url, kind, early }) {
    const decide = (/** @type {boolean} */ allow, who = 'main') =>
      send({ type: 'webViewDecideNavigation', webContents: this.#contents.id, request, allow, frame: who });
    if (early) {
      const before = this.#current;
      const who = await whoNavigates(this.#contents.id, kind, url);
      if (this.#contents.isDestroyed()) return;
      if (who !== 'main') {
        // Which frame it is that a script sends elsewhere shows when the answer of the server is there.
        decide(who === 'unknown' || this.#contents._frameLoads.mayBegin(url), who);
        return;
      }
      if (this.#current !== before && this.#current?.asked) {
        // The app has begun a load meanwhile, which takes the place of this one.
        decide(false);
        return;
      }
    }
    const frame = this.#contents.mainFrame;
    // The answer of the server is there: such a load has begun already, or it was asked about before.
    const late = !early && kind === 'other' && this.#current !== null && (this.#current.started || this.#current.url === url);
    const inPage = !late && kind !== 'reload' && isSameDocument(this.#url, url);
    if (url === this.#refusedRedirect) {
      this.#refusedRedirect = null;
      decide(false);
      return;
    }
    if (inPage || (late && this.#current?.asked)) {
      decide(true);
      return;
    }
    if (!late) this.#announce(url, false, 'page');
    const navigation = /** @type {Navigation} */ (this.#current);
    navigation.asked = true;
    // Steps through the history are the browser's own, even when the page asked for them.
    const askable = kind !== 'backForward';
    const details = () => ({ url, isSameDocument: false, isMainFrame: true, frame, initiator: frame });
    const args = [url, false, true, ...this.#frameIds()];
    const prevented =
      askable && (this.#emit('will-frame-navigate', details(), ...args) || this.#emit('will-navigate', details(), ...args));
    if (this.#contents.isDestroyed()) return;
    const foreign = !PAGE_SCHEMES.has(schemeOf(url));
    decide(!prevented && !foreign);
    if (!prevented && foreign) this.#contents._dialogs.openExternal(url);
    if (!prevented && !foreign) return;
    // A listener that prevents a navigation often starts another one, which goes on.
    if (this.#current === navigation) {
      this.#failed(ERR_ABORTED, 'ERR_ABORTED', url, true);
      // What the engine may yet say about it must not be taken for a word about the next load.
      this.#replaced.push(navigation);
    }
  }

  /** @param {string} url */
  #started(url) {
    this.#announcedInPage = null;
    const older = this.#replaced.find((navigation) => !navigation.started && navigation.url === url);
    if (older) {
      older.started = true;
      return;
    }
    if (this.#current !== null && !this.#current.started) {
      // The engine may write an address differently, or a redirect may have come first: the load that was announced is this one.
      this.#current.started = true;
      return;
    }
    const target = this.#stepTarget;
    this.#stepTarget = null;
    this.#announce(target ?? url, false, target === null ? 'page' : 'app');
    if (this.#current !== null) /** @type {Navigation} */ (this.#current).started = true;
  }

  /** @param {{request: number, url: string}} event */
  #redirected({ request, url }) {
    const follow = () => send({ type: 'webViewDecideNavigation', webContents: this.#contents.id, request, allow: true });
    if (this.#current === null) {
      follow();
      return;
    }
    this.#current.url = url;
    const frame = this.#contents.mainFrame;
    const details = () => ({ url, isSameDocument: false, isMainFrame: true, frame, initiator: undefined });
    const args = [url, false, true, ...this.#frameIds()];
    if (this.#emit('will-redirect', details(), ...args)) {
      if (this.#contents.isDestroyed()) return;
      // The engine is stopped, and asks once more in case that comes too late.
      this.#refusedRedirect = url;
      this.stop();
      return;
    }
    if (!this.#contents.isDestroyed()) follow();
    this.#emit('did-redirect-navigation', details(), ...args);
  }

  /** @param {{url: string, status: number, statusText: string}} event */
  #commit({ url, status, statusText }) {
    this.#replaced = [];
    if (this.#current === null) this.#announce(url, false, 'page');
    if (this.#current !== null) /** @type {Navigation} */ (this.#current).started = true;
    this.#url = url;
    this.#takeBased(url);
    this.#committed = true;
    this.#waiting = false;
    this.#domReady = false;
    this.#readyToShow = false;
    if (this.#finishing !== null) clearTimeout(this.#finishing);
    this.#finishing = null;
    this.#contents._documentReplaced();
    // Electron says -1 where there is no HTTP.
    const code = status === 0 ? -1 : status;
    this.#contents._applyZoom();
    this.#emit('did-frame-navigate', undefined, url, code, statusText, true, ...this.#frameIds());
    this.#emit('did-navigate', undefined, url, code, statusText);
  }

  #finished() {
    const navigation = this.#current;
    if (navigation === null) return;
    if (currentDocument(this.#contents.id)?.loaded) {
      this.#finish(navigation);
      return;
    }
    // The page's own channel tells of the end too, after what the frames of the page had to tell; it may be a moment behind. A page without
    // scripts has no channel, and one whose load was stopped tells nothing.
    this.#finishing = setTimeout(() => {
      this.#finishing = null;
      if (this.#current === navigation) this.domReady();
      this.#finish(navigation);
    }, CHANNEL_PATIENCE);
  }

  /** @param {Navigation} navigation */
  #finish(navigation) {
    if (this.#current !== navigation) return;
    this.#current = null;
    this.showable();
    this.#emit('did-frame-finish-load', undefined, true, ...this.#frameIds());
    this.#each((load) => load.finished());
    this.#emit('did-finish-load');
    // A turn later, so that who waited for the end of the load can still listen. What they load meanwhile has an end of its own.
    const ended = [...this.#pending];
    setImmediate(() => {
      if (this.#current === null) this.#stopLoading(ended);
    });
  }

  /** @param {{url: string, code: number, description: string, provisional: boolean}} event */
  #uiFailed({ url, code, description, provisional }) {
    const current = this.#current;
    const replaced = this.#replaced.findIndex((navigation) => navigation.started || navigation.url === url);
    const stale = code === ERR_ABORTED && replaced !== -1 && (current === null || !current.started || current.url !== url);
    if (stale) {
      this.#replaced.splice(replaced, 1);
      this.#emitFailure('did-fail-provisional-load', code, description, url);
      return;
    }
    // An end that nothing began, such as that of a download, has no event in Electron either.
    if (current !== null) this.#failed(code, description, url, provisional);
  }

  /** @param {number} code @param {string} description @param {string} url @param {boolean} provisional */
  #failed(code, description, url, provisional) {
    this.#current = null;
    if (provisional) this.#emitFailure('did-fail-provisional-load', code, description, url);
    // An aborted load is no failure of the page, but its promise is over.
    if (provisional && code === ERR_ABORTED) this.#each((load) => load.failed(code, description, url));
    else this.#emitFailure('did-fail-load', code, description, url);
    if (this.#current === null) this.#stopLoading();
  }

  /** @param {string} name @param {number} code @param {string} description @param {string} url */
  #emitFailure(name, code, description, url) {
    if (name === 'did-fail-load') {
      this.#each((load) => load.failed(code, description, url));
      if (code !== ERR_ABORTED) process.emitWarning(`Failed to load URL: ${url} with error: ${description}`, { type: 'electron' });
    }
    this.#emit(name, undefined, code, description, url, true, ...this.#frameIds());
  }

  /** @param {string} url */
  #navigatedInPage(url) {
    // When one load replaces another, the engine shows the new address a moment before the new load.
    if (this.#current !== null && !this.#current.started && this.#current.url === url) return;
    documentMoved(this.#contents.id, url);
    // `loadURL` has announced its own; the page's are announced here.
    const announced = this.#announcedInPage === url;
    this.#announcedInPage = null;
    this.#stepTarget = null;
    if (!announced) this.#navigationStarted(url, true, 'page');
    this.#url = url;
    this.#each((load) => load.navigatedInPage());
    this.#emit('did-navigate-in-page', undefined, url, true, ...this.#frameIds());
  }

  /** The page can be looked at: it is parsed and has its style sheets, at the latest when it is loaded. */
  showable() {
    if (this.#readyToShow || !this.isCommitted()) return;
    this.#readyToShow = true;
    const contents = this.#contents;
    process.nextTick(() => {
      const owner = contents.getOwnerBrowserWindow();
      if (owner && !contents.isDestroyed()) emitSafely(owner, 'ready-to-show', new NativeEvent());
    });
  }
}
