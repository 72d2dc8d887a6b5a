// `require('url')` for preloads: the WHATWG classes and the functions for file URLs. The legacy parser is not here.

function refuse(name) {
  return () => {
    throw new Error(`url.${name} is not implemented in preloads yet; use the URL class`);
  };
}

function fileURLToPath(value) {
  const url = value instanceof URL ? value : new URL(String(value));
  if (url.protocol !== 'file:') {
    throw Object.assign(new TypeError('The URL must be of scheme file'), { code: 'ERR_INVALID_URL_SCHEME' });
  }
  if (/%2f/i.test(url.pathname)) {
    throw Object.assign(new TypeError('File URL path must not include encoded / characters'), { code: 'ERR_INVALID_FILE_URL_PATH' });
  }
  return decodeURIComponent(url.pathname);
}

function pathToFileURL(path) {
  const url = new URL('file:///');
  url.pathname = String(path).replace(/[%\\\n\r\t?#]/g, (found) => encodeURIComponent(found));
  return url;
}

export const urlModule = {
  URL,
  URLSearchParams,
  fileURLToPath,
  pathToFileURL,
  domainToASCII: (domain) => {
    try {
      return new URL(`ws://${domain}`).hostname;
    } catch {
      return '';
    }
  },
  format: (value) => {
    if (value instanceof URL || typeof value === 'string') return String(value);
    throw new Error('url.format of a legacy object is not implemented in preloads yet');
  },
  resolve: refuse('resolve'),
  parse: refuse('parse')
};
