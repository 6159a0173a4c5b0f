import type { ClusterEntry } from '../../../preload/contract.ts';
import { StateBadge, type Tone } from '../../ui/state-badge.tsx';

const LOOK = {
  available: ['neutral', 'Available'],
  connecting: ['busy', 'Connecting'],
  connected: ['connected', 'Connected'],
  unusable: ['denied', 'Unusable'],
  failed: ['warning', 'Failed'],
} as const satisfies Record<ClusterEntry['state'], readonly [Tone, string]>;

export function ClusterStateBadge({ cluster }: { readonly cluster: ClusterEntry }) {
  const [tone, word] = LOOK[cluster.state];
  return <StateBadge tone={tone} word={word} />;
}
