// What page-bridge.js is to documents with preloads, in one that has none, when the main process runs a script there. The page's scripts may have
// changed everything by now, so nothing is captured and nothing of the page's built-ins is relied on. A page that changed `then` of its own promises
// decides what they give; it is handed functions of its own world only.

export const pageSide = {
  __proto__: null,

  // False if the value is no promise.
  then: (promise, onValue, onError) => {
    try {
      promise.then((value) => { onValue(value); }, (error) => { onError(error); });
      return true;
    } catch {
      return false;
    }
  },
};
