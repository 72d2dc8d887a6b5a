// The renderer in the page's own world, on the portable lane: for views whose preloads are not isolated.

import { FROM_PAGE } from '../../common/lane-frames.js';
import { pageSide } from '../page-bridge.js';
import { start } from '../init.js';

const indirectEval = eval;

/**
 * @param {{send(kind: number, id: number, bytes: Uint8Array): boolean, ask(kind: number, bytes: Uint8Array): Uint8Array | null}} link By way of the isolated
 *   world, which alone has the lane.
 * @param {Uint8Array} config
 */
export function startShared(link, config) {
  // There is only this world.
  const evaluate = (code, url, _world, holder) => {
    try {
      holder.value = indirectEval(url ? `${code}\n//# sourceURL=${encodeURI(url)}` : code);
    } catch (error) {
      const refused = error instanceof EvalError ? `The portable lane runs scripts without contextIsolation by 'eval', which the policy of this page forbids: ${url}\n` : '';
      holder.error = `${refused}${error}`;
    }
  };
  const request = (bytes) => link.ask(FROM_PAGE.sync, bytes);
  return start({ ...link, request, evaluate, rewrap: (value) => value, world() {} }, pageSide, globalThis, config);
}
