import { describe, expect, it } from 'vitest';
import { suspectedRoads } from '../../../../proxy/evaluation/act-as/suspects.ts';
import { policyQuestion } from '../../../../proxy/policy/policy-question.ts';
import { LOCAL } from '../../policy/policies.ts';
import { APPLY, JSON_PATCH, MERGE, parsed, read } from '../requests.ts';

const STRATEGIC = 'Content-Type: application/strategic-merge-patch+json';
const TOKEN = '/api/v1/namespaces/kube-system/secrets/bootstrap-token-abc123';
const DEPLOYMENT = '/apis/apps/v1/namespaces/n/deployments/d';

function suspected(line: string, header: string, body: unknown): readonly string[] {
  const request = read(line, ...(header === '' ? [] : [header]));
  const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
  return suspectedRoads(question, request, body === undefined ? null : parsed(body));
}

describe('what a body must say to lead to another identity', () => {
  it.each<[string, string, string, unknown, string[]]>([
    [
      'a new image',
      `PATCH ${DEPLOYMENT}`,
      MERGE,
      { spec: { template: { spec: { containers: [{ image: 'a' }] } } } },
      ['exec'],
    ],
    ['replicas', `PATCH ${DEPLOYMENT}`, MERGE, { spec: { replicas: 3 } }, []],
    [
      'no token',
      `PATCH ${DEPLOYMENT}`,
      MERGE,
      { spec: { template: { spec: { automountServiceAccountToken: false } } } },
      ['exec'],
    ],
    [
      'an account',
      `PATCH ${DEPLOYMENT}`,
      MERGE,
      { spec: { template: { spec: { serviceAccountName: 'x' } } } },
      ['pod'],
    ],
    [
      'an account by its old name',
      `PATCH ${DEPLOYMENT}`,
      MERGE,
      { spec: { template: { spec: { serviceAccount: 'x' } } } },
      ['pod'],
    ],
    [
      'an account in a pointer',
      `PATCH ${DEPLOYMENT}`,
      JSON_PATCH,
      [{ op: 'add', path: '/spec/template/spec/serviceAccountName', value: 'x' }],
      ['pod'],
    ],
    [
      'a copy from anywhere',
      `PATCH ${DEPLOYMENT}`,
      JSON_PATCH,
      [{ op: 'copy', from: '/metadata/x', path: '/spec' }],
      ['pod', 'exec', 'node'],
    ],
    ['an operation of an unknown name', `PATCH ${DEPLOYMENT}`, JSON_PATCH, [{ op: 'x' }], ['pod', 'exec', 'node']],
    [
      'the host’s files',
      'POST /api/v1/namespaces/n/pods',
      '',
      { spec: { volumes: [{ hostPath: { path: '/etc' } }] } },
      ['node'],
    ],
    ['a body that was not read', 'POST /api/v1/namespaces/n/pods', '', undefined, ['pod', 'node']],
    ['a Secret', 'POST /api/v1/namespaces/n/secrets', '', { data: { a: 'b' } }, []],
    [
      'a token’s Secret',
      'POST /api/v1/namespaces/n/secrets',
      '',
      { type: 'kubernetes.io/service-account-token' },
      ['secret'],
    ],
    [
      'a bootstrap token',
      'POST /api/v1/namespaces/kube-system/secrets',
      '',
      { type: 'bootstrap.kubernetes.io/token' },
      ['secret'],
    ],
    ['whatever is done to one', `PATCH ${TOKEN}`, MERGE, { data: { expiration: null } }, ['secret']],
    ['an apply that says a word less', `PATCH ${TOKEN}?fieldManager=a`, APPLY, { kind: 'Secret' }, ['secret']],
    ['a Secret of that name elsewhere', `PATCH ${TOKEN.replace('kube-system', 'n')}`, MERGE, { data: {} }, []],
    ['any role', 'POST /apis/rbac.authorization.k8s.io/v1/namespaces/n/roles', '', {}, ['rbac']],
    ['any approval', 'PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/c/approval', '', {}, ['csr']],
    [
      'a definition without a webhook',
      'POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      '',
      { spec: {} },
      [],
    ],
    [
      'a definition with one',
      'POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions',
      '',
      { spec: { conversion: { strategy: 'Webhook' } } },
      ['webhook'],
    ],
    [
      'a rollout of another group',
      'POST /apis/argoproj.io/v1alpha1/namespaces/n/rollouts',
      '',
      { spec: { template: { spec: { serviceAccountName: 'x' } } } },
      ['pod'],
    ],
    ['a ConfigMap', 'POST /api/v1/namespaces/n/configmaps', '', { data: { serviceAccountName: 'x' } }, []],
    ['a read', 'GET /api/v1/namespaces/n/pods/p', '', undefined, []],
    ['a delete', 'DELETE /api/v1/namespaces/n/pods/p', '', undefined, []],
    ['exec', 'POST /api/v1/namespaces/n/pods/p/exec?command=id', '', undefined, ['exec']],
    ['logs', 'GET /api/v1/namespaces/n/pods/p/log', '', undefined, []],
  ])('%s: %s %s', (_name, line, header, body, roads) => {
    expect(suspected(line, header, body)).toEqual(roads);
  });
});

describe('case 52: what a body must say to choose what runs in a workload that is there', () => {
  const container = (more: object) => ({ spec: { template: { spec: { containers: [{ name: 'c', ...more }] } } } });
  const removing = (path: string) => [{ op: 'remove', path: `/spec/template/spec/${path}` }];

  it.each<[string, string, unknown]>([
    ...[
      'image',
      'command',
      'args',
      'env',
      'envFrom',
      'volumeMounts',
      'volumeDevices',
      'workingDir',
      'securityContext',
    ].map((field): [string, string, unknown] => [field, STRATEGIC, container({ [field]: null })]),
    ['a hook', STRATEGIC, container({ lifecycle: { preStop: { exec: { command: ['sh'] } } } })],
    ['a probe', STRATEGIC, container({ livenessProbe: { exec: {} } })],
    ['volumes', MERGE, { spec: { template: { spec: { volumes: [] } } } }],
    ['less, by a pointer', JSON_PATCH, removing('containers/0/args')],
    ['less, by a pointer into a list', JSON_PATCH, removing('containers/0/env/3')],
    ['less, by naming what stays', STRATEGIC, { spec: { template: { spec: { $retainKeys: ['containers'] } } } }],
    ['a template', JSON_PATCH, [{ op: 'replace', path: '/spec/template', value: container({ image: 'a' }) }]],
    ['anything that is applied, which takes away what it does not say', APPLY, { spec: { replicas: 1 } }],
  ])('%s', (_what, type, body) => {
    expect(suspected(`PATCH ${DEPLOYMENT}?fieldManager=a`, type, body)).toContain('exec');
  });

  it.each<[string, unknown]>([
    [
      'a restart',
      { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } } } } },
    ],
    ['replicas', { spec: { replicas: 2 } }],
    ['labels', { metadata: { labels: { tier: 'front' } } }],
    ['resources', container({ resources: { limits: { cpu: 1 } } })],
    ['a probe over HTTP', container({ livenessProbe: { httpGet: { path: '/', port: 80 } } })],
    ['a port', container({ ports: [{ containerPort: 80 }] })],
    ['a text that speaks of it', { metadata: { annotations: { note: 'set the image and the command' } } }],
  ])('and not %s', (_what, body) => {
    expect(suspected(`PATCH ${DEPLOYMENT}`, STRATEGIC, body)).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    ['a dry run, which runs nothing', `PATCH ${DEPLOYMENT}?dryRun=All`, []],
    ['what is no dry run, by its name', `PATCH ${DEPLOYMENT}?DryRun=All`, ['exec']],
    ['what is no dry run, by its value', `PATCH ${DEPLOYMENT}?dryRun=all`, ['exec']],
    ['what may be none', `PATCH ${DEPLOYMENT}?dryRun=All&dryRun=None`, ['exec']],
  ])('%s', (_what, line, roads) => {
    expect(suspected(line, STRATEGIC, container({ image: 'a' }))).toEqual(roads);
  });

  it('and in a dry run that is asked of a pod’s inside all the same', () => {
    const line = 'PATCH /api/v1/namespaces/n/pods/p/ephemeralcontainers?dryRun=All';
    expect(suspected(line, STRATEGIC, {})).toEqual(['exec']);
  });

  it('in a new workload nothing is there yet, but for a revision, which one that is there takes up', () => {
    const said = { data: { spec: { template: { spec: { containers: [{ image: 'a' }] } } } } };
    expect(suspected('POST /apis/apps/v1/namespaces/n/deployments', '', { spec: said.data.spec })).toEqual([]);
    expect(suspected('POST /apis/apps/v1/namespaces/n/controllerrevisions', '', said)).toEqual(['exec']);
  });

  it('case 53: a Secret that it takes', () => {
    const taking = { spec: { template: { spec: { containers: [{ envFrom: [{ secretRef: { name: 'a' } }] }] } } } };
    expect(suspected(`PATCH ${DEPLOYMENT}`, STRATEGIC, taking)).toEqual(['pod', 'exec']);
    const pods = 'PATCH /api/v1/namespaces/n/pods/p/ephemeralcontainers';
    expect(suspected(pods, STRATEGIC, { spec: { ephemeralContainers: [{ image: 'a' }] } })).toEqual(['exec']);
    const added = { spec: { ephemeralContainers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'a' } } }] }] } };
    expect(suspected(pods, STRATEGIC, added)).toEqual(['exec', 'pod']);
    const mounted = { spec: { ephemeralContainers: [{ volumeMounts: [{ name: 'h' }] }] } };
    expect(suspected(pods, STRATEGIC, mounted)).toEqual(['exec', 'node']);
  });
});
