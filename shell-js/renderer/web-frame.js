// webFrame: what a frame can do about itself, and about the other frames of its page.

import { EventEmitter } from './event-emitter.js';
import { refusal, refuseAll } from './refusal.js';

const NOT_DONE = [
  'setVisualZoomLevelLimits', 'setSpellCheckProvider', 'getResourceUsage', 'clearCache', 'isWordMisspelled', 'getWordSuggestions'
];
/** What a preload can do in its own frame only. */
const OWN_FRAME_ONLY = [
  'insertCSS', 'removeInsertedCSS', 'insertText', 'executeJavaScriptInIsolatedWorld', 'setIsolatedWorldInfo', 'getIsolatedWorlds', 'getFrameForSelector'
];

const { defineProperty } = Object;

/** What a script gives that the main process has to run: a promise of `{value}`, where the value may be a promise. */
export class Later {
  /** @param {Promise<{value: any}>} promise */
  constructor(promise) {
    this.promise = promise;
  }
}

function conversionError(index) {
  return new TypeError(`Error processing argument at index ${index}, conversion failure`);
}

function checkWorld(worldId) {
  if (!Number.isInteger(worldId)) throw conversionError(0);
}

function sourcesOf(scripts) {
  if (!Array.isArray(scripts)) throw conversionError(1);
  return scripts.map((script) => {
    if (typeof script?.code !== 'string') throw new Error("Invalid 'code'");
    return { code: script.code, url: typeof script.url === 'string' ? script.url : '' };
  });
}

// The place of a frame among those of its parent; frames of other origins tell that too.
function placeOf(parent, frame) {
  if (parent !== undefined && frame !== undefined) for (let i = 0; i < parent.length; i++) if (parent[i] === frame) return i;
  return -1;
}

/**
 * @param {{frameToken: string, routingId: number, process: {isMainFrame: boolean}}} config
 * @param {any} scripts What scripts.js makes.
 * @param {any} worlds What worlds.js makes.
 * @param {any} host What transport.js makes.
 * @param {any} gestures What gestures.js makes.
 */
export function createWebFrame(config, scripts, worlds, host, gestures) {
  // The callback hears of the value first, and of a promise before it has settled.
  async function execute(code, worldId, rest) {
    const callback = rest.find((value) => typeof value === 'function');
    let value;
    try {
      const run = () => scripts.run(code, worldId);
      value = rest[0] === true ? await gestures.run(run) : run();
      if (value instanceof Later) ({ value } = await value.promise);
    } catch (error) {
      callback?.(undefined, error);
      throw error;
    }
    callback?.(value, undefined);
    return value;
  }

  // The frame with a token is one object as long as it shows the same document.
  const frames = new Map();
  // The main process knows frames in the order in which they came; here they are in the order of their parents.
  const list = () => {
    const windows = new Map();
    host.eachFrame((frame, number) => windows.set(number, frame));
    const all = host.ask('frames');
    for (const info of all) {
      // The host knows the way where the lane does not list them.
      const found = windows.get(info.number) ?? info.way?.reduce((frame, index) => frame?.[index], window.top);
      windows.set(info.number, found);
      info.window = found;
    }
    for (const info of all) info.place = placeOf(windows.get(info.parentNumber), info.window);
    return all.sort((a, b) => a.place - b.place);
  };
  const frameOf = (info) => (info === undefined ? null : (frames.get(info.token) ?? otherFrame(info)));
  const childrenOf = (token) => list().filter(({ parent }) => parent === token);

  function addTree(frame, token) {
    const getters = {
      top: () => frameOf(list().find(({ parent }) => parent === null)),
      parent: () => {
        const all = list();
        const { parent } = all.find((each) => each.token === token) ?? { parent: null };
        return frameOf(all.find((each) => each.token === parent));
      },
      firstChild: () => frameOf(childrenOf(token)[0]),
      nextSibling: () => {
        const all = list();
        const self = all.find((each) => each.token === token);
        const siblings = self === undefined || self.parent === null ? [] : all.filter(({ parent }) => parent === self.parent);
        return frameOf(siblings[siblings.indexOf(self) + 1]);
      },
      // Electron knows openers of the same process only, and here every window has one of its own.
      opener: () => null
    };
    for (const [name, get] of Object.entries(getters)) defineProperty(frame, name, { enumerable: true, configurable: true, get });
    Object.assign(frame, {
      findFrameByName: (name) => frameOf(list().find((each) => each.name === String(name) && each.name !== '')),
      findFrameByToken: (wanted) => frameOf(list().find((each) => each.token === String(wanted))),
      findFrameByRoutingId: (wanted) => frameOf(list().find((each) => each.routingId === wanted)),
      getZoomLevel: () => host.ask('getZoomLevel'),
      getZoomFactor: () => host.ask('getZoomFactor'),
      setZoomLevel(level) {
        if (typeof level !== 'number') throw conversionError(0);
        host.ask('setZoomLevel', level);
      },
      setZoomFactor(factor) {
        if (typeof factor !== 'number') throw conversionError(0);
        host.ask('setZoomFactor', factor);
      }
    });
    frames.set(token, frame);
    return refuseAll(frame, 'webFrame', NOT_DONE);
  }

  function otherFrame({ token, routingId }) {
    const frame = Object.assign(Object.create(EventEmitter.prototype), {
      frameToken: token,
      routingId,
      executeJavaScript(code, ...rest) {
        const result = host.invokeHost('executeJavaScript', token, String(code), rest[0] === true);
        const callback = rest.find((value) => typeof value === 'function');
        if (callback !== undefined) result.then((value) => callback(value, undefined), (error) => callback(undefined, error));
        return result;
      }
    });
    for (const name of OWN_FRAME_ONLY) frame[name] = refusal(`webFrame.${name} of another frame`);
    return addTree(frame, token);
  }

  const webFrame = Object.assign(Object.create(EventEmitter.prototype), {
    frameToken: config.frameToken,
    routingId: config.routingId,

    executeJavaScript: (code, ...rest) => execute(String(code), 0, rest),

    executeJavaScriptInIsolatedWorld(worldId, given, ...rest) {
      checkWorld(worldId);
      let sources;
      try {
        sources = sourcesOf(given);
      } catch (error) {
        if (error instanceof TypeError) throw error;
        rest.find((value) => typeof value === 'function')?.(undefined, error);
        return Promise.reject(error);
      }
      return execute(sources, worldId, rest);
    },

    setIsolatedWorldInfo(worldId, info) {
      checkWorld(worldId);
      const { securityOrigin = '', csp = '', name = '' } = info ?? {};
      if (csp !== '' && securityOrigin === '') throw new Error('If csp is specified, securityOrigin should also be specified');
      // A world of the engine has the page's origin, and no policy of its own.
      if (securityOrigin !== '') throw new Error('webFrame.setIsolatedWorldInfo: securityOrigin and csp are not available on linux');
      worlds.setName(worldId, String(name));
    },

    getIsolatedWorlds: () => worlds.ids(),

    insertCSS(css, options) {
      if (typeof css !== 'string') throw conversionError(0);
      return host.ask('insertCSS', css, options?.cssOrigin === 'user');
    },
    removeInsertedCSS(key) {
      if (typeof key !== 'string') throw conversionError(0);
      host.ask('removeInsertedCSS', key);
    },
    insertText(text) {
      if (typeof text !== 'string') throw conversionError(0);
      document.execCommand('insertText', false, text);
    },

    getFrameForSelector(selector) {
      const content = /** @type {any} */ (document.querySelector(String(selector)))?.contentWindow;
      if (!content) return null;
      return frameOf(list().find((each) => each.window === content));
    }
  });
  worlds.setCreationListener((id) => webFrame.emit('isolated-world-created', id));
  return addTree(webFrame, config.frameToken);
}
