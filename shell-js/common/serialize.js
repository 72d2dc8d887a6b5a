// The codec of everything that crosses between the main process and a page: structured clone with the rules of Electron's IPC.
//
// The same file runs in V8 (main process) and in JavaScriptCore (isolated world and page world), and writes the same bytes in both.
// Values are recognised by their internal slots, never by `instanceof`: they may come from another realm, and their prototypes may
// have been changed. What is nested deeper than MAX_DEPTH is written after the rest, so that deep nesting costs memory and not the engine's stack.
//
// The decoder is in deserialize.js, the shared names and the format are in codec-format.js: a page's own world gets those two only. This file is
// long because its writer is one class, whose methods call each other at every step.

import { getPrototypeOf, getOwnPropertyDescriptor, reflectApply, uncurry, getterOf, bufferLength, host, probe } from './codec-format.js';
import { TypedArrayPrototype, viewBuffer, viewOffset, bytesSet, bytesSubarray, BytesCtor, DoublesCtor, SafeMap, SafeSet, SafeWeakSet } from './codec-format.js';
import { ERROR_NAMES, VIEW_NAMES, DATA_VIEW, MAX_BYTES, MAX_OBJECTS, T, SMALL, FORM, LONG_TEXT, CHUNK_TEXT, SHAPE_KEYS } from './codec-format.js';
import { MAX_DEPTH, COST, COST_FACTOR, FREE_COST, SafeDataView, isFar } from './codec-format.js';
import { ObjectPrototype, UNCLONEABLE, hasOwn, hasRegExpSlots, isArray, isError, isPlatformObject, isV8, isView, objectToString } from './value-kinds.js';
import { stackOf, toStringTag, mapSize, setSize, dateValue, regExpSource, numberValue, stringValue, booleanValue, bigIntValue } from './value-kinds.js';

export { deserialize } from './deserialize.js';
export { kindOf, tagOf } from './value-kinds.js';

const objectKeys = Object.keys;
const stringify = JSON.stringify;
const setPrototypeOf = Object.setPrototypeOf;
const bytesFill = uncurry(TypedArrayPrototype.fill);
const mapGet = uncurry(Map.prototype.get);
const mapForEach = uncurry(Map.prototype.forEach);
const setForEach = uncurry(Set.prototype.forEach);
const regExpFlags = getterOf(RegExp.prototype, 'flags');
const viewKind = getterOf(TypedArrayPrototype, Symbol.toStringTag);
const viewLength = getterOf(TypedArrayPrototype, 'length');
const dataViewBuffer = getterOf(DataView.prototype, 'buffer');
const dataViewOffset = getterOf(DataView.prototype, 'byteOffset');
const dataViewLength = getterOf(DataView.prototype, 'byteLength');
const bigIntToString = uncurry(BigInt.prototype.toString);
const charCodeAt = uncurry(String.prototype.charCodeAt);
const isWellFormed = uncurry(String.prototype.isWellFormed);
const encoder = new TextEncoder();
const encodeInto = uncurry(TextEncoder.prototype.encodeInto);
// JavaScriptCore's encoder takes three times as long for a text of ASCII as this detour, and V8's takes no time.
const toBase64 = globalThis.btoa;
const setFromBase64 = !isV8 && 'setFromBase64' in BytesCtor.prototype && toBase64 !== undefined ? uncurry(/** @type {any} */ (BytesCtor.prototype).setFromBase64) : null;
const ErrorCtor = Error;

function uncloneable() {
  return new ErrorCtor('An object could not be cloned.');
}

// Memory for messages is used again and again: most of the time that a big message takes is spent on pages of memory that are touched for
// the first time. What is larger than this is given back.
const KEPT_SCRATCH = 8 << 20;
let scratch = new BytesCtor(16 << 10);

// So much room there is at the beginning of every value, and behind whatever reserves its own: what is of bounded length need not ask, neither the
// parts of one value nor the ends of all that it stands in, nor the end of the message.
const ROOM = 4096;

// How many objects are looked at together when proxies are searched.
const PROXY_BATCH = 512;

// So few objects are compared with each other one by one. Beyond, the engine's fastest table tells which were met: a weak one in JavaScriptCore
// takes a third of the time of the other.
const FEW_OBJECTS = 32;
const Seen = isV8 ? SafeSet : SafeWeakSet;
// The keys of so few items are made faster than the main process is asked whether there are others.
const FEW_ITEMS = 10;

class Writer {
  constructor(ports) {
    this.ports = ports;
    // Taken away while in use: a getter of the value may send a message itself.
    this.bytes = scratch === null ? new BytesCtor(ROOM * 2) : scratch;
    scratch = null;
    this.view = new SafeDataView(viewBuffer(this.bytes));
    this.limit = this.bytes.length - ROOM;
    this.at = 1;
    // Objects that were written in the order of their numbers, and all that were met once they are many.
    this.order = [];
    this.seen = null;
    this.numbers = null;
    this.numbered = 0;
    this.cost = 0;
    this.texts = [];
    this.textSize = 0;
    this.chunks = null;
    this.shapes = null;
    this.shapeCount = 0;
    this.lastShape = null;
    this.later = null;
    // How many of them were found to be no proxies.
    this.proven = 0;
  }

  reserve(extra) {
    const need = this.at + extra;
    if (need > this.limit) this.grow(need);
  }

  grow(need) {
    // A long text reserves three times what it may need.
    if (need > MAX_BYTES * 4) throw uncloneable();
    let size = this.bytes.length * 2;
    if (size < need + ROOM) size = need + ROOM;
    const grown = new BytesCtor(size);
    bytesSet(grown, bytesSubarray(this.bytes, 0, this.at));
    this.bytes = grown;
    this.view = new SafeDataView(viewBuffer(grown));
    this.limit = size - ROOM;
  }

  tag(tag) {
    this.bytes[this.at++] = tag;
  }

  // Little groups of seven bits, up to 2^53.
  length(value) {
    while (value >= 128) {
      this.bytes[this.at++] = (value % 128) + 128;
      value = (value - (value % 128)) / 128;
    }
    this.bytes[this.at++] = value;
  }

  double(value) {
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  number(value) {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= 0 && value < 256 - SMALL) {
        this.bytes[this.at++] = value + SMALL;
        return;
      }
      this.bytes[this.at] = T.int;
      this.view.setInt32(this.at + 1, value, true);
      this.at += 5;
    } else {
      this.bytes[this.at] = T.double;
      this.view.setFloat64(this.at + 1, value, true);
      this.at += 9;
    }
  }

  string(value) {
    if (value.length > LONG_TEXT) return this.longText(value);
    this.tag(T.text);
    return this.text(value);
  }

  text(value) {
    this.texts[this.texts.length] = value;
    this.textSize += value.length + 3;
    if (this.textSize > CHUNK_TEXT) {
      if (this.chunks === null) this.chunks = [];
      this.chunks[this.chunks.length] = this.texts;
      this.texts = [];
      this.textSize = 0;
    }
  }

  // Any text where a value's tag has its place, also inside of one.
  longText(value) {
    const count = value.length;
    // Before it is looked at: a text that was joined of others takes memory only then.
    if (count > MAX_BYTES) throw uncloneable();
    if (isWellFormed(value)) {
      this.tag(T.utf8);
      // The length is known after the fact: five groups of seven bits hold any length that fits a frame.
      this.reserve(5 + count * 3);
      const start = this.at;
      const written = this.utf8(value, start + 5);
      let rest = written;
      for (let i = 0; i < 4; i++) {
        this.bytes[start + i] = (rest % 128) + 128;
        rest = (rest - (rest % 128)) / 128;
      }
      this.bytes[start + 4] = rest;
      this.at = start + 5 + written;
      return;
    }
    this.tag(T.utf16);
    this.length(count);
    this.reserve(count * 2);
    const { bytes } = this;
    let { at } = this;
    for (let i = 0; i < count; i++) {
      const code = charCodeAt(value, i);
      bytes[at++] = code;
      bytes[at++] = code >> 8;
    }
    this.at = at;
  }

  // Writes a well-formed text for which there is room, without moving on.
  utf8(text, at) {
    if (text.length > LONG_TEXT) {
      if (setFromBase64 !== null && this.ascii(text, at)) return text.length;
      if (host.encodeText !== null) {
        const end = host.encodeText(text, this.bytes, at);
        if (end >= at) return end - at;
      }
    }
    return encodeInto(encoder, text, bytesSubarray(this.bytes, at)).written;
  }

  // Writes a text of ASCII. False for any other, whatever was written.
  ascii(text, at) {
    let base64;
    try {
      base64 = toBase64(text);
    } catch {
      return false;
    }
    setFromBase64(bytesSubarray(this.bytes, at), base64);
    const end = at + text.length;
    const { view } = this;
    let all = 0;
    for (; at + 16 <= end; at += 16) all |= view.getInt32(at, true) | view.getInt32(at + 4, true) | view.getInt32(at + 8, true) | view.getInt32(at + 12, true);
    for (; at + 4 <= end; at += 4) all |= view.getInt32(at, true);
    for (; at < end; at++) all |= this.bytes[at];
    return (all & 0x80808080) === 0;
  }

  // Not a switch: JavaScriptCore compares a type with a literal in no time, and looks a switch's up by its characters.
  value(value, depth) {
    if (this.at > this.limit) this.grow(this.at);
    if (typeof value === 'string') return this.string(value);
    if (typeof value === 'number') return this.number(value);
    if (typeof value === 'object') return value === null ? this.tag(T.null) : this.object(value, depth);
    if (typeof value === 'boolean') return this.tag(value ? T.true : T.false);
    if (value === undefined) return this.tag(T.undefined);
    if (typeof value !== 'bigint') throw uncloneable();
    this.tag(T.bigint);
    return this.string(bigIntToString(value, 16));
  }

  object(value, depth) {
    if (this.met(value)) return this.again(value);
    if (depth > MAX_DEPTH) return this.putOff(value);
    return this.fresh(value, depth);
  }

  // Whether an object was met before; from now on it was. What was met is in `order` before anything else is asked for.
  met(value) {
    const { seen } = this;
    if (seen !== null) {
      if (isV8) {
        const before = seen.size;
        seen.add(value);
        return seen.size === before;
      }
      if (seen.has(value)) return true;
      seen.add(value);
      return false;
    }
    const { order } = this;
    for (let i = 0; i < order.length; i++) if (order[i] === value) return true;
    if (order.length >= FEW_OBJECTS) {
      this.seen = new Seen();
      for (let i = 0; i < order.length; i++) this.seen.add(order[i]);
      this.seen.add(value);
    }
    return false;
  }

  // Its number is only looked for here: most messages name no object twice, and a set is faster than a map.
  again(value) {
    if (this.numbers === null) this.numbers = new SafeMap();
    while (this.numbered < this.order.length) this.numbers.set(this.order[this.numbered], this.numbered++);
    const known = this.numbers.get(value);
    if (known < 0) this.cost += COST.entry;
    this.tag(known >= 0 ? T.ref : T.later);
    return this.length(known >= 0 ? known : -known - 1);
  }

  putOff(value) {
    if (this.later === null) this.later = [];
    if (this.numbers === null) this.numbers = new SafeMap();
    const index = this.later.length;
    this.later[index] = value;
    this.numbers.set(value, -index - 1);
    this.cost += COST.entry;
    this.tag(T.later);
    return this.length(index);
  }

  // Gives an object its number and takes what it costs.
  enter(value, cost) {
    const number = this.order.length;
    if (number >= MAX_OBJECTS) throw uncloneable();
    this.order[number] = value;
    this.cost += cost;
    if (host.anyProxy !== null && number - this.proven >= PROXY_BATCH) this.refuseProxies();
  }

  fresh(value, depth) {
    if (this.ports !== undefined) {
      const index = mapGet(this.ports, value);
      if (index !== undefined) {
        this.enter(value, 0);
        this.tag(T.port);
        return this.length(index);
      }
    }
    if (isArray(value)) return this.array(value, depth);
    const tag = objectToString(value);
    if (tag === '[object Object]' && getPrototypeOf(value) === ObjectPrototype) return (isV8 && this.likeLast(value, depth)) || this.plain(value, depth);
    if (isView(value)) return this.typed(value);
    if (tag in UNCLONEABLE && !hasOwn(value, toStringTag)) throw uncloneable();
    if (this.slots(value, tag, depth)) return undefined;
    if (host.refuses !== null && host.refuses(value)) throw uncloneable();
    if (host.formsOfImage !== null) {
      const forms = host.formsOfImage(value);
      if (forms !== null) return this.image(value, forms);
    }
    if (isPlatformObject(value)) throw uncloneable();
    return this.plain(value, depth);
  }

  refuseProxies() {
    const { order, proven } = this;
    const some = [];
    for (let i = proven; i < order.length; i++) some[i - proven] = order[i];
    if (reflectApply(host.anyProxy, undefined, some)) throw uncloneable();
    this.proven = order.length;
  }

  // An object with the keys that followed the last ones before, as most objects of a list have. False if it has others; then nothing was written. JavaScriptCore
  // keeps the list of an object's keys, so that comparing lists takes no longer there.
  likeLast(value, depth) {
    const last = this.lastShape;
    if (last === null || last.next === null || !hasExactly(value, last.next.keys)) return false;
    const { keys, id } = last.next;
    this.lastShape = last.next;
    this.enter(value, COST.object + COST.slot * keys.length);
    this.tag(T.shaped);
    this.length(id);
    this.shaped(value, keys, depth);
    return true;
  }

  plain(value, depth) {
    const keys = objectKeys(value);
    const count = keys.length;
    if (count > SHAPE_KEYS) {
      this.enter(value, COST.object + COST.entry * count);
      this.tag(T.object);
      this.length(count);
      return this.properties(value, keys, 0, depth);
    }
    this.enter(value, COST.object + COST.slot * count);
    this.shape(keys);
    return this.shaped(value, keys, depth);
  }

  shaped(value, keys, depth) {
    const count = keys.length;
    // Either engine reads properties much faster in a loop of this kind. A getter may take others away, and prototypes may have more at the end.
    let i = 0;
    for (const key in value) {
      if (i === count || key !== keys[i]) break;
      this.value(value[key], depth + 1);
      i++;
    }
    for (; i < count; i++) this.value(value[keys[i]], depth + 1);
    return undefined;
  }

  properties(value, keys, from, depth) {
    for (let i = from; i < keys.length; i++) {
      this.key(keys[i]);
      this.value(value[keys[i]], depth + 1);
    }
  }

  // A key needs no tag unless it is long; the empty text stands for that.
  key(key) {
    if (key.length > 0 && key.length <= LONG_TEXT) return this.text(key);
    this.text('');
    return this.string(key);
  }

  // Writes which keys an object has. The shape that followed the last one before is tried first.
  shape(keys) {
    const last = this.lastShape;
    let found = last !== null && last.next !== null && sameKeys(last.next.keys, keys) ? last.next : null;
    if (found === null) found = this.findShape(keys);
    if (last !== null) last.next = found;
    this.lastShape = found;
    if (found.known) {
      this.tag(T.shaped);
      return this.length(found.id);
    }
    found.known = true;
    this.cost += COST.small + COST.slot * keys.length;
    this.tag(T.shape);
    this.length(keys.length);
    for (let i = 0; i < keys.length; i++) this.key(keys[i]);
    return undefined;
  }

  findShape(keys) {
    if (this.shapes === null) this.shapes = new SafeMap();
    const first = keys.length === 0 ? '' : keys[0];
    const candidate = this.shapes.get(first);
    let tried = 0;
    for (let shape = candidate; shape !== undefined && tried < 16; shape = shape.other) {
      if (sameKeys(shape.keys, keys)) return shape;
      tried++;
    }
    const shape = { keys, id: this.shapeCount++, known: false, next: null, other: candidate };
    this.shapes.set(first, shape);
    return shape;
  }

  // Each item is read once, in its turn: it may have a getter. What shows only on the way changes the tag afterwards.
  array(value, depth) {
    const { length } = value;
    this.enter(value, COST.object + COST.slot * length);
    const start = this.at;
    let i = 0;
    let item = length === 0 ? undefined : value[0];
    if (length >= 8 && typeof item === 'number') {
      this.tag(T.doubles);
      this.length(length);
      const from = this.at;
      for (; typeof item === 'number'; item = value[i]) {
        // Not for all at once: there may be fewer numbers than the length says.
        if (i % 1024 === 0) this.reserve(8 * 1024);
        this.view.setFloat64(this.at, item, true);
        this.at += 8;
        if (++i === length) return this.extras(value, length, start, depth);
      }
      this.rewrite(start, length, from, i);
    } else {
      this.tag(T.list);
      this.length(length);
    }
    while (i < length) {
      if (item === undefined && !hasOwn(value, i)) return this.holes(value, i, length, start, depth);
      this.value(item, depth + 1);
      if (++i < length) item = value[i];
    }
    return this.extras(value, length, start, depth);
  }

  // The numbers of a list that has other items too, or other properties.
  rewrite(start, length, from, count) {
    const doubles = new DoublesCtor(count);
    for (let i = 0; i < count; i++) doubles[i] = this.view.getFloat64(from + i * 8, true);
    this.at = start;
    this.tag(T.list);
    this.length(length);
    this.reserve(count * 9);
    for (let i = 0; i < count; i++) this.number(doubles[i]);
  }

  // What an array has besides its items.
  extras(value, length, start, depth) {
    if (hasOnlyItems(value, length)) return undefined;
    const keys = objectKeys(value);
    let from = keys.length;
    while (from > 0 && indexOfKey(keys[from - 1]) < 0) from--;
    if (from === keys.length) return undefined;
    if (this.bytes[start] === T.doubles) this.rewrite(start, length, this.at - length * 8, length);
    this.bytes[start] = T.array;
    return this.more(value, keys, from, depth);
  }

  more(value, keys, from, depth) {
    this.cost += COST.entry * (keys.length - from);
    this.length(keys.length - from);
    return this.properties(value, keys, from, depth);
  }

  // The rest of an array, from its first hole on.
  holes(value, first, length, start, depth) {
    this.bytes[start] = T.array;
    this.cost -= COST.slot * (length - first);
    const keys = objectKeys(value);
    let next = first;
    let far = false;
    let i = 0;
    for (; i < keys.length; i++) {
      const index = indexOfKey(keys[i]);
      if (index < 0 || index >= length) break;
      if (index < first) continue;
      far = this.hole(index - next, next, length, far);
      this.cost += far ? COST.entry : COST.slot;
      this.value(value[index], depth + 1);
      next = index + 1;
    }
    this.hole(length - next, next, length, far);
    while (i < keys.length && indexOfKey(keys[i]) >= 0) i++;
    return this.more(value, keys, i, depth);
  }

  // So many items that are not there, from an index on. Gives whether the decoder keeps a table of the items from here on.
  hole(count, from, length, far) {
    if (count === 0) return far;
    this.tag(T.hole);
    this.length(count);
    if (far) return true;
    if (isFar(from, length)) {
      this.cost += COST.small + (COST.entry - COST.slot) * from;
      return true;
    }
    this.cost += COST.slot * count;
    return false;
  }

  // `known` is the buffer itself, when the walk came to it and not to a view of it.
  buffer(value, known) {
    if (value !== known && this.met(value)) return this.again(value);
    let bytes;
    let length;
    try {
      length = bufferLength(value);
      bytes = new BytesCtor(value);
    } catch {
      // A shared or detached buffer.
      throw uncloneable();
    }
    this.enter(value, COST.view);
    this.tag(T.buffer);
    return this.rawBytes(bytes, length);
  }

  rawBytes(bytes, length) {
    if (length > MAX_BYTES) throw uncloneable();
    this.length(length);
    this.reserve(length);
    bytesSet(this.bytes, bytes, this.at);
    this.at += length;
  }

  typed(value) {
    this.enter(value, COST.view);
    const name = viewKind(value);
    this.tag(T.view);
    if (name === undefined) {
      this.bytes[this.at++] = DATA_VIEW;
      this.length(dataViewOffset(value));
      this.length(dataViewLength(value));
      return this.buffer(dataViewBuffer(value), null);
    }
    for (let i = 0; i < VIEW_NAMES.length; i++) {
      if (VIEW_NAMES[i] === name) {
        this.bytes[this.at++] = i;
        this.length(viewOffset(value));
        this.length(viewLength(value));
        return this.buffer(viewBuffer(value), null);
      }
    }
    throw uncloneable();
  }

  // Objects with internal slots. False if the value has none that we know.
  slots(value, tag, depth) {
    let length = probe(mapSize, value);
    if (length !== undefined) {
      const entries = [];
      mapForEach(value, (item, key) => {
        entries[entries.length] = key;
        entries[entries.length] = item;
      });
      this.enter(value, COST.map + COST.pair * entries.length);
      return this.entries(T.map, entries, depth);
    }
    length = probe(setSize, value);
    if (length !== undefined) {
      const entries = [];
      setForEach(value, (item) => {
        entries[entries.length] = item;
      });
      this.enter(value, COST.map + COST.pair * entries.length);
      return this.entries(T.set, entries, depth);
    }
    const time = probe(dateValue, value);
    if (time !== undefined) {
      this.enter(value, COST.small);
      this.tag(T.date);
      this.double(time);
      return true;
    }
    if (tag === '[object Error]' ? isError === undefined || isError(value) : isError !== undefined && isError(value)) {
      this.error(value, depth);
      return true;
    }
    if (tag === '[object RegExp]' || hasRegExpSlots(value)) {
      this.enter(value, COST.small);
      this.tag(T.regexp);
      this.string(regExpSource(value));
      this.string(regExpFlags(value));
      return true;
    }
    length = probe(bufferLength, value);
    if (length !== undefined) {
      this.buffer(value, value);
      return true;
    }
    for (let i = 0; i < 4; i++) {
      const inner = probe(i === 0 ? numberValue : i === 1 ? stringValue : i === 2 ? booleanValue : bigIntValue, value);
      if (inner !== undefined) {
        this.enter(value, COST.small);
        this.tag(T.boxed);
        this.value(inner, 0);
        return true;
      }
    }
    if (tag === '[object Symbol]') throw uncloneable();
    return false;
  }

  entries(kind, entries, depth) {
    this.tag(kind);
    this.length(entries.length);
    for (let i = 0; i < entries.length; i++) this.value(entries[i], depth + 1);
    return true;
  }

  error(value, depth) {
    this.enter(value, COST.error);
    this.tag(T.error);
    const name = `${value.name}`;
    let index = 0;
    for (let i = 0; i < ERROR_NAMES.length; i++) if (ERROR_NAMES[i] === name) index = i;
    const message = getOwnPropertyDescriptor(value, 'message');
    const stack = stackOf(value, name);
    const cause = getOwnPropertyDescriptor(value, 'cause');
    const hasMessage = message !== undefined && 'value' in message;
    const hasCause = cause !== undefined && 'value' in cause;
    this.bytes[this.at++] = index;
    this.bytes[this.at++] = (hasMessage ? 1 : 0) | (typeof stack === 'string' ? 2 : 0) | (hasCause ? 4 : 0);
    if (hasMessage) this.string(`${message.value}`);
    if (typeof stack === 'string') this.string(stack);
    if (hasCause) this.value(cause.value, depth + 1);
  }

  image(value, forms) {
    this.enter(value, COST.image * (forms.length + 1));
    this.tag(T.image);
    this.length(forms.length);
    for (let i = 0; i < forms.length; i++) {
      const [scale, { width, height, rgba }] = forms[i];
      this.reserve(0);
      this.double(scale);
      this.length(width);
      this.length(height);
      this.rawBytes(rgba, rgba.length);
    }
  }

  // The whole message.
  message(value) {
    this.value(value, 0);
    if (this.later !== null) for (let i = 0; i < this.later.length; i++) this.late(this.later[i]);
    if (host.anyProxy !== null && this.order.length > this.proven) this.refuseProxies();
    this.pad();
    const start = this.at;
    let form = FORM.plain;
    if (this.chunks === null && this.texts.length > 0 && this.textSize < 100 && this.texts.length <= 4 && this.few()) form = FORM.few;
    else if (this.chunks !== null || this.texts.length > 0) {
      form = FORM.json;
      for (let i = 0; this.chunks !== null && i < this.chunks.length; i++) this.chunk(this.chunks[i]);
      if (this.texts.length > 0) this.chunk(this.texts);
    }
    this.bytes[0] = form;
    this.view.setUint32(this.at, start, true);
    this.at += 4;
    if (this.at > MAX_BYTES) throw uncloneable();
    return bytesSubarray(this.bytes, 0, this.at);
  }

  late(value) {
    this.reserve(0);
    return this.fresh(value, 0);
  }

  // The decoder allows so much memory for each byte.
  pad() {
    if (this.cost <= FREE_COST) return;
    const need = (this.cost - FREE_COST) / COST_FACTOR;
    if (need <= this.at) return;
    const zeros = (need - this.at + 1) | 0;
    this.reserve(zeros);
    bytesFill(this.bytes, 0, this.at, this.at + zeros);
    this.at += zeros;
  }

  // A few short texts of ASCII, each behind its length: most messages are small. False if they are others.
  few() {
    const { texts, bytes } = this;
    let { at } = this;
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i];
      bytes[at++] = text.length;
      for (let j = 0; j < text.length; j++) {
        const code = charCodeAt(text, j);
        if (code > 127) return false;
        bytes[at++] = code;
      }
    }
    this.at = at;
    return true;
  }

  chunk(texts) {
    // Old libraries give arrays a method of this name, which would be asked.
    if ('toJSON' in texts) setPrototypeOf(texts, null);
    const json = stringify(texts);
    this.length(texts.length);
    this.reserve(3 + json.length * 3);
    const start = this.at + 3;
    const written = this.utf8(json, start);
    this.bytes[start - 3] = written;
    this.bytes[start - 2] = written >> 8;
    this.bytes[start - 1] = written >> 16;
    this.at = start + written;
  }
}

// The portable lane encodes in the page's own world.
setPrototypeOf(Writer.prototype, null);

// Whether the enumerable keys of an object and of what it inherits from are these: without making a list of them.
function hasExactly(value, keys) {
  let i = 0;
  for (const key in value) {
    if (i === keys.length || key !== keys[i]) return false;
    i++;
  }
  return i === keys.length && (i === 0 || hasOwn(value, keys[i - 1]));
}

function sameKeys(a, b) {
  const count = a.length;
  if (b.length !== count) return false;
  for (let i = 0; i < count; i++) if (a[i] !== b[i]) return false;
  return true;
}

// Whether it is certain that an array has no keys besides its indices: what its prototypes enumerate is among those that are counted.
function hasOnlyItems(array, length) {
  if (length > FEW_ITEMS && host.hasNamedProperties !== null) return !host.hasNamedProperties(array);
  let count = 0;
  let last = '';
  if (isV8 || length < 4) {
    const keys = objectKeys(array);
    count = keys.length;
    if (count > 0) last = keys[count - 1];
  } else {
    // Takes less time there, where a string is made for each index.
    for (const key in array) {
      count++;
      last = key;
    }
  }
  return count === length && (count === 0 || last === `${length - 1}`);
}

// The index that a key of an array is, or -1.
function indexOfKey(key) {
  const index = +key;
  return index >>> 0 === index && index !== 4294967295 && `${index}` === key ? index : -1;
}

/**
 * Encodes a value.
 * @param {unknown} value Usually the array of a message's arguments, so that identity holds across them.
 * @param {Map<object, number>} [ports] Message ports that go along and may be in the value, with their places in the transfer list.
 * @returns {Uint8Array} Valid until the next call: whoever wants to keep it makes a copy.
 */
export function serialize(value, ports) {
  const writer = new Writer(ports);
  try {
    return writer.message(value);
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
