// Buffer for preloads: strings, copies, comparison, search and numbers. Not here: transcode, the File and Blob helpers, `latin1Slice` and the
// other internals, and variable-length integers.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function encodingOf(name = 'utf8') {
  const lower = String(name).toLowerCase();
  switch (lower) {
    case 'utf8':
    case 'utf-8':
      return 'utf8';
    case 'ucs2':
    case 'ucs-2':
    case 'utf16le':
    case 'utf-16le':
      return 'utf16le';
    case 'latin1':
    case 'binary':
      return 'latin1';
    case 'ascii':
    case 'hex':
    case 'base64':
    case 'base64url':
      return lower;
    default: {
      throw Object.assign(new TypeError(`Unknown encoding: ${name}`), { code: 'ERR_UNKNOWN_ENCODING' });
    }
  }
}

function bytesOf(text, encoding) {
  switch (encodingOf(encoding)) {
    case 'utf8': return encoder.encode(text);
    case 'hex': {
      const digits = /^(?:[0-9a-f]{2})*/i.exec(text)[0];
      return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16));
    }
    case 'base64':
    case 'base64url': {
      const clean = text.replace(/-/g, '+').replace(/_/g, '/').replace(/=.*$/, '').replace(/[^A-Za-z0-9+/]/g, '');
      const whole = clean.length % 4 === 1 ? clean.slice(0, -1) : clean;
      return Uint8Array.from(atob(whole), (character) => character.charCodeAt(0));
    }
    case 'utf16le': {
      const bytes = new Uint8Array(text.length * 2);
      for (let i = 0; i < text.length; i++) {
        bytes[i * 2] = text.charCodeAt(i);
        bytes[i * 2 + 1] = text.charCodeAt(i) >> 8;
      }
      return bytes;
    }
    default: return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  }
}

function textOf(bytes, encoding) {
  switch (encodingOf(encoding)) {
    case 'utf8': return decoder.decode(bytes);
    case 'hex': return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    case 'base64': return btoa(codesToText(bytes, 255));
    case 'base64url': return btoa(codesToText(bytes, 255)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
    case 'utf16le': {
      let text = '';
      for (let i = 0; i + 1 < bytes.length; i += 2) text += String.fromCharCode(bytes[i] | (bytes[i + 1] << 8));
      return text;
    }
    case 'ascii': return codesToText(bytes, 127);
    default: return codesToText(bytes, 255);
  }
}

function codesToText(bytes, mask) {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte & mask);
  return text;
}

function wrap(bytes) {
  return new Buffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export class Buffer extends Uint8Array {
  static poolSize = 8192;

  static from(value, encodingOrOffset, length) {
    if (typeof value === 'string') return wrap(bytesOf(value, encodingOrOffset));
    if (value instanceof ArrayBuffer) return new Buffer(value, encodingOrOffset ?? 0, length);
    if (ArrayBuffer.isView(value) || Array.isArray(value)) return wrap(Uint8Array.from(/** @type {any} */ (value)));
    if (value?.type === 'Buffer' && Array.isArray(value.data)) return wrap(Uint8Array.from(value.data));
    throw Object.assign(
      new TypeError('The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object.'),
      { code: 'ERR_INVALID_ARG_TYPE' }
    );
  }

  static alloc(size, fill, encoding) {
    const buffer = new Buffer(size);
    return fill === undefined || size === 0 ? buffer : buffer.fill(fill, 0, size, encoding);
  }

  static allocUnsafe(size) {
    return new Buffer(size);
  }

  static allocUnsafeSlow(size) {
    return new Buffer(size);
  }

  static isBuffer(value) {
    return value instanceof Buffer;
  }

  static isEncoding(name) {
    try {
      return typeof name === 'string' && encodingOf(name) !== undefined;
    } catch {
      return false;
    }
  }

  static byteLength(value, encoding) {
    return typeof value === 'string' ? bytesOf(value, encoding).length : value.byteLength;
  }

  static concat(list, total = list.reduce((sum, item) => sum + item.length, 0)) {
    const result = new Buffer(total);
    let at = 0;
    for (const item of list) {
      const part = item.subarray(0, Math.max(0, total - at));
      result.set(part, at);
      at += part.length;
    }
    return result;
  }

  static compare(a, b) {
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
    return Math.sign(a.length - b.length);
  }

  toString(encoding, start = 0, end = this.length) {
    return textOf(this.subarray(start, end), encoding);
  }

  toJSON() {
    return { type: 'Buffer', data: Array.from(this) };
  }

  equals(other) {
    return Buffer.compare(this, other) === 0;
  }

  compare(other) {
    return Buffer.compare(this, other);
  }

  // Node's slice shares memory, unlike that of typed arrays.
  slice(start, end) {
    return this.subarray(start, end);
  }

  copy(target, targetStart = 0, start = 0, end = this.length) {
    const part = this.subarray(start, Math.min(end, start + target.length - targetStart));
    target.set(part, targetStart);
    return part.length;
  }

  write(text, offset = 0, length, encoding) {
    if (typeof offset === 'string') [offset, encoding] = [0, offset];
    if (typeof length === 'string') [length, encoding] = [undefined, length];
    const room = Math.min(length ?? Infinity, this.length - offset);
    const part = bytesOf(text, encoding).subarray(0, room);
    this.set(part, offset);
    return part.length;
  }

  fill(value, start = 0, end = this.length, encoding = undefined) {
    if (typeof value === 'number') return super.fill(value & 255, start, end);
    const bytes = typeof value === 'string' ? bytesOf(value, encoding) : value;
    for (let i = start; i < end; i++) this[i] = bytes.length === 0 ? 0 : bytes[(i - start) % bytes.length];
    return this;
  }

  indexOf(value, from = 0, encoding = undefined) {
    if (typeof value === 'number') return super.indexOf(value & 255, from);
    const bytes = typeof value === 'string' ? bytesOf(value, encoding) : value;
    for (let i = Math.max(0, from < 0 ? this.length + from : from); i + bytes.length <= this.length; i++) {
      let j = 0;
      while (j < bytes.length && this[i + j] === bytes[j]) j++;
      if (j === bytes.length) return i;
    }
    return -1;
  }

  includes(value, from, encoding) {
    return this.indexOf(value, from, encoding) >= 0;
  }
}

/** @type {[string, string, number][]} */
const NUMBERS = [
  ['Int8', 'Int8', 1], ['UInt8', 'Uint8', 1], ['Int16', 'Int16', 2], ['UInt16', 'Uint16', 2], ['Int32', 'Int32', 4],
  ['UInt32', 'Uint32', 4], ['Float', 'Float32', 4], ['Double', 'Float64', 8], ['BigInt64', 'BigInt64', 8], ['BigUInt64', 'BigUint64', 8]
];
for (const [name, method, size] of NUMBERS) {
  for (const little of size === 1 ? [undefined] : [true, false]) {
    const suffix = little === undefined ? '' : little ? 'LE' : 'BE';
    const viewOf = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    const read = function (offset = 0) {
      return viewOf(this)[`get${method}`](offset, little);
    };
    const write = function (value, offset = 0) {
      viewOf(this)[`set${method}`](offset, value, little);
      return offset + size;
    };
    for (const alias of [name, name.replace('UInt', 'Uint')]) {
      Object.defineProperty(Buffer.prototype, `read${alias}${suffix}`, { value: read, writable: true, configurable: true });
      Object.defineProperty(Buffer.prototype, `write${alias}${suffix}`, { value: write, writable: true, configurable: true });
    }
  }
}
