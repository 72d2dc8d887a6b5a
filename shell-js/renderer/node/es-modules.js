// ES modules in a page, as Node has them. The page's Node context finds them and makes functions of them (src/runtime/function_form.rs); they
// are linked and run here, beside the page's own objects.

const ELECTRON_URL = 'electron:electron';

/** Runs a module to its end. What it gives on the way is what it waits for. */
function drive(steps) {
  let step = steps.next();
  if (step.done) return null;
  return (async () => {
    while (!step.done) {
      let value;
      try {
        value = await step.value;
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next(value);
    }
  })();
}

const coded = (error, code) => Object.assign(error, { code });

/** What a function has that is no member of its module. */
const OF_FUNCTIONS = new Set(['length', 'name', 'prototype', 'arguments', 'caller']);

/**
 * @param {object} host
 * @param {(name: string, ...args: any[]) => any} host.ask Asks the page's Node context.
 * @param {(name: string) => any} host.builtin
 * @param {() => any} host.electron
 * @param {(file: string) => any} host.requireFile
 * @param {(code: string, url: string) => any} host.evaluate Runs code in this world.
 * @param {any[]} host.globals What modules have without being told, in the order of function_form.rs.
 */
export function createModules({ ask, builtin, electron, requireFile, evaluate, globals }) {
  // By address. What a module is stays known even when it fails: it is asked for once.
  const records = new Map();
  const known = new Map();

  /** A module whose exports are members of an object that is there once it has run. */
  function synthetic(url, names, load) {
    const record = { url, requests: [], getters: new Map(), indirect: [], stars: [], awaits: false, evaluation: undefined, values: undefined };
    for (const name of new Set(['default', ...names])) {
      record.getters.set(name, () => record.values?.[name]);
    }
    record.start = () => {
      record.values = load();
      return null;
    };
    record.namespace = namespaceOf(record);
    return record;
  }

  // Node's own and Electron's modules: all members, and the module itself.
  function whole(url, load) {
    const value = load();
    const own = typeof value === 'function' ? Object.getOwnPropertyNames(value).filter((name) => !OF_FUNCTIONS.has(name)) : Object.keys(value);
    return synthetic(url, own, () => new Proxy(value, { get: (target, name) => (name === 'default' ? target : Reflect.get(target, name)) }));
  }

  function commonjs(url, { file, names }) {
    const others = names.filter((name) => name !== 'default');
    return synthetic(url, [...others, 'module.exports'], () => {
      const exports = requireFile(file);
      const values = { __proto__: null, default: exports, 'module.exports': exports };
      if ((typeof exports === 'object' && exports !== null) || typeof exports === 'function') {
        for (const name of others) values[name] = exports[name];
      }
      return values;
    });
  }

  function sourceText(url, { code, requests, imports, exports, indirect, stars, awaits, asynchronous, file, folder }) {
    return { url, code, requests, imports, exports, indirect, stars, awaits, asynchronous, file, folder, getters: new Map(), evaluation: undefined, namespace: undefined };
  }

  function make(url, found) {
    switch (found.kind) {
      case 'module': return sourceText(url, found);
      case 'commonjs': return commonjs(url, found);
      case 'json': return synthetic(url, [], () => ({ default: parseJson(url, found.text) }));
      default: return { url, failure: found.error };
    }
  }

  function parseJson(url, text) {
    try {
      return JSON.parse(text);
    } catch (error) {
      error.message = `${url}: ${error.message}`;
      throw error;
    }
  }

  /** Gets a module and all that it leads to. */
  function fetch(specifier, referrer, kind) {
    const key = `${referrer}\0${specifier}\0${kind}`;
    let url = known.get(key);
    if (url === undefined || recordOf(url).failure !== undefined) {
      const found = ask('modules', specifier, referrer, kind);
      for (const [address, description] of found.modules) records.set(address, make(address, description));
      url = found.url;
      known.set(key, url);
    }
    return recordOf(url);
  }

  function recordOf(url) {
    let record = records.get(url);
    if (record !== undefined) return record;
    if (url === ELECTRON_URL) record = whole(url, electron);
    else if (url.startsWith('node:')) record = whole(url, () => builtin(url));
    else throw new Error(`${url} was not loaded`);
    records.set(url, record);
    return record;
  }

  const target = (record, request) => recordOf(record.requests[request].url);

  /** Whose getter a name means: null if there is none, undefined if there are several. */
  function resolve(record, name, seen = new Set()) {
    const key = `${record.url}\0${name}`;
    if (seen.has(key)) return null;
    seen.add(key);
    if (record.getters.has(name)) return { record, name };
    for (const [exported, request, there] of record.indirect) {
      if (exported !== name) continue;
      const other = target(record, request);
      return there === '*' ? { record: other, name: '*' } : resolve(other, there, seen);
    }
    if (name === 'default') return null;
    let found = null;
    for (const request of record.stars) {
      const other = resolve(target(record, request), name, seen);
      if (other === undefined) return undefined;
      if (other === null) continue;
      if (found !== null && (found.record !== other.record || found.name !== other.name)) return undefined;
      found = other;
    }
    return found;
  }

  function namesOf(record, seen = new Set()) {
    if (seen.has(record)) return new Set();
    seen.add(record);
    const names = new Set([...record.getters.keys(), ...record.indirect.map(([exported]) => exported)]);
    for (const request of record.stars) {
      for (const name of namesOf(target(record, request), seen)) if (name !== 'default') names.add(name);
    }
    return names;
  }

  function getterOf({ record, name }) {
    return name === '*' ? () => record.namespace : record.getters.get(name);
  }

  /** Fills an object with what a module exports. */
  function namespaceOf(record, namespace = Object.create(null)) {
    const names = [...namesOf(record)].sort();
    for (const name of names) {
      const found = resolve(record, name);
      if (found) Object.defineProperty(namespace, name, { get: getterOf(found), enumerable: true });
    }
    Object.defineProperty(namespace, Symbol.toStringTag, { value: 'Module' });
    return Object.preventExtensions(namespace);
  }

  /** All modules that are not linked yet, and what stands in the way. */
  function unlinked(root) {
    const found = new Set();
    const queue = [root];
    for (let record = queue.pop(); record !== undefined; record = queue.pop()) {
      if (record.failure !== undefined) throw record.failure;
      if (record.namespace !== undefined || found.has(record)) continue;
      found.add(record);
      for (const { url, error } of [...record.requests].reverse()) {
        if (error !== undefined) throw error;
        queue.push(recordOf(url));
      }
    }
    return found;
  }

  function checkImports(record) {
    for (const [request, name] of [...record.imports, ...record.indirect.map(([, request, name]) => [request, name])]) {
      if (name === '*') continue;
      const found = resolve(target(record, request), name);
      if (found) continue;
      const { specifier } = record.requests[request];
      const problem = found === null ? `does not provide an export named '${name}'` : `contains conflicting star exports for name '${name}'`;
      throw new SyntaxError(`The requested module '${specifier}' ${problem} (in ${record.url})`);
    }
  }

  function link(root) {
    const fresh = unlinked(root);
    // Two steps, because modules of a cycle name each other. Until all are right none is linked.
    for (const record of fresh) for (const name of record.exports) record.getters.set(name, undefined);
    for (const record of fresh) checkImports(record);
    const functions = new Map();
    for (const record of fresh) functions.set(record, evaluate(record.code, record.url)(...globals));
    const namespaces = new Map();
    for (const record of fresh) namespaces.set(record, Object.create(null));
    const namespaceAt = (record, { url }) => namespaces.get(recordOf(url)) ?? recordOf(url).namespace;
    for (const record of fresh) {
      const own = (name, get) => record.getters.set(name, get);
      const steps = functions.get(record)(importer(record.url), metaOf(record), own, ...record.requests.map((request) => namespaceAt(record, request)));
      // It stops as soon as its exports are known.
      const first = steps.next();
      if (record.asynchronous) first.catch(() => {});
      record.start = () => (record.asynchronous ? steps.next().then(() => undefined) : drive(steps));
      record.namespace = namespaces.get(record);
      record.code = null;
    }
    for (const record of fresh) namespaceOf(record, record.namespace);
  }

  function metaOf({ url, file, folder }) {
    const meta = { __proto__: null, url, resolve: (specifier, parent = url) => ask('resolveMeta', String(specifier), String(parent)) };
    return file === undefined ? meta : Object.assign(meta, { dirname: folder, filename: file });
  }

  /**
   * Runs a module after those that it names. Gives null when that is done, or a promise of it; throws what the module threw, each time.
   * One that is being run, further out, is not waited for: it is of the same cycle.
   */
  function run(record) {
    if (record.error !== undefined) throw record.error.value;
    if (record.evaluation !== undefined) return record.evaluation;
    if (record.running) return null;
    record.running = true;
    try {
      const waits = record.requests.map(({ url }) => run(recordOf(url))).filter((wait) => wait !== null);
      record.evaluation = waits.length === 0 ? record.start() : Promise.all(waits).then(() => record.start());
    } catch (error) {
      record.error = { value: error };
      throw error;
    } finally {
      record.running = false;
    }
    // Whoever waits for it hears of a failure.
    record.evaluation?.catch((error) => {
      record.error = { value: error };
    });
    return record.evaluation;
  }

  const importer = (referrer) => async (specifier, options) => {
    const name = String(specifier);
    const kind = options?.with?.type ?? null;
    const record = fetch(name, referrer, kind);
    link(record);
    await run(record);
    return record.namespace;
  };

  /** What `require` of a module with a default export has more: that it is one. */
  function required({ namespace }) {
    if (Object.hasOwn(namespace, 'module.exports')) return namespace['module.exports'];
    if (!Object.hasOwn(namespace, 'default') || Object.hasOwn(namespace, '__esModule')) return namespace;
    const marked = Object.create(null, Object.getOwnPropertyDescriptors(namespace));
    return Object.defineProperty(marked, '__esModule', { value: true, enumerable: true });
  }

  function awaits(record, seen = new Set()) {
    if (seen.has(record)) return false;
    seen.add(record);
    return record.awaits || record.requests.some(({ url }) => awaits(recordOf(url), seen));
  }

  return {
    importer,

    /** Runs a file. Gives null when that is done, or a promise of it. @param {string} file */
    run(file) {
      const record = fetch(file, null, null);
      link(record);
      return run(record);
    },

    /** For `require`. @param {string} file */
    require(file) {
      const record = fetch(file, null, null);
      link(record);
      if (awaits(record)) {
        const text = `require() cannot be used on an ESM graph with top-level await. Use import() instead: ${file}`;
        throw coded(new Error(text), 'ERR_REQUIRE_ASYNC_MODULE');
      }
      run(record);
      return (record.required ??= required(record));
    }
  };
}
