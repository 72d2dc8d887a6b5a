// Code that the main process or a preload gives to be run in a world of the document.

const SCRIPT_FAILED =
  'Script failed to execute, this normally means an error was thrown. Check the renderer console for the error.';

/**
 * @param {any} worlds What worlds.js makes.
 * @param {any} bridge What context-bridge.js makes.
 */
export function createScripts(worlds, bridge) {
  // Runs all and gives what came of the first, as Electron does. Errors go to the console.
  function runAll(sources, world) {
    let first;
    for (let i = 0; i < sources.length; i++) {
      const holder = worlds.evaluate(sources[i].code, sources[i].url, world);
      if (holder.error !== undefined) console.error(holder.error);
      first ??= holder;
    }
    return first ?? { __proto__: null, value: undefined, error: undefined };
  }

  const sourcesOf = (code, url) => (typeof code === 'string' ? [{ code, url }] : code);

  return {
    /** For the main process: the value is one of that world, with promises awaited. */
    evaluate(code, url, worldId, onValue, onError) {
      let world;
      let holder;
      try {
        world = worlds.get(worldId ?? 0);
        holder = runAll(sourcesOf(code, url), world);
      } catch (error) {
        onError(error);
        return;
      }
      if (holder.error !== undefined) return void onError(new Error(SCRIPT_FAILED));
      const { value } = holder;
      if (!(bridge.isPromise(value) && world.side.then(value, onValue, onError))) onValue(value);
    },

    /** For preloads: a copy, which may be a promise. Throws what Electron rejects with. */
    run(code, worldId) {
      const world = worlds.get(worldId);
      const holder = runAll(sourcesOf(code, ''), world);
      if (holder.error !== undefined) throw new Error(SCRIPT_FAILED);
      return bridge.fromWorld(holder.value, world);
    }
  };
}
