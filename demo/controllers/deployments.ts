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
  timestamp,
} from '../store/json.ts';
import { contentName } from '../store/random-names.ts';
import { kindNamed } from '../store/resource-kinds.ts';
import { controllerReference, isGoing, isOwnedBy } from './owned-objects.ts';

const revisionKey = 'deployment.kubernetes.io/revision';
const hashLabel = 'pod-template-hash';

function replicaSetsOf(objects: ClusterObjects, deployment: JsonObject): JsonObject[] {
  return objects
    .list('ReplicaSet', namespaceOf(deployment))
    .filter((set) => isOwnedBy(set, deployment) && !isGoing(set));
}

function revisionOf(object: JsonObject): number {
  return Number(textMapAt(object, 'metadata', 'annotations')[revisionKey] ?? 0);
}

function createReplicaSet(objects: ClusterObjects, deployment: JsonObject, hash: string, revision: number): void {
  const template = structuredClone(objectAt(deployment, 'spec', 'template'));
  const labels = { ...textMapAt(template, 'metadata', 'labels'), [hashLabel]: hash };
  const replicas = numberAt(deployment, 1, 'spec', 'replicas');
  objects.create(kindNamed('ReplicaSet'), namespaceOf(deployment), {
    kind: 'ReplicaSet',
    apiVersion: 'apps/v1',
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      labels,
      annotations: {
        'deployment.kubernetes.io/desired-replicas': String(replicas),
        'deployment.kubernetes.io/max-replicas': String(replicas + Math.ceil(replicas / 4)),
        [revisionKey]: String(revision),
      },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas,
      selector: { matchLabels: { ...textMapAt(deployment, 'spec', 'selector', 'matchLabels'), [hashLabel]: hash } },
      template: { ...template, metadata: { ...objectAt(template, 'metadata'), labels } },
    },
  });
}

function setReplicas(objects: ClusterObjects, set: JsonObject, replicas: number): void {
  objects.amend('ReplicaSet', namespaceOf(set), nameOf(set), (object) => {
    const spec = objectAt(object, 'spec');
    if (spec['replicas'] === replicas) return;
    spec['replicas'] = replicas;
    const metadata = objectAt(object, 'metadata');
    metadata['generation'] = numberAt(metadata, 1, 'generation') + 1;
  });
}

function condition(deployment: JsonObject, type: string, status: string, reason: string, message: string): JsonObject {
  const before = objectsAt(deployment, 'status', 'conditions').find((each) => each['type'] === type);
  if (before && before['status'] === status && before['reason'] === reason) return before;
  const now = timestamp();
  const transition = before?.['status'] === status ? textAt(before, 'lastTransitionTime') : now;
  return { type, status, lastUpdateTime: now, lastTransitionTime: transition, reason, message };
}

function statusOf(deployment: JsonObject, sets: readonly JsonObject[], current: JsonObject): JsonObject {
  const wanted = numberAt(deployment, 1, 'spec', 'replicas');
  const sum = (...path: string[]) => sets.reduce((total, set) => total + numberAt(set, 0, ...path), 0);
  const ready = sum('status', 'readyReplicas');
  const updated = numberAt(current, 0, 'status', 'replicas');
  const updatedReady = numberAt(current, 0, 'status', 'readyReplicas');
  const total = sum('status', 'replicas');
  const done = updatedReady >= wanted && total === wanted;
  const available = ready >= wanted - Math.floor(wanted / 4);
  return {
    observedGeneration: numberAt(deployment, 1, 'metadata', 'generation'),
    ...(total > 0 ? { replicas: total } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    ...(ready < wanted ? { unavailableReplicas: wanted - ready } : {}),
    conditions: [
      available
        ? condition(deployment, 'Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
        : condition(
            deployment,
            'Available',
            'False',
            'MinimumReplicasUnavailable',
            'Deployment does not have minimum availability.',
          ),
      done
        ? condition(
            deployment,
            'Progressing',
            'True',
            'NewReplicaSetAvailable',
            `ReplicaSet "${nameOf(current)}" has successfully progressed.`,
          )
        : condition(
            deployment,
            'Progressing',
            'True',
            'ReplicaSetUpdated',
            `ReplicaSet "${nameOf(current)}" is progressing.`,
          ),
    ],
  };
}

/**
 * One ReplicaSet for each template; the newest gets all replicas at once, the others give theirs up when it is ready.
 * (The real controller moves in steps of maxSurge and maxUnavailable.)
 */
export function reconcileDeployment(objects: ClusterObjects, deployment: JsonObject): void {
  if (objectAt(deployment, 'spec')['paused'] === true) return;
  const hash = contentName(canonicalJson(objectAt(deployment, 'spec', 'template')), 10);
  const name = `${nameOf(deployment)}-${hash}`;
  const newest = Math.max(0, ...replicaSetsOf(objects, deployment).map(revisionOf));
  if (!objects.find('ReplicaSet', namespaceOf(deployment), name)) {
    createReplicaSet(objects, deployment, hash, newest + 1);
  }
  const current = objects.find('ReplicaSet', namespaceOf(deployment), name);
  if (!current) return;
  // Going back to an old template makes its ReplicaSet the newest revision.
  const revision = revisionOf(current) < newest ? newest + 1 : revisionOf(current);
  const wanted = numberAt(deployment, 1, 'spec', 'replicas');
  setReplicas(objects, current, wanted);
  objects.amend('ReplicaSet', namespaceOf(deployment), name, (set) => {
    objectAt(set, 'metadata', 'annotations')[revisionKey] = String(revision);
  });
  if (numberAt(current, 0, 'status', 'readyReplicas') >= wanted) {
    for (const set of replicaSetsOf(objects, deployment)) if (nameOf(set) !== name) setReplicas(objects, set, 0);
  }
  const sets = replicaSetsOf(objects, deployment);
  const shown = sets.find((set) => nameOf(set) === name) ?? current;
  objects.amend('Deployment', namespaceOf(deployment), nameOf(deployment), (object) => {
    const metadata = objectAt(object, 'metadata');
    metadata['annotations'] = { ...textMapAt(metadata, 'annotations'), [revisionKey]: String(revision) };
    object['status'] = statusOf(object, sets, shown);
  });
}
