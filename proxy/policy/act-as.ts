import type { GainedIdentity, Road } from '../../model/gained-identity.ts';

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
/** Objects that their controllers carry out with rights of their own. */
const DEPUTIES: ReadonlyMap<string, string> = new Map([
  ['applications.argoproj.io', 'Argo CD'],
  ['applicationsets.argoproj.io', 'Argo CD'],
  ['appprojects.argoproj.io', 'Argo CD'],
  ['kustomizations.kustomize.toolkit.fluxcd.io', 'Flux'],
  ['helmreleases.helm.toolkit.fluxcd.io', 'Flux'],
  ['helmcharts.helm.cattle.io', 'the Helm controller'],
]);
/** ConfigMaps that the API server, or what signs in to it, takes identities from. */
const SIGN_INS: ReadonlyMap<string, string> = new Map([
  ['kube-system/aws-auth', 'whoever aws-auth maps to, who signs in to this cluster (EKS)'],
  ['kube-system/extension-apiserver-authentication', 'anybody, at the aggregated API servers that trust this proxy'],
]);
const CUSTOM_GROUP = /\./;
const OWN_GROUP = /(?:^|\.)k8s\.io$/;
const NOTHING: readonly Road[] = [];

/** Roads of which only the body, or the object that is there, can tell whether a request takes them. */
export function roadsToEvaluate({ verb, apiGroup, resource }: Target): readonly Road[] {
  if (verb === 'create' && INTO_PODS.has(resource) && apiGroup === '') return ['exec'];
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
  return CUSTOM_GROUP.test(apiGroup) && !OWN_GROUP.test(apiGroup) ? ['pod', 'node'] : NOTHING;
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
    const signIn = resource === 'configmaps' && CHANGES.has(verb) ? SIGN_INS.get(`${namespace}/${name}`) : undefined;
    return signIn === undefined ? [] : [watcher('rbac', signIn)];
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
  const deputy = DEPUTIES.get(`${resource}.${apiGroup}`);
  return deputy === undefined ? [] : [watcher('controller', `${deputy}, which carries this out with its own rights`)];
}

function watcher(road: Road, says: string): GainedIdentity {
  return { road, user: '', groups: [], anyone: true, strong: true, says };
}
