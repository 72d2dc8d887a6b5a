/**
 * Match patterns and globs for addresses, as browsers' extensions have them for content scripts.
 */

const PATTERN = /^(\*|[a-z][a-z0-9+.-]*):\/\/([^/]*)(\/.*)$/s;
const ALL = '<all_urls>';
const ALL_SCHEMES = new Set(['http', 'https', 'ws', 'wss', 'ftp', 'file']);
/** Documents whose address says nothing of where they come from. */
const WITHOUT_ORIGIN = /^(?:about|blob|data|filesystem):/;

/**
 * Whether a text is of a form: `*` stands for any characters, and `?`, where it is no plain character, for one or none. All ways to match go
 * forward together, because the text is a page's choice.
 * @param {string} form @param {string} text @param {boolean} questionMarks
 */
export function matchesGlob(form, text, questionMarks) {
  // Where in the form the match may stand.
  let places = new Set();
  const enter = (/** @type {Set<number>} */ set, /** @type {number} */ at) => {
    while (!set.has(at)) {
      set.add(at);
      if (form[at] !== '*' && !(questionMarks && form[at] === '?')) return;
      at++;
    }
  };
  enter(places, 0);
  for (let i = 0; i < text.length && places.size > 0; i++) {
    const next = new Set();
    for (const at of places) {
      if (at >= form.length) continue;
      if (form[at] === '*') enter(next, at);
      else if (questionMarks && form[at] === '?') enter(next, at + 1);
      else if (form[at] === text[i]) enter(next, at + 1);
    }
    places = next;
  }
  return places.has(form.length);
}

/** @param {string} url @returns {URL | null} */
function parse(url) {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

/**
 * @param {string} pattern
 * @returns {{path: string, test: (url: string) => boolean}}
 */
function compilePattern(pattern) {
  if (pattern === ALL) return { path: '/*', test: (url) => ALL_SCHEMES.has(url.slice(0, url.indexOf(':'))) };
  const parts = PATTERN.exec(pattern);
  if (parts === null) throw new Error(`Invalid match pattern '${pattern}'`);
  const [, scheme, authority, pathForm] = parts;
  const [, host, port] = /** @type {RegExpExecArray} */ (/^(.*?)(?::(\d+|\*))?$/s.exec(authority));
  const domain = host.startsWith('*.') ? host.slice(2) : host;
  if ((host !== '*' && domain.includes('*')) || (host === '' && scheme !== 'file') || domain.includes(':')) {
    throw new Error(`Invalid match pattern '${pattern}'`);
  }
  const wanted = domain.toLowerCase();
  const test = (/** @type {string} */ url) => {
    const parsed = parse(url);
    if (parsed === null) return false;
    const found = parsed.protocol.slice(0, -1);
    if (scheme === '*' ? found !== 'http' && found !== 'https' : found !== scheme) return false;
    const name = parsed.hostname;
    if (host !== '*' && name !== wanted && !(host.startsWith('*.') && name.endsWith(`.${wanted}`))) return false;
    if (port !== undefined && port !== '*' && (parsed.port || DEFAULT_PORTS[found]) !== port) return false;
    return matchesGlob(pathForm, parsed.pathname + parsed.search, false);
  };
  return { path: pathForm, test };
}

/** @type {Record<string, string>} */
const DEFAULT_PORTS = { http: '80', https: '443', ws: '80', wss: '443', ftp: '21' };

/**
 * @param {{matches?: string[], excludeMatches?: string[], includeGlobs?: string[], excludeGlobs?: string[], matchOriginAsFallback?: boolean}} script
 * @returns {(document: {url: string, origin: string, creator: string}) => boolean} whether it runs in a document; `creator` is the origin of the
 *   frame that made the document
 */
export function documentFilter({ matches, excludeMatches = [], includeGlobs, excludeGlobs = [], matchOriginAsFallback = false }) {
  for (const [name, list] of Object.entries({ matches, includeGlobs })) if (list?.length === 0) throw new Error(`${name} must not be empty`);
  const wanted = matches?.map(compilePattern);
  const unwanted = excludeMatches.map(compilePattern);
  if (matchOriginAsFallback && wanted?.some((pattern) => pattern.path !== '/*')) {
    throw new Error('With matchOriginAsFallback every pattern in matches must have the path /*');
  }
  return ({ url, origin, creator }) => {
    const source = origin !== 'null' ? origin : creator;
    const address = matchOriginAsFallback && WITHOUT_ORIGIN.test(url) && source !== 'null' && source !== '' ? `${source}/` : url;
    return (
      (wanted === undefined || wanted.some(({ test }) => test(address))) &&
      !unwanted.some(({ test }) => test(address)) &&
      (includeGlobs === undefined || includeGlobs.some((glob) => matchesGlob(glob, address, true))) &&
      !excludeGlobs.some((glob) => matchesGlob(glob, address, true))
    );
  };
}
