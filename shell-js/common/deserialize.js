// The codec's decoder; codec-format.js describes the format.
//
// It reads bytes of a process that may be hostile: nothing is allocated that the bytes do not pay for, nesting costs memory and not the
// engine's stack, and `__proto__` is a key like any other. The file is long because the reader is one class.

import { reflectApply, uncurry, regExpTest, mapSet, bufferLength, viewBuffer, viewOffset, bytesSlice, bytesSubarray } from './codec-format.js';
import { SafeDataView, VIEW_NAMES, DATA_VIEW, ERROR_NAMES, MAX_OBJECTS, T, SMALL, FORM } from './codec-format.js';
import { LONG_TEXT, MAX_CHUNK, SHAPE_KEYS, MAX_DEPTH, COST, COST_FACTOR, FREE_COST, host, isFar, probe } from './codec-format.js';

const { defineProperty, deleteProperty } = Reflect;
const ObjectPrototype = Object.prototype;
const parse = JSON.parse;
const setAdd = uncurry(Set.prototype.add);
const isArray = Array.isArray;
const fromCharCode = String.fromCharCode;
// Not `fatal`, which takes a slower way in the main process.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const decodeText = uncurry(TextDecoder.prototype.decode);
const [MapCtor, SetCtor, DateCtor, RegExpCtor, DataViewCtor, ObjectCtor, BigIntCtor, RangeErrorCtor] = [
  Map, Set, Date, RegExp, DataView, Object, BigInt, RangeError
];
const viewConstructors = { __proto__: null };
for (const name of VIEW_NAMES) viewConstructors[name] = globalThis[name];
const errorConstructors = { __proto__: null };
for (const name of ERROR_NAMES) errorConstructors[name] = globalThis[name];

// Bytes that are no UTF-8 do no harm as replacement characters.
function utf8(bytes, from, to) {
  if (host.decodeText !== null && to - from > LONG_TEXT) {
    const text = host.decodeText(bytes, from, to);
    if (text.length > 0) return text;
  }
  return decodeText(decoder, bytesSubarray(bytes, from, to));
}

// What stands where a value comes later.
const LATER = { __proto__: null };

class Reader {
  constructor(bytes, ports) {
    this.bytes = bytes;
    this.ports = ports;
    const start = viewOffset(bytes);
    this.view = new SafeDataView(viewBuffer(bytes), start, bytes.length);
    this.at = 1;
    this.end = 0;
    this.budget = bytes.length * COST_FACTOR + FREE_COST;
    this.objects = { __proto__: null };
    this.count = 0;
    this.shapes = { __proto__: null };
    this.shapeCount = 0;
    // Texts: those of the list that is read now, and where the next list is.
    /** @type {any} */
    this.texts = { __proto__: null };
    this.textAt = 0;
    this.textCount = 0;
    this.chunkAt = 0;
    this.form = FORM.plain;
    // What comes later: an index for each, the places that wait for it, and maps and sets that are filled at the end.
    this.laterCount = 0;
    this.laterIndex = 0;
    this.fixes = { __proto__: null };
    this.fixCount = 0;
    this.fills = { __proto__: null };
    this.fillCount = 0;
    // How long the last hole of an array was.
    this.run = 0;
  }

  message() {
    const { length } = this.bytes;
    if (length < 6) throw malformed();
    this.form = this.bytes[0];
    this.end = this.view.getUint32(length - 4, true);
    if (this.end < 1 || this.end > length - 4 || this.form > FORM.json) throw malformed();
    this.chunkAt = this.end;
    if (this.form === FORM.few) this.few();
    const value = this.value(0);
    if (value === LATER) throw malformed();
    if (this.laterCount > 0) this.late();
    // Behind the structure is only padding.
    for (let at = this.at; at < this.end; at++) if (this.bytes[at] !== 0) throw malformed();
    if (this.textAt !== this.textCount || (this.form === FORM.json && this.chunkAt !== length - 4)) throw malformed();
    return value;
  }

  // What was nested too deep, and then whoever waits for it.
  late() {
    const found = { __proto__: null };
    for (let i = 0; i < this.laterCount; i++) {
      const value = this.value(0);
      if (typeof value !== 'object' || value === null || value === LATER) throw malformed();
      found[i] = value;
    }
    for (let i = 0; i < this.fixCount; i++) {
      const { target, key, index, how } = this.fixes[i];
      if (how === 0) target[key] = found[index];
      else define(target, key, found[index], how === 1);
    }
    for (let i = 0; i < this.fillCount; i++) fill(this.fills[i].kind, this.fills[i].object, this.fills[i].entries, this.fills[i].length);
  }

  // `how`: 0 for an entry of a list of ours, 1 for an own property, 2 for one that is not enumerable.
  fix(target, key, how) {
    this.fixes[this.fixCount++] = { __proto__: null, target, key, index: this.laterIndex, how };
  }

  pay(cost) {
    this.budget -= cost;
    if (this.budget < 0) throw malformed();
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
    this.at += 8;
    if (this.at > this.end) throw malformed();
    return this.view.getFloat64(this.at - 8, true);
  }

  few() {
    const { bytes } = this;
    const end = bytes.length - 4;
    let at = this.chunkAt;
    while (at < end) {
      const length = bytes[at++];
      if (length > end - at) throw malformed();
      this.texts[this.textCount++] = length === 0 ? '' : reflectApply(fromCharCode, null, bytesSubarray(bytes, at, at + length));
      at += length;
    }
  }

  // The next list of texts. Whatever it holds, it is not longer than MAX_CHUNK before it is parsed.
  chunk() {
    if (this.form !== FORM.json) throw malformed();
    const { bytes } = this;
    const end = bytes.length - 4;
    let at = this.chunkAt;
    let count = 0;
    for (let factor = 1; ; factor *= 128) {
      if (at >= end || factor > 2097152) throw malformed();
      const byte = bytes[at++];
      count += (byte & 127) * factor;
      if (byte < 128) break;
    }
    if (end - at < 3) throw malformed();
    const length = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    at += 3;
    if (length > MAX_CHUNK || length > end - at || count === 0) throw malformed();
    const texts = parse(utf8(bytes, at, at + length));
    if (!isArray(texts) || texts.length !== count) throw malformed();
    this.chunkAt = at + length;
    this.texts = texts;
    this.textAt = 0;
    this.textCount = count;
  }

  text() {
    if (this.textAt >= this.textCount) this.chunk();
    const text = this.texts[this.textAt++];
    if (typeof text !== 'string') throw malformed();
    return text;
  }

  string() {
    return this.stringOf(this.byte());
  }

  stringOf(tag) {
    if (tag === T.text) return this.text();
    if (tag === T.utf8) {
      const length = this.boundedLength(1);
      this.at += length;
      return utf8(this.bytes, this.at - length, this.at);
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

  key() {
    const key = this.text();
    return key === '' ? this.string() : key;
  }

  remember(object, cost) {
    if (this.count >= MAX_OBJECTS) throw malformed();
    this.pay(cost);
    this.objects[this.count++] = object;
    return object;
  }

  value(depth) {
    const tag = this.byte();
    if (tag >= SMALL) return tag - SMALL;
    switch (tag) {
      case T.undefined: return undefined;
      case T.null: return null;
      case T.true: return true;
      case T.false: return false;
      case T.int:
        this.at += 4;
        if (this.at > this.end) throw malformed();
        return this.view.getInt32(this.at - 4, true);
      case T.double: return this.double();
      case T.text: return this.text();
      case T.shaped: {
        const id = this.length();
        if (id >= this.shapeCount) throw malformed();
        return this.shaped(this.shapes[id], depth);
      }
      case T.list: return this.list(depth);
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
      case T.later: {
        this.laterIndex = this.length();
        if (this.laterIndex > this.laterCount) throw malformed();
        if (this.laterIndex === this.laterCount) this.laterCount++;
        this.pay(COST.entry);
        return LATER;
      }
      default: return this.objectOf(tag, depth);
    }
  }

  objectOf(tag, depth) {
    if (depth > MAX_DEPTH) throw malformed();
    switch (tag) {
      case T.shape: return this.shaped(this.shape(), depth);
      case T.object: {
        const count = this.boundedLength(1);
        const object = this.remember({}, COST.object + COST.entry * count);
        this.properties(object, count, depth);
        return object;
      }
      case T.doubles: return this.doubles();
      case T.array: return this.array(depth);
      case T.map:
      case T.set: return this.collection(tag, depth);
      case T.date: return this.remember(new DateCtor(this.double()), COST.small);
      case T.regexp: {
        const slot = this.reserveSlot(COST.small);
        return this.put(slot, new RegExpCtor(this.string(), this.string()));
      }
      case T.error: return this.error(depth);
      case T.buffer: {
        this.pay(COST.view);
        const bytes = this.rawBytes();
        return this.remember(viewBuffer(bytes), 0);
      }
      case T.view: return this.typed();
      case T.boxed: {
        const slot = this.reserveSlot(COST.small);
        const inner = this.value(0);
        if (typeof inner === 'object' || inner === undefined) throw malformed();
        return this.put(slot, ObjectCtor(inner));
      }
      case T.image: return this.image();
      case T.port: {
        const index = this.length();
        if (this.ports === undefined || index >= this.ports.length) throw malformed();
        return this.remember(this.ports[index], 0);
      }
      default: throw malformed();
    }
  }

  // The number of an object that is made after its parts are read.
  reserveSlot(cost) {
    this.remember(undefined, cost);
    return this.count - 1;
  }

  put(slot, object) {
    this.objects[slot] = object;
    return object;
  }

  // Keys that every object inherits are defined, so that no setter of a prototype is asked.
  shape() {
    const count = this.boundedLength(1);
    if (count > SHAPE_KEYS) throw malformed();
    this.pay(COST.small + COST.slot * count);
    const keys = { __proto__: null };
    let plain = true;
    for (let i = 0; i < count; i++) {
      keys[i] = this.key();
      if (keys[i] in ObjectPrototype) plain = false;
    }
    const shape = { __proto__: null, keys, count, plain };
    this.shapes[this.shapeCount++] = shape;
    return shape;
  }

  shaped(shape, depth) {
    const { keys, count, plain } = shape;
    if (depth > MAX_DEPTH || count > this.end - this.at) throw malformed();
    const object = this.remember({}, COST.object + COST.slot * count);
    for (let i = 0; i < count; i++) {
      const item = this.value(depth + 1);
      const key = keys[i];
      if (item === LATER) {
        this.fix(object, key, 1);
        define(object, key, undefined, true);
      } else if (plain) object[key] = item;
      else define(object, key, item, true);
    }
    return object;
  }

  properties(object, count, depth) {
    for (let i = 0; i < count; i++) {
      const key = this.key();
      const item = this.value(depth + 1);
      if (item === LATER) {
        this.fix(object, key, 1);
        define(object, key, undefined, true);
      } else define(object, key, item, true);
    }
  }

  list(depth) {
    const length = this.boundedLength(1);
    if (depth > MAX_DEPTH) throw malformed();
    const object = this.remember([], COST.object + COST.slot * length);
    for (let i = 0; i < length; i++) {
      const item = this.value(depth + 1);
      if (item === LATER) {
        this.fix(object, i, 1);
        define(object, i, undefined, true);
      } else if (i in object) define(object, i, item, true);
      else object[i] = item;
    }
    return object;
  }

  doubles() {
    const length = this.boundedLength(8);
    const object = this.remember([], COST.object + COST.slot * length);
    const { view, at } = this;
    for (let i = 0; i < length; i++) {
      const item = view.getFloat64(at + i * 8, true);
      if (i in object) define(object, i, item, true);
      else object[i] = item;
    }
    this.at += length * 8;
    return object;
  }

  array(depth) {
    const length = this.length();
    if (length > 4294967295) throw malformed();
    const object = this.remember([], COST.object);
    let far = false;
    for (let i = 0; i < length; ) {
      if (this.at < this.end && this.bytes[this.at] === T.hole) {
        far = this.hole(object, i, length, far);
        i += this.run;
        continue;
      }
      this.pay(far ? COST.entry : COST.slot);
      const item = this.value(depth + 1);
      if (item === LATER) {
        this.fix(object, i, 1);
        define(object, i, undefined, true);
      } else if (i in object) define(object, i, item, true);
      else object[i] = item;
      i++;
    }
    const more = this.boundedLength(1);
    this.pay(COST.entry * more);
    this.properties(object, more, depth);
    return object;
  }

  // `run` items of an array that are not there, from an index on. A length alone would make the engine take memory for every one of them; an
  // element far away makes it keep a table.
  hole(object, from, length, far) {
    this.at++;
    this.run = this.length();
    if (this.run === 0 || this.run > length - from) throw malformed();
    if (far) return true;
    if (isFar(from, length)) {
      this.pay(COST.small + (COST.entry - COST.slot) * from);
      define(object, length - 1, 0, true);
      deleteProperty(object, length - 1);
      return true;
    }
    this.pay(COST.slot * this.run);
    object.length = from + this.run;
    return false;
  }

  collection(kind, depth) {
    const length = this.boundedLength(1);
    if (kind === T.map && length % 2 !== 0) throw malformed();
    const object = this.remember(kind === T.map ? new MapCtor() : new SetCtor(), COST.map + COST.pair * length);
    const entries = { __proto__: null };
    let late = false;
    for (let i = 0; i < length; i++) {
      entries[i] = this.value(depth + 1);
      if (entries[i] === LATER) {
        this.fix(entries, i, 0);
        late = true;
      }
    }
    if (late) this.fills[this.fillCount++] = { __proto__: null, kind, object, entries, length };
    else fill(kind, object, entries, length);
    return object;
  }

  error(depth) {
    const index = this.byte();
    const flags = this.byte();
    if (index >= ERROR_NAMES.length || flags > 7) throw malformed();
    const Constructor = errorConstructors[ERROR_NAMES[index]];
    const slot = this.reserveSlot(COST.error);
    const object = this.put(slot, flags & 1 ? new Constructor(this.string()) : new Constructor());
    if (flags & 2) define(object, 'stack', this.string(), false);
    if (flags & 4) {
      const cause = this.value(depth + 1);
      if (cause === LATER) this.fix(object, 'cause', 2);
      define(object, 'cause', cause === LATER ? undefined : cause, false);
    }
    return object;
  }

  rawBytes() {
    const length = this.boundedLength(1);
    this.at += length;
    return bytesSlice(this.bytes, this.at - length, this.at);
  }

  typed() {
    const kind = this.byte();
    const offset = this.length();
    const length = this.length();
    const slot = this.reserveSlot(COST.view);
    const buffer = this.value(0);
    const size = probe(bufferLength, buffer);
    if (size === undefined || offset > size) throw malformed();
    if (kind === DATA_VIEW) {
      if (length > size - offset) throw malformed();
      return this.put(slot, new DataViewCtor(buffer, offset, length));
    }
    const Constructor = kind < VIEW_NAMES.length ? viewConstructors[VIEW_NAMES[kind]] : undefined;
    if (Constructor === undefined || length > size - offset) throw malformed();
    // Misalignment and an overlong view are errors of the constructor.
    return this.put(slot, new Constructor(buffer, offset, length));
  }

  image() {
    const count = this.boundedLength(11);
    const slot = this.reserveSlot(COST.image * (count + 1));
    const forms = [];
    for (let i = 0; i < count; i++) {
      const scale = this.double();
      const width = this.length();
      const height = this.length();
      const rgba = this.rawBytes();
      if (!(scale > 0 && scale < 1000) || width < 1 || height < 1 || width * height * 4 !== rgba.length) throw malformed();
      forms[i] = [scale, { width, height, rgba }];
    }
    if (host.imageOfForms === null) throw malformed();
    return this.put(slot, host.imageOfForms(forms));
  }
}
// A page may give every object a setter of a name that is used here.
Object.setPrototypeOf(Reader.prototype, null);

function fill(kind, object, entries, length) {
  if (kind === T.set) for (let i = 0; i < length; i++) setAdd(object, entries[i]);
  else for (let i = 0; i < length; i += 2) mapSet(object, entries[i], entries[i + 1]);
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
  return new Reader(bytes, ports).message();
}
