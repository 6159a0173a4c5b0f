import type { ClusterObjects } from '../store/cluster-objects.ts';
import {
  canonicalJson,
  type JsonObject,
  nameOf,
  namespaceOf,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
  textMapAt,
} from '../store/json.ts';
import { contentName } from '../store/random-names.ts';
import { kindNamed } from '../store/resource-kinds.ts';
import { controllerReference, isGoing, isOwnedBy } from './owned-objects.ts';

/** Whether a pod takes traffic. */
export function isReady(pod: JsonObject): boolean {
  return objectsAt(pod, 'status', 'conditions').some(
    (condition) => condition['type'] === 'Ready' && condition['status'] === 'True',
  );
}

/** Whether a pod has run to its end. */
export function isDone(pod: JsonObject): boolean {
  return ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase'));
}

/** The pods that a workload owns and that stay. */
export function podsOf(objects: ClusterObjects, owner: JsonObject): JsonObject[] {
  return objects.list('Pod', namespaceOf(owner)).filter((pod) => isOwnedBy(pod, owner) && !isGoing(pod));
}

/** Makes a pod from the owner's template. `naming` is a full name or a prefix for a generated one. */
export function createPod(
  objects: ClusterObjects,
  owner: JsonObject,
  naming: JsonObject,
  change?: (pod: JsonObject) => void,
): void {
  const template = structuredClone(objectAt(owner, 'spec', 'template'));
  const pod: JsonObject = {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { ...objectAt(template, 'metadata'), ...naming, ownerReferences: [controllerReference(owner)] },
    spec: objectAt(template, 'spec'),
  };
  change?.(pod);
  try {
    objects.create(kindNamed('Pod'), namespaceOf(owner), pod);
  } catch {
    // A namespace on its way out, or a missing service account: the next pass tries again, as the real controllers do.
  }
}

function deletePod(objects: ClusterObjects, pod: JsonObject): void {
  objects.remove(kindNamed('Pod'), namespaceOf(pod), nameOf(pod), {
    dryRun: false,
    gracePeriodSeconds: null,
    orphan: false,
    uid: '',
    resourceVersion: '',
  });
}

/** Keeps a ReplicaSet at its number of pods and writes its status. */
export function reconcileReplicaSet(objects: ClusterObjects, set: JsonObject): void {
  const wanted = numberAt(set, 1, 'spec', 'replicas');
  const pods = podsOf(objects, set).filter((pod) => !isDone(pod));
  for (let missing = wanted - pods.length; missing > 0; missing -= 1) {
    createPod(objects, set, { generateName: `${nameOf(set)}-` });
  }
  // Those that are not ready go first, then the youngest.
  const leaving = [...pods].sort((left, right) => Number(isReady(left)) - Number(isReady(right)));
  for (const pod of leaving.slice(0, Math.max(0, pods.length - wanted))) deletePod(objects, pod);
  const now = podsOf(objects, set).filter((pod) => !isDone(pod));
  const ready = now.filter(isReady).length;
  objects.amend('ReplicaSet', namespaceOf(set), nameOf(set), (object) => {
    object['status'] = {
      replicas: now.length,
      ...(now.length > 0 ? { fullyLabeledReplicas: now.length } : {}),
      ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
      observedGeneration: numberAt(object, 1, 'metadata', 'generation'),
    };
  });
}

const revisionLabel = 'controller-revision-hash';

/** The name of the owner's present template. */
function revisionOf(owner: JsonObject): string {
  return `${nameOf(owner)}-${contentName(canonicalJson(objectAt(owner, 'spec', 'template')), 10)}`;
}

/** Replaces pods of an older template one at a time, each when the others are ready. */
function replaceStale(objects: ClusterObjects, pods: readonly JsonObject[], wanted: number, revision: string): number {
  const stale = pods.filter((pod) => textMapAt(pod, 'metadata', 'labels')[revisionLabel] !== revision);
  const last = stale.at(-1);
  if (last && pods.filter(isReady).length >= wanted) deletePod(objects, last);
  return pods.length - stale.length;
}

/** Pods `name-0`, `name-1`, … */
export function reconcileStatefulSet(objects: ClusterObjects, set: JsonObject): void {
  const wanted = numberAt(set, 1, 'spec', 'replicas');
  const revision = revisionOf(set);
  const pods = podsOf(objects, set);
  for (let ordinal = 0; ordinal < wanted; ordinal += 1) {
    const name = `${nameOf(set)}-${ordinal}`;
    if (objects.find('Pod', namespaceOf(set), name)) continue;
    createPod(objects, set, { name }, (pod) => {
      const labels = objectAt(pod, 'metadata', 'labels');
      labels[revisionLabel] = revision;
      labels['statefulset.kubernetes.io/pod-name'] = name;
      labels['apps.kubernetes.io/pod-index'] = String(ordinal);
      Object.assign(objectAt(pod, 'spec'), { hostname: name, subdomain: textAt(set, 'spec', 'serviceName') });
    });
  }
  for (const pod of pods.filter((each) => Number(nameOf(each).split('-').at(-1)) >= wanted)) deletePod(objects, pod);
  const updated = replaceStale(objects, podsOf(objects, set), wanted, revision);
  const now = podsOf(objects, set);
  const ready = now.filter(isReady).length;
  objects.amend('StatefulSet', namespaceOf(set), nameOf(set), (object) => {
    const generation = numberAt(object, 1, 'metadata', 'generation');
    object['status'] = {
      observedGeneration: generation,
      replicas: now.length,
      readyReplicas: ready,
      availableReplicas: ready,
      currentReplicas: updated,
      currentRevision: updated >= wanted ? revision : textAt(object, 'status', 'currentRevision') || revision,
      updateRevision: revision,
      updatedReplicas: updated,
      collisionCount: 0,
    };
  });
}

/** One pod on each node that takes work. */
export function reconcileDaemonSet(objects: ClusterObjects, set: JsonObject): void {
  const nodes = objects.list('Node').map(nameOf);
  const revision = revisionOf(set);
  const pods = podsOf(objects, set);
  for (const node of nodes) {
    if (pods.some((pod) => textAt(pod, 'spec', 'nodeName') === node)) continue;
    createPod(objects, set, { generateName: `${nameOf(set)}-` }, (pod) => {
      objectAt(pod, 'spec')['nodeName'] = node;
      objectAt(pod, 'metadata', 'labels')[revisionLabel] = revision;
    });
  }
  const updated = replaceStale(objects, podsOf(objects, set), nodes.length, revision);
  const now = podsOf(objects, set);
  const ready = now.filter(isReady).length;
  objects.amend('DaemonSet', namespaceOf(set), nameOf(set), (object) => {
    object['status'] = {
      currentNumberScheduled: now.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: nodes.length,
      numberReady: ready,
      observedGeneration: numberAt(object, 1, 'metadata', 'generation'),
      updatedNumberScheduled: updated,
      numberAvailable: ready,
      ...(ready < nodes.length ? { numberUnavailable: nodes.length - ready } : {}),
    };
  });
}
