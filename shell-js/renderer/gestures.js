// Scripts that run as the user's wish: the engine grants that to scripts of the browser's own only, so the main process has it run one that calls
// back here.

/**
 * @param {any} host What transport.js makes.
 * @param {boolean} canAsk False where the main process takes no requests of the frame, or the engine runs every script this way.
 */
export function createGestures(host, canAsk) {
  const waiting = new Map();
  let lastId = 0;

  return {
    /** Runs `work` and gives what it returns. */
    async run(work) {
      if (!canAsk) return work();
      const id = ++lastId;
      let outcome;
      // What it throws must not go through code of the engine.
      const held = () => {
        try {
          outcome = { value: work(), error: undefined, failed: false };
        } catch (error) {
          outcome = { value: undefined, error, failed: true };
        }
      };
      waiting.set(id, held);
      try {
        await host.invokeHost('gesture', id);
      } finally {
        waiting.delete(id);
      }
      if (outcome === undefined) held();
      if (outcome.failed) throw outcome.error;
      return outcome.value;
    },
    granted: (id) => waiting.get(id)?.()
  };
}
