/**
 * The module `net`, of the main process and of utility processes.
 */
import process from 'node:process';

import { builtin } from './builtin.js';
import { createClientRequest } from './client-request.js';
import { netError } from './errors.js';
import { netFetch } from './fetch.js';

const QUERY_TYPES = ['A', 'AAAA'];
const SOURCES = ['any', 'system', 'dns', 'mdns', 'localOnly'];

/** Whether there is a way out of this machine. */
const isOnline = () => Object.values(builtin('os').networkInterfaces()).flat().some((/** @type {any} */ address) => address && !address.internal);

/**
 * @param {string} host
 * @param {{queryType?: string, source?: string}} [options]
 */
async function resolveHost(host, options = {}) {
  if (typeof host !== 'string') throw new TypeError('host must be a string');
  const { queryType, source = 'any' } = options;
  if (queryType !== undefined && !QUERY_TYPES.includes(queryType)) throw new TypeError(`queryType must be A or AAAA, not ${queryType}`);
  if (!SOURCES.includes(source)) throw new TypeError(`source must be one of ${SOURCES.join(', ')}, not ${source}`);
  if (source === 'mdns' || source === 'localOnly') throw new Error(`net.resolveHost with source '${source}' is not implemented on ${process.platform} yet`);
  const family = queryType === undefined ? 0 : queryType === 'A' ? 4 : 6;
  const { promises } = builtin('dns');
  const ask = async () => {
    if (source !== 'dns') return promises.lookup(host, { all: true, family });
    const families = family === 0 ? [4, 6] : [family];
    const found = await Promise.allSettled(families.map((each) => (each === 4 ? promises.resolve4(host) : promises.resolve6(host))));
    return found.flatMap((each, at) => (each.status === 'fulfilled' ? each.value.map((/** @type {string} */ address) => ({ address, family: families[at] })) : []));
  };
  /** @type {{address: string, family: number}[]} */
  const addresses = await ask().catch((error) => {
    throw netError('ERR_NAME_NOT_RESOLVED', error);
  });
  if (addresses.length === 0) throw netError('ERR_NAME_NOT_RESOLVED');
  return { endpoints: addresses.map(({ address, family: own }) => ({ address, family: own === 6 ? 'ipv6' : 'ipv4' })) };
}

/**
 * @param {Parameters<typeof createClientRequest>[0]} host
 * @param {boolean} withWebSocket
 */
export function createNet(host, withWebSocket) {
  /** @type {any} */
  let ClientRequest = null;
  /** @param {any} options @param {any} [listener] */
  const request = (options, listener) => {
    ClientRequest ??= createClientRequest(host);
    return new ClientRequest(options, listener);
  };
  const net = {
    request,
    /** @param {any} input @param {any} [init] */
    fetch: (input, init) => netFetch(request, input, init),
    isOnline,
    resolveHost,
    get online() {
      return isOnline();
    },
  };
  // What the runtime has as a global: it is the stack that requests take here, too.
  if (withWebSocket) Object.defineProperty(net, 'WebSocket', { get: () => globalThis.WebSocket, enumerable: true, configurable: true });
  return { net, fetchOf: (/** @type {any} */ session) => (/** @type {any} */ input, /** @type {any} */ init) => netFetch(request, input, init, session) };
}
