/**
 * What kube-apiserver serves itself: every resource of every group and version of Kubernetes 1.36.3, those included that are
 * off by default. From the discovery of a kube-apiserver that was started with `--runtime-config=api/all=true` and
 * `--feature-gates=AllAlpha=true,AllBeta=true`; `test/cluster/never-matching-rules.test.ts` compares it with one that runs.
 */
export interface BuiltInResource {
  /** Empty for the core group. */
  readonly group: string;
  /** In the plural, as requests and rules name it. */
  readonly resource: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** What kubectl takes for it beside plural, singular and kind. */
  readonly shortNames: readonly string[];
  readonly subresources: readonly string[];
}

/** The version of Kubernetes that the table is of, for messages. */
export const TABLE_VERSION = '1.36';

/** A line each: plural, kind, scope, short names, subresources. */
const TABLE: ReadonlyArray<readonly [group: string, lines: string]> = [
  [
    '',
    `
      bindings Binding namespaced -
      componentstatuses ComponentStatus cluster cs
      configmaps ConfigMap namespaced cm
      endpoints Endpoints namespaced ep
      events Event namespaced ev
      limitranges LimitRange namespaced limits
      namespaces Namespace cluster ns finalize status
      nodes Node cluster no proxy status
      persistentvolumeclaims PersistentVolumeClaim namespaced pvc status
      persistentvolumes PersistentVolume cluster pv status
      pods Pod namespaced po attach binding ephemeralcontainers eviction exec log portforward proxy resize status
      podtemplates PodTemplate namespaced -
      replicationcontrollers ReplicationController namespaced rc scale status
      resourcequotas ResourceQuota namespaced quota status
      secrets Secret namespaced -
      serviceaccounts ServiceAccount namespaced sa token
      services Service namespaced svc proxy status
    `,
  ],
  [
    'admissionregistration.k8s.io',
    `
      mutatingadmissionpolicies MutatingAdmissionPolicy cluster -
      mutatingadmissionpolicybindings MutatingAdmissionPolicyBinding cluster -
      mutatingwebhookconfigurations MutatingWebhookConfiguration cluster -
      validatingadmissionpolicies ValidatingAdmissionPolicy cluster - status
      validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding cluster -
      validatingwebhookconfigurations ValidatingWebhookConfiguration cluster -
    `,
  ],
  [
    'apiextensions.k8s.io',
    `
      customresourcedefinitions CustomResourceDefinition cluster crd,crds status
    `,
  ],
  [
    'apiregistration.k8s.io',
    `
      apiservices APIService cluster - status
    `,
  ],
  [
    'apps',
    `
      controllerrevisions ControllerRevision namespaced -
      daemonsets DaemonSet namespaced ds status
      deployments Deployment namespaced deploy scale status
      replicasets ReplicaSet namespaced rs scale status
      statefulsets StatefulSet namespaced sts scale status
    `,
  ],
  [
    'authentication.k8s.io',
    `
      selfsubjectreviews SelfSubjectReview cluster -
      tokenreviews TokenReview cluster -
    `,
  ],
  [
    'authorization.k8s.io',
    `
      localsubjectaccessreviews LocalSubjectAccessReview namespaced -
      selfsubjectaccessreviews SelfSubjectAccessReview cluster -
      selfsubjectrulesreviews SelfSubjectRulesReview cluster -
      subjectaccessreviews SubjectAccessReview cluster -
    `,
  ],
  [
    'autoscaling',
    `
      horizontalpodautoscalers HorizontalPodAutoscaler namespaced hpa status
    `,
  ],
  [
    'batch',
    `
      cronjobs CronJob namespaced cj status
      jobs Job namespaced - status
    `,
  ],
  [
    'certificates.k8s.io',
    `
      certificatesigningrequests CertificateSigningRequest cluster csr approval status
      clustertrustbundles ClusterTrustBundle cluster -
      podcertificaterequests PodCertificateRequest namespaced - status
    `,
  ],
  [
    'coordination.k8s.io',
    `
      leasecandidates LeaseCandidate namespaced -
      leases Lease namespaced -
    `,
  ],
  [
    'discovery.k8s.io',
    `
      endpointslices EndpointSlice namespaced -
    `,
  ],
  [
    'events.k8s.io',
    `
      events Event namespaced ev
    `,
  ],
  [
    'flowcontrol.apiserver.k8s.io',
    `
      flowschemas FlowSchema cluster - status
      prioritylevelconfigurations PriorityLevelConfiguration cluster - status
    `,
  ],
  [
    'internal.apiserver.k8s.io',
    `
      storageversions StorageVersion cluster - status
    `,
  ],
  [
    'networking.k8s.io',
    `
      ingressclasses IngressClass cluster -
      ingresses Ingress namespaced ing status
      ipaddresses IPAddress cluster ip
      networkpolicies NetworkPolicy namespaced netpol
      servicecidrs ServiceCIDR cluster - status
    `,
  ],
  [
    'node.k8s.io',
    `
      runtimeclasses RuntimeClass cluster -
    `,
  ],
  [
    'policy',
    `
      poddisruptionbudgets PodDisruptionBudget namespaced pdb status
    `,
  ],
  [
    'rbac.authorization.k8s.io',
    `
      clusterrolebindings ClusterRoleBinding cluster -
      clusterroles ClusterRole cluster -
      rolebindings RoleBinding namespaced -
      roles Role namespaced -
    `,
  ],
  [
    'resource.k8s.io',
    `
      deviceclasses DeviceClass cluster -
      devicetaintrules DeviceTaintRule cluster - status
      resourceclaims ResourceClaim namespaced - status
      resourceclaimtemplates ResourceClaimTemplate namespaced -
      resourcepoolstatusrequests ResourcePoolStatusRequest cluster - status
      resourceslices ResourceSlice cluster -
    `,
  ],
  [
    'scheduling.k8s.io',
    `
      podgroups PodGroup namespaced - status
      priorityclasses PriorityClass cluster pc
      workloads Workload namespaced -
    `,
  ],
  [
    'storage.k8s.io',
    `
      csidrivers CSIDriver cluster -
      csinodes CSINode cluster -
      csistoragecapacities CSIStorageCapacity namespaced -
      storageclasses StorageClass cluster sc
      volumeattachments VolumeAttachment cluster - status
      volumeattributesclasses VolumeAttributesClass cluster vac
    `,
  ],
  [
    'storagemigration.k8s.io',
    `
      storageversionmigrations StorageVersionMigration cluster - status
    `,
  ],
];

/** Every built-in resource, by group and name. */
export const BUILT_IN_RESOURCES: readonly BuiltInResource[] = TABLE.flatMap(([group, lines]) =>
  lines
    .trim()
    .split('\n')
    .map((line) => {
      const [resource = '', kind = '', scope, short = '-', ...subresources] = line.trim().split(' ');
      const shortNames = short === '-' ? [] : short.split(',');
      return { group, resource, kind, namespaced: scope === 'namespaced', shortNames, subresources };
    }),
);

const BY_NAME: ReadonlyMap<string, BuiltInResource> = new Map(
  BUILT_IN_RESOURCES.map((one) => [`${one.group}/${one.resource}`, one]),
);
const GROUPS: ReadonlySet<string> = new Set(TABLE.map(([group]) => group));

/** The resource of that group and plural; null for one that is not built in. */
export function builtInResource(group: string, resource: string): BuiltInResource | null {
  return BY_NAME.get(`${group}/${resource}`) ?? null;
}

/** True for a group that kube-apiserver serves itself. */
export function isBuiltInGroup(group: string): boolean {
  return GROUPS.has(group);
}

/**
 * Whether objects of a resource live in namespaces; null for one that is not built in.
 * @param resource with or without a subresource, which lives where its parent does.
 */
export function isNamespaced(group: string, resource: string): boolean | null {
  return builtInResource(group, resource.split('/', 1)[0] ?? '')?.namespaced ?? null;
}

/** `deployments.apps/scale`, as rules write it. */
export function writtenResource(
  { group, resource }: Pick<BuiltInResource, 'group' | 'resource'>,
  subresource = '',
): string {
  return `${group === '' ? resource : `${resource}.${group}`}${subresource === '' ? '' : `/${subresource}`}`;
}
