import { z } from 'zod';
import type { ContextListing } from '../../model/context-listing.ts';
import { byHand, call, event } from './call.ts';
import { slug } from './words.ts';

export interface ClusterEntry extends ContextListing {
  readonly state: 'available' | 'connecting' | 'connected' | 'unusable' | 'failed';
  readonly demo: boolean;
  /** Production clusters carry a line in their colour. */
  readonly production: boolean;
}

export const clustersCalls = {
  'clusters.list': call<readonly ClusterEntry[]>()(z.void(), ['gatehouse', 'approvals', 'secret']),
  /** Shows a file dialog; answers the list with what it added. */
  'clusters.addKubeconfig': byHand<readonly ClusterEntry[]>()(z.void()),
  'clusters.connect': byHand<ClusterEntry>()(slug),
  'clusters.disconnect': byHand<void>()(slug),
  /** Starts the demo cluster and connects it. */
  'clusters.startDemo': byHand<ClusterEntry>()(z.void()),
  'clusters.stopDemo': byHand<void>()(z.void()),
  /** `export KUBECONFIG='…'` for a terminal outside the app; main puts it on the clipboard too. */
  'clusters.copyOutsideLine': byHand<string>()(z.void()),
} as const;

export const clustersEvents = {
  'clusters.changed': event<readonly ClusterEntry[]>(['gatehouse', 'approvals', 'secret']),
} as const;
