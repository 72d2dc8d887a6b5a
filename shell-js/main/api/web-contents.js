/**
 * `webContents`: the page of a window. This file holds its life and the events of the UI thread; loading, history, window opening,
 * dialogs and the page's small controls are in files of their own.
 */
import { EventEmitter } from 'node:events';

import { call, callSync, send } from '../binding.js';
import { currentDocument, evaluate, sendToFrame } from '../ipc-dispatch.js';
import { IpcMainImpl } from '../ipc-main-impl.js';
import { closeConnections } from '../lane-documents.js';
import { forgetLane, laneScripts } from '../portable-lane.js';
import { nextId, peers, webContents as registry } from '../object-registry.js';
import { check, guardDestroyed } from './arguments.js';
import { parseColor } from './color.js';
import { emitNative, emitSafely, emitWith, hideInternals, NativeEvent, reportUncaught } from './event.js';
import { postToFrame } from './message-channel.js';
import { ContentsDialogs } from './web-contents-dialogs.js';
import { createNavigationHistory, installDeprecatedHistory } from './web-contents-history.js';
import { installKeyMembers, keyAsked } from './web-contents-keys.js';
import { Loader } from './web-contents-loading.js';
import { FrameLoads } from './frame-loads.js';
import { WindowOpener } from './web-contents-open.js';
import { found, installOutputMembers } from './web-contents-output.js';
import { installPageMembers, mediaChanged, mediaGone } from './web-contents-page.js';
import { mayHaveModules, preloadSources, rendererConfig } from './web-contents-preload.js';
import { resolvePreferences } from './web-preferences.js';
import { sessionFor } from './session.js';

/** Electron's numbers for the levels of `console-message`, which its deprecated arguments carry. @type {Record<string, number>} */
const CONSOLE_LEVELS = { debug: 0, info: 1, warning: 2, error: 3 };

/** Only this module makes web contents. */
const KEY = Symbol('web contents');

let consoleArgumentsWarned = false;

export class WebContents extends EventEmitter {
  /** @type {number} */
  #id = 0;
  #destroyed = false;
  #crashed = false;
  #focused = false;
  /** The frame that had the focus last. @type {any} */
  #focusedNode = null;
  #audible = false;
  #title = '';
  /** Gives up a pending question whether the page may be closed. @type {((mayClose: boolean) => void) | null} */
  #closeAnswer = null;
  /** @type {Map<string, Array<(...args: any[]) => void>>} */
  #observers = new Map();

  /** @param {symbol} key @param {any} owner @param {any} preferences @param {any} guest */
  constructor(key, owner, preferences, guest) {
    super();
    if (key !== KEY) throw new TypeError('Illegal constructor');
    this.#id = nextId('webContents');
    this._owner = owner;
    this._preferences = resolvePreferences(preferences, peers.app._sandboxForced);
    this._session = sessionFor(this._preferences);
    this._loader = new Loader(this);
    this._frameLoads = new FrameLoads(this);
    this._opener = new WindowOpener(this);
    this._dialogs = new ContentsDialogs(this);
    this._guest = guest ?? null;
    /** The state that `web-contents-page.js` keeps. @type {any} */
    this._page = { userAgent: null, muted: false, devToolsOpen: false, cssKeys: 0, watchesKeys: false, playing: 0 };
    const own = (/** @type {string} */ name, /** @type {any} */ value) => Object.defineProperty(this, name, { value, enumerable: true });
    own('ipc', new IpcMainImpl());
    own('navigationHistory', createNavigationHistory(this));
    hideInternals(this);
    registry.set(this.#id, this);
    send({ type: 'webViewCreate', webContents: this.#id, window: owner.id, options: this.#viewOptions() });
    emitSafely(peers.app, 'web-contents-created', new NativeEvent({ sender: this }), this);
  }

  #viewOptions() {
    const preferences = this._preferences;
    const size = (/** @type {any} */ value) => (Number.isInteger(value) && value > 0 ? value : null);
    return {
      partition: this._session._partition,
      dataDirectory: peers.app.getPath('sessionData'),
      userAgent: this._session.getUserAgent(),
      javascript: Boolean(preferences.javascript),
      devTools: Boolean(preferences.devTools),
      zoomFactor: typeof preferences.zoomFactor === 'number' && preferences.zoomFactor > 0 ? preferences.zoomFactor : 1,
      backgroundColor: typeof preferences.backgroundColor === 'string' ? parseColor(preferences.backgroundColor) : null,
      images: Boolean(preferences.images),
      hardwareAcceleration: peers.app.isHardwareAccelerationEnabled(),
      webSecurity: Boolean(preferences.webSecurity),
      defaultFontSize: size(preferences.defaultFontSize),
      minimumFontSize: size(preferences.minimumFontSize),
      opener: this._guest?.opener ?? null,
      openRequest: this._guest?.request ?? null,
      lane: laneScripts(this.#id, preferences, mayHaveModules(this), this._guest?.opener),
    };
  }

  // Identity.

  /** @returns {number} */
  get id() {
    return this.#id;
  }

  isDestroyed() {
    return this.#destroyed;
  }

  get session() {
    return this._session;
  }

  get hostWebContents() {
    return null;
  }

  get devToolsWebContents() {
    return null;
  }

  get mainFrame() {
    return peers.webFrameMain.mainFrameOf(this);
  }

  get focusedFrame() {
    if (!this.#focused) return null;
    return this.#focusedNode === null || this.#focusedNode.gone ? this.mainFrame : peers.webFrameMain.frameOf(this.#focusedNode);
  }

  get opener() {
    const opener = this._guest?.cut ? undefined : registry.get(this._guest?.opener);
    return opener ? opener.mainFrame : null;
  }

  getType() {
    return 'window';
  }

  isOffscreen() {
    return false;
  }

  getOwnerBrowserWindow() {
    return this._owner.isDestroyed() ? null : this._owner;
  }

  getLastWebPreferences() {
    return { ...this._preferences };
  }

  getOSProcessId() {
    return callSync({ type: 'webViewProcessId', webContents: this.#id });
  }

  /** The number that tells web processes apart; ours is the system's. */
  getProcessId() {
    return this.getOSProcessId();
  }

  // State that the UI thread reports.

  isCrashed() {
    return this.#crashed;
  }

  isFocused() {
    return this.#focused;
  }

  isCurrentlyAudible() {
    return this.#audible;
  }

  getTitle() {
    return this.#title || titleOfUrl(this._loader.getURL());
  }

  /**
   * Observers are for our own modules: unlike listeners they do not show in `listenerCount`, and come before listeners.
   * @param {string} name
   * @param {(...args: any[]) => void} observer
   */
  _observe(name, observer) {
    const list = this.#observers.get(name) ?? [];
    list.push(observer);
    this.#observers.set(name, list);
  }

  /**
   * Emits a native event and says whether it was prevented.
   * @param {string} name @param {object | undefined} details @param {...any} args
   */
  _emit(name, details, ...args) {
    for (const observer of this.#observers.get(name) ?? []) observer(...args);
    return emitWith(this, name, details, ...args);
  }

  // Life.

  /** @param {{waitForBeforeUnload?: boolean}} [options] */
  close(options) {
    if (!options?.waitForBeforeUnload) {
      const owner = this._owner;
      this._destroyNow();
      owner._destroyNow(true);
      return;
    }
    this._owner._closeContent();
  }

  /**
   * Runs the page's `beforeunload` and says whether the page may be closed.
   * @param {(mayClose: boolean) => void} answer
   */
  _askToClose(answer) {
    if (this.#closeAnswer !== null) return;
    if (this.#crashed || !this._loader.hasDocument()) {
      answer(true);
      return;
    }
    this.#closeAnswer = answer;
    send({ type: 'webViewTryClose', webContents: this.#id });
  }

  /** @param {unknown} what @param {any} value of a page, which may say anything */
  _pageNews(what, value) {
    if (what === 'close') {
      // A page with a history, which Electron closes and the engine does not.
      send({ type: 'webViewTryClose', webContents: this.#id });
    } else if (what === 'showable') {
      this._loader.showable();
    } else if (what === 'media' && typeof value === 'boolean') {
      mediaChanged(this, value);
    } else if (what === 'icons' && Array.isArray(value) && value.every((url) => typeof url === 'string')) {
      this._emit('page-favicon-updated', undefined, value);
    } else if (what === 'theme-color' && (value === null || /^#[0-9a-f]{6}$/.test(value))) {
      this._emit('did-change-theme-color', undefined, value);
    }
  }

  /** @param {boolean} mayClose */
  _closeAnswered(mayClose) {
    const answer = this.#closeAnswer;
    this.#closeAnswer = null;
    answer?.(mayClose);
    return answer !== null;
  }

  _destroyNow() {
    if (this.#destroyed) return;
    this._loader.abandon();
    this.#destroyed = true;
    registry.delete(this.#id);
    closeConnections(this.#id);
    forgetLane(this.#id);
    send({ type: 'webViewDestroy', webContents: this.#id });
    for (const observer of this.#observers.get('destroyed') ?? []) observer();
    emitNative(this, 'destroyed');
  }

  // Messages and scripts.

  /** @param {string} channel @param {...any} args */
  send(channel, ...args) {
    if (typeof channel !== 'string') throw new TypeError('Missing required channel argument');
    try {
      sendToFrame(this.#id, null, channel, args);
    } catch (error) {
      console.error('Error sending from webFrameMain: ', error);
    }
  }

  /** @param {[channel: string, message: any, transfer?: any[]]} args */
  postMessage(...args) {
    postToFrame(() => currentDocument(this.#id), args);
  }

  /**
   * @param {number | [number, number]} frame routing id in the page's own process, or process and routing id
   * @param {string} channel @param {...any} args
   * @returns {boolean} whether there is such a frame
   */
  sendToFrame(frame, channel, ...args) {
    const pair = typeof frame === 'number' ? [this.mainFrame?.processId, frame] : frame;
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((part) => typeof part === 'number')) {
      throw new Error('Missing required frame argument (must be number or [processId, frameId])');
    }
    const found = peers.webFrameMain.webFrameMain.fromId(pair[0], pair[1]);
    if (!found) return false;
    found.send(channel, ...args);
    return true;
  }

  /** @param {string} code @param {boolean} [userGesture] */
  async executeJavaScript(code, userGesture) {
    await this._loader.scriptable();
    return evaluate(this.#id, String(code), 0, userGesture === true);
  }

  forcefullyCrashRenderer() {
    send({ type: 'webViewCrash', webContents: this.#id });
  }

  focus() {
    send({ type: 'webViewFocus', webContents: this.#id });
  }

  /** @param {any} [rect] @param {any} [_options] */
  async capturePage(rect, _options) {
    const whole = rect === undefined || rect === null || (rect.width === 0 && rect.height === 0);
    const area = whole ? null : { x: rect.x, y: rect.y, width: rect.width, height: rect.height };
    const picture = await call({ type: 'webViewCapture', webContents: this.#id, rect: area });
    return peers.nativeImage.fromPicture(picture);
  }

  /** What `ipc-dispatch.js` gives a new document. */
  _preloads(document) {
    return preloadSources(this, document);
  }

  _rendererConfig() {
    return rendererConfig(this);
  }

  // Events.

  /** @param {string} type @param {any} detail news that came by the page's own channel */
  _laneEvent(type, detail) {
    switch (type) {
      case 'dom-ready':
        // The engine's own news of the title comes after the end of the load, where Electron's apps have it before.
        if (detail.title !== '' && this._loader.isCommitted()) this.#titleChanged(detail.title);
        if (!this.#destroyed) this._loader.domReady();
        break;
      case 'console-message':
        this.#consoleMessage(detail);
        break;
      case 'preload-error':
        this._emit('preload-error', undefined, detail.path, detail.error);
        break;
      case 'frame-created':
        this._emit('frame-created', undefined, detail);
        break;
      case 'frame-focused':
        this.#focusedNode = detail.node;
        break;
      case 'loaded':
        this._loader.loadedThere();
        break;
      default:
        this._emit(type, detail);
    }
  }

  /** @param {{level: string, message: string, line: number, source: string}} detail */
  #consoleMessage({ level, message, line, source }) {
    if (!consoleArgumentsWarned && this.listeners('console-message').some((listener) => listener.length > 1)) {
      consoleArgumentsWarned = true;
      console.warn(
        "(electron) 'console-message' arguments are deprecated and will be removed. Please use Event<WebContentsConsoleMessageEventParams> object instead.",
      );
    }
    const details = { level, message, lineNumber: line, sourceId: source, frame: this.mainFrame };
    this._emit('console-message', details, CONSOLE_LEVELS[level] ?? 1, message, line, source);
  }

  /** @param {any} event */
  _uiEvent(event) {
    if (this._loader.uiEvent(event) || this._frameLoads.uiEvent(event) || this._opener.uiEvent(event) || this._dialogs.uiEvent(event)) return;
    switch (event.type) {
      case 'pageCloseAsked':
        this._emit('close', undefined);
        // The answer to `webViewTryClose` is the same event as the page's own `window.close()`.
        if (!this._closeAnswered(true)) this._owner._pageCloseAsked();
        break;
      case 'titleChanged':
        this.#titleChanged(event.title);
        break;
      case 'audioChanged':
        this.#audible = event.audible;
        this._emit('audio-state-changed', { audible: event.audible });
        break;
      case 'keyAsked':
        keyAsked(this, event);
        break;
      case 'foundInPage':
        found(this, event).catch(reportUncaught);
        break;
      case 'targetUrlChanged':
        this._emit('update-target-url', undefined, event.url);
        break;
      case 'htmlFullScreenChanged':
        this._emit(event.on ? 'enter-html-full-screen' : 'leave-html-full-screen', undefined);
        if (!this._owner.isDestroyed()) emitNative(this._owner, event.on ? 'enter-html-full-screen' : 'leave-html-full-screen');
        break;
      case 'webProcessGone':
        this.#processGone(event);
        break;
      case 'unresponsive':
      case 'responsive':
        this._emit(event.type, undefined);
        break;
      case 'contextMenuAsked':
        this._emit('context-menu', undefined, { ...event.params, frame: this.mainFrame });
        break;
      case 'devToolsOpened':
      case 'devToolsClosed':
        this._page.devToolsOpen = event.type === 'devToolsOpened';
        this._emit(event.type === 'devToolsOpened' ? 'devtools-opened' : 'devtools-closed', undefined);
        break;
      case 'webViewFocused':
      case 'webViewBlurred':
        this.#focused = event.type === 'webViewFocused';
        this._emit(this.#focused ? 'focus' : 'blur', undefined);
        break;
    }
  }

  /** @param {string} title */
  #titleChanged(title) {
    if (title === this.#title && title !== '') return;
    const explicit = title !== '';
    this.#title = title;
    const shown = explicit ? title : fileTitle(this._loader.getURL());
    // Between two documents the engine reports an empty title; Electron tells nobody of it unless a file's name stands in.
    if (shown === '') return;
    if (!this._owner.isDestroyed()) this._owner._pageTitleUpdated?.(shown, explicit);
    if (!this.#destroyed) this._emit('page-title-updated', undefined, shown, explicit);
  }

  _documentReplaced() {
    mediaGone(this);
    this.#crashed = false;
    this.#title = '';
  }

  /** @param {{reason: string, exitCode: number}} event */
  #processGone({ reason, exitCode }) {
    this.#crashed = true;
    this._loader.processGone();
    this._closeAnswered(true);
    if (this.#destroyed) return;
    mediaGone(this);
    const event = new NativeEvent();
    const details = { reason, exitCode };
    emitSafely(this, 'render-process-gone', event, details);
    emitSafely(peers.app, 'render-process-gone', event, this, details);
  }
}

/** @param {string} url */
function fileTitle(url) {
  if (!url.startsWith('file:')) return '';
  try {
    return decodeURIComponent(new URL(url).pathname.split('/').pop() ?? '');
  } catch {
    return '';
  }
}

/**
 * What stands for the title of a page that has none: Electron shows the address without what users need not see.
 * @param {string} url
 */
function titleOfUrl(url) {
  if (url === '') return '';
  return fileTitle(url) || url.replace(/^http:\/\//, '').replace(/^([^/]*)\/$/, '$1');
}

installPageMembers(WebContents.prototype);
installOutputMembers(WebContents.prototype);
installDeprecatedHistory(WebContents.prototype);
for (const method of ['loadURL', 'loadFile', 'getURL', 'reload', 'reloadIgnoringCache', 'stop', 'isLoading', 'isLoadingMainFrame', 'isWaitingForResponse']) {
  const value = {
    /** @this {any} @param {...any} args */
    [method](...args) {
      return this._loader[method](...args);
    },
  }[method];
  Object.defineProperty(WebContents.prototype, method, { value, writable: true, configurable: true });
}
Object.defineProperty(WebContents.prototype, 'setWindowOpenHandler', {
  /** @this {any} @param {any} handler */
  value: function setWindowOpenHandler(handler) {
    this._opener.handler = handler;
  },
  writable: true,
  configurable: true,
});
guardDestroyed(WebContents.prototype, (contents) => contents.isDestroyed(), ['id', 'isDestroyed', 'getOwnerBrowserWindow']);

installKeyMembers(WebContents.prototype);

/**
 * Makes the web contents of a window.
 * @param {any} owner
 * @param {any} preferences
 * @param {any} [guest] `{opener, request}` when the page of another web contents asked for this window
 */
export function createWebContents(owner, preferences, guest) {
  return new WebContents(KEY, owner, preferences, guest instanceof WebContents ? undefined : guest);
}

/** The module `webContents`. */
export const webContents = {
  /** @param {number} id */
  fromId(id) {
    check(arguments, 'int');
    return registry.get(id);
  },

  /** @param {any} frame */
  fromFrame(frame) {
    return [...registry.values()].find((contents) => contents.mainFrame === frame || frame?._contentsId === contents.id);
  },

  getAllWebContents() {
    return [...registry.values()];
  },

  getFocusedWebContents() {
    return [...registry.values()].find((contents) => contents.isFocused()) ?? null;
  },
};
