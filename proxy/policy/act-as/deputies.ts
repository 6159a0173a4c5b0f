import type { Road } from '../../../model/gained-identity.ts';

/** A kind of custom resource that its controller carries out with rights of its own. */
export interface Deputy {
  readonly road: Road;
  /** For people: whom its writer acts as. */
  readonly says: string;
  /** Only one that speaks of this leads there; null: any. */
  readonly words: RegExp | null;
}

type Row = readonly [group: string, resources: string, says: string, road?: Road, words?: RegExp];

const ARGO = 'Argo CD, which carries this out with its own rights';
const FLUX = 'Flux, which carries this out with its own rights';
const HELM = 'the Helm controller, which carries this out with its own rights';
const OLM = 'the Operator Lifecycle Manager, which installs operators and gives them rights';
const FLEET = 'Fleet, which deploys this with its own rights';
const KYVERNO = 'Kyverno, which sees and changes what others send, and makes objects with its own rights';
const VELERO = 'Velero, which reads and writes everything in the cluster';
const RANCHER = 'whoever Rancher gives rights by this';
const OPEN_CLUSTER = 'Open Cluster Management, whose agent carries this out with its own rights';
const CROSSPLANE = 'Crossplane, which makes the objects in this with its own rights';
const CLUSTER_API = 'Cluster API, which carries this out as administrator of the clusters that it makes';
const CARVEL = 'kapp-controller, which deploys this';

/**
 * Objects that a controller acts on with more rights than their writer may have. `*` is every resource of the group.
 * Kinds of which the words tell as much (a pod's account, its host access) are not here: they are read by their shape,
 * as every custom resource is.
 */
const ROWS: readonly Row[] = [
  ['argoproj.io', 'applications applicationsets appprojects', ARGO],
  ['kustomize.toolkit.fluxcd.io', 'kustomizations', FLUX],
  ['helm.toolkit.fluxcd.io', 'helmreleases', FLUX],
  ['helm.fluxcd.io', 'helmreleases', FLUX],
  // What is applied comes from there: another address is another content.
  ['source.toolkit.fluxcd.io', '*', FLUX],
  ['source.extensions.fluxcd.io', '*', FLUX],
  ['image.toolkit.fluxcd.io', 'imageupdateautomations', 'Flux, which writes to the Git repository with its own key'],
  ['fluxcd.controlplane.io', 'fluxinstances resourcesets resourcesetinputproviders', FLUX],
  ['infra.contrib.fluxcd.io', 'terraforms', FLUX],
  ['helm.cattle.io', 'helmcharts helmchartconfigs', HELM],
  ['k3s.cattle.io', 'addons', 'k3s, which deploys this as administrator'],
  ['operators.coreos.com', 'catalogsources clusterserviceversions installplans operatorgroups subscriptions', OLM],
  ['olm.operatorframework.io', '*', OLM],
  [
    'fleet.cattle.io',
    'bundledeployments bundlenamespacemappings bundles clustergroups clusterregistrations clusterregistrationtokens clusters gitreporestrictions gitrepos helmops',
    FLEET,
  ],
  ['upgrade.cattle.io', 'plans', 'root on the nodes, on which the upgrade controller runs this', 'node'],
  [
    'management.cattle.io',
    'authconfigs clusterroletemplatebindings globalrolebindings globalroles projectroletemplatebindings roletemplates tokens users',
    RANCHER,
    'rbac',
  ],
  [
    'kyverno.io',
    'cleanuppolicies clustercleanuppolicies clusterpolicies globalcontextentries policies updaterequests',
    KYVERNO,
    'webhook',
  ],
  ['policies.kyverno.io', '*', KYVERNO, 'webhook'],
  ['mutations.gatekeeper.sh', '*', 'whoever sends what Gatekeeper sees and changes by this', 'webhook'],
  ['velero.io', 'backupstoragelocations datadownloads podvolumerestores restores', VELERO],
  // The link that it answers with leads to everything in a backup, Secrets too.
  ['velero.io', 'downloadrequests', VELERO],
  // A backup stays in its store; hooks are commands that run in other pods.
  ['velero.io', 'backups schedules', VELERO, 'controller', /hooks/i],
  ['external-secrets.io', 'pushsecrets', 'the External Secrets operator, which reads the Secrets that this sends away'],
  [
    'triggers.tekton.dev',
    'clustertriggerbindings triggerbindings triggers triggertemplates',
    'the event listener of Tekton that runs this',
  ],
  ['kubernetes.crossplane.io', 'objects observedobjectcollections', CROSSPLANE],
  ['kubernetes.m.crossplane.io', 'objects observedobjectcollections', CROSSPLANE],
  ['helm.crossplane.io', 'releases', CROSSPLANE],
  ['helm.m.crossplane.io', 'releases', CROSSPLANE],
  ['work.open-cluster-management.io', 'appliedmanifestworks manifestworkreplicasets manifestworks', OPEN_CLUSTER],
  ['apps.open-cluster-management.io', 'channels subscriptions', OPEN_CLUSTER],
  ['policy.open-cluster-management.io', 'configurationpolicies operatorpolicies policies', OPEN_CLUSTER],
  ['action.open-cluster-management.io', 'managedclusteractions', OPEN_CLUSTER],
  ['addons.cluster.x-k8s.io', 'clusterresourcesetbindings clusterresourcesets helmchartproxies', CLUSTER_API],
  [
    'bootstrap.cluster.x-k8s.io',
    'kubeadmconfigs kubeadmconfigtemplates',
    'root on the machines that Cluster API sets up with this',
    'node',
  ],
  ['controlplane.cluster.x-k8s.io', 'kubeadmcontrolplanes kubeadmcontrolplanetemplates', CLUSTER_API, 'node'],
  ['hnc.x-k8s.io', 'hierarchyconfigurations hncconfigurations', 'whoever has rights in the namespaces above', 'rbac'],
  ['rbacmanager.reactiveops.io', 'rbacdefinitions', 'whoever the RBAC manager gives rights by this', 'rbac'],
  // The same roles as in rbac.authorization.k8s.io, by another door.
  ['authorization.openshift.io', '*', 'whoever gets rights by this', 'rbac'],
  ['security.openshift.io', 'securitycontextconstraints', 'root on a node, for whoever may use this', 'rbac'],
  ['build.openshift.io', 'buildconfigs builds', 'the build controller, which builds this in a privileged pod'],
  [
    'iamauthenticator.k8s.aws',
    'iamidentitymappings',
    'whoever this maps to, who signs in to this cluster (EKS)',
    'rbac',
  ],
  // Code for the pods of others, which nobody writes to by it.
  [
    'apps.kruise.io',
    'ephemeraljobs sidecarsets',
    'Kruise, which puts these containers into the pods that this chooses',
  ],
  ['chaos-mesh.org', '*', 'Chaos Mesh, which does this to the pods and nodes that this chooses'],
  ['opentelemetry.io', 'instrumentations', 'whoever makes a pod, into which this puts its code', 'webhook'],
  ['kubeflow.org', 'poddefaults', 'whoever makes a pod, into which this puts what it says', 'webhook'],
  ['extensions.istio.io', 'wasmplugins', 'the proxies beside other programs, which run this', 'webhook'],
  ['networking.istio.io', 'envoyfilters', 'the proxies beside other programs, which do as this says', 'webhook'],
  // A network of pods is set up by a program on the node, which writes where it is told.
  ['k8s.cni.cncf.io', 'network-attachment-definitions', 'what runs as root on each node and does as this says', 'node'],
  ['tuned.openshift.io', '*', 'what runs as root on each node and does as this says', 'node'],
  ['kappctrl.k14s.io', 'apps', CARVEL],
  ['packaging.carvel.dev', 'packageinstalls packagerepositories', CARVEL],
  [
    'metacontroller.k8s.io',
    'compositecontrollers decoratorcontrollers',
    'Metacontroller, which makes what a webhook of this tells it to',
  ],
];

/** Kinds of one group with one deputy, as the rights to write them are handed out. */
export interface DeputyKinds {
  readonly group: string;
  /** `*` for every one of the group. */
  readonly resources: readonly string[];
  readonly road: Road;
  /** For people: whom their writer acts as. */
  readonly says: string;
}

export const DEPUTY_KINDS: readonly DeputyKinds[] = ROWS.map(([group, resources, says, road = 'controller']) => ({
  ...{ group, resources: resources.split(' '), road, says },
}));

const DEPUTIES: ReadonlyMap<string, Deputy> = new Map(
  ROWS.flatMap(([group, resources, says, road = 'controller', words]) =>
    resources
      .split(' ')
      .map((resource): [string, Deputy] => [`${resource}.${group}`, { road, says, words: words ?? null }]),
  ),
);

/** The deputy behind a kind of custom resource; null where none is known. */
export function deputyOf(apiGroup: string, resource: string): Deputy | null {
  return DEPUTIES.get(`${resource}.${apiGroup}`) ?? DEPUTIES.get(`*.${apiGroup}`) ?? null;
}
