// The codec's decoder; serialize.js describes the whole.
//
// It reads bytes of a process that may be hostile: nothing is allocated that the bytes do not pay for, nesting costs memory and not the
// engine's stack, and `__proto__` is a key like any other.

import { reflectApply, uncurry, regExpTest, mapSet, bufferLength, viewBuffer, bytesSet, bytesSubarray } from './codec-format.js';
import { BytesCtor, MapCtor, VIEW_NAMES, DATA_VIEW, ERROR_NAMES, MAX_OBJECTS, T, double, doubleBytes, probe } from './codec-format.js';

const { defineProperty } = Reflect;
const setAdd = uncurry(Set.prototype.add);
const fromCharCode = String.fromCharCode;
// Not `fatal`, which takes a slower way in the main process; bytes that are no UTF-8 do no harm as replacement characters.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const decodeText = uncurry(TextDecoder.prototype.decode);
const [SetCtor, DateCtor, RegExpCtor, DataViewCtor, ObjectCtor, BigIntCtor, RangeErrorCtor] = [
  Set, Date, RegExp, DataView, Object, BigInt, RangeError
];
const viewConstructors = { __proto__: null };
for (const name of VIEW_NAMES) viewConstructors[name] = globalThis[name];
const errorConstructors = { __proto__: null };
for (const name of ERROR_NAMES) errorConstructors[name] = globalThis[name];

class Reader {
  // Fields are own properties from the beginning: an assignment could end in a setter of a page's Object.prototype.
  bytes;
  ports;
  end;
  at = 0;
  objects = { __proto__: null };
  count = 0;
  stack = { __proto__: null };
  depth = 0;

  constructor(bytes, ports) {
    this.bytes = bytes;
    this.ports = ports;
    this.end = bytes.length;
  }

  byte() {
    if (this.at >= this.end) throw malformed();
    return this.bytes[this.at++];
  }

  length() {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) {
        if (value > 9007199254740991) throw malformed();
        return value;
      }
      factor *= 128;
    }
    throw malformed();
  }

  // A length of something that takes at least `unit` bytes for each.
  boundedLength(unit) {
    const length = this.length();
    if (length * unit > this.end - this.at) throw malformed();
    return length;
  }

  double() {
    if (this.end - this.at < 8) throw malformed();
    for (let i = 0; i < 8; i++) doubleBytes[i] = this.bytes[this.at++];
    return double[0];
  }

  string() {
    return this.stringOf(this.byte());
  }

  stringOf(tag) {
    if (tag === T.ascii) {
      const length = this.byte();
      if (length > this.end - this.at) throw malformed();
      const start = this.at;
      this.at += length;
      if (length === 0) return '';
      return reflectApply(fromCharCode, null, bytesSubarray(this.bytes, start, start + length));
    }
    if (tag === T.utf8) {
      const length = this.boundedLength(1);
      this.at += length;
      return decodeText(decoder, bytesSubarray(this.bytes, this.at - length, this.at));
    }
    if (tag === T.utf16) {
      const length = this.boundedLength(2);
      let text = '';
      // A decoder would replace lone surrogates, which are why this form exists.
      const units = { __proto__: null, length: 0 };
      for (let i = 0; i < length; i++) {
        units[units.length++] = this.bytes[this.at] | (this.bytes[this.at + 1] << 8);
        this.at += 2;
        if (units.length === 4096 || i === length - 1) {
          text += reflectApply(fromCharCode, null, units);
          units.length = 0;
        }
      }
      return text;
    }
    throw malformed();
  }

  remember(object) {
    if (this.count >= MAX_OBJECTS) throw malformed();
    this.objects[this.count++] = object;
    return object;
  }

  push(frame) {
    this.stack[this.depth++] = frame;
  }

  value() {
    return this.valueOf(this.byte());
  }

  valueOf(tag) {
    switch (tag) {
      case T.undefined: return undefined;
      case T.null: return null;
      case T.true: return true;
      case T.false: return false;
      case T.int: {
        if (this.end - this.at < 4) throw malformed();
        const { bytes, at } = this;
        this.at = at + 4;
        return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
      }
      case T.double: return this.double();
      case T.ascii:
      case T.utf8:
      case T.utf16: return this.stringOf(tag);
      case T.bigint: return bigIntOf(this.string());
      case T.ref: {
        const index = this.length();
        if (index >= this.count) throw malformed();
        const object = this.objects[index];
        if (object === undefined) throw malformed();
        return object;
      }
      default: return this.objectOf(tag);
    }
  }

  objectOf(tag) {
    switch (tag) {
      case T.object: {
        const object = this.remember({});
        this.push({ __proto__: null, kind: T.object, object, i: 0, length: 0 });
        return object;
      }
      case T.array: {
        const length = this.boundedLength(1);
        const object = this.remember([]);
        this.push({ __proto__: null, kind: T.array, object, i: 0, length });
        return object;
      }
      case T.sparse: {
        const length = this.length();
        if (length > 4294967295) throw malformed();
        const object = this.remember([]);
        object.length = length;
        this.push({ __proto__: null, kind: T.object, object, i: 0, length: 0 });
        return object;
      }
      case T.map:
      case T.set: {
        const length = this.boundedLength(1);
        if (tag === T.map && length % 2 !== 0) throw malformed();
        const object = this.remember(tag === T.map ? new MapCtor() : new SetCtor());
        this.push({ __proto__: null, kind: tag, object, i: 0, length, key: undefined, hasKey: false });
        return object;
      }
      case T.date: return this.remember(new DateCtor(this.double()));
      case T.regexp: return this.remember(new RegExpCtor(this.string(), this.string()));
      case T.error: return this.error();
      case T.buffer: return this.buffer();
      case T.view: return this.view();
      case T.boxed: {
        const slot = this.count;
        this.remember(undefined);
        const inner = this.value();
        if (typeof inner === 'object' || inner === undefined) throw malformed();
        const object = ObjectCtor(inner);
        this.objects[slot] = object;
        return object;
      }
      case T.port: {
        const index = this.length();
        if (this.ports === undefined || index >= this.ports.length) throw malformed();
        return this.remember(this.ports[index]);
      }
      default: throw malformed();
    }
  }

  error() {
    const index = this.byte();
    const flags = this.byte();
    if (index >= ERROR_NAMES.length || flags > 7) throw malformed();
    const Constructor = errorConstructors[ERROR_NAMES[index]];
    const object = this.remember(flags & 1 ? new Constructor(this.string()) : new Constructor());
    if (flags & 2) define(object, 'stack', this.string(), false);
    if (flags & 4) this.push({ __proto__: null, kind: T.error, object, i: 0, length: 1 });
    return object;
  }

  buffer() {
    const length = this.boundedLength(1);
    const bytes = new BytesCtor(length);
    bytesSet(bytes, bytesSubarray(this.bytes, this.at, this.at + length));
    this.at += length;
    return this.remember(viewBuffer(bytes));
  }

  view() {
    const kind = this.byte();
    const offset = this.length();
    const length = this.length();
    const slot = this.count;
    this.remember(undefined);
    const buffer = this.value();
    const size = probe(bufferLength, buffer);
    if (size === undefined || offset > size) throw malformed();
    let object;
    if (kind === DATA_VIEW) {
      if (length > size - offset) throw malformed();
      object = new DataViewCtor(buffer, offset, length);
    } else {
      const Constructor = kind < VIEW_NAMES.length ? viewConstructors[VIEW_NAMES[kind]] : undefined;
      if (Constructor === undefined || length > size - offset) throw malformed();
      // Misalignment and an overlong view are errors of the constructor.
      object = new Constructor(buffer, offset, length);
    }
    this.objects[slot] = object;
    return object;
  }

  run() {
    while (this.depth > 0) {
      const depth = this.depth;
      const frame = this.stack[depth - 1];
      const { kind, object } = frame;
      if (kind === T.object) {
        for (;;) {
          const tag = this.byte();
          if (tag === T.end) {
            this.depth--;
            break;
          }
          const key = this.stringOf(tag);
          define(object, key, this.value(), true);
          if (this.depth !== depth) break;
        }
      } else if (kind === T.array) {
        while (frame.i < frame.length && this.depth === depth) {
          const i = frame.i++;
          const tag = this.byte();
          if (tag === T.hole) object.length = i + 1;
          else if (i in object) define(object, i, this.valueOf(tag), true);
          else object[i] = this.valueOf(tag);
        }
        if (this.depth === depth && frame.i >= frame.length) frame.kind = T.object;
      } else if (kind === T.error) {
        this.depth--;
        define(object, 'cause', this.value(), false);
      } else {
        while (frame.i < frame.length && this.depth === depth) {
          frame.i++;
          const item = this.value();
          if (kind === T.set) setAdd(object, item);
          else if (frame.hasKey) {
            frame.hasKey = false;
            mapSet(object, frame.key, item);
          } else {
            frame.hasKey = true;
            frame.key = item;
          }
        }
        if (this.depth === depth) this.depth--;
      }
    }
  }
}

// As a literal's property is made: no setter of a prototype is asked.
function define(object, key, value, enumerable) {
  if (enumerable && !(key in object)) object[key] = value;
  else defineProperty(object, key, /** @type {any} */ ({ __proto__: null, value, enumerable, writable: true, configurable: true }));
}

function bigIntOf(text) {
  const negative = text[0] === '-';
  const digits = negative ? stringSlice(text, 1) : text;
  if (!regExpTest(HEX, digits)) throw malformed();
  const value = BigIntCtor(`0x${digits}`);
  return negative ? -value : value;
}
const stringSlice = uncurry(String.prototype.slice);
const HEX = /^[0-9a-f]+$/;

function malformed() {
  return new RangeErrorCtor('The message is malformed');
}

/**
 * Decodes what `serialize` made. Throws for anything else.
 * @param {Uint8Array} bytes Not changed, and not kept: the value shares no memory with it.
 * @param {object[]} [ports] Message ports that came along.
 * @returns {any}
 */
export function deserialize(bytes, ports) {
  const reader = new Reader(bytes, ports);
  const value = reader.value();
  reader.run();
  if (reader.at !== reader.end) throw malformed();
  return value;
}
