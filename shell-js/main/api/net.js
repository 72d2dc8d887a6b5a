/**
 * `net` of the main process.
 */
import { createNet } from '../../common/net/module.js';
import { peers } from '../object-registry.js';

export const { net, fetchOf } = createNet(
  {
    ensureUsable() {
      if (!peers.app.isReady()) throw new Error('net module can only be used after app ready');
    },
    userAgentOf(session, partition) {
      const own = session ?? peers.session.fromPartition(partition ?? '');
      if (typeof own?.getUserAgent !== 'function') throw new TypeError('`session` should be an instance of the Session class');
      return own.getUserAgent();
    },
  },
  true,
);
