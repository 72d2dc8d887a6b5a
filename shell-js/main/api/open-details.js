/**
 * What a page says when it opens a window, as Chromium reads it: the features of `window.open`, where to open, and the referrer.
 */

/** Bits of the keys and the button that the user holds. */
const [CTRL, SHIFT, ALT, MIDDLE] = [1, 2, 4, 8];

/**
 * The features as HTML has them read: names in lower case, without a value `""`.
 * @param {string} features
 * @returns {Map<string, string>}
 */
function readFeatures(features) {
  const found = new Map();
  for (const feature of features.toLowerCase().replace(/\s*=[\s=]*/g, '=').split(/[\s,]+/)) {
    const [name, value = ''] = feature.split('=');
    if (name !== '' && !found.has(name)) found.set(name, value);
  }
  return found;
}

/** @param {Map<string, string>} features @param {string} name @param {boolean} otherwise */
function isOn(features, name, otherwise) {
  const value = features.get(name);
  if (value === undefined) return otherwise;
  return ['', 'yes', 'true'].includes(value) || Boolean(parseInt(value, 10));
}

/**
 * @param {string} text the features string
 * @returns {{popup: boolean, noopener: boolean, noreferrer: boolean}}
 */
export function openFeatures(text) {
  const features = readFeatures(text);
  const noreferrer = isOn(features, 'noreferrer', false);
  const noopener = noreferrer || isOn(features, 'noopener', false);
  for (const name of ['noopener', 'noreferrer']) features.delete(name);
  const on = (/** @type {string} */ name, /** @type {boolean} */ otherwise) => isOn(features, name, otherwise);
  let popup = false;
  if (features.has('popup')) popup = on('popup', false);
  else if (features.size > 0) {
    const bars = (on('location', false) || on('toolbar', false)) && on('menubar', false);
    popup = !(bars && on('resizable', true) && on('scrollbars', false) && on('status', false));
  }
  return { popup, noopener, noreferrer };
}

/**
 * @param {boolean} popup
 * @param {number} held keys and button
 * @returns {string} one of Electron's dispositions
 */
export function dispositionOf(popup, held) {
  const shift = (held & SHIFT) !== 0;
  if (held & (CTRL | MIDDLE)) return shift ? 'foreground-tab' : 'background-tab';
  if (shift || popup) return 'new-window';
  return held & ALT ? 'save-to-disk' : 'foreground-tab';
}

/**
 * The referrer under the default policy.
 * @param {string} from the opener's address
 * @param {string} to
 */
export function referrerOf(from, to) {
  const referrer = { url: '', policy: 'strict-origin-when-cross-origin' };
  if (!URL.canParse(from) || !URL.canParse(to)) return referrer;
  const [source, target] = [new URL(from), new URL(to)];
  if (!/^https?:$/.test(source.protocol)) return referrer;
  const downgrade = source.protocol === 'https:' && target.protocol === 'http:';
  // A page without an address of its own has its opener's origin.
  if (source.origin === target.origin || target.protocol === 'about:') {
    source.hash = source.username = source.password = '';
    referrer.url = source.href;
  } else if (!downgrade) {
    referrer.url = `${source.origin}/`;
  }
  return referrer;
}
