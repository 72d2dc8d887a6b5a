/**
 * Addresses and headers of loads.
 */

/** Schemes that pages are loaded from. An address of another one is for another program. */
export const PAGE_SCHEMES = new Set(['http', 'https', 'file', 'about', 'data', 'blob', 'javascript']);

/** @param {string} url */
export const schemeOf = (url) => url.slice(0, Math.max(0, url.indexOf(':'))).toLowerCase();

/** @param {string} text @returns {string | null} */
export function normalUrl(text) {
  try {
    return new URL(text).href;
  } catch {
    return null;
  }
}

/** @param {string} url */
const withoutFragment = (url) => url.split('#', 1)[0];

/** Whether two addresses differ at most in their fragments, however they are written. @param {string} a @param {string} b */
export const sameAddress = (a, b) => withoutFragment(normalUrl(a) ?? a) === withoutFragment(normalUrl(b) ?? b);

/**
 * Whether going from one address to another stays in the same document.
 * @param {string} from @param {string} to
 */
export function isSameDocument(from, to) {
  return from !== '' && to.includes('#') && withoutFragment(from) === withoutFragment(to);
}

/** @param {any} options @returns {Array<[string, string]>} */
export function requestHeaders(options) {
  /** @type {Array<[string, string]>} */
  const headers = [];
  const referrer = options?.httpReferrer;
  const referrerUrl = typeof referrer === 'string' ? referrer : referrer?.url;
  if (typeof referrerUrl === 'string' && referrerUrl !== '') headers.push(['Referer', referrerUrl]);
  for (const line of String(options?.extraHeaders ?? '').split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  return headers;
}
