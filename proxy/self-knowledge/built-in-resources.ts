/** A resource of kube-apiserver 1.36. */
export interface BuiltInResource {
  readonly group: string;
  readonly resource: string;
  readonly namespaced: boolean;
}

/** Group, resources that belong to the cluster as a whole, resources of namespaces. */
const RESOURCES: ReadonlyArray<readonly [group: string, clusterWide: string, namespaced: string]> = [
  [
    '',
    'componentstatuses namespaces nodes persistentvolumes',
    'bindings configmaps endpoints events limitranges persistentvolumeclaims pods podtemplates replicationcontrollers resourcequotas secrets serviceaccounts services',
  ],
  [
    'admissionregistration.k8s.io',
    'mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations',
    '',
  ],
  ['apiextensions.k8s.io', 'customresourcedefinitions', ''],
  ['apiregistration.k8s.io', 'apiservices', ''],
  ['apps', '', 'controllerrevisions daemonsets deployments replicasets statefulsets'],
  ['authentication.k8s.io', 'selfsubjectreviews tokenreviews', ''],
  [
    'authorization.k8s.io',
    'selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews',
    'localsubjectaccessreviews',
  ],
  ['autoscaling', '', 'horizontalpodautoscalers'],
  ['batch', '', 'cronjobs jobs'],
  ['certificates.k8s.io', 'certificatesigningrequests clustertrustbundles', 'podcertificaterequests'],
  ['coordination.k8s.io', '', 'leasecandidates leases'],
  ['discovery.k8s.io', '', 'endpointslices'],
  ['events.k8s.io', '', 'events'],
  ['flowcontrol.apiserver.k8s.io', 'flowschemas prioritylevelconfigurations', ''],
  ['internal.apiserver.k8s.io', 'storageversions', ''],
  ['networking.k8s.io', 'ingressclasses ipaddresses servicecidrs', 'ingresses networkpolicies'],
  ['node.k8s.io', 'runtimeclasses', ''],
  ['policy', '', 'poddisruptionbudgets'],
  ['rbac.authorization.k8s.io', 'clusterrolebindings clusterroles', 'rolebindings roles'],
  ['resource.k8s.io', 'deviceclasses devicetaintrules resourceslices', 'resourceclaims resourceclaimtemplates'],
  ['scheduling.k8s.io', 'priorityclasses', 'workloads'],
  [
    'storage.k8s.io',
    'csidrivers csinodes storageclasses volumeattachments volumeattributesclasses',
    'csistoragecapacities',
  ],
  ['storagemigration.k8s.io', 'storageversionmigrations', ''],
];

/** Subresources that people ask about; `status` is left to controllers. */
const SUBRESOURCES: ReadonlyArray<readonly [group: string, subresources: string]> = [
  [
    '',
    'namespaces/finalize nodes/proxy pods/attach pods/binding pods/ephemeralcontainers pods/eviction pods/exec pods/log pods/portforward pods/proxy pods/resize serviceaccounts/token services/proxy',
  ],
  ['apps', 'deployments/scale replicasets/scale statefulsets/scale'],
  ['certificates.k8s.io', 'certificatesigningrequests/approval'],
];

export const BUILT_IN_RESOURCES: readonly BuiltInResource[] = RESOURCES.flatMap(([group, clusterWide, namespaced]) => [
  ...words(clusterWide).map((resource) => ({ group, resource, namespaced: false })),
  ...words(namespaced).map((resource) => ({ group, resource, namespaced: true })),
]);

const SCOPES: ReadonlyMap<string, boolean> = new Map(
  BUILT_IN_RESOURCES.map(({ group, resource, namespaced }) => [`${group}/${resource}`, namespaced]),
);

export const BUILT_IN_SUBRESOURCES: readonly BuiltInResource[] = SUBRESOURCES.flatMap(([group, names]) =>
  words(names).map((resource) => ({ group, resource, namespaced: isNamespaced(group, resource) === true })),
);

/**
 * Whether objects of a resource live in namespaces; null for one that is not built in.
 * @param resource with or without a subresource, which lives where its parent does.
 */
export function isNamespaced(group: string, resource: string): boolean | null {
  return SCOPES.get(`${group}/${resource.split('/', 1)[0] ?? ''}`) ?? null;
}

/** RBAC's patterns: `*` is every resource and subresource, and a subresource may be that of any resource. */
export function covers(pattern: string, resource: string): boolean {
  if (pattern === '*' || pattern === resource) return true;
  return pattern.startsWith('*/') && resource.endsWith(pattern.slice(1));
}

function words(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}
