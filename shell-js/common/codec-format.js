// What encoder and decoder of the codec share: tags, names, limits, and primordials that were taken before any script of a page runs.
//
// A message is one byte of form, the structure, the texts, and the place where the texts begin (u32, little-endian). The structure is one value
// in the order of a walk; deep ones follow it. Texts stand in one list, in the order in which the structure asks for them, so that an engine's
// own JSON makes many of them in one go; long ones stand in the structure. Objects with the same keys name them once.

export const reflectApply = Reflect.apply;
export const getPrototypeOf = Reflect.getPrototypeOf;
export const getOwnPropertyDescriptor = Reflect.getOwnPropertyDescriptor;
export const uncurry = (method) => (receiver, ...args) => reflectApply(method, receiver, args);
// In a page that had its turn before us the getter may be gone; then only its use fails.
export const getterOf = (owner, key) => uncurry((getOwnPropertyDescriptor(owner, key) ?? owner).get);
export const regExpTest = uncurry(RegExp.prototype.test);
export const mapSet = uncurry(Map.prototype.set);
export const bufferLength = getterOf(ArrayBuffer.prototype, 'byteLength');
/** @type {any} */
export const TypedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
export const viewBuffer = getterOf(TypedArrayPrototype, 'buffer');
export const viewOffset = getterOf(TypedArrayPrototype, 'byteOffset');
export const bytesSet = uncurry(TypedArrayPrototype.set);
export const bytesSubarray = uncurry(TypedArrayPrototype.subarray);
export const bytesSlice = uncurry(TypedArrayPrototype.slice);
export const BytesCtor = Uint8Array;
export const DoublesCtor = Float64Array;

// A class whose instances find the methods of `Base` on a prototype that nobody else reaches. A plain call of such a method is many times faster
// than one through `Reflect.apply`.
function safe(Base, Safe) {
  const from = Base.prototype;
  const keys = Reflect.ownKeys(from);
  for (let i = 0; i < keys.length; i++) {
    if (keys[i] !== 'constructor') Reflect.defineProperty(Safe.prototype, keys[i], getOwnPropertyDescriptor(from, keys[i]));
  }
  Reflect.setPrototypeOf(Safe.prototype, null);
  Object.freeze(Safe.prototype);
  return Safe;
}
export const SafeMap = safe(Map, class extends Map {});
export const SafeSet = safe(Set, class extends Set {});
export const SafeWeakSet = safe(WeakSet, class extends WeakSet {});
/** @type {DataViewConstructor} */
export const SafeDataView = safe(DataView, class extends (/** @type {any} */ (DataView)) {});

// Their places in these lists are in the messages: new names go to the end.
export const VIEW_NAMES = [
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array',
  'Float64Array', 'BigInt64Array', 'BigUint64Array', 'Float16Array'
];
export const DATA_VIEW = 31;
export const ERROR_NAMES = ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];

/** More objects than an ordinary message ever holds. */
export const MAX_OBJECTS = 8_000_000;

// The first byte of a structure's value. From SMALL on, the byte is a whole number itself.
export const T = {
  undefined: 0, null: 1, true: 2, false: 3, int: 4, double: 5, text: 6, utf8: 7, utf16: 8, bigint: 9, date: 10, regexp: 11, map: 12,
  set: 13, list: 14, array: 15, object: 17, shape: 18, shaped: 19, error: 20, buffer: 21, view: 22, boxed: 23, ref: 24, hole: 25,
  later: 26, doubles: 27, image: 28, port: 29
};
export const SMALL = 64;

/** Forms of a message: without texts, with a few short ones of ASCII, with texts as JSON. */
export const FORM = { plain: 0, few: 1, json: 2 };

/** The longest message that the lane carries. */
export const MAX_BYTES = 256 * 1024 * 1024;

/** Longer texts stand in the structure. */
export const LONG_TEXT = 512;
/** A list of JSON ends after so many characters, and is never longer than that many bytes: it is parsed before its parts can be judged. */
export const CHUNK_TEXT = 32 * 1024;
export const MAX_CHUNK = 256 * 1024;
/** Objects with more keys write them out. */
export const SHAPE_KEYS = 32;
/** What is nested deeper comes after the rest, so that neither side needs much of the engine's stack. */
export const MAX_DEPTH = 100;

// What an object takes, roughly and rather too much than too little. A message may ask for ten times its own length and for FREE_COST: a short
// one cannot fill the memory, and one that honestly holds millions of empty objects is padded.
export const COST = { object: 56, slot: 8, entry: 64, map: 240, pair: 48, error: 600, small: 200, view: 160, image: 400 };
export const COST_FACTOR = 10;
export const FREE_COST = 1 << 20;

// Whether an array of some length, with items before an index and a hole there, is kept as a table: so that engines take no memory for what is missing.
export const isFar = (from, length) => length - from > 2048 && length > from * 16;

// The value of an accessor that throws for objects without its slot.
export function probe(read, value) {
  try {
    return read(value);
  } catch {
    return undefined;
  }
}

// What only one side of the codec has: the main process and the isolated world set these, the page's own world never does.
export const host = {
  __proto__: null,
  /** Whether one of a few hundred objects is a Proxy; null where nothing can tell. Arguments, because either engine hands them on much faster than items of a list. @type {((...objects: object[]) => boolean) | null} */
  anyProxy: null,
  /** Whether an array has enumerable properties besides its items; null where only their keys tell. @type {((array: any[]) => boolean) | null} */
  hasNamedProperties: null,
  /** Writes a text as UTF-8 into bytes, from an index on, and gives where it ends, or -1; null where the engine's encoder is fast enough. @type {((text: string, bytes: Uint8Array, at: number) => number) | null} */
  encodeText: null,
  /** Reads a part of bytes as UTF-8; gives an empty text for what is none. Null where the engine's decoder is fast enough. @type {((bytes: Uint8Array, from: number, to: number) => string) | null} */
  decodeText: null,
  /** Objects of the surroundings that cannot be cloned and do not show it. @type {((value: object) => boolean) | null} */
  refuses: null,
  /** The forms of a NativeImage, or null for any other object. @type {((value: object) => [number, Picture][] | null) | null} */
  formsOfImage: null,
  /** @type {((forms: [number, Picture][]) => object) | null} */
  imageOfForms: null
};
/** @typedef {{ width: number, height: number, rgba: Uint8Array }} Picture */
