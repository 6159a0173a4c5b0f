import type { ClusterReach } from '../../../model/cluster-reach.ts';

/** What a look finds of a cluster that can be worked with. */
export const GOOD_REACH: ClusterReach = {
  state: 'reachable',
  trouble: null,
  problem: null,
  checkedAt: '2026-03-01T10:00:00.000Z',
  latency: 12,
  serverVersion: 'v1.36.3',
  certificateExpires: null,
  signIn: { plugin: null, expires: null, due: false, user: 'ana' },
};
