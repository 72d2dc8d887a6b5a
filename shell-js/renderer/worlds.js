// The script worlds of a document as the preload's world sees them: 0 is the page's, 999 the preload's own, others are made on demand.

import { pageSide } from './page-bridge.js';

/** The number of the preload's world. */
export const OWN_WORLD = 999;
/** The highest number that Electron takes. */
const LAST_WORLD = 536870911;
/** What the extension calls the world that the bundle runs in, whichever that is. */
const HERE = 0xffffffff;

/**
 * @param {any} natives The extension's functions.
 * @param {any} page What page-bridge.js exports, of the page's world.
 * @param {object} pageGlobal The page's `window`, of its own world.
 * @param {boolean} isolated
 */
export function createWorlds(natives, page, pageGlobal, isolated) {
  // `originals` names what a function proxy of the world stands for: a proxy that is sent back is the original again.
  const make = (id, side, global) => ({ id, side, global, originals: new WeakMap() });
  const main = make(0, page, pageGlobal);
  const own = isolated ? make(OWN_WORLD, pageSide, globalThis) : main;
  const known = new Map([[0, main]]);
  if (isolated) {
    known.set(OWN_WORLD, own);
    own.side.seclude();
  }
  const names = new Map();
  let onCreated = (_id) => {};

  function run(code, url, id) {
    const holder = { __proto__: null, value: undefined, error: undefined };
    natives.evaluate(code, url, id, holder);
    return holder;
  }

  return {
    main,
    own,
    /** Numbers of the isolated worlds there are. */
    ids: () => [...known.keys()].filter((id) => id !== 0),
    setName: (id, name) => names.set(id, name),
    setCreationListener(listener) {
      onCreated = listener;
    },
    get(id) {
      const found = known.get(id);
      if (found !== undefined) return found;
      if (!Number.isInteger(id) || id < 0 || id > LAST_WORLD) throw new Error(`Failed to get context for world ${id}`);
      const holder = { __proto__: null, value: undefined, error: undefined, global: undefined };
      natives.world(id, names.get(id) ?? '', holder);
      // Their number is bounded, and a document that was replaced has none.
      if (holder.value === undefined) throw new Error(`Failed to get context for world ${id}`);
      const world = make(id, holder.value, holder.global);
      world.side.seclude();
      known.set(id, world);
      onCreated(id);
      return world;
    },
    /** Runs code in a world: `{value, error}`; the value may be an object of that world and must not be given to a promise's `resolve`. */
    evaluate: (code, url, world) => run(code, url, world.id),
    evaluateHere(code, url) {
      const holder = run(code, url, HERE);
      if (holder.error !== undefined) throw new SyntaxError(holder.error);
      return holder.value;
    },
    /** A DOM node's wrapper of another world, or null. */
    rewrap: (value, world) => natives.rewrap(value, world.id)
  };
}
