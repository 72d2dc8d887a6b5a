/**
 * Colours as apps write them (`#RGB`, `#ARGB`, `#RRGGBB`, `#AARRGGBB`, `rgb()`, `rgba()`, `hsl()`, `hsla()`, common names) and as the
 * bridge carries them.
 */

/** @typedef {{r: number, g: number, b: number, a: number}} Color */

/** @type {Record<string, string>} */
const names = {
  black: '#000000', silver: '#c0c0c0', gray: '#808080', grey: '#808080', white: '#ffffff', maroon: '#800000', red: '#ff0000',
  purple: '#800080', fuchsia: '#ff00ff', magenta: '#ff00ff', green: '#008000', lime: '#00ff00', olive: '#808000', yellow: '#ffff00',
  navy: '#000080', blue: '#0000ff', teal: '#008080', aqua: '#00ffff', cyan: '#00ffff', orange: '#ffa500', pink: '#ffc0cb',
  brown: '#a52a2a', gold: '#ffd700', indigo: '#4b0082', violet: '#ee82ee', tomato: '#ff6347', blueviolet: '#8a2be2',
  rebeccapurple: '#663399', transparent: '#00000000',
};

const WHITE = { r: 255, g: 255, b: 255, a: 255 };

/** @param {number} value */
const channel = (value) => Math.min(255, Math.max(0, Math.round(value)));

/** @param {string} text @param {number} scale */
const amount = (text, scale) => (text.endsWith('%') ? (parseFloat(text) / 100) * scale : parseFloat(text));

/** @param {number} h @param {number} s @param {number} l */
function fromHsl(h, s, l) {
  const hue = ((h % 360) + 360) % 360;
  const part = (/** @type {number} */ n) => {
    const k = (n + hue / 30) % 12;
    return channel(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return { r: part(0), g: part(8), b: part(4) };
}

/**
 * Reads a colour; what is no colour becomes white, as in Electron.
 * @param {string} text
 * @returns {Color}
 */
export function parseColor(text) {
  const value = (names[text.trim().toLowerCase()] ?? text).trim();
  const hex = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(value)?.[1];
  if (hex !== undefined) {
    const long = hex.length < 6 ? [...hex].map((digit) => digit + digit).join('') : hex;
    // Electron puts alpha first where CSS puts it last.
    const bytes = (long.length === 6 ? `ff${long}` : long).match(/../g)?.map((byte) => parseInt(byte, 16)) ?? [];
    if (value === '#00000000') return { r: 0, g: 0, b: 0, a: 0 };
    return { a: bytes[0], r: bytes[1], g: bytes[2], b: bytes[3] };
  }
  const call = /^(rgb|hsl)a?\(([^)]*)\)$/i.exec(value);
  if (call === null) return { ...WHITE };
  const parts = call[2].split(/[\s,/]+/).filter(Boolean);
  if (parts.length < 3 || parts.some((part) => Number.isNaN(parseFloat(part)))) return { ...WHITE };
  const a = channel(parts[3] === undefined ? 255 : amount(parts[3], 1) * 255);
  if (call[1].toLowerCase() === 'rgb') {
    const [r, g, b] = parts.slice(0, 3).map((part) => channel(amount(part, 255)));
    return { r, g, b, a };
  }
  return { ...fromHsl(parseFloat(parts[0]), parseFloat(parts[1]) / 100, parseFloat(parts[2]) / 100), a };
}

/**
 * `#RRGGBB`, as `getBackgroundColor` answers.
 * @param {Color} color
 */
export function formatColor({ r, g, b }) {
  return `#${[r, g, b].map((part) => part.toString(16).padStart(2, '0')).join('').toUpperCase()}`;
}
