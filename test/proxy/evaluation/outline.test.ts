import { describe, expect, it } from 'vitest';
import { outlineOf } from '../../../proxy/evaluation/outline.ts';
import { APPLY, JSON_PATCH, MERGE, parsed, read } from './requests.ts';

function outline(line: string, header: string, body: unknown): Record<string, string> {
  const request = read(line, ...(header === '' ? [] : [header]));
  const entries = outlineOf({ request, body: null, parsed: body === undefined ? null : parsed(body) });
  return Object.fromEntries(entries.map(({ name, says }) => [name, says]));
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const N = '/api/v1/namespaces/n';
const APPS = '/apis/apps/v1/namespaces/n';
const user = (name: string) => ({ kind: 'User', name });
const container = (image: string) => ({ name: 'c', image });
const template = (spec: object) => ({ spec: { replicas: 3, template: { spec } } });

describe('what a body asks for, in a few names', () => {
  it.each<[name: string, line: string, header: string, body: unknown, says: Record<string, string>]>([
    [
      'the role and the subjects of a binding',
      `POST ${RBAC}/clusterrolebindings`,
      '',
      {
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [user('eve'), { kind: 'ServiceAccount', namespace: 'ci', name: 'deployer' }],
      },
      { role: 'ClusterRole cluster-admin', subjects: 'User eve, ServiceAccount ci/deployer' },
    ],
    [
      'so many subjects, and how many more',
      `POST ${RBAC}/namespaces/n/rolebindings`,
      '',
      { roleRef: { kind: 'Role', name: 'r' }, subjects: Array.from({ length: 9 }, (_, at) => user(`u${at}`)) },
      { role: 'Role r', subjects: 'User u0, User u1, User u2, User u3, User u4, User u5 and 3 more' },
    ],
    [
      'the rights of a role',
      `PUT ${RBAC}/clusterroles/r`,
      '',
      {
        rules: [
          { apiGroups: ['', 'apps'], resources: ['secrets'], verbs: ['get', 'list'], resourceNames: ['db'] },
          { nonResourceURLs: ['/metrics'], verbs: ['get'] },
        ],
      },
      { rights: 'get, list secrets, secrets.apps (only db); get /metrics' },
    ],
    [
      'the image of a pod',
      `POST ${N}/pods`,
      '',
      { spec: { containers: [container('nginx:1')], serviceAccountName: 'web' } },
      { image: 'nginx:1', account: 'web' },
    ],
    [
      'every image of a workload, each once, and how often it runs',
      `POST ${APPS}/deployments`,
      '',
      template({ initContainers: [container('init')], containers: [container('a'), container('b'), container('a')] }),
      { images: 'init, a, b', replicas: '3' },
    ],
    [
      'the image of a cron job',
      'POST /apis/batch/v1/namespaces/n/cronjobs',
      '',
      { spec: { jobTemplate: template({ containers: [container('a')] }) } },
      { image: 'a' },
    ],
    [
      'what an ephemeral container runs',
      `PATCH ${N}/pods/p/ephemeralcontainers`,
      MERGE,
      { spec: { ephemeralContainers: [container('busybox')] } },
      { image: 'busybox' },
    ],
    [
      'how far something is scaled',
      `PATCH ${APPS}/deployments/d/scale`,
      MERGE,
      { spec: { replicas: 0 } },
      { replicas: '0' },
    ],
    [
      'what is applied',
      `PATCH ${APPS}/deployments/d`,
      APPLY,
      template({ containers: [container('x')] }),
      { image: 'x', replicas: '3' },
    ],
    [
      'the steps of a JSON patch, and none of their values',
      `PATCH ${N}/secrets/s`,
      JSON_PATCH,
      [
        { op: 'replace', path: '/data/password', value: 'aHVudGVyMg==' },
        { op: 'remove', path: '/data/old' },
      ],
      { patch: 'replace /data/password, remove /data/old' },
    ],
    ['nothing of a Secret', `POST ${N}/secrets`, '', { data: { password: 'aHVudGVyMg==' } }, {}],
    ['nothing without a body', `DELETE ${N}/pods/p`, '', undefined, {}],
    ['nothing of what has other shapes', `POST ${N}/pods`, '', { spec: [{ containers: 7 }] }, {}],
    ['nothing of a binding without anything', `POST ${RBAC}/clusterrolebindings`, '', { subjects: { a: 1 } }, {}],
    [
      'no more of a name than a person reads',
      `POST ${N}/pods`,
      '',
      { spec: { containers: [container('x'.repeat(999))] } },
      { image: `${'x'.repeat(200)}…` },
    ],
  ])('%s', (_name, line, header, body, says) => {
    expect(outline(line, header, body)).toEqual(says);
  });
});
