// Kinds of the lane's frames. The extension (src/lane/extension/extension.c) names those that it makes or reads itself; the hub only knows
// that a page's kinds end at 31.

/** From a page. */
export const FROM_PAGE = Object.freeze({
  /** The hub's own mark that the connection ended; never on the wire. */
  closed: 0,
  /** A new document that may run preloads; answered by `loaded`. Payload: as of `frameThere`. */
  load: 1,
  /** The document was replaced; with an id of 1 its frame is gone too. With one of 2 the document is about to go, and its frame too unless one of 3 follows. */
  gone: 2,
  /** Payload: text `title`. */
  domReady: 3,
  /** Payload: u32 level, u32 line, texts `message`, `source`. */
  console: 4,
  /** Answers `evaluate`. Codec: `[failed, value]`. */
  evaluated: 5,
  /** Codec: `[path, error]`. */
  preloadError: 6,
  /** Codec: `[channel, ...args]`, as for the two after it. */
  send: 7,
  invoke: 8,
  sync: 9,
  /** A message through a port, `id` is the port's. Payload of this and the two after it that carry a value: see port-payload.js. */
  portMessage: 10,
  /** A port was closed. */
  portClosed: 11,
  /** A message of kind `portMessage` that came when the port was already handed back, as it came. */
  portReturned: 12,
  /** `ipcRenderer.postMessage`. Codec: `[channel, message]`. */
  postMessage: 13,
  /**
   * A new document that runs nothing of ours. Payload: texts `url`, `name`, u32 hidden, text `origin`, u32 of which 1 means that it is opaque and 2 that no scripts run in the document, u64 id of the parent's frame, 0 for none.
   */
  frameThere: 14,
  /** Payload: texts `url`, `name`, u32 hidden. */
  frameMoved: 15,
  /** The id says what is new: 1 the tree of nodes is there (not of main frames), 2 everything is loaded, 3 the frame got the focus. */
  frameState: 16,
  /** `sendToHost`. Codec: `[channel, ...args]`. */
  toHost: 17,
  /** `window.open`; answered by `syncReply`. Codec: `[url, target, features, modifiers]`. */
  windowOpen: 18,
  /** The allowed window is there, or the engine did without. */
  windowOpened: 19,
  /** Codec: `[what, value]`: `close` when the page wants to and the engine would not; what page-news.js tells. */
  news: 20,
  /** Portable lane: a preload's script for another world. Codec: `[code or scripts, world]`; its value does not come back this way. */
  runInPage: 26,
  /** Portable lane: a preload wants the world with the frame's id. */
  worldWanted: 27,
  /** Of pages with a Node context (membrane.js), past the JS thread once the context runs. A question; answered by `syncReply`. */
  nodeAsk: 21,
  nodePost: 22,
  /** What a frame asks the shell itself, see frame-requests.js; answered by `syncReply`, the second by `invokeReply`. Codec: `[name, ...args]`. */
  hostAsked: 28,
  hostInvoked: 29,
  /** The module preloads are done that the document waited for. */
  preloaded: 30
});

/** To a page. */
export const TO_PAGE = Object.freeze({
  /** Payload: u32 flags, texts of the two scripts, then the codec's bytes of the configuration. */
  loaded: 33,
  /** Codec: `[channel, ...args]`. */
  message: 34,
  /** Codec: `[error text or null, value]`. */
  invokeReply: 35,
  /** Codec: `[value]`. */
  syncReply: 36,
  /** Codec: `[code or scripts, url, world, user gesture]`. */
  evaluate: 37,
  /** As from a page. */
  portMessage: 40,
  portClosed: 41,
  postMessage: 42,
  /** Puts the bundle into a document that runs nothing of ours, without IPC, to evaluate scripts. Payload: as of `loaded`. */
  attach: 44,
  /** The script that waits under the id is to run now, as the user's wish. */
  gesture: 45,
  /** Of no document: the scripts that documents will be given. Payload: their texts. */
  prepare: 46,
  /** Which frame navigates; answered by `evaluated`. Codec: `[kind, url]`. */
  whoNavigates: 48,
  /** Portable lane: the script of `runInPage` threw. Codec: `[error]`. */
  runFailed: 56,
  /** Portable lane: the world with the frame's id is about to be made. */
  worldMade: 57,
  /** A question of the context to a page that is free; answered by the page's next `nodeAsk`. */
  nodeAsk: 51,
  nodePost: 52
});
