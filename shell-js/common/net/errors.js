/**
 * What the `net` module says of a request that failed: Chromium's names, in the place of those of the system and of TLS.
 */

/** @type {Record<string, string>} */
const NAMES = {
  EACCES: 'ERR_NETWORK_ACCESS_DENIED',
  EADDRNOTAVAIL: 'ERR_ADDRESS_INVALID',
  EAI_AGAIN: 'ERR_NAME_NOT_RESOLVED',
  ECONNABORTED: 'ERR_CONNECTION_ABORTED',
  ECONNREFUSED: 'ERR_CONNECTION_REFUSED',
  ECONNRESET: 'ERR_CONNECTION_RESET',
  EHOSTUNREACH: 'ERR_ADDRESS_UNREACHABLE',
  ENETUNREACH: 'ERR_INTERNET_DISCONNECTED',
  ENOTFOUND: 'ERR_NAME_NOT_RESOLVED',
  EPIPE: 'ERR_CONNECTION_RESET',
  EPROTO: 'ERR_SSL_PROTOCOL_ERROR',
  ETIMEDOUT: 'ERR_CONNECTION_TIMED_OUT',
  CERT_HAS_EXPIRED: 'ERR_CERT_DATE_INVALID',
  CERT_NOT_YET_VALID: 'ERR_CERT_DATE_INVALID',
  CERT_REVOKED: 'ERR_CERT_REVOKED',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'ERR_CERT_AUTHORITY_INVALID',
  ERR_TLS_CERT_ALTNAME_INVALID: 'ERR_CERT_COMMON_NAME_INVALID',
  HPE_HEADER_OVERFLOW: 'ERR_RESPONSE_HEADERS_TOO_BIG',
  SELF_SIGNED_CERT_IN_CHAIN: 'ERR_CERT_AUTHORITY_INVALID',
  UNABLE_TO_GET_ISSUER_CERT: 'ERR_CERT_AUTHORITY_INVALID',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'ERR_CERT_AUTHORITY_INVALID',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'ERR_CERT_AUTHORITY_INVALID',
};

/** What TLS says in words only. @type {[RegExp, string][]} */
const WORDS = [
  [/UnknownIssuer|CaUsedAsEndEntity/, 'ERR_CERT_AUTHORITY_INVALID'],
  [/NotValidForName/, 'ERR_CERT_COMMON_NAME_INVALID'],
  [/\bExpired|NotValidYet/, 'ERR_CERT_DATE_INVALID'],
  [/certificate/i, 'ERR_CERT_INVALID'],
];

/** @param {string} name one of Chromium's names @param {unknown} [cause] */
export const netError = (name, cause) => new Error(`net::${name}`, cause === undefined ? undefined : { cause });

/** @param {any} error what Node says */
export function asNetError(error) {
  const { code = '', message = '' } = error ?? {};
  if (message === 'socket hang up') return netError('ERR_EMPTY_RESPONSE', error);
  const told = NAMES[code] ?? WORDS.find(([words]) => words.test(message))?.[1];
  if (told !== undefined) return netError(told, error);
  if (/^HPE_/.test(code)) return netError('ERR_INVALID_HTTP_RESPONSE', error);
  if (/^ERR_(?:SSL|TLS)_/.test(code)) return netError('ERR_SSL_PROTOCOL_ERROR', error);
  return netError('ERR_FAILED', error);
}
