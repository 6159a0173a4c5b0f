/** A resource that kube-apiserver served once. */
export interface EarlierResource {
  readonly group: string;
  readonly resource: string;
  /** The first version of Kubernetes without it. */
  readonly goneSince: string;
  /** What there is now, as rules write it; null where nothing took its place. */
  readonly now: string | null;
}

/**
 * From the deprecation guide and the changelogs of Kubernetes: a version, then resources with what took their place. Older
 * clusters have them still, so a rule about them may well match.
 */
const EARLIER: ReadonlyArray<readonly [goneSince: string, group: string, resource: string, now: string | null]> = [
  ['1.16', 'extensions', 'daemonsets', 'daemonsets.apps'],
  ['1.16', 'extensions', 'deployments', 'deployments.apps'],
  ['1.16', 'extensions', 'replicasets', 'replicasets.apps'],
  ['1.16', 'extensions', 'networkpolicies', 'networkpolicies.networking.k8s.io'],
  ['1.16', 'extensions', 'podsecuritypolicies', null],
  ['1.16', 'extensions', 'replicationcontrollers', 'replicationcontrollers'],
  ['1.22', 'extensions', 'ingresses', 'ingresses.networking.k8s.io'],
  ['1.6', 'extensions', 'jobs', 'jobs.batch'],
  ['1.6', 'extensions', 'horizontalpodautoscalers', 'horizontalpodautoscalers.autoscaling'],
  ['1.8', 'extensions', 'thirdpartyresources', 'customresourcedefinitions.apiextensions.k8s.io'],
  ['1.25', 'policy', 'podsecuritypolicies', null],
  ['1.5', 'apps', 'petsets', 'statefulsets.apps'],
  ['1.8', 'batch', 'scheduledjobs', 'cronjobs.batch'],
  ['1.20', 'settings.k8s.io', 'podpresets', null],
  ['1.19', 'auditregistration.k8s.io', 'auditsinks', null],
  [
    '1.9',
    'admissionregistration.k8s.io',
    'externaladmissionhookconfigurations',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ],
  [
    '1.14',
    'admissionregistration.k8s.io',
    'initializerconfigurations',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  ],
  ['1.29', 'networking.k8s.io', 'clustercidrs', null],
  ['1.27', 'resource.k8s.io', 'podschedulings', null],
  ['1.32', 'resource.k8s.io', 'podschedulingcontexts', null],
  ['1.31', 'resource.k8s.io', 'resourceclasses', 'deviceclasses.resource.k8s.io'],
  ['1.32', 'resource.k8s.io', 'resourceclaimparameters', null],
  ['1.32', 'resource.k8s.io', 'resourceclassparameters', null],
];

const BY_NAME: ReadonlyMap<string, EarlierResource> = new Map(
  EARLIER.map(([goneSince, group, resource, now]) => [`${group}/${resource}`, { group, resource, goneSince, now }]),
);

/** The resource of that group and plural, where it is one that there was. */
export function earlierResource(group: string, resource: string): EarlierResource | null {
  return BY_NAME.get(`${group}/${resource}`) ?? null;
}

/** True for a group of which some version of Kubernetes had resources that this one has not. */
export function isEarlierGroup(group: string): boolean {
  return EARLIER.some(([, earlier]) => earlier === group);
}

/** A subresource that a built-in resource had in earlier versions. */
export function earlierSubresource(group: string, resource: string, subresource: string): boolean {
  return subresource === 'rollback' && resource === 'deployments' && (group === 'apps' || group === 'extensions');
}
