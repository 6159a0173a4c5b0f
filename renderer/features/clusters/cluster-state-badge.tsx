import type { ClusterEntry } from '../../../preload/contract.ts';
import { clusterWords } from '../../live/reach-words.ts';
import { StateBadge } from '../../ui/state-badge.tsx';

export function ClusterStateBadge({ cluster }: { readonly cluster: ClusterEntry }) {
  return <StateBadge {...clusterWords(cluster)} />;
}
