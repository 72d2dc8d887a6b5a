// `string_decoder` of a page: text of bytes that come in pieces.

import { Buffer } from '../buffer.js';

/** How many bytes of a text belong together, by encoding. */
const UNITS = { utf16le: 2, base64: 3, base64url: 3 };

function normalize(encoding = 'utf8') {
  const lower = String(encoding).toLowerCase();
  if (!Buffer.isEncoding(lower)) throw Object.assign(new TypeError(`Unknown encoding: ${encoding}`), { code: 'ERR_UNKNOWN_ENCODING' });
  if (lower === 'utf-8') return 'utf8';
  if (lower === 'ucs2' || lower === 'ucs-2' || lower === 'utf-16le') return 'utf16le';
  return lower === 'binary' ? 'latin1' : lower;
}

// Of the end of some bytes, how many begin a character that is not whole.
function openBytes(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

/** @type {any} */
export const StringDecoder = function StringDecoder(encoding) {
  this.encoding = normalize(encoding);
  Object.defineProperty(this, '_rest', { value: Buffer.alloc(0), writable: true });
};

StringDecoder.prototype.write = function (chunk) {
  if (typeof chunk === 'string') return chunk;
  if (!ArrayBuffer.isView(chunk)) {
    throw Object.assign(new TypeError('The "buf" argument must be an instance of Buffer, TypedArray, or DataView.'), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  const piece = Buffer.from(/** @type {any} */ (chunk.buffer), chunk.byteOffset, chunk.byteLength);
  const bytes = this._rest.length > 0 ? Buffer.concat([this._rest, piece]) : piece;
  let open = this.encoding === 'utf8' ? openBytes(bytes) : bytes.length % (UNITS[this.encoding] ?? 1);
  if (this.encoding === 'utf16le' && bytes.length - open >= 2) {
    // The first half of a pair waits for the second.
    const high = bytes[bytes.length - open - 1];
    if (high >= 0xd8 && high <= 0xdb) open += 2;
  }
  const end = bytes.length - open;
  this._rest = Buffer.from(bytes.subarray(end));
  return bytes.toString(this.encoding, 0, end);
};

StringDecoder.prototype.end = function (chunk) {
  let text = chunk === undefined ? '' : this.write(chunk);
  if (this._rest.length > 0) {
    text += this.encoding === 'utf8' ? '\ufffd' : this._rest.toString(this.encoding);
    this._rest = Buffer.alloc(0);
  }
  return text;
};
