// What a value is, by its internal slots and never by `instanceof`: it may come from another realm, and its prototype may have been changed.

import { getPrototypeOf, getOwnPropertyDescriptor, uncurry, getterOf, regExpTest, bufferLength, probe } from './codec-format.js';

export const ObjectPrototype = Object.prototype;
export const objectToString = uncurry(ObjectPrototype.toString);
export const hasOwn = uncurry(ObjectPrototype.hasOwnProperty);
const stringReplace = uncurry(String.prototype.replace);
const functionToString = uncurry(Function.prototype.toString);
export const isArray = Array.isArray;
export const isView = ArrayBuffer.isView;
export const isError = Error.isError;
export const toStringTag = Symbol.toStringTag;
export const mapSize = getterOf(Map.prototype, 'size');
export const setSize = getterOf(Set.prototype, 'size');
export const dateValue = uncurry(Date.prototype.getTime);
export const regExpSource = getterOf(RegExp.prototype, 'source');
export const numberValue = uncurry(Number.prototype.valueOf);
export const stringValue = uncurry(String.prototype.valueOf);
export const booleanValue = uncurry(Boolean.prototype.valueOf);
export const bigIntValue = uncurry(BigInt.prototype.valueOf);
const symbolValue = uncurry(Symbol.prototype.valueOf);

/** `[object ...]` of a value of any world. */
export const tagOf = (value) => objectToString(value);

// Objects with these tags have slots that cannot be cloned. A tag that an object carries as its own property says nothing.
export const UNCLONEABLE = { __proto__: null };
for (const tag of [
  'Promise', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'Generator', 'AsyncGenerator', 'SharedArrayBuffer', 'Arguments',
  'Iterator Helper', 'Array Iterator', 'Map Iterator', 'Set Iterator', 'String Iterator', 'RegExp String Iterator', 'Atomics',
  'Intl.Collator', 'Intl.DateTimeFormat', 'Intl.DisplayNames', 'Intl.DurationFormat', 'Intl.ListFormat', 'Intl.Locale',
  'Intl.NumberFormat', 'Intl.PluralRules', 'Intl.RelativeTimeFormat', 'Intl.Segmenter', 'Module', 'WebAssembly.Module',
  'WebAssembly.Instance', 'WebAssembly.Memory', 'WebAssembly.Table', 'Window', 'global'
]) UNCLONEABLE[`[object ${tag}]`] = true;

// A stack as V8 writes it: whoever logs an error expects its first line to name it. JavaScriptCore writes only the calls, `f@url:line:column`.
export function stackOf(error, name) {
  const { stack } = error;
  if (typeof stack !== 'string' || isV8) return stack;
  const { message } = error;
  const title = message === '' ? name : `${name}: ${message}`;
  // It came from V8.
  if (regExpTest(V8_CALLS, stack)) return stack;
  const calls = stringReplace(stack, JSC_CALL, (_line, call, place) => (call === '' ? `    at ${place}` : `    at ${call} (${place})`));
  return calls === '' ? title : `${title}\n${calls}`;
}
export const isV8 = 'captureStackTrace' in Error && regExpTest(/^\s+at /m, `${new Error('x').stack}`);
const V8_CALLS = /^ {4}at /m;
const JSC_CALL = /^([^@\n]*)@(.*)$/gm;

export function hasRegExpSlots(value) {
  try {
    regExpSource(value);
    // The prototype itself answers too, without having the slot.
    return getPrototypeOf(value) !== ObjectPrototype;
  } catch {
    return false;
  }
}

// An object of the browser (DOM node, File, URL, Location) inherits from a prototype with a tag whose constructor is native code. Classes of
// an app never are, and neither are those of Node.
export function isPlatformObject(value) {
  for (let owner = value; owner !== null && owner !== ObjectPrototype; owner = getPrototypeOf(owner)) {
    if (!hasOwn(owner, toStringTag)) continue;
    const descriptor = getOwnPropertyDescriptor(owner, 'constructor');
    const found = descriptor === undefined ? undefined : descriptor.value;
    if (owner !== value && typeof found === 'function') {
      const text = functionToString(found);
      if (text.length < 200 && regExpTest(NATIVE_CODE, text)) return true;
    }
  }
  return false;
}
const NATIVE_CODE = /\{\s*\[native code\]\s*\}\s*$/;

/**
 * What a value is by its internal slots: `plain` for everything that has none, whatever its prototype.
 * @param {object} value
 * @returns {'plain' | 'array' | 'error' | 'promise' | 'slots' | 'platform'} `slots` goes through the codec (which refuses some),
 *   `platform` is an object of the browser.
 */
export function kindOf(value) {
  const tag = objectToString(value);
  if (tag === '[object Object]' && getPrototypeOf(value) === ObjectPrototype) return 'plain';
  if (isArray(value)) return 'array';
  if (isError === undefined ? tag === '[object Error]' : isError(value)) return 'error';
  if (isView(value)) return 'slots';
  const known = tag in UNCLONEABLE && !hasOwn(value, toStringTag);
  if (known) return tag === '[object Promise]' ? 'promise' : 'slots';
  for (const read of [mapSize, setSize, dateValue, bufferLength, numberValue, stringValue, booleanValue, bigIntValue]) {
    if (probe(read, value) !== undefined) return 'slots';
  }
  if (tag === '[object Symbol]' && probe(symbolValue, value) !== undefined) return 'slots';
  if (hasRegExpSlots(value)) return 'slots';
  return isPlatformObject(value) ? 'platform' : 'plain';
}
