import { describe, expect, it } from 'vitest';
import type { Road } from '../../../../model/gained-identity.ts';
import { gainedByChange } from '../../../../proxy/evaluation/act-as/gained.ts';
import { identities } from '../../../../proxy/evaluation/act-as/identities.ts';
import { suspectedRoads } from '../../../../proxy/evaluation/act-as/suspects.ts';
import { policyQuestion } from '../../../../proxy/policy/policy-question.ts';
import { LOCAL } from '../../policy/policies.ts';
import { APPLY, JSON_PATCH, MERGE, parsed, read } from '../requests.ts';

const ROADS: readonly Road[] = ['pod', 'node', 'exec', 'secret', 'controller', 'rbac', 'webhook'];
const THING = { apiGroup: 'runs.k8s.io', resource: 'things', namespace: 'shop', role: null };

function gained(before: object | null, after: object, kind: { apiGroup: string; resource: string } = THING): string[] {
  const change = { ...THING, ...kind, before: before === null ? null : { spec: before }, after: { spec: after } };
  return gainedByChange(ROADS, change).map(({ road, says }) => `${road}: ${says.replace(/,.*/, '')}`);
}

const account = (name: string): string => `pod: service account ${name}`;
const HOST = 'node: root on the node that runs its pods';

describe('case 56: what a custom resource of any group names', () => {
  it.each<[string, object, string[]]>([
    ['an account', { serviceAccountName: 'ci' }, [account('shop:ci')]],
    ['an account of a driver', { driver: { driverServiceAccount: 'ci' } }, [account('shop:ci')]],
    ['an account with underscores', { service_account_name: 'ci' }, [account('shop:ci')]],
    ['several', { serviceAccounts: ['a', 'b'] }, [account('shop:a'), account('shop:b')]],
    ['several by name', { serviceAccountNames: ['a'] }, [account('shop:a')]],
    ['a reference', { auth: { serviceAccountRef: { name: 'ci' } } }, [account('shop:ci')]],
    ['a reference to elsewhere', { serviceAccountRef: { name: 'ci', namespace: 'vault' } }, [account('vault:ci')]],
    [
      'references',
      { serviceAccountRefs: [{ name: 'a' }, { name: 'b', namespace: 'c' }] },
      [account('shop:a'), account('c:b')],
    ],
    ['one for each part', { serviceAccounts: { driver: { create: false, name: 'ci' } } }, [account('shop:ci')]],
    ['the name of a reference', { serviceAccountRefName: 'ci' }, [account('shop:ci')]],
    ['a short name', { saName: 'ci' }, [account('shop:ci')]],
    ['its namespace beside it', { serviceAccountName: 'ci', serviceAccountNamespace: 'vault' }, [account('vault:ci')]],
    ['a namespace beside it', { serviceAccount: 'ci', namespace: 'vault' }, [account('shop:ci'), account('vault:ci')]],
    ['both in one', { defaultServiceAccount: 'vault:ci' }, [account('vault:ci')]],
    ['its user name', { serviceAccount: 'system:serviceaccount:vault:ci' }, [account('vault:ci')]],
    ['default, which may be strong', { serviceAccountName: 'default' }, [account('shop:default')]],
    ['runAs', { runAs: 'ci' }, [account('shop:ci')]],
    ['a user', { impersonate: { user: 'bob' } }, ['pod: bob']],
    [
      'a user in groups',
      { impersonation: { userName: 'bob', groups: ['system:masters'] } },
      ['pod: bob in system:masters'],
    ],
    ['groups alone', { impersonate: { groups: ['system:masters'] } }, ['pod: (no name) in system:masters']],
    [
      'a name that a template makes up',
      { serviceAccountName: '{{inputs.parameters.account}}' },
      ['pod: a service account that is named by {{inputs.parameters.account}}'],
    ],
    ['a namespace that is none', { serviceAccountRef: { name: 'ci', namespace: '{{x}}' } }, [account('shop:ci')]],
    ['a user by text', { impersonateUser: 'system:admin' }, ['pod: system:admin']],
    ['pods without an account', { template: { spec: { containers: [{ image: 'a' }] } } }, [account('shop:default')]],
    ['privileged', { pod: { containers: [{ securityContext: { privileged: true } }] } }, [`${HOST} (privileged)`]],
    ['a path of the host', { volumes: [{ hostPath: { path: '/etc' } }] }, [`${HOST} (hostPath /etc)`]],
    ['a path of the host as a text', { mounts: [{ hostPath: '/etc' }] }, [`${HOST} (hostPath /etc)`]],
    ['a disk of the host', { disks: [{ hostDisk: { path: '/dev/sda' } }] }, [`${HOST} (hostPath /dev/sda)`]],
    [
      'a token’s Secret',
      {
        target: {
          template: {
            type: 'kubernetes.io/service-account-token',
            metadata: { annotations: { 'kubernetes.io/service-account.name': 'ci' } },
          },
        },
      },
      ['secret: service account shop:ci'],
    ],
    [
      'a bootstrap token',
      { template: { type: 'bootstrap.kubernetes.io/token' } },
      ['secret: whoever signs in with the bootstrap token that this makes'],
    ],
    ['nothing: a certificate', { dnsNames: ['a'], secretName: 'b', issuerRef: { name: 'c' } }, []],
    ['nothing: a cloud’s account', { serviceAccount: 'x@y.example' }, []],
    ['nothing: a chart’s switch', { serviceAccount: { create: true } }, []],
    ['nothing: a user of the container', { securityContext: { runAsUser: 0 } }, []],
  ])('%s', (_name, spec, expected) => {
    expect(gained(null, spec)).toEqual(expected);
    // Nothing of it is gained twice.
    expect(gained(spec, spec)).toEqual([]);
  });
});

describe('case 56: other code in a custom resource that has an identity', () => {
  const had = { serviceAccountName: 'ci', image: 'a:1', replicas: 1, source: { url: 'https://a' }, args: ['x'] };
  const CI = 'exec: service account shop:ci';
  it.each<[string, object, object, string[]]>([
    ['another image', had, { image: 'b:1' }, [CI]],
    ['another source', had, { source: { url: 'https://b' } }, [CI]],
    ['one more argument', had, { args: ['x', 'y'] }, [CI]],
    ['one argument less', had, { args: [] }, [CI]],
    ['no arguments any more', { ...had, args: ['x'] }, { args: undefined }, [CI]],
    [
      'the image of another part',
      { ...had, parts: [{ name: 'p', image: 'b:1' }] },
      { image: 'b:1', parts: [{ name: 'p', image: 'a:1' }] },
      [CI],
    ],
    [
      'a part less',
      {
        ...had,
        parts: [
          { name: 'p', image: 'a' },
          { name: 'q', image: 'b' },
        ],
      },
      { parts: [] },
      [],
    ],
    ['a field of its own', had, { script: 'id' }, [CI]],
    [
      'an image on the host',
      { privileged: true, image: 'a' },
      { image: 'b' },
      ['exec: root on the node that runs its pods (privileged)'],
    ],
    [
      'an image of pods without an account',
      { containers: [{ image: 'a' }] },
      { containers: [{ image: 'b' }] },
      ['exec: service account shop:default'],
    ],
    ['more of the same', had, { replicas: 5, paused: true }, []],
    ['a time', had, { schedule: '* * * * *', restartAt: 'now' }, []],
    ['labels of its pods', had, { template: { metadata: { labels: { a: 'b' } } } }, []],
    ['where it runs', had, { nodeSelector: { a: 'b' }, limits: { cpu: '1' } }, []],
    ['an image of what has none', { image: 'a' }, { image: 'b' }, []],
    ['an image with another account', had, { image: 'b', serviceAccountName: 'x' }, [account('shop:x')]],
  ])('%s', (_name, before, more, expected) => {
    expect(gained(before, { ...before, ...more })).toEqual(expected);
  });
});

describe('what a controller carries out with rights of its own', () => {
  it.each<[string, string, Road | null]>([
    ['argoproj.io', 'applications', 'controller'],
    ['argoproj.io', 'rollouts', null],
    ['kustomize.toolkit.fluxcd.io', 'kustomizations', 'controller'],
    ['source.toolkit.fluxcd.io', 'gitrepositories', 'controller'],
    ['source.toolkit.fluxcd.io', 'ocirepositories', 'controller'],
    ['notification.toolkit.fluxcd.io', 'alerts', null],
    ['operators.coreos.com', 'subscriptions', 'controller'],
    ['fleet.cattle.io', 'bundles', 'controller'],
    ['helm.cattle.io', 'helmchartconfigs', 'controller'],
    ['upgrade.cattle.io', 'plans', 'node'],
    ['kyverno.io', 'policies', 'webhook'],
    ['policies.kyverno.io', 'generatingpolicies', 'webhook'],
    ['velero.io', 'restores', 'controller'],
    ['external-secrets.io', 'pushsecrets', 'controller'],
    ['external-secrets.io', 'externalsecrets', null],
    ['kubernetes.crossplane.io', 'objects', 'controller'],
    ['work.open-cluster-management.io', 'manifestworks', 'controller'],
    ['authorization.openshift.io', 'rolebindings', 'rbac'],
    ['apps.kruise.io', 'ephemeraljobs', 'controller'],
    ['opentelemetry.io', 'instrumentations', 'webhook'],
    ['extensions.istio.io', 'wasmplugins', 'webhook'],
    ['k8s.cni.cncf.io', 'network-attachment-definitions', 'node'],
    ['networking.istio.io', 'virtualservices', null],
    ['cert-manager.io', 'certificates', null],
    ['bitnami.com', 'sealedsecrets', null],
    ['example.io', 'applications', null],
  ])('%s %s', (apiGroup, resource, road) => {
    const found = gained({ a: '1' }, { a: '2' }, { apiGroup, resource });
    expect(found.map((one) => one.split(':', 1)[0])).toEqual(road === null ? [] : [road]);
    expect(gained({ a: '1' }, { a: '1' }, { apiGroup, resource })).toEqual([]);
  });
});

it('case 56: what stands outside any specification counts too', () => {
  const change = {
    ...THING,
    before: { image: 'a' },
    after: { image: 'a', serviceAccountName: 'ci', privileged: true },
  };
  expect(gainedByChange(ROADS, change).map(({ road }) => road)).toEqual(['pod', 'node']);
});

it('a backup without commands stays in its store, whatever else it says', () => {
  const backups = { apiGroup: 'velero.io', resource: 'backups' };
  expect(gained(null, { ttl: '1h' }, backups)).toEqual([]);
  expect(gained(null, { hooks: { resources: [] } }, backups)).toEqual(['controller: Velero']);
});

const FLUX = '/apis/source.toolkit.fluxcd.io/v1/namespaces/n/gitrepositories';
const OWN = '/apis/runs.k8s.io/v1/namespaces/n/things';

describe('case 56: what is looked at of a custom resource, by the words of its body', () => {
  const suspected = (line: string, header: string, body: unknown): readonly string[] => {
    const request = read(line, ...(header === '' ? [] : [header]));
    return suspectedRoads(policyQuestion(LOCAL, { name: 'c', labels: {} }, request), request, parsed(body));
  };
  it.each<[string, string, string, unknown, string[]]>([
    ['an account in a .k8s.io group', `POST ${OWN}`, '', { spec: { serviceAccountName: 'x' } }, ['pod']],
    [
      'an account in a pointer',
      `PATCH ${OWN}/t`,
      JSON_PATCH,
      [{ op: 'add', path: '/spec/runAs', value: 'x' }],
      ['pod'],
    ],
    ['a path of the host', `POST ${OWN}`, '', { spec: { hostPath: '/etc' } }, ['node']],
    ['a token’s type', `POST ${OWN}`, '', { type: 'kubernetes.io/service-account-token' }, ['secret']],
    ['an image of what is there', `PATCH ${OWN}/t`, MERGE, { spec: { image: 'x' } }, ['exec']],
    ['the image of a part', `PATCH ${OWN}/t`, MERGE, { spec: { driverImage: 'x' } }, ['exec']],
    ['settings of a program', `PATCH ${OWN}/t`, MERGE, { spec: { sparkConf: { 'spark.jars': 'x' } } }, ['exec']],
    ['case 53: a Secret', `PATCH ${OWN}/t`, MERGE, { spec: { auth: { secretRef: { name: 's' } } } }, ['pod']],
    ['case 53: a Secret written whole', `PUT ${OWN}/t`, '', { spec: { secretRef: { name: 's' } } }, ['pod']],
    [
      'case 53: a Secret in a pointer',
      `PATCH ${OWN}/t`,
      JSON_PATCH,
      [{ op: 'replace', path: '/spec/from/secret/secretName', value: 's' }],
      ['pod'],
    ],
    ['where a certificate is kept', `PATCH ${OWN}/t`, APPLY, { spec: { secretName: 's' } }, []],
    ['an interval', `PATCH ${OWN}/t`, MERGE, { spec: { endpoints: [{ interval: '30s', path: '/m' }] } }, []],
    ...['cmd', 'run', 'shell', 'registry', 'imageRegistry', 'gitRef', 'preExec'].map(
      (field): [string, string, string, unknown, string[]] => [
        `what runs, by the field ${field}`,
        `PATCH ${OWN}/t`,
        MERGE,
        { spec: { [field]: 'x' } },
        ['exec'],
      ],
    ),
    ['an image of what is new', `POST ${OWN}`, '', { spec: { image: 'x' } }, []],
    ['an image written whole', `PUT ${OWN}/t`, '', { spec: { image: 'x' } }, []],
    [
      'an image written whole with an account',
      `PUT ${OWN}/t`,
      '',
      { spec: { image: 'x', serviceAccount: 'y' } },
      ['pod', 'exec'],
    ],
    ['replicas', `PATCH ${OWN}/t`, MERGE, { spec: { replicas: 3 } }, []],
    [
      'copies',
      `PATCH ${OWN}/t`,
      JSON_PATCH,
      [{ op: 'copy', from: '/a', path: '/b' }],
      ['pod', 'node', 'exec', 'secret'],
    ],
    ['a source of Flux', `POST ${FLUX}`, '', { spec: { url: 'x' } }, ['controller']],
    ['flux reconcile', `PATCH ${FLUX}/g`, MERGE, { metadata: { annotations: { a: 'b' } } }, []],
    ['an apply of it', `PATCH ${FLUX}/g`, APPLY, { metadata: {} }, ['controller']],
    ['a backup', 'POST /apis/velero.io/v1/namespaces/v/backups', '', { spec: { ttl: '1h' } }, []],
    [
      'a backup with hooks',
      'POST /apis/velero.io/v1/namespaces/v/backups',
      '',
      { spec: { hooks: {} } },
      ['controller'],
    ],
    ...[
      ['cert-manager.io/v1', 'certificates', { dnsNames: ['a'], secretName: 'b', issuerRef: { name: 'c' } }],
      ['monitoring.coreos.com/v1', 'servicemonitors', { endpoints: [{ port: 'http', path: '/metrics' }] }],
      ['monitoring.coreos.com/v1', 'prometheusrules', { groups: [{ rules: [{ expr: 'up', alert: 'a' }] }] }],
      ['traefik.io/v1alpha1', 'ingressroutes', { routes: [{ match: 'Host(`a`)', services: [{ name: 'a' }] }] }],
      ['gateway.networking.k8s.io/v1', 'httproutes', { rules: [{ backendRefs: [{ name: 'a', port: 80 }] }] }],
      ['snapshot.storage.k8s.io/v1', 'volumesnapshots', { source: { persistentVolumeClaimName: 'a' } }],
      ['autoscaling.k8s.io/v1', 'verticalpodautoscalers', { targetRef: { kind: 'Deployment', name: 'a' } }],
    ].flatMap(
      ([group, resource, spec]): Array<[string, string, string, unknown, string[]]> => [
        [
          `everyday ${String(resource)}`,
          `POST /apis/${String(group)}/namespaces/n/${String(resource)}`,
          '',
          { spec },
          [],
        ],
      ],
    ),
  ])('%s: %s', (_name, line, header, body, roads) => {
    expect(suspected(line, header, body)).toEqual(roads);
  });

  it('a resource that is called pods is no pod to get into', () => {
    const request = read('PATCH /apis/a.example/v1/namespaces/n/pods/p', MERGE);
    const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
    const reading = identities.plan({ question, request, said: parsed({ spec: { image: 'x' } }) });
    expect(reading?.looks.rehearsal).toBe(true);
  });
});
