// Keyboard accelerators, as apps write them ("CommandOrControl+Shift+Z").
//
// The grammar: parts joined by "+", case does not matter, ASCII only. Each part is a modifier or a key; the last key counts.

/**
 * @typedef {object} Accelerator
 * @property {boolean} shift
 * @property {boolean} ctrl
 * @property {boolean} alt
 * @property {boolean} altGr
 * @property {boolean} meta
 * @property {string} key canonical name of the key: "a", "1", "f5", "=", "escape", "num0"
 */

/** @type {Record<string, 'shift' | 'ctrl' | 'alt' | 'altGr' | 'meta' | 'primary'>} */
const MODIFIERS = {
  __proto__: null,
  alt: 'alt',
  altgr: 'altGr',
  cmd: 'meta',
  cmdorctrl: 'primary',
  command: 'meta',
  commandorcontrol: 'primary',
  control: 'ctrl',
  ctrl: 'ctrl',
  meta: 'meta',
  option: 'alt',
  shift: 'shift',
  super: 'meta',
};

const NAMED_KEYS = new Set([
  'backspace', 'capslock', 'delete', 'down', 'end', 'enter', 'escape', 'home', 'insert', 'left', 'medianexttrack',
  'mediaplaypause', 'mediaprevioustrack', 'mediastop', 'numadd', 'numdec', 'numdiv', 'numlock', 'nummult', 'numsub',
  'pagedown', 'pageup', 'printscreen', 'right', 'scrolllock', 'space', 'tab', 'up', 'volumedown', 'volumemute', 'volumeup',
]);

/** Other names of the same keys. */
const KEY_ALIASES = { __proto__: null, esc: 'escape', return: 'enter' };

/** Characters of the US layout that need Shift, and the key that carries them. */
const SHIFTED = {
  __proto__: null,
  '!': '1', '@': '2', '#': '3', $: '4', '%': '5', '^': '6', '&': '7', '*': '8', '(': '9', ')': '0',
  _: '-', '{': '[', '}': ']', '|': '\\', ':': ';', '"': "'", '<': ',', '>': '.', '?': '/', '~': '`', plus: '=',
};

const PLAIN_CHARACTER = /^[a-z0-9,\-./;=[\]'\\`]$/;
const FUNCTION_KEY = /^f([1-9]|1[0-9]|2[0-4])$/;
const NUMPAD_DIGIT = /^num[0-9]$/;

/**
 * @param {string} part one part, in lower case
 * @returns {{ key: string, shifted: boolean } | null}
 */
function parseKey(part) {
  if (part in SHIFTED) return { key: SHIFTED[part], shifted: true };
  const key = KEY_ALIASES[part] ?? part;
  const known = PLAIN_CHARACTER.test(key) || FUNCTION_KEY.test(key) || NUMPAD_DIGIT.test(key) || NAMED_KEYS.has(key);
  return known ? { key, shifted: false } : null;
}

/**
 * Parses an accelerator.
 *
 * @param {string} text
 * @param {string} platform
 * @returns {{ accelerator: Accelerator, text: string } | { error: string }} `text` is the accelerator without blanks and empty parts;
 *   `error` says what is wrong with it
 */
export function parseAccelerator(text, platform) {
  // eslint-disable-next-line no-control-regex -- control characters are ASCII; they fail later, as unknown keys.
  if (!/^[\x00-\x7f]*$/.test(text)) return { error: `accelerator "${text}" is not ASCII` };
  const accelerator = { shift: false, ctrl: false, alt: false, altGr: false, meta: false, key: '' };
  const parts = text.toLowerCase().split('+').map((part) => part.trim()).filter((part) => part !== '');
  for (const part of parts) {
    const modifier = MODIFIERS[part];
    if (modifier !== undefined) {
      accelerator[modifier === 'primary' ? (platform === 'darwin' ? 'meta' : 'ctrl') : modifier] = true;
      continue;
    }
    const parsed = parseKey(part);
    // An unknown part takes back a key before it: what the user wrote last decides, and that is nothing here.
    accelerator.key = parsed?.key ?? '';
    if (parsed?.shifted) accelerator.shift = true;
  }
  return accelerator.key === '' ? { error: `accelerator "${text}" has no valid key` } : { accelerator, text: parts.join('+') };
}
