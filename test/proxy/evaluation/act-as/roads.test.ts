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
    ['the default account', pod({ serviceAccountName: 'default' }), []],
    ['an annotation', { metadata: { annotations: { serviceAccountName: 'ci' } }, ...pod({}) }, []],
    ['a cloud’s account', { spec: { serviceAccount: 'x@y.example' } }, []],
  ])('%s', (_name, after, expected) => {
    expect(says('pod', { after })).toEqual(expected);
  });

  it('is not gained again', () => {
    const one = pod({ serviceAccountName: 'ci' });
    expect(says('pod', { before: one, after: { ...one, metadata: { labels: {} } } })).toEqual([]);
  });
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
    ['a way round', { volumes: [{ hostPath: { path: '/opt/../etc' } }] }, /hostPath/],
    ['a way round that stays', { volumes: [{ hostPath: { path: '/./etc/kubernetes' } }] }, /hostPath/],
    ['the host’s programs', { volumes: [{ hostPath: { path: '/usr/local/bin' } }] }, /hostPath/],
    ['the host’s logs', { volumes: [{ hostPath: { path: '/var/log/pods' } }] }, /hostPath/],
    ['a folder that begins nowhere', { volumes: [{ hostPath: { path: 'etc' } }] }, /hostPath/],
    ['a drive of Windows', { volumes: [{ hostPath: { path: 'C:\\k' } }] }, /hostPath/],
    ['a process of the host', { securityContext: { windowsOptions: { hostProcess: true } } }, /hostProcess/],
    ['another folder', { volumes: [{ hostPath: { path: '/opt/data' } }] }, null],
    ['a name alike', { volumes: [{ hostPath: { path: '/etcetera' } }] }, null],
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

describe('the road of rights', () => {
  const role = (verbs: string[], resources: string[], labels = {}) => ({
    metadata: { name: 'r', labels },
    rules: [{ apiGroups: [''], verbs, resources }],
  });
  it.each<[string, object, string | null]>([
    ['impersonate', role(['impersonate'], ['users']), 'impersonate'],
    ['case 39: impersonate:<mode>', role(['impersonate:user-info'], ['users']), 'impersonate:user-info'],
    [
      'case 39: impersonate-on:<mode>:<verb>',
      role(['impersonate-on:serviceaccount:get'], ['pods']),
      'impersonate-on:serviceaccount:get',
    ],
    ['every verb', role(['*'], ['pods']), 'every verb on pods'],
    ['escalate', role(['escalate'], ['roles']), 'escalate'],
    ['bind', role(['bind'], ['clusterroles']), 'bind'],
    ['secrets', role(['list'], ['secrets']), 'reading secrets'],
    ['tokens', role(['create'], ['serviceaccounts/token']), 'service account tokens'],
    ['exec over WebSocket', role(['get'], ['pods/exec']), 'getting into pods'],
    ['nodes/proxy', role(['get'], ['nodes/proxy']), 'the proxy of the API server'],
    ['approving certificates', role(['update'], ['certificatesigningrequests/approval']), 'approving certificates'],
    ['webhooks', role(['create'], ['validatingwebhookconfigurations']), 'admission'],
    ['admission policies', role(['create'], ['mutatingadmissionpolicies']), 'admission'],
    [
      'an aggregate label',
      role(['get'], ['pods'], { 'rbac.authorization.k8s.io/aggregate-to-admin': 'true' }),
      'aggregated to admin',
    ],
    ['pods of its own', role(['create'], ['deployments']), 'making pods'],
    ['reading pods', role(['get', 'list', 'watch'], ['pods', 'pods/log']), null],
    ['deleting secrets', role(['delete'], ['secrets']), null],
    ['a verb that begins alike', role(['impersonates'], ['users']), null],
  ])('a role with %s', (_name, after, danger) => {
    const found = says('rbac', { resource: 'clusterroles', after });
    expect(found).toEqual(danger === null ? [] : [expect.stringContaining(danger)]);
    expect(says('rbac', { resource: 'clusterroles', before: after, after })).toEqual([]);
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
    [
      'a role that was read and leads on',
      bound('custom', [bob]),
      { rules: [{ verbs: ['get'], resources: ['secrets'] }] },
      'reading secrets',
    ],
    ['a role that does not', bound('custom', [bob]), { rules: [{ verbs: ['get'], resources: ['pods'] }] }, null],
    ['a role that may not be read', bound('custom', [bob]), null, 'custom (which could not be read), for user bob'],
    [
      'a role of the namespace that is called as a harmless one of the cluster',
      { roleRef: { kind: 'Role', name: 'view' }, subjects: [bob] },
      { rules: [{ verbs: ['*'], resources: ['*'] }] },
      'every resource',
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
