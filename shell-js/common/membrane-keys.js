// Property keys as they go over a membrane: texts as they are, symbols by their name.

const SYMBOLS = ['iterator', 'asyncIterator', 'hasInstance', 'toPrimitive', 'toStringTag', 'species', 'isConcatSpreadable'];

/** @param {symbol | string} key @returns {any} undefined for a symbol that only one side can know */
export function packKey(key) {
  if (typeof key !== 'symbol') return key;
  const registered = Symbol.keyFor(key);
  if (registered !== undefined) return ['y', registered];
  const known = SYMBOLS.find((name) => Symbol[name] === key);
  return known === undefined ? undefined : ['y', '', known];
}

/** @param {any} packed @returns {string | symbol} */
export function unpackKey(packed) {
  if (typeof packed === 'string') return packed;
  const [, registered, known] = packed;
  if (known === undefined) return Symbol.for(registered);
  if (!SYMBOLS.includes(known)) throw new TypeError('Malformed key');
  return Symbol[known];
}
