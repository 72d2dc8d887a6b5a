// webFrame: what a frame can do about itself without the main process.

import { EventEmitter } from './event-emitter.js';
import { refusal, refuseAll } from './refusal.js';

const NOT_DONE = [
  'setZoomFactor', 'getZoomFactor', 'setZoomLevel', 'getZoomLevel', 'setVisualZoomLevelLimits', 'setSpellCheckProvider', 'insertCSS',
  'removeInsertedCSS', 'insertText', 'executeJavaScriptInIsolatedWorld', 'setIsolatedWorldInfo', 'getResourceUsage', 'clearCache',
  'getFrameForSelector', 'findFrameByName', 'findFrameByRoutingId', 'findFrameByToken', 'isWordMisspelled', 'getWordSuggestions',
  'getIsolatedWorlds'
];

/**
 * @param {{frameToken: string, routingId: number}} config
 * @param {(code: string) => Promise<unknown>} evaluate Runs code in the page.
 */
export function createWebFrame(config, evaluate) {
  const webFrame = Object.assign(Object.create(EventEmitter.prototype), {
    frameToken: config.frameToken,
    routingId: config.routingId,
    // Preloads run in main frames only, which have neither.
    parent: null,
    nextSibling: null,
    executeJavaScript(code, _userGesture, callback) {
      const result = evaluate(String(code));
      if (typeof callback === 'function') result.then((value) => callback(value, undefined), (error) => callback(undefined, error));
      return result;
    }
  });
  webFrame.top = webFrame;
  refuseAll(webFrame, 'webFrame', NOT_DONE);
  // Other frames are not known here; null would say that there are none.
  for (const name of ['firstChild', 'opener']) Object.defineProperty(webFrame, name, { enumerable: true, get: refusal(`webFrame.${name}`) });
  return webFrame;
}
