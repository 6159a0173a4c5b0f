import type { ReachTrouble } from '../../model/cluster-reach.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { reachTrouble, upstreamTrouble } from '../forward/upstream-trouble.ts';
import type { Verdict } from './judge-answers.ts';

/** What keeps a cluster from being worked with, in words. */
export interface Fault {
  readonly state: 'unreachable' | 'sign-in';
  readonly trouble: ReachTrouble;
  readonly problem: string;
}

/** What a verdict means for who works with the cluster; null where it means nothing bad. */
export function faultOfVerdict(
  verdict: Verdict,
  cluster: Cluster,
  about: { readonly status: number; readonly plugin: string | null; readonly expired: string | null },
): Fault | null {
  const user = `the credential of kubeconfig user "${cluster.credentialName}"`;
  const remedy = about.plugin === null ? 'the kubeconfig needs another one' : 'sign in again';
  switch (verdict) {
    case 'accepted':
      return null;
    case 'rejected': {
      const since = about.expired === null ? '' : `, which expired at ${about.expired}`;
      const problem = `The API server does not accept ${user} (401)${since}; ${remedy}`;
      return { state: 'sign-in', trouble: 'credential-rejected', problem };
    }
    case 'nobody': {
      const problem = `The API server does not read ${user} and takes you for system:anonymous; ${remedy}`;
      return { state: 'sign-in', trouble: 'credential-rejected', problem };
    }
    case 'failing': {
      const problem = `The API server of ${placeOf(cluster)} answers with ${about.status}; it may be starting, or out of order`;
      return { state: 'unreachable', trouble: 'answer', problem };
    }
    case 'not-known': {
      const problem = `What answers as ${placeOf(cluster)} is not a Kubernetes API server (${about.status}); is the address in the kubeconfig right?`;
      return { state: 'unreachable', trouble: 'answer', problem };
    }
  }
}

/** What an error on the way means. Carries codes and the cluster's address only. */
export function faultOfError(error: unknown, cluster: Cluster): Fault {
  const trouble = reachTrouble(error);
  const problem =
    trouble === 'broken'
      ? `The connection to ${placeOf(cluster)} broke before the answer was there`
      : upstreamTrouble(error, cluster).message;
  return { state: trouble === 'credential-rejected' ? 'sign-in' : 'unreachable', trouble, problem };
}

/** Nothing came for as long as one waits. */
export function faultOfSilence(cluster: Cluster, milliseconds: number): Fault {
  const problem = `Gatehouse cannot reach ${placeOf(cluster)}: no answer within ${milliseconds / 1_000} s; is the VPN up?`;
  return { state: 'unreachable', trouble: 'timeout', problem };
}

function placeOf({ contextName, server }: Cluster): string {
  return `cluster "${contextName}" (${server.host}:${server.port})`;
}
