// One table, and long because there is much to ask; it is read from top to bottom, as it is sent.

/** One request of the conformance table; the table is sent in order, so later ones find what earlier ones made. */
export interface ConformanceRequest {
  /** What it is about; the known differences name it. */
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly accept?: string;
  readonly contentType?: string;
  /** Sent as it is when a string, else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent until the answer has this in it: what controllers bring about takes its time. Only the status is compared. */
  readonly until?: string;
  /** A watch: so many events are read, then it is left. */
  readonly events?: number;
  /** The real server may have more items in its lists: all that the demo has must be among them. */
  readonly contained?: boolean;
}

const namespace = '/api/v1/namespaces/conformance';
const maps = `${namespace}/configmaps`;
const secrets = `${namespace}/secrets`;
const deployments = '/apis/apps/v1/namespaces/conformance/deployments';
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const partial = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io';
const partialList = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const jsonPatch = 'application/json-patch+json';
const apply = 'application/apply-patch+yaml';

type More = Omit<ConformanceRequest, 'name' | 'method' | 'target'>;

const get = (name: string, target: string, more: More = {}): ConformanceRequest => ({
  name,
  method: 'GET',
  target,
  ...more,
});
const send = (name: string, method: string, target: string, body: unknown, more: More = {}): ConformanceRequest => ({
  name,
  method,
  target,
  body,
  contentType: 'application/json',
  ...more,
});
const patch = (name: string, target: string, contentType: string, body: unknown, more: More = {}) =>
  send(name, 'PATCH', target, body, { contentType, ...more });

const map = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { app: name } },
  data: { a: 'one' },
  ...more,
});

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels: { app: 'web' } },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'registry.example/web:1', env: [{ name: 'A', value: 'b' }] }] },
    },
  },
};

const discovery: readonly ConformanceRequest[] = [
  get('version', '/version'),
  get('api versions', '/api'),
  get('api groups', '/apis', { contained: true }),
  get('one group', '/apis/batch'),
  get('an unknown group', '/apis/nonsense.example'),
  get('core resources', '/api/v1', { contained: true }),
  get('resources of apps/v1', '/apis/apps/v1', { contained: true }),
  get('aggregated core', '/api', { accept: aggregated, contained: true }),
  get('aggregated groups', '/apis', { accept: `${aggregated},application/json`, contained: true }),
  get('aggregated in v2beta1 alone', '/apis', { accept: aggregated.replace('v=v2', 'v=v2beta1') }),
  get('health', '/readyz'),
  get('an unknown path', '/nonsense'),
  get('a doubled slash', '//api/v1/namespaces'),
  get('an unknown resource', `${namespace}/nonsense`),
  get('an unknown subresource', `${maps}/kube-root-ca.crt/nonsense`),
  get('an unknown version', '/api/v2/namespaces'),
];

const creating: readonly ConformanceRequest[] = [
  send('create a namespace', 'POST', '/api/v1/namespaces', { metadata: { name: 'conformance' } }),
  send('create it again', 'POST', '/api/v1/namespaces', { metadata: { name: 'conformance' } }),
  get('read it', '/api/v1/namespaces/conformance'),
  send('create', 'POST', maps, map('one')),
  send('create by generateName', 'POST', maps, { metadata: { generateName: 'made-' }, data: {} }),
  send('create once more', 'POST', maps, map('one')),
  send('create without kind', 'POST', maps, {
    metadata: { name: 'plain', labels: { app: 'plain' } },
    data: { a: 'b' },
  }),
  send('create with a dry run', 'POST', `${maps}?dryRun=All`, map('dry')),
  get('what a dry run made', `${maps}/dry`),
  send('dry run: another value', 'POST', `${maps}?dryRun=all`, map('dry')),
  send('dry run: empty', 'POST', `${maps}?dryRun=`, map('dry')),
  send('dry run: two values', 'POST', `${maps}?dryRun=All&dryRun=x`, map('dry')),
  send('create as a table', 'POST', `${maps}?dryRun=All`, map('dry'), { accept: table }),
  send('create as metadata', 'POST', `${maps}?dryRun=All`, map('dry'), { accept: partial }),
  send('create in YAML', 'POST', maps, 'metadata: {name: yaml}\ndata: {a: "y"}\n', {
    contentType: 'application/yaml',
  }),
  send('create in a second document', 'POST', `${maps}?dryRun=All`, 'metadata: {name: x}\n---\nmetadata: {name: y}\n', {
    contentType: 'application/yaml',
  }),
  send('create without content type', 'POST', `${maps}?dryRun=All`, map('dry'), { contentType: '' }),
  send('create as text', 'POST', `${maps}?dryRun=All`, map('dry'), { contentType: 'text/plain' }),
  send('create in CBOR', 'POST', `${maps}?dryRun=All`, map('dry'), { contentType: 'application/cbor' }),
  send('create nothing', 'POST', maps, ''),
  send('create from broken JSON', 'POST', maps, '{"metadata":'),
  send('create from a list', 'POST', maps, '[]'),
  send('create from a number', 'POST', maps, '1'),
  send('create with a wrong type', 'POST', maps, map('typed', { data: { a: 1 } })),
  send('create with an unknown field', 'POST', `${maps}?dryRun=All`, map('odd', { surprise: 1 })),
  send('the same, strictly', 'POST', `${maps}?dryRun=All&fieldValidation=Strict`, map('odd', { surprise: 1 })),
  send('a duplicate field', 'POST', `${maps}?dryRun=All`, '{"metadata":{"name":"d"},"data":{},"data":{"a":"b"}}'),
  send(
    'the same, strictly, duplicate',
    'POST',
    `${maps}?dryRun=All&fieldValidation=Strict`,
    '{"metadata":{"name":"d"},"data":{},"data":{"a":"b"}}',
  ),
  send('field validation of another name', 'POST', `${maps}?dryRun=All&fieldValidation=Nonsense`, map('odd')),
  send('create with another kind', 'POST', maps, { ...map('odd'), kind: 'Secret' }),
  send('create with another version', 'POST', maps, { ...map('odd'), apiVersion: 'v9' }),
  send('create in another namespace', 'POST', maps, map('odd', { metadata: { name: 'odd', namespace: 'default' } })),
  send('create without name', 'POST', maps, { metadata: {}, data: {} }),
  send('create with a bad name', 'POST', maps, map('Not_A_Name')),
  send('create with a bad label', 'POST', maps, map('odd', { metadata: { name: 'odd', labels: { a: 'b c' } } })),
  send('create with a bad key', 'POST', maps, map('odd', { data: { 'a b': 'c' } })),
  send('create with a version', 'POST', maps, map('odd', { metadata: { name: 'odd', resourceVersion: '1' } })),
  send('create in a namespace that is not there', 'POST', '/api/v1/namespaces/absent/configmaps', map('odd')),
  send('create under a name', 'POST', `${maps}/one`, map('one')),
  send('create a secret', 'POST', secrets, {
    metadata: { name: 's' },
    type: 'Opaque',
    data: { a: 'b25l' },
    stringData: { b: 'two' },
  }),
  send('create a secret of bad base64', 'POST', secrets, { metadata: { name: 't' }, data: { a: '***' } }),
  send('create a TLS secret without key', 'POST', secrets, {
    metadata: { name: 't' },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': '' },
  }),
  send('create a deployment', 'POST', deployments, deployment),
  send('create a deployment without selector', 'POST', deployments, {
    ...deployment,
    metadata: { name: 'x' },
    spec: { template: deployment.spec.template },
  }),
  send('create a service', 'POST', `${namespace}/services?dryRun=All`, {
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], clusterIP: 'None' },
  }),
  send('create a role', 'POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/conformance/roles', {
    metadata: { name: 'r' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
];

const reading: readonly ConformanceRequest[] = [
  get('read', `${maps}/one`),
  get('read what is not there', `${maps}/absent`),
  get('read a secret', `${secrets}/s`),
  get('read a deployment', `${deployments}/web`, {}),
  get('read as a table', `${maps}/one`, { accept: table }),
  get('read as a table with the object', `${maps}/one?includeObject=Object`, { accept: table }),
  get('read as a table without it', `${secrets}/s?includeObject=None`, { accept: table }),
  get('a table with a wrong includeObject', `${maps}/one?includeObject=Some`, { accept: table }),
  get('read as metadata', `${maps}/one`, { accept: partial }),
  get('read as a list of metadata', `${maps}/one`, { accept: partialList }),
  get('read in YAML', `${maps}/plain`, { accept: 'application/yaml' }),
  get('read in CBOR', `${maps}/one`, { accept: 'application/cbor' }),
  get('read as anything', `${maps}/one`, { accept: 'application/*' }),
  get('read in quotes', `${maps}/one`, { accept: 'application/json;as="Table";v=v1;g=meta.k8s.io' }),
  get('read in two forms', `${maps}/one`, { accept: 'application/xml,application/json' }),
  get('read pretty', `${maps}/plain?pretty=1`),
  get('an error in YAML', `${maps}/absent`, { accept: 'application/yaml' }),
  get('list', `${maps}?labelSelector=app%3Done`),
  get('list as a table', `${maps}?labelSelector=app%3Done`, { accept: table }),
  get('list secrets as a table', secrets, { accept: `${table},application/json` }),
  get('list deployments as a table', deployments, { accept: table }),
  get('list as metadata', `${maps}?labelSelector=app`, { accept: partialList }),
  get('list as metadata of one', maps, { accept: partial }),
  get('list by set', `${maps}?labelSelector=app%20in%20(one,two),app!=two`),
  get('list by a bad label selector', `${maps}?labelSelector=a%20b`),
  get('list by name', `${maps}?fieldSelector=metadata.name%3Done`),
  get('list by an unknown field', `${maps}?fieldSelector=data.a%3Done`),
  get('list secrets by type', `${secrets}?fieldSelector=type%3DOpaque`),
  get('list a page', `${maps}?limit=1&labelSelector=app`),
  get('list with a bad limit', `${maps}?limit=abc`),
  get('list with a bad continue', `${maps}?continue=abc`),
  get('list of a version that is not there', `${maps}?resourceVersion=99999999`),
  get('list with a bad version', `${maps}?resourceVersion=abc`),
  get('list with a match and no version', `${maps}?resourceVersionMatch=Exact`),
  get('list with initial events', `${maps}?sendInitialEvents=true`),
  get('list in a namespace that is not there', '/api/v1/namespaces/absent/configmaps'),
  get('list with a timeout of a wrong form', `${maps}?timeout=abc`),
  get('watch', `${maps}?watch=1&fieldSelector=metadata.name%3Done`, { events: 1 }),
  get('watch as a table', `${maps}?watch=true&fieldSelector=metadata.name%3Done`, { events: 1, accept: table }),
  get('watch as metadata', `${maps}?watch&fieldSelector=metadata.name%3Done`, { events: 1, accept: partial }),
  get(
    'watch a list',
    `${maps}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&fieldSelector=metadata.name%3Done`,
    { events: 2 },
  ),
  get('watch a list without match', `${maps}?watch=1&sendInitialEvents=true`),
  get('watch by path', `/api/v1/watch/namespaces/conformance/configmaps/one`, { events: 1 }),
  get('watch in YAML', `${maps}?watch=1`, { accept: 'application/yaml' }),
  { name: 'HEAD', method: 'HEAD', target: `${maps}/one` },
  { name: 'OPTIONS', method: 'OPTIONS', target: maps },
];

const writing: readonly ConformanceRequest[] = [
  patch('merge patch', `${maps}/one`, merge, { data: { b: 'two' } }),
  patch('merge patch that changes nothing', `${maps}/one`, merge, {}),
  patch('merge patch that breaks a type', `${maps}/one`, merge, { data: 1 }),
  patch('merge patch of broken JSON', `${maps}/one`, merge, '{'),
  patch('merge patch by a list', `${maps}/one`, merge, []),
  patch('merge patch of another name', `${maps}/one`, merge, { metadata: { name: 'two' } }),
  patch('merge patch of another version', `${maps}/one`, merge, { metadata: { resourceVersion: '1' } }),
  patch('merge patch of another uid', `${maps}/one`, merge, { metadata: { uid: 'x' } }),
  patch('merge patch with an unknown field', `${maps}/one?dryRun=All`, merge, { surprise: 1 }),
  patch('the same strictly', `${maps}/one?fieldValidation=Strict`, merge, { surprise: 1 }),
  patch('merge patch of what is not there', `${maps}/absent`, merge, {}),
  patch('merge patch with force', `${maps}/one?force=true`, merge, {}),
  patch('strategic patch', `${deployments}/web`, strategic, {
    spec: { template: { spec: { containers: [{ name: 'web', env: [{ name: 'C', value: 'd' }] }] } } },
  }),
  patch('strategic patch that breaks a type', `${maps}/one`, strategic, { data: { a: 1 } }),
  patch('strategic patch of an immutable field', `${deployments}/web`, strategic, {
    spec: { selector: { matchLabels: { app: 'other' } } },
  }),
  patch('JSON patch', `${maps}/one`, jsonPatch, [{ op: 'add', path: '/data/c', value: 'three' }]),
  patch('JSON patch whose test fails', `${maps}/one`, jsonPatch, [{ op: 'test', path: '/data/a', value: 'x' }]),
  patch('JSON patch of what is not there', `${maps}/one`, jsonPatch, [{ op: 'remove', path: '/data/zzz' }]),
  patch('JSON patch of another op', `${maps}/one`, jsonPatch, [{ op: 'nonsense', path: '/data/a' }]),
  patch('JSON patch by an object', `${maps}/one`, jsonPatch, {}),
  patch('patch as JSON', `${maps}/one`, 'application/json', {}),
  patch('patch without content type', `${maps}/one`, '', {}),
  patch('patch in other letters', `${maps}/one`, 'Application/Merge-Patch+JSON', {}),
  patch('apply that creates', `${maps}/applied?fieldManager=m`, apply, map('applied')),
  patch('apply again', `${maps}/applied?fieldManager=m`, apply, map('applied')),
  patch('apply that conflicts', `${maps}/applied?fieldManager=n`, apply, map('applied', { data: { a: 'other' } })),
  patch('apply by force', `${maps}/applied?fieldManager=n&force=true`, apply, map('applied', { data: { a: 'other' } })),
  patch('apply without manager', `${maps}/applied`, apply, map('applied')),
  patch('apply without kind', `${maps}/applied?fieldManager=m`, apply, { metadata: { name: 'applied' } }),
  patch('apply of a wrong type', `${maps}/applied?fieldManager=m`, apply, map('applied', { data: 'text' })),
  patch('apply with an unknown field', `${maps}/applied?fieldManager=m`, apply, map('applied', { surprise: 1 })),
  patch('apply of a scale', `${deployments}/web/scale?fieldManager=m&force=true`, apply, {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'web', namespace: 'conformance' },
    spec: { replicas: 0 },
  }),
  send('replace', 'PUT', `${maps}/one`, map('one', { data: { z: 'new' } })),
  send('replace with an old version', 'PUT', `${maps}/one`, {
    ...map('one'),
    metadata: { name: 'one', resourceVersion: '1' },
  }),
  send('replace with another uid', 'PUT', `${maps}/one`, { ...map('one'), metadata: { name: 'one', uid: 'x' } }),
  send('replace under another name', 'PUT', `${maps}/one`, map('two')),
  send('replace what is not there', 'PUT', `${maps}/absent`, map('absent')),
  send('replace a role that is not there', 'PUT', '/apis/rbac.authorization.k8s.io/v1/namespaces/conformance/roles/q', {
    metadata: { name: 'q' },
    rules: [],
  }),
  send('replace a secret’s type', 'PUT', `${secrets}/s`, { metadata: { name: 's' }, type: 'other', data: {} }),
  get('scale', `${deployments}/web/scale`),
  patch('scale by merge patch', `${deployments}/web/scale`, merge, { spec: { replicas: 0 } }),
  patch('status of a deployment', `${deployments}/web/status?dryRun=All`, merge, { status: { replicas: 3 } }),
  get('status of a config map', `${maps}/one/status`),
  send('token of an account', 'POST', `${namespace}/serviceaccounts/default/token`, {
    spec: { audiences: ['a'], expirationSeconds: 600 },
  }),
  send('token for too short a time', 'POST', `${namespace}/serviceaccounts/default/token`, {
    spec: { expirationSeconds: 10 },
  }),
  send('token of an account that is not there', 'POST', `${namespace}/serviceaccounts/absent/token`, { spec: {} }),
  send('token as a table', 'POST', `${namespace}/serviceaccounts/default/token`, { spec: {} }, { accept: table }),
  send('review of one’s own access', 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
  }),
  send('a list in a create', 'POST', maps, { kind: 'List', apiVersion: 'v1', items: [] }),
];

const deleting: readonly ConformanceRequest[] = [
  send('delete with a dry run in the body', 'DELETE', `${maps}/one`, { dryRun: ['All'] }),
  send('delete with another uid', 'DELETE', `${maps}/one`, { preconditions: { uid: 'x' } }),
  send('delete with another version', 'DELETE', `${maps}/one`, { preconditions: { resourceVersion: '1' } }),
  send('delete with a wrong body', 'DELETE', `${maps}/one`, '{"kind":"Secret","apiVersion":"v1"}'),
  send('delete with a broken body', 'DELETE', `${maps}/one`, '{'),
  send('delete with a wrong propagation', 'DELETE', `${maps}/one`, { propagationPolicy: 'Nonsense' }),
  send('delete with a negative grace', 'DELETE', `${maps}/one?gracePeriodSeconds=abc`, ''),
  { name: 'delete with a dry run in the query', method: 'DELETE', target: `${maps}/one?dryRun=All` },
  send('delete with a body that silences the query', 'DELETE', `${maps}/plain?dryRun=All`, {}),
  get('what it left', `${maps}/plain`),
  { name: 'delete what is not there', method: 'DELETE', target: `${maps}/absent` },
  { name: 'delete without name of a namespace', method: 'DELETE', target: '/api/v1/namespaces' },
  patch('add a finalizer', `${maps}/one`, merge, { metadata: { finalizers: ['example.com/wait'] } }),
  send('delete what is finalized', 'DELETE', `${maps}/one`, {}),
  patch('take the finalizer away', `${maps}/one`, merge, { metadata: { finalizers: null } }),
  get('then it is gone', `${maps}/one`),
  send('delete a collection in a dry run', 'DELETE', `${maps}?labelSelector=app%3Dapplied`, { dryRun: ['All'] }),
  send('delete a collection', 'DELETE', `${maps}?labelSelector=app%3Dapplied`, {}),
  send('delete a collection by a bad selector', 'DELETE', `${maps}?labelSelector=a%20b`, {}),
  send('delete a deployment', 'DELETE', `${deployments}/web`, { propagationPolicy: 'Background' }),
  send('delete the namespace in a dry run', 'DELETE', '/api/v1/namespaces/conformance', { dryRun: ['All'] }),
];

const upgrades: readonly ConformanceRequest[] = [
  get('exec in a pod that is not there', `${namespace}/pods/absent/exec?command=ls`),
  get('log of a pod that is not there', `${namespace}/pods/absent/log`),
  send('evict a pod that is not there', 'POST', `${namespace}/pods/absent/eviction`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'absent' },
  }),
];

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels: { app: 'p' } },
  spec: {
    containers: [
      { name: 'one', image: 'registry.example/one:1' },
      { name: 'two', image: 'busybox' },
    ],
  },
};
const onePod = `${namespace}/pods/p`;

const inPods: readonly ConformanceRequest[] = [
  get('the account comes', `${namespace}/serviceaccounts/default`, { until: '"default"' }),
  send('create a pod', 'POST', `${namespace}/pods`, pod),
  send('create a pod of an account that is not there', 'POST', `${namespace}/pods`, {
    ...pod,
    metadata: { name: 'q' },
    spec: { ...pod.spec, serviceAccountName: 'absent' },
  }),
  send('create a pod without containers', 'POST', `${namespace}/pods`, { metadata: { name: 'q' }, spec: {} }),
  get('the pod runs', onePod, { until: '"phase":"Running"' }),
  get('exec without upgrade', `${onePod}/exec?command=ls&container=one`),
  get('exec without command', `${onePod}/exec?container=one&stdout=1`),
  get('exec in a container that is not there', `${onePod}/exec?command=ls&container=nope&stdout=1`),
  get('exec in one of two containers', `${onePod}/exec?command=ls&stdout=1`),
  get('attach without upgrade', `${onePod}/attach?container=one&stdout=1`),
  get('port-forward without upgrade', `${onePod}/portforward`),
  get('log of a container that is not there', `${onePod}/log?container=nope`),
  get('log of one of two containers', `${onePod}/log`),
  get('log with bad options', `${onePod}/log?container=one&tailLines=abc`),
  get('log with negative options', `${onePod}/log?container=one&tailLines=-1`),
  get('log from two times', `${onePod}/log?container=one&sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z`),
  get('log of a previous container', `${onePod}/log?container=one&previous=true`),
  patch('change a pod’s command', onePod, strategic, {
    spec: { containers: [{ name: 'one', command: ['x'] }] },
  }),
  patch('change a pod’s label', `${onePod}?dryRun=All`, merge, { metadata: { labels: { a: 'b' } } }),
  get('ephemeral containers', `${onePod}/ephemeralcontainers`, { until: '"Pod"' }),
  patch('add one by the pod itself', onePod, strategic, {
    spec: { ephemeralContainers: [{ name: 'e', image: 'busybox' }] },
  }),
  send('bind a pod', 'POST', `${onePod}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'p' },
    target: { kind: 'Node', name: 'nowhere' },
  }),
  send('evict in a dry run', 'POST', `${onePod}/eviction?dryRun=All`, {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'p' },
  }),
  send('delete a pod at once', 'DELETE', onePod, { gracePeriodSeconds: 0 }, { until: '' }),
];

const identity: readonly ConformanceRequest[] = [
  get('as another', secrets, { headers: { 'Impersonate-User': 'eve' } }),
  get('as a group alone', maps, { headers: { 'Impersonate-Group': 'g' } }),
  get('as an account', `${maps}/one`, { headers: { 'Impersonate-User': 'system:serviceaccount:conformance:default' } }),
  send('create as another', 'POST', maps, map('eves'), { headers: { 'Impersonate-User': 'eve' } }),
  get('a path as another', '/metrics', { headers: { 'Impersonate-User': 'eve' } }),
  get('an own audit id', `${maps}/one`, { headers: { 'Audit-ID': 'mine' } }),
];

/** Every request, in order. */
export const conformanceRequests: readonly ConformanceRequest[] = [
  ...discovery,
  ...creating,
  ...reading,
  ...identity,
  ...writing,
  ...upgrades,
  ...inPods,
  ...deleting,
];
