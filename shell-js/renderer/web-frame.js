// webFrame: what a frame can do about itself without the main process.

const NOT_DONE = [
  'setZoomFactor', 'getZoomFactor', 'setZoomLevel', 'getZoomLevel', 'setVisualZoomLevelLimits', 'setSpellCheckProvider', 'insertCSS',
  'removeInsertedCSS', 'insertText', 'executeJavaScriptInIsolatedWorld', 'setIsolatedWorldInfo', 'getResourceUsage', 'clearCache',
  'getFrameForSelector', 'findFrameByName', 'findFrameByRoutingId', 'findFrameByToken', 'isWordMisspelled', 'getWordSuggestions'
];

/**
 * @param {{frameToken: string, routingId: number}} config
 * @param {(code: string) => Promise<unknown>} evaluate Runs code in the page.
 */
export function createWebFrame(config, evaluate) {
  const webFrame = {
    frameToken: config.frameToken,
    routingId: config.routingId,
    // Preloads run in main frames only.
    parent: null,
    opener: null,
    nextSibling: null,
    get top() {
      return webFrame;
    },
    executeJavaScript(code, _userGesture, callback) {
      const result = evaluate(String(code));
      if (typeof callback === 'function') result.then((value) => callback(value, undefined), (error) => callback(undefined, error));
      return result;
    }
  };
  for (const name of NOT_DONE) {
    webFrame[name] = () => {
      throw new Error(`webFrame.${name} is not implemented on linux yet`);
    };
  }
  // A frame that has children says that it knows of none only if it does not look: the member refuses instead.
  Object.defineProperty(webFrame, 'firstChild', {
    enumerable: true,
    get() {
      throw new Error('webFrame.firstChild is not implemented on linux yet');
    }
  });
  return webFrame;
}
