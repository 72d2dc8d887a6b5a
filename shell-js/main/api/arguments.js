/**
 * Checks of what apps pass to native methods, with the error texts that Electron's binding layer has. Apps and their tests match on
 * these texts.
 */

/** @typedef {'string' | 'boolean' | 'int' | 'number' | 'object' | 'function'} Kind */

/** @type {Record<Kind, (value: any) => boolean>} */
const tests = {
  string: (value) => typeof value === 'string',
  // Every value converts to a boolean.
  boolean: () => true,
  int: (value) => Number.isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff,
  number: (value) => typeof value === 'number',
  object: (value) => (typeof value === 'object' && value !== null) || typeof value === 'function',
  function: (value) => typeof value === 'function',
};

/** @param {unknown} value */
function describe(value) {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[object Array]' : Object.prototype.toString.call(value);
  try {
    return String(value);
  } catch {
    return typeof value;
  }
}

/**
 * The error of an argument that cannot be converted.
 * @param {number} index
 * @param {unknown} value
 */
export function conversionError(index, value) {
  return new TypeError(`Error processing argument at index ${index}, conversion failure from ${describe(value)}`);
}

/**
 * Checks leading arguments against kinds.
 * @param {ArrayLike<any>} args
 * @param {...Kind} kinds
 */
export function check(args, ...kinds) {
  for (let index = 0; index < kinds.length; index++) {
    if (index >= args.length) throw new TypeError('Insufficient number of arguments.');
    if (!tests[kinds[index]](args[index])) throw conversionError(index, args[index]);
  }
}

/**
 * A rectangle of integers at an argument's place.
 * @param {ArrayLike<any>} args
 * @param {number} index
 * @returns {{x: number, y: number, width: number, height: number}}
 */
export function rectangle(args, index) {
  if (index >= args.length) throw new TypeError('Insufficient number of arguments.');
  const value = args[index];
  if (!tests.object(value)) throw conversionError(index, value);
  const { x, y, width, height } = value;
  if (![x, y, width, height].every(tests.int)) throw conversionError(index, value);
  return { x, y, width, height };
}

/**
 * Wraps the public methods and accessors of a class such that each throws once the native object behind `this` is gone. `isGone`
 * answers that; members in `exempt` and members whose names begin with `_` stay as they are.
 * @param {any} prototype
 * @param {(object: any) => boolean} isGone
 * @param {string[]} exempt
 */
export function guardDestroyed(prototype, isGone, exempt) {
  const guard = (/** @type {Function} */ method, /** @type {string} */ name) => {
    const guarded = {
      /** @this {any} @param {...any} args */
      [name](...args) {
        if (isGone(this)) throw new TypeError('Object has been destroyed');
        return method.apply(this, args);
      },
    }[name];
    return guarded;
  };
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (name === 'constructor' || name.startsWith('_') || exempt.includes(name)) continue;
    const descriptor = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(prototype, name));
    if (typeof descriptor.value === 'function') descriptor.value = guard(descriptor.value, name);
    if (descriptor.get) descriptor.get = guard(descriptor.get, name);
    if (descriptor.set) descriptor.set = guard(descriptor.set, name);
    Object.defineProperty(prototype, name, descriptor);
  }
}
