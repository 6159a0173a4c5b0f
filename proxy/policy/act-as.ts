import type { GainedIdentity, Road } from '../../model/gained-identity.ts';
import { isBuiltInGroup } from '../request/media-types.ts';
import { type ControlConfigMap, controlConfigMap, controlConfigMapsIn } from './act-as/control-config-maps.ts';
import { deputyOf } from './act-as/deputies.ts';

/** The name under which the API server knows a service account. */
export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Groups that the API server gives every service account of a namespace. */
export function serviceAccountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

/** What a request is about, as its URL says. */
interface Target {
  readonly verb: string;
  readonly apiGroup: string;
  /** `pods`, `pods/exec`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

const CHANGES = new Set(['create', 'update', 'patch']);
const DELETIONS = new Set(['delete', 'deletecollection']);
const INTO_PODS = new Set(['pods/exec', 'pods/attach', 'pods/portforward']);
/** Built-in kinds that hold a pod's specification, by `resource.group`. */
const POD_CARRIERS = new Set([
  'pods.',
  'podtemplates.',
  'replicationcontrollers.',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'controllerrevisions.apps',
  'jobs.batch',
  'cronjobs.batch',
]);
/** What may stand in any custom resource: what pods it makes run as, with what and from where, and a token's Secret. */
const BY_SHAPE: readonly Road[] = ['pod', 'node', 'exec', 'secret'];
const NOTHING: readonly Road[] = [];

/** Roads of which only the body, or the object that is there, can tell whether a request takes them. */
export function roadsToEvaluate(target: Target): readonly Road[] {
  const { verb, apiGroup, resource } = target;
  if (verb === 'create' && INTO_PODS.has(resource) && apiGroup === '') return ['exec'];
  if (apiGroup === '' && resource === 'configmaps') return roadsOfConfigMap(target);
  if (!CHANGES.has(verb)) return NOTHING;
  if (apiGroup === '' && resource === 'pods/ephemeralcontainers') return ['exec', 'pod', 'node'];
  if (apiGroup === 'certificates.k8s.io' && resource === 'certificatesigningrequests/approval') return ['csr'];
  if (resource === '' || resource.includes('/')) return NOTHING;
  if (apiGroup === '' && resource === 'secrets') return ['secret'];
  if (apiGroup === 'certificates.k8s.io') return resource === 'certificatesigningrequests' ? ['csr'] : NOTHING;
  if (apiGroup === 'rbac.authorization.k8s.io') return ['rbac'];
  if (apiGroup === 'apiextensions.k8s.io') return ['webhook'];
  // A pod reaches by a claim on it what it could not mount by itself.
  if (apiGroup === '' && resource === 'persistentvolumes') return ['node'];
  if (POD_CARRIERS.has(`${resource}.${apiGroup}`)) {
    // What a workload runs is chosen anew; a revision is taken up by a workload that is there.
    const choosesCode = verb !== 'create' || resource === 'controllerrevisions';
    return choosesCode ? ['pod', 'exec', 'node'] : ['pod', 'node'];
  }
  if (!isCustom(apiGroup)) return NOTHING;
  const deputy = deputyOf(apiGroup, resource);
  return deputy === null ? BY_SHAPE : [...new Set([deputy.road, ...BY_SHAPE])];
}

/**
 * True for a group that kube-apiserver itself does not serve: what is in it is a custom resource, or another API server's.
 * A group is one or the other: kube-apiserver 1.36.3 serves no custom resource in a group of its own, whatever its version.
 */
export function isCustom(apiGroup: string): boolean {
  return !isBuiltInGroup(apiGroup);
}

/** A create has its name in the body: until that is read it may be any. */
function roadsOfConfigMap({ verb, namespace, name }: Target): readonly Road[] {
  if (verb === 'create' && name === '') {
    return [...new Set(controlConfigMapsIn(namespace, true).map(({ road }) => road))];
  }
  const control = CHANGES.has(verb) || verb === 'delete' ? controlConfigMap(namespace, name) : null;
  if (control === null) return NOTHING;
  const isLookedAt = verb === 'delete' ? Array.isArray(control.deletion) : control.counts !== 'any-write';
  return isLookedAt ? [control.road] : NOTHING;
}

/** Identities that the URL alone tells. */
export function gainedByUrl(target: Target): readonly GainedIdentity[] {
  const { verb, apiGroup, resource, namespace, name } = target;
  if (apiGroup === '') {
    if (resource === 'serviceaccounts/token' && verb === 'create') {
      return [
        {
          road: 'token',
          user: serviceAccountUser(namespace, name),
          groups: serviceAccountGroups(namespace),
          anyone: false,
          strong: true,
          says: `service account ${namespace}:${name}, by a token to carry away`,
        },
      ];
    }
    if (resource === 'nodes/proxy') {
      const node = name.split(':', 1)[0] ?? name;
      return [
        {
          road: 'node',
          user: `system:node:${node}`,
          groups: ['system:nodes'],
          anyone: true,
          strong: true,
          says: `the kubelet of node ${node}, which runs commands in every pod there`,
        },
      ];
    }
    return resource === 'configmaps' ? gainedByConfigMap(target) : [];
  }
  if (!CHANGES.has(verb) || resource.includes('/')) return [];
  if (apiGroup === 'admissionregistration.k8s.io') {
    return [watcher('webhook', 'whoever sends what this admission sees, and may change')];
  }
  if (apiGroup === 'apiregistration.k8s.io' && resource === 'apiservices') {
    return [watcher('webhook', 'whoever sends requests to the API group that this takes over')];
  }
  if (apiGroup === 'certificates.k8s.io' && resource === 'podcertificaterequests') {
    return [watcher('csr', 'a pod, by a certificate')];
  }
  return [];
}

/** What counts whatever is written; and what is taken away, which the object written next may say otherwise. */
function gainedByConfigMap({ verb, namespace, name }: Target): readonly GainedIdentity[] {
  return controlsOf(namespace, name)
    .filter(({ counts, deletion }) =>
      DELETIONS.has(verb) ? deletion === 'always' : CHANGES.has(verb) && name !== '' && counts === 'any-write',
    )
    .map(({ road, says }) => watcher(road, says));
}

function controlsOf(namespace: string, name: string): readonly ControlConfigMap[] {
  if (name === '') return controlConfigMapsIn(namespace, false);
  const control = controlConfigMap(namespace, name);
  return control === null ? [] : [control];
}

function watcher(road: Road, says: string): GainedIdentity {
  return { road, user: '', groups: [], anyone: true, strong: true, says };
}
