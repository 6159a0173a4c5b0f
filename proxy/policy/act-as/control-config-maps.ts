import type { Road } from '../../../model/gained-identity.ts';

/** What in a ConfigMap counts: any write of it, a change of its data, or a change under some of its keys. */
export type WhatCounts = 'any-write' | 'data' | RegExp;

/** A ConfigMap from which something with rights of its own takes what it does, or whom it trusts. */
export interface ControlConfigMap {
  readonly road: Road;
  /** For people: whom its writer acts as. */
  readonly says: string;
  readonly counts: WhatCounts;
  readonly deletion: WhatDeletionCounts;
}

/** Keys, and the values of them, by which it holds somebody back: what its end would set free. */
export type Restrictions = ReadonlyArray<readonly [key: RegExp, value: RegExp]>;

/**
 * Taking it away is a change like any other where the cluster itself goes by it. Of what a chart brings and takes with
 * it only its restrictions count: what it gives ends with it, and what is created next is judged by itself.
 */
export type WhatDeletionCounts = 'always' | 'never' | Restrictions;

interface Row {
  /** Empty: any namespace, because what reads it may be installed anywhere. */
  readonly namespaces: readonly string[];
  /** A `*` at the end stands for any ending. */
  readonly names: readonly string[];
  readonly road: Road;
  readonly says: string;
  readonly counts?: WhatCounts;
  readonly restrictions?: Restrictions;
}

const SYSTEM = ['kube-system'];

/** Each with the reason for which its writer acts as another. */
const ROWS: readonly Row[] = [
  {
    namespaces: SYSTEM,
    names: ['aws-auth', 'aws-iam-authenticator'],
    road: 'rbac',
    says: 'whoever this maps to, who signs in to this cluster (EKS)',
    counts: 'any-write',
  },
  {
    namespaces: SYSTEM,
    names: ['extension-apiserver-authentication'],
    road: 'rbac',
    says: 'anybody, at the aggregated API servers that trust this proxy',
    counts: 'any-write',
  },
  {
    namespaces: [],
    names: ['argocd-rbac-cm'],
    road: 'rbac',
    says: 'Argo CD, for whoever this gives rights there',
    // `matchMode` only says how the others are compared.
    counts: /^(?:policy\.(?!matchMode$).+|scopes)$/,
    restrictions: [[/^policy\./, /\bdeny\b/]],
  },
  {
    namespaces: [],
    names: ['argocd-cm'],
    road: 'rbac',
    says: 'Argo CD, for whoever this lets sign in, run commands or skip its checks',
    counts:
      /^(?:admin\.enabled|accounts\..+|users\.anonymous\.enabled|(?:dex|oidc)\.config|exec\.(?:enabled|shells)|configManagementPlugins|kustomize\..+|resource\.customizations\.actions\..+|globalProjects|application\.sync\.impersonation\.enabled)$/,
    restrictions: [
      [/^admin\.enabled$/, /^\s*false\s*$/],
      [/^application\.sync\.impersonation\.enabled$/, /^\s*true\s*$/],
    ],
  },
  {
    namespaces: [],
    names: ['argocd-cmd-params-cm'],
    road: 'rbac',
    says: 'Argo CD, for whoever reaches it without signing in or from other namespaces',
    counts: /^(?:server\.disable\.auth|application(?:setcontroller)?\.namespaces)$/,
  },
  {
    namespaces: SYSTEM,
    names: ['kubeadm-config'],
    road: 'controller',
    says: 'kubeadm, which sets up the control plane with this',
  },
  {
    namespaces: ['kube-public'],
    names: ['cluster-info'],
    road: 'webhook',
    says: 'the API server, to machines that join the cluster',
  },
  {
    namespaces: SYSTEM,
    names: ['kubelet-config*'],
    road: 'node',
    says: 'the kubelets that are set up with this',
  },
  {
    namespaces: [...SYSTEM, 'kube-flannel', 'calico-system', 'local-path-storage'],
    names: [
      ...['calico-config', 'canal-config', 'kube-flannel-cfg', 'multus-cni-config', 'multus-daemon-config'],
      'local-path-config',
    ],
    road: 'node',
    says: 'what runs as root on each node and does as this says (network and storage of the node)',
  },
  {
    namespaces: SYSTEM,
    names: ['kube-proxy', 'cilium-config'],
    road: 'controller',
    says: 'what directs the traffic of every node by this',
  },
  {
    namespaces: SYSTEM,
    names: ['coredns', 'coredns-custom', 'node-local-dns', 'kube-dns'],
    road: 'webhook',
    says: 'whatever pods look up by name, which is answered as this says',
  },
  {
    namespaces: [],
    names: ['kube-root-ca.crt', 'istio-ca-root-cert', 'openshift-service-ca.crt', 'linkerd-identity-trust-roots'],
    road: 'webhook',
    says: 'whatever pods trust by these certificates',
  },
  {
    namespaces: [],
    names: ['istio-sidecar-injector*'],
    road: 'webhook',
    says: 'whoever makes a pod, into which a container is put as this says',
  },
  {
    namespaces: [],
    names: ['chart-content-*'],
    road: 'controller',
    says: 'the Helm controller of k3s, which installs this chart with its own rights',
  },
  {
    namespaces: [],
    names: ['workflow-controller-configmap'],
    road: 'controller',
    says: 'Argo Workflows, which adds what this says to every workflow',
  },
  {
    namespaces: [],
    names: ['ingress-nginx-controller', 'nginx-configuration'],
    road: 'controller',
    says: 'the ingress controller, which may read Secrets and runs these snippets',
    counts: /^(?:allow-snippet-annotations|annotations-risk-level|.*-snippets?)$/,
  },
];

/** Control ConfigMaps that are of one namespace, as the rights to write them are handed out. */
export interface ControlNames {
  readonly namespace: string;
  /** A `*` at the end stands for any ending. */
  readonly names: readonly string[];
  readonly road: Road;
}

/** Not those that may be anywhere: whoever writes ConfigMaps of a namespace would lead further by a name alone. */
export const CONTROL_NAMES: readonly ControlNames[] = ROWS.flatMap(({ namespaces, names, road }) =>
  namespaces.map((namespace) => ({ namespace, names, road })),
);

/** The control ConfigMap of this name; null for one that is like any other. */
export function controlConfigMap(namespace: string, name: string): ControlConfigMap | null {
  const row = rowsIn(namespace).find(({ names }) => names.some((pattern) => isNamed(pattern, name)));
  return row === undefined ? null : controlOf(row);
}

/**
 * The control ConfigMaps that one whose name the API server makes up could be: it adds five characters to the prefix,
 * but how many, and which, is its own affair.
 */
export function controlConfigMapsFrom(namespace: string, prefix: string): readonly ControlConfigMap[] {
  if (prefix === '') return [];
  return rowsIn(namespace)
    .filter(({ names }) => names.some((pattern) => pattern.startsWith(prefix) || isNamed(pattern, prefix)))
    .map(controlOf);
}

/**
 * Every control ConfigMap that a namespace may hold. A collection is not counted for what may be in any namespace: each
 * namespace has such a ConfigMap.
 */
export function controlConfigMapsIn(namespace: string, anywhere: boolean): readonly ControlConfigMap[] {
  return rowsIn(namespace)
    .filter(({ namespaces }) => anywhere || namespaces.length > 0)
    .map(controlOf);
}

function rowsIn(namespace: string): readonly Row[] {
  return ROWS.filter(({ namespaces }) => namespaces.length === 0 || namespaces.includes(namespace));
}

function isNamed(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function controlOf({ namespaces, road, says, counts = 'data', restrictions }: Row): ControlConfigMap {
  return { road, says, counts, deletion: restrictions ?? (namespaces.length > 0 ? 'always' : 'never') };
}
