// What a preload does with the other worlds of its document, where the worlds share no values. The page's world is met before the preload runs;
// further ones are made by the host when somebody wants them, and met then.

import { FROM_PAGE } from '../../common/lane-frames.js';
import { serialize } from '../../common/serialize.js';
import { Later } from '../web-frame.js';
import { NO_EVAL } from './portable-evaluate.js';
import { createMembrane } from './portable-membrane.js';
import { takeNode } from './portable-meet.js';
import { OP } from './portable-tape.js';

const OWN_WORLD = 999;
const LAST_WORLD = 536870911;
/** The main process makes no more either. */
const MOST_WORLDS = 100;
const SCRIPT_FAILED =
  'Script failed to execute, this normally means an error was thrown. Check the renderer console for the error.';
const EXISTS = 'Cannot bind an API on top of an existing property on the window object';
const indirectEval = eval;
const functionToString = Function.prototype.toString;

/** What runs in this world is not subject to the page's policy. */
function evaluateHere(code, url) {
  return indirectEval(`${code}\n//# sourceURL=${encodeURI(url)}`);
}

function conversionError(index, value) {
  let text;
  try {
    text = String(value);
  } catch {
    text = typeof value;
  }
  return new TypeError(`Error processing argument at index ${index}, conversion failure from ${text}`);
}

/** Within one world nothing has to be bridged. @param {any} value @param {Map<object, any>} [seen] */
function frozenCopy(value, seen = new Map()) {
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const isList = Array.isArray(value);
  if (!isList && Object.getPrototypeOf(value) !== Object.prototype) return value;
  const copy = isList ? [] : {};
  seen.set(value, copy);
  for (const key of Object.keys(value)) {
    Object.defineProperty(copy, key, { value: frozenCopy(value[key], seen), enumerable: true });
  }
  return Object.freeze(copy);
}

/**
 * @param {any} link What portable-link.js makes.
 * @param {any} page The membrane to the page's world.
 * @param {string} meeting The view's name of the events by which worlds meet; further worlds add their number.
 * @param {any} handlers What this world does for any other.
 * @param {boolean} reachable The host runs scripts in this frame.
 */
export function createPortableWorlds(link, page, meeting, handlers, reachable) {
  /** Worlds that exist or were asked for, with what is to be exposed in them. @type {Map<number, {membrane: any, waiting: (() => void)[], keys: Set<string>}>} */
  const others = new Map();
  const names = new Map();
  /** Scripts that the host runs for a preload. @type {Map<number, {resolve: (value: any) => void, reject: (error: any) => void}>} */
  const questions = new Map();
  let lastQuestion = 0;
  let onCreated = (_id) => {};

  function checkWorld(id) {
    if (!Number.isInteger(id) || id < 0 || id > LAST_WORLD) throw new Error(`Failed to get context for world ${id}`);
  }

  // A world that the host is about to make, or has made for a script of its own.
  function expect(id) {
    const world = { membrane: null, waiting: [], keys: new Set() };
    others.set(id, world);
    takeNode(`${meeting}-${id}`, (node) => {
      world.membrane = createMembrane(node, 'own', 'page', handlers(() => world.membrane));
      for (const run of world.waiting.splice(0)) run();
    });
    onCreated(id);
    return world;
  }

  function worldOf(id) {
    checkWorld(id);
    const found = others.get(id);
    if (found !== undefined) return found;
    if (!reachable) throw new Error('Isolated worlds beside the preload\'s are not available in sub-frames on this platform');
    if (others.size >= MOST_WORLDS) throw new Error(`Failed to get context for world ${id}`);
    const made = expect(id);
    link.send(FROM_PAGE.worldWanted, id, serialize([]));
    return made;
  }

  function exposeBy(membrane, key, api) {
    if (membrane.ask(OP.has, key)) throw new Error(EXISTS);
    membrane.askWith(OP.expose, [key], api);
  }

  function expose(id, key, api) {
    if (typeof key !== 'string') throw conversionError(1, key);
    if (id === 0) return exposeBy(page, key, api);
    if (id === OWN_WORLD) {
      if (key in globalThis) throw new Error(EXISTS);
      return Object.defineProperty(globalThis, key, { value: frozenCopy(api), enumerable: true });
    }
    const world = worldOf(id);
    // What the world itself has is known only once it is there.
    if (world.keys.has(key)) throw new Error(EXISTS);
    world.keys.add(key);
    if (world.membrane !== null) return exposeBy(world.membrane, key, api);
    return world.waiting.push(() => {
      try {
        exposeBy(world.membrane, key, api);
      } catch (error) {
        console.error(error);
      }
    });
  }

  const sourcesOf = (code) => (typeof code === 'string' ? [code] : code.map((source) => source.code));

  function runHere(sources) {
    let first;
    for (const source of typeof sources === 'string' ? [{ code: sources, url: '' }] : sources) {
      let holder;
      try {
        holder = { value: evaluateHere(source.code, source.url), failed: false };
      } catch (error) {
        console.error(String(error));
        holder = { value: undefined, failed: true };
      }
      first ??= holder;
    }
    if (first?.failed) throw new Error(SCRIPT_FAILED);
    return first?.value;
  }

  // The engine's own way: no policy forbids it, and it takes a turn.
  function runByHost(code, worldId) {
    if (!reachable) return Promise.reject(new Error(NO_EVAL));
    return new Promise((resolve, reject) => {
      lastQuestion = (lastQuestion % 0x7fffffff) + 1;
      questions.set(lastQuestion, { resolve, reject });
      link.send(FROM_PAGE.runInPage, lastQuestion, serialize([code, worldId]));
    });
  }

  // What the host runs has no value yet: whoever wants it waits for it.
  const later = (code, worldId) => new Later(runByHost(code, worldId));

  return {
    worlds: {
      ids: () => [OWN_WORLD, ...others.keys()],
      setName: (id, name) => names.set(id, name),
      setCreationListener(listener) {
        onCreated = listener;
      },
      evaluateHere(code, url) {
        try {
          return evaluateHere(code, url);
        } catch (error) {
          throw new SyntaxError(String(error));
        }
      }
    },

    bridge: {
      api: {
        exposeInMainWorld: (key, api) => expose(0, key, api),
        exposeInIsolatedWorld(id, key, api) {
          if (typeof id !== 'number') throw conversionError(0, id);
          expose(id, key, api);
        },
        executeInMainWorld(script) {
          if ((typeof script !== 'object' && typeof script !== 'function') || script === null) throw new TypeError('Invalid script');
          if (typeof script.func !== 'function') throw new TypeError("Function 'func' is required in script");
          if ('args' in script && !Array.isArray(script.args)) throw new TypeError("'args' must be an array");
          return page.askWithList(OP.execute, [`(${functionToString.call(script.func)})`], script.args ?? []);
        }
      }
    },

    scripts: {
      /** For the main process, where the engine's own way leads to no other world or frame. */
      evaluate(code, _url, worldId, onValue, onError) {
        let value;
        try {
          value = this.run(code, worldId ?? 0);
        } catch (error) {
          onError(error);
          return;
        }
        if (value instanceof Later) value.promise.then((result) => result.value).then(onValue, onError);
        else if (value instanceof Promise) value.then(onValue, onError);
        else onValue(value);
      },
      /** For preloads. Throws what Electron rejects with. */
      run(code, worldId) {
        checkWorld(worldId);
        if (worldId === OWN_WORLD) return runHere(code);
        if (worldId !== 0) {
          worldOf(worldId);
          return later(code, worldId);
        }
        const sources = sourcesOf(code);
        let answer;
        try {
          answer = page.ask(OP.run, sources.length, ...sources);
        } catch (error) {
          throw new Error(`Uncaught ${error}`);
        }
        const [allowed, failed, value] = answer;
        if (!allowed) return later(code, 0);
        if (failed === undefined) return value;
        console.error(failed);
        throw new Error(SCRIPT_FAILED);
      },
      failed(id, error) {
        questions.get(id)?.reject(error);
        questions.delete(id);
      }
    },

    /** The value of a script that the host ran for a preload. */
    answered(id, failed, value) {
      const question = questions.get(id);
      questions.delete(id);
      if (failed) question?.reject(value);
      else question?.resolve({ value });
    },

    /** The host makes a world. @param {number} id */
    announced(id) {
      if (!others.has(id)) expect(id);
    }
  };
}
