// The clipboard, and the selection of X11 and Wayland, which is a second one.

import { Buffer } from 'node:buffer';
import process from 'node:process';

import { call, send } from '../binding.js';
import { notImplemented } from '../unimplemented.js';
import { check } from './arguments.js';
import { ClipboardItem, payloadsOf, readingItem } from './clipboard-item.js';
import { fromPicture, nativeImage, toPicture } from './native-image.js';

/** Types with a meaning of their own, and what the bridge calls those it carries as text. */
const TEXT_TYPES = { __proto__: null, 'text/plain': 'text', 'text/html': 'html', 'text/rtf': 'rtf' };
const OTHER_STANDARD_TYPES = ['text/uri-list', 'image/svg+xml'];
const RAW_TYPE = /^electron application\/osclipboard;format="(.*)"$/;

/** What the desktop calls a format, as apps see it: pictures of any format as PNG, unknown formats wrapped. */
function publicType(format) {
  const mime = format.split(';')[0].trim().toLowerCase();
  if (mime in TEXT_TYPES || OTHER_STANDARD_TYPES.includes(mime)) return mime;
  if (mime === 'application/rtf' || mime === 'text/richtext') return 'text/rtf';
  if (mime.startsWith('image/')) return 'image/png';
  return `electron application/osclipboard;format="${format}"`;
}

function makeClipboard(kind) {
  const types = async () => [...new Set((await call({ type: 'clipboardFormats', kind })).map(publicType))];

  const readType = async (type) => {
    if (type === 'image/png') {
      return fromPicture(await call({ type: 'clipboardReadImage', kind })).toPNG();
    }
    const format = TEXT_TYPES[type] ?? RAW_TYPE.exec(type)?.[1] ?? type;
    return Buffer.from(await call({ type: 'clipboardRead', kind, format }), 'utf8');
  };

  return {
    clear() {
      send({ type: 'clipboardClear', kind });
    },

    /** @param {string} mimetype */
    async has(mimetype) {
      check(arguments, 'string');
      return (await types()).includes(mimetype);
    },

    async read() {
      return [readingItem(await types(), readType)];
    },

    async readText() {
      return call({ type: 'clipboardRead', kind, format: 'text' });
    },

    /** @param {ClipboardItem[]} items written in one go */
    async write(items) {
      if (!Array.isArray(items) || !items.every((item) => item instanceof ClipboardItem)) {
        throw new TypeError('clipboard.write expects an array of ClipboardItem');
      }
      const data = {};
      for (const item of items) {
        for (const [type, bytes] of await payloadsOf(item)) addPayload(data, type, bytes);
      }
      await call({ type: 'clipboardWrite', kind, data });
    },

    /** @param {string} text */
    async writeText(text) {
      check(arguments, 'string');
      await call({ type: 'clipboardWrite', kind, data: { text } });
    },
  };
}

function addPayload(data, type, bytes) {
  if (type in TEXT_TYPES) {
    data[TEXT_TYPES[type]] = bytes.toString('utf8');
  } else if (type === 'image/png' || type === 'image/jpeg') {
    const picture = toPicture(nativeImage.createFromBuffer(bytes));
    if (!picture) throw new Error(`The ${type} payload is not an image`);
    data.image = picture;
  } else {
    throw notImplemented(`clipboard.write('${type}')`);
  }
}

export const clipboard = makeClipboard('clipboard');
if (process.platform === 'linux') clipboard.selection = makeClipboard('selection');

export default clipboard;
