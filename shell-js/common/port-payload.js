// The payload of frames that may carry message ports: u32 count, for each port u32 id and u32 number of messages that its page had got when
// it handed the port over, then the codec's bytes. The ids are those of the page's end of the lane; the main process puts others in their
// place when it passes the bytes on to another page.

import { BytesCtor, bytesSet, bytesSubarray } from './codec-format.js';

const ENTRY = 8;

function put(bytes, at, value) {
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
  bytes[at + 2] = value >> 16;
  bytes[at + 3] = value >> 24;
}

function take(bytes, at) {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
}

/**
 * @param {{id: number, received: number}[]} ports
 * @param {Uint8Array} value What the codec wrote. It is copied.
 * @returns {Uint8Array}
 */
export function packPorts(ports, value) {
  const count = ports.length;
  const bytes = new BytesCtor(4 + count * ENTRY + value.length);
  put(bytes, 0, count);
  for (let i = 0; i < count; i++) {
    put(bytes, 4 + i * ENTRY, ports[i].id);
    put(bytes, 8 + i * ENTRY, ports[i].received);
  }
  bytesSet(bytes, value, 4 + count * ENTRY);
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ports: {id: number, received: number}[], value: Uint8Array} | null} Null when the payload is malformed; `value` is a part of it.
 */
export function unpackPorts(bytes) {
  if (bytes.length < 4) return null;
  const count = take(bytes, 0);
  if (count > (bytes.length - 4) / ENTRY) return null;
  const ports = [];
  for (let i = 0; i < count; i++) {
    ports[i] = { id: take(bytes, 4 + i * ENTRY), received: take(bytes, 8 + i * ENTRY) };
  }
  return { ports, value: bytesSubarray(bytes, 4 + count * ENTRY) };
}

/**
 * Puts another id in the place of a port's.
 * @param {Uint8Array} bytes A payload whose form was checked.
 * @param {number} index
 * @param {number} id
 */
export function replacePort(bytes, index, id) {
  put(bytes, 4 + index * ENTRY, id);
  put(bytes, 8 + index * ENTRY, 0);
}

/** @param {Uint8Array} bytes A payload whose form was checked. @returns {Uint8Array} What the codec wrote, as a part of it. */
export function valueOf(bytes) {
  return bytesSubarray(bytes, 4 + take(bytes, 0) * ENTRY);
}
