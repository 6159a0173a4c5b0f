import type { ClusterObjects } from '../store/cluster-objects.ts';
import { textAt } from '../store/json.ts';
import { reconcileDeployment } from './deployments.ts';
import { reconcileJob } from './jobs.ts';
import { DemoKubelet, instantPace, type Pace } from './kubelet.ts';
import { emptyNamespace, furnishNamespace } from './namespaces.ts';
import { isGoing } from './owned-objects.ts';
import { reconcileDaemonSet, reconcileReplicaSet, reconcileStatefulSet } from './pod-sets.ts';

/** The running controllers. */
export interface Controllers {
  /** Works everything off at once, for the seed. */
  settle(): void;
  /** From now on reacts to changes, at this pace. */
  run(pace: Pace): void;
  stop(): void;
}

/** Kinds whose changes concern a controller. */
const watched = new Set([
  'pods',
  'configmaps',
  'serviceaccounts',
  'namespaces',
  'nodes',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
]);

/** Time between a change and the pass that follows it, in milliseconds: changes that come together are worked off together. */
const gathering = 25;

/**
 * Level-triggered controllers: after a change one pass brings every workload nearer to what it should be, and writes only
 * what differs, so that passes come to an end.
 */
export function createControllers(objects: ClusterObjects, caCertificate: string): Controllers {
  const kubelet = new DemoKubelet(objects);
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let unsubscribe: (() => void) | undefined;

  function pass(pace: Pace): number | null {
    for (const namespace of objects.list('Namespace')) furnishNamespace(objects, namespace, caCertificate);
    for (const namespace of objects.list('Namespace').filter(isGoing)) emptyNamespace(objects, namespace);
    const reconcilers = [
      ['Deployment', reconcileDeployment],
      ['ReplicaSet', reconcileReplicaSet],
      ['StatefulSet', reconcileStatefulSet],
      ['DaemonSet', reconcileDaemonSet],
      ['Job', reconcileJob],
    ] as const;
    for (const [kind, reconcile] of reconcilers) {
      for (const object of objects.list(kind)) {
        const home = objects.find('Namespace', '', textAt(object, 'metadata', 'namespace'));
        if (home && !isGoing(home) && !isGoing(object)) reconcile(objects, object);
      }
    }
    return kubelet.pass(pace);
  }

  function schedule(delay: number, pace: Pace): void {
    const at = Date.now() + delay;
    if (at >= due) return;
    clearTimeout(timer);
    due = at;
    timer = setTimeout(() => {
      due = Number.POSITIVE_INFINITY;
      const next = pass(pace);
      if (next !== null) schedule(Math.max(gathering, next), pace);
    }, delay);
    timer.unref();
  }

  return {
    settle() {
      let before = -1;
      while (objects.store.revision !== before) {
        before = objects.store.revision;
        pass(instantPace);
      }
    },
    run(pace) {
      unsubscribe = objects.store.subscribe((event) => {
        if (watched.has(event.storage)) schedule(gathering, pace);
      });
      schedule(gathering, pace);
    },
    stop() {
      unsubscribe?.();
      clearTimeout(timer);
      due = Number.NEGATIVE_INFINITY;
    },
  };
}
