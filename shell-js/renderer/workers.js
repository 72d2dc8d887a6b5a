// Workers of a page whose workers have Node: this world's side asks the main process for what each is started with.

/**
 * @param {any} page What page-bridge.js exports.
 * @param {any} transport What transport.js makes.
 */
export function connectWorkers(page, transport) {
  page.replaceWorkers(
    // A text and nothing else: no object of this world gets into the page's.
    (url) => {
      try {
        const opened = transport.ask('openWorker', url);
        return opened === null ? null : `${opened.number}:${opened.script}`;
      } catch (error) {
        return `!${error.message}`;
      }
    },
    (number) => { transport.ask('closeWorker', number); }
  );
}
