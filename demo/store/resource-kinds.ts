/** A kind of object that the demo cluster keeps, and how discovery describes it. */
export interface ResourceKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** The plural in paths: `secrets`. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  /** Whether `kubectl get all` shows it. */
  readonly inAll: boolean;
  readonly subresources: readonly Subresource[];
  /** The message in protobuf/messages.generated.ts. */
  readonly message: string;
  /** Where its objects are kept: both event APIs read one set. */
  readonly storage: string;
  /** A PUT of an absent object creates it (rest.AllowCreateOnUpdate in the kind's strategy). */
  readonly createOnUpdate: boolean;
}

/** A subresource as discovery shows it. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
}

interface Options {
  readonly clusterScoped?: boolean;
  readonly short?: string;
  readonly all?: boolean;
  readonly subresources?: readonly Subresource[];
  readonly singular?: string;
  readonly storage?: string;
  readonly createOnUpdate?: boolean;
}

function define(groupVersion: string, resource: string, message: string, options: Options = {}): ResourceKind {
  const [group, version] = groupVersion.includes('/') ? groupVersion.split('/') : ['', groupVersion];
  const kind = message.split('.')[1] ?? message;
  return {
    group: group ?? '',
    version: version ?? '',
    resource,
    singular: options.singular ?? kind.toLowerCase(),
    kind,
    namespaced: !options.clusterScoped,
    shortNames: options.short ? [options.short] : [],
    inAll: options.all ?? false,
    subresources: options.subresources ?? [],
    message,
    storage: options.storage ?? (group ? `${resource}.${group}` : resource),
    createOnUpdate: options.createOnUpdate ?? false,
  };
}

const read = ['get', 'patch', 'update'];
const status = (kind: string): Subresource => ({ name: 'status', kind, group: '', version: '', verbs: read });
const scale: Subresource = { name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: read };
const connect = (name: string, kind: string): Subresource => ({
  name,
  kind,
  group: '',
  version: '',
  verbs: ['create', 'get'],
});
const rbac = 'rbac.authorization.k8s.io/v1';

/** Every kind that is kept in the store, by the columns of the real server's discovery (1.36.3). */
export const resourceKinds: readonly ResourceKind[] = [
  define('v1', 'configmaps', 'core.ConfigMap', { short: 'cm' }),
  define('v1', 'endpoints', 'core.Endpoints', { short: 'ep', singular: 'endpoints', createOnUpdate: true }),
  define('v1', 'events', 'core.Event', { short: 'ev', createOnUpdate: true }),
  define('v1', 'namespaces', 'core.Namespace', {
    clusterScoped: true,
    short: 'ns',
    subresources: [
      { name: 'finalize', kind: 'Namespace', group: '', version: '', verbs: ['update'] },
      status('Namespace'),
    ],
  }),
  define('v1', 'nodes', 'core.Node', { clusterScoped: true, short: 'no', subresources: [status('Node')] }),
  define('v1', 'persistentvolumeclaims', 'core.PersistentVolumeClaim', {
    short: 'pvc',
    subresources: [status('PersistentVolumeClaim')],
  }),
  define('v1', 'persistentvolumes', 'core.PersistentVolume', {
    clusterScoped: true,
    short: 'pv',
    subresources: [status('PersistentVolume')],
  }),
  define('v1', 'pods', 'core.Pod', {
    short: 'po',
    all: true,
    subresources: [
      connect('attach', 'PodAttachOptions'),
      { name: 'ephemeralcontainers', kind: 'Pod', group: '', version: '', verbs: read },
      { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
      connect('exec', 'PodExecOptions'),
      { name: 'log', kind: 'Pod', group: '', version: '', verbs: ['get'] },
      connect('portforward', 'PodPortForwardOptions'),
      status('Pod'),
    ],
  }),
  define('v1', 'secrets', 'core.Secret'),
  define('v1', 'serviceaccounts', 'core.ServiceAccount', {
    short: 'sa',
    subresources: [
      { name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
    ],
  }),
  define('v1', 'services', 'core.Service', {
    short: 'svc',
    all: true,
    subresources: [status('Service')],
    createOnUpdate: true,
  }),
  define('apps/v1', 'daemonsets', 'apps.DaemonSet', { short: 'ds', all: true, subresources: [status('DaemonSet')] }),
  define('apps/v1', 'deployments', 'apps.Deployment', {
    short: 'deploy',
    all: true,
    subresources: [scale, status('Deployment')],
  }),
  define('apps/v1', 'replicasets', 'apps.ReplicaSet', {
    short: 'rs',
    all: true,
    subresources: [scale, status('ReplicaSet')],
  }),
  define('apps/v1', 'statefulsets', 'apps.StatefulSet', {
    short: 'sts',
    all: true,
    subresources: [scale, status('StatefulSet')],
  }),
  define('batch/v1', 'cronjobs', 'batch.CronJob', { short: 'cj', all: true, subresources: [status('CronJob')] }),
  define('batch/v1', 'jobs', 'batch.Job', { all: true, subresources: [status('Job')] }),
  define(rbac, 'clusterrolebindings', 'rbac.ClusterRoleBinding', { clusterScoped: true, createOnUpdate: true }),
  define(rbac, 'clusterroles', 'rbac.ClusterRole', { clusterScoped: true, createOnUpdate: true }),
  define(rbac, 'rolebindings', 'rbac.RoleBinding', { createOnUpdate: true }),
  define(rbac, 'roles', 'rbac.Role', { createOnUpdate: true }),
  define('networking.k8s.io/v1', 'networkpolicies', 'networking.NetworkPolicy', { short: 'netpol' }),
  define('events.k8s.io/v1', 'events', 'events.Event', { short: 'ev', storage: 'events', createOnUpdate: true }),
  define('coordination.k8s.io/v1', 'leases', 'coordination.Lease', { createOnUpdate: true }),
  define('discovery.k8s.io/v1', 'endpointslices', 'discovery.EndpointSlice'),
].map((kind) => (kind.resource === 'networkpolicies' ? { ...kind, singular: 'networkpolicy' } : kind));

/** Kinds that are answered and not kept: `create` alone. */
export const virtualKinds: readonly ResourceKind[] = [
  define('authentication.k8s.io/v1', 'selfsubjectreviews', 'authentication.SelfSubjectReview', { clusterScoped: true }),
  define('authorization.k8s.io/v1', 'localsubjectaccessreviews', 'authorization.LocalSubjectAccessReview'),
  define('authorization.k8s.io/v1', 'selfsubjectaccessreviews', 'authorization.SelfSubjectAccessReview', {
    clusterScoped: true,
  }),
  define('authorization.k8s.io/v1', 'selfsubjectrulesreviews', 'authorization.SelfSubjectRulesReview', {
    clusterScoped: true,
  }),
  define('authorization.k8s.io/v1', 'subjectaccessreviews', 'authorization.SubjectAccessReview', {
    clusterScoped: true,
  }),
];

/** Verbs of a kept kind. */
export const storedVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

/** Whether the status is written apart from the object, through its subresource. */
export function hasStatus(kind: ResourceKind): boolean {
  return kind.subresources.some((subresource) => subresource.name === 'status');
}

/** `v1` or `apps/v1`. */
export function groupVersionOf(kind: { readonly group: string; readonly version: string }): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

const byPath = new Map(
  [...resourceKinds, ...virtualKinds].map((kind) => [`${groupVersionOf(kind)}/${kind.resource}`, kind]),
);

/** The kind under a group, version and plural, or undefined. */
export function findKind(group: string, version: string, resource: string): ResourceKind | undefined {
  return byPath.get(`${groupVersionOf({ group, version })}/${resource}`);
}

/** The kept kind of that name in any group, for the seed and the controllers. */
export function kindNamed(kind: string): ResourceKind {
  const found = resourceKinds.find((candidate) => candidate.kind === kind);
  if (!found) throw new Error(`the demo cluster does not keep ${kind}`);
  return found;
}
