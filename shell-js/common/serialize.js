// The codec of everything that crosses between the main process and a page: structured clone with the rules of Electron's IPC.
//
// The same file runs in V8 (main process) and in JavaScriptCore (isolated world and page world), and writes the same bytes in both.
// Values are recognised by their internal slots, never by `instanceof`: they may come from another realm, and their prototypes may
// have been changed. Encoder and decoder are loops with a stack of their own, so that deep nesting costs memory and not the engine's stack.
//
// The decoder is in deserialize.js, the shared names are in codec-format.js: a page's own world gets those two only.

import { getPrototypeOf, getOwnPropertyDescriptor, uncurry, getterOf, regExpTest, mapSet, bufferLength } from './codec-format.js';
import { TypedArrayPrototype, viewBuffer, bytesSet, bytesSubarray, BytesCtor, MapCtor, VIEW_NAMES, DATA_VIEW } from './codec-format.js';
import { ERROR_NAMES, MAX_BYTES, MAX_OBJECTS, T, double, doubleBytes, probe } from './codec-format.js';

export { deserialize } from './deserialize.js';

const ObjectPrototype = Object.prototype;
const objectKeys = Object.keys;
const objectToString = uncurry(ObjectPrototype.toString);
/** `[object ...]` of a value of any world. */
export const tagOf = (value) => objectToString(value);
const hasOwn = uncurry(ObjectPrototype.hasOwnProperty);
const stringReplace = uncurry(String.prototype.replace);
const functionToString = uncurry(Function.prototype.toString);
const isArray = Array.isArray;
const isView = ArrayBuffer.isView;
const isError = Error.isError;
const mapGet = uncurry(Map.prototype.get);
const mapForEach = uncurry(Map.prototype.forEach);
const setForEach = uncurry(Set.prototype.forEach);
const mapSize = getterOf(Map.prototype, 'size');
const setSize = getterOf(Set.prototype, 'size');
const dateValue = uncurry(Date.prototype.getTime);
const regExpSource = getterOf(RegExp.prototype, 'source');
const regExpFlags = getterOf(RegExp.prototype, 'flags');
const viewKind = getterOf(TypedArrayPrototype, Symbol.toStringTag);
const viewOffset = getterOf(TypedArrayPrototype, 'byteOffset');
const viewLength = getterOf(TypedArrayPrototype, 'length');
const dataViewBuffer = getterOf(DataView.prototype, 'buffer');
const dataViewOffset = getterOf(DataView.prototype, 'byteOffset');
const dataViewLength = getterOf(DataView.prototype, 'byteLength');
const numberValue = uncurry(Number.prototype.valueOf);
const stringValue = uncurry(String.prototype.valueOf);
const booleanValue = uncurry(Boolean.prototype.valueOf);
const bigIntValue = uncurry(BigInt.prototype.valueOf);
const symbolValue = uncurry(Symbol.prototype.valueOf);
const bigIntToString = uncurry(BigInt.prototype.toString);
const charCodeAt = uncurry(String.prototype.charCodeAt);
const isWellFormed = uncurry(String.prototype.isWellFormed);
const encoder = new TextEncoder();
const encodeInto = uncurry(TextEncoder.prototype.encodeInto);
const toStringTag = Symbol.toStringTag;
const ErrorCtor = Error;

// Objects with these tags have slots that cannot be cloned. A tag that an object carries as its own property says nothing.
const UNCLONEABLE = { __proto__: null };
for (const tag of [
  'Promise', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry', 'Generator', 'AsyncGenerator', 'SharedArrayBuffer', 'Arguments',
  'Iterator Helper', 'Array Iterator', 'Map Iterator', 'Set Iterator', 'String Iterator', 'RegExp String Iterator', 'Atomics',
  'Intl.Collator', 'Intl.DateTimeFormat', 'Intl.DisplayNames', 'Intl.DurationFormat', 'Intl.ListFormat', 'Intl.Locale',
  'Intl.NumberFormat', 'Intl.PluralRules', 'Intl.RelativeTimeFormat', 'Intl.Segmenter', 'Module', 'WebAssembly.Module',
  'WebAssembly.Instance', 'WebAssembly.Memory', 'WebAssembly.Table', 'Window', 'global'
]) UNCLONEABLE[`[object ${tag}]`] = true;

function uncloneable() {
  return new ErrorCtor('An object could not be cloned.');
}

// Memory for messages is used again and again: most of the time that a big message takes is spent on pages of memory that are touched for
// the first time. What is larger than this is given back.
const KEPT_SCRATCH = 8 << 20;
let scratch = new BytesCtor(4096);

class Writer {
  constructor(ports) {
    this.ports = ports;
    // Taken away while in use: a getter of the value may send a message itself.
    this.bytes = scratch === null ? new BytesCtor(256) : scratch;
    scratch = null;
    this.at = 0;
    this.seen = null;
    this.count = 0;
    this.stack = { __proto__: null };
    this.depth = 0;
  }

  reserve(extra) {
    const need = this.at + extra;
    if (need <= this.bytes.length) return;
    // A long text reserves three times what it may need.
    if (need > MAX_BYTES * 4) throw uncloneable();
    let size = this.bytes.length * 2;
    if (size < need) size = need;
    const grown = new BytesCtor(size);
    bytesSet(grown, bytesSubarray(this.bytes, 0, this.at));
    this.bytes = grown;
  }

  byte(value) {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  // Little groups of seven bits, up to 2^53.
  length(value) {
    this.reserve(8);
    while (value >= 128) {
      this.bytes[this.at++] = (value % 128) + 128;
      value = (value - (value % 128)) / 128;
    }
    this.bytes[this.at++] = value;
  }

  double(value) {
    this.reserve(8);
    double[0] = value;
    for (let i = 0; i < 8; i++) this.bytes[this.at++] = doubleBytes[i];
  }

  number(value) {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      this.reserve(5);
      const { bytes } = this;
      bytes[this.at++] = T.int;
      bytes[this.at++] = value;
      bytes[this.at++] = value >> 8;
      bytes[this.at++] = value >> 16;
      bytes[this.at++] = value >> 24;
    } else {
      this.byte(T.double);
      this.double(value);
    }
  }

  string(value) {
    const count = value.length;
    if (count < 64) {
      this.reserve(count + 2);
      const { bytes } = this;
      const start = this.at;
      bytes[start] = T.ascii;
      bytes[start + 1] = count;
      let at = start + 2;
      let i = 0;
      for (; i < count; i++) {
        const code = charCodeAt(value, i);
        if (code > 127) break;
        bytes[at++] = code;
      }
      if (i === count) {
        this.at = at;
        return;
      }
    }
    if (isWellFormed(value)) {
      this.byte(T.utf8);
      // The length is known after the fact: five groups of seven bits hold any length that fits a frame.
      this.reserve(5 + count * 3);
      const start = this.at;
      const { written } = encodeInto(encoder, value, bytesSubarray(this.bytes, start + 5));
      let rest = written;
      for (let i = 0; i < 4; i++) {
        this.bytes[start + i] = (rest % 128) + 128;
        rest = (rest - (rest % 128)) / 128;
      }
      this.bytes[start + 4] = rest;
      this.at = start + 5 + written;
      return;
    }
    this.byte(T.utf16);
    this.length(count);
    this.reserve(count * 2);
    for (let i = 0; i < count; i++) {
      const code = charCodeAt(value, i);
      this.bytes[this.at++] = code;
      this.bytes[this.at++] = code >> 8;
    }
  }

  push(frame) {
    this.stack[this.depth++] = frame;
  }

  value(value) {
    switch (typeof value) {
      case 'undefined': return this.byte(T.undefined);
      case 'boolean': return this.byte(value ? T.true : T.false);
      case 'number': return this.number(value);
      case 'string': return this.string(value);
      case 'bigint':
        this.byte(T.bigint);
        return this.string(bigIntToString(value, 16));
      case 'object':
        if (value === null) return this.byte(T.null);
        return this.object(value);
      default: throw uncloneable();
    }
  }

  object(value) {
    if (this.seen === null) this.seen = new MapCtor();
    const known = mapGet(this.seen, value);
    if (known !== undefined) {
      this.byte(T.ref);
      return this.length(known);
    }
    if (this.count >= MAX_OBJECTS) throw uncloneable();
    mapSet(this.seen, value, this.count++);
    if (this.ports !== undefined) {
      const index = mapGet(this.ports, value);
      if (index !== undefined) {
        this.byte(T.port);
        return this.length(index);
      }
    }
    const tag = objectToString(value);
    if (tag === '[object Object]' && getPrototypeOf(value) === ObjectPrototype) return this.plain(value);
    if (isArray(value)) return this.array(value);
    if (isView(value)) return this.view(value);
    if (tag in UNCLONEABLE && !hasOwn(value, toStringTag)) throw uncloneable();
    if (this.slots(value, tag)) return undefined;
    if (isPlatformObject(value)) throw uncloneable();
    return this.plain(value);
  }

  plain(value) {
    this.byte(T.object);
    this.push({ __proto__: null, kind: T.object, value, keys: objectKeys(value), i: 0 });
  }

  array(value) {
    const { length } = value;
    const keys = objectKeys(value);
    // A dense array has a key for each index; further keys come after the indices.
    if (keys.length >= length && (length === 0 || keys[length - 1] === `${length - 1}`)) {
      this.byte(T.array);
      this.length(length);
      this.push({ __proto__: null, kind: T.array, value, keys, i: 0, length });
    } else {
      this.byte(T.sparse);
      this.length(length);
      this.push({ __proto__: null, kind: T.object, value, keys, i: 0 });
    }
  }

  buffer(value) {
    const known = mapGet(this.seen, value);
    if (known !== undefined) {
      this.byte(T.ref);
      return this.length(known);
    }
    let length;
    try {
      length = bufferLength(value);
      this.rawBytes(new BytesCtor(value), length);
    } catch {
      // A shared or detached buffer.
      throw uncloneable();
    }
    mapSet(this.seen, value, this.count++);
    return undefined;
  }

  rawBytes(bytes, length) {
    this.byte(T.buffer);
    this.length(length);
    this.reserve(length);
    bytesSet(this.bytes, bytes, this.at);
    this.at += length;
  }

  view(value) {
    const name = viewKind(value);
    this.byte(T.view);
    if (name === undefined) {
      this.byte(DATA_VIEW);
      this.length(dataViewOffset(value));
      this.length(dataViewLength(value));
      return this.buffer(dataViewBuffer(value));
    }
    for (let i = 0; i < VIEW_NAMES.length; i++) {
      if (VIEW_NAMES[i] === name) {
        this.byte(i);
        this.length(viewOffset(value));
        this.length(viewLength(value));
        return this.buffer(viewBuffer(value));
      }
    }
    throw uncloneable();
  }

  // Objects with internal slots. False if the value has none that we know.
  slots(value, tag) {
    let length = probe(mapSize, value);
    if (length !== undefined) {
      const entries = { __proto__: null, length: 0 };
      mapForEach(value, (item, key) => {
        entries[entries.length++] = key;
        entries[entries.length++] = item;
      });
      return this.entries(T.map, entries);
    }
    length = probe(setSize, value);
    if (length !== undefined) {
      const entries = { __proto__: null, length: 0 };
      setForEach(value, (item) => {
        entries[entries.length++] = item;
      });
      return this.entries(T.set, entries);
    }
    const time = probe(dateValue, value);
    if (time !== undefined) {
      this.byte(T.date);
      this.double(time);
      return true;
    }
    if (tag === '[object Error]' ? isError === undefined || isError(value) : isError !== undefined && isError(value)) {
      this.error(value);
      return true;
    }
    if (tag === '[object RegExp]' || hasRegExpSlots(value)) {
      this.byte(T.regexp);
      this.string(regExpSource(value));
      this.string(regExpFlags(value));
      return true;
    }
    length = probe(bufferLength, value);
    if (length !== undefined) {
      this.rawBytes(new BytesCtor(value), length);
      return true;
    }
    for (let i = 0; i < 4; i++) {
      const inner = probe(i === 0 ? numberValue : i === 1 ? stringValue : i === 2 ? booleanValue : bigIntValue, value);
      if (inner !== undefined) {
        this.byte(T.boxed);
        this.value(inner);
        return true;
      }
    }
    if (tag === '[object Symbol]') throw uncloneable();
    return false;
  }

  entries(kind, entries) {
    this.byte(kind);
    this.length(entries.length);
    this.push({ __proto__: null, kind, entries, i: 0 });
    return true;
  }

  error(value) {
    this.byte(T.error);
    const name = `${value.name}`;
    let index = 0;
    for (let i = 0; i < ERROR_NAMES.length; i++) if (ERROR_NAMES[i] === name) index = i;
    this.byte(index);
    const message = getOwnPropertyDescriptor(value, 'message');
    const stack = stackOf(value, name);
    const cause = getOwnPropertyDescriptor(value, 'cause');
    const hasMessage = message !== undefined && 'value' in message;
    const hasCause = cause !== undefined && 'value' in cause;
    this.byte((hasMessage ? 1 : 0) | (typeof stack === 'string' ? 2 : 0) | (hasCause ? 4 : 0));
    if (hasMessage) this.string(`${message.value}`);
    if (typeof stack === 'string') this.string(stack);
    if (hasCause) this.value(cause.value);
  }

  // Works off the frames, the youngest first. A frame goes on until a value of it opened another one.
  run() {
    while (this.depth > 0) {
      const depth = this.depth;
      const frame = this.stack[depth - 1];
      if (frame.kind === T.object) {
        const { value, keys } = frame;
        while (frame.i < keys.length && this.depth === depth) {
          const key = keys[frame.i++];
          // A getter of an earlier key may have deleted this one.
          if (!hasOwn(value, key)) continue;
          this.string(key);
          this.value(value[key]);
        }
        if (this.depth === depth && frame.i >= keys.length) {
          this.byte(T.end);
          this.depth--;
        }
      } else if (frame.kind === T.array) {
        const { value, length } = frame;
        while (frame.i < length && this.depth === depth) {
          const i = frame.i++;
          const item = value[i];
          if (item === undefined && !hasOwn(value, i)) this.byte(T.hole);
          else this.value(item);
        }
        if (this.depth === depth && frame.i >= length) frame.kind = T.object;
      } else {
        const { entries } = frame;
        while (frame.i < entries.length && this.depth === depth) this.value(entries[frame.i++]);
        if (this.depth === depth) this.depth--;
      }
    }
  }
}

// A stack as V8 writes it: whoever logs an error expects its first line to name it. JavaScriptCore writes only the calls, `f@url:line:column`.
function stackOf(error, name) {
  const { stack } = error;
  if (typeof stack !== 'string' || isV8) return stack;
  const { message } = error;
  const title = message === '' ? name : `${name}: ${message}`;
  // It came from V8.
  if (regExpTest(V8_CALLS, stack)) return stack;
  const calls = stringReplace(stack, JSC_CALL, (_line, call, place) => (call === '' ? `    at ${place}` : `    at ${call} (${place})`));
  return calls === '' ? title : `${title}\n${calls}`;
}
const isV8 = 'captureStackTrace' in Error && regExpTest(/^\s+at /m, `${new Error('x').stack}`);
const V8_CALLS = /^ {4}at /m;
const JSC_CALL = /^([^@\n]*)@(.*)$/gm;

function hasRegExpSlots(value) {
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
function isPlatformObject(value) {
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
 * Encodes a value.
 * @param {unknown} value Usually the array of a message's arguments, so that identity holds across them.
 * @param {Map<object, number>} [ports] Message ports that go along and may be in the value, with their places in the transfer list.
 * @returns {Uint8Array} Valid until the next call: whoever wants to keep it makes a copy.
 */
export function serialize(value, ports) {
  const writer = new Writer(ports);
  try {
    writer.value(value);
    writer.run();
    if (writer.at > MAX_BYTES) throw uncloneable();
    return bytesSubarray(writer.bytes, 0, writer.at);
  } finally {
    if (writer.bytes.length <= KEPT_SCRATCH) scratch = writer.bytes;
  }
}

/**
 * Like `serialize`, but anything that goes wrong (also a getter that throws) becomes Electron's one error.
 * @param {unknown} value
 * @returns {Uint8Array}
 */
export function serializeOrThrow(value) {
  try {
    return serialize(value);
  } catch {
    throw uncloneable();
  }
}

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
