import { describe, expect, it } from 'vitest';
import { suspectedRoads } from '../../../../proxy/evaluation/act-as/suspects.ts';
import { policyQuestion } from '../../../../proxy/policy/policy-question.ts';
import { LOCAL } from '../../policy/policies.ts';
import { JSON_PATCH, MERGE, parsed, read } from '../requests.ts';

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
      [],
    ],
    ['replicas', `PATCH ${DEPLOYMENT}`, MERGE, { spec: { replicas: 3 } }, []],
    [
      'no token',
      `PATCH ${DEPLOYMENT}`,
      MERGE,
      { spec: { template: { spec: { automountServiceAccountToken: false } } } },
      [],
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
      ['pod', 'node'],
    ],
    ['an operation of an unknown name', `PATCH ${DEPLOYMENT}`, JSON_PATCH, [{ op: 'x' }], ['pod', 'node']],
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
