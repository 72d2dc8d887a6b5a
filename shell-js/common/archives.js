/**
 * What JavaScript has to say about archives, which the file system below shows as folders: `process.noAsar` and `original-fs`. The native side evaluates this function, a classic script, in every worker before any module.
 */
() => {
  const { op_archives_off, op_archives_original } = globalThis.__shellNative;
  const { process } = globalThis;
  /** @type {any} */
  const Module = process.getBuiltinModule('module');

  /** @type {any} */
  let noAsar;
  Object.defineProperty(process, 'noAsar', {
    get: () => noAsar,
    set(value) {
      noAsar = value;
      op_archives_off(Boolean(value));
    },
    enumerable: false,
    configurable: true,
  });

  /** A function for which archives are files, from its call to its first wait. @param {Function} work @param {any} owner @param {any} original */
  const asOriginal = (work, owner, original) => {
    const wrapped = {
      [work.name](/** @type {any[]} */ ...args) {
        op_archives_original(true);
        try {
          return Reflect.apply(work, this === original ? owner : this, args);
        } finally {
          op_archives_original(false);
        }
      },
    }[work.name];
    for (const [name, value] of Object.entries(work)) if (typeof value === 'function') wrapped[name] = asOriginal(value, work, wrapped);
    return wrapped;
  };

  /** A module of functions with the same for each; classes stay what they are. @param {any} owner */
  const makeOriginal = (owner) => {
    /** @type {any} */
    const original = {};
    for (const name of Object.keys(owner)) {
      Object.defineProperty(original, name, {
        configurable: true,
        enumerable: true,
        get() {
          const value = owner[name];
          const made = name === 'promises' ? makeOriginal(value) : typeof value === 'function' && !/^[A-Z_]/.test(name) ? asOriginal(value, owner, original) : value;
          Object.defineProperty(original, name, { value: made, writable: true });
          return made;
        },
        set(value) {
          Object.defineProperty(original, name, { value, writable: true });
        },
      });
    }
    return original;
  };

  /** @type {any} */
  let originalFs;
  const getOriginalFs = () => {
    if (originalFs !== undefined) return originalFs;
    const fs = process.getBuiltinModule('fs');
    originalFs = makeOriginal(fs);
    // Streams open their files in a later turn, by the functions that they are given.
    for (const name of ['createReadStream', 'createWriteStream']) {
      originalFs[name] = (/** @type {any} */ path, /** @type {any} */ options) => {
        const given = typeof options === 'string' ? { encoding: options } : options;
        return fs[name](path, { fs: originalFs, ...given });
      };
    }
    return originalFs;
  };

  const KEY = 'original-fs';
  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (/** @type {string} */ request, /** @type {any[]} */ ...rest) {
    if (request !== KEY) return resolveFilename.call(this, request, ...rest);
    if (Module._cache[KEY] === undefined) {
      const module = new Module(KEY, null);
      Object.assign(module, { id: KEY, filename: KEY, loaded: true, exports: getOriginalFs() });
      Module._cache[KEY] = module;
    }
    return KEY;
  };
}
