import { z } from 'zod';
import type { ClusterReach } from '../../model/cluster-reach.ts';
import type { ContextListing } from '../../model/context-listing.ts';
import { byHand, call, event } from './call.ts';
import { slug } from './words.ts';

export interface ClusterEntry extends ContextListing {
  /** `signed-out`: it was connected when the app ended, and waits for a person to sign in. */
  readonly state: 'available' | 'connecting' | 'connected' | 'signed-out' | 'unusable' | 'failed';
  /** Of a connected one, what the gateway's last look at it found; null before the first. */
  readonly reach: ClusterReach | null;
  /** No kubeconfig file has it any more, though it is still connected. */
  readonly gone: boolean;
  readonly demo: boolean;
  /** Production clusters carry a line in their colour. */
  readonly production: boolean;
}

export const clustersCalls = {
  'clusters.list': call<readonly ClusterEntry[]>()(z.void(), ['gatehouse', 'approvals', 'secret']),
  /** Shows a file dialog; answers the list with what it added. */
  'clusters.addKubeconfig': byHand<readonly ClusterEntry[]>()(z.void()),
  'clusters.connect': byHand<ClusterEntry>()(slug),
  /** Has the credential anew: runs the plugin that gives it, which may open a browser. Connects one that is not. */
  'clusters.signIn': byHand<ClusterEntry>()(slug),
  /** Looks whether it can be reached, now. */
  'clusters.look': call<void>()(slug),
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
