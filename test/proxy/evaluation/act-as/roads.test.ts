import { describe, expect, it } from 'vitest';
import type { Road } from '../../../../model/gained-identity.ts';
import type { Change } from '../../../../proxy/evaluation/act-as/change.ts';
import { gainedByExec } from '../../../../proxy/evaluation/act-as/exec.ts';
import { gainedByChange, gainedByUnknown } from '../../../../proxy/evaluation/act-as/gained.ts';
import { suspectedRoads } from '../../../../proxy/evaluation/act-as/suspects.ts';
import { gainedByUrl, roadsToEvaluate } from '../../../../proxy/policy/act-as.ts';
import { policyQuestion } from '../../../../proxy/policy/policy-question.ts';
import { LOCAL } from '../../policy/policies.ts';
import { parsed, read } from '../requests.ts';

const nothing: Change = { namespace: 'shop', resource: 'pods', before: null, after: null, role: null };

function says(road: Road, change: Partial<Change>): string[] {
  return gainedByChange([road], { ...nothing, ...change }).map((gained) => gained.says);
}

describe('the road of a workload', () => {
  const pod = (spec: object) => ({ spec: { containers: [{ image: 'a' }], ...spec } });
  it.each<[string, object, string[]]>([
    ['a pod', pod({ serviceAccountName: 'ci' }), ['service account shop:ci, as which its pods would run']],
    [
      'a template',
      { spec: { template: pod({ serviceAccountName: 'ci' }) } },
      ['service account shop:ci, as which its pods would run'],
    ],
    [
      'a CronJob',
      { spec: { jobTemplate: { spec: { template: pod({ serviceAccountName: 'ci' }) } } } },
      ['service account shop:ci, as which its pods would run'],
    ],
    [
      'a PodTemplate',
      { template: pod({ serviceAccountName: 'ci' }) },
      ['service account shop:ci, as which its pods would run'],
    ],
    [
      'a ControllerRevision',
      { data: { spec: { template: pod({ serviceAccountName: 'ci' }) } } },
      ['service account shop:ci, as which its pods would run'],
    ],
    [
      'a Workflow',
      { spec: { serviceAccountName: 'ci', templates: [] } },
      ['service account shop:ci, as which its pods would run'],
    ],
    [
      'a custom resource that names it by reference',
      { spec: { auth: { serviceAccountRef: { name: 'ci' } } } },
      ['service account shop:ci, as which its pods would run'],
    ],
    [
      'a custom resource without a spec',
      { driver: { driverServiceAccount: 'ci' } },
      ['service account shop:ci, as which its pods would run'],
    ],
    [
      'the default account',
      pod({ serviceAccountName: 'default' }),
      ['service account shop:default, as which its pods would run'],
    ],
    ['a pod that names none', pod({}), ['service account shop:default, as which its pods would run']],
    [
      'a template that names none',
      { spec: { template: pod({}) } },
      ['service account shop:default, as which its pods would run'],
    ],
    ['an annotation', { metadata: { annotations: { serviceAccountName: 'ci' } }, spec: {} }, []],
    ['a cloud’s account', { spec: { serviceAccount: 'x@y.example' } }, []],
  ])('%s', (_name, after, expected) => {
    expect(says('pod', { after })).toEqual(expected);
  });

  it('is not gained again', () => {
    for (const one of [pod({ serviceAccountName: 'ci' }), pod({})]) {
      expect(says('pod', { before: one, after: { ...one, metadata: { labels: {} } } })).toEqual([]);
    }
  });

  it('is that of default where a name is taken away', () => {
    expect(says('pod', { before: pod({ serviceAccountName: 'ci' }), after: pod({}) })).toEqual([
      'service account shop:default, as which its pods would run',
    ]);
  });
});

const mounting = (path: string, more: object = {}, mount: object = { readOnly: true }) => ({
  containers: [{ volumeMounts: [{ name: 'h', mountPath: '/h', ...mount }] }],
  volumes: [{ name: 'h', hostPath: { path, ...more } }],
});
const PTRACES = { securityContext: { capabilities: { add: ['SYS_PTRACE'] } } };

describe('the road of the node', () => {
  it.each<[string, object, RegExp | null]>([
    ['hostPID', { hostPID: true }, /hostPID/],
    ['privileged', { containers: [{ securityContext: { privileged: true } }] }, /privileged/],
    ['an ephemeral container', { ephemeralContainers: [{ securityContext: { privileged: true } }] }, /privileged/],
    ['a capability', { containers: [{ securityContext: { capabilities: { add: ['cap_sys_admin'] } } }] }, /SYS_ADMIN/],
    ['the root of the host', { volumes: [{ hostPath: { path: '/' } }] }, /hostPath \//],
    ['a folder around', { volumes: [{ hostPath: { path: '/var/' } }] }, /hostPath/],
    ['the container runtime', { volumes: [{ hostPath: { path: '/var/run/docker.sock' } }] }, /docker/],
    ['a repository that the kubelet fetches', { volumes: [{ gitRepo: { repository: 'https://a' } }] }, /gitRepo/],
    ['a way round', { volumes: [{ hostPath: { path: '/opt/../etc' } }] }, /hostPath/],
    ['a way round that stays', { volumes: [{ hostPath: { path: '/./etc/kubernetes' } }] }, /hostPath/],
    ['the host’s programs', { volumes: [{ hostPath: { path: '/usr/local/bin' } }] }, /hostPath/],
    ['the host’s logs', { volumes: [{ hostPath: { path: '/var/log/pods' } }] }, /hostPath/],
    ['a folder that begins nowhere', { volumes: [{ hostPath: { path: 'etc' } }] }, /hostPath/],
    ['a drive of Windows', { volumes: [{ hostPath: { path: 'C:\\k' } }] }, /hostPath/],
    ['a process of the host', { securityContext: { windowsOptions: { hostProcess: true } } }, /hostProcess/],
    ...['/var/lib/k0s', '/opt', '/opt/data', '/snap', '/mnt', '/srv', '/data', '/tmp', '/var/lib/longhorn'].map(
      (path): [string, object, RegExp] => [`case 58: ${path}`, mounting(path), /hostPath/],
    ),
    ['case 58: a path as text, in a custom resource', { storage: { hostPath: '/mnt' } }, /hostPath \/mnt/],
    ['the time zone, read only', mounting('/etc/localtime'), null],
    ['time zones, with a slash behind', mounting('/usr/share/zoneinfo/'), null],
    ['one of them', mounting('/usr/share/zoneinfo/Europe/Vienna'), null],
    ['certificates that are public', mounting('/etc/ssl/certs', { type: 'Directory' }), null],
    ['case 58: their keys beside them', mounting('/etc/ssl'), /hostPath/],
    ['case 58: a name that begins alike', mounting('/etc/ssl/certs-of-mine'), /hostPath/],
    ['case 58: a way out', mounting('/usr/share/zoneinfo/../../lib'), /hostPath/],
    ['case 58: time zones that it may write', mounting('/usr/share/zoneinfo', {}, { readOnly: false }), /hostPath/],
    ['case 58: the time zone that it would make', mounting('/etc/localtime', { type: 'FileOrCreate' }), /hostPath/],
    [
      'case 58: the time zone, read only for one container and not for the other',
      { ...mounting('/etc/localtime'), initContainers: [{ volumeMounts: [{ name: 'h', mountPath: '/b' }] }] },
      /hostPath/,
    ],
    ['case 58: the time zone, mounted by nobody yet', { volumes: mounting('/etc/localtime').volumes }, /hostPath/],
    ['a device that leads nowhere', mounting('/dev/null', { type: 'CharDevice' }, { readOnly: false }), null],
    ['case 58: a disk', mounting('/dev/sda', { type: 'BlockDevice' }), /hostPath/],
    ['a debugger of its own processes', { ephemeralContainers: [PTRACES] }, null],
    ['a debugger of the host’s processes', { hostPID: true, ephemeralContainers: [PTRACES] }, /SYS_PTRACE/],
    [
      'a debugger of a process that is root on the node',
      { containers: [{ securityContext: { privileged: true } }], ephemeralContainers: [PTRACES] },
      /SYS_PTRACE/,
    ],
    [
      'a harmless capability',
      { containers: [{ securityContext: { capabilities: { add: ['NET_BIND_SERVICE'] } } }] },
      null,
    ],
  ])('%s', (_name, spec, expected) => {
    const found = says('node', { after: { spec } });
    if (expected === null) expect(found).toEqual([]);
    else expect(found.join()).toMatch(expected);
    expect(says('node', { before: { spec }, after: { spec } })).toEqual([]);
  });
});

describe('the road of the node by a volume that others mount', () => {
  it.each<[string, object]>([
    ['hostPath', { hostPath: { path: '/etc' } }],
    ['local', { local: { path: '/' } }],
    ['case 58: hostPath of anything', { hostPath: { path: '/mnt' } }],
    ['case 58: local of anything', { local: { path: '/mnt/disks/a' } }],
  ])('a PersistentVolume of %s', (_name, spec) => {
    expect(
      roadsToEvaluate({ verb: 'create', apiGroup: '', resource: 'persistentvolumes', namespace: '', name: 'v' }),
    ).toEqual(['node']);
    expect(says('node', { resource: 'persistentvolumes', after: { spec } })).toEqual([
      expect.stringContaining('root on the node'),
    ]);
    const body = parsed({ kind: 'PersistentVolume', spec });
    const request = read('POST /api/v1/persistentvolumes');
    const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
    expect(suspectedRoads(question, request, body)).toEqual(['node']);
  });
});

describe('the road of a token’s Secret', () => {
  const secret = (account: string, type = 'kubernetes.io/service-account-token') => ({
    type,
    metadata: { annotations: { 'kubernetes.io/service-account.name': account } },
  });
  it.each<[string, unknown, unknown, string[]]>([
    ['a new one', null, secret('ci'), ['service account shop:ci, by a token in a Secret']],
    ['another account', secret('a'), secret('ci'), ['service account shop:ci, by a token in a Secret']],
    ['the same account', secret('ci'), secret('ci'), []],
    ['another type', null, secret('ci', 'Opaque'), []],
  ])('%s', (_name, before, after, expected) => {
    expect(says('secret', { before, after })).toEqual(expected);
  });
});

describe('case 51: the road of a bootstrap token', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const token = (more: Readonly<Record<string, string>> = {}, type = 'bootstrap.kubernetes.io/token') => ({
    type,
    data: Object.fromEntries(
      Object.entries({ 'token-id': 'abc123', 'token-secret': '0123456789abcdef', ...more }).map(([key, value]) => [
        key,
        base64(value),
      ]),
    ),
  });
  const gained = (before: unknown, after: unknown, namespace = 'kube-system') =>
    gainedByChange(['secret'], { ...nothing, namespace, resource: 'secrets', before, after });
  const groups = { 'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token,system:bootstrappers:x' };

  it('is a user of its id in the groups that it names, and strong whatever they may do', () => {
    expect(gained(null, token())).toMatchObject([
      {
        road: 'secret',
        user: 'system:bootstrap:abc123',
        groups: ['system:bootstrappers'],
        anyone: false,
        account: null,
      },
    ]);
    expect(gained(null, token(groups))[0]?.groups).toEqual([
      'system:bootstrappers',
      'system:bootstrappers:kubeadm:default-node-token',
      'system:bootstrappers:x',
    ]);
  });

  it.each<[string, object, object]>([
    ['another secret', token(), token({ 'token-secret': 'fedcba9876543210' })],
    ['more groups', token(), token(groups)],
    ['a longer life', token({ expiration: '2020-01-01T00:00:00Z' }), token()],
    ['what it may be used for', token(), token({ 'usage-bootstrap-authentication': 'true' })],
  ])('is gained with %s', (_what, before, after) => {
    expect(gained(before, after)).toHaveLength(1);
  });

  it('is anybody’s where its id is none', () => {
    expect(gained(null, token({ 'token-id': 'a\u0007b' }))).toMatchObject([{ anyone: true, user: '' }]);
  });

  it.each<[string, unknown, unknown, string]>([
    ['with a label alone', token(), { ...token(), metadata: { labels: { a: 'b' } } }, 'kube-system'],
    ['elsewhere, where the API server does not look', null, token(), 'shop'],
    ['by a Secret of another type', null, token({}, 'Opaque'), 'kube-system'],
  ])('is not gained %s', (_what, before, after, namespace) => {
    expect(gained(before, after, namespace)).toEqual([]);
  });
});

describe('the road of rights', () => {
  const secrets = { apiGroups: [''], verbs: ['get'], resources: ['secrets'] };
  const role = (rules: readonly object[], more: object = {}, labels: object = {}) => ({
    metadata: { name: 'r', labels },
    rules,
    ...more,
  });
  const ops = {
    metadata: { name: 'ops' },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { for: 'ops' } }] },
  };
  const selecting = { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } };
  const toAdmin = { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' };

  it.each<[string, Partial<Change>, string[]]>([
    ['leads further', { after: role([secrets]) }, ['reads secrets']],
    ['does not', { after: role([{ ...secrets, resources: ['pods'] }]) }, []],
    [
      'may do everything',
      { after: role([{ apiGroups: ['*'], verbs: ['*'], resources: ['*'] }]) },
      ['may do everything'],
    ],
    ['led there before', { before: role([secrets]), after: role([secrets]) }, []],
    [
      'leads further than before',
      { before: role([secrets]), after: role([secrets, { ...secrets, verbs: ['create'], resources: ['pods'] }]) },
      ['makes pods'],
    ],
    [
      'is freed of the names that it was restricted to',
      {
        before: role([{ apiGroups: [''], verbs: ['patch'], resources: ['pods'], resourceNames: ['a'] }]),
        after: role([{ apiGroups: [''], verbs: ['patch'], resources: ['pods'] }]),
      },
      ['makes pods'],
    ],
    [
      'case 54: is taken in by another, by a label of its own',
      { before: role([secrets]), after: role([secrets], {}, { for: 'ops' }), aggregators: [ops] },
      ['aggregated to ops'],
    ],
    [
      'is taken in by another, and leads nowhere',
      { after: role([{ ...secrets, resources: ['pods'] }], {}, { for: 'ops' }), aggregators: [ops] },
      [],
    ],
    [
      'has a label that no role selects',
      { before: role([secrets]), after: role([secrets], {}, toAdmin), aggregators: [ops] },
      [],
    ],
    [
      'may be taken in, where the roles could not be listed',
      { before: role([secrets]), after: role([secrets], {}, { ...toAdmin, x: 'y' }), aggregators: null },
      ['aggregated to admin, aggregated to any role that selects x=y'],
    ],
    ['takes in others', { after: role([], selecting) }, ['rights of other roles, by [{"matchLabels":{"a":"b"}}]']],
    ['takes in the same others', { before: role([], selecting), after: role([secrets], selecting) }, ['reads secrets']],
  ])('a role that %s', (_name, change, dangers) => {
    expect(says('rbac', { namespace: '', resource: 'clusterroles', ...change })).toEqual(
      dangers.map((danger) => `others, for whoever holds the role r (${danger})`),
    );
  });

  it('a Role gives nothing of what belongs to the cluster, nor is it taken in by others', () => {
    const hooks = {
      apiGroups: ['admissionregistration.k8s.io'],
      verbs: ['create'],
      resources: ['mutatingwebhookconfigurations'],
    };
    expect(says('rbac', { resource: 'roles', after: role([hooks]) })).toEqual([]);
    const change = { resource: 'roles', before: role([secrets]), after: role([secrets], {}, toAdmin) };
    expect(says('rbac', change)).toEqual([]);
  });

  const bound = (name: string, subjects: object[]) => ({ roleRef: { kind: 'ClusterRole', name }, subjects });
  const bob = { kind: 'User', name: 'bob' };
  it.each<[string, object, object | null, string | null]>([
    ['cluster-admin', bound('cluster-admin', [bob]), null, 'cluster-admin, for user bob'],
    [
      'edit',
      bound('edit', [{ kind: 'ServiceAccount', namespace: 'a', name: 'b' }]),
      null,
      'edit, for service account a:b',
    ],
    [
      'view for everybody',
      bound('view', [{ kind: 'Group', name: 'system:authenticated' }]),
      null,
      'group system:authenticated',
    ],
    ['view', bound('view', [bob]), null, null],
    ['view, which was read', bound('view', [bob]), role([{ ...secrets, resources: ['pods'] }]), null],
    [
      'case 54: view, in which somebody put more',
      bound('view', [bob]),
      role([secrets]),
      'the role view (reads secrets), for user bob',
    ],
    [
      'case 54: a role of which nothing is there yet but whom it takes in',
      bound('view', [bob]),
      role([], selecting),
      'the role view (whose rights are those of others), for user bob',
    ],
    ['a role that was read and leads on', bound('custom', [bob]), role([secrets]), 'reads secrets'],
    ['a role that does not', bound('custom', [bob]), role([{ ...secrets, resources: ['pods'] }]), null],
    ['a role that may not be read', bound('custom', [bob]), null, 'custom (which could not be read), for user bob'],
    [
      'a role of the namespace that is called as a harmless one of the cluster',
      { roleRef: { kind: 'Role', name: 'view' }, subjects: [bob] },
      role([{ apiGroups: ['*'], verbs: ['*'], resources: ['*'] }]),
      'may do everything',
    ],
    ['nobody', bound('cluster-admin', []), null, null],
  ])('a binding to %s', (_name, after, roleRead, expected) => {
    const found = says('rbac', { resource: 'rolebindings', after, role: roleRead });
    expect(found).toEqual(expected === null ? [] : [expect.stringContaining(expected)]);
  });

  it('a binding that gets another subject names that one only', () => {
    const found = says('rbac', {
      resource: 'clusterrolebindings',
      before: bound('cluster-admin', [bob]),
      after: bound('cluster-admin', [bob, { kind: 'User', name: 'eve' }]),
    });
    expect(found).toEqual(['the role cluster-admin, for user eve']);
  });
});

describe('other roads', () => {
  it('exec: the account of the pod, unless it has no token', () => {
    expect(gainedByExec('shop', 'p', { spec: { serviceAccountName: 'ci' } })[0]?.says).toMatch(
      /shop:ci, as which pod p/,
    );
    expect(gainedByExec('shop', 'p', { spec: {} })[0]?.user).toBe('system:serviceaccount:shop:default');
    expect(gainedByExec('shop', 'p', { spec: { automountServiceAccountToken: false } })).toEqual([]);
    const mounted = { volumes: [{ projected: { sources: [{ serviceAccountToken: {} }] } }] };
    expect(gainedByExec('shop', 'p', { spec: { automountServiceAccountToken: false, ...mounted } })).toHaveLength(1);
    expect(gainedByExec('shop', 'p', null)[0]).toMatchObject({ anyone: true });
  });

  it('exec: the node, where the pod is privileged; a forwarded port runs nothing there', () => {
    const pod = {
      spec: { automountServiceAccountToken: false, containers: [{ securityContext: { privileged: true } }] },
    };
    expect(gainedByExec('shop', 'p', pod)).toMatchObject([
      { road: 'exec', anyone: true, says: 'root on the node that runs pod p (privileged)' },
    ]);
    expect(gainedByExec('shop', 'p', pod, false)).toEqual([]);
  });

  it('a conversion webhook that changes', () => {
    const definition = (url: string) => ({ spec: { conversion: { webhook: { clientConfig: { url } } } } });
    expect(says('webhook', { after: definition('https://a') })).toHaveLength(1);
    expect(says('webhook', { before: definition('https://a'), after: definition('https://b') })).toHaveLength(1);
    expect(says('webhook', { before: definition('https://a'), after: definition('https://a') })).toEqual([]);
    expect(says('webhook', { after: { spec: {} } })).toEqual([]);
  });

  it('a certificate request that cannot be read may be anybody’s', () => {
    const after = { spec: { signerName: 'kubernetes.io/kube-apiserver-client', request: 'bm9uc2Vuc2U=' } };
    expect(gainedByChange(['csr'], { ...nothing, after })[0]).toMatchObject({ anyone: true, account: null });
    expect(says('csr', { after: { spec: { signerName: 'example.com/serving', request: 'x' } } })).toEqual([]);
  });

  it('what nobody would rehearse may be anybody’s', () => {
    expect(gainedByUnknown(['pod', 'node']).map(({ road, anyone }) => [road, anyone])).toEqual([
      ['pod', true],
      ['node', true],
    ]);
  });

  const target = { apiGroup: '', namespace: 'shop', name: 'ci' };
  it.each<[string, Parameters<typeof gainedByUrl>[0], Road | null]>([
    ['a token', { ...target, verb: 'create', resource: 'serviceaccounts/token' }, 'token'],
    ['case 26: nodes/proxy by a read', { ...target, verb: 'get', resource: 'nodes/proxy' }, 'node'],
    ['a webhook', { ...target, verb: 'update', apiGroup: 'admissionregistration.k8s.io', resource: 'x' }, 'webhook'],
    [
      'an API service',
      { ...target, verb: 'patch', apiGroup: 'apiregistration.k8s.io', resource: 'apiservices' },
      'webhook',
    ],
    [
      'EKS’ sign-ins taken away',
      { verb: 'delete', apiGroup: '', resource: 'configmaps', namespace: 'kube-system', name: 'aws-auth' },
      'rbac',
    ],
    [
      'taking a webhook away',
      { ...target, verb: 'delete', apiGroup: 'admissionregistration.k8s.io', resource: 'x' },
      null,
    ],
    [
      'EKS’ sign-ins',
      { verb: 'patch', apiGroup: '', resource: 'configmaps', namespace: 'kube-system', name: 'aws-auth' },
      'rbac',
    ],
    ['another ConfigMap', { ...target, verb: 'patch', resource: 'configmaps', name: 'aws-auth' }, null],
    ['a pod', { ...target, verb: 'create', resource: 'pods' }, null],
  ])('the URL alone tells of %s', (_name, given, road) => {
    expect(gainedByUrl(given).map((gained) => gained.road)).toEqual(road === null ? [] : [road]);
  });
});
