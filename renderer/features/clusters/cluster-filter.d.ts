import type { ClusterEntry } from '../../../preload/contract.ts';
/**
 * The clusters whose context, server, user or file hold the typed letters in order, best first: a run of letters beats
 * scattered ones, the context beats the rest. Nothing typed: connected first, then by name. Never cut short.
 */
export declare function filterClusters(clusters: readonly ClusterEntry[], typed: string): ClusterEntry[];
