// One entry of the clipboard: what it holds, by MIME type.

import { Blob, Buffer } from 'node:buffer';

const BOOKMARK = 'electron application/bookmark';

/** Key of entries that read the clipboard; `clipboard.read` makes those. */
const READ = Symbol('read');

/** @type {WeakMap<ClipboardItem, Record<string, any>>} */
const payloads = new WeakMap();
/** @type {WeakMap<ClipboardItem, { types: string[], read: (type: string) => Promise<Uint8Array> }>} */
const readers = new WeakMap();

const notFound = (type) => new Error(`The type '${type}' was not found in the ClipboardItem`);

export class ClipboardItem {
  /** @param {any} items payloads by MIME type: strings, Blobs or promises of them @param {any} [reader] */
  constructor(items, reader) {
    if (items === READ) {
      readers.set(this, reader);
      return;
    }
    if (typeof items !== 'object' || items === null || Array.isArray(items)) {
      throw new TypeError("Failed to construct 'ClipboardItem': the argument must be an object that maps MIME types to payloads.");
    }
    if (Object.keys(items).length === 0) {
      throw new TypeError("Failed to construct 'ClipboardItem': at least one MIME type is required.");
    }
    payloads.set(this, { ...items });
  }

  get types() {
    return readers.get(this)?.types.slice() ?? Object.keys(payloads.get(this));
  }

  /** @param {string} type */
  async getType(type) {
    if (!this.types.includes(type)) throw notFound(type);
    const reader = readers.get(this);
    if (reader) return new Blob([/** @type {any} */ (await reader.read(type))], { type });
    const payload = await payloads.get(this)[type];
    if (type === BOOKMARK || payload instanceof Blob) return payload;
    return new Blob([Buffer.from(payload, 'utf8')], { type });
  }
}

/** An entry that reads the clipboard when it is asked. */
export const readingItem = (types, read) => new ClipboardItem(READ, { types, read });

/**
 * The payloads of an entry that an app made, as bytes.
 *
 * @param {ClipboardItem} item
 * @returns {Promise<[string, Buffer][]>}
 */
export async function payloadsOf(item) {
  const own = payloads.get(item);
  if (!own) {
    throw new TypeError('clipboard.write cannot accept a ClipboardItem that clipboard.read() returned; construct a new one to write.');
  }
  const list = [];
  for (const [type, given] of Object.entries(own)) {
    const payload = await given;
    if (payload instanceof Blob) list.push([type, Buffer.from(await payload.arrayBuffer())]);
    else if (typeof payload === 'string') list.push([type, Buffer.from(payload, 'utf8')]);
    else if (type === BOOKMARK) list.push([type, Buffer.alloc(0)]);
    else throw new TypeError('ClipboardItem payload values must be a string or a Blob');
  }
  return list;
}

export default ClipboardItem;
