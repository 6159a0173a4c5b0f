import type { ClusterEntry } from '../../../preload/contract.ts';

/**
 * The clusters whose context, server, user or file hold the typed letters in order, best first: a run of letters beats
 * scattered ones, the context beats the rest. Nothing typed: connected first, then by name. Never cut short.
 */
export function filterClusters(clusters: readonly ClusterEntry[], typed: string): ClusterEntry[] {
  const query = typed.trim().toLowerCase();
  if (query === '') return [...clusters].sort(byUse);
  return clusters
    .map((cluster) => ({ cluster, score: score(cluster, query) }))
    .filter(({ score: value }) => value > 0)
    .sort((left, right) => right.score - left.score || byUse(left.cluster, right.cluster))
    .map(({ cluster }) => cluster);
}

function byUse(left: ClusterEntry, right: ClusterEntry): number {
  return rank(left) - rank(right) || left.context.localeCompare(right.context, 'en', { numeric: true });
}

function rank(cluster: ClusterEntry): number {
  if (['connected', 'connecting', 'signed-out'].includes(cluster.state)) return 0;
  return cluster.state === 'unusable' ? 2 : 1;
}

function score(cluster: ClusterEntry, query: string): number {
  const rest = [cluster.slug, cluster.server, cluster.user, cluster.file];
  return Math.max(textScore(cluster.context, query) * 2, ...rest.map((text) => runScore(text, query)));
}

function runScore(text: string, query: string): number {
  return text.toLowerCase().includes(query) ? 2 : 0;
}

function textScore(text: string, query: string): number {
  const lower = text.toLowerCase();
  if (lower.startsWith(query)) return 4;
  if (lower.includes(query)) return 3;
  return inOrder(lower, query) ? 1 : 0;
}

function inOrder(text: string, query: string): boolean {
  let from = 0;
  for (const letter of query) {
    const at = text.indexOf(letter, from);
    if (at === -1) return false;
    from = at + 1;
  }
  return true;
}
