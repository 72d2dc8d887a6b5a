// `buffer` of a page: the module around the class.

import { Buffer } from '../buffer.js';

const MAX_LENGTH = 2 ** 32;
const MAX_TEXT = 2 ** 29 - 24;

function isUtf8(bytes) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Also called without `new`, as packages from before `Buffer.from` do. @type {any} */
export const NodeBuffer = Buffer;

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
