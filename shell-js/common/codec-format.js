// What encoder and decoder of the codec share: tags, names, limits, and primordials that were taken before any script of a page runs.

export const reflectApply = Reflect.apply;
export const getPrototypeOf = Reflect.getPrototypeOf;
export const getOwnPropertyDescriptor = Reflect.getOwnPropertyDescriptor;
export const uncurry = (method) => (receiver, ...args) => reflectApply(method, receiver, args);
export const getterOf = (owner, key) => uncurry(getOwnPropertyDescriptor(owner, key).get);
export const regExpTest = uncurry(RegExp.prototype.test);
export const mapSet = uncurry(Map.prototype.set);
export const bufferLength = getterOf(ArrayBuffer.prototype, 'byteLength');
/** @type {any} */
export const TypedArrayPrototype = getPrototypeOf(Uint8Array.prototype);
export const viewBuffer = getterOf(TypedArrayPrototype, 'buffer');
export const bytesSet = uncurry(TypedArrayPrototype.set);
export const bytesSubarray = uncurry(TypedArrayPrototype.subarray);
export const BytesCtor = Uint8Array;
export const MapCtor = Map;

// Their places in these lists are in the messages: new names go to the end.
export const VIEW_NAMES = [
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array',
  'Float64Array', 'BigInt64Array', 'BigUint64Array', 'Float16Array'
];
export const DATA_VIEW = 31;
export const ERROR_NAMES = ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];

/** More objects than an ordinary message ever holds; a hostile one could otherwise make 50 bytes of heap of each byte sent. */
export const MAX_OBJECTS = 8_000_000;

export const T = {
  undefined: 0, null: 1, true: 2, false: 3, int: 4, double: 5, ascii: 6, utf8: 7, utf16: 8, bigint: 9, date: 10, regexp: 11, map: 12,
  set: 13, array: 14, sparse: 15, object: 16, error: 17, buffer: 18, view: 19, boxed: 20, ref: 21, end: 22, hole: 23,
  port: 24
};

/** The longest message that the lane carries. */
export const MAX_BYTES = 256 * 1024 * 1024;

export const double = new Float64Array(1);
export const doubleBytes = new Uint8Array(double.buffer);

// The value of an accessor that throws for objects without its slot.
export function probe(read, value) {
  try {
    return read(value);
  } catch {
    return undefined;
  }
}
