// `buffer` of a page: Node's whole class on the one of the preloads, and the module around it.

import { Buffer } from '../buffer.js';

const MAX_LENGTH = 2 ** 32;
const MAX_TEXT = 2 ** 29 - 24;
const coded = (Type, code, message) => Object.assign(new Type(message), { code });

/**
 * Called with and without `new`, as packages from before `Buffer.from` do.
 * @type {any}
 */
export const NodeBuffer = function Buffer_(value, encodingOrOffset, length) {
  if (typeof value === 'number') return Buffer.alloc(value);
  return NodeBuffer.from(value, encodingOrOffset, length);
};

function from(value, encodingOrOffset, length) {
  if (typeof value === 'string' || ArrayBuffer.isView(value) || Array.isArray(value)) return /** @type {any} */ (Buffer).from(value, encodingOrOffset);
  if (value instanceof ArrayBuffer || Object.prototype.toString.call(value) === '[object SharedArrayBuffer]') {
    if (encodingOrOffset > value.byteLength) throw coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"offset" is outside of buffer bounds');
    if (length > value.byteLength - (encodingOrOffset ?? 0)) throw coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS', '"length" is outside of buffer bounds');
    return Reflect.construct(Buffer, length === undefined ? [value, encodingOrOffset ?? 0] : [value, encodingOrOffset ?? 0, length]);
  }
  if (typeof value === 'object' && value !== null) {
    const inner = value.valueOf?.();
    if (inner !== null && inner !== undefined && inner !== value) return from(inner, encodingOrOffset, length);
    if (typeof value[Symbol.toPrimitive] === 'function') return from(value[Symbol.toPrimitive]('string'), encodingOrOffset, length);
    if (value.type === 'Buffer' && Array.isArray(value.data)) return Buffer.from(value.data);
    if (typeof value.length === 'number') return Buffer.from(Array.from(value));
    if (value.buffer instanceof ArrayBuffer) return from(value.buffer);
  }
  const received = value === null || value === undefined ? String(value) : `type ${typeof value}`;
  throw coded(
    TypeError,
    'ERR_INVALID_ARG_TYPE',
    `The first argument must be of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object. Received ${received}`
  );
}

// Whole numbers of one to six bytes.
function readNumber(bytes, offset, size, little, signed) {
  if (!Number.isInteger(offset) || offset < 0 || offset + size > bytes.length) {
    throw coded(RangeError, 'ERR_OUT_OF_RANGE', `The value of "offset" is out of range. It must be >= 0 and <= ${bytes.length - size}. Received ${offset}`);
  }
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + bytes[little ? offset + size - 1 - i : offset + i];
  return signed && value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
}

function writeNumber(bytes, value, offset, size, little) {
  if (!Number.isInteger(offset) || offset < 0 || offset + size > bytes.length) {
    throw coded(RangeError, 'ERR_OUT_OF_RANGE', `The value of "offset" is out of range. It must be >= 0 and <= ${bytes.length - size}. Received ${offset}`);
  }
  let rest = value < 0 ? value + 2 ** (8 * size) : value;
  for (let i = 0; i < size; i++) {
    bytes[little ? offset + i : offset + size - 1 - i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return offset + size;
}

function swap(bytes, size) {
  if (bytes.length % size !== 0) throw coded(RangeError, 'ERR_INVALID_BUFFER_SIZE', `Buffer size must be a multiple of ${size * 8}-bits`);
  for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
  return bytes;
}

const methods = {
  lastIndexOf(value, offset = this.length, encoding = undefined) {
    const wanted = typeof value === 'number' ? Buffer.from([value & 255]) : Buffer.from(value, typeof offset === 'string' ? offset : encoding);
    const start = typeof offset === 'string' ? this.length : offset < 0 ? this.length + offset : offset;
    for (let i = Math.min(start, this.length - wanted.length); i >= 0; i--) if (Buffer.compare(this.subarray(i, i + wanted.length), wanted) === 0) return i;
    return -1;
  },
  compare(target, targetStart = 0, targetEnd = target.length, start = 0, end = this.length) {
    return Buffer.compare(this.subarray(start, end), target.subarray(targetStart, targetEnd));
  },
  swap16() {
    return swap(this, 2);
  },
  swap32() {
    return swap(this, 4);
  },
  swap64() {
    return swap(this, 8);
  },
  toLocaleString(encoding, start, end) {
    return textOf(this, encoding, start, end);
  },
  readUIntLE(offset, size) {
    return readNumber(this, offset, size, true, false);
  },
  readUIntBE(offset, size) {
    return readNumber(this, offset, size, false, false);
  },
  readIntLE(offset, size) {
    return readNumber(this, offset, size, true, true);
  },
  readIntBE(offset, size) {
    return readNumber(this, offset, size, false, true);
  },
  writeUIntLE(value, offset, size) {
    return writeNumber(this, value, offset, size, true);
  },
  writeUIntBE(value, offset, size) {
    return writeNumber(this, value, offset, size, false);
  },
  writeIntLE(value, offset, size) {
    return writeNumber(this, value, offset, size, true);
  },
  writeIntBE(value, offset, size) {
    return writeNumber(this, value, offset, size, false);
  }
};
for (const name of ['readUIntLE', 'readUIntBE', 'writeUIntLE', 'writeUIntBE']) methods[name.replace('UInt', 'Uint')] = methods[name];
for (const encoding of ['ascii', 'base64', 'base64url', 'hex', 'latin1', 'ucs2', 'utf8']) {
  methods[`${encoding}Slice`] = function (start, end) {
    return textOf(this, encoding, start, end);
  };
  methods[`${encoding}Write`] = function (text, offset, length) {
    return this.write(text, offset, length, encoding);
  };
}

/** @param {any} bytes @param {string} encoding @param {number} start @param {number} end @returns {string} */
function textOf(bytes, encoding, start, end) {
  return bytes.toString(encoding, start, end);
}

function complete() {
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(Buffer.prototype, name, { value, writable: true, configurable: true });
  Object.defineProperty(Buffer.prototype, 'parent', { get() { return this.buffer; }, configurable: true });
  Object.defineProperty(Buffer.prototype, 'offset', { get() { return this.byteOffset; }, configurable: true });
  for (const key of Reflect.ownKeys(Buffer)) {
    if (key === 'prototype' || key === 'length' || key === 'name') continue;
    // Packages go through them by `for in`.
    Object.defineProperty(NodeBuffer, key, { ...Reflect.getOwnPropertyDescriptor(Buffer, key), enumerable: true });
  }
  Object.defineProperty(NodeBuffer, 'name', { value: 'Buffer' });
  Object.setPrototypeOf(NodeBuffer, Uint8Array);
  NodeBuffer.prototype = Buffer.prototype;
  Object.defineProperty(Buffer.prototype, 'constructor', { value: NodeBuffer, writable: true, configurable: true });
  Object.assign(NodeBuffer, {
    from,
    of: (...items) => Buffer.from(items),
    copyBytesFrom: (view, offset = 0, length = view.length - offset) => {
      const part = view.subarray(offset, offset + length);
      return Buffer.from(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    }
  });
}
complete();

function isUtf8(bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export function createBufferModule() {
  return {
    Buffer: NodeBuffer,
    SlowBuffer: (size) => Buffer.allocUnsafeSlow(size),
    INSPECT_MAX_BYTES: 50,
    kMaxLength: MAX_LENGTH,
    kStringMaxLength: MAX_TEXT,
    constants: { MAX_LENGTH, MAX_STRING_LENGTH: MAX_TEXT },
    transcode: (bytes, from, to) => Buffer.from(Buffer.from(bytes).toString(from), to),
    isUtf8,
    isAscii: (bytes) => Buffer.from(bytes).every((byte) => byte < 128),
    Blob: globalThis.Blob,
    File: globalThis.File,
    atob: (text) => atob(text),
    btoa: (text) => btoa(text)
  };
}
