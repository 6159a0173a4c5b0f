/** A difference between the demo cluster and a real API server that stays. */
export interface KnownDifference {
  /** The requests in which it shows, by the beginning of their names. */
  readonly request: RegExp;
  /** Where in `{status, headers, body}`. */
  readonly path: RegExp;
  readonly reason: string;
}

/** Each is printed with its reason by the conformance test, which fails when one is no longer a difference. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    request: /resources/,
    path: /storageVersionHash$/,
    reason: 'tells storage migrators about etcd; the demo has none, and no client of ours reads it',
  },
  {
    request: /table/,
    path: /columnDefinitions\[\d\]\.description$/,
    reason: 'the OpenAPI text of each field; kubectl prints none of it',
  },
  {
    request: /deployment|^strategic patch$/,
    path: /^body\.(rows\[0\]\.object\.)?(metadata\.(managedFields\[\d\]|annotations)|status)/,
    reason: 'controllers work at their own pace on both, and those of the demo leave no field manager',
  },
  {
    request: /^create a service$/,
    path: /f:clusterIP$/,
    reason: 'the demo takes a stated clusterIP for one that it gave itself',
  },
  {
    request: /^(create with another kind|a list in a create)$/,
    path: /^body\.message$/,
    reason: 'Go tries to convert a kind that it knows into the one wanted, and says where that fails',
  },
  {
    request: /^list with a bad continue$/,
    path: /^body\.message$/,
    reason: 'quotes the byte at which Go’s JSON decoder stopped',
  },
  {
    request: /^strategic patch that breaks a type$/,
    path: /message$/,
    reason: 'the words of a converter that only strategic patches go through',
  },
  {
    request: /^merge patch of another uid$/,
    path: /^body\.details\.causes\[1\]$/,
    reason: 'the real server checks it twice and lists the same cause twice',
  },
  {
    request: /^replace a role that is not there$/,
    path: /^body\.(rules|metadata\.managedFields)$/,
    reason: 'Go tells an empty list from none, and writes `rules: null` for both',
  },
  {
    request: /^(change a pod’s command|add one by the pod itself)$/,
    path: /message$/,
    reason: 'the real server shows a diff of all Go fields, with line numbers',
  },
  {
    request: /^change a pod’s label$/,
    path: /^body\.(status|spec\.nodeName|metadata\.(managedFields|generation))/,
    reason: 'nodes, addresses and images are each cluster’s own, and kwok writes a barer status than a kubelet',
  },
  {
    request: /^bind a pod$/,
    path: /^(body|status|headers)/,
    reason: 'only schedulers bind; the demo says 501 to what it leaves out',
  },
  {
    request: /^review of one’s own access$/,
    path: /^body\.metadata\.managedFields$/,
    reason: 'field managers of something that is never kept',
  },
];
