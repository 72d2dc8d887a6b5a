// webFrame: what a frame can do about itself without the main process.

import { EventEmitter } from './event-emitter.js';
import { refusal, refuseAll } from './refusal.js';

const NOT_DONE = [
  'setZoomFactor', 'getZoomFactor', 'setZoomLevel', 'getZoomLevel', 'setVisualZoomLevelLimits', 'setSpellCheckProvider', 'insertCSS',
  'removeInsertedCSS', 'insertText', 'getResourceUsage', 'clearCache',
  'getFrameForSelector', 'findFrameByName', 'findFrameByRoutingId', 'findFrameByToken', 'isWordMisspelled', 'getWordSuggestions'
];

/** What a script gives that the main process has to run: a promise of `{value}`, where the value may be a promise. */
export class Later {
  /** @param {Promise<{value: any}>} promise */
  constructor(promise) {
    this.promise = promise;
  }
}

/**
 * @param {{frameToken: string, routingId: number, process: {isMainFrame: boolean}}} config
 * @param {any} scripts What scripts.js makes.
 * @param {any} worlds What worlds.js makes.
 */
export function createWebFrame(config, scripts, worlds) {
  // The callback hears of the value first, and of a promise before it has settled.
  function execute(code, worldId, rest) {
    const callback = rest.find((value) => typeof value === 'function');
    let value;
    try {
      value = scripts.run(code, worldId);
    } catch (error) {
      callback?.(undefined, error);
      return Promise.reject(error);
    }
    if (value instanceof Later) return hearLater(value.promise, callback);
    callback?.(value, undefined);
    return Promise.resolve(value);
  }

  async function hearLater(promise, callback) {
    let result;
    try {
      result = await promise;
    } catch (error) {
      callback?.(undefined, error);
      throw error;
    }
    callback?.(result.value, undefined);
    return result.value;
  }

  function sourcesOf(scriptsGiven) {
    if (!Array.isArray(scriptsGiven)) throw new TypeError('Error processing argument at index 1, conversion failure');
    return scriptsGiven.map((script) => {
      if (typeof script?.code !== 'string') throw new Error("Invalid 'code'");
      return { code: script.code, url: typeof script.url === 'string' ? script.url : '' };
    });
  }

  const webFrame = Object.assign(Object.create(EventEmitter.prototype), {
    frameToken: config.frameToken,
    routingId: config.routingId,

    executeJavaScript: (code, ...rest) => execute(String(code), 0, rest),

    executeJavaScriptInIsolatedWorld(worldId, given, ...rest) {
      if (!Number.isInteger(worldId)) throw new TypeError('Error processing argument at index 0, conversion failure');
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
      if (!Number.isInteger(worldId)) throw new TypeError('Error processing argument at index 0, conversion failure');
      const { securityOrigin = '', csp = '', name = '' } = info ?? {};
      if (csp !== '' && securityOrigin === '') throw new Error('If csp is specified, securityOrigin should also be specified');
      // A world of the engine has the page's origin, and no policy of its own.
      if (securityOrigin !== '') throw new Error('webFrame.setIsolatedWorldInfo: securityOrigin and csp are not available on linux');
      worlds.setName(worldId, String(name));
    },

    getIsolatedWorlds: () => worlds.ids()
  });
  worlds.setCreationListener((id) => webFrame.emit('isolated-world-created', id));
  refuseAll(webFrame, 'webFrame', NOT_DONE);
  // Other frames are not known here; null would say that there are none.
  const unknown = ['firstChild', 'opener'];
  if (config.process.isMainFrame) Object.assign(webFrame, { top: webFrame, parent: null, nextSibling: null });
  else unknown.push('top', 'parent', 'nextSibling');
  for (const name of unknown) Object.defineProperty(webFrame, name, { enumerable: true, get: refusal(`webFrame.${name}`) });
  return webFrame;
}
