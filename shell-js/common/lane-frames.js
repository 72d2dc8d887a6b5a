// Kinds of the lane's frames. The extension (src/lane/extension/extension.c) names those that it makes or reads itself; the hub only knows
// that a page's kinds end at 31.

/** From a page. */
export const FROM_PAGE = Object.freeze({
  /** The hub's own mark that the connection ended; never on the wire. */
  closed: 0,
  /** A new document; answered by `loaded`. Payload: texts `url`, `origin`. */
  load: 1,
  /** The document was replaced or its page closed. */
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
  /** `window.open`; answered by `syncReply`. Codec: `[url, target, features, modifiers]`. */
  windowOpen: 18,
  /** The allowed window is there, or the engine did without. */
  windowOpened: 19,
  /** `window.close` of a page that the engine would not close. */
  windowClose: 20
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
  /** Codec: `[code, url, in page world]`. */
  evaluate: 37
});
